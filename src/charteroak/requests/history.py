"""What changed in a request and who changed it, so that an older page takes nobody's words away."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.policy.decision import Reason, Stale
from charteroak.policy.sentence import Sentence
from charteroak.requests.models import Change, DataRequest

Said = (
    Any  # what a part of the form says, as JSON: a text, a number, a list of texts, or None for "not asked"
)


def plain(value: Any) -> Said:
    """As JSON holds it and a form shows it."""
    return value.isoformat() if isinstance(value, date) else value


def current(record: DataRequest, parts: Iterable[str]) -> dict[str, Said]:
    """What these parts of the form say now; where something unreadable was typed, that."""
    return {part: record.unread.get(part, plain(getattr(record, part))) for part in parts}


def columns_now(record: DataRequest, variables: Iterable[int]) -> dict[str, Said]:
    """Of each variable its purpose and justification, or None where it is not asked for."""
    asked = {
        column.variable_id: [column.purpose, column.justification]
        for column in record.columns.filter(variable__in=list(variables))
    }
    return {column_part(variable): asked.get(variable) for variable in variables}


def column_part(variable: int) -> str:
    return f"column {variable}"


def as_shown(record: DataRequest, seen: int | None, now: Mapping[str, Said], by: Person) -> dict[str, Said]:
    """What these parts say on this person's page, opened at revision `seen`; without one, what they say now."""
    shown = dict(now)
    if seen is not None:
        for change in unseen(record, seen, by).filter(part__in=list(now)).order_by("-revision"):
            shown[change.part] = change.before
    return shown


def since(record: DataRequest, seen: int, by: Person) -> QuerySet[Change]:
    """What others changed after revision `seen`: what one writes oneself, one knows."""
    return record.changes.filter(revision__gt=seen).exclude(by=by).select_related("by")


def unseen(record: DataRequest, seen: int, by: Person) -> QuerySet[Change]:
    """What a page opened at revision `seen` does not show: what others changed, else what one wrote on another page.

    A page that saves by itself counts on with each saving until a colleague writes; from then on it stands still,
    and what its own reader wrote since is shown on it.
    """
    others = since(record, seen, by)
    return others if others.exists() else record.changes.filter(revision__gt=seen).select_related("by")


def require_unchanged(record: DataRequest, seen: int | None, by: Person) -> None:
    """Raises Stale when the page on which somebody acts shows an older request than the one on record."""
    if seen is not None and since(record, seen, by).exists():
        message = Sentence("The request has changed since you opened the page.")
        raise Stale((Reason("changed_meanwhile", message, "Read what changed, then decide."),))


def note(record: DataRequest, by: Person, changed: Mapping[str, tuple[Said, Said]]) -> None:
    """Count one more revision with these parts (before, after); within the caller's transaction, on a locked row."""
    record.revision += 1
    record.save(update_fields=["revision"])
    at = clock.now()
    Change.objects.bulk_create(
        Change(
            data_request=record, revision=record.revision, part=part, before=before, after=after, by=by, at=at
        )
        for part, (before, after) in changed.items()
    )
