"""A person at a browser without JavaScript: opens pages, fills in forms, reads the answer."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urljoin

import httpx

from charteroak.demo.page import Page, Stopped, Unanswered

Fields = Mapping[str, str | list[str]]
Files = Mapping[str, Path]
PATIENCE = 60.0  # seconds a reader waits for a site that is being started again


class Visitor:
    """One person's signed-in session."""

    def __init__(self, site: str, username: str, password: str) -> None:
        self.site, self.username = site, username
        self.begin()
        page = self.submit(
            self.open("/accounts/login/"), "sign-in", {"login": username, "password": password}
        )
        if page.form("sign-in") is not None:
            raise Stopped(f"{username} could not sign in: {page.said()}")

    def begin(self) -> None:
        """A browser of one's own."""
        self._client = httpx.Client(base_url=self.site, follow_redirects=True, timeout=120)

    def look(self, path: str) -> Page:
        answer = self._get(path, "text/html, */*;q=0.1")
        return Page(str(answer.url), answer.status_code, answer.content)

    def fetch(self, path: str) -> tuple[int, bytes]:
        """Status and bytes of what is no page."""
        answer = self._get(path, "application/json, */*;q=0.1")
        return answer.status_code, answer.content

    def _get(self, path: str, accept: str) -> httpx.Response:
        """Looking changes nothing, so it is tried again while the site is away."""
        until = monotonic() + PATIENCE
        while True:
            try:
                answer = self._client.get(path, headers={"Accept": accept})
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or monotonic() > until:
                    return answer
            except httpx.TransportError as lost:
                if monotonic() > until:
                    raise Stopped(f"{self.site} does not answer ({lost}). Run it again to go on.") from None
            sleep(0.2)

    def send(self, page: Page, action: str, fields: Fields, files: Files) -> Page:
        """Fill in the form that `page` offers for `action` and send it, once. Raises Unanswered."""
        form = page.form(action)
        if form is None:
            raise Stopped(f"{page.address} offers {self.username} no “{action}”: {page.said()}")
        values: dict[str, str | list[str]] = {}
        for name, value in form.form_values():
            held = values.get(name)
            values[name] = value if held is None else [*([held] if isinstance(held, str) else held), value]
        values.update(fields)
        address = urljoin(page.address, form.action or page.address)
        opened = {name: (path.name, path.read_bytes()) for name, path in files.items()}
        referer = {"Referer": page.address}
        try:
            answer = self._client.post(address, data=values, files=opened or None, headers=referer)
        except httpx.TransportError as lost:
            raise Unanswered(
                f"The site went away on “{action}” by {self.username} ({lost}). Run it again to go on."
            ) from None
        return Page(str(answer.url), answer.status_code, answer.content)

    def open(self, path: str) -> Page:
        """GET a page. Raises Stopped when it is not shown to this person."""
        page = self.look(path)
        if page.status >= 400:
            raise Stopped(f"{path} for {self.username}: {page.status} {page.said()}")
        return page

    def newest(self, listing: str, below: str) -> str:
        """The number of the newest record that a list links to, below that address. Raises Stopped without one."""
        numbers = {link.rstrip("/").rsplit("/", 1)[-1] for link in self.open(listing).links(below)}
        counted = {int(tail): number for number in numbers if (tail := number.rsplit("-", 1)[-1]).isdigit()}
        if not counted:
            raise Stopped(f"{listing} shows {self.username} nothing at {below}.")
        return counted[max(counted)]

    def download(self, path: str) -> bytes:
        status, body = self.fetch(path)
        if status >= 400:
            raise Stopped(f"{path} for {self.username}: {status} {Page(path, status, body).said()}")
        return body

    def json(self, path: str) -> dict[str, object]:
        """GET a JSON object. Raises Stopped when it is not shown to this person."""
        found = json.loads(self.download(path))
        if not isinstance(found, dict):
            raise Stopped(f"{path} is not a JSON object")
        return found

    def submit(
        self, page: Page, action: str, fields: Fields | None = None, files: Files | None = None
    ) -> Page:
        """Fill in and send the form of `action`. Raises Stopped with the page's words; Unanswered when in doubt."""
        after = self.send(page, action, fields or {}, files or {})
        if after.status >= 500:
            raise Unanswered(f"“{action}” by {self.username}: {after.status} {after.said()} Run it again.")
        if after.status >= 400:
            raise Stopped(f"“{action}” by {self.username}: {after.status} {after.said()}")
        return after

    def wait(
        self, path: str, ready: Callable[[dict[str, object]], bool], what: str, patience: float = 300
    ) -> None:
        """Look at a JSON address until `ready`; workers do the rest. Raises Stopped when they do not."""
        until, pause = monotonic() + patience, 0.05
        while not ready(self.json(path)):
            if monotonic() > until:
                raise Stopped(f"{what} did not finish within {patience:.0f} seconds; see `oak doctor`.")
            sleep(pause)
            pause = min(pause * 1.4, 0.5)
