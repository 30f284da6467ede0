"""A page as its reader has it: the address, the words, the forms."""

from copy import deepcopy

from lxml import html

TELLING = " or ".join(f"contains(@class,'{kind}')" for kind in ("usa-alert", "error", "refused"))


class Stopped(Exception):
    """What the page said, in its own words."""

    stage = ""  # which of the demo's stages it was


class Unanswered(Stopped):
    """The site went away before it said whether it took what was sent."""


class Page:
    def __init__(self, address: str, status: int, body: bytes) -> None:
        self.address, self.status = address, status
        self._tree = html.fromstring(body.strip() or b"<html></html>")

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
        """What the page's main part says, as one line: reasons, errors and messages first, then the rest."""
        main = deepcopy(next(iter(self._tree.xpath("//main")), self._tree))
        telling = main.xpath(f".//*[{TELLING}][not(ancestor::*[{TELLING}])]")  # each once, though they nest
        words = [" ".join(element.text_content().split()) for element in telling]
        for element in telling:
            element.drop_tree()
        return " ".join([*words, " ".join(main.text_content().split())[:400]]).strip()

    def links(self, part: str) -> list[str]:
        """Addresses of links whose address contains `part`."""
        return [str(link) for link in self._tree.xpath(f"//a[contains(@href,'{part}')]/@href")]

    def __contains__(self, words: str) -> bool:
        return words.casefold() in " ".join(self._tree.text_content().split()).casefold()
