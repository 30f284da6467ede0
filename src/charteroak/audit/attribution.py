"""Who and when belong together: a record names both or neither, and the database holds it to that."""

from django.db.models import CheckConstraint, Q


def by_and_at(record: str, act: str) -> CheckConstraint:
    """`<act>_by` and `<act>_at` of `record` are both set or both empty."""
    by, at = f"{act}_by__isnull", f"{act}_at__isnull"
    return CheckConstraint(
        condition=Q(**{by: True, at: True}) | Q(**{by: False, at: False}), name=f"{record}_{act}_by_and_at"
    )
