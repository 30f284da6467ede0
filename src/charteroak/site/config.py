"""The operator's choices, typed: read once from the environment, with embedded parts as defaults."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from psycopg.conninfo import conninfo_to_dict

from charteroak.adapters import clock, environment, postgres
from charteroak.adapters.environment import Home, Mode, Process
from charteroak.policy.roles import Role

SECRET_LENGTH = 32  # characters; fewer can be guessed
NEED_A_SECOND_FACTOR = frozenset(
    {
        Role.SIGNATORY, Role.DATA_STEWARD, Role.BOARD_MEMBER, Role.BOARD_CHAIR, Role.COUNSEL, Role.OUTPUT_CHECKER,
        Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.POLICY_OFFICE, Role.AUDITOR,
    }
)  # fmt: skip
VIEWS = "workers"  # the schema of what workers see of a table that they may not read whole
LARGEST_UPLOAD = 8 << 30  # bytes of a delivery, unless CHARTEROAK_LARGEST_UPLOAD says otherwise


class NotForProduction(RuntimeError):
    """Production was asked for, and something here belongs to a demo."""


@dataclass(frozen=True)
class Config:
    home: Home
    installation: str  # see Home.installation
    mode: Mode
    process: Process
    database_url: str
    secret_key: str
    port: int
    largest_upload: int
    second_factor_roles: frozenset[Role]  # who must show a second factor
    asked_a_minute: int  # how often one person or token may ask the JSON interface
    product_name: str
    initiative_name: str

    @property
    def origins(self) -> list[str]:
        """Where browsers reach the site; CHARTEROAK_ORIGINS lists them in production, by comma."""
        given = os.environ.get("CHARTEROAK_ORIGINS")
        if given:
            return [origin.strip().rstrip("/") for origin in given.split(",")]
        return [f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]


def _secret_key(home: Home, process: Process) -> str:
    """Only the web process signs sessions; every other process gets one that nobody else knows."""
    given = os.environ.get("DJANGO_SECRET_KEY")
    if given:
        return given
    kept = home.keys(process) / "django_secret_key"
    try:
        return kept.read_text(encoding="ascii")
    except (FileNotFoundError, PermissionError):
        return secrets.token_urlsafe(48)


def unfit_for_production(home: Home, process: Process) -> list[str]:
    """What of a demo is still here, each with how to mend it; empty in the other modes."""
    if environment.mode() is not Mode.PRODUCTION:
        return []
    found = []
    origins = [origin for origin in os.environ.get("CHARTEROAK_ORIGINS", "").split(",") if origin.strip()]
    if not origins or not all(origin.strip().startswith("https://") for origin in origins):
        found.append("set CHARTEROAK_ORIGINS to the site's https:// addresses, by comma")
    if clock.is_moved():
        found.append(f"the clock was moved: remove {home.clock}")
    given, kept = os.environ.get("DJANGO_SECRET_KEY"), home.keys(process) / "django_secret_key"
    if given is not None and len(given) < SECRET_LENGTH:
        found.append(f"set DJANGO_SECRET_KEY to {SECRET_LENGTH} random characters or more, or do not set it")
    if process is Process.WEB and given is None and not os.access(kept, os.R_OK):
        found.append(
            f"sessions need a key: set DJANGO_SECRET_KEY, or make {kept} readable for the web process"
        )
    return found


def largest_upload() -> int:
    """Bytes that a delivery may have at most."""
    return int(os.environ.get("CHARTEROAK_LARGEST_UPLOAD", LARGEST_UPLOAD))


def asked_a_minute() -> int:
    """Requests below /api/ that one person or token may make within a minute."""
    usual = 600 if environment.mode() is Mode.PRODUCTION else 6_000  # the demo does ninety days in minutes
    return int(os.environ.get("CHARTEROAK_ASKED_A_MINUTE", usual))


def second_factor_roles() -> frozenset[Role]:
    """Whose offices need a second factor: in production all that sign, check, operate or administer.

    CHARTEROAK_SECOND_FACTOR_ROLES names others, by comma; `none` is none. Raises ValueError for no role.
    """
    given = os.environ.get("CHARTEROAK_SECOND_FACTOR_ROLES")
    if given is None:
        return NEED_A_SECOND_FACTOR if environment.mode() is Mode.PRODUCTION else frozenset()
    if given.strip() == "none":
        return frozenset()
    return frozenset(Role(name.strip()) for name in given.split(","))


def require_fit() -> None:
    """Raises NotForProduction when production was asked for and this is still a demo."""
    if found := unfit_for_production(environment.home(), environment.process()):
        raise NotForProduction(f"Not started in production: {'; '.join(found)}.")


def read() -> Config:
    require_fit()
    home, process = environment.home(), environment.process()
    name = "OWNER_DATABASE_URL" if process is Process.OWNER else "DATABASE_URL"
    return Config(
        home=home,
        installation=home.installation,
        mode=environment.mode(),
        process=process,
        database_url=os.environ.get(name) or postgres.url(home, process),
        secret_key=_secret_key(home, process),
        port=environment.port(),
        largest_upload=largest_upload(),
        second_factor_roles=second_factor_roles(),
        asked_a_minute=asked_a_minute(),
        product_name=environment.product_name(),
        initiative_name=environment.initiative_name(),
    )


def mail(url: str) -> tuple[str, SplitResult]:
    """Django's mail backend and the parts of the address: smtp, smtps or smtp+starttls; files without one.

    Raises ValueError for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("", "smtp", "smtps", "smtp+starttls"):
        raise ValueError(
            f"CHARTEROAK_MAIL_URL begins with {parts.scheme}://; use smtp, smtps or smtp+starttls."
        )
    return f"django.core.mail.backends.{'smtp' if parts.scheme else 'filebased'}.EmailBackend", parts


def database(url: str, process: Process) -> dict[str, object]:
    """A PostgreSQL address as Django wants it; a worker looks first where tables are shown without secrets."""
    parts = conninfo_to_dict(url)
    if process not in (Process.OWNER, Process.WEB):
        parts["options"] = f"{parts.get('options') or ''} -c search_path={VIEWS},public".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {key: value for key, value in parts.items() if value is not None},
        "CONN_MAX_AGE": 0,  # each request has a thread of its own, which a kept connection would outlive
    }


HERE = Path(__file__).resolve().parent
