"""Mail: each letter is kept before it is sent, and sent apart, so that no failure of mail undoes what caused it."""

from datetime import timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.agreements.models import Letter

ATTEMPTS = 12  # then it stays unsent, with what went wrong
KEPT_TRYING = timedelta(days=3)


def write(
    kind: Letter.Kind, person: Person, *, subject: str, body: str, about: str = "", to: str = ""
) -> Letter | None:
    """Keep a letter to be sent unless it is there; None when this person has one like it, or no address.

    It goes to the person's address on the day on which it is sent, unless `to` names one.
    A digest is one a day. A deadline's letter is one for what it is about, whenever that was.
    """
    if not (to or person.email) or not person.is_active or person.left:
        return None
    known = Letter.objects.filter(kind=kind, person=person, about=about)
    if kind == Letter.Kind.DIGEST:
        known = known.filter(on=clock.today())
    if known.exists():
        return None
    letter, written = Letter.objects.get_or_create(
        kind=kind,
        person=person,
        on=clock.today(),
        about=about,
        defaults={
            "subject": " ".join(subject.split())[:300],
            "body": body,
            "to": to,
            "written_at": clock.now(),
        },
    )
    return letter if written else None


def send_waiting() -> int:
    """Send what waits, one by one; how many were sent. What fails waits for the next time, with what went wrong."""
    waiting = Letter.objects.filter(
        sent_at__isnull=True, attempts__lt=ATTEMPTS, on__gte=clock.today() - KEPT_TRYING
    )
    return sum(_send(pk) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _send(pk: int) -> bool:
    """A letter that another process is sending is left to it."""
    letter = (
        Letter.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, sent_at=None).first()
    )
    if letter is None:
        return False
    person = Person.objects.get(pk=letter.person_id)
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.to or person.email]).send()
    except Exception as failed:  # whatever a server, a file or a network says: the letter waits
        Letter.objects.filter(pk=pk).update(attempts=F("attempts") + 1, failure=type(failed).__name__)
        return False
    Letter.objects.filter(pk=pk).update(attempts=F("attempts") + 1, sent_at=clock.now(), failure="")
    return True
