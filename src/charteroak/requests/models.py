"""Data requests: what is asked, why each column is needed, who is on the team, what each agency decided."""

from django.db import models
from django.urls import reverse

from charteroak.agencies.models import Agency, Person
from charteroak.audit.attribution import by_and_at
from charteroak.catalog.models import Variable
from charteroak.policy import agency_review, attachment, consent, data_request, fee, irb, request_change
from charteroak.policy.lifecycle import choices


class DataRequest(models.Model):
    number = models.CharField(max_length=12, unique=True)  # as the policy office's log counts: 042
    status = models.CharField(
        max_length=20, choices=choices(data_request.Status), default=data_request.Status.DRAFT
    )
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="data_requests")
    title = models.CharField(max_length=200)
    question = models.TextField(blank=True)
    purpose = models.CharField(max_length=200, blank=True)  # what the agreement will be bound to
    public_benefit = models.TextField(blank=True)
    need = models.TextField(blank=True)  # why public or less detailed data do not do
    learning_agenda = models.TextField(blank=True)
    analysis_plan = models.TextField(blank=True)
    schedule = models.TextField(blank=True)
    months = models.PositiveIntegerField(null=True, blank=True)
    funding = models.TextField(blank=True)
    legal_exception = models.CharField(max_length=200, blank=True)  # one FERPA exception per request
    first_year = models.IntegerField(null=True, blank=True)
    last_year = models.IntegerField(null=True, blank=True)
    outputs_planned = models.TextField(blank=True)
    publication_plan = models.TextField(blank=True)
    ends_on = models.DateField(null=True, blank=True)
    irb_board = models.CharField(
        max_length=200, blank=True
    )  # of an institutional review board, where one reviewed it
    irb_number = models.CharField(max_length=60, blank=True)
    irb_determination = models.CharField(max_length=40, choices=choices(irb.Determination), blank=True)
    irb_approved_on = models.DateField(null=True, blank=True)
    irb_expires_on = models.DateField(null=True, blank=True)
    unread = models.JSONField(default=dict, blank=True)  # part → what was typed there and cannot be read
    revision = models.PositiveIntegerField(default=0)  # counts what applicants changed
    once = models.UUIDField(unique=True, null=True, blank=True)  # of the form that began it
    changes_request = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="change_requests"
    )  # the approved one that this one changes or repeats
    change = models.CharField(max_length=20, choices=choices(request_change.Kind), blank=True)
    change_because = models.TextField(blank=True)
    started_on = models.DateField()
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    appeal = models.TextField(blank=True)  # what the board should see differently
    appealed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    appealed_at = models.DateTimeField(null=True, blank=True)
    returned_because = models.TextField(blank=True)
    historic_decision_on = models.DateField(null=True, blank=True)  # decided before this program was in use

    class Meta:
        ordering = ["-number"]
        constraints = [
            *(by_and_at("request", act) for act in ("submitted", "accepted", "decided", "appealed")),
            models.CheckConstraint(
                condition=models.Q(changes_request__isnull=True, change="")
                | (models.Q(changes_request__isnull=False) & ~models.Q(change="")),
                name="change_names_what_it_changes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("data_request", args=[self.number])

    @property
    def kind_of_change(self) -> request_change.Kind | None:
        return request_change.Kind(self.change) if self.change else None


class TeamMember(models.Model):
    data_request = models.ForeignKey(DataRequest, models.CASCADE, related_name="team")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["data_request", "person"], name="team_member_once")]


class Attachment(models.Model):
    """A paper that goes with the request: taken out of it, its bytes stay, for versions name them."""

    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=40, choices=choices(attachment.Kind))
    name = models.CharField(max_length=attachment.LONGEST_NAME)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)  # of its bytes, and their name in the vault
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["data_request", "name"],
                condition=models.Q(removed_at__isnull=True),
                name="attachment_named_once",
            ),
            by_and_at("attachment", "removed"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.data_request.number, self.pk])


class NationConsent(models.Model):
    """That a nation consents to the use of records about its members, by which letter, until when."""

    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="nation_consents")
    status = models.CharField(max_length=10, choices=choices(consent.Status), default=consent.Status.RECORDED)
    nation = models.CharField(max_length=200)
    publication = models.TextField()  # what the nation lets be published about it
    given_on = models.DateField()
    until = models.DateField()
    paper = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_because = models.TextField(blank=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [by_and_at("nation_consent", "withdrawn")]


class RequestedColumn(models.Model):
    """One column asked for, why, and what its agency decided."""

    data_request = models.ForeignKey(DataRequest, models.CASCADE, related_name="columns")
    variable = models.ForeignKey(Variable, models.PROTECT, related_name="+")
    purpose = models.TextField(blank=True)
    justification = models.TextField(blank=True)  # why nothing coarser does
    choice = models.CharField(max_length=10, choices=choices(agency_review.Choice), blank=True)
    reason = models.TextField(blank=True)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )  # the same column of an earlier request, whose decision still stands
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    @property
    def decision(self) -> "RequestedColumn":
        """Where it stands who decided, and when."""
        return self.carried_from or self

    class Meta:
        ordering = ["variable__dataset", "variable__position"]
        constraints = [
            models.UniqueConstraint(fields=["data_request", "variable"], name="column_once"),
            by_and_at("column", "decided"),
        ]


class AgencyReview(models.Model):
    data_request = models.ForeignKey(DataRequest, models.CASCADE, related_name="reviews")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=20, choices=choices(agency_review.Status), default=agency_review.Status.WAITING
    )
    conditions = models.TextField(blank=True)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )  # its decision on an earlier request, where this one asks it nothing new
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    @property
    def decision(self) -> "AgencyReview":
        """Where it stands who decided, and when."""
        return self.carried_from or self

    class Meta:
        ordering = ["agency__code"]
        constraints = [
            models.UniqueConstraint(fields=["data_request", "agency"], name="agency_review_once"),
            by_and_at("agency_review", "decided"),
        ]

    def get_absolute_url(self) -> str:
        return f"{self.data_request.get_absolute_url()}#review-{self.agency.code}"


class Question(models.Model):
    """A steward's question and the applicant's answer."""

    review = models.ForeignKey(AgencyReview, models.CASCADE, related_name="questions")
    text = models.TextField()
    once = models.UUIDField(unique=True, null=True, blank=True)  # of the form that asked it
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [by_and_at("question", act) for act in ("answered", "taken_back")]


class Change(models.Model):
    """One part of the form as somebody changed it: what a page that is older than `revision` has not seen."""

    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="changes")
    revision = models.PositiveIntegerField()
    part = models.CharField(
        max_length=200
    )  # a field's name; of a column "column 17", of a person "team maya.ortiz"
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["revision", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["data_request", "revision", "part"], name="change_once")
        ]


class Version(models.Model):
    """The request as it was sent; never changed afterwards."""

    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()  # part → what was said
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["data_request", "number"], name="version_once")]


class AcceptedTerm(models.Model):
    data_request = models.ForeignKey(DataRequest, models.PROTECT, related_name="accepted_terms")
    term = models.CharField(max_length=40)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["data_request", "term", "by"], name="term_accepted_once")
        ]


class FeeSchedule(models.Model):
    """What projects are charged from a day on, in dollars; never changed, the next takes its place."""

    since = models.DateField()
    per_request = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    per_agency = models.DecimalField(max_digits=9, decimal_places=2, default=0)
    per_hour = models.DecimalField(max_digits=9, decimal_places=2, default=0)  # of work on the extract
    free_for = models.JSONField(default=list, blank=True)  # kinds of employer
    under = models.CharField(max_length=200)  # which decision
    set_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-since", "-pk"]


class Fee(models.Model):
    """What a project owes, fixed once; then paid or waived."""

    data_request = models.OneToOneField(DataRequest, models.PROTECT, related_name="fee")
    status = models.CharField(max_length=10, choices=choices(fee.Status), default=fee.Status.DUE)
    schedule = models.ForeignKey(FeeSchedule, models.PROTECT, related_name="+")
    asked = models.JSONField()  # what was charged for: policy.fee.Asked
    amount = models.DecimalField(max_digits=11, decimal_places=2)
    fixed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    fixed_at = models.DateTimeField()
    because = models.TextField(blank=True)  # it is waived
    reference = models.CharField(max_length=100, blank=True)  # of its payment
    paid_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [by_and_at("fee", "settled")]
