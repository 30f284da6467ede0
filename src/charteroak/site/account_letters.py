"""What the post takes to people about their accounts: the key to come in with, and that an address has changed."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from charteroak.adapters import clock, news_key
from charteroak.agencies.models import DetailsChange, Invitation, InvitationKey, Person
from charteroak.agencies.queries import administration_on, holders
from charteroak.agencies.queries.accounts import may_use
from charteroak.agreements import letters
from charteroak.agreements.models import Letter
from charteroak.policy.roles import Role
from charteroak.site.reminders import people_to_call

ATTEMPTS = 180  # one a minute; then the policy office sends a new key


def send_first_keys() -> int:
    """Send each key that waits, once, and forget it; how many were sent. What fails is tried again."""
    waiting = InvitationKey.objects.filter(invitation__attempts__lt=ATTEMPTS)
    return sum(_send(pk) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _send(pk: int) -> bool:
    """A key that another process is sending is left to it; one that lets nobody in is forgotten unsent."""
    record = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if record is None:
        return False
    if record.sent_at is None and may_use(record):
        try:
            _letter(record).send()
        except Exception as failed:  # whatever a server, a key or a network says: it waits
            tried = {"attempts": F("attempts") + 1, "failure": type(failed).__name__}
            Invitation.objects.filter(pk=pk).update(**tried)
            return False
        Invitation.objects.filter(pk=pk).update(attempts=F("attempts") + 1, sent_at=clock.now(), failure="")
    InvitationKey.objects.filter(pk=pk).delete()
    return record.sent_at is None


def _letter(record: Invitation) -> EmailMessage:
    """Where to come in, with what, until when; never kept, for the key stands in it."""
    person = Person.objects.get(pk=record.person_id)
    page = settings.CONFIG.origins[0] + reverse("first_sign_in")
    said = [
        person.name + ",",
        _("The policy office has added you to %s. Come in here, once, with this user name and this key:")
        % settings.CONFIG.product_name,
        "\n".join([
            f"  {page}",
            "  " + _("User name: %s") % person.username,
            "  " + _("Key: %s") % news_key.opened(record.key.sealed),
        ]),
        _("There you choose a password of your own. The key is good once, until %s.") % date_format(record.last_day),
        _("Nobody will ask you for this key. If you did not expect this letter, or cannot come in, call: %s")
        % whom_to_call(),
    ]  # fmt: skip
    subject = _("Your way in to %s") % settings.CONFIG.product_name
    return EmailMessage(" ".join(subject.split()), "\n\n".join(said), to=[person.email])


def tell_of_changed_addresses() -> int:
    """A letter to the address before, and one to the new one, of every change lately; once. How many letters."""
    lately = DetailsChange.objects.filter(recorded_at__gte=clock.now() - letters.KEPT_TRYING)
    written = 0
    for change in lately.exclude(email=F("email_before")).select_related("person"):
        for to, what in _told(change):
            written += _write(change, to, what)
    return written


def _told(change: DetailsChange) -> list[tuple[str, str]]:
    """The address before does not learn the new one: it may be another person's by now."""
    before = _("Letters for the user name %s go to another address from now on.") % change.person.username
    after = _("Letters for the user name %s come to this address from now on.") % change.person.username
    return [(to, said) for to, said in ((change.email_before, before), (change.email, after)) if to]


def _write(change: DetailsChange, to: str, what: str) -> bool:
    call = _("The policy office changed it. If you did not expect that, call at once: %s") % whom_to_call()
    subject = _("Another address for your account at %s") % settings.CONFIG.product_name
    which = "before" if to == change.email_before else "after"
    letter = letters.write(
        Letter.Kind.ADDRESS, change.person, subject=subject, body=f"{what}\n\n{call}",
        about=f"{change.pk}:{which}", to=to,
    )  # fmt: skip
    return letter is not None


def whom_to_call() -> str:
    """The policy office: its people, and the telephone of the agency that administers."""
    agency = administration_on(clock.today())
    telephone = agency.agency.telephone if agency else ""
    return "; ".join(filter(None, [people_to_call(holders(Role.POLICY_OFFICE)), telephone]))
