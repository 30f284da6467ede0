"""What programs use the site with: tokens, and the answers that a repeated request gets again."""

from django.db import models

from charteroak.adapters.news_key import SEALED
from charteroak.agencies.models import Agency, Person
from charteroak.audit.attribution import by_and_at
from charteroak.policy import token, webhook
from charteroak.policy.lifecycle import choices


class Token(models.Model):
    """Its words are shown once, to the person who made it; here stands their hash alone."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    reads_only = models.BooleanField(default=True)
    delivers_only = models.BooleanField(default=False)  # sends files in, and reads nothing
    second_factor = models.BooleanField(default=False)  # shown in the sign-in that made it
    digest = models.CharField(max_length=64, unique=True)  # SHA-256; the words are random, so no salt
    begins_with = models.CharField(max_length=12)  # by which its holder knows it again
    status = models.CharField(max_length=10, choices=choices(token.Status), default=token.Status.ACTIVE)
    created_at = models.DateTimeField()
    last_day = models.DateField()
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            by_and_at("token", "revoked"),
            models.CheckConstraint(
                condition=models.Q(reads_only=False) | models.Q(delivers_only=False),
                name="token_reads_or_delivers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.begins_with}…"


class Webhook(models.Model):
    """Where a person has news sent. The log is the outbox; `next_index` is the first event not yet looked at."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="webhooks")
    label = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=10, choices=choices(webhook.Status), default=webhook.Status.ACTIVE)
    created_at = models.DateTimeField()
    next_index = models.BigIntegerField()
    attempts = models.PositiveIntegerField(default=0)  # without an answer, one after the other
    next_attempt_at = models.DateTimeField()  # real time
    failure = models.CharField(max_length=40, blank=True)  # the last one, in one word
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [by_and_at("webhook", "ended")]

    def __str__(self) -> str:
        return self.label


class WebhookSecret(models.Model):
    """Signs what is sent; its holder has the same. The web seals it, and only who sends it can open it."""

    webhook = models.OneToOneField(Webhook, models.PROTECT, primary_key=True, related_name="secret")
    sealed = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sealed__startswith=SEALED), name="webhook_secret_is_sealed"
            )
        ]


class KeptAnswer(models.Model):
    """What was answered to a request with an Idempotency-Key, for a day; while it runs there is no answer yet."""

    by = models.CharField(max_length=60)  # user name
    key = models.CharField(max_length=100)
    asked = models.CharField(max_length=64)  # SHA-256 of method, address and body
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="answered_once")]
