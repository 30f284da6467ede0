"""Every write of the hub by a person: linking started, pairs decided, match settled, confirmed, extract cleared."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from charteroak.adapters import clock
from charteroak.adapters.environment import Process
from charteroak.agencies.models import Agency, Person
from charteroak.agreements import retention
from charteroak.agreements.destruction import start_identifiers
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.agreements.queries import contributors, terms
from charteroak.audit import actions as audit
from charteroak.audit.leaf import Fact
from charteroak.hub import destruction, queries
from charteroak.hub.models import Extract, LinkRun, MatchConfirmation, PairDecision
from charteroak.hub.plans import plan_for
from charteroak.hub.risk import told
from charteroak.policy import extract as extract_rules
from charteroak.policy.decision import Decision, refuse
from charteroak.policy.delivery import FileKind
from charteroak.policy.link_run import LIFECYCLE, Action, Status


def _locked_run(number: str) -> LinkRun:
    runs = LinkRun.objects.select_for_update(of=("self",)).select_related("agreement")
    return runs.exclude(status=Status.FAILED).get(agreement__number=number)


def clauses(decision: Decision) -> list[str]:
    return sorted(set(decision.clauses))


@transaction.atomic
def start_link_run(*, number: str, by: Person) -> LinkRun:
    """Have the hub compare the accepted matching files of every contributing agency."""
    record = Agreement.objects.select_for_update().get(number=number)
    covered = queries.start_decision(record, by).require()
    plan = plan_for({code: shared.linking for code, shared in terms(record).elements.items()})
    assert plan is not None  # noqa: S101 - refused above; for the type checker
    run = LinkRun.objects.create(
        agreement=record, recipe_hash=plan.digest(), started_by=by, started_at=clock.now()
    )
    inputs = list(queries.accepted(record, FileKind.MATCHING))
    run.inputs.set(inputs)
    app.configure_task("hub:link", queue=Process.LINKER).defer(link_run=run.pk)
    audit.record(
        "hub:link_run:start",
        by=by,
        subject=run,
        number=number,
        recipe=plan.digest(),
        deliveries=[audit.subject_of(delivery) for delivery in inputs],
        clauses=clauses(covered),
    )
    return run


@transaction.atomic
def decide_pairs(*, number: str, by: Person, decisions: Mapping[int, bool]) -> None:
    """Say of doubtful pairs, by their number, whether they are one person. A later decision replaces."""
    run = _locked_run(number)
    covered = queries.may(run, Action.DECIDE_PAIR, by).require()
    unknown = [pair for pair in decisions if not 1 <= pair <= run.pairs_to_review]
    if unknown:
        refuse("no_such_pair", _("This run lists no such pair."), _("Decide on the pairs shown.")).require()
    now = clock.now()
    PairDecision.objects.bulk_create(
        [
            PairDecision(link_run=run, pair=pair, same_person=same, by=by, at=now)
            for pair, same in decisions.items()
        ],
        update_conflicts=True,
        unique_fields=["link_run", "pair"],
        update_fields=["same_person", "by", "at"],
    )
    audit.record(
        "hub:link_run:decide_pairs",
        by=by,
        subject=run,
        pairs=sorted(decisions),
        same=sorted(pair for pair, same in decisions.items() if same),
        clauses=clauses(covered),
    )


@transaction.atomic
def settle(*, number: str, by: Person) -> None:
    """Close the clerical review: the linker folds the decisions in and writes the crosswalk."""
    run = _locked_run(number)
    covered = queries.may(run, Action.SETTLE, by).require()
    run.status = LIFECYCLE.after(Status(run.status), Action.SETTLE)
    run.settled_by, run.settled_at = by, clock.now()
    run.save()
    app.configure_task("hub:write_crosswalk", queue=Process.LINKER).defer(link_run=run.pk)
    audit.record("hub:link_run:settle", by=by, subject=run, number=number, clauses=clauses(covered))


@transaction.atomic
def confirm(*, number: str, by: Person, agency: str) -> None:
    """A steward confirms the match for an agency. The last one starts the identifiers' clock and the extract."""
    run = _locked_run(number)
    covered = queries.confirm_decision(run, by, agency).require()
    MatchConfirmation.objects.create(
        link_run=run, agency=Agency.objects.get(code=agency), by=by, at=clock.now()
    )
    confirmed = set(run.confirmations.values_list("agency__code", flat=True))
    complete = _complete(run, by, covered) if confirmed == set(contributors(run.agreement)) else None
    audit.record(
        "hub:link_run:confirm",
        by=by,
        subject=run,
        number=number,
        agency=agency,
        crosswalk=run.crosswalk,
        clauses=clauses(covered),
    )
    if complete is not None:
        audit.record("hub:link_run:complete_confirmation", by=by, subject=run, number=number, **complete)


def _complete(run: LinkRun, by: Person, covered: Decision) -> dict[str, Fact]:
    """Start the clock and the extract; answers what the log is to say of it."""
    queries.may(run, Action.COMPLETE_CONFIRMATION, by).require()
    run.status = LIFECYCLE.after(Status(run.status), Action.COMPLETE_CONFIRMATION)
    run.save()
    ordered = Extract.objects.create(link_run=run, ordered_by=by, ordered_at=clock.now())
    due, agreed = start_identifiers(run.agreement, clock.today()), terms(run.agreement)
    app.configure_task("hub:build_extract", queue=Process.EXTRACTOR).defer(extract=ordered.pk)
    return {
        "extract": audit.subject_of(ordered),
        "identifiers_due": due.isoformat(),
        "clauses": sorted({*covered.clauses, f"{agreed.number}/{agreed.destroy_clause}"}),
    }


@transaction.atomic
def clear_extract(*, number: str, by: Person) -> None:
    """The policy office finds that the extract is what was agreed: a workspace may open on it."""
    record = (
        Extract.objects.select_for_update(of=("self",))
        .select_related("link_run__agreement")
        .get(link_run__agreement__number=number)
    )
    covered = queries.clear_decision(record, by).require()
    record.status = extract_rules.Status.CLEARED
    record.cleared_by, record.cleared_at = by, clock.now()
    record.save()
    audit.record(
        "hub:extract:clear",
        by=by,
        subject=record,
        number=number,
        tables=[f"{name}:{table['sha256']}" for name, table in sorted(record.tables.items())],
        risk=told(record.summary),
        clauses=clauses(covered),
    )


@transaction.atomic
def destroy_identifiers(*, number: str, by: Person) -> None:
    """Have identifiers, pairs and crosswalk destroyed, before their clock runs out."""
    record = Agreement.objects.select_for_update().get(number=number)
    what = DestructionDuty.What.IDENTIFIERS
    queries.destroy_decision(record, what, by).require()
    today = clock.today()
    later = record.duties.filter(
        Q(due_on__isnull=True) | Q(due_on__gt=today), what=what, done_at__isnull=True
    )
    approvals = retention.rested_on(record, later)
    later.update(due_on=today)
    destruction.order(record, what)
    agreed = terms(record)
    audit.record(
        "hub:destruction:order",
        by=by,
        subject=record,
        number=number,
        what=what.value,
        approvals=approvals,
        clauses=[f"{agreed.number}/{agreed.destroy_clause}"],
    )
