"""What must be destroyed by when, what each agency is given before, and the approvals that certificates cite."""

from django.db import models

from charteroak.agencies.models import Agency, Person
from charteroak.agreements.models.agreement import Agreement
from charteroak.policy.matter import DESTROYS, Clock

WHAT = [(one.value, str(says)) for one, says in DESTROYS.items()]


class DestructionDuty(models.Model):
    """What must be destroyed by when. Each room destroys its own and answers here with a certificate."""

    What = Clock

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="duties")
    what = models.CharField(max_length=15, choices=WHAT)
    began_on = models.DateField(null=True, blank=True)  # when its clock started, where that was an act
    due_on = models.DateField(null=True, blank=True)  # set when its clock starts
    reason = models.CharField(max_length=200, blank=True)  # what started the clock
    done_at = models.DateTimeField(null=True, blank=True)
    sealed_until = models.DateTimeField(null=True, blank=True)  # something could still restore it until then
    certificate = models.JSONField(null=True, blank=True)  # objects, keys, when, by which process

    class Meta:
        ordering = ["due_on"]
        constraints = [models.UniqueConstraint(fields=["agreement", "what"], name="duty_once")]


class DisclosureRecord(models.Model):
    """What was disclosed of one agency's records, as it was handed over before something was destroyed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="disclosure_records")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    what = models.CharField(max_length=15, choices=WHAT)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)  # of the content as JSON
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "agency", "what"], name="disclosure_record_once")
        ]


class RetentionApproval(models.Model):
    """The series of the retention schedule under which something is destroyed, and who approved that, and when."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="retention_approvals"
    )  # none: it holds for every agreement that has none of its own
    what = models.CharField(max_length=15, choices=WHAT)
    series = models.CharField(max_length=60)
    approval = models.CharField(max_length=120)  # its number
    given_by = models.CharField(
        max_length=120, blank=True
    )  # which office; older ones name it with the number
    approved_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
