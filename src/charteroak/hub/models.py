"""The data integration hub: link runs, clerical decisions, the stewards' confirmations, extracts."""

from django.db import models

from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models import Agreement
from charteroak.audit.attribution import by_and_at
from charteroak.policy import extract, link_run
from charteroak.policy.lifecycle import choices
from charteroak.submissions.models import Delivery


class LinkRun(models.Model):
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="link_runs")
    status = models.CharField(
        max_length=20, choices=choices(link_run.Status), default=link_run.Status.STARTED
    )
    recipe_hash = models.CharField(max_length=64, blank=True)
    inputs = models.ManyToManyField(Delivery, related_name="+")
    pairs = models.CharField(max_length=64, blank=True)  # identity-store object
    crosswalk = models.CharField(max_length=64, blank=True)  # crosswalk-store object, once settled
    report = models.JSONField(default=dict)  # counts and rates only
    pairs_to_review = models.IntegerField(default=0)
    started_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    linked_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            by_and_at("link_run", "settled"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=~models.Q(status=link_run.Status.FAILED),
                name="one_link_run",
            ),
        ]

    def __str__(self) -> str:
        return f"Link run {self.pk} for {self.agreement.number}"


class PairDecision(models.Model):
    """One doubtful pair, by its place in the run's list (1, 2, …); the identifiers stay in the vault."""

    link_run = models.ForeignKey(LinkRun, models.CASCADE, related_name="pair_decisions")
    pair = models.PositiveIntegerField()
    same_person = models.BooleanField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link_run", "pair"], name="pair_decided_once")]


class MatchConfirmation(models.Model):
    link_run = models.ForeignKey(LinkRun, models.PROTECT, related_name="confirmations")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link_run", "agency"], name="confirmed_once")]


class Extract(models.Model):
    link_run = models.OneToOneField(LinkRun, models.PROTECT, related_name="extract")
    status = models.CharField(max_length=12, choices=choices(extract.Status), default=extract.Status.ORDERED)
    tables = models.JSONField(default=dict)  # table → {columns, rows, sha256 of the Parquet bytes}
    stored = models.JSONField(default=dict)  # table → extract-store object (evidence kept apart)
    summary = models.JSONField(default=dict)  # people, rows, missing shares: what the reviewer sees
    ordered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, blank=True)
    cleared_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [by_and_at("extract", "cleared")]
