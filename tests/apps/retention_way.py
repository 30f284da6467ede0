"""Approvals under which records are destroyed, as the policy office puts them on record."""

from apps.way import person
from charteroak.adapters import clock
from charteroak.agreements import retention
from charteroak.agreements.models import Agreement
from charteroak.policy.matter import Clock


def approve(*whats: Clock, agreement: Agreement | None = None) -> None:
    """For these kinds (every kind, unless named): of one agreement, or of all."""
    for what in whats or Clock:
        retention.record(
            by=person("sam.reyes"), what=what, series=f"X-{what.value}", approval="2026-17",
            given_by="Records office", approved_on=clock.today(), agreement=agreement,
        )  # fmt: skip
