"""What a project has used of the enclave beside processor time: disk, and what it all costs."""

from django.db.models import Sum

from charteroak.adapters import environment
from charteroak.workspaces.models import JobOutput, Workspace


def disk_used(record: Workspace) -> int:
    """Bytes that the project keeps: snapshots of its work folder, what its jobs left, what came in."""
    kept = (
        record.snapshots.filter(removed_at__isnull=True),
        record.inputs.filter(removed_at__isnull=True),
        JobOutput.objects.filter(job__workspace=record),
    )
    return sum(found.aggregate(all=Sum("size"))["all"] or 0 for found in kept)


def cost(hours: float) -> float | None:
    """What so many hours of one processor cost, where the installation has a price."""
    price = environment.price_of_an_hour()
    return None if price is None else hours * price
