"""A recipe from the columns present, and its explanation in plain words."""

from collections.abc import Collection, Mapping

from charteroak.linkage.columns import recognise
from charteroak.linkage.kinds import levels_of, weighs_by_frequency
from charteroak.linkage.recipe import Field, Kind, LinkageError, Pass, Recipe

G, M, F, B, A = "given_name", "middle_name", "family_name", "birth_date", "address"
JOINED = 0.5
"""Match probability from which records are joined before the threshold of the links is chosen: likelier than not."""
SURE = 0.998
"""Precision that a deterministic pass must have to link without regard to the weight."""
AIM = 0.9995
"""Precision aimed at: one wrong link in two thousand."""
_PASSES = (
    ("SSN, names and birth date", {"ssn": "same", G: "nickname", F: "slip", B: "same"}),
    ("agency number and birth date", {"*": "same", B: "same"}),
    ("SSN and birth date", {"ssn": "same", B: "same"}),
    ("SSN and names", {"ssn": "same", G: "nickname", F: "slip"}),
    ("names, birth date and address", {G: "same", F: "same", B: "same", A: "same"}),
    ("names and birth date", {G: "same", F: "same", B: "same"}),
    ("names and address", {G: "same", F: "same", A: "same"}),
)


def infer(
    columns: Mapping[str, Collection[str]],
    one_per_person: tuple[str, ...] = (),
    one_line: Mapping[str, Collection[str]] | None = None,
) -> Recipe:
    """A recipe for files with these columns (by file, without the record id and the truth). `one_line`: by file, the
    columns that hold whole addresses (`addresses.one_line`).

    A field is what the columns' names reveal; a file may lack any of them. Blocking rules depend on the values too
    and are chosen when these are encoded (`choose`); here there are none. Raises LinkageError when nothing that
    identifies a person is recognised.
    """
    found: dict[str, tuple[Kind, dict[str, tuple[str, ...]]]] = {}
    for source in sorted(columns):
        for name, (kind, held) in recognise(columns[source], (one_line or {}).get(source, ())).items():
            found.setdefault(name, (kind, {}))[1][source] = held
    fields = tuple(
        Field(name, kind, held, levels_of(kind), weighs_by_frequency(kind))
        for name, (kind, held) in sorted(
            found.items(), key=lambda item: (list(Kind).index(item[1][0]), item[0])
        )
        if not (kind == Kind.STATE or (kind == Kind.NUMBER and B in found))
    )[:16]
    if not fields:
        raise LinkageError(
            "no column was recognised that tells people apart; give a recipe that names the fields"
        )
    names = {field.name for field in fields}
    return Recipe(
        fields, (), passes=_passes(fields), link=JOINED, join=JOINED, aim=AIM, pass_precision=SURE,
        one_per_person=one_per_person, household=A if A in names else None,
    )  # fmt: skip


def _passes(fields: tuple[Field, ...]) -> tuple[Pass, ...]:
    names = {field.name for field in fields}
    passes = []
    for name, agree in _PASSES:
        numbers = [field.name for field in fields if field.kind == Kind.AGENCY_ID] if "*" in agree else [""]
        for number in numbers:
            named = {(number if key == "*" else key): level for key, level in agree.items()}
            if set(named) <= names:
                passes.append(Pass(name.replace("agency number", number), named))
    return tuple(passes)


def explain_recipe(recipe: Recipe) -> str:
    """The recipe in plain words, a line per decision."""
    lines = []
    for field in recipe.fields:
        where = "; ".join(
            f"{', '.join(held)}" + ("" if source == "*" else f" in {source}")
            for source, held in field.columns.items()
        )
        graded = ", ".join(level.name for level in field.levels)
        rare = "; a rare value weighs more" if field.term_frequency else ""
        lines.append(f"{field.name} ({field.kind.value}) is read from {where}, graded {graded}{rare}.")
    for rule in recipe.blocks:
        lines.append(f"Two records are compared when they share {' and '.join(_key(key) for key in rule)}.")
    for step in recipe.passes:
        agreed = ", ".join(f"{name} {level}" for name, level in step.agree.items())
        lines.append(f"Pass “{step.name}”: {agreed} or better.")
    lines.append(
        f"From a match probability of {recipe.link} up two records are linked; from {recipe.keep} up they are listed."
    )
    if recipe.aim is not None:
        lines.append(
            f"The threshold is then chosen anew: the best expected F1, or stricter where that gains a precision of "
            f"{recipe.aim} cheaply."
        )
    if recipe.one_per_person:
        lines.append(f"Nobody stands twice in {', '.join(recipe.one_per_person)}.")
    if recipe.household:
        lines.append(
            f"Records with one {recipe.household} are weighed as a household: a shared surname proves little there."
        )
    return "\n".join(lines)


def _key(key: str) -> str:
    field, _, part = key.partition(":")
    words = {"sound": "sound of", "start": "first letters of", "initial": "initial of", "year": "year of",
        "month_day": "day and month of", "last4": "last four of", "prefix3": "first three of",
        "first_word": "first word of", "last_word": "last word of"}  # fmt: skip
    return f"the {words[part]} {field}" if part else f"the {field}"
