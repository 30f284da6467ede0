"""From a steward's letter to a recorded decision: each click counts, and signing in, which is not one, is left out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email import message_from_bytes, policy
from html import escape
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Locator

from apps import requests_way, way
from apps.way import person
from charteroak.agreements import letters
from charteroak.policy.agency_review import Choice
from charteroak.requests import actions
from charteroak.requests.models import AgencyReview
from charteroak.requests.queries import columns_to_decide
from charteroak.site import reminders
from charteroak.site.digest import write_digests
from conftest import connection_as
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
PASSWORD = "a long password for tests"
MOST = 3  # clicks from the letter to the record
SENT = date(2026, 9, 15)
DUE = "October 6, 2026"  # fifteen business days later
STEWARD = "lou.grant"


@dataclass
class Mouse:
    """All that this steward touches the letter and the pages with."""

    clicks: int = 0

    def click(self, on: Locator) -> None:
        self.clicks += 1
        on.click()


@pytest.fixture
def review(live_database: None) -> Iterator[AgencyReview]:
    """A request that waits for three agencies' stewards since that day."""
    with way.day(SENT):
        way.load()
        record = way.filled_in()
        actions.submit(pk=record.pk, by=person("maya.ortiz"))
        actions.accept_as_complete(pk=record.pk, by=person("sam.reyes"))
        yield requests_way.review_of(record, "DOL")


def posted(folder: Path, write: Callable[[], int]) -> tuple[str, str]:
    """The steward's letter, subject and words, as the post wrote and sent it into a file of mail."""
    with connection_as("post"):
        assert write() > 0
        letters.send_waiting()
    to = person(STEWARD).email
    for one in folder.iterdir():
        for sent in re.split(rb"-{70,}\n", one.read_bytes()):
            letter = message_from_bytes(sent, policy=policy.default)
            if letter["To"] == to:
                return str(letter["Subject"]), letter.get_content()
    pytest.fail("no letter to the steward")


@pytest.fixture
def mail(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Mail goes into files, as it does without a mail server, and names the site where it is served."""
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
    monkeypatch.setattr(settings, "EMAIL_FILE_PATH", str(tmp_path))
    monkeypatch.setenv("CHARTEROAK_ORIGINS", address)
    return tmp_path


@pytest.mark.parametrize(
    ("write", "after"), [(write_digests, 0), (reminders.remind, 21)], ids=["daily list", "deadline"]
)
def test_a_steward_decides_in_three_clicks_from_the_letter(
    review: AgencyReview, mail: Path, visit: Callable[..., Visitor], address: str, write: Callable[[], int],
    after: int,
) -> None:  # fmt: skip
    with way.day(SENT + timedelta(days=after)):
        subject, words = posted(mail, write)
        for part in ("001 CTE and earnings", "Wage", "Dr Maya Ortiz", DUE):
            assert part in subject
        lou, mouse = visit(address), Mouse()
        lou.page.set_content(as_a_mail_program_shows(words))
        mouse.click(lou.page.get_by_role("link").first)
        sign_in(lou)
        assert lou.page.url.endswith("#review-DOL"), "signing in loses what the letter led to"
        form = lou.page.locator("#action-decide-DOL")
        mouse.click(form.locator("label", has_text=re.compile("^Allow$", re.IGNORECASE)))
        mouse.click(form.get_by_role("button", name="Record the decision"))
        lou.judge()
        review.refresh_from_db()
        assert (review.status, review.decided_by) == ("decided", person(STEWARD))
        assert {column.choice for column in columns_to_decide(review)} == {Choice.ALLOW}
        assert mouse.clicks <= MOST


def as_a_mail_program_shows(words: str) -> str:
    """Addresses as links, as every mail program makes of them."""
    lines = (
        re.sub(r"https?://\S+", r'<a href="\g<0>">\g<0></a>', escape(line)) for line in words.splitlines()
    )
    return "<br>".join(lines)


def sign_in(who: Visitor) -> None:
    """By keyboard, and not counted: it comes once a day, whatever waits."""
    page = who.page
    page.get_by_label("Username").fill(STEWARD)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/**")
