"""Sealed workspaces on a project's extract, their batch jobs and what the jobs left in the outbox."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.agreements.models import Agreement
from charteroak.audit.attribution import by_and_at
from charteroak.hub.models import Extract
from charteroak.policy import job, session, workspace
from charteroak.policy.budget import HOURS
from charteroak.policy.lifecycle import choices
from charteroak.policy.workspace import Isolator, Mode


class Workspace(models.Model):
    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="workspace")
    extract = models.OneToOneField(Extract, models.PROTECT, related_name="workspace")
    status = models.CharField(max_length=10, choices=choices(workspace.Status), default=workspace.Status.OPEN)
    mode = models.CharField(max_length=10, choices=choices(Mode), default=Mode.QUERY_ONLY)
    isolator = models.CharField(max_length=10, choices=choices(Isolator), default=Isolator.BUBBLEWRAP)
    hours = models.PositiveIntegerField(default=HOURS)  # of one processor that the project may use
    account = models.PositiveIntegerField(unique=True)  # the uid that only this project's jobs run as
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return _("Workspace %s") % self.agreement.number

    def get_absolute_url(self) -> str:
        return reverse("workspace", args=[self.agreement.number])


class Enclave(models.Model):
    """What the machine has that runs jobs and sessions, as its own worker says: the site may be on another."""

    strict_tier = models.BooleanField()  # gVisor is installed, and started by root
    accounts_apart = models.BooleanField()  # each project's code runs under an account of its own
    pixels = models.BooleanField(default=False)  # it can show a session as a picture

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_enclave")]

    def __str__(self) -> str:
        return _("Enclave")


class Input(models.Model):
    """A file that came in through the airlock: read-only at /enclave/input for every job and session."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="inputs")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)  # of the plain bytes
    size = models.BigIntegerField()
    stored = models.CharField(max_length=64)  # check-store object, which the enclave alone opens
    placed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="one_input_of_a_name",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """A project's work folder as it was, sealed: made whenever everybody has left it, and when somebody asks."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="snapshots")
    made_at = models.DateTimeField()
    size = models.BigIntegerField()  # bytes of the archive
    stored = models.CharField(max_length=64)  # work-store object
    removed_at = models.DateTimeField(null=True, blank=True)  # newer ones took its place
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    because = models.CharField(max_length=120, blank=True)  # why they asked
    restores = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(asked_by__isnull=True, because="")
                | models.Q(asked_by__isnull=False) & ~models.Q(because=""),
                name="snapshot_asked_for",
            )
        ]

    def __str__(self) -> str:
        return _("Snapshot %s") % self.pk


class Job(models.Model):
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="jobs")
    status = models.CharField(max_length=12, choices=choices(job.Status), default=job.Status.QUEUED)
    script_name = models.CharField(max_length=120)
    script = models.TextField()
    script_hash = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    invented = models.BooleanField(default=False)  # runs on invented records, in an empty work folder
    repeats = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repeated_by")
    ahead = models.PositiveIntegerField(default=0)  # jobs of its project that waited when it was sent
    cpu_seconds = models.FloatField(default=0)
    printed = models.TextField(blank=True)  # of a job on invented records alone
    exit_status = models.IntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)  # plain words, never the log's
    manifest = models.JSONField(default=dict)  # hashes of code, data, environment, outputs; limits; peak
    cancelled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-submitted_at"]
        constraints = [by_and_at("job", "cancelled")]

    def __str__(self) -> str:
        return _("Job %(id)s, %(script)s") % {"id": self.pk, "script": self.script_name}

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.workspace.agreement.number, self.pk])


class Session(models.Model):
    """One person's interactive session: JupyterLab in a sandbox, seen through an origin of its own."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="sessions")
    status = models.CharField(max_length=8, choices=choices(session.Status), default=session.Status.STARTING)
    mode = models.CharField(max_length=10, choices=choices(Mode))
    name = models.CharField(max_length=16, unique=True)  # random: the first label of its origin
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    environment = models.CharField(max_length=64, blank=True)  # its hash
    entered_at = models.DateTimeField(null=True, blank=True)  # when the last ticket that was taken was issued
    key_hash = models.CharField(max_length=64, blank=True)  # of the cookie of the last entry
    active_at = models.DateTimeField(null=True, blank=True)  # real time
    bytes_out = models.BigIntegerField(default=0)  # records and results that went to the browser
    alarm_at = models.DateTimeField(null=True, blank=True)  # when they became more than anybody reads
    cpu_seconds = models.FloatField(default=0)
    memory = models.BigIntegerField(default=0)  # bytes, at the last look
    work = models.BigIntegerField(default=0)  # bytes in the project's work folder, at the last look
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    stopped_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            by_and_at("session", "stopped"),
            models.UniqueConstraint(
                fields=["workspace", "opened_by"],
                condition=models.Q(status__in=(session.Status.STARTING, session.Status.RUNNING)),
                name="one_session_each",
            ),
        ]

    def __str__(self) -> str:
        return _("Session %(id)s of %(person)s") % {"id": self.pk, "person": self.opened_by.name}

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.workspace.agreement.number, self.pk])


class JobOutput(models.Model):
    """A file that a job left in its outbox, or its log: sealed until it is released."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="outputs")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)  # of the plain bytes
    size = models.BigIntegerField()
    stored = models.CharField(max_length=64)  # outbox-store object

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["job", "name"], name="job_output_once")]
