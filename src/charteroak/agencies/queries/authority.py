"""Whose authority governed what on a day, under which instrument, and who answers for what."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.held import held_on
from charteroak.agencies.models import Agency, Authority, Instrument, Person, RoleHeld
from charteroak.policy import instrument, membership, responsibility
from charteroak.policy.decision import Decision
from charteroak.policy.responsibility import CARRIES, OFFICE_OF, Kind
from charteroak.policy.roles import Role


def authority_of(agency: Agency, on: date) -> Authority | None:
    """What allowed the agency to disclose on that day."""
    return _in_force(Authority.objects.filter(agency=agency, kind=Authority.Kind.DISCLOSE), on)


def disclosing(agency: Agency, on: date) -> Authority | None:
    """The same of an agency whose authorities were fetched with it."""
    held = [
        one
        for one in agency.authorities.all()
        if one.kind == Kind.DISCLOSE and one.since <= on and (one.until is None or one.until >= on)
    ]
    return max(held, key=lambda one: one.since, default=None)


def administration_on(on: date) -> Authority | None:
    """Who administered the initiative on that day, and under which instrument."""
    return answers_for(Kind.ADMINISTER, on)


def answers_for(kind: Kind, on: date) -> Authority | None:
    """Which agency answered for this on that day, and under which authority: the latest that had begun."""
    return _in_force(Authority.objects.filter(kind=kind), on)


def _in_force(found: QuerySet[Authority], on: date) -> Authority | None:
    return found.filter(held_on(on)).select_related("agency").order_by("-since").first()


def answers_with(holder: Person, role: Role) -> bool:
    """Whether this person's employer is the agency that answers for what the office does; True where none does."""
    kind = OFFICE_OF.get(role)
    answering = answers_for(kind, clock.today()) if kind else None
    return answering is None or holder.employer_id == answering.agency_id


def passes_on(holder: Person, role: Role) -> date | None:
    """The first day to come on which an agency other than this person's employer answers for the office."""
    kind = OFFICE_OF.get(role)
    to_come = Authority.objects.filter(kind=kind, since__gt=clock.today()).exclude(agency=holder.employer_id)
    return to_come.order_by("since").values_list("since", flat=True).first() if kind else None


@dataclass(frozen=True)
class Line:
    """One row of the responsibilities matrix."""

    kind: Kind
    role: Role | None
    answering: Authority | None
    holders: list[Person]

    @property
    def label(self) -> str:
        return str(Authority.Kind(self.kind).label)


def matrix(on: date) -> list[Line]:
    """Who answers for what on that day, and which people hold the office that goes with it."""
    return [
        Line(kind, CARRIES.get(kind), answers_for(kind, on), _holders(CARRIES.get(kind), on))
        for kind in Kind
        if kind is not Kind.DISCLOSE
    ]


def _holders(role: Role | None, on: date) -> list[Person]:
    held = RoleHeld.objects.filter(held_on(on), role=role)
    people = Person.objects.with_access().filter(pk__in=held.values("person"))
    return list(people.order_by("name")) if role else []


def history(kind: Kind) -> QuerySet[Authority]:
    """Every agency that has answered for it, in order."""
    return Authority.objects.filter(kind=kind).select_related("agency", "under").order_by("since")


def holding(on: date) -> Q:
    """Instruments effective on that day, neither expired nor superseded."""
    lasts = Q(expires_on__isnull=True) | Q(expires_on__gte=on)
    superseding = Instrument.objects.filter(supersedes=OuterRef("pk"), effective_on__lte=on)
    return Q(effective_on__lte=on) & lasts & Q(~Exists(superseding))


def in_force(found: Instrument, on: date) -> bool:
    """The same of one; whoever reads many fetches `superseded_by` with them."""
    ended = found.expires_on is not None and found.expires_on < on
    superseding = getattr(found, "superseded_by", None)
    return found.effective_on <= on and not ended and (superseding is None or superseding.effective_on > on)


def may_record(by: Person, known: instrument.Facts) -> Decision:
    """Whether `by` may put an instrument with these facts on record."""
    return instrument.LIFECYCLE.may(None, instrument.Action.RECORD, by.roles(clock.today()), known)


def may_transfer(by: Person, kind: Kind, agency: Agency, since: date, under: Instrument) -> Decision:
    """Whether `by` may record that `agency` answers for this from `since` on, under that instrument."""
    last = Authority.objects.filter(kind=kind).order_by("-since").first()
    known = responsibility.Facts(
        kind=kind,
        authorised=kind in under.authorises,
        in_force=in_force(under, since),
        party=under.kind == instrument.Kind.STATUTE or under.parties.filter(pk=agency.pk).exists(),
        participates=agency.status == membership.Status.PARTICIPATING,
        since=since,
        last_since=last.since if last else None,
        held=last is not None and (last.agency_id, last.under_id) == (agency.pk, under.pk),
    )
    return _transfer(by, known)


def transfers(by: Person) -> bool:
    """Whether recording transfers is this person's office."""
    return bool(_transfer(by, responsibility.Facts(since=date.max)))


def _transfer(by: Person, known: responsibility.Facts) -> Decision:
    action = responsibility.Action.TRANSFER
    return responsibility.LIFECYCLE.may(None, action, by.roles(clock.today()), known)


def records_instruments(by: Person) -> bool:
    """Whether recording instruments is this person's office."""
    return bool(may_record(by, instrument.Facts(parties=2)))
