"""A person in front of a real browser, who notes what it asked for and judges every page."""

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

# whether the two lists of the head lie on each other; empty boxes while the menu is folded, none in a print view
COVERED = """() => {
  const [menu, account] = [".usa-nav__primary", ".site-account"].map(
    list => document.querySelector(list)?.getBoundingClientRect());
  return menu && account && menu.height > 0 && account.height > 0
    && account.bottom > menu.top && account.top < menu.bottom
    && account.right > menu.left && account.left < menu.right;
}"""


# by how much the page is too wide, and which parts are; what is folded away is looked at unfolded, too
TOO_WIDE = """() => {
  const root = document.documentElement, shut = [...document.querySelectorAll("main details:not([open])")];
  const measured = () => [root.scrollWidth - root.clientWidth, [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth && !e.closest("[tabindex='0']"))
    .map(e => `${e.tagName} ${e.className}: ${e.textContent.trim().slice(0, 60)}`).slice(0, 6)];
  const folded = measured();
  shut.forEach(one => one.open = true);
  const unfolded = measured();
  shut.forEach(one => one.open = false);
  return folded[0] > 0 ? folded : unfolded;
}"""


@dataclass
class Visitor:
    """One person's browser: `look` opens a page and fails on what an inspector would object to."""

    context: BrowserContext
    page: Page
    address: str
    hosts: set[str] = field(default_factory=set)
    expected: set[str] = field(default_factory=set)  # origins of sessions, beside the site's own
    complaints: list[str] = field(default_factory=list)

    def look(self, path: str) -> Page:
        self.page.goto(self.address + path)
        self.judge()
        return self.page

    def judge(self) -> None:
        """WCAG 2.2 AA holds, the page fits its width, and the content policy had nothing to stop."""
        found = Axe().run(self.page, options={"runOnly": WCAG_22_AA})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        width, widest = self.page.evaluate(TOO_WIDE)
        assert width <= 0, f"{self.page.url} is {width} pixels too wide: {widest}"
        assert not self.page.evaluate(COVERED), f"{self.page.url}: the account covers the menu"
        assert self.complaints == []

    def sign_in(self, username: str, password: str) -> None:
        self.page.goto(f"{self.address}/accounts/login/?as={username}")
        self.page.get_by_label("Password").fill(password)
        self.page.locator("#main").get_by_role("button", name="Sign in", exact=True).click()
