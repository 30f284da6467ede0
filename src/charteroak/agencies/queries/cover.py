"""Who covers for whom, and when: what speaks against it, and whose office a person may fill now."""

from datetime import date

from django.db.models import Q, QuerySet

from charteroak.adapters import clock
from charteroak.agencies.held import held_on
from charteroak.agencies.models import Cover, Person, RoleHeld
from charteroak.agencies.queries.people import roles_with_cover
from charteroak.policy import cover
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role, must_stay_apart


def in_force(on: date) -> QuerySet[Cover]:
    """Covers that hold on that day: of an office still held, between two people who both have access."""
    open_ = Person.objects.with_access()
    return Cover.objects.filter(
        held_on(on), ended_at__isnull=True, delegate__in=open_, office__person__in=open_,
        office__in=RoleHeld.objects.filter(held_on(on)),
    ).select_related("office__person", "office__agency", "delegate")  # fmt: skip


def offered_to(person: Person) -> QuerySet[Cover]:
    """The offices that this person may fill today."""
    return in_force(clock.today()).filter(delegate=person)


def taken_up(pk: int, person: Person) -> Cover | None:
    """The cover under which this person acts, if it still holds today."""
    return offered_to(person).filter(pk=pk).first()


def of_offices(person: Person) -> QuerySet[Cover]:
    """Cover named for this person's offices, not over yet."""
    left = Cover.objects.filter(office__person=person, ended_at__isnull=True, until__gte=clock.today())
    return left.select_related("office__agency", "delegate")


def visible_to(person: Person) -> QuerySet[Cover]:
    """Those who name, those who are named, and the policy office."""
    if Role.POLICY_OFFICE in person.roles(clock.today()):
        return Cover.objects.all()
    return Cover.objects.filter(Q(office__person=person) | Q(delegate=person))


def colleagues(person: Person) -> QuerySet[Person]:
    """Who could cover: people of the same employer who have access."""
    if person.employer_id is None:
        return Person.objects.none()
    return Person.objects.with_access().filter(employer=person.employer_id).exclude(pk=person.pk)


def may_fill(by: Person) -> Decision:
    """Whether `by` may take an office up, or lay it down, as they ask now."""
    return cover.may_fill(by_token=by.token is not None)


def may_name(by: Person, office: RoleHeld, delegate: Person, since: date, until: date) -> Decision:
    """Whether `by` may name this delegate for this office from `since` to `until`."""
    today, holder = clock.today(), office.person
    known = cover.Facts(
        role=Role(office.role),
        actor_is_holder=by.pk == holder.pk and not by.acting,
        actor_administers=Role.POLICY_OFFICE in by.roles(today),
        delegate_is_holder=delegate.pk == holder.pk,
        same_employer=delegate.employer_id is not None and delegate.employer_id == holder.employer_id,
        account_open=delegate.is_active and not delegate.left,
        awaited=delegate.awaited,
        since=since,
        until=until,
        on=today,
        apart=must_stay_apart({*roles_with_cover(delegate), Role(office.role)}),
    )
    return cover.LIFECYCLE.may(None, cover.Action.NAME_DELEGATE, by.roles(today), known)


def may_end(by: Person, named: Cover) -> Decision:
    """Whether `by` may end this cover today."""
    today = clock.today()
    over = named.ended_at is not None or named.until < today
    status = cover.Status.ENDED if over else cover.Status.NAMED
    known = cover.Facts(
        actor_is_holder=by.pk == named.office.person_id and not by.acting,
        actor_administers=Role.POLICY_OFFICE in by.roles(today),
    )
    return cover.LIFECYCLE.may(status, cover.Action.END_COVER, by.roles(today), known)
