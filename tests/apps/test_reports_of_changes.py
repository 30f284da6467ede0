"""What the reports say of a project whose agreement was amended, or whose approval was set aside."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import PROTECT, ForeignKey

from apps import changes_way, way
from apps.board_way import decided, moved
from charteroak.adapters import clock
from charteroak.agencies.models import Agency
from charteroak.agreements.models import Agreement, Clause
from charteroak.audit.actions import subject_of
from charteroak.elsewhere.models import Happening
from charteroak.policy.delivery import FileKind
from charteroak.policy.period import Period
from charteroak.policy.pipeline import Stage
from charteroak.policy.request_change import Kind
from charteroak.reports import access, case_file, figures, logs, pipeline
from charteroak.requests import actions as requests
from charteroak.requests.models import DataRequest

SIGNED = way.DAY_ZERO + timedelta(days=9)
LATER = SIGNED + timedelta(days=5)


@pytest.fixture(autouse=True)
def _signed_and_cleared(approved: None, rolled_back: None) -> Iterator[None]:
    with way.day(SIGNED):
        way.executed()
        way.cleared()
        yield


def amended_without(name: str) -> None:
    """An amendment that takes this column out, signed by all."""
    record = changes_way.begun(Kind.AMENDMENT)
    asked = record.columns.select_related("variable")
    kept = {one.variable_id: one.purpose for one in asked if one.variable.name != name}
    requests.ask_columns(pk=record.pk, by=way.person("maya.ortiz"), purposes=kept)
    way.signed(changes_way.amendment(record))


def told(day: date) -> tuple[str, list[str]]:
    """The columns that maya could see on the day, and why not."""
    found: list[Any] = list(access.recipients(day).filter(person__username="maya.ortiz"))
    access.Day(day).together(found)
    return found[0].sees, [reason.rule for reason in found[0].could.reasons]


def test_a_day_before_an_amendment_is_told_as_it_stood_then() -> None:
    with way.day(LATER):
        amended_without("gpa")
        assert "gpa" not in told(clock.today())[0]
        assert "gpa" in told(clock.today() - timedelta(days=1))[0]
        assert told(clock.today() - timedelta(days=1))[1] == []


def test_a_change_that_all_have_signed_waits_for_no_files_of_its_own() -> None:
    with way.day(LATER):
        amended_without("gpa")
        stages = dict(pipeline.counted(DataRequest.objects.all()))
        assert (stages[Stage.AMENDED], stages[Stage.SHARING]) == (1, 1)  # the change, and what it changed


def test_nobody_is_said_to_see_what_the_board_has_set_aside() -> None:
    assert told(clock.today())[1] == []
    decided(moved("reconsider"))
    assert told(clock.today())[1] == ["approval_set_aside"]


def test_a_case_holds_the_changes_of_its_request_too() -> None:
    amended_without("gpa")
    for number in ("001", "001-A1"):
        case = case_file.records(DataRequest.objects.get(number=number))
        assert {subject_of(one) for one in DataRequest.objects.all()} <= {subject_of(one) for one in case}
        told = set(case_file.events(case).values_list("subject", "name"))
        assert (subject_of(DataRequest.objects.get(number="001-A1")), "requests:data_request:submit") in told


def test_tables_that_point_to_one_another_are_refused_instead_of_walked_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = case_file._links
    odd = {Agreement: [ForeignKey(Clause, PROTECT)], Clause: [ForeignKey(Agreement, PROTECT)]}
    monkeypatch.setattr(case_file, "_links", lambda model: iter(odd.get(model, links(model))))
    with pytest.raises(LookupError, match="Agreement"):
        case_file.records(DataRequest.objects.get(number="001"))


def test_the_sharing_log_names_the_columns_that_could_be_sent_on_the_day_of_sending() -> None:
    sender = Agency.objects.get(code="SDE")
    sent = Happening(agreement=Agreement.objects.get(), agency=sender, kind=FileKind.ANALYSIS, on=SIGNED)
    with way.day(LATER):
        assert "gpa" in logs.fields(sent)
        amended_without("gpa")
        sent.agreement.refresh_from_db()
        assert "gpa" in logs.fields(sent)
        sent.on = clock.today()
        assert "gpa" not in logs.fields(sent)


def in_force() -> int | float | Decimal:
    told = figures.figures(Period(SIGNED.year))
    return next(one.value for one in told if one.what == "Agreements in force on the last day")


def test_an_agreement_signed_ahead_is_in_force_from_its_first_day_on() -> None:
    assert (in_force(), access.recipients(SIGNED).exists()) == (1, True)
    Agreement.objects.update(starts_on=LATER)
    assert (in_force(), access.recipients(SIGNED).exists()) == (0, False)
    with way.day(LATER):
        assert (in_force(), access.recipients(LATER).exists()) == (1, True)
