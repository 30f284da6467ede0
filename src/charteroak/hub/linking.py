"""The linker's part of a run: compares the identifiers, keeps the pairs in its store, writes the crosswalk."""

import io
import json
import secrets
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import transaction

from charteroak.adapters import clock, stores
from charteroak.adapters.environment import process
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements.queries import terms
from charteroak.audit import actions as audit
from charteroak.hub import queries
from charteroak.hub.actions import clauses
from charteroak.hub.models import LinkRun
from charteroak.hub.plans import plan_for
from charteroak.linkage import LinkageError, review
from charteroak.policy.decision import Decision, Reason, Refused
from charteroak.policy.link_run import LIFECYCLE, Action, Facts, Status
from charteroak.policy.roles import Role
from charteroak.submissions.actions import Worker
from charteroak.submissions.delimited import whole
from charteroak.submissions.models import Delivery
from charteroak.submissions.queries import NUMBER, finder_agencies


def link(pk: int) -> None:
    """Compare the run's matching files. Safe to repeat: a run that was linked, or failed, stays as it is."""
    run = LinkRun.objects.select_related("agreement").get(pk=pk)
    if run.status != Status.STARTED:
        return
    covered = queries.link_coverage(run.agreement, None)
    if not covered:
        _fail(pk, covered)
        return
    columns = {code: shared.linking for code, shared in terms(run.agreement).elements.items()}
    plan = plan_for(columns)
    assert plan is not None  # noqa: S101 - no run starts without one
    try:
        files, dropped = matching_files(run)
        found = review.link(files, plan)
    except LinkageError as problem:
        _fail(pk, Decision((Reason("cannot_link", str(problem)),)))
        return
    vault = stores.vault(Store.IDENTITY)
    stored = vault.put(io.BytesIO(_packed(found)), project=run.agreement.number, store=Store.IDENTITY)
    _linked(pk, stored, found, dropped, covered)


def matching_files(run: LinkRun) -> tuple[dict[str, pl.DataFrame], dict[str, int]]:
    """The run's files by agency, and how many rows each lost: what a finder list's agency sent for decoys
    is dropped here, before anything is compared.
    """
    files = {delivery.agency.code: _file(delivery) for delivery in run.inputs.select_related("agency")}
    asked = run.agreement.finder_lists.select_related("agency", "source__agency")
    dropped = {}
    for made in asked:
        code, wanted = made.agency.code, files[made.source.agency.code][NUMBER].drop_nulls().unique()
        kept = files[code].filter(pl.col(NUMBER).is_in(wanted.implode()))
        dropped[code] = files[code].height - kept.height
        files[code] = kept
    if unasked := [code for code in finder_agencies(run.agreement) if code in files and code not in dropped]:
        raise LinkageError(f"{', '.join(unasked)} answered no finder list; order one first")
    return files, dropped


def stored_run(run: LinkRun) -> review.LinkRun:
    """The run as the engine left it, from the identity store."""
    return review.read.link_run(_parts(run))


def _parts(run: LinkRun) -> dict[str, bytes]:
    sealed = stores.vault(Store.IDENTITY).open(ObjectId(Store.IDENTITY, run.pairs))
    with zipfile.ZipFile(io.BytesIO(b"".join(sealed))) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def stored_review(run: LinkRun) -> list[dict[str, Any]]:
    """The doubtful pairs with their evidence, as the linker noted them."""
    noted: list[dict[str, Any]] = json.loads(_parts(run)[review.EVIDENCE])
    return noted


def write_crosswalk(pk: int) -> None:
    """Fold the clerks' decisions in and give each person of the study a pseudonym. Safe to repeat."""
    run = LinkRun.objects.select_related("agreement").get(pk=pk)
    if run.status != Status.SETTLED or run.crosswalk:
        return
    linked = stored_run(run)
    pairs = linked.doubtful()
    decided = {pairs[one.pair - 1]: one.same_person for one in run.pair_decisions.all()}
    try:
        found = review.settle(linked, decided)
    except LinkageError as problem:
        _reopen(pk, _by_number(str(problem), pairs))
        return
    crosswalk, counts = pseudonyms(found)
    content = io.BytesIO()
    crosswalk.write_parquet(content)
    content.seek(0)
    vault = stores.vault(Store.CROSSWALK)
    stored = vault.put(content, project=run.agreement.number, store=Store.CROSSWALK)
    _crossed(pk, stored, {**found.report, **counts})


def pseudonyms(found: review.LinkRun) -> tuple[pl.DataFrame, dict[str, Any]]:
    """agency, record_id, pid for everybody in the plan's first file and all that was linked to them.

    The first file defines whom the study is about: records that belong to nobody in it are left out, counted
    by file. A pid is 128 random bits, drawn anew for each project, so no two projects' can be compared.
    """
    cohort = found.plan.files[0]
    people = found.people.filter(pl.col("file") == cohort)["person"].unique().sort()
    pids = pl.DataFrame({"person": people, "pid": [secrets.token_hex(16) for _ in range(len(people))]})
    kept = found.people.join(pids, on="person", how="inner")
    by_file = kept.group_by("file").agg(pl.col("person").n_unique(), pl.len())
    records = dict(found.people.group_by("file").len().iter_rows())
    counts = {
        "cohort": cohort,
        "people": {file: people for file, people, _ in by_file.iter_rows()},
        "left_out": {file: records[file] - kept for file, _, kept in by_file.iter_rows()},
    }
    rows = kept.select(pl.col("file").alias("agency"), "record_id", "pid").sort("pid", "agency", "record_id")
    return rows, counts


def _file(delivery: Delivery) -> pl.DataFrame:
    return whole(stores.vault(Store.IDENTITY).open(ObjectId(Store.IDENTITY, delivery.stored)))


def _packed(found: review.LinkRun) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        for name, content in review.write.link_run(found).items():
            parts.writestr(name, content)
    return packed.getvalue()


def _by_number(problem: str, pairs: Sequence[str]) -> str:
    for number, pair in enumerate(pairs, start=1):
        problem = problem.replace(pair, f"{number}")
    return problem


def _inputs(run: LinkRun) -> Iterator[str]:
    for delivery in run.inputs.order_by("pk"):
        yield f"{audit.subject_of(delivery)}:{delivery.ciphertext}"


def _step(pk: int, action: Action) -> LinkRun | None:
    """The locked run after `action` by the system; None when it is past it already."""
    run = LinkRun.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=pk)
    if (Status(run.status), action) not in LIFECYCLE.table:
        return None
    LIFECYCLE.may(Status(run.status), action, {Role.SYSTEM}, Facts()).require()
    run.status = LIFECYCLE.after(Status(run.status), action)
    return run


@transaction.atomic
def _linked(
    pk: int, stored: ObjectId, found: review.LinkRun, dropped: Mapping[str, int], covered: Decision
) -> None:
    run = _step(pk, Action.LINK)
    if run is None:
        return
    run.pairs, run.report, run.linked_at = stored.sha256, {**found.report, "decoys": dropped}, clock.now()
    run.pairs_to_review = len(found.doubtful())
    run.save()
    audit.record(
        "hub:link_run:link",
        by=process(),
        subject=run,
        number=run.agreement.number,
        recipe=run.recipe_hash,
        deliveries=list(_inputs(run)),
        pairs=stored.sha256,
        dropped=[f"{code}:{count}" for code, count in sorted(dropped.items())],
        clauses=clauses(covered),
    )


@transaction.atomic
def _crossed(pk: int, stored: ObjectId, report: dict[str, Any]) -> None:
    run = LinkRun.objects.select_for_update(of=("self",)).select_related("agreement").get(pk=pk)
    if run.status != Status.SETTLED or run.crosswalk:
        return
    run.crosswalk, run.report = stored.sha256, {**run.report, **report}
    run.save()
    audit.record(
        "hub:link_run:write_crosswalk",
        by=process(),
        subject=run,
        number=run.agreement.number,
        crosswalk=stored.sha256,
        pairs=run.pairs,
        left_out=[f"{file}:{count}" for file, count in sorted(report["left_out"].items())],
    )


@transaction.atomic
def _reopen(pk: int, contradiction: str) -> None:
    run = _step(pk, Action.REOPEN)
    if run is None:
        return
    run.settled_by = run.settled_at = None
    run.report = {**run.report, "contradiction": contradiction}
    run.save()
    audit.record("hub:link_run:reopen", by=process(), subject=run, number=run.agreement.number)


def _fail(pk: int, decision: Decision) -> None:
    with transaction.atomic():
        run = _step(pk, Action.FAIL)
        if run is None:
            return
        run.report = {**run.report, "failure": [str(reason) for reason in decision.reasons]}
        run.save()
        audit.record("hub:link_run:fail", by=process(), subject=run, number=run.agreement.number)
    audit.record_refusal(
        Refused(decision.reasons), action="hub:link_run:link", by=Worker(process()), subject=run
    )
