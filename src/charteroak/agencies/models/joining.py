"""What is said when an agency joins, is suspended, returns or leaves."""

from django.db import models

from charteroak.agencies.models.people import Agency, Person
from charteroak.policy import membership
from charteroak.policy.lifecycle import choices


class JoiningRequest(models.Model):
    """What an agency wrote when it asked to join, as the policy office received it; each begins a procedure."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="joining_requests")
    member_from = models.DateField(null=True, blank=True)  # when it took part before, if it did
    member_until = models.DateField(null=True, blank=True)
    authority = models.TextField()  # the law under which it would share
    records = models.TextField()
    security = models.TextField()
    conflicts = models.TextField()
    received_on = models.DateField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class MemberWord(models.Model):
    """One act of a membership: what a board decided, or what the head of an agency agreed to or signed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="words")  # whom it is about
    joining_request = models.ForeignKey(
        JoiningRequest, models.PROTECT, null=True, blank=True, related_name="words"
    )  # in whose procedure it was said; none for a member from before this program
    speaker = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=15, choices=choices(membership.Action))
    on = models.DateField()
    met_on = models.DateField(null=True, blank=True)  # the board's meeting
    because = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of what was signed
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
