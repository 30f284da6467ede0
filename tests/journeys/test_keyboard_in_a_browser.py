"""A request with the keyboard alone: researcher, policy office, each steward and member, counsel, signatory."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from apps import way
from charteroak.adapters import clock
from charteroak.agreements.models import Agreement, Signature
from charteroak.board import actions as board
from charteroak.board.models import Board, Motion, Vote
from charteroak.policy.agency_review import Choice
from charteroak.policy.data_request import Status
from charteroak.requests import queries
from charteroak.requests.models import DataRequest
from journeys.keyboard import PASSWORD, Keyboard
from journeys.visitor import Visitor

pytestmark = pytest.mark.browser
Hands = Callable[[], Keyboard]


@pytest.fixture
def hands(address: str, visit: Callable[..., Visitor]) -> Hands:
    return lambda: Keyboard(visit(address))


def fresh() -> DataRequest:
    return DataRequest.objects.get()


def test_a_request_goes_from_the_researcher_to_a_signature_by_keyboard_alone(
    hands: Hands, as_process: Callable[[str], AbstractContextManager[object]]
) -> None:
    with as_process("owner"):
        way.load()
    way.hub_keys()
    way.filled_in()
    _the_researcher_sends_it(hands())
    _the_policy_office_finds_it_complete(hands())
    _a_steward_decides(hands())
    for agency in ("CSC", "SDE"):
        _another_steward_decides(hands(), agency)
    _the_board_votes({member: hands() for member in way.MEMBERS})
    _counsel_drafts_it(hands())
    _a_signatory_signs(hands())


def _the_researcher_sends_it(maya: Keyboard) -> None:
    maya.come("maya.ortiz", fresh().get_absolute_url())
    maya.tab_to("#action-edit textarea[name=question]")
    page = maya.who.page
    page.keyboard.press("End")
    with page.expect_response(lambda answer: answer.url.endswith("/edit/") and answer.ok):
        page.keyboard.type(" By town?")
    assert fresh().question.endswith("By town?")
    page.reload()
    maya.press("#action-submit button", "Space")
    assert fresh().status == Status.SUBMITTED
    maya.look("/catalog/?q=wages")


def _the_policy_office_finds_it_complete(sam: Keyboard) -> None:
    sam.come("sam.reyes", "/")
    sam.look(fresh().get_absolute_url())
    sam.press("#action-accept-as-complete button")
    assert fresh().status == Status.IN_REVIEW
    sam.look("/reports/")


def _a_steward_decides(lou: Keyboard) -> None:
    lou.come("lou.grant", fresh().get_absolute_url())
    review = fresh().reviews.get(agency__code="DOL")
    *allowed, last = queries.columns_to_decide(review)
    for column in allowed:
        lou.tab_to(f"select[name=choice-{column.pk}]")
        lou.who.page.keyboard.press("a")  # allow
    lou.tab_to(f"select[name=choice-{last.pk}]")
    lou.who.page.keyboard.press("c")  # allow under a condition
    lou.tab_to(f"input[name=reason-{last.pk}]")
    lou.who.page.keyboard.type("By town only.")
    lou.press("#action-decide-DOL button")
    review.refresh_from_db()
    assert review.status == "decided"
    last.refresh_from_db()
    assert (last.choice, last.reason) == (Choice.CONDITION, "By town only.")


def _another_steward_decides(hand: Keyboard, agency: str) -> None:
    hand.enter(way.STEWARDS[agency], fresh().get_absolute_url())
    review = fresh().reviews.get(agency__code=agency)
    for column in queries.columns_to_decide(review):
        denied = column.variable.name in way.DENIED
        hand.tab_to(f"select[name=choice-{column.pk}]")
        hand.who.page.keyboard.press("d" if denied else "a")
        if denied:
            hand.tab_to(f"input[name=reason-{column.pk}]")
            hand.who.page.keyboard.type("The law.")
    hand.press(f"#action-decide-{agency} button")
    decided = fresh().columns.filter(variable__dataset__agency__code=agency)
    for column in decided.select_related("variable"):
        denied = column.variable.name in way.DENIED
        assert (column.choice, column.reason) == ((Choice.DENY, "The law.") if denied else (Choice.ALLOW, ""))


def _the_board_votes(members: dict[str, Keyboard]) -> None:
    """Each in a browser of their own; the chair, who is one of them, opens, declares and closes."""
    motion = _on_the_agenda()
    here, june = motion.meeting.get_absolute_url(), members["june.fisher"]
    for name, hand in members.items():
        (hand.come if name == "grace.stone" else hand.enter)(name, here)
        hand.press("#action-attend button")
    june.go(here)
    june.press("#action-open button")
    votes = {
        "grace.stone": "approve",
        "omar.haines": "approve",
        "ruth.vega": "approve",
        "carl.winter": "recuse",
    }
    for name, hand in members.items():
        hand.go(here)
        hand.choose(f"#action-vote-{motion.pk} input[type=radio]", votes.get(name, "note"))
        hand.press(f"#action-vote-{motion.pk} button")
    cast = {vote.by.username: vote.choice for vote in Vote.objects.filter(motion=motion).select_related("by")}
    assert cast == {name: votes.get(name, "note") for name in members}
    members["grace.stone"].look(f"/board/motions/{motion.pk}/packet/")
    june.go(here)
    june.press(f"#action-declare-{motion.pk} button")
    june.go(here)
    june.press("#action-close button")
    assert fresh().status == Status.APPROVED


def _on_the_agenda() -> Motion:
    """Of a meeting whose notice went out eight days ago, and which begins now."""
    sam, now = way.person("sam.reyes"), clock.now()
    meeting = board.plan(
        by=sam, board=Board.objects.get().pk, starts_at=now + timedelta(days=8), place="Room 2B"
    )
    motion = board.add_motion(
        pk=meeting.pk, by=sam, kind="approve_request", data_request=fresh().pk, text="Approve."
    )
    board.notice(pk=meeting.pk, by=sam)
    clock.move_to(now + timedelta(days=8, minutes=1))
    return motion


def _counsel_drafts_it(ann: Keyboard) -> None:
    ann.come("ann.weiss", f"/agreements/draft/{fresh().number}/")
    ann.press("#action-draft button")
    record = Agreement.objects.get()
    assert ann.who.page.url.endswith(record.get_absolute_url())
    ann.look(record.get_absolute_url())
    ann.press("#action-open-for-signature button")


def _a_signatory_signs(ruth: Keyboard) -> None:
    record = Agreement.objects.get()
    ruth.come("ruth.vega", record.get_absolute_url())
    ruth.tab_to("form[id^=action-sign] input[type=checkbox]")
    page = ruth.who.page
    page.keyboard.press("Space")
    ruth.press("form[id^=action-sign] button")
    if "/reauthenticate/" in page.url:
        ruth.tab_to("#id_password")
        page.keyboard.type(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert Signature.objects.filter(by=way.person("ruth.vega")).exists()
