"""One thing that happened to a project's files beside the platform: who, what, on which day, with which hash."""

from django.db import models
from django.db.models import Q

from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models import WHAT, Agreement
from charteroak.policy import elsewhere
from charteroak.policy.delivery import FileKind
from charteroak.policy.lifecycle import choices


class Happening(models.Model):
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="happenings")
    act = models.CharField(max_length=25, choices=choices(elsewhere.Action))
    on = models.DateField()  # the day on which it happened
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+"
    )  # whose file or word
    kind = models.CharField(max_length=10, choices=choices(FileKind), blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    way = models.CharField(max_length=80, blank=True)  # how it went, such as SFTP; or how it was destroyed
    what = models.CharField(max_length=15, choices=WHAT, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "act"], condition=Q(act__in=("match", "deliver")), name="happened_once"
            ),
            models.UniqueConstraint(
                fields=["agreement", "agency"], condition=Q(act="confirm"), name="match_confirmed_once"
            ),
            models.UniqueConstraint(
                fields=["agreement", "what"], condition=Q(act="destroy"), name="destruction_certified_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} {self.on}"
