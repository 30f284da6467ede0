"""Data sharing agreements: clauses with their terms, parties, signatures over the exact text."""

from datetime import date
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.agencies.models import Agency, Person
from charteroak.audit.attribution import by_and_at
from charteroak.policy import agreement, wording
from charteroak.policy.lifecycle import choices
from charteroak.requests.models import DataRequest


class Standing(models.Manager["Agreement"]):
    """Agreements, not the amendments that hang on them: what holds files, keys, a workspace and clocks."""

    def get_queryset(self) -> models.QuerySet["Agreement"]:
        return super().get_queryset().filter(amends__isnull=True)


class Agreement(models.Model):
    """One text that all its parties sign. An amendment is one too; once signed, its text holds for what it amends."""

    number = models.CharField(max_length=12, unique=True)  # the request's
    data_request = models.OneToOneField(DataRequest, models.PROTECT, related_name="agreement")
    amends = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="amendments")
    version = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+"
    )  # the signed amendment whose words and terms hold now; none: its own
    status = models.CharField(
        max_length=20, choices=choices(agreement.Status), default=agreement.Status.DRAFTED
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    drafted_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(null=True, blank=True)
    text_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of what is being signed
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.TextField(blank=True)
    executed_on = models.DateField(null=True, blank=True)
    executed_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)  # terminated early
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    every = models.Manager["Agreement"]()
    objects = Standing()

    class Meta:
        ordering = ["-number"]
        constraints = [
            by_and_at("agreement", "opened"),
            by_and_at("agreement", "ended"),
            by_and_at("agreement", "withdrawn"),
            models.CheckConstraint(
                # from opening on: a draft of an earlier release may be as it is, and no upgrade stops at it
                condition=models.Q(executed_on__isnull=True, text_hash="")
                | models.Q(starts_on__lte=models.F("ends_on")),
                name="agreement_begins_before_its_end",
            ),
        ]

    def __str__(self) -> str:
        return _("Data sharing agreement %s") % self.number

    def get_absolute_url(self) -> str:
        return reverse("agreement", args=[self.number])

    @property
    def last_day(self) -> date:
        """The day it ends by its own words, or ended early."""
        return self.ended_on or self.ends_on

    @property
    def held(self) -> "Agreement":
        """The text that holds now: its own, or that of the amendment signed last."""
        return self.version or self


class Clause(models.Model):
    """One clause: the words people sign and the terms the system enforces, side by side."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="clauses")
    number = models.CharField(max_length=12)  # "3", "3.SDE"
    kind = models.CharField(max_length=30)
    heading = models.CharField(max_length=200)
    text = models.TextField()
    terms = models.JSONField(default=dict)
    template = models.CharField(max_length=40, blank=True)  # what the words were made of: 2026-1/preview
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="clause_once")]

    @property
    def wording(self) -> wording.Template:
        """What may become of its words."""
        return wording.made_of(self.template, self.kind)

    def with_terms(self, terms: dict[str, Any]) -> "Clause":
        """The same clause, not to be saved, as it would be enforced with other terms."""
        return Clause(
            agreement=self.agreement, number=self.number, kind=self.kind, text=self.text, terms=terms
        )


class Redline(models.Model):
    """A change to a clause's words before signature, and to the terms that stand in these words."""

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="redlines")
    before = models.TextField()
    after = models.TextField()
    terms_before = models.JSONField(
        null=True, blank=True
    )  # when a value that the template leaves open changed
    terms_after = models.JSONField(null=True, blank=True)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Party(models.Model):
    class Part(models.TextChoices):
        CONTRIBUTOR = "contributor", "Participating agency"
        HUB = "hub", "Data integration hub"
        RECIPIENT = "recipient", "Data recipient"
        ADMINISTRATOR = "administrator", "Administrator of the initiative"
        ENCLAVE = "enclave", "Enclave operator"

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="parties")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    part = models.CharField(max_length=15, choices=Part)
    signatory = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["agreement", "agency", "part"], name="party_once")]

    def __str__(self) -> str:
        """As the agreement's terms name it: DOL:hub."""
        return f"{self.agency.code}:{self.part}"


class Recall(models.Model):
    """A text taken back from its signatories for other words; what was signed of it stays on record, void."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="recalls")
    text_hash = models.CharField(max_length=64)  # what was being signed
    because = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Signature(models.Model):
    """Who signed what, with which words of intent (UETA: intent, attribution, association, retention)."""

    # none once its text was recalled: it counts for nobody
    party = models.OneToOneField(Party, models.PROTECT, null=True, blank=True, related_name="signature")
    given_for = models.ForeignKey(Party, models.PROTECT, related_name="signatures_given")
    recall = models.ForeignKey(Recall, models.PROTECT, null=True, blank=True, related_name="signatures")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    on = models.DateField()
    intent = models.TextField()
    text_hash = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True, blank=True)  # when the signer last proved who they are

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(party__isnull=True, recall__isnull=False)
                | models.Q(party__isnull=False, recall__isnull=True, party=models.F("given_for")),
                name="signature_counts_for_its_party_or_is_void",
            )
        ]


class Recipient(models.Model):
    """A person named in the agreement as data recipient."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="recipients")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "person"], name="recipient_once")]


class Paper(models.Model):
    """The executed agreement as a PDF file, made once, and the same file under the installation's seal."""

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="paper")
    text_hash = models.CharField(max_length=64)  # what every party signed
    content = models.BinaryField()
    made_at = models.DateTimeField()
    sealed = models.BinaryField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
