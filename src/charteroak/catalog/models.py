"""What agencies hold: datasets and their typed variables, how sensitive each is and which law governs it."""

from django.db import models
from django.urls import reverse

from charteroak.agencies.models import Agency


class Dataset(models.Model):
    class File(models.TextChoices):
        MATCHING = "matching", "Matching file (identifiers)"
        ANALYSIS = "analysis", "Analysis file"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="datasets")
    file = models.CharField(max_length=12, choices=File)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    first_year = models.IntegerField(null=True, blank=True)
    last_year = models.IntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "file"], name="dataset_once")]
        ordering = ["agency__code", "-file"]

    def __str__(self) -> str:
        return f"{self.agency.code} {self.file}"

    def get_absolute_url(self) -> str:
        return reverse("dataset", args=[self.agency.code, self.file])


class Variable(models.Model):
    class Type(models.TextChoices):
        TEXT = "text"
        INTEGER = "integer"
        NUMBER = "number"
        DATE = "date"
        CODE = "code"

    class Sensitivity(models.TextChoices):
        IDENTIFIER = "direct identifier"
        QUASI = "quasi-identifier"
        SENSITIVE = "sensitive"
        PLAIN = "plain"

    class Use(models.TextChoices):
        LINKING = "linking"
        STUDY = "study"
        EVIDENCE = "evidence"  # for the airlock's checks only, never in an extract

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="variables")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=200, blank=True)
    definition = models.TextField(blank=True)
    type = models.CharField(max_length=10, choices=Type)
    width = models.PositiveIntegerField(null=True, blank=True)  # exact characters, for identifiers
    required = models.BooleanField(default=False)
    codes = models.JSONField(default=dict, blank=True)  # code → label
    sensitivity = models.CharField(max_length=20, choices=Sensitivity)
    regime = models.CharField(max_length=60, blank=True)
    regime_verified = models.BooleanField(default=False)
    use = models.CharField(max_length=10, choices=Use)
    ceds = models.CharField(max_length=20, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="variable_once")]
        ordering = ["dataset", "position"]

    def __str__(self) -> str:
        return f"{self.dataset.agency.code} {self.name}"
