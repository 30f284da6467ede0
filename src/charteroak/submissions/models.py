"""Agency deliveries and what was found in them; lists of numbers the hub asks an agency to find."""

from django.db import models

from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models import Agreement
from charteroak.policy import delivery, finder_list
from charteroak.policy.lifecycle import choices


class Delivery(models.Model):
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="deliveries")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=choices(delivery.FileKind))
    file_name = models.CharField(max_length=120)
    status = models.CharField(
        max_length=12, choices=choices(delivery.Status), default=delivery.Status.QUARANTINED
    )
    ciphertext = models.CharField(max_length=64)  # incoming object; its SHA-256
    size = models.BigIntegerField()
    received_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    rows = models.IntegerField(null=True, blank=True)
    stored = models.CharField(max_length=64, blank=True)  # object in the identity or payload store

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "agency", "kind"],
                condition=models.Q(status=delivery.Status.ACCEPTED),
                name="one_accepted_delivery",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return f"/submissions/{self.agreement.number}/#delivery-{self.pk}"


class Finding(models.Model):
    """Where, what, and how to mend it; never the value itself."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="findings")
    first_row = models.IntegerField(null=True, blank=True)
    column = models.CharField(max_length=60, blank=True)
    rows = models.IntegerField(default=1)  # how many rows show it
    cause = models.CharField(max_length=300)
    cure = models.CharField(max_length=300)

    class Meta:
        ordering = ["pk"]


class AgencyKey(models.Model):
    """An agency's age public key, as its steward registered it; added, never changed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="keys")
    recipient = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=40)
    registered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()


class FinderList(models.Model):
    """Numbers mixed with decoys, encrypted to the agency that is asked to find them."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="finder_lists")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    source = models.ForeignKey(Delivery, models.PROTECT, related_name="+")
    key = models.ForeignKey(AgencyKey, models.PROTECT, related_name="+")  # what it is encrypted to
    ordered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    ciphertext = models.CharField(max_length=64, blank=True)  # incoming-store object, once made
    numbers = models.IntegerField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "agency"], name="one_finder_list")]

    @property
    def status(self) -> finder_list.Status:
        return finder_list.Status.MADE if self.ciphertext else finder_list.Status.ORDERED
