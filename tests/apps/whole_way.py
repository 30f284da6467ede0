"""Request 042 from enquiry to release with a second release under way: a record behind every address of the site."""

import io
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core import signing

from apps import hub_way, inputs_way, outputs_way, sessions_way, way
from apps.accounts_way import added
from apps.hub_way import NUMBER, AsProcess
from apps.outputs_way import left, requested
from apps.requests_way import FEES
from apps.way import person
from charteroak.adapters import clock, stores
from charteroak.adapters.stores import Store
from charteroak.agencies import actions as agencies
from charteroak.agencies import cover as covering
from charteroak.agencies.models import Agency, Cover, Person, RoleHeld
from charteroak.agreements import tasks as agreement_tasks
from charteroak.agreements.disclosures import hand_over
from charteroak.agreements.models import Agreement, DisclosureRecord, Paper
from charteroak.board import actions as board
from charteroak.board import promises
from charteroak.board.models import Board, Meeting, Motion, Seat
from charteroak.catalog.models import Variable
from charteroak.exceptions import actions as exceptions
from charteroak.exceptions.models import Matter
from charteroak.outputs import classing, questions
from charteroak.policy.attachment import Kind as Attached
from charteroak.policy.matter import Kind
from charteroak.requests import actions as requests
from charteroak.requests.models import NationConsent
from charteroak.site import tokens, webhooks
from charteroak.site.templatetags.lists import DAY_SALT
from charteroak.submissions import actions as submissions
from charteroak.submissions.models import AgencyKey, Delivery, FinderList
from charteroak.workspaces import actions as workspaces
from charteroak.workspaces.models import Snapshot, Workspace
from conftest import owner_beside

ACTORS = {
    "anonymous": "",
    "stranger": "eve.lang",
    "recipient": "maya.ortiz",
    "steward": "ben.cole",
    "unasked": "fay.brook",  # steward of an agency whose records nobody asked for
    "board": "grace.stone",
    "chair": "june.fisher",
    "counsel": "ann.weiss",
    "policy": "sam.reyes",
    "hub": "noor.haddad",
    "enclave": "kim.tran",
    "checker": "ida.moss",
    "auditor": "pat.lee",
    "legislator": "rep.dunn",
    "lapsed": "lena.park",  # named in the agreement; the training has lapsed
    "closed": "jonah.reed",  # named in the agreement; the account is closed
}
DRAFT = "002"  # a request of another project, not sent yet


@dataclass(frozen=True)
class Scene:
    """The records' numbers, as addresses and forms name them."""

    clause: int
    consent: int  # of a nation, to the project
    cover: int  # of Joe Blake's office, by Kim Tran
    columns: tuple[int, ...]  # asked of SDE
    delivery: int
    disclosed: int  # to SDE, before a destruction
    file: int
    finder_list: int
    follow_up: int
    input: str  # what waits for a checker
    input_hash: str
    job: int
    letter: int  # by which the nation consents
    matter: int  # a request for records of SDE's
    meeting: int
    motion: int
    operates: int  # Kim Tran's office
    output: int
    paper: int  # of the stranger's request
    party: int
    planned: int
    question: int  # of a checker, about the second release request
    held: int  # an office that somebody holds
    variable: int
    board: int
    seat: int
    day: str  # a signed day for the reader's calendar
    session: int
    snapshot: int
    sha256: str
    text_hash: str
    token: int  # the stranger's
    webhook: int  # the stranger's


def scene(as_process: AsProcess) -> Scene:
    """Everything, with people as ACTORS names them; domain time is left after the preview."""
    room = outputs_way.workspace(as_process, preclear_days=90)
    room.extract.summary = {"tables": {table: {"missing": {}} for table in room.extract.tables}}
    room.extract.save()
    with as_process("owner"):
        agencies.load(STEWARD_OF_OEC, password="a long password for tests", by="setup")
    first = requested(left(room, {"flow.csv": b"year,people\n2019,120\n"}))
    outputs_way.cleared(outputs_way.reviewed(outputs_way.judged(as_process, first)))
    outputs_way.released(as_process, outputs_way.approved(first))
    second = outputs_way.judged(as_process, requested(left(room, {"again.csv": b"year,people\n2020,99\n"})))
    waiting = workspaces.submit_job(
        workspace=room.pk, by=person("maya.ortiz"), script_name="script.py", script="pass"
    )
    session = sessions_way.opened(room, "jonah.reed")
    brought = inputs_way.scanned(as_process, inputs_way.asked(room))
    with as_process("post"):
        agreement_tasks.print_executed(number="001")
    with as_process("notary"):
        agreement_tasks.seal(paper=Paper.objects.values_list("pk", flat=True).get())
    agreement, held = Agreement.objects.get(), Meeting.objects.get(motions__kind="approve_outputs")
    planned = _planned()
    _promise(held)
    other = requests.start(by=person("eve.lang"), title="Another project")
    paper = requests.attach(
        pk=other.pk, by=person("eve.lang"), kind=Attached.OTHER, name="letter.pdf", content=b"%PDF-1.7"
    )
    added()  # has not signed in yet
    delivery, listed = _deliveries(agreement)
    _out_of_standing()
    _fee(agreement)
    _class(agreement)
    file = second.files.get()
    return Scene(
        clause=agreement.clauses.earliest("pk").pk,
        consent=(consent := _consent(agreement)).pk,
        letter=consent.paper_id,
        disclosed=_disclosed(agreement).pk,
        cover=_cover().pk,
        columns=tuple(
            agreement.data_request.columns.filter(variable__dataset__agency__code="SDE").values_list(
                "pk", flat=True
            )
        ),
        delivery=delivery.pk,
        file=file.pk,
        finder_list=listed.pk,
        follow_up=held.follow_ups.get().pk,
        input=brought.number,
        input_hash=brought.sha256,
        job=waiting.pk,
        matter=_matter().pk,
        meeting=held.pk,
        motion=Motion.objects.get(meeting=held).pk,
        operates=RoleHeld.objects.get(person__username="kim.tran").pk,
        output=file.output_id,
        paper=paper.pk,
        party=agreement.parties.get(agency__code="SDE").pk,
        planned=planned.pk,
        question=questions.ask(pk=second.pk, by=person("ida.moss"), text="Why?").pk,
        held=RoleHeld.objects.get(person__username="al.pike").pk,
        variable=Variable.objects.earliest("pk").pk,
        board=Board.objects.get().pk,
        seat=Seat.objects.get(agency__code="OEC").pk,
        day=signing.dumps(["2027-03-01", "Decide", "/requests/001/"], salt=DAY_SALT),
        session=session.pk,
        snapshot=_snapshot(room).pk,
        sha256=file.sha256,
        text_hash=agreement.text_hash,
        webhook=webhooks.create(
            by=person("eve.lang"), label="Ours", url="https://data.example.gov/news", agency=None
        )[0].pk,
        token=tokens.create(
            by=person("eve.lang"),
            label="Ours",
            agency=None,
            last_day=clock.today() + timedelta(days=9),
            reads_only=True,
            second_factor=True,
        )[0].pk,
    )


STEWARD_OF_OEC = {
    "person": [
        {"username": "fay.brook", "name": "Fay Brook", "employer": "OEC", "roles": ["data_steward@OEC"]}
    ]
}


def _snapshot(room: Workspace) -> Snapshot:
    with owner_beside():
        return Snapshot.objects.create(workspace=room, made_at=clock.now(), size=10_240, stored="0" * 64)


def _cover() -> Cover:
    """Sam Reyes names Kim Tran for Joe Blake, who is ill; both operate the enclave."""
    return covering.name_delegate(
        office=RoleHeld.objects.get(person__username="joe.blake").pk, delegate="kim.tran", since=clock.today(),
        until=clock.today() + timedelta(days=30), letter="Mail of today.", by=person("sam.reyes"),
    )  # fmt: skip


def _matter() -> Matter:
    """A request for records, and beside it a breach, whose duties have days."""
    exceptions.record(by=person("sam.reyes"), kind=Kind.BREACH, what="A lost laptop.", known_on=clock.today())
    return exceptions.record(
        by=person("sam.reyes"), kind=Kind.RECORDS_REQUEST, what="All of it.", known_on=clock.today(), agency="SDE",
        asked_by="Somebody, 1 Main Street",
    )  # fmt: skip


def _disclosed(agreement: Agreement) -> DisclosureRecord:
    hand_over(agreement, "identifiers", person("sam.reyes"))
    return DisclosureRecord.objects.get(agency__code="SDE")


def _consent(agreement: Agreement) -> NationConsent:
    return requests.record_consent(
        pk=agreement.data_request_id, by=person("sam.reyes"), nation="Some nation", publication="Tables.",
        given_on=clock.today(), until=clock.today(), name="its letter.pdf", content=b"%PDF-1.7",
    )  # fmt: skip


def _class(agreement: Agreement) -> None:
    """Of outputs, 001-C1; nothing has come of it yet."""
    classing.define(
        agreement=agreement.pk, by=person("sam.reyes"), says="Counts.", statistics=["count"], minimum_people=50,
        until=clock.today() + timedelta(days=30),
    )  # fmt: skip


def _fee(agreement: Agreement) -> None:
    """What the project owes, by fees that were set before it was sent."""
    now, before = clock.now(), agreement.data_request.started_on - timedelta(days=1)
    amounts: dict[str, Any] = {name: Decimal(value) for name, value in FEES.items() if name != "under"}
    clock.move_to(now - timedelta(days=900))
    requests.set_fees(by=person("sam.reyes"), since=before, under=FEES["under"], **amounts)
    clock.move_to(now)
    requests.fix_fee(pk=agreement.data_request_id, by=person("sam.reyes"), hours=Decimal("7.5"))


def _promise(held: Meeting) -> None:
    """Recorded while the meeting sat; due in nine days of now."""
    due, now = clock.today() + timedelta(days=9), clock.now()
    clock.move_to(held.starts_at)
    promises.add_follow_up(
        pk=held.pk, by=person("june.fisher"), text="Explain.", reported_to="Advisory board", due_on=due
    )
    clock.move_to(now)


def _planned() -> Meeting:
    """A meeting that was not noticed yet, so that only those who prepare it know of it."""
    return board.plan(
        by=person("sam.reyes"), board=Board.objects.get().pk, starts_at=clock.now() + timedelta(days=20),
        place="Room 3",
    )  # fmt: skip


def _deliveries(agreement: Agreement) -> tuple[Delivery, FinderList]:
    """A file of SDE's in quarantine, and a finder list that waits for DOL."""
    name = f"SDE.{NUMBER}.{clock.today():%m_%d_%Y}.matching.age"
    sent = submissions.receive(
        number=NUMBER, by=person("ben.cole"), file_name=name, stream=hub_way.encrypted("matching", b"x")
    )
    sealed = stores.vault(Store.INCOMING).put_ciphertext(io.BytesIO(b"sealed to DOL"), store=Store.INCOMING)
    with owner_beside():
        listed = FinderList.objects.create(
            agreement=agreement, agency=Agency.objects.get(code="DOL"), source=sent, key=_key(),
            ordered_by=person("noor.haddad"), ordered_at=clock.now(), ciphertext=sealed.sha256, numbers=1,
            made_at=clock.now(),
        )  # fmt: skip
    return sent, listed


def _key() -> AgencyKey:
    return AgencyKey.objects.create(
        agency=Agency.objects.get(code="DOL"), recipient="age1", fingerprint="0", registered_by=person("lou.grant"),
        registered_at=clock.now(),
    )  # fmt: skip


def _out_of_standing() -> None:
    way.lapse("lena.park", clock.today() - timedelta(days=1))
    agencies.close_account(person=person("jonah.reed").pk, by=person("sam.reyes"))


def holder(actor: str) -> Person:
    return person(ACTORS[actor])
