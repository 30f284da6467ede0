"""Boards, who sits on them, noticed meetings, motions, votes and minutes."""

from datetime import date

from django.db import models
from django.urls import reverse
from django.utils.formats import date_format

from charteroak.adapters import clock
from charteroak.agencies.models import Agency, Person
from charteroak.audit.attribution import by_and_at
from charteroak.policy import follow_up
from charteroak.policy import meeting as meeting_rules
from charteroak.policy import motion as motion_rules
from charteroak.policy.lifecycle import choices
from charteroak.requests.models import DataRequest


class Board(models.Model):
    name = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    board = models.ForeignKey(Board, models.PROTECT, related_name="seats")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["agency__code"]


class Meeting(models.Model):
    board = models.ForeignKey(Board, models.PROTECT, related_name="meetings")
    status = models.CharField(
        max_length=10, choices=choices(meeting_rules.Status), default=meeting_rules.Status.PLANNED
    )
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    noticed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    noticed_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    minutes = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [by_and_at("meeting", act) for act in ("noticed", "opened", "closed")]

    def __str__(self) -> str:
        return f"{self.board.name}, {date_format(self.day)}"

    @property
    def day(self) -> date:
        """The day of the meeting in the state's own time."""
        return self.starts_at.astimezone(clock.STATE_TIME).date()

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])


class Attendance(models.Model):
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once")]


class Motion(models.Model):
    class Kind(models.TextChoices):
        APPROVE_REQUEST = "approve_request", "Approve the request"
        APPROVE_OUTPUTS = "approve_outputs", "Approve the outputs"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="motions")
    kind = models.CharField(max_length=20, choices=Kind)
    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="motions")
    about = models.CharField(max_length=60, blank=True)  # the release request's number, for outputs
    text = models.TextField()
    status = models.CharField(
        max_length=12, choices=choices(motion_rules.Status), default=motion_rules.Status.ON_AGENDA
    )
    declared_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [by_and_at("motion", "declared")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#motion-{self.pk}"


class Vote(models.Model):
    """A seat's vote; a later vote of the same seat supersedes the earlier one on the record."""

    motion = models.ForeignKey(Motion, models.PROTECT, related_name="votes")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=choices(motion_rules.Choice))
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]


class FollowUp(models.Model):
    """Something the board promised, and when it was reported to the advisory board."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="follow_ups")
    text = models.TextField()
    reported_to = models.CharField(max_length=120)
    due_on = models.DateField()
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [by_and_at("follow_up", "reported")]

    @property
    def status(self) -> follow_up.Status:
        return follow_up.Status.REPORTED if self.reported_at else follow_up.Status.PROMISED
