"""A look at what is sealed: the process that holds the key decides, records it and shows it, in that order."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Model
from procrastinate.contrib.django import app

from charteroak.adapters import showing
from charteroak.audit import actions as audit
from charteroak.audit.actions import Actor
from charteroak.audit.leaf import Fact
from charteroak.policy.decision import Decision, Refused


def ask(task: str, *, by: Actor, **what: Any) -> dict[str, Any]:
    """What the process that does `task` shows to this person's page. Raises Refused, showing.NotShown."""

    def defer(token: str, recipient: str) -> object:
        asked = app.configure_task(task, allow_unknown=False)
        return asked.defer(person=by.username, token=token, recipient=recipient, **what)

    return showing.read(showing.ask(defer))


def show(
    name: str, read: Callable[[], dict[str, Any]], decided: Decision, token: str, recipient: str,
    *, by: Actor, subject: Model, **facts: Fact,
) -> None:  # fmt: skip
    """Seal what `read` finds to the page that asked, as the event `name` of that person; or tell it why not."""
    if not decided:
        refused = Refused(decided.reasons)
        audit.record_refusal(refused, action=name, by=by, subject=subject)
        showing.answer(token, recipient, showing.refusal(refused))
        return
    clauses = sorted(set(decided.clauses))
    note = partial(audit.record, name, by=by, subject=subject, clauses=clauses, **facts)
    showing.hand_over(token, recipient, read, transaction.atomic(note))
