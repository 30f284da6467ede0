"""The days that the law sets after a breach: in the mail, the digest, the worklist, the page and the calendar."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils.formats import date_format

from apps import way
from apps.way import as_, person
from charteroak.agencies import actions as agencies
from charteroak.agencies.models import DepartureNotice
from charteroak.agreements.models import Letter
from charteroak.exceptions import actions, queries
from charteroak.exceptions.models import Duty, Matter
from charteroak.policy.matter import Kind
from charteroak.site.digest import write_digests
from charteroak.site.duty_letters import remind_of_duties
from conftest import connection_as, owner_beside

DAY = date(2026, 9, 17)
LAST = DAY + timedelta(days=60)
RESIDENTS = "Write to the residents concerned"


@pytest.fixture
def breach(loaded: None) -> Iterator[Matter]:
    """Known today; each test's own, for the post reads over a connection of its own."""
    with way.day(DAY):
        yield actions.record(by=person("noor.haddad"), kind=Kind.BREACH, known_on=DAY, what="A lost disk.")
    with owner_beside():
        for model in (Letter, Duty, Matter, DepartureNotice):
            model.objects.all().delete()


def reminded(on: date) -> int:
    with way.day(on), connection_as("post"):
        return remind_of_duties()


def told(duty: str = "tell_residents") -> dict[str, list[str]]:
    found = Letter.objects.filter(about__contains=f":{duty}:").select_related("person").order_by("pk")
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(one.person.username, []).append(one.about.rpartition(":")[2])
    return said


def test_the_owner_is_told_a_month_a_week_and_a_day_before_and_the_keepers_when_it_is_overdue(
    breach: Matter,
) -> None:
    assert reminded(LAST - timedelta(days=31)) == 3, "telling the agencies was due on the first day"
    assert told() == {}
    for days, notice in {30: "a_month_before", 7: "a_week_before", 1: "a_day_before", 0: None}.items():
        reminded(LAST - timedelta(days=days))
        assert notice is None or told()["noor.haddad"][-1] == notice
    assert reminded(LAST) == 0, "each once"
    assert set(told()) == {"noor.haddad"}
    reminded(LAST + timedelta(days=1))
    assert told() == {
        "noor.haddad": ["a_month_before", "a_week_before", "a_day_before", "overdue"],
        "ann.weiss": ["overdue"],
        "sam.reyes": ["overdue"],
    }
    letter = Letter.objects.get(person__username="ann.weiss", about__contains=":tell_residents:")
    assert letter.subject == f"breach {breach.number}: {RESIDENTS} · due {date_format(LAST)}"
    assert f"{settings.CONFIG.origins[0]}/exceptions/{breach.pk}/#duty-tell_residents" in letter.body
    assert "lost disk" not in letter.subject + letter.body, "what happened is read on the page alone"


def test_a_duty_that_is_done_or_whose_matter_is_closed_brings_no_mail(breach: Matter) -> None:
    with way.day(DAY):
        actions.do(pk=breach.pk, by=person("noor.haddad"), duty="tell_residents")
    reminded(LAST + timedelta(days=1))
    assert told() == {}
    assert told("tell_attorney_general") != {}


def test_when_its_owner_has_left_it_is_the_turn_of_the_offices_that_may_act(breach: Matter) -> None:
    with way.day(DAY):
        yesterday = DAY - timedelta(days=1)
        agencies.give_notice(person=person("noor.haddad").pk, last_day=yesterday, by=person("sam.reyes"))
        mine = [item for item in queries.todo(person("ann.weiss")) if item.state == "yours"]
        assert any(RESIDENTS in item.title for item in mine)
        assert "Policy office or counsel" in as_("ann.weiss").get(breach.get_absolute_url()).text
    reminded(LAST - timedelta(days=7))
    assert told() == {"ann.weiss": ["a_week_before"], "sam.reyes": ["a_week_before"]}
    assert "Its owner has left" in Letter.objects.filter(person__username="ann.weiss").latest("pk").body


def test_each_duty_stands_with_its_day_in_worklist_and_digest(breach: Matter) -> None:
    with way.day(DAY):
        items = queries.todo(person("noor.haddad"))
        assert [(item.title.partition(": ")[2], item.by_when) for item in items] == [
            ("Tell every agency whose records are concerned", DAY),
            (RESIDENTS, LAST),
            ("Tell the Attorney General, no later", LAST),
            ("Report to the data governing board", None),
        ]
        assert [item.by_when for item in queries.todo(person("sam.reyes"))] == [DAY], "one line on another's"
        with connection_as("post"):
            write_digests()
    digest = Letter.objects.get(kind=Letter.Kind.DIGEST, person__username="noor.haddad")
    assert f"{breach}: Tell every agency whose records are concerned" in digest.subject
    assert f"{RESIDENTS}, by {date_format(LAST)}" in digest.body


def test_the_page_says_whose_turn_by_when_and_gives_each_day_to_the_calendar(breach: Matter) -> None:
    with way.day(DAY):
        noor = as_("noor.haddad")
        page = noor.get(breach.get_absolute_url()).text
        assert "no deadline" not in page
        assert "Noor Haddad" in page.partition("</aside>")[0]
        assert date_format(DAY) in page.partition("</aside>")[0]
        line = page.partition('id="duty-tell_residents"')[2].partition("</li>")[0]
        entry = noor.get(re.findall(r'class="to-calendar" href="([^"]+)"', line)[0]).text
        actions.do(pk=breach.pk, by=person("noor.haddad"), duty="tell_agencies")
        after = noor.get(breach.get_absolute_url()).text.partition("</aside>")[0]
        assert date_format(LAST) in after, "the next day once the first duty is done"
        assert noor.get(f"/api/exceptions/{breach.pk}").json()["by_when"] == LAST.isoformat()
    assert f"DTSTART;VALUE=DATE:{LAST:%Y%m%d}" in entry
    assert RESIDENTS in entry.replace("\r\n ", "")
