"""Classes of outputs cleared ahead: by the board and each agency that consents, and each way in which one must not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from apps import changes_way, outputs_way, way
from apps.changes_way import begun
from apps.hub_way import AsProcess
from apps.outputs_way import CHECKERS, MAYA, left, moved, requested, vote
from apps.way import STEWARDS, as_, person, refused
from charteroak.adapters import clock
from charteroak.agreements.models import Agreement
from charteroak.audit.checkpoint import sign_checkpoint
from charteroak.audit.models import Event
from charteroak.board.models import Motion
from charteroak.outputs import actions, classing
from charteroak.outputs import release as releasing
from charteroak.outputs.models import OutputClass, OutputFile, ReleaseRequest
from charteroak.outputs.queries import decisions
from charteroak.outputs.trace import trace
from charteroak.policy.request_change import Kind
from charteroak.requests import actions as requests
from charteroak.workspaces.models import Workspace
from conftest import owner_beside

SAM, JUNE, STRANGER = "sam.reyes", "june.fisher", "eve.lang"
FIGURES = [{"figure_about": 120, "state": ""}, {"figure_about": 3, "state": "primary"}]
COUNTS = {"statistic": "count", "evidence": FIGURES}


@pytest.fixture
def room(as_process: AsProcess) -> Workspace:
    return outputs_way.workspace(as_process, preclear_days=90)


def amended(days: int) -> None:
    """A change that every party signs, by whose text outputs are cleared ahead for so many days."""
    record = begun(Kind.EXTENSION)
    requests.edit(pk=record.pk, by=person(MAYA), ends_on=Agreement.objects.get().ends_on + timedelta(days=30))
    text = changes_way.amendment(record)
    way.settle(text, days)
    way.signed(text)


def defined(**said: Any) -> OutputClass:
    given: dict[str, Any] = {
        "agreement": Agreement.objects.get().pk, "by": person(SAM), "says": "Counts by year.",
        "statistics": ["count"], "minimum_people": 20, "until": clock.today() + timedelta(days=80),
    }  # fmt: skip
    return classing.define(**(given | said))


def agreed(agencies: Mapping[str, str] = STEWARDS) -> OutputClass:
    """Defined, carried by the board, consented to by these agencies."""
    record = defined()
    moved("preclear_outputs", record.agreement, record.number)
    for agency, steward in agencies.items():
        classing.consent(pk=record.pk, by=person(steward), agency=agency)
    return record


def put_forward(
    as_process: AsProcess, room: Workspace, verdict: str = "pass", **known: object
) -> ReleaseRequest:
    """Judged, and approved by two checkers."""
    record = requested(left(room, {"flow.csv": b"year,people\n2019,120\n"}))
    outputs_way.judged(as_process, record, {"flow.csv": verdict}, {"flow.csv": COUNTS | known})
    return outputs_way.reviewed(record)


def cleared_by(record: ReleaseRequest) -> list[str]:
    return sorted(one.consent.agency.code for one in record.cleared_ahead.all())


def test_a_request_that_falls_into_a_class_goes_from_the_second_checker_to_the_preview(
    as_process: AsProcess, room: Workspace
) -> None:
    agreed()
    record = requested(left(room, {"flow.csv": b"year,people\n2019,120\n"}))
    outputs_way.judged(as_process, record, known={"flow.csv": COUNTS})
    assert OutputFile.objects.values_list("statistics", "fewest").get() == (["count"], 120)
    vote(record, CHECKERS[0])
    assert (record.status, cleared_by(record)) == ("checked", []), "the two checkers always look"
    vote(record, CHECKERS[1])
    assert (record.status, cleared_by(record)) == ("in_preview", sorted(STEWARDS))
    assert record.preview_ends_on == clock.today() + timedelta(days=30)
    assert refused(actions.approve, pk=record.pk, by=person(JUNE)) == ["preview_running", "no_carried_motion"]
    outputs_way.released(as_process, outputs_way.approved(record))


def test_what_allowed_it_is_told_by_the_trace_and_the_log(as_process: AsProcess, room: Workspace) -> None:
    one = agreed()
    record = outputs_way.released(as_process, outputs_way.approved(put_forward(as_process, room)))
    with as_process("notary"):
        sign_checkpoint()
    kinds = [link.kind for link in trace(record.number).links]
    assert kinds.count("clearance_ahead") == kinds.count("consent_to_class") == len(STEWARDS)
    assert kinds.count("board_vote_on_class") == len(STEWARDS)
    assert "clearance" not in kinds
    assert not [str(lack) for lack in trace(record.number).missing if "class" in str(lack)]
    event = Event.objects.filter(name="outputs:release_request:clear_ahead").first()
    assert event is not None
    assert f'"output_class":"{one.number}"' in event.text
    assert f'"motion":{Motion.objects.get(kind="preclear_outputs").pk}' in event.text
    page = as_("pat.lee").get(f"/outputs/{record.number}/trace/").text
    assert f"The board’s vote on the class of outputs {one.number}" in page


def test_an_agency_that_does_not_consent_clears_as_before(as_process: AsProcess, room: Workspace) -> None:
    agreed({code: steward for code, steward in STEWARDS.items() if code != "DOL"})
    record = put_forward(as_process, room)
    assert (record.status, cleared_by(record)) == ("reviewed", ["CSC", "SDE"])
    assert "Clear these outputs for DOL" in as_(STEWARDS["DOL"]).get(record.get_absolute_url()).text
    actions.clear(pk=record.pk, by=person(STEWARDS["DOL"]), agency="DOL")
    record.refresh_from_db()
    assert record.status == "in_preview"


@pytest.mark.parametrize(
    ("verdict", "known"),
    [
        ("review", {}),
        ("pass", {"derivable": False}),
        ("pass", {"statistic": "mean"}),
        ("pass", {"statistic": ""}),
        ("pass", {"evidence": [{"figure_about": 19, "state": ""}]}),
        ("pass", {"evidence": []}),
    ],
)
def test_a_file_outside_the_class_is_cleared_by_nobody_ahead(
    as_process: AsProcess, room: Workspace, verdict: str, known: dict[str, object]
) -> None:
    agreed()
    record = put_forward(as_process, room, verdict, **known)
    assert (record.status, cleared_by(record)) == ("reviewed", [])


def test_without_the_boards_motion_a_consent_clears_nothing(as_process: AsProcess, room: Workspace) -> None:
    record = defined()
    classing.consent(pk=record.pk, by=person(STEWARDS["SDE"]), agency="SDE")
    assert cleared_by(put_forward(as_process, room)) == []


def test_a_class_clears_nothing_after_its_last_day(as_process: AsProcess, room: Workspace) -> None:
    one = agreed()
    clock.move_to(clock.now() + timedelta(days=(one.until - clock.today()).days + 1))
    assert cleared_by(put_forward(as_process, room)) == []


def test_what_an_amendment_takes_away_holds_no_more_for_a_request_under_way_either(
    as_process: AsProcess, room: Workspace
) -> None:
    agreed()
    record = put_forward(as_process, room)
    amended(0)
    assert "agencies_not_cleared" in refused(actions.approve, pk=record.pk, by=person(JUNE))
    assert cleared_by(put_forward(as_process, room)) == []


def test_withdrawn_by_the_board_or_taken_back_by_an_agency_it_must_be_cleared_by_hand(
    as_process: AsProcess, room: Workspace
) -> None:
    one = agreed()
    record = put_forward(as_process, room)
    sde = person(STEWARDS["SDE"])
    assert refused(classing.take_back, pk=one.pk, by=sde, agency="SDE", because=" ") == ["because_missing"]
    assert refused(classing.take_back, pk=one.pk, by=sde, agency="DOL", because="x") != []
    classing.take_back(pk=one.pk, by=sde, agency="SDE", because="Too broad.")
    record = ReleaseRequest.objects.get(pk=record.pk)
    assert "SDE" in str(_why_not_approved(record))
    page = as_(STEWARDS["SDE"]).get(record.get_absolute_url()).text
    assert "cleared ahead no longer" in page
    actions.clear(pk=record.pk, by=sde, agency="SDE")
    assert "Not yet cleared" not in str(_why_not_approved(record))
    assert refused(classing.withdraw, pk=one.pk, by=person(SAM), because="x") == ["wrong_role"]
    classing.withdraw(pk=one.pk, by=person(JUNE), because="Reconsidered.")
    assert "CSC, DOL" in str(_why_not_approved(record))
    assert refused(classing.consent, pk=one.pk, by=sde, agency="SDE") == ["wrong_status"]


def _why_not_approved(record: ReleaseRequest) -> list[str]:
    found = ReleaseRequest.objects.get(pk=record.pk)
    return [str(reason) for reason in decisions(found, person(JUNE))["approve"].reasons]


def test_an_agency_whose_class_cleared_it_is_told_and_may_stop_it_during_the_preview(
    as_process: AsProcess, room: Workspace
) -> None:
    agreed({"SDE": STEWARDS["SDE"]})
    record = put_forward(as_process, room)
    for agency in ("CSC", "DOL"):
        actions.clear(pk=record.pk, by=person(STEWARDS[agency]), agency=agency)
    home = as_(STEWARDS["SDE"]).get("/").text
    assert record.get_absolute_url() in home
    assert "you may stop it" in as_(STEWARDS["SDE"]).get(record.get_absolute_url()).text
    assert "you may stop it" not in as_(STEWARDS["DOL"]).get(record.get_absolute_url()).text
    actions.return_(by=person(STEWARDS["SDE"]), pk=record.pk, because="Look at 2019.")
    record.refresh_from_db()
    assert record.status == "returned"


def test_the_release_asks_the_sealed_results_and_not_what_a_page_could_have_written(
    as_process: AsProcess, room: Workspace
) -> None:
    agreed()
    record = put_forward(as_process, room, statistic="mean")
    with owner_beside():  # as if somebody had the columns written
        OutputFile.objects.update(statistics=["count"])
        record.refresh_from_db()
        for given in OutputClass.objects.get().consents.all():
            record.cleared_ahead.create(round=record.round, consent=given, at=clock.now())
        ReleaseRequest.objects.update(status="approved", approved_by=person(JUNE), approved_at=clock.now())
    with as_process("outputs"):
        assert not releasing.release(record.pk)
    assert (
        "agencies_not_cleared" in Event.objects.filter(name__endswith=":release:refused").latest("index").text
    )


def test_the_web_claims_neither_a_kind_nor_rewrites_a_class(as_process: AsProcess, room: Workspace) -> None:
    agreed()
    put_forward(as_process, room, statistic="")
    for said in (
        "outputs_outputfile SET statistics = '[\"count\"]'",
        "outputs_outputfile SET fewest = 1000",
        "outputs_outputclass SET minimum_people = 1",
        "outputs_classconsent SET agency_id = agency_id",
    ):
        with as_process("web"), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(f"UPDATE {said}")
