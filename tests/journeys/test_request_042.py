"""Request 042 walked by its people in a real browser: every page judged, nothing asked of another host."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Response

from charteroak.demo import run
from charteroak.demo.page import Page, Stopped
from charteroak.demo.server import serving
from charteroak.demo.visitor import Fields, Files
from charteroak.demo.visitor import Visitor as Reader
from journeys.visitor import Visitor as Judge

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]


class InABrowser(Reader):
    """The same person, the same steps, in Chromium; each page is judged once for each state it is in."""

    judged: set[str] = set()

    def __init__(self, open_browser: Callable[..., Judge], *who: str) -> None:
        self.open_browser = open_browser
        super().__init__(*who)

    def begin(self) -> None:
        self.browser = self.open_browser(self.site)

    def look(self, path: str) -> Page:
        return self._read(self.browser.page.goto(self.site + path))

    def fetch(self, path: str) -> tuple[int, bytes]:
        answer = self.browser.context.request.get(self.site + path, headers={"Accept": "application/json"})
        return answer.status, answer.body()

    def send(self, page: Page, action: str, fields: Fields, files: Files) -> Page:
        if page.form(action) is None:
            raise Stopped(f"{page.address} offers {self.username} no “{action}”: {page.said()}")
        if self.browser.page.url != page.address:
            self.browser.page.goto(page.address)
        form = self.browser.page.locator(f"form[id='action-{action}']")
        for closed in form.locator("xpath=ancestor::details[not(@open)]").all():
            closed.locator("summary").first.click()
        for name, value in fields.items():
            fill(form.locator(f"[name='{name}']"), value)
        for name, path in files.items():
            form.locator(f"[name='{name}']").set_input_files(path)
        with self.browser.page.expect_navigation() as navigation:
            form.locator("button").last.click()
        return self._read(navigation.value)

    def _read(self, answer: Response | None) -> Page:
        assert answer is not None
        page = Page(self.browser.page.url, answer.status, self.browser.page.content().encode())
        state = f"{page.address} {sorted(page.form_ids('action-'))}"
        if page.status < 400 and state not in self.judged:
            self.judged.add(state)
            self.browser.judge()
        return page


def fill(control: Locator, value: str) -> None:
    """Put `value` into a control as a person would: USWDS radios and boxes are reached by their labels."""
    kind = control.first.get_attribute("type") or ""
    if kind == "radio":
        chosen = control.and_(control.page.locator(f"[value='{value}']"))
        chosen.locator("xpath=following-sibling::label").click()
    elif kind == "checkbox":
        if not control.is_checked():
            control.locator("xpath=following-sibling::label").click()
    elif control.first.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    elif kind == "hidden":
        assert control.get_attribute("value") == value
    else:
        control.fill(value)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`oak serve` in a home of its own, with everything it supervises."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path))
    monkeypatch.setenv("CHARTEROAK_PORT", str(port))
    monkeypatch.setenv("CHARTEROAK_MODE", "demo")
    run.password(tmp_path)
    with serving(tmp_path, port) as address:
        yield address


def test_request_042_goes_the_whole_way_in_a_browser(
    site: str, tmp_path: Path, visit: Callable[..., Judge]
) -> None:
    play = run.play(site, tmp_path, scale=1.0, new=False)
    play.sign_in = lambda *who: InABrowser(visit, *who)
    run.act(play)
    found = run.summary(play)
    assert found["data_request"] == "042"
    assert len(InABrowser.judged) > 60
    with pytest.raises(Stopped, match="404"):
        play.visitor("eve.lang").open("/requests/042/")
