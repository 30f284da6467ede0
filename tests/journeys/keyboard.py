"""A person without a mouse: every stop of the Tab key is in sight and ringed, and the way reaches its end."""

from dataclasses import dataclass

import pytest

from journeys.visitor import Visitor

PASSWORD = "a long password for tests"
STOPS = 300
# where the focus is: in sight, and marked by something that is left when the reader's own colours replace the site's
FOCUS = """() => {
  const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {what: at.outerHTML.slice(0, 200), main: at.id === "main",
          seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
          ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0};
}"""


@dataclass
class Keyboard:
    """Hands on the keys Tab, Enter, Space and the arrows alone."""

    who: Visitor

    def judge(self) -> None:
        """At 320 pixels, at 200 % of a screen of 1280 (which leaves 640), and in the reader's own colours."""
        page = self.who.page
        for width in (320, 640):
            page.set_viewport_size({"width": width, "height": 900})
            self.who.judge()
        page.emulate_media(forced_colors="active")
        self.who.judge()
        page.emulate_media(forced_colors="none")
        page.set_viewport_size({"width": 1280, "height": 900})

    def tab_to(self, selector: str) -> None:
        """Every stop on the way is seen and ringed, and there is no trap."""
        page = self.who.page
        for _stop in range(STOPS):
            page.keyboard.press("Tab")
            focus = page.evaluate(FOCUS)
            assert focus["seen"], f"{page.url}: out of sight: {focus['what']}"
            assert focus["ringed"], f"{page.url}: not ringed: {focus['what']}"
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        pytest.fail(f"{selector} is not reached with the keyboard on {page.url}")

    def press(self, selector: str, key: str = "Enter") -> None:
        """What leads to another page."""
        self.tab_to(selector)
        with self.who.page.expect_navigation():
            self.who.page.keyboard.press(key)

    def skip(self) -> None:
        """From the head of the page to what it is about: the first stop, and the one after it is in the text."""
        page = self.who.page
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        assert page.evaluate("document.activeElement.matches('.usa-skipnav')"), focus["what"]
        assert focus["seen"], focus["what"]
        assert focus["ringed"], focus["what"]
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

    def choose(self, radios: str, value: str) -> None:
        """Of a group of radio buttons, the one with this value: the first by Space, the next by the arrow."""
        self.tab_to(radios)
        keys = self.who.page.keyboard
        keys.press("Space")
        for _choice in range(STOPS):
            if self.who.page.evaluate("document.activeElement.value") == value:
                return
            keys.press("ArrowDown")
        pytest.fail(f"{value} is not among {radios} on {self.who.page.url}")

    def come(self, username: str, path: str) -> None:
        """Signed in; the page judged in every way, and its head skipped."""
        self.sign_in(username)
        self.look(path)

    def enter(self, username: str, path: str) -> None:
        """The same on a page that somebody has judged already."""
        self.sign_in(username)
        self.go(path)

    def sign_in(self, username: str) -> None:
        page, address = self.who.page, self.who.address
        page.goto(f"{address}/accounts/login/?as={username}")
        self.tab_to("#id_password")
        page.keyboard.type(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")

    def look(self, path: str) -> None:
        self.who.page.goto(self.who.address + path)
        self.judge()
        self.go(path)  # the focus at its head again

    def go(self, path: str) -> None:
        self.who.page.goto(self.who.address + path)
        self.skip()
