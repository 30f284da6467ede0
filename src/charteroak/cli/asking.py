"""What a command asks of a running site, with its person's token: the site's own interface, and no way beside it."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click

TOKEN = "CHARTEROAK_TOKEN"  # noqa: S105 - the name of a variable
REFUSED, UNREACHED = 1, 2
PATIENCE = 60  # seconds

SITE = click.option(
    "--site",
    envvar="CHARTEROAK_SITE",
    default="http://localhost:8042",
    show_default=True,
    help="Or CHARTEROAK_SITE.",
)


class NotReached(click.ClickException):
    """The site did not answer, or its answer is none of this interface's."""

    exit_code = UNREACHED


@dataclass(frozen=True)
class Answer:
    """What the site said: bytes as they came, and the kind it named."""

    status: int
    body: bytes
    kind: str
    etag: str = ""

    @property
    def taken(self) -> bool:
        return self.status < 400

    def read(self) -> Any:
        """The JSON of it, None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def why(self) -> str:
        """Why it was refused, in the words in which the page says it."""
        said = self.read()
        told = said if isinstance(said, dict) else {}
        reasons = [one for one in told.get("reasons", ()) if isinstance(one, dict)]
        sentences = [f"{one.get('message', '')} {one.get('mend') or ''}".strip() for one in reasons]
        if sentences:
            return " ".join(sentences)
        detail = told.get("detail")
        if isinstance(detail, list):  # what is missing or wrong in what was sent, place by place
            return " ".join(_place(one) for one in detail)
        return str(detail) if detail else f"the site answered {self.status}"


def _place(wrong: Any) -> str:
    where = ".".join(str(one) for one in wrong.get("loc", ()) if one not in ("body", "payload"))
    return f"{where}: {wrong.get('msg', '')}."


def address(site: str) -> str:
    """The site's address; a token goes over an encrypted connection, or to this machine."""
    asked = urlsplit(site)
    local = asked.hostname in {"localhost", "127.0.0.1", "::1"}
    if not (asked.scheme == "https" or (asked.scheme == "http" and local)):
        raise click.UsageError(f"{site}: a token goes to an https:// address, or to http://localhost.")
    return site.rstrip("/")


def ask(
    where: str, sent: bytes | None = None, *, kind: str = "application/json", more: Mapping[str, str] = {}
) -> Answer:
    """Ask with the token in CHARTEROAK_TOKEN: a POST where something is sent. Raises NotReached."""
    token = os.environ.get(TOKEN)
    if not token:
        raise click.UsageError(f"Set {TOKEN} to a token of yours: the site's page “Tokens” makes one.")
    headers = {"Content-Type": kind, "Accept": "application/json, */*;q=0.5", **more}
    asked = Request(where, sent, headers)  # noqa: S310 - address() checked the scheme
    asked.add_unredirected_header("Authorization", f"Bearer {token}")  # for this site alone
    try:
        with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            told = answer.headers
            return Answer(answer.status, answer.read(), told.get_content_type(), told.get("ETag", ""))
    except HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(), refused.headers.get_content_type())
    except (URLError, OSError, ValueError) as error:
        raise NotReached(
            f"{where} does not answer: {error}. Is the site up? Give its address by --site."
        ) from None
