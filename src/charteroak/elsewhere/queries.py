"""Who sees a project's happenings, how far its files are, and what the rules need to know."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.adapters.environment import governance_only
from charteroak.agencies.models import Agency, Person
from charteroak.agencies.queries import agencies_where
from charteroak.agencies.worklist import IN_DEPTH, Item, Turn
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import contributed_by, contributors, coverage
from charteroak.elsewhere.models import Happening
from charteroak.exceptions.queries import may_destroy
from charteroak.policy.clauses import Asked
from charteroak.policy.decision import ALLOWED, Decision
from charteroak.policy.delivery import FileKind
from charteroak.policy.elsewhere import CERTIFY, DESTROYED_AS, LIFECYCLE, SHA256, USES, Action, Facts, Status
from charteroak.policy.matter import Clock
from charteroak.policy.roles import Role

WATCHERS = frozenset({Role.HUB_OPERATOR, Role.ENCLAVE_OPERATOR, Role.POLICY_OFFICE, Role.AUDITOR})

READ = ("happenings__agency", "duties", "clauses", "version__clauses")  # what tells whose turn it is


def visible_to(person: Person) -> QuerySet[Agreement]:
    """Executed agreements: of the agencies a person is steward for; all for those who link, operate or watch."""
    executed = Agreement.objects.filter(executed_on__isnull=False).select_related("data_request")
    if not person.is_active:
        return executed.none()
    if person.roles(clock.today()) & WATCHERS:
        return executed
    return executed.filter(pk__in=contributed_by(agencies_where(person, Role.DATA_STEWARD)))


def happenings(record: Agreement) -> QuerySet[Happening]:
    return Happening.objects.filter(agreement=record).select_related("agency", "by")


def status_of(record: Agreement) -> Status:
    """How far the files are, from what is on record."""
    done = {one.act for one in record.happenings.all()}
    if Action.DELIVER in done:
        return Status.DELIVERED
    if Action.MATCH not in done:
        return Status.SENDING
    return Status.CONFIRMED if not unconfirmed(record) else Status.MATCHED


def unconfirmed(record: Agreement) -> list[str]:
    """The contributors whose stewards have yet to confirm the match."""
    said = {one.agency.code for one in record.happenings.all() if one.act == Action.CONFIRM and one.agency}
    return [code for code in contributors(record) if code not in said]


def unsent(record: Agreement) -> list[str]:
    """The contributors of whom no matching file is on record."""
    sent = [one for one in record.happenings.all() if (one.act, one.kind) == (Action.SEND, FileKind.MATCHING)]
    said = {one.agency.code for one in sent if one.agency}
    return [code for code in contributors(record) if code not in said]


def facts(
    record: Agreement,
    by: Person,
    action: Action,
    *,
    on: date,
    agency: Agency | None = None,
    kind: FileKind | None = None,
    sha256: str = "",
    what: str = "",
    way: str = "",
) -> Facts:
    """What the rules need to know of an act on this day."""
    duty = record.duties.filter(what=what).first() if what else None
    code = agency.code if agency else None
    use = USES.get(action)
    signed = record.executed_on or on
    return Facts(
        moved_here=not governance_only(),
        coverage=coverage(record, Asked(use, on, agency=code)) if use else ALLOWED,
        hash_given=bool(SHA256.fullmatch(sha256)),
        day_in_range=signed <= on <= clock.today(),
        own_agency=agency is None or agency in agencies_where(by, Role.DATA_STEWARD),
        files_destroyed=action is Action.SEND and _gone(record, [kind] if kind else list(FileKind)),
        files_missing=tuple(unsent(record)) if action is Action.MATCH else (),
        confirmed=action is Action.CONFIRM and code not in unconfirmed(record),
        certifies=not what or CERTIFY[Clock(what)] in by.roles(clock.today()),
        destroyed=duty is not None and duty.done_at is not None,
        method=bool(way.strip()),
        may_destroy=may_destroy(record.number, what) if what else ALLOWED,
    )


def _gone(record: Agreement, kinds: list[FileKind]) -> bool:
    """Whether the destruction of all these kinds of file is certified; a page that asks for none may send either."""
    gone = {one.what for one in record.duties.all() if one.done_at is not None}
    return all(DESTROYED_AS[kind] in gone for kind in kinds)


def may(record: Agreement, by: Person, action: Action, known: Facts) -> Decision:
    """Whether this person may put this on record."""
    return LIFECYCLE.may(status_of(record), action, by.roles(clock.today()), known)


def usual(
    record: Agreement, by: Person, action: Action, *, agency: Agency | None = None, what: str = ""
) -> Decision:
    """Whether this person could do so today, filled in as it should be: for pages and programs."""
    filled = facts(
        record, by, action, on=clock.today(), agency=agency, what=what, sha256="0" * 64, way="SFTP"
    )
    return may(record, by, action, filled)


def decisions(record: Agreement, by: Person) -> dict[str, Decision]:
    """What this person's offices are for, act by act; those for one agency or one duty carry its name."""
    roles = by.roles(clock.today())
    found: dict[str, Decision] = {}
    if Role.DATA_STEWARD in roles:
        for agency in Agency.objects.filter(code__in=contributors(record), pk__in=_own(by)):
            found[f"send-{agency.code}"] = usual(record, by, Action.SEND, agency=agency)
            found[f"confirm-{agency.code}"] = usual(record, by, Action.CONFIRM, agency=agency)
    if Role.HUB_OPERATOR in roles:
        found["match"] = usual(record, by, Action.MATCH)
        found["deliver"] = usual(record, by, Action.DELIVER)
    for what, role in CERTIFY.items():
        if role in roles:
            found[f"destroy-{what}"] = usual(record, by, Action.DESTROY, what=what)
    return found


def _own(by: Person) -> list[int]:
    return [agency.pk for agency in agencies_where(by, Role.DATA_STEWARD)]


def owed(record: Agreement) -> list[str]:
    """The acts that come next, named as in `decisions`: destructions that are due, and the next step while it runs."""
    today, open_ = clock.today(), (one for one in record.duties.all() if one.done_at is None)
    acts = [f"destroy-{one.what}" for one in open_ if one.due_on and one.due_on <= today]
    return acts + (_next_step(record) if record.last_day >= clock.today() else [])


def _next_step(record: Agreement) -> list[str]:
    match status_of(record):
        case Status.SENDING:
            return [f"send-{code}" for code in unsent(record)] or ["match"]
        case Status.MATCHED:
            return [f"confirm-{code}" for code in unconfirmed(record)]
        case Status.CONFIRMED:
            return ["deliver"]
        case Status.DELIVERED:
            return []


def whose_turn(record: Agreement) -> str:
    """Who puts the next thing on record."""
    acts = [name.partition("-") for name in owed(record)]
    if not acts:
        open_ = any(one.done_at is None for one in record.duties.all())
        return _("Hub and enclave operator: destroy on time") if open_ else ""
    act = acts[0][0]
    agencies = ", ".join(of for one, _dash, of in acts if one == act)
    return {
        "destroy": _("Hub and enclave operator: destroy on time"),
        "send": _("Data stewards of %s: send") % agencies,
        "confirm": _("Data stewards of %s: confirm the match") % agencies,
    }.get(act, _("Hub operator"))


def todo(person: Person) -> list[Item]:
    """What this person should put on record next."""
    if not person.roles(clock.today()) & {Role.DATA_STEWARD, *CERTIFY.values()}:
        return []
    open_ = visible_to(person).filter(duties__done_at__isnull=True).distinct().prefetch_related(*READ)
    return [
        Item(str(record), f"/elsewhere/{record.number}/", Turn.YOURS, whose_turn(record))
        for record in open_.order_by("ends_on", "pk")[:IN_DEPTH]
        if any(name in owed(record) and allowed for name, allowed in decisions(record, person).items())
    ]
