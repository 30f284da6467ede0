"""How a person comes in for the first time, and what is changed of what is on file of them."""

from django.db import models
from django.db.models import Q

from charteroak.adapters.news_key import SEALED
from charteroak.agencies.models.people import Person
from charteroak.audit.attribution import by_and_at


class Invitation(models.Model):
    """A key that the post takes to a new person: good once, until a day. Here stands its hash alone."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256; the key is random, so no salt
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_day = models.DateField()
    used_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)  # the last one's kind, never an address

    class Meta:
        ordering = ["pk"]
        constraints = [
            by_and_at("invitation", "voided"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(voided_at__isnull=True),
                name="invitation_used_or_voided",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(used_at__isnull=True, voided_at__isnull=True),
                name="invitation_one_open",
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Neither used nor void; its last day may be over."""
        return self.used_at is None and self.voided_at is None


class InvitationKey(models.Model):
    """The key itself until it is sent: the web seals it, and only the post can open it."""

    invitation = models.OneToOneField(Invitation, models.PROTECT, primary_key=True, related_name="key")
    sealed = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sealed__startswith=SEALED), name="invitation_key_is_sealed")
        ]


class DetailsChange(models.Model):
    """A person's name or address as the policy office changed it, and as it was before."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="details_changes")
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    name_before = models.CharField(max_length=120)
    email_before = models.EmailField(blank=True)
    because = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
