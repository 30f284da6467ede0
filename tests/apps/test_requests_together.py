"""Several people at one request at once: every write counts, nobody's words are lost, nobody acts on an old page."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from lxml import html

from apps import way
from apps.requests_way import accepted, begun, named, review_of, sent
from apps.way import as_
from charteroak.audit.models import Event
from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import Choice
from charteroak.policy.data_request import Status
from charteroak.policy.decision import Refused, Stale
from charteroak.policy.merging import merge
from charteroak.requests import actions, queries, steward
from charteroak.requests.models import Change, DataRequest, Question

MAYA, JONAH, SAM = "maya.ortiz", "jonah.reed", "sam.reyes"
PARTS = ("question", "public_benefit", "need", "analysis_plan", "funding")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread and a database connection of its own; what each returned or raised."""

    def run(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as raised:  # a refusal is an answer here
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def shared() -> DataRequest:
    record = begun()
    actions.add_member(pk=record.pk, by=named(MAYA), person=named(JONAH))
    record.refresh_from_db()
    return record


def test_five_requests_by_five_writers_with_five_writes_each_all_count(live_database: None) -> None:
    """Check 49 (REMS): all 125 run one after the other, each on record once, and the numbers go up."""
    way.load()
    records, before = [begun() for _ in range(5)], Event.objects.count()

    def writer(part: str) -> Callable[[], None]:
        def writes() -> None:
            for time in range(5):
                for record in records:
                    typed: dict[str, Any] = {part: f"{part} {time}"}
                    actions.edit(pk=record.pk, by=named(MAYA), **typed)

        return writes

    assert at_once(*map(writer, PARTS)) == [None] * 5
    for record in records:
        changes = list(Change.objects.filter(data_request=record).order_by("revision"))
        assert [change.revision for change in changes] == list(range(1, 26))
        for part in PARTS:
            said = [change.after for change in changes if change.part == part]
            assert said == [f"{part} {time}" for time in range(5)]
        record.refresh_from_db()
        assert [getattr(record, part) for part in PARTS] == [f"{part} 4" for part in PARTS]
    events = Event.objects.filter(name="requests:data_request:edit").order_by("index")
    assert events.count() == 125
    assert [event.index for event in Event.objects.order_by("index")][before:] == list(
        range(before, before + 125)
    )


def test_a_double_click_acts_once(live_database: None) -> None:
    """Check 31: a request begun, a request sent, and a question asked twice at the same moment."""
    way.load()
    once = uuid4()
    begins = at_once(*[lambda: actions.start(by=named(MAYA), title="CTE", once=once).number] * 2)
    assert begins[0] == begins[1]
    assert DataRequest.objects.count() == 1
    record = way.filled_in()
    sends = at_once(*[lambda: actions.submit(pk=record.pk, by=named(MAYA))] * 2)
    assert sum(done is None for done in sends) == 1
    assert record.versions.count() == 1
    review = review_of(accepted(record), "SDE")
    asks = at_once(*[lambda: steward.ask(pk=review.pk, by=named("ben.cole"), text="Why?", once=once)] * 2)
    assert asks == [None, None]
    assert Question.objects.filter(review=review).count() == 1


@pytest.mark.usefixtures("loaded", "rolled_back")
class TestOnOnePage:
    def test_two_colleagues_who_write_different_parts_both_keep_their_words(self) -> None:
        record = shared()
        page = {"title": record.title, "question": "", "need": "", "seen": record.revision}
        as_(MAYA).post(f"/requests/{record.number}/edit/", page | {"question": "Do they?"})
        after = as_(JONAH).post(f"/requests/{record.number}/edit/", page | {"need": "No table has it."})
        assert after.status_code == 302
        record.refresh_from_db()
        assert (record.question, record.need) == ("Do they?", "No table has it.")

    def test_two_colleagues_who_write_the_same_part_choose(self) -> None:
        record = shared()
        page = {"title": record.title, "question": "", "seen": record.revision}
        as_(MAYA).post(f"/requests/{record.number}/edit/", page | {"question": "Do they earn more?"})
        after = as_(JONAH).post(
            f"/requests/{record.number}/edit/", page | {"question": "Where?", "title": "CTE and pay"}
        )
        assert after.status_code == 409
        assert "Maya Ortiz wrote on" in after.text
        assert "Do they earn more?" in after.text
        [typed] = html.fromstring(after.text).xpath("//textarea[@name='question']")
        assert typed.text.strip() == "Where?"
        record.refresh_from_db()
        assert (record.question, record.title) == ("Do they earn more?", "CTE and pay")
        [seen] = html.fromstring(after.text).xpath("//form[@id='action-edit']//input[@name='seen']/@value")
        both = {"seen": seen, "question": "Do they earn more, and where?"}
        assert as_(JONAH).post(f"/requests/{record.number}/edit/", both).status_code == 302
        record.refresh_from_db()
        assert record.question == "Do they earn more, and where?"

    def test_a_page_that_saves_by_itself_does_not_undo_what_a_colleague_wrote_meanwhile(self) -> None:
        record = shared()
        here, shown = f"/requests/{record.number}/edit/", {"question": "", "need": ""}
        as_(MAYA).post(here, {"question": "Do they earn more?", "seen": record.revision})
        seen = str(record.revision)
        for typed in ("No", "No table", "No table has it."):
            after = as_(JONAH).post(
                here, shown | {"need": typed, "seen": seen}, headers={"HX-Request": "true"}
            )
            [seen] = html.fromstring(after.text).xpath("//input[@name='seen']/@value")
        as_(JONAH).post(here, shown | {"need": "No table has it.", "seen": seen})
        record.refresh_from_db()
        assert (record.question, record.need) == ("Do they earn more?", "No table has it.")

    def test_somebody_with_two_pages_open_takes_no_words_from_themselves(self) -> None:
        record = shared()
        here, opened = (
            f"/requests/{record.number}/edit/",
            {"question": "", "need": "", "seen": record.revision},
        )
        by_itself = {"HX-Request": "true"}
        after = as_(MAYA).post(here, opened | {"question": "Do they earn more?"}, headers=by_itself)
        [seen] = html.fromstring(after.text).xpath("//input[@name='seen']/@value")
        as_(MAYA).post(
            here, opened | {"question": "Do they earn more? Yes.", "seen": seen}, headers=by_itself
        )
        as_(MAYA).post(here, opened | {"need": "No table has it."}, headers=by_itself)  # the other page
        record.refresh_from_db()
        assert (record.question, record.need) == ("Do they earn more? Yes.", "No table has it.")
        after = as_(MAYA).post(here, opened | {"question": "Where?"})
        assert after.status_code == 409
        assert "Maya Ortiz wrote on" in after.text

    def test_one_sends_what_one_has_just_typed(self) -> None:
        record = way.filled_in()
        seen = record.revision
        actions.edit(pk=record.pk, by=named(MAYA), question="And where?")
        after = as_(MAYA).post(f"/requests/{record.number}/submit/", {"seen": seen})
        assert after.status_code == 302
        record.refresh_from_db()
        assert record.status == Status.SUBMITTED

    def test_columns_chosen_by_two_colleagues_add_up(self) -> None:
        record = shared()
        gpa, campus = (Variable.objects.get(name=name) for name in ("gpa", "campus"))
        for who, variable in ((MAYA, gpa), (JONAH, campus)):
            ticked = {f"column-{variable.pk}": "on", f"purpose-{variable.pk}": "x", "seen": record.revision}
            as_(who).post(f"/requests/{record.number}/columns/", ticked)
        assert {c.variable_id for c in record.columns.all()} == {gpa.pk, campus.pk}

    def test_one_column_with_two_purposes_stays_as_the_first_wrote_and_says_so(self) -> None:
        record, gpa = shared(), Variable.objects.get(name="gpa")
        for who in (MAYA, JONAH):
            ticked = {f"column-{gpa.pk}": "on", f"purpose-{gpa.pk}": who, "seen": record.revision}
            after = as_(who).post(f"/requests/{record.number}/columns/", ticked, follow=True)
        assert "A colleague has changed these meanwhile" in after.text
        assert record.columns.get().purpose == MAYA

    def test_a_picker_that_shows_some_columns_keeps_the_others(self) -> None:
        record = shared()
        gpa, campus = (Variable.objects.get(name=name) for name in ("gpa", "campus"))
        actions.ask_columns(pk=record.pk, by=named(MAYA), purposes={gpa.pk: "Before."})
        here = f"/requests/{record.number}/columns/?agency=CSC&q=campus"
        shown = as_(MAYA).get(here).text
        assert f"column-{campus.pk}" in shown
        assert f"column-{gpa.pk}" not in shown
        as_(MAYA).post(
            here,
            {
                f"column-{campus.pk}": "on",
                f"purpose-{campus.pk}": "Where.",
                f"justification-{campus.pk}": "No coarser code.",
            },
        )
        assert {c.variable.name: c.justification for c in record.columns.all()} == {
            "gpa": "",
            "campus": "No coarser code.",
        }

    def test_the_policy_office_is_shown_what_changed_before_it_accepts(self) -> None:
        """Check 27: what was sent back and sent again is not found complete from a page of the first sending."""
        record = sent(begun())
        old = record.revision
        actions.return_(pk=record.pk, by=named(SAM), because="Name the classes.")
        actions.edit(pk=record.pk, by=named(MAYA), question="Classes of 2019 to 2022?")
        actions.submit(pk=record.pk, by=named(MAYA))
        after = as_(SAM).post(f"/requests/{record.number}/accept-as-complete/", {"seen": old})
        assert after.status_code == 409
        assert "Classes of 2019 to 2022?" in after.text
        record.refresh_from_db()
        assert record.status == Status.SUBMITTED
        assert Event.objects.latest("index").name == "requests:data_request:accept_as_complete:refused"
        as_(SAM).post(f"/requests/{record.number}/accept-as-complete/", {"seen": record.revision})
        record.refresh_from_db()
        assert record.status == Status.IN_REVIEW

    def test_a_steward_decides_on_what_is_asked_now(self) -> None:
        review = review_of(accepted(sent(begun())), "SDE")
        choices = {column.pk: (Choice.ALLOW, "") for column in queries.columns_of(review)}
        with pytest.raises(Stale):
            steward.decide(pk=review.pk, by=named("ben.cole"), choices=choices, seen=0)

    def test_who_may_not_decide_hears_that_first_whatever_has_changed(self) -> None:
        review = review_of(accepted(sent(begun())), "SDE")
        choices = {column.pk: (Choice.ALLOW, "") for column in queries.columns_of(review)}
        with pytest.raises(Refused) as refused:
            steward.decide(pk=review.pk, by=named("priya.nair"), choices=choices, seen=0)
        assert way.rules(refused) == {"wrong_role"}


def test_a_part_left_as_it_was_shown_takes_nobodys_words_away() -> None:
    merged = merge(
        base={"a": 1, "b": 1, "c": 1, "d": 1},
        mine={"a": 1, "b": 2, "c": 2, "d": 2},
        theirs={"a": 3, "b": 1, "c": 3, "d": 2},
    )
    assert merged.changed == {"b": 2}
    assert merged.conflicts == ("c",)
