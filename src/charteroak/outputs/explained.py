"""What is not said yet of the files of a release request."""

from django.db.models import BooleanField, ExpressionWrapper, Q

from charteroak.outputs.models import ReleaseRequest
from charteroak.policy.explained import Part
from charteroak.policy.release_request import Status

BLANK = {
    Part.CONTEXT: Q(context__regex=r"^\s*$"),
    Part.POPULATION: Q(population__regex=r"^\s*$"),
    Part.KINDS: Q(kinds=[]),
    Part.CONTROLS: Q(controls__regex=r"^\s*$"),
}


def unexplained(record: ReleaseRequest) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    """Files of which something is not said before they are sent, with what that is: one query for all of them."""
    if record.status not in (Status.DRAFT, Status.RETURNED):
        return ()
    lacks = {f"no_{part}": ExpressionWrapper(blank, BooleanField()) for part, blank in BLANK.items()}
    any_ = Q()
    for blank in BLANK.values():
        any_ |= blank
    rows = record.files.filter(any_).order_by("name").annotate(**lacks).values_list("name", *lacks)
    return tuple(
        (name, tuple(part for part, lacking in zip(BLANK, found, strict=True) if lacking))
        for name, *found in rows
    )
