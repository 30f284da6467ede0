"""A request as it was sent, each time, and what changed from one time to the next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.policy.attachment import Kind
from charteroak.policy.request_change import TEAM
from charteroak.policy.sentence import words
from charteroak.requests.answers import ANSWERS
from charteroak.requests.history import plain
from charteroak.requests.models import DataRequest, Version
from charteroak.requests.papers import held

PAPER = "paper "  # before a paper's name, among the parts of a request


@dataclass(frozen=True)
class Difference:
    """A part of the request that is not as it was; empty: it was not there, or is no longer."""

    part: str  # a field's name, "team", a column as "SDE analysis gpa", or a paper as "paper irb.pdf"
    before: str
    after: str


def keep(record: DataRequest, by: Person, at: datetime) -> Version:
    """Keep what is being sent as the next version; within the caller's transaction, on a locked row."""
    return Version.objects.create(
        data_request=record,
        number=record.versions.count() + 1,
        content=content(record),
        submitted_by=by,
        submitted_at=at,
    )


def content(record: DataRequest) -> dict[str, Any]:
    """Everything that the applicants say in the request, as JSON."""
    columns = record.columns.select_related("variable__dataset__agency")
    return {
        "answers": {part: plain(getattr(record, part)) for part in ANSWERS},
        "team": sorted(record.team.values_list("person__name", flat=True)),
        "columns": {f"{c.variable.dataset} {c.variable.name}": [c.purpose, c.justification] for c in columns},
        "papers": {one.name: [one.kind, one.sha256] for one in held(record)},
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """What two versions say differently: answers in the form's order, the team, then columns by name."""
    old, new = _flat(before), _flat(after)
    parts = [*new, *(part for part in old if part not in new)]
    pairs = [Difference(part, old.get(part, ""), new.get(part, "")) for part in parts]
    return [pair for pair in pairs if pair.before != pair.after]


def _flat(said: dict[str, Any]) -> dict[str, str]:
    told = {
        **said["answers"],
        "team": ", ".join(said["team"]),
        **{name: " – ".join(filter(None, why)) or "–" for name, why in sorted(said["columns"].items())},
        **{f"{PAPER}{name}": _paper(*one) for name, one in sorted(said.get("papers", {}).items())},
    }
    return {part: "" if value is None else str(value) for part, value in told.items()}


def _paper(kind: str, sha256: str) -> str:
    return f"{words(Kind(kind))}, SHA-256 {sha256[:16]}…"


def heading(part: str) -> str:
    """What a page calls a part that differs."""
    if part.startswith(PAPER):
        return _("paper %s") % part.removeprefix(PAPER)
    return _({**ANSWERS, TEAM: "team"}.get(part, part))
