"""Release requests, their files and checks, two independent reviews, the agencies' clearances, releases."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models import Agreement
from charteroak.audit.attribution import by_and_at
from charteroak.policy import output_class, release_question, release_request
from charteroak.policy.explained import Kind, kinds_differ
from charteroak.policy.lifecycle import choices
from charteroak.policy.sentence import Sentence, words
from charteroak.workspaces.models import JobOutput, Workspace


class ReleaseRequest(models.Model):
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="release_requests")
    number = models.CharField(max_length=16, unique=True)  # "042-1"
    status = models.CharField(
        max_length=12, choices=choices(release_request.Status), default=release_request.Status.DRAFT
    )
    round = models.PositiveIntegerField(default=1)  # reviews of an earlier round never count
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    public = models.BooleanField(default=True)  # once released it goes to the public register too
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checks = models.CharField(max_length=64, blank=True)  # outbox-store object: every verdict of this round
    preview_ends_on = models.DateField(null=True, blank=True)
    returned_because = models.TextField(blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.TextField(blank=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [by_and_at("release_request", "approved"), by_and_at("release_request", "revoked")]

    def __str__(self) -> str:
        return _("Release request %s") % self.number

    def get_absolute_url(self) -> str:
        return reverse("release_request", args=[self.number])


class OutputFile(models.Model):
    """A job's output put forward for release; a new version of a name replaces the old one in a new round."""

    class Verdict(models.TextChoices):
        PASS = "pass", "Pass"
        REVIEW = "review", "Needs a person"
        FAIL = "fail", "Fails"

    release_request = models.ForeignKey(ReleaseRequest, models.PROTECT, related_name="files")
    output = models.ForeignKey(JobOutput, models.PROTECT, related_name="+")
    derivation = models.ForeignKey(JobOutput, models.PROTECT, null=True, blank=True, related_name="+")
    # the airlock's own version, where its evidence suppresses more than the workspace could know
    protected = models.ForeignKey(JobOutput, models.PROTECT, null=True, blank=True, related_name="protects")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    context = models.TextField(blank=True)  # what it shows
    population = models.TextField(blank=True)  # whom it counts
    kinds = models.JSONField(default=list, blank=True)  # of statistic, as its author declares them
    controls = models.TextField(blank=True)  # how it was protected
    round = models.PositiveIntegerField()  # the round in which these bytes came in
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    summary = models.CharField(max_length=300, blank=True)  # without any figure below a threshold
    statistics = models.JSONField(default=list, blank=True)  # the kinds in it, as the checks found them
    fewest = models.PositiveIntegerField(
        null=True, blank=True
    )  # people behind a shown figure, of one that passes

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["release_request", "name"], name="output_file_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def kinds_in_words(self) -> list[str]:
        return [words(Kind(one)) for one in self.kinds]

    @property
    def remark(self) -> Sentence | None:
        """Where its derivation says another kind of statistic than its author."""
        return kinds_differ(self.kinds, self.statistics)


class Review(models.Model):
    release_request = models.ForeignKey(ReleaseRequest, models.PROTECT, related_name="reviews")
    round = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release_request", "round", "by"], name="one_review_a_round")
        ]


class FileVote(models.Model):
    review = models.ForeignKey(Review, models.PROTECT, related_name="votes")
    file = models.ForeignKey(OutputFile, models.PROTECT, related_name="votes")
    sha256 = models.CharField(max_length=64)  # the bytes voted on
    vote = models.CharField(max_length=10, choices=choices(release_request.Vote))
    comment = models.TextField(blank=True)


class Question(models.Model):
    """What a checker or a steward asked the project about an output, and its answer."""

    release_request = models.ForeignKey(ReleaseRequest, models.PROTECT, related_name="questions")
    round = models.PositiveIntegerField()
    text = models.TextField()
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [by_and_at("release_question", "answered")]

    @property
    def status(self) -> release_question.Status:
        answered = self.answered_at is not None
        return release_question.Status.ANSWERED if answered else release_question.Status.ASKED


class OutputClass(models.Model):
    """Outputs that the board may clear ahead: of these kinds, about so many people a figure, until that day."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="output_classes")
    number = models.CharField(max_length=16, unique=True)  # "042-C1"
    status = models.CharField(
        max_length=10, choices=choices(output_class.Status), default=output_class.Status.DEFINED
    )
    says = models.TextField()  # what such outputs are
    statistics = models.JSONField()
    minimum_people = models.PositiveIntegerField()
    until = models.DateField()
    defined_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    defined_at = models.DateTimeField()
    withdrawn_because = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [by_and_at("output_class", "withdrawn")]

    def __str__(self) -> str:
        return _("Class of outputs %s") % self.number

    def get_absolute_url(self) -> str:
        return reverse("output_class", args=[self.number])


class ClassConsent(models.Model):
    """An agency's word that outputs of the class need no look of its own, until it takes that back."""

    output_class = models.ForeignKey(OutputClass, models.PROTECT, related_name="consents")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_because = models.TextField(blank=True)
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            by_and_at("class_consent", "taken_back"),
            models.UniqueConstraint(
                fields=["output_class", "agency"],
                condition=models.Q(taken_back_at__isnull=True),
                name="class_consent_once",
            ),
        ]


class WithAgency(models.Manager["Clearance"]):
    """Whoever asks who cleared asks for the agencies' codes."""

    def get_queryset(self) -> models.QuerySet["Clearance"]:
        return super().get_queryset().select_related("agency")


class Clearance(models.Model):
    release_request = models.ForeignKey(ReleaseRequest, models.PROTECT, related_name="clearances")
    round = models.PositiveIntegerField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WithAgency()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release_request", "round", "agency"], name="cleared_once")
        ]


class WithConsent(models.Manager["ClearedAhead"]):
    """Whoever asks what was cleared ahead asks for the agencies' codes and the class."""

    def get_queryset(self) -> models.QuerySet["ClearedAhead"]:
        return super().get_queryset().select_related("consent__agency", "consent__output_class")


class ClearedAhead(models.Model):
    """That a round fell into a class to which an agency had consented; nobody of the agency has looked at it."""

    release_request = models.ForeignKey(ReleaseRequest, models.PROTECT, related_name="cleared_ahead")
    round = models.PositiveIntegerField()
    consent = models.ForeignKey(ClassConsent, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WithConsent()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release_request", "round", "consent"], name="cleared_ahead_once")
        ]


class Release(models.Model):
    release_request = models.OneToOneField(ReleaseRequest, models.PROTECT, related_name="release")
    at = models.DateTimeField()


class ReleasedFile(models.Model):
    release = models.ForeignKey(Release, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)  # also its object's name in the released store
    size = models.BigIntegerField()

    class Meta:
        ordering = ["name"]
