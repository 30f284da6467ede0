"""The automatic checks: every table rebuilt from the extract, inside the sandbox, and compared byte by byte.

Three processes take turns, for no one holds all keys: outputs opens what jobs left and seals it for the enclave,
the enclave rebuilds from the extract and seals the verdicts for outputs, outputs records them.
"""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from charteroak.adapters import clock, environments, sandboxes, stores
from charteroak.adapters.environment import home
from charteroak.adapters.spill import hand_over, in_memory
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements.queries import coverage, terms
from charteroak.audit import actions as audit
from charteroak.audit.receipt import WITHIN_PROJECT
from charteroak.disclosure import shipped, strictest
from charteroak.disclosure.answers import of_file
from charteroak.disclosure.verdicts import ORDER
from charteroak.outputs import classes
from charteroak.outputs.actions import hashes, locked
from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Decision, Refused
from charteroak.policy.release_request import LIFECYCLE, Action, Facts, Status
from charteroak.policy.roles import Role
from charteroak.sandbox import DATA, Limits, Mount, SandboxSpec
from charteroak.workspaces.batch import at_intervals, keep
from charteroak.workspaces.folders import account_of, mounted
from charteroak.workspaces.models import JobOutput

ACCOUNT = 64_150  # the airlock's own, apart from every project's
LIMITS = Limits(memory=4 << 30, processes=64, seconds=900, output=64 << 20)
PERSON = "pid"  # the extract's key
RELEASED = "released.json"
OUTBOX, RULES = "/enclave/outbox", "/enclave/rules"
CHAIN = ("outputs:prepare_checks", "outputs:rebuild", "outputs:record_checks")
JUDGED = (0, 1)  # exit statuses that come with verdicts


def waiting(pk: int, round_: int) -> ReleaseRequest | None:
    """The request, while its checks of that round are due."""
    return (
        ReleaseRequest.objects.select_related("workspace__agreement", "workspace__extract")
        .filter(pk=pk, round=round_, status=Status.SUBMITTED)
        .first()
    )


def read(output: JobOutput) -> bytes:
    """What a job left, in the clear; only the outputs process can."""
    return b"".join(stores.vault(Store.OUTBOX).open(ObjectId(Store.OUTBOX, output.stored)))


def covered(record: ReleaseRequest) -> Decision:
    return coverage(record.workspace.agreement, Asked(Use.REVIEW, clock.today()))


@contextmanager
def returning(pk: int, round_: int) -> Iterator[None]:
    """What is refused within sends the request back to its author with the reason, and the log keeps it."""
    try:
        yield
    except Refused as refused:
        with transaction.atomic():
            record = locked(pk)
            if record.status != Status.SUBMITTED or record.round != round_:
                return
            record.status = LIFECYCLE.after(Status(record.status), Action.RETURN)
            record.returned_because = str(refused)
            record.save()
            audit.record(
                "outputs:release_request:return",
                by="outputs",
                subject=record,
                number=record.number,
                round=round_,
                files=hashes(record),
            )
        action = "outputs:release_request:check"
        audit.record_refusal(refused, action=action, by=record.author, subject=record)


def given_up() -> list[ReleaseRequest]:
    """Requests whose checks are due though no process will make them: a task of the chain failed for good."""
    due = list(ReleaseRequest.objects.filter(status=Status.SUBMITTED))
    tasks = ProcrastinateJob.objects.filter(task_name__in=CHAIN, status__in=("todo", "doing"))
    alive = set(tasks.values_list("args__release_request", "args__round"))
    return [record for record in due if (record.pk, record.round) not in alive]


@transaction.atomic
def give_up(*, pk: int, round_: int) -> None:
    """Note that the checks could not be made; one that was checked or taken back meanwhile stays as it is."""
    record = locked(pk)
    if record.status != Status.SUBMITTED or record.round != round_:
        return
    LIFECYCLE.may(Status(record.status), Action.GIVE_UP, {Role.SYSTEM}, Facts()).require()
    record.status = LIFECYCLE.after(Status(record.status), Action.GIVE_UP)
    record.save()
    audit.record(
        "outputs:release_request:give_up", by="outputs", subject=record, number=record.number, round=round_
    )


def seal(record: ReleaseRequest) -> dict[str, str]:
    """Each file, its derivation and what was published before, sealed for the enclave: name → object."""
    covered(record).require()
    project, check = record.workspace.agreement.number, stores.vault(Store.CHECK)
    contents = {RELEASED: json.dumps(_published(record)).encode()}
    for file in record.files.select_related("output", "derivation"):
        contents[file.name] = read(file.output)
        if file.derivation:
            contents[file.derivation.name] = read(file.derivation)
    return {
        name: check.put(io.BytesIO(content), project=project, store=Store.CHECK).sha256
        for name, content in contents.items()
    }


def _published(record: ReleaseRequest) -> list[Any]:
    """The groups of people that the project's released tables state numbers about."""
    # what was revoked had been read meanwhile
    earlier = ReleaseRequest.objects.filter(workspace=record.workspace, release__isnull=False)
    found = [file for one in earlier for file in results(one).values()]
    return [entry for file in found for entry in file["published"]]


def results(record: ReleaseRequest) -> dict[str, dict[str, Any]]:
    """The verdicts of the last checks by file name; nothing where they could not be made."""
    return {file["file"]: file for file in json.loads(_answer(record))["files"]} if record.checks else {}


def result(file: OutputFile) -> dict[str, Any]:
    """The same of one file: of a thousand, the others stay unread."""
    record = file.release_request
    return of_file(file.name, _answer(record)) if record.checks else {}


def _answer(record: ReleaseRequest) -> bytes:
    return b"".join(stores.vault(Store.OUTBOX).open(ObjectId(Store.OUTBOX, record.checks)))


def rebuild(record: ReleaseRequest, objects: dict[str, str]) -> str:
    """Judge the sealed files against the extract and its evidence; the object with the verdicts."""
    agreement = record.workspace.agreement
    covered(record).require()
    appetite = strictest(*map(shipped, terms(agreement).appetites))
    check, python = stores.vault(Store.CHECK), environments.build(home().environments)
    with (
        mounted(record.workspace.extract, ACCOUNT, evidence=True) as data,
        in_memory("check-outbox") as outbox,
        in_memory("check-rules") as rules,
    ):
        for name, stored in objects.items():
            place = (rules if name == RELEASED else outbox) / name
            check.get_to(ObjectId(Store.CHECK, stored), place, project=agreement.number)
        (rules / "appetite.toml").write_text(appetite.to_toml(), encoding="utf-8")
        for folder in (outbox, rules):
            hand_over(folder, account_of(ACCOUNT))
        mounts = (Mount(str(data), DATA), Mount(str(outbox), OUTBOX), Mount(str(rules), RULES), python.mount)
        command = [
            "python", "-m", "charteroak.disclosure", "rebuild", "--data", DATA, "--outbox", OUTBOX,
            "--appetite", f"{RULES}/appetite.toml", "--released", f"{RULES}/{RELEASED}", "--person", PERSON,
        ]  # fmt: skip
        ended = sandboxes.run(
            SandboxSpec(mounts, LIMITS),
            command,
            uid=account_of(ACCOUNT),
            stop=at_intervals(lambda: _still(record)),
        )
    said = ended.stdout if ended.status in JUDGED and not ended.output_cut else b'{"files": []}'
    return keep(agreement.number, "checks", said).stored


def _still(record: ReleaseRequest) -> bool:
    """Whether the checks may go on. Raises Refused when no clause covers them any more."""
    found = waiting(record.pk, record.round)
    if found is not None:
        covered(found).require()
    return found is not None


@transaction.atomic
def record_verdicts(*, pk: int, round_: int, checks: str) -> None:
    """Note what the checks found. What they did not judge, or judged by other bytes, fails."""
    record = locked(pk)
    if record.status != Status.SUBMITTED or record.round != round_:
        return
    allowed = covered(record).require()
    LIFECYCLE.may(Status(record.status), Action.CHECK, {Role.SYSTEM}, Facts(coverage=allowed)).require()
    record.checks = checks
    found = results(record)
    for file in record.files.select_related("output__job"):
        _judge(record, file, found.get(file.name))
    record.status, record.checked_at = Status.CHECKED, clock.now()
    record.save()
    audit.record(
        "outputs:release_request:check",
        by="outputs",
        subject=record,
        number=record.number,
        round=round_,
        files=hashes(record),
        verdicts=[f"{file.sha256}:{file.verdict}" for file in record.files.all()],
        protected=[f"{file.protected.sha256}:{file.sha256}" for file in record.files.all() if file.protected],
        clauses=list(allowed.clauses),
        **WITHIN_PROJECT,
    )


def _judge(record: ReleaseRequest, file: OutputFile, found: dict[str, Any] | None) -> None:
    if found is None or found["sha256"] != file.sha256:
        file.verdict, file.summary = OutputFile.Verdict.FAIL, "The airlock could not judge this file."
        file.save()
        return
    verdict = found["verdict"]
    if not found["derivable"]:  # what nobody can rebuild is for people to judge
        verdict = max(verdict, "review", key=ORDER.index)
    by_outcome = {
        outcome: sorted({one["rule"] for one in found["verdicts"] if one["verdict"] == outcome})
        for outcome in ORDER
    }
    parts = [f"{outcome}: {', '.join(rules)}" for outcome, rules in reversed(by_outcome.items()) if rules]
    file.verdict, file.summary = verdict, "; ".join(parts).replace("_", " ")[:300]
    file.statistics = sorted(classes.statistics_of(found))
    if verdict == OutputFile.Verdict.PASS:
        file.fewest = classes.fewest(found)
    if found["rebuilt"] and verdict == OutputFile.Verdict.FAIL:
        file.protected = _keep_protected(record, file, found["rebuilt"].encode())
    file.save()


def _keep_protected(record: ReleaseRequest, file: OutputFile, content: bytes) -> JobOutput:
    """The airlock's version of a table, beside the output it may replace."""
    # two dots: no script can leave a file of such a name
    name = f"{PurePath(file.name).stem}.{record.number}-{record.round}.csv"
    left = keep(record.workspace.agreement.number, name, content)
    kept, _made = JobOutput.objects.get_or_create(
        job=file.output.job,
        name=name,
        defaults={"sha256": left.sha256, "size": left.size, "stored": left.stored},
    )
    return kept
