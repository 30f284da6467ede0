"""What speaks against adding an account, changing what is on file of a person, and their first key."""

import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.held import held_on
from charteroak.agencies.models import Invitation, Person, RoleHeld
from charteroak.agencies.queries.people import roles_held, status_of
from charteroak.agencies.worklist import Item, Turn
from charteroak.policy import account
from charteroak.policy.decision import Decision
from charteroak.policy.roles import Role

NOT_USED = Q(used_at__isnull=True, voided_at__isnull=True)  # a first key


def is_address(said: str) -> bool:
    """Whether mail could be sent there."""
    try:
        forms.EmailField(max_length=254).clean(said)
    except ValidationError:
        return False
    return True


def may_add(by: Person, *, username: str, name: str, email: str) -> Decision:
    """Whether `by` may add this person's account today."""
    known = account.Facts(
        user_name=username,
        user_name_free=not Person.objects.filter(username__iexact=username).exists(),
        name_said=bool(name),
        address_good=is_address(email),
        address_free=not _others_with(email).exclude(pk=by.pk).exists(),
        address_is_actors=bool(by.email) and by.email.lower() == email.lower(),
    )
    return account.LIFECYCLE.may(None, account.Action.ADD, by.roles(clock.today()), known)


def may_add_somebody(by: Person) -> Decision:
    """Whether `by` may add an account at all."""
    return account.LIFECYCLE.may(None, account.Action.ADD, by.roles(clock.today()), account.Facts())


def may_change_details(by: Person, holder: Person, *, name: str, email: str, because: str) -> Decision:
    """Whether `by` may put this name and this address on file."""
    known = account.Facts(
        actor_is_holder=by.pk == holder.pk,
        name_said=bool(name),
        address_good=is_address(email) or email == holder.email,
        address_free=not _others_with(email).exclude(pk=holder.pk).exists(),
        because_said=bool(because),
        details_change=(name, email) != (holder.name, holder.email),
    )
    return _may(by, holder, account.Action.CHANGE_DETAILS, known)


def may_change_some_details(by: Person, holder: Person) -> Decision:
    """Whether `by` may change anything on file of this person."""
    known = account.Facts(actor_is_holder=by.pk == holder.pk)
    return _may(by, holder, account.Action.CHANGE_DETAILS, known)


def may_send_key(by: Person, holder: Person) -> Decision:
    """Whether `by` may have a new first key sent to this person."""
    known = account.Facts(address_good=is_address(holder.email), offices=offices_of(holder))
    return _may(by, holder, account.Action.SEND_KEY, known)


def may_void_key(by: Person, holder: Person) -> Decision:
    """Whether `by` may make this person's first key void."""
    return _may(by, holder, account.Action.VOID_KEY, account.Facts(key_open=open_keys(holder).exists()))


def may_use(key: Invitation | None) -> Decision:
    """Whether this key lets its person in; None is a key that was never made."""
    known = account.Facts(key_open=False)
    if key is not None:
        known = account.Facts(
            key_open=key.is_open, key_until=key.last_day, on=clock.today(), offices=offices_of(key.person)
        )
    status = status_of(key.person) if key else account.Status.INVITED
    return account.LIFECYCLE.may(status, account.Action.USE_KEY, {Role.SYSTEM}, known)


def may_set_password(holder: Person) -> Decision:
    """Whether who runs the machine may give this person another password."""
    action, known = account.Action.SET_PASSWORD, account.Facts()
    return account.LIFECYCLE.may(status_of(holder), action, {Role.SYSTEM}, known)


def open_keys(holder: Person) -> QuerySet[Invitation]:
    """The first key of this person that is neither used nor void, if there is one."""
    return holder.invitations.filter(NOT_USED)


def todo(person: Person) -> list[Item]:
    """New people whom nothing lets in any more, until another key is sent or the account is closed."""
    if Role.POLICY_OFFICE not in person.roles(clock.today()):
        return []
    run_out = Invitation.objects.filter(NOT_USED, last_day__lt=clock.today(), person__is_active=True)
    return [
        Item(
            _("%s has not signed in, and the first key ran out: send another, or close the account")
            % one.person.name,
            reverse("person", args=[one.person.username]),
            Turn.YOURS,
            _("Policy office"),
        )
        for one in run_out.select_related("person")
    ]


def offices_of(holder: Person) -> int:
    """How many offices this person holds today, or may fill for others now or later."""
    covers = holder.covers.filter(ended_at__isnull=True, until__gte=clock.today())
    return roles_held(holder).count() + covers.count()


def in_office_without_address() -> list[str]:
    """User names of those who hold an office today and whom no letter reaches."""
    held = RoleHeld.objects.filter(held_on(clock.today())).values("person")
    unreached = Person.objects.with_access().filter(pk__in=held, email="")
    return list(unreached.order_by("username").values_list("username", flat=True))


def digest_of(key: str) -> str:
    """The hash of a key as it was typed: capitals, spaces and dashes do not matter."""
    return hashlib.sha256("".join(filter(str.isalnum, key)).upper().encode()).hexdigest()


def _others_with(email: str) -> QuerySet[Person]:
    """Whose open account has this address; nobody's where there is none."""
    return Person.objects.filter(~Q(email=""), email__iexact=email, is_active=True)


def _may(by: Person, holder: Person, action: account.Action, known: account.Facts) -> Decision:
    return account.LIFECYCLE.may(status_of(holder), action, by.roles(clock.today()), known)
