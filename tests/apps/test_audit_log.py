"""The log in its database: gapless, gone with a rolled-back transaction, never rewritten."""

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.db.transaction import TransactionManagementError

from charteroak.adapters import clock
from charteroak.adapters.environment import home
from charteroak.audit import merkle, queries
from charteroak.audit.actions import close_days, record, record_refusal
from charteroak.audit.checkpoint import (
    LogDamaged,
    make_signing_key,
    newest_or_signed,
    sign_checkpoint,
    signing_key,
    verifier_key,
)
from charteroak.audit.export import export
from charteroak.audit.leaf import NotForTheLog
from charteroak.audit.models import AnonymousRefusals, Checkpoint, Event
from charteroak.audit.note import TreeHead
from charteroak.audit.queries import NotYetSigned
from charteroak.audit.receipt import RELEASED, verify_receipt
from charteroak.audit.tasks import sign
from charteroak.audit.verify import verify
from charteroak.policy.decision import Reason, Refused
from charteroak.policy.roles import Role

pytestmark = pytest.mark.usefixtures("live_database")

AsProcess = Callable[[str], AbstractContextManager[object]]
OWN_REQUEST = Refused((Reason("own_request", "Nobody checks their own output."),))


@dataclass
class Visitor:
    username: str


IDA, NOBODY = Visitor("ida.moss"), Visitor("")


def write(count: int, *, by: str = "linker", subject: str = "hub.linkrun:1") -> None:
    for number in range(count):
        with transaction.atomic():
            record("hub:link_run:finish", by=by, subject=subject, pairs=number)


def roll_back() -> None:
    with transaction.atomic():
        record("hub:link_run:finish", by="linker", subject="hub.linkrun:lost")
        transaction.set_rollback(True)


def exported() -> list[bytes]:
    file = io.StringIO()
    export(newest_or_signed(), file)
    return file.getvalue().encode().splitlines(keepends=True)


def test_an_event_says_what_its_leaf_says_and_names_the_one_before() -> None:
    write(2)
    first, second = Event.objects.order_by("index")
    said = json.loads(second.text)
    assert bytes(second.leaf_hash) == merkle.leaf_hash(bytes(second.leaf))
    assert said["previous"] == bytes(first.leaf_hash).hex()
    assert (said["index"], said["name"], said["by"], said["subject"], said["facts"]) == (
        1, second.name, second.by, second.subject, {"pairs": 1},
    )  # fmt: skip


def test_a_record_is_named_by_its_table_and_key() -> None:
    with transaction.atomic():
        event = record("audit:checkpoint:publish", by=IDA, subject=Checkpoint(size=7))
    assert (event.by, event.subject) == ("ida.moss", "audit.checkpoint:7")


def test_nothing_is_recorded_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError, match="outside the transaction"):
        record("hub:link_run:finish", by="linker", subject="hub.linkrun:1")


def test_a_transaction_that_is_rolled_back_leaves_no_event_and_no_gap() -> None:
    write(1)
    roll_back()
    with pytest.raises(NotForTheLog), transaction.atomic():
        record("hub:link_run:finish", by="linker", subject="hub.linkrun:1", name="Ana Rivera")
    write(1)
    assert list(Event.objects.order_by("index").values_list("index", flat=True)) == [0, 1]


def test_four_writers_at_once_lose_nothing_and_leave_no_gap(as_process: AsProcess) -> None:
    ready = Barrier(4)

    def writer(number: int) -> None:
        try:
            ready.wait()
            for _ in range(10):
                write(4, subject=f"hub.linkrun:{number}")
                roll_back()
        finally:
            connections.close_all()

    threads = [Thread(target=writer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with as_process("notary"):
        verifier = make_signing_key(home()).verifier
        verdict = verify(exported(), verifier)
    assert (verdict.whole, verdict.events) == (True, 160)
    for number in range(4):
        facts = [json.loads(event.text)["facts"] for event in queries.events_about(f"hub.linkrun:{number}")]
        assert facts == [{"pairs": at % 4} for at in range(40)]


CHANGES = (
    "UPDATE audit_event SET name = 'x' WHERE index = 0",
    "DELETE FROM audit_event WHERE index = 0",
    "TRUNCATE audit_event",
    "UPDATE audit_checkpoint SET note = ''",
    "DELETE FROM audit_checkpoint",
    "TRUNCATE audit_checkpoint",
)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("process", ["web", "linker", "extractor", "enclave", "outputs", "notary"])
def test_no_process_may_rewrite_the_log(as_process: AsProcess, process: str, change: str) -> None:
    write(1)
    with (
        as_process(process),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        connection.cursor().execute(change)
    assert Event.objects.get().name == "hub:link_run:finish"


@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_rewrites_the_log_by_accident(as_process: AsProcess, change: str) -> None:
    write(1)
    with as_process("owner"), pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"index": 5}, "not the next"),
        ({"index": 1, "name": "hub:link_run:fail"}, "does not say what its leaf says"),
        ({"index": 1, "leaf_hash": bytes(32)}, "does not say what its leaf says"),
        ({"index": 1}, "does not say what its leaf says"),
    ],
)
def test_the_database_itself_refuses_a_forged_event(changed: dict[str, object], complaint: str) -> None:
    write(1)
    genuine = Event.objects.values().get()
    with pytest.raises(IntegrityError, match=complaint), transaction.atomic():
        Event(**{**genuine, **changed}).save(force_insert=True)


def test_a_refusal_is_recorded_with_its_rules_once_everything_else_is_rolled_back() -> None:
    record_refusal(OWN_REQUEST, action="outputs:release_request:review", by=IDA, subject="/outputs/7/review")
    event = Event.objects.get()
    assert (event.name, event.by) == ("outputs:release_request:review:refused", "ida.moss")
    assert json.loads(event.text)["facts"] == {"rules": ["own_request"]}
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record_refusal(OWN_REQUEST, action="outputs:release_request:review", by=IDA, subject="x")


@pytest.mark.parametrize("typed", ["/search/Ana Rivera", "/search/000-12-3456", "/" + "x" * 300, "/josé"])
def test_what_a_visitor_typed_into_an_address_stays_out_of_the_log(typed: str) -> None:
    record_refusal(OWN_REQUEST, action="register:project:read", by=IDA, subject=typed)
    assert Event.objects.get().subject == "unnamed"


def test_refusals_of_anonymous_visitors_are_one_event_per_day_and_action(as_process: AsProcess) -> None:
    for _ in range(5):
        record_refusal(OWN_REQUEST, action="requests:data_request:read", by=NOBODY, subject="/requests/1")
    record_refusal(OWN_REQUEST, action="board:meeting:read", by=None, subject="/board/1")
    day = clock.today()
    with as_process("notary"):
        assert close_days(by="notary") == 0
    assert not Event.objects.exists()
    try:
        clock.move_to(clock.now() + timedelta(days=1))
        with as_process("notary"):
            assert close_days(by="notary") == 2
            assert close_days(by="notary") == 0
    finally:
        clock.reset()
    counted = Event.objects.get(name="requests:data_request:read:refused")
    assert (counted.subject, json.loads(counted.text)["facts"]) == (f"day:{day}", {"anonymous": 5})
    assert not AnonymousRefusals.objects.exists()


def test_the_notary_signs_what_was_added_and_nothing_twice(as_process: AsProcess) -> None:
    write(3)
    with as_process("notary"):
        sign()
        first = Checkpoint.objects.get()
        sign()
        assert Checkpoint.objects.get() == first
        write(4)
        sign()
        second = sign_checkpoint()
        verifier = make_signing_key(home()).verifier
        lines = exported()
    assert (first.size, second.size) == (3, 7)
    assert verify(lines, verifier, earlier=first.note).whole
    assert verifier_key(home()).read_text(encoding="utf-8").strip() == verifier.vkey
    assert signing_key(home()).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("signed", "complaint"), [(2, "does not have the root"), (4, "gone")])
def test_the_notary_signs_no_log_that_contradicts_what_was_signed(
    as_process: AsProcess, signed: int, complaint: str
) -> None:
    write(2)
    frontier = merkle.Frontier()
    for number in range(signed):
        frontier.append(merkle.leaf_hash(bytes([number])))
    stored = frontier.hashes if signed == 4 else [bytes(32)]
    with as_process("notary"):
        signer = make_signing_key(home())
        head = TreeHead(signer.name, signed, frontier.root())
        Checkpoint.objects.create(
            size=signed,
            root=head.root,
            frontier=b"".join(stored),
            note=signer.sign(head.text),
            signed_at=clock.now(),
        )
        write(1)
        with pytest.raises(LogDamaged, match=complaint):
            sign_checkpoint()
    assert Checkpoint.objects.count() == 1


def test_a_receipt_proves_a_release_once_the_notary_has_signed(as_process: AsProcess) -> None:
    write(5)
    sha256 = "ab" * 32
    with transaction.atomic():
        event = record(RELEASED, by=IDA, subject="outputs.releaserequest:1", files=[sha256])
    write(3)
    with pytest.raises(NotYetSigned):
        queries.make_receipt(event.index)
    with as_process("notary"):
        sign()
        verifier = make_signing_key(home()).verifier
    assert verify_receipt(sha256, queries.make_receipt(event.index), verifier)["subject"] == event.subject


def test_auditors_see_every_event_and_others_their_own() -> None:
    write(2)
    write(1, by="ida.moss", subject="outputs.releaserequest:1")
    assert queries.visible_to(Visitor("pat.lee"), {Role.AUDITOR}).count() == 3
    assert [event.by for event in queries.visible_to(IDA, {Role.OUTPUT_CHECKER})] == ["ida.moss"]


def test_the_log_is_searched_by_name_person_record_and_day() -> None:
    clock.move_to(datetime(2026, 9, 8, 23, 30, tzinfo=clock.STATE_TIME))
    try:
        write(1)
        clock.move_to(datetime(2026, 9, 9, 0, 30, tzinfo=clock.STATE_TIME))
        write(1, by="ida.moss", subject="outputs.releaserequest:1")
    finally:
        clock.reset()
    events = Event.objects.all()

    def found(**by: str | date) -> list[int]:
        return [event.index for event in queries.search(events, **by)]  # type: ignore[arg-type] # one at a time

    assert found() == [0, 1]
    assert found(name="hub:link_run") == [0, 1]
    assert found(name="outputs") == []
    assert found(by="ida.moss") == [1]
    assert found(subject="hub.linkrun:1") == [0]
    assert found(day=date(2026, 9, 8)) == [0]
    assert found(day=date(2026, 9, 9)) == [1]
