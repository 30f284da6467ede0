"""Holds, suspensions, subpoenas, breaches, records requests, complaints and findings; each with its duties."""

from datetime import date

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.agencies.models import Agency, Person
from charteroak.audit.attribution import by_and_at
from charteroak.policy import matter
from charteroak.policy.lifecycle import choices
from charteroak.requests.models import DataRequest


class Matter(models.Model):
    kind = models.CharField(max_length=20, choices=choices(matter.Kind))
    status = models.CharField(max_length=10, choices=choices(matter.Status), default=matter.Status.OPEN)
    what = models.TextField()  # what happened, or what is asked
    known_on = models.DateField()  # the day on which it became known; its duties count from here
    data_request = models.ForeignKey(
        DataRequest, models.PROTECT, null=True, blank=True, related_name="matters"
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")  # suspended
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )  # whose records
    clocks = models.JSONField(default=list)  # destruction clocks that a hold stops
    asked_by = models.TextField(blank=True)  # name and address of who asks for records, for the letters
    wages = models.BooleanField(default=False)
    social_security_numbers = models.BooleanField(default=False)
    disclosed = models.BooleanField(default=False)
    ground = models.CharField(
        max_length=25, choices=choices(matter.Ground), default=matter.Ground.NOT_DISCLOSED
    )
    outcome = models.TextField(blank=True)
    owner = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            by_and_at("matter", "closed"),
            models.CheckConstraint(
                condition=models.Q(status="open", closed_at__isnull=True)
                | models.Q(status="closed", closed_at__isnull=False),
                name="matter_closed_is_said",
            ),
        ]

    def __str__(self) -> str:
        return f"{_(self.get_kind_display())} {self.number}"

    @property
    def number(self) -> str:
        return f"E-{self.pk}"

    @property
    def first_due(self) -> date | None:
        """The first day on which one of its duties is due; none once all that have a day are done."""
        days = (one.due_on for one in self.duties.all() if one.done_at is None and one.due_on)
        return min(days, default=None)

    def get_absolute_url(self) -> str:
        return reverse("matter", args=[self.pk])


class Duty(models.Model):
    """What the law or an agreement has somebody do because of a matter."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="duties")
    name = models.CharField(max_length=40)
    says = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)  # none: promptly
    source = models.CharField(max_length=60)
    verified = models.BooleanField(default=False)  # counsel has read the source
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    how = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "duties"
        constraints = [
            by_and_at("duty", "done"),
            models.UniqueConstraint(fields=["matter", "name"], name="duty_of_a_matter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter}: {_(self.says).rstrip('.')}"

    def get_absolute_url(self) -> str:
        return f"{self.matter.get_absolute_url()}#duty-{self.name}"
