"""How often a week outputs of a project go to the checks; who is refused reads on every route when it may again."""

from datetime import date, timedelta

import pytest

from apps.hub_way import AsProcess
from apps.outputs_way import MAYA, judged, requested
from apps.way import as_, person, refused, rules
from charteroak.adapters import clock
from charteroak.outputs import actions, checks
from charteroak.outputs.models import ReleaseRequest
from charteroak.policy import release_rules
from charteroak.policy.decision import Refused
from charteroak.policy.release_rules import CHECKS_A_WEEK, Facts, too_many_checks
from charteroak.workspaces.models import Job

pytestmark = pytest.mark.usefixtures("on_the_day")


@pytest.fixture
def spent(job: Job, as_process: AsProcess, monkeypatch: pytest.MonkeyPatch) -> ReleaseRequest:
    """Once judged and once, a day later, interrupted: of two times a week none is left."""
    monkeypatch.setattr(release_rules, "CHECKS_A_WEEK", 2)
    judged(as_process, requested(job))
    clock.move_to(clock.now() + timedelta(days=1))
    record = requested(job)
    actions.submit(pk=record.pk, by=person(MAYA))
    with as_process("outputs"):
        checks.give_up(pk=record.pk, round_=1)
    return ReleaseRequest.objects.get(pk=record.pk)


def in_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def test_the_airlock_judges_a_project_so_often_a_week_and_no_more(job: Job, spent: ReleaseRequest) -> None:
    third = requested(job)
    first = clock.today() - timedelta(days=1)
    for act, record in ((actions.submit, third), (actions.retry, spent)):
        with pytest.raises(Refused, match=f"{first + timedelta(days=7):%d %B %Y}") as caught:
            act(pk=record.pk, by=person(MAYA))
        assert rules(caught) == {"too_many_checks"}
    clock.move_to(clock.midnight(first + timedelta(days=7)) - timedelta(minutes=1))
    assert refused(actions.submit, pk=third.pk, by=person(MAYA)) == ["too_many_checks"]
    clock.move_to(clock.midnight(first + timedelta(days=7)))
    actions.submit(pk=third.pk, by=person(MAYA))
    assert refused(actions.retry, pk=spent.pk, by=person(MAYA)) == ["too_many_checks"], (
        "and that is counted too"
    )


def test_checks_made_again_count_like_the_first(spent: ReleaseRequest, job: Job) -> None:
    clock.move_to(clock.now() + timedelta(days=6))
    actions.retry(pk=spent.pk, by=person(MAYA))
    assert refused(actions.submit, pk=requested(job).pk, by=person(MAYA)) == ["too_many_checks"]


def test_the_refusal_names_the_day_on_each_route(job: Job, spent: ReleaseRequest) -> None:
    browser, day = as_(MAYA), clock.today() + timedelta(days=6)
    for act, record in (("submit", requested(job)), ("retry", spent)):
        page = record.get_absolute_url()
        api = f"/api{page}".rstrip("/")
        for answer in (
            browser.get(page),
            browser.post(f"{page}{act}/"),
            browser.get(api),
            browser.post(f"{api}/{act}"),
        ):
            assert "too_many_checks" in answer.text
            assert in_words(day) in answer.text or f"{day:%d %B %Y}" in answer.text


def test_the_next_time_is_a_week_after_the_one_that_leaves_the_week_first() -> None:
    days = tuple(date(2026, 3, 1) + timedelta(days=number // 10) for number in range(CHECKS_A_WEEK + 5))
    assert too_many_checks(Facts(checks_lately=days[: CHECKS_A_WEEK - 1])) is None
    for made, free in ((days[:CHECKS_A_WEEK], "08 March 2026"), (days, "08 March 2026"), (days[5:], "08 March 2026"),
                       (days[10:] + (days[-1],) * 5, "09 March 2026")):  # fmt: skip
        reason = too_many_checks(Facts(checks_lately=made))
        assert reason is not None
        assert free in reason.message
