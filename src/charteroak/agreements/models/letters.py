"""Mail that waits to be sent, and how long stages take."""

from django.db import models

from charteroak.agencies.models import Person
from charteroak.policy import clocks
from charteroak.policy.lifecycle import choices


class Letter(models.Model):
    """Mail that waits to be sent. It is written with what caused it, and sent apart: neither can undo the other."""

    class Kind(models.TextChoices):
        DIGEST = "digest", "Daily digest"
        DEADLINE = "deadline", "Deadline"
        ADDRESS = "address", "Change of address"

    kind = models.CharField(max_length=10, choices=Kind)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField()
    about = models.CharField(max_length=200, blank=True)  # what a deadline is of, so that it is told once
    to = models.EmailField(blank=True)  # another address than the person's, or one as it was that day
    subject = models.CharField(max_length=300)
    body = models.TextField()
    written_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)  # the last one's kind, never an address

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "on", "about"], name="letter_once_a_day")
        ]


class ClockFigure(models.Model):
    """How long a stage takes: the median of turns that ended lately, worked out once a day."""

    stage = models.CharField(max_length=40, choices=choices(clocks.Stage))
    party = models.CharField(max_length=20, choices=choices(clocks.Party))
    turns = models.PositiveIntegerField()
    median_days = models.FloatField()  # business days
    as_of = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["stage", "party"], name="clock_figure_once")]
