"""A person at a browser without JavaScript: opens pages, fills in forms, reads the answer."""

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urljoin

import httpx
from lxml import html

Fields = Mapping[str, str | list[str]]


class Stopped(Exception):
    """What the page said, in its own words."""


class Page:
    """A page as its reader has it: the address, the text, the forms."""

    def __init__(self, answer: httpx.Response) -> None:
        self.address = str(answer.url)
        self.status = answer.status_code
        self.body = answer.content
        self._tree = html.fromstring(answer.content or b"<html></html>")

    def form(self, action: str) -> html.FormElement | None:
        """The form with id `action-<action>`, or None where the page does not offer it."""
        found = self._tree.xpath(f"//form[@id='action-{action}']")
        return found[0] if found else None

    def form_ids(self, start: str) -> list[str]:
        """Ids of forms that begin with `start`, in the page's order."""
        return [str(found) for found in self._tree.xpath(f"//form[starts-with(@id,'{start}')]/@id")]

    def pairs(self) -> dict[str, bool]:
        """Undecided pairs of clerical review: whether the two look alike, by the page's own evidence."""
        found = {}
        for choice in self._tree.xpath("//*[@data-pair]"):
            found[str(choice.get("data-pair"))] = choice.get("data-alike") == "yes"
        return found

    def said(self) -> str:
        """Messages, reasons and error summaries, as one line."""
        found = self._tree.xpath(
            "//*[contains(@class,'usa-alert') or contains(@class,'error') or contains(@class,'reason')]"
        )
        words = " ".join(" ".join(element.text_content().split()) for element in found)
        return words or " ".join(self._tree.text_content().split())[:400]

    def links(self, part: str) -> list[str]:
        """Addresses of links whose address contains `part`."""
        return [str(link) for link in self._tree.xpath(f"//a[contains(@href,'{part}')]/@href")]

    def __contains__(self, words: str) -> bool:
        return words.casefold() in " ".join(self._tree.text_content().split()).casefold()


class Visitor:
    """One person's signed-in session."""

    def __init__(self, site: str, username: str, password: str) -> None:
        self.site, self.username = site, username
        self._client = httpx.Client(base_url=site, follow_redirects=True, timeout=120)
        page = self.submit(
            self.open("/accounts/login/"), "sign-in", {"login": username, "password": password}
        )
        if page.form("sign-in") is not None:
            raise Stopped(f"{username} could not sign in: {page.said()}")

    def open(self, path: str) -> Page:
        """GET a page. Raises Stopped when it is not shown to this person."""
        page = Page(self._client.get(path))
        if page.status >= 400:
            raise Stopped(f"{path} for {self.username}: {page.status} {page.said()}")
        return page

    def json(self, path: str) -> dict[str, object]:
        """GET JSON. Raises Stopped when it is not shown to this person."""
        answer = self._client.get(path, headers={"Accept": "application/json"})
        if answer.is_error:
            raise Stopped(f"{path} for {self.username}: {answer.status_code} {answer.text[:400]}")
        found = answer.json()
        if not isinstance(found, dict):
            raise Stopped(f"{path} is not a JSON object")
        return found

    def download(self, path: str) -> bytes:
        answer = self._client.get(path)
        if answer.is_error:
            raise Stopped(f"{path} for {self.username}: {answer.status_code}")
        return answer.content

    def submit(
        self, page: Page, action: str, fields: Fields | None = None, files: Mapping[str, Path] | None = None
    ) -> Page:
        """Fill in and send the form of `action`. Raises Stopped with the page's words when refused."""
        form = page.form(action)
        if form is None:
            raise Stopped(f"{page.address} offers {self.username} no “{action}”: {page.said()}")
        values: dict[str, str | list[str]] = {}
        for name, value in form.form_values():
            held = values.get(name)
            values[name] = value if held is None else [*([held] if isinstance(held, str) else held), value]
        values.update(fields or {})
        address = urljoin(page.address, form.action or page.address)
        headers = {"Referer": page.address}
        if files:
            opened = {name: (path.name, path.open("rb")) for name, path in files.items()}
            try:
                answer = self._client.post(address, data=values, files=opened, headers=headers)
            finally:
                for _, file in opened.values():
                    file.close()
        else:
            answer = self._client.post(address, data=values, headers=headers)
        after = Page(answer)
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
