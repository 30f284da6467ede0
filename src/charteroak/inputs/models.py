"""What projects ask to bring into their workspaces: one file each, scanned, reviewed, placed or refused."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.audit.attribution import by_and_at
from charteroak.policy import input_request
from charteroak.policy.lifecycle import choices
from charteroak.workspaces.models import Input, Workspace


class InputRequest(models.Model):
    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="input_requests")
    number = models.CharField(max_length=16, unique=True)  # "042-in-1"
    status = models.CharField(
        max_length=12, choices=choices(input_request.Status), default=input_request.Status.SUBMITTED
    )
    kind = models.CharField(max_length=16, choices=choices(input_request.Kind))
    name = models.CharField(max_length=120)  # of the file; of a package "name==version" until it is found
    purpose = models.TextField()  # where it comes from and what it is for
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, blank=True)  # of the plain bytes; of a package once it is found
    size = models.BigIntegerField(default=0)
    stored = models.CharField(max_length=64, blank=True)  # check-store object
    scanned_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(default=list)  # the scan's verdicts; they count and never quote
    because = models.TextField(blank=True)  # why it was refused
    reviewed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    placed = models.OneToOneField(Input, models.PROTECT, null=True, blank=True, related_name="input_request")

    class Meta:
        ordering = ["-submitted_at"]
        constraints = [
            by_and_at("input_request", "reviewed"),
            models.CheckConstraint(
                condition=~models.Q(status__in=["scanned", "accepted", "removed"])
                | models.Q(scanned_at__isnull=False),
                name="input_request_scanned",
            ),
        ]

    def __str__(self) -> str:
        return _("Input request %s") % self.number

    def get_absolute_url(self) -> str:
        return reverse("input_request", args=[self.number])
