"""Request 042 walked by its people in a real browser: every page judged, nothing asked of another host."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Response

from charteroak.demo import run
from charteroak.demo.page import Page, Stopped
from charteroak.demo.server import serving
from charteroak.demo.visitor import Fields, Files
from charteroak.demo.visitor import Visitor as Reader
from conftest import free_port
from journeys.visitor import Visitor as Judge

pytestmark = [pytest.mark.browser, pytest.mark.sandbox]

# All controls of a form in one go, each by what a person touches: the label of a USWDS radio or box, else the
# control itself, once the details around it are open. Answers what could not be seen or did not take the value.
FILL_IN = """(form, values) => {
  for (let at = form; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const single = Object.entries(values).flatMap(([name, value]) => [value].flat().map(one => [name, one]));
  return single.filter(([name, value]) => {
    const controls = [...form.querySelectorAll(`[name="${name}"]`)];
    const oneOf = one => one.type === "radio" || (one.type === "checkbox" && controls.length > 1);
    const control = controls.find(one => !oneOf(one) || one.value === value);
    if (!control) return true;
    if (control.type === "hidden") return control.value !== value;
    const ticked = control.type === "radio" || control.type === "checkbox";
    const touched = ticked ? control.labels[0] : control;
    if (!touched || !touched.checkVisibility({visibilityProperty: true}) || control.disabled) return true;
    if (ticked) {
      if (!control.checked) touched.click();
      return !control.checked;
    }
    control.value = value;
    for (const event of ["input", "change"]) control.dispatchEvent(new Event(event, {bubbles: true}));
    return control.value !== value;
  }).map(([name]) => name);
}"""

# what its people see most, once more on a telephone and in Spanish
NARROW = {
    "": ("/", "/register/", "/register/042/", "/register/042/trace/042-1/", "/board/", "/catalog/"),
    "ben.cole": (
        "/",
        "/requests/042/",
        "/agreements/042/",
        "/submissions/042/",
        "/hub/042/",
        "/outputs/042-1/",
    ),
    "maya.ortiz": ("/workspaces/042/", "/requests/new/"),
    "pat.lee": ("/audit/",),
}


class InABrowser(Reader):
    """The same person, the same steps, in Chromium; each kind of page is judged once for each set of its forms."""

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
        unreachable = form.evaluate(FILL_IN, dict(fields))
        assert unreachable == [], f"{page.address}: {action} gives nobody a way to {unreachable}"
        for name, path in files.items():
            form.locator(f"[name='{name}']").set_input_files(path)
        with self.browser.page.expect_navigation() as navigation:
            form.locator("button:not([form])").click()
        return self._read(navigation.value)

    def _read(self, answer: Response | None) -> Page:
        assert answer is not None
        page = Page(self.browser.page.url, answer.status, self.browser.page.content().encode())
        kind = re.sub(r"\d+", "N", f"{page.address} {sorted(set(page.form_ids('action-')))}")
        if page.status < 400 and kind not in self.judged:
            self.judged.add(kind)
            self.browser.judge()
        return page


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`oak serve` in a home of its own, with everything it supervises."""
    port = free_port()
    monkeypatch.setenv("CHARTEROAK_HOME", str(tmp_path))
    monkeypatch.setenv("CHARTEROAK_PORT", str(port))
    monkeypatch.setenv("CHARTEROAK_MODE", "demo")
    run.password(tmp_path)
    with serving(tmp_path, port) as address:
        yield address


def test_request_042_goes_the_whole_way_in_a_browser(
    site: str, tmp_path: Path, visit: Callable[..., Judge]
) -> None:
    play = run.play(site, tmp_path, scale=0.2, new=False)
    play.sign_in = lambda *who: InABrowser(visit, *who)
    run.act(play)
    found = run.summary(play)
    assert found["data_request"] == "042"
    assert len(InABrowser.judged) > 60
    with pytest.raises(Stopped, match="404"):
        play.visitor("eve.lang").open("/requests/042/")
    for username, paths in NARROW.items():
        reader = visit(site, width=320, locale="es-US")
        if username:
            reader.page.goto(f"{site}/accounts/login/?as={username}")
            reader.page.locator("#id_password").fill(run.password(tmp_path))
            reader.page.locator("#action-sign-in button").first.click()
        for path in paths:
            assert reader.look(path).locator("html").get_attribute("lang") == "es", path
