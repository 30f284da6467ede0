"""Who could see what on a day: the rule that opens a workspace, asked about that day from what is on record."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.held import held_on
from charteroak.agencies.models import MemberWord, Person, RoleHeld
from charteroak.agreements import amending
from charteroak.agreements.models import Agreement, Recipient
from charteroak.agreements.queries import approval, consented, running_on, terms
from charteroak.audit.models import Event
from charteroak.exceptions.models import Matter
from charteroak.policy import account, matter, membership
from charteroak.policy.clauses import Asked, Terms, Use, covers
from charteroak.policy.roles import Role
from charteroak.policy.standing import Standing

TAKES_PART = membership.Status.PARTICIPATING
AWAY = {
    act.value: step.to
    for (_, act), step in membership.LIFECYCLE.table.items()
    if act in membership.OF_A_MEMBER
}  # where each act that changes whether it takes part leads
HELD = ("trainings", "pledges", "notices", "roles_held", "employments")


def end_of(day: date) -> datetime:
    """The first instant after the day."""
    return clock.midnight(day + timedelta(days=1))


def recipients(day: date) -> QuerySet[Recipient]:
    """The people named in agreements that were in force on the day."""
    return (
        Recipient.objects.filter(agreement__in=running_on(day))
        .select_related(
            "agreement__data_request",
            "agreement__version__data_request",
            "agreement__workspace",
            "person__employer",
        )
        .prefetch_related(
            "agreement__clauses",
            "agreement__amendments__clauses",
            *(Prefetch(f"person__{name}") for name in HELD),
        )
        .order_by("agreement__number", "person__name")
    )


def offices(day: date) -> QuerySet[RoleHeld]:
    """The offices that were held on the day."""
    held = RoleHeld.objects.filter(held_on(day))
    return held.select_related("person__employer", "agency").order_by("role", "agency__code", "person__name")


class Day:
    """What is read once for many people: accounts closed, suspensions and agencies' membership on the day."""

    def __init__(self, day: date) -> None:
        self.day = day

    def together(self, records: list[Any]) -> None:
        """Gives each record that names a person what the day's rules say of it: `could`, and `sees`."""
        closed = self._closed(record.person_id for record in records)
        suspensions = list(self._suspensions())
        away = self._away()
        for record in records:
            agreed = _agreed(record.agreement, self.day)
            standing = self._standing(record.person, record.person_id in closed)
            record.could = covers(agreed, Asked(Use.OPEN, self.day, person=standing))
            record.sees = _columns(agreed) if agreed else ""
            record.could &= matter.may_proceed(
                tuple(one.number for one in suspensions if _concerns(one, record))
            )
            contributors = {code: away.get(code, TAKES_PART) for code in agreed.elements} if agreed else {}
            record.could &= membership.may_move(contributors)
            if agreed:
                record.could &= consented(record.agreement, agreed, self.day)
            if self.day == clock.today():  # of another day no record says how the board's approval stood
                record.could &= approval(record.agreement)

    def _standing(self, person: Person, closed: bool) -> Standing:
        """As on that day; what was recorded later counts for nothing."""
        trained = [one.until for one in person.trainings.all() if one.completed_on <= self.day]
        pledged = [one.until for one in person.pledges.all() if one.signed_on <= self.day]
        left = any(
            account.has_left(one.last_day, one.at, end_of(self.day) - timedelta(seconds=1), self.day)
            for one in person.notices.all()
            if one.at < end_of(self.day)
        )
        held = (
            Role(one.role)
            for one in person.roles_held.all()
            if one.since <= self.day and (one.until is None or one.until >= self.day)
        )
        return Standing(
            username=person.username,
            active=not closed,
            state_employee=self._kind(person) == Person.Employer.STATE,
            training_until=max(trained, default=None),
            pledge_until=max(pledged, default=None),
            left=left,
            roles=frozenset(held) | {Role.RECIPIENT},
        )

    def _kind(self, person: Person) -> str:
        """How this person was employed: what the first move recorded after that day says of before."""
        later = [one for one in person.employments.all() if one.recorded_at >= end_of(self.day)]
        return later[0].kind_before if later else person.employer_kind

    def _closed(self, people: Iterable[int]) -> set[int]:
        """Whose account was closed by the end of the day."""
        subjects = {f"agencies.person:{pk}": pk for pk in people}
        events = Event.objects.filter(
            name="agencies:account:close", subject__in=subjects, domain_at__lt=end_of(self.day)
        )
        return {subjects[subject] for subject in events.values_list("subject", flat=True)}

    def _suspensions(self) -> QuerySet[Matter]:
        after = end_of(self.day)
        found = Matter.objects.filter(kind=matter.Kind.SUSPENSION, recorded_at__lt=after)
        return found.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=after))

    def _away(self) -> dict[str, membership.Status]:
        """Agencies that were suspended, or had left, by the end of the day."""
        words = MemberWord.objects.filter(act__in=AWAY, at__lt=end_of(self.day)).order_by("at", "pk")
        last = dict(words.values_list("agency__code", "act"))
        return {code: status for code, act in last.items() if (status := AWAY[act]) is not TAKES_PART}


def _agreed(record: Agreement, day: date) -> Terms | None:
    try:
        return terms(record, amending.held_on(record, day))
    except LookupError:  # a clause is missing: it covers nothing
        return None


def _concerns(suspension: Matter, record: Recipient) -> bool:
    if suspension.person_id is not None:
        return suspension.person_id == record.person_id
    return suspension.data_request_id == record.agreement.data_request_id


def _columns(agreed: Terms) -> str:
    """DOL: wages, quarter; SDE: …"""
    return "; ".join(
        f"{code}: {', '.join(sorted(said.study))}" for code, said in sorted(agreed.elements.items())
    )
