"""Where the hub stands with an agreement: its run, its extract, what each person may do next."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.reading import once
from charteroak.agreements import queries as agreements
from charteroak.agreements import retention
from charteroak.agreements.models import Agreement, DestructionDuty
from charteroak.catalog.models import Variable
from charteroak.hub.models import Extract, LinkRun
from charteroak.hub.plans import plan_for
from charteroak.policy import extract as extract_rules
from charteroak.policy import link_run as link_rules
from charteroak.policy.clauses import Asked, Use
from charteroak.policy.decision import Decision, Reason
from charteroak.policy.delivery import FileKind
from charteroak.policy.delivery import Status as DeliveryStatus
from charteroak.policy.retention import retention_unapproved
from charteroak.policy.roles import Role
from charteroak.submissions import queries as submissions
from charteroak.submissions.models import Delivery

visible_to = submissions.visible_to  # stewards of the contributing agencies; who runs or watches the hub
Duty = DestructionDuty.What
DESTROYED_AFTER = {
    Duty.IDENTIFIERS: extract_rules.Status.BUILT,
    Duty.PAYLOAD: extract_rules.Status.BUILT,
}


def roles_of(person: Person, record: Agreement) -> frozenset[Role]:
    """Offices held today; steward only for a contributing agency; recipient where the agreement says so."""
    roles = agreements.roles_of(person, record)
    if Role.DATA_STEWARD not in roles:
        return roles
    own = {agency.code for agency in agencies_where(person, Role.DATA_STEWARD)}
    return roles if own & set(agreements.contributors(record)) else roles - {Role.DATA_STEWARD}


@once
def run_of(record: Agreement) -> LinkRun | None:
    """The agreement's run: the one that counts, or the last that failed."""
    runs = record.link_runs.exclude(status=link_rules.Status.FAILED)
    return runs.first() or record.link_runs.first()


@once
def extract_of(record: Agreement) -> Extract | None:
    return Extract.objects.filter(link_run__agreement=record).first()


def accepted(record: Agreement, kind: FileKind) -> QuerySet[Delivery]:
    found = record.deliveries.filter(kind=kind, status=DeliveryStatus.ACCEPTED)
    return found.select_related("agency").order_by("agency__code")


@once
def missing(record: Agreement, kind: FileKind) -> list[str]:
    """Contributing agencies whose file of this kind has not been accepted."""
    sent = {delivery.agency.code for delivery in accepted(record, kind)}
    return [code for code in agreements.contributors(record) if code not in sent]


def files_missing(record: Agreement, kind: FileKind) -> tuple[str, ...]:
    """The same, as a refusal names them."""
    return tuple(f"{code} {kind.value}" for code in missing(record, kind))


def facts(run: LinkRun, by: Person, agency: str = "") -> link_rules.Facts:
    """What the rules need to know of a run; `agency` is the one whose steward confirms the match."""
    confirmed = tuple(run.confirmations.values_list("agency__code", flat=True))
    return link_rules.Facts(
        files_missing=files_missing(run.agreement, FileKind.ANALYSIS) if agency else (),
        pairs_undecided=run.pairs_to_review - run.pair_decisions.count(),
        crosswalk_written=bool(run.crosswalk),
        confirmed_by=confirmed,
        to_confirm=tuple(agreements.contributors(run.agreement)),
        actor_agency_confirmed=agency in confirmed,
        coverage=link_coverage(run.agreement, None if agency else by),
    )


def may(run: LinkRun, action: link_rules.Action, by: Person, agency: str = "") -> Decision:
    """Whether this person may take a step of the run now; as a steward for `agency` alone where it is given."""
    roles = roles_of(by, run.agreement)
    if agency and agency not in {own.code for own in agencies_where(by, Role.DATA_STEWARD)}:
        roles -= {Role.DATA_STEWARD}
    return link_rules.LIFECYCLE.may(link_rules.Status(run.status), action, roles, facts(run, by, agency))


def extract_facts(record: Extract, by: Person | None = None) -> extract_rules.Facts:
    agreement = record.link_run.agreement
    terms = agreements.terms(agreement)
    carried = {(table.upper(), name) for table, of in record.tables.items() for name in of["columns"]}
    beyond = [
        f"{code} {name}"
        for code, name in sorted(carried)
        if name != "pid" and code in terms.elements and name not in terms.elements[code].study
    ]
    identifiers = Variable.objects.filter(
        dataset__agency__code__in=terms.elements, sensitivity=Variable.Sensitivity.IDENTIFIER
    ).values_list("name", flat=True)
    return extract_rules.Facts(
        run_confirmed=record.link_run.status == link_rules.Status.CONFIRMED,
        columns_beyond=tuple(beyond),
        identifiers_found=tuple(sorted({name for _, name in carried} & {*identifiers, "record_id"})),
        actor_is_recipient=by is not None and Role.RECIPIENT in roles_of(by, agreement),
    )


def link_coverage(record: Agreement, by: Person | None) -> Decision:
    """Whether a signed clause lets the hub compare every agency's identifiers today."""
    return _covered(record, Use.LINK, by)


def extract_coverage(record: Agreement) -> Decision:
    """Whether a signed clause lets the hub copy every agency's study columns today."""
    return _covered(record, Use.EXTRACT, None)


def _covered(record: Agreement, use: Use, by: Person | None) -> Decision:
    try:
        shared = agreements.terms(record).elements
    except LookupError:
        shared = {}
    today, standing = clock.today(), agreements.standing_towards(record, by) if by else None
    asked = [
        Asked(
            use, today, agency=code, person=standing,
            elements=of.linking if use is Use.LINK else of.study | of.evidence,
        )
        for code, of in sorted(shared.items())
    ]  # fmt: skip
    return agreements.coverage(record, *(asked or [Asked(use, today)]))


def start_decision(record: Agreement, by: Person) -> Decision:
    """Whether this person may start linking now."""
    run, shared = run_of(record), agreements.terms(record).elements
    known = link_rules.Facts(
        files_missing=files_missing(record, FileKind.MATCHING),
        another_run=run is not None and run.status != link_rules.Status.FAILED,
        recipe_fits=plan_for({code: of.linking for code, of in shared.items()}) is not None,
        coverage=link_coverage(record, by),
    )
    return link_rules.LIFECYCLE.may(None, link_rules.Action.START, roles_of(by, record), known)


def confirm_decision(run: LinkRun, by: Person, agency: str) -> Decision:
    """Whether this person may confirm the match for `agency` now."""
    return may(run, link_rules.Action.CONFIRM, by, agency)


def clear_decision(record: Extract, by: Person) -> Decision:
    """Whether this person may clear the extract for use now; an agreement that ended is the reason everywhere."""
    agreement = record.link_run.agreement
    covered = extract_coverage(agreement)
    if not covered:
        return covered
    status, action = extract_rules.Status(record.status), extract_rules.Action.CLEAR
    roles, known = roles_of(by, agreement), extract_facts(record, by)
    return extract_rules.LIFECYCLE.may(status, action, roles, known) & covered


def destroy_decision(record: Agreement, what: str, by: Person) -> Decision:
    """Whether this person may have `what` destroyed now; at the due date it happens by itself."""
    duty = record.duties.filter(what=what).first()
    found = extract_of(record)
    reasons = []
    if Role.HUB_OPERATOR not in roles_of(by, record):
        reasons.append(Reason("wrong_role", _("Only the hub operator has the hub’s files destroyed.")))
    if duty is None or duty.due_on is None:
        reasons.append(Reason("clock_not_started", _("The clock of this destruction has not started.")))
    elif duty.done_at:
        reasons.append(Reason("destroyed", _("This was destroyed already.")))
    if what in DESTROYED_AFTER and (found is None or not found.built_at):
        reasons.append(Reason("extract_not_built", _("The extract is not built yet.")))
    if duty is not None and duty.due_on and not duty.done_at:
        unapproved = retention_unapproved(retention.unapproved(record, [duty]))
        reasons += [unapproved] if unapproved else []
    return Decision(tuple(reasons))
