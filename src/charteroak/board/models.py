"""Boards, who sits on them, noticed meetings, motions, votes and minutes."""

from datetime import date, timedelta
from fractions import Fraction

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
from charteroak.policy.seat import Kind
from charteroak.policy.sentence import words
from charteroak.requests.models import DataRequest


def _votes() -> list[str]:
    return [Kind.CONTRIBUTING, Kind.ADMINISTERING, Kind.TECHNOLOGY]


class Board(models.Model):
    """A board and its own rules; `oak setup` changes them."""

    name = models.CharField(max_length=120, unique=True)
    notice_hours = models.PositiveIntegerField(default=168)  # agenda and place are public so long ahead
    quorum_of = models.PositiveIntegerField(default=2)  # two …
    quorum_in = models.PositiveIntegerField(default=3)  # … in three of the seats that count
    voting = models.JSONField(default=_votes)  # kinds of seats that vote
    counted = models.JSONField(default=_votes)  # kinds of seats that count towards the quorum
    majority = models.CharField(
        max_length=20, choices=choices(motion_rules.Majority), default=motion_rules.Majority.UNANIMITY
    )  # of the votes for and against

    def __str__(self) -> str:
        return self.name

    @property
    def notice(self) -> timedelta:
        return timedelta(hours=self.notice_hours)

    @property
    def kinds_voting(self) -> list[str]:
        return [words(Kind(kind)) for kind in self.voting]

    @property
    def kinds_counted(self) -> list[str]:
        return [words(Kind(kind)) for kind in self.counted]

    @property
    def share(self) -> Fraction:
        return Fraction(self.quorum_of, self.quorum_in)


class Seat(models.Model):
    """A seat as one person holds it from a day to a day; refilled, it is a new row."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="seats")
    kind = models.CharField(max_length=20, choices=choices(Kind), default=Kind.CONTRIBUTING)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )  # a resident: none
    person = models.ForeignKey(Person, models.PROTECT, related_name="seats")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # nobody: `oak setup`

    class Meta:
        ordering = ["agency__code", "pk"]

    @property
    def name(self) -> str:
        """What the seat is called on the roll and in the log: its agency's code, or its kind with a number."""
        return self.agency.code if self.agency else f"{self.kind}-{self.pk}"


class StandIn(models.Model):
    """Who takes a seat in its holder's place, by a dated letter: at one meeting (proxy), or whenever (alternate)."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Person, models.PROTECT, related_name="stands_in")
    meeting = models.ForeignKey("Meeting", models.PROTECT, null=True, blank=True, related_name="proxies")
    letter_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["recorded_at"]


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
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.TextField(blank=True)  # as the public reads it

    class Meta:
        ordering = ["-starts_at"]
        constraints = [by_and_at("meeting", act) for act in ("noticed", "opened", "closed", "cancelled")]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="board_meeting_by_day"),
            models.Index(
                fields=["starts_at", "id"],
                condition=~models.Q(status=meeting_rules.Status.CLOSED),
                name="board_meeting_to_come",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.board.name}, {date_format(self.day)}"

    @property
    def day(self) -> date:
        """The day of the meeting in the state's own time."""
        return self.starts_at.astimezone(clock.STATE_TIME).date()

    @property
    def since_day(self) -> timedelta:
        """Since the midnight that ended the meeting's day; before it, below zero."""
        return clock.now() - clock.midnight(self.day + timedelta(days=1))

    @property
    def over(self) -> bool:
        """Whether nothing is left to do with it but to cancel it or to close it."""
        return meeting_rules.over(meeting_rules.Status(self.status), self.since_day)

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])


class Attendance(models.Model):
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )  # who sits there
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once")]


class Motion(models.Model):
    class Kind(models.TextChoices):
        APPROVE_REQUEST = "approve_request", "Approve the request"
        APPROVE_OUTPUTS = "approve_outputs", "Approve the outputs"
        PRECLEAR_OUTPUTS = "preclear_outputs", "Clear a class of outputs ahead"
        RECONSIDER = "reconsider", "Reconsider the decision"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="motions")
    kind = models.CharField(max_length=20, choices=Kind)
    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="motions")
    about = models.CharField(
        max_length=60, blank=True
    )  # the number of the release request, or of the class of outputs
    text = models.TextField()
    conditions = models.TextField(blank=True)  # on which it is carried; the agreement takes them up
    once = models.UUIDField(unique=True, null=True, blank=True)  # of the form that added it
    status = models.CharField(
        max_length=12, choices=choices(motion_rules.Status), default=motion_rules.Status.ON_AGENDA
    )
    majority = models.CharField(
        max_length=20, choices=choices(motion_rules.Majority), default=motion_rules.Majority.UNANIMITY
    )  # the board's, when the result was declared
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
    """Something the board promised, and when it was last reported to the advisory board."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="follow_ups")
    text = models.TextField()
    reported_to = models.CharField(max_length=120)
    due_on = models.DateField()
    owner = models.CharField(max_length=120, blank=True)  # who sees to it
    once = models.UUIDField(unique=True, null=True, blank=True)
    outcome = models.TextField(blank=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [by_and_at("follow_up", "reported"), by_and_at("follow_up", "done")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#follow-up-{self.pk}"

    @property
    def status(self) -> follow_up.Status:
        """By its two days: reported before it was done, it is to be reported again (`follow_ups.by_status`)."""
        if self.done_at is None:
            return follow_up.Status.REPORTED_UNDONE if self.reported_at else follow_up.Status.PROMISED
        reported = self.reported_at is not None and self.reported_at >= self.done_at
        return follow_up.Status.REPORTED if reported else follow_up.Status.DONE
