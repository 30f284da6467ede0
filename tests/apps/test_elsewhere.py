"""Governing only: files go and are matched elsewhere; here stand days and hashes, and clocks and papers follow."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps import hub_way, way
from apps.test_lists import body, rows_of
from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.agreements import actions as agreements
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.queries import contributors
from charteroak.audit.models import Event
from charteroak.elsewhere import actions, queries
from charteroak.exceptions import actions as exceptions
from charteroak.policy.delivery import FileKind
from charteroak.policy.elsewhere import Status
from charteroak.policy.matter import Kind
from charteroak.site.rooms import menu
from charteroak.submissions.models import Delivery

NUMBER = hub_way.NUMBER
HASH = "ab" * 32
What = DestructionDuty.What

pytestmark = pytest.mark.usefixtures("signed", "rolled_back", "governing")


@pytest.fixture(scope="module")
def governing() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHARTEROAK_GOVERNANCE_ONLY", "1")
        yield


@pytest.fixture(scope="module")
def signed(database_of_the_file: None, governing: None) -> Iterator[None]:
    """Request 042's agreement, signed where no hub ever published a key."""
    with way.day(hub_way.DAY):
        way.load()
        kept, way.hub_keys = way.hub_keys, lambda: None
        try:
            way.executed()
        finally:
            way.hub_keys = kept
        yield


def agreement() -> Agreement:
    return Agreement.objects.get(number=NUMBER)


def steward(agency: str) -> str:
    return way.STEWARDS[agency]


def sent(agency: str) -> None:
    name = f"{agency}.{NUMBER}.{clock.today():%m_%d_%Y}.matching"
    actions.send(
        number=NUMBER, by=way.person(steward(agency)), agency=agency, kind=FileKind.MATCHING, file_name=name,
        sha256=HASH, on=clock.today(), way="SFTP",
    )  # fmt: skip


def matched() -> None:
    for agency in contributors(agreement()):
        sent(agency)
    actions.match(number=NUMBER, by=way.person("noor.haddad"), on=clock.today())


def confirmed() -> None:
    matched()
    for agency in contributors(agreement()):
        actions.confirm(number=NUMBER, by=way.person(steward(agency)), agency=agency, on=clock.today())


def test_the_agreement_names_no_key_and_nobody_waits_for_a_worker() -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    clause = agreement().clauses.get(kind="hub")
    assert clause.terms["keys"] == {}
    assert "file transfer" in clause.text
    assert not ProcrastinateJob.objects.filter(task_name="agreements:create_keys").exists()


def incoming() -> set[Path]:
    """What lies in the vault as it was delivered."""
    return {path for path in (home().vault / "incoming").rglob("*") if path.is_file()}


def test_the_way_from_the_first_file_to_the_certificate() -> None:
    before = incoming()
    assert queries.status_of(agreement()) is Status.SENDING
    match = {"number": NUMBER, "by": way.person("noor.haddad"), "on": clock.today()}
    assert way.refused(actions.match, **match) == ["files_missing"]
    confirmed()
    duty = agreement().duties.get(what=What.IDENTIFIERS)
    assert duty.began_on == clock.today()
    assert duty.due_on is not None
    assert duty.due_on > clock.today()
    actions.deliver(
        number=NUMBER,
        by=way.person("noor.haddad"),
        file_name="extract",
        sha256=HASH,
        on=clock.today(),
        way="SFTP",
    )
    assert queries.status_of(agreement()) is Status.DELIVERED
    actions.destroy(
        number=NUMBER,
        by=way.person("noor.haddad"),
        what=What.IDENTIFIERS,
        on=clock.today(),
        way="Overwritten.",
    )
    page = way.as_("sam.reyes").get(f"/agreements/{NUMBER}/certificate/identifiers/")
    assert page.content.startswith(b"%PDF")
    duty.refresh_from_db()
    assert duty.done_at is not None
    assert duty.certificate is not None
    assert any(HASH in name for name in duty.certificate["parts"][way.person("noor.haddad").name]["objects"])
    told = [event.name for event in Event.objects.filter(name__startswith="elsewhere:").order_by("index")]
    assert told[0] == "elsewhere:happening:send"
    assert told[-1] == "elsewhere:happening:destroy"
    assert not Delivery.objects.exists()
    assert incoming() == before


def test_an_agreement_is_closed_once_everything_is_certified() -> None:
    confirmed()
    sam = way.person("sam.reyes")
    agreements.terminate(pk=agreement().pk, by=sam, because="done")
    assert way.refused(agreements.close, pk=agreement().pk, by=sam) == ["not_destroyed"]
    for what, username in ((What.IDENTIFIERS, "noor.haddad"), (What.PAYLOAD, "noor.haddad"),
                           (What.EXTRACT, "kim.tran"), (What.OUTPUTS, "kim.tran")):  # fmt: skip
        actions.destroy(
            number=NUMBER, by=way.person(username), what=what, on=clock.today(), way="Overwritten."
        )
    agreements.close(pk=agreement().pk, by=sam)
    assert agreement().status == "closed"


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"sha256": "nothing"}, "hash_missing"),
        ({"on": timedelta(days=1)}, "day_out_of_range"),
        ({"on": timedelta(days=-4000)}, "day_out_of_range"),
        ({"by": "noor.haddad"}, "wrong_role"),
        ({"by": "lou.grant"}, "another_agency"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed: dict[str, object], rule: str) -> None:
    said: dict[str, object] = {"by": "ben.cole", "sha256": HASH, "on": timedelta()} | changed
    refused = way.refused(
        actions.send, number=NUMBER, by=way.person(str(said["by"])), agency="SDE", kind=FileKind.MATCHING,
        file_name="f", sha256=said["sha256"], on=clock.today() + said["on"], way="SFTP",  # type: ignore[operator]
    )  # fmt: skip
    assert rule in refused


def test_no_file_is_sent_after_the_destruction_of_its_kind_is_certified() -> None:
    confirmed()
    gone: dict[str, Any] = {"number": NUMBER, "by": way.person("noor.haddad"), "on": clock.today()}
    actions.destroy(what=What.IDENTIFIERS, way="Overwritten.", **gone)
    assert way.refused(sent, agency="SDE") == ["files_destroyed"]
    send = {"agency": "SDE", "by": way.person("ben.cole"), "file_name": "f", "sha256": HASH, "way": "SFTP"}
    actions.send(number=NUMBER, kind=FileKind.ANALYSIS, on=clock.today(), **send)  # type: ignore[arg-type]
    assert queries.decisions(agreement(), way.person("ben.cole"))["send-SDE"]
    actions.destroy(what=What.PAYLOAD, way="Overwritten.", **gone)
    assert not queries.decisions(agreement(), way.person("ben.cole"))["send-SDE"]


def test_nothing_is_put_on_record_of_a_suspended_project() -> None:
    exceptions.record(
        by=way.person("sam.reyes"),
        kind=Kind.SUSPENSION,
        what="A doubt.",
        known_on=clock.today(),
        number=NUMBER,
    )
    assert way.refused(sent, agency="SDE") == ["suspended"]


def test_a_legal_hold_stops_a_destruction_done_elsewhere_too() -> None:
    exceptions.record(
        by=way.person("ann.weiss"), kind=Kind.LEGAL_HOLD, what="Keep.", known_on=clock.today(), number=NUMBER,
        clocks=["identifiers"],
    )  # fmt: skip
    refused = way.refused(
        actions.destroy, number=NUMBER, by=way.person("noor.haddad"), what=What.IDENTIFIERS, on=clock.today(),
        way="Overwritten.",
    )  # fmt: skip
    assert refused == ["legal_hold"]


def test_a_steward_confirms_once_and_only_for_the_own_agency() -> None:
    matched()
    own, other = contributors(agreement())[:2]
    said: dict[str, Any] = {"number": NUMBER, "by": way.person(steward(own)), "on": clock.today()}
    assert way.refused(actions.confirm, agency=other, **said) == ["another_agency"]
    actions.confirm(agency=own, **said)
    assert way.refused(actions.confirm, agency=own, **said) == ["confirmed_already"]


def test_page_and_program_do_the_same() -> None:
    client = way.as_("ben.cole")
    page = client.get(f"/elsewhere/{NUMBER}/")
    assert 'id="action-send-sde"' in page.text
    form = {
        "kind": "matching",
        "file_name": "SDE.042",
        "sha256": HASH,
        "on": str(clock.today()),
        "way": "SFTP",
    }
    assert client.post(f"/elsewhere/{NUMBER}/send/SDE/", form).status_code == 302
    assert client.post(f"/elsewhere/{NUMBER}/send/SDE/", form | {"on": ""}).status_code == 400
    answer = client.post(f"/api/elsewhere/{NUMBER}/send/SDE", form, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert [one["sha256"] for one in answer.json()["happenings"]] == [HASH, HASH]
    assert answer.json()["actions"]["confirm-SDE"]["allowed"] is False
    wrong = client.post(
        f"/api/elsewhere/{NUMBER}/send/SDE", form | {"sha256": "x"}, content_type="application/json"
    )
    assert wrong.status_code == 403
    assert wrong.json()["reasons"][0]["rule"] == "hash_missing"
    assert way.as_("eve.lang").get(f"/elsewhere/{NUMBER}/").status_code == 404


def test_the_sharing_log_is_of_what_happened_elsewhere() -> None:
    confirmed()
    rows = rows_of(body(way.as_("sam.reyes").get("/reports/sharing-log/", {"format": "csv"})))
    told = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert {row["sender"] for row in told} == set(contributors(agreement()))
    assert {row["matched_on"] for row in told} == {str(clock.today())}
    assert {row["sha256"] for row in told} == {HASH}
    assert all(row["fields"] for row in told)
    assert all(row["destroy_by"] for row in told)


@pytest.mark.parametrize("path", ["/submissions/", "/hub/", "/workspaces/", "/outputs/", "/api/hub/042"])
def test_the_rooms_of_files_are_closed_and_say_what_stands_in_their_place(path: str) -> None:
    answer = way.as_("noor.haddad").get(path)
    assert answer.status_code == 403
    assert "governance_only" in answer.content.decode()
    assert Client().get(path).status_code in (302, 401)
    assert Event.objects.latest("index").name.endswith("read:refused")


def test_the_menu_has_files_in_place_of_hub_and_enclave(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = way.person("noor.haddad").roles(clock.today())
    here = {room.name for room in menu(roles)}
    monkeypatch.delenv("CHARTEROAK_GOVERNANCE_ONLY")
    there = {room.name for room in menu(roles)}
    assert "elsewhere" in here - there
    assert {"hub", "submissions"} <= there - here


def test_where_files_are_moved_here_nothing_is_typed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHARTEROAK_GOVERNANCE_ONLY")
    assert way.refused(sent, agency="SDE") == ["moved_here"]
