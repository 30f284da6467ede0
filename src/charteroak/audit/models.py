"""What happened, in the order it happened: rows that are written once and never change."""

from django.db import models

from charteroak.audit.note import TreeHead, split

# the number of the project that an event tells of, read from the leaf by the database: migration 0003
PROJECT = models.Func(models.F("leaf"), function="audit_project", output_field=models.TextField())


class Event(models.Model):
    """One write or refusal. `leaf` is what is hashed, byte for byte; the rest repeats it for searching."""

    index = models.BigIntegerField(primary_key=True)
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    name = models.CharField(max_length=120, db_index=True)
    by = models.CharField(max_length=150)
    subject = models.CharField(max_length=200)
    domain_at = models.DateTimeField(db_index=True)
    real_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(index__gte=0), name="audit_event_counts_from_zero"),
        ]
        indexes = [
            models.Index(fields=["name", "domain_at"], name="audit_event_of_a_time"),  # for figures
            models.Index(fields=["subject", "name"], name="audit_event_of_a_record"),  # for its clocks
            models.Index(
                fields=["by", "index"], include=["name"], name="audit_event_of_a_person"
            ),  # for what they did last, and how much
            models.Index(PROJECT, models.F("index"), name="audit_event_of_a_project"),  # for its disclosures
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.name}"

    @property
    def text(self) -> str:
        """The leaf as it was hashed: JSON."""
        return bytes(self.leaf).decode()


class Checkpoint(models.Model):
    """The log's size and root, signed by the notary; from `frontier` the next one continues."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tree_head.origin} at {self.size}"

    @property
    def tree_head(self) -> TreeHead:
        return TreeHead.parse(split(self.note)[0])


class AnonymousRefusals(models.Model):
    """How often visitors without a sign-in were refused an action; becomes one event when the day is over."""

    day = models.DateField()
    action = models.CharField(max_length=120)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "action"], name="audit_one_count_per_day_and_action"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.action}: {self.count}"
