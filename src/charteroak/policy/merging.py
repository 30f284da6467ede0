"""Two people fill in one form: what each changed is kept, and where both changed the same, a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

V = TypeVar("V")


@dataclass(frozen=True)
class Merged(Generic[V]):
    """What to write, and the parts that two people filled in differently."""

    changed: dict[str, V] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()


def merge(*, base: Mapping[str, V], mine: Mapping[str, V], theirs: Mapping[str, V]) -> Merged[V]:
    """Three-way merge of a form by its parts.

    `base` is what the page showed, `mine` what came back from it, `theirs` what is on record now; `base` and
    `theirs` hold every part of `mine`. A part left as it was shown writes nothing, so that a page left open
    takes nobody's words away. The method is that of diff3 (Khanna, Kunal and Pierce 2007), with parts for lines.
    """
    changed: dict[str, V] = {}
    conflicts = []
    for part, value in mine.items():
        if value in (base[part], theirs[part]):
            continue
        if theirs[part] == base[part]:
            changed[part] = value
        else:
            conflicts.append(part)
    return Merged(changed, tuple(conflicts))
