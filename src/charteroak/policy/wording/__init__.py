"""The words of agreements: versioned clause templates, locked and editable."""

from charteroak.policy.wording.read import shipped
from charteroak.policy.wording.template import Open, Template, words

__all__ = ["Open", "Template", "latest", "made_of", "words"]


def latest() -> dict[str, Template]:
    """The templates that a new agreement is drafted from, by kind of clause."""
    return list(shipped().values())[-1]


def made_of(name: str, kind: str) -> Template:
    """The template named `2026-1/preview`; a clause drafted before templates had versions is of the first.

    What nobody describes is locked: its words stay as they are.
    """
    version = name.partition("/")[0] or next(iter(shipped()))
    unknown = Template(version, kind, heading="", text="", locked=True)
    return shipped().get(version, {}).get(kind, unknown)
