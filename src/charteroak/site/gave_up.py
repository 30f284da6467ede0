"""Background tasks that gave up: which they were, about what, and doing one again once the cause is mended.

A task waits for its record under a lock and does what is still to be done, so that doing it again is always safe.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from charteroak.adapters import clock
from charteroak.audit import actions as audit

VIEWS = ("hub:show_pairs", "inputs:show", "outputs:show")  # their reader is gone; looking again asks anew


@dataclass(frozen=True)
class GaveUp:
    """`about` holds the numbers of the records concerned, nothing of what they hold."""

    id: int
    task: str
    process: str
    about: dict[str, object]
    attempts: int
    at: datetime | None


def gave_up() -> list[GaveUp]:
    """Every task that failed and will not be tried again by itself, oldest first."""
    failed = ProcrastinateJob.objects.filter(status="failed").exclude(task_name__in=VIEWS)
    return [
        GaveUp(one.pk, one.task_name, one.queue_name, dict(one.args), one.attempts, one.last)
        for one in failed.annotate(last=Max("procrastinateevent__at")).order_by("pk")
    ]


def again(number: int, *, by: str) -> GaveUp:
    """Put a task that gave up back into its process's queue. Raises LookupError for any other number."""
    with transaction.atomic():
        found = next((one for one in gave_up() if one.id == number), None)
        if found is None:
            raise LookupError(f"No task {number} has given up.")
        app.job_manager.retry_job_by_id(number, clock.real_now())
        audit.record(
            "site:task:again", by=by, subject=f"task:{number}", task=found.task, process=found.process
        )
    return found
