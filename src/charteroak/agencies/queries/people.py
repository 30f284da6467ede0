"""Who holds what on a day, and what each may do about it."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.held import held_on
from charteroak.agencies.models import Agency, DepartureNotice, Person, RoleHeld
from charteroak.agencies.queries.authority import answers_with, passes_on
from charteroak.agencies.reading import once
from charteroak.agencies.worklist import Item, Turn
from charteroak.policy import account, office
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role, must_stay_apart

TOUCHES_DATA = frozenset({Role.RESEARCHER, Role.HUB_OPERATOR, Role.OUTPUT_CHECKER})
SOON = timedelta(days=30)


@once
def agencies_where(person: Person, role: Role) -> list[Agency]:
    """The agencies for which a person holds `role` today, or fills it while acting for another."""
    own = {of for held, of in person.offices(clock.today()) if held is role and of is not None}
    if person.within:
        own &= {person.within.pk}
    return list(Agency.objects.filter(pk__in=own)) if own else []


def holders(role: Role, agency: Agency | None = None) -> QuerySet[Person]:
    """People with access who hold `role` today, for one agency when it is given."""
    held = RoleHeld.objects.filter(held_on(clock.today()), role=role)
    if agency is not None:
        held = held.filter(agency=agency)
    return Person.objects.with_access().filter(pk__in=held.values("person"))


def roles_with_cover(person: Person) -> frozenset[Role]:
    """The offices that a person holds today, and those that they may fill for others now or on a day to come."""
    today = clock.today()
    named = person.covers.filter(ended_at__isnull=True, until__gte=today)
    return person.roles(today) | {Role(role) for role in named.values_list("office__role", flat=True)}


def visible_to(person: Person) -> QuerySet[Person]:
    """The accounts that the policy office keeps and the auditor reads; anyone else sees their own."""
    return Person.objects.all() if reads_accounts(person) else Person.objects.filter(pk=person.pk)


def reads_accounts(person: Person) -> bool:
    return bool(person.roles(clock.today()) & {Role.POLICY_OFFICE, Role.AUDITOR})


def may_grant(
    by: Person, holder: Person, role: Role, agency: Agency | None, until: date | None = None
) -> Decision:
    """Whether `by` may give `holder` this office today, to `until` when a last day is named."""
    today = clock.today()
    known = office.Facts(
        role=role,
        agency=agency is not None,
        actor_is_holder=holder.pk == by.pk,
        account_open=holder.is_active and not holder.left,
        awaited=holder.awaited,
        held=roles_held(holder).filter(role=role, agency=agency).exists(),
        until=until,
        on=today,
        answers=answers_with(holder, role),
        passes_on=passes_on(holder, role),
        apart=must_stay_apart({*roles_with_cover(holder), role}),
    )
    return office.LIFECYCLE.may(None, office.Action.GRANT, by.roles(today), known)


def may_end(by: Person, held: RoleHeld) -> Decision:
    """Whether `by` may end this office today."""
    today = clock.today()
    over = held.until is not None and held.until < today
    status = office.Status.ENDED if over else office.Status.HELD
    return office.LIFECYCLE.may(status, office.Action.END, by.roles(today), office.Facts())


def may_close(by: Person, holder: Person) -> Decision:
    """Whether `by` may close this person's account today."""
    return account.LIFECYCLE.may(
        status_of(holder), account.Action.CLOSE, by.roles(clock.today()), account.Facts()
    )


def may_move_to(by: Person, holder: Person, employer: Agency | None, kind: str, since: date) -> Decision:
    """Whether `by` may record that this person works for `employer` from `since` on."""
    last, today = holder.employments.last(), clock.today()
    known = account.Facts(
        actor_is_holder=by.pk == holder.pk,
        changes=(employer and employer.pk, kind) != (holder.employer_id, holder.employer_kind),
        since=since,
        last_since=last.since if last else None,
        on=today,
    )
    return account.LIFECYCLE.may(status_of(holder), account.Action.MOVE, by.roles(today), known)


def may_move_somewhere(by: Person, holder: Person) -> Decision:
    """Whether `by` may record any move of this person's today."""
    known = account.Facts(actor_is_holder=by.pk == holder.pk)
    return account.LIFECYCLE.may(status_of(holder), account.Action.MOVE, by.roles(clock.today()), known)


def status_of(holder: Person) -> account.Status:
    if not holder.is_active:
        return account.Status.CLOSED
    if holder.notices.exists():
        return account.Status.LEAVING
    return account.Status.INVITED if holder.awaited else account.Status.OPEN


def may_give_notice(by: Person, holder: Person) -> Decision:
    """Whether `by` may give notice that this person leaves: it is `by`, a colleague, or `by` administers."""
    today = clock.today()
    together = by.pk == holder.pk or (by.employer_id is not None and by.employer_id == holder.employer_id)
    known = account.Facts(colleague=together or Role.POLICY_OFFICE in by.roles(today))
    return account.LIFECYCLE.may(status_of(holder), account.Action.GIVE_NOTICE, by.roles(today), known)


def may_be_noticed(by: Person) -> QuerySet[Person]:
    """Of whom this person may say that they leave: colleagues and themselves; the policy office, of anybody."""
    if Role.POLICY_OFFICE in by.roles(clock.today()):
        return Person.objects.all()
    return Person.objects.filter(Q(pk=by.pk) | Q(employer=by.employer_id, employer__isnull=False))


def grants_roles(person: Person) -> bool:
    """Whether granting and ending offices is this person's office."""
    return bool(person.roles(clock.today()) & office.LIFECYCLE.table[None, office.Action.GRANT].roles)


def roles_held(person: Person) -> QuerySet[RoleHeld]:
    """The offices that a person holds today."""
    return person.roles_held.filter(held_on(clock.today())).select_related("agency")


def todo(person: Person) -> list[Item]:
    """Training, pledge and offices that are about to lapse; departures, for the policy office."""
    return [*_to_renew(person), *_offices_ending(person), *_departures(person)]


def _offices_ending(person: Person) -> list[Item]:
    """Said beforehand, for on the day after its last an office is gone."""
    today = clock.today()
    ending = roles_held(person).filter(until__isnull=False, until__lt=today + SOON)
    return [
        Item(_("Your office ends: %s") % one, reverse("me"), Turn.OTHERS, _("Policy office"), one.until)
        for one in ending
    ]


def _departures(person: Person) -> list[Item]:
    """Accounts to close: within 24 hours of the notice."""
    if Role.POLICY_OFFICE not in person.roles(clock.today()):
        return []
    notices = DepartureNotice.objects.filter(person__is_active=True).select_related("person")
    return [
        Item(
            _("%s leaves: close the account") % one.person.name,
            reverse("person", args=[one.person.username]),
            Turn.YOURS,
            _("Policy office"),
            clock.day_of(account.access_ends_at(one.at)),
        )
        for one in notices
    ]


def _to_renew(person: Person) -> list[Item]:
    """Training and pledge, for those who touch data: when missing, lapsed or about to lapse."""
    if not person.roles(clock.today()) & TOUCHES_DATA:
        return []
    standing, soon = person.standing(), clock.today() + SOON
    holds = [
        (standing.training_until, _("Complete the confidentiality training")),
        (standing.pledge_until, _("Sign the confidentiality pledge")),
    ]
    return [
        Item(title, reverse("me"), Turn.YOURS, person.name, until)
        for until, title in holds
        if until is None or until < soon
    ]
