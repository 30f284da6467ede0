"""Who holds what on a day, and what each may do about it."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person, RoleHeld
from charteroak.agencies.worklist import Item, Turn
from charteroak.policy import account, office
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role, must_stay_apart

TOUCHES_DATA = frozenset({Role.RESEARCHER, Role.HUB_OPERATOR, Role.OUTPUT_CHECKER})
SOON = timedelta(days=30)


def agencies_where(person: Person, role: Role) -> list[Agency]:
    """The agencies for which a person holds `role` today."""
    today = clock.today()
    return list(
        Agency.objects.filter(
            pk__in=RoleHeld.objects.filter(
                Q(until__isnull=True) | Q(until__gte=today), person=person, role=role, since__lte=today
            ).values("agency")
        )
    )


def holders(role: Role, agency: Agency | None = None) -> QuerySet[Person]:
    """Active people who hold `role` today, for one agency when it is given."""
    today = clock.today()
    held = RoleHeld.objects.filter(Q(until__isnull=True) | Q(until__gte=today), role=role, since__lte=today)
    if agency is not None:
        held = held.filter(agency=agency)
    return Person.objects.filter(is_active=True, pk__in=held.values("person"))


def visible_to(person: Person) -> QuerySet[Person]:
    """The accounts that the policy office keeps and the auditor reads; anyone else sees their own."""
    return Person.objects.all() if reads_accounts(person) else Person.objects.filter(pk=person.pk)


def reads_accounts(person: Person) -> bool:
    return bool(person.roles(clock.today()) & {Role.POLICY_OFFICE, Role.AUDITOR})


def may_grant(by: Person, holder: Person, role: Role, agency: Agency | None) -> Decision:
    """Whether `by` may give `holder` this office today."""
    today = clock.today()
    known = office.Facts(
        role=role,
        agency=agency is not None,
        actor_is_holder=holder.pk == by.pk,
        account_open=holder.is_active,
        held=roles_held(holder).filter(role=role, agency=agency).exists(),
        apart=must_stay_apart({*holder.roles(today), role}),
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
    status = account.Status.OPEN if holder.is_active else account.Status.CLOSED
    return account.LIFECYCLE.may(status, account.Action.CLOSE, by.roles(clock.today()), account.Facts())


def grants_roles(person: Person) -> bool:
    """Whether granting and ending offices is this person's office."""
    return bool(person.roles(clock.today()) & office.LIFECYCLE.table[None, office.Action.GRANT].roles)


def roles_held(person: Person) -> QuerySet[RoleHeld]:
    """The offices that a person holds today."""
    today = clock.today()
    return person.roles_held.filter(
        Q(until__isnull=True) | Q(until__gte=today), since__lte=today
    ).select_related("agency")


def todo(person: Person) -> list[Item]:
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
