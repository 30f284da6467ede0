"""The operator's choices, typed: read once from the environment, with embedded parts as defaults."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from charteroak.adapters import environment, postgres
from charteroak.adapters.environment import Home, Mode, Process


@dataclass(frozen=True)
class Config:
    home: Home
    mode: Mode
    process: Process
    database_url: str
    secret_key: str
    port: int
    product_name: str
    initiative_name: str

    @property
    def origins(self) -> list[str]:
        """Where browsers reach the site; CHARTEROAK_ORIGINS lists them in production, by comma."""
        given = os.environ.get("CHARTEROAK_ORIGINS")
        if given:
            return given.split(",")
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


def read() -> Config:
    home, process = environment.home(), environment.process()
    name = "OWNER_DATABASE_URL" if process is Process.OWNER else "DATABASE_URL"
    return Config(
        home=home,
        mode=environment.mode(),
        process=process,
        database_url=os.environ.get(name) or postgres.url(home, process),
        secret_key=_secret_key(home, process),
        port=environment.port(),
        product_name=environment.product_name(),
        initiative_name=environment.initiative_name(),
    )


def database(url: str) -> dict[str, object]:
    """A PostgreSQL address as Django wants it."""
    parts = conninfo_to_dict(url)
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
