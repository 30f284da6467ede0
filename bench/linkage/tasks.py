"""What is linked, and by which rules: the same for both engines. Splink's comparisons are its library's."""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

Rules = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Task:
    """`data` is a set of `prepare`. A key of a rule is a column, or `column:n`, its first n characters.

    `fields`: column → how Splink compares it (see `peer.comparison`). `trained_on`: the rules under which Splink
    runs expectation-maximisation. `certain`: rules it takes for near-certain when it estimates the prior.
    `same_rules`: whether our engine must use `rules` too (the speed figures), or may infer its own recipe.
    """

    name: str
    data: str
    fields: dict[str, str]
    rules: Rules
    trained_on: Rules
    certain: Rules
    same_rules: bool = False
    link_only: bool = False
    pairs_drawn: float = 1e6
    extra: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


PEOPLE = {
    "first_name": "name",
    "middle_name": "middle",
    "last_name": "name",
    "suffix": "exact",
    "dob": "date",
    "sex": "exact",
    "ssn": "number",
    "street": "street",
    "city": "term",
    "zip": "term",
}
NARROW: Rules = (
    ("ssn",),
    ("last_name", "dob"),
    ("first_name", "dob"),
    ("first_name", "last_name"),
    ("street", "zip"),
)
WIDE: Rules = (*NARROW, ("last_name", "zip"), ("dob",))
SURE: Rules = (("ssn", "dob"), ("first_name", "last_name", "dob"))
SIMULATED = {
    "first_name": "name",
    "middle_initial": "exact",
    "last_name": "name",
    "dob": "date",
    "sex": "exact",
    "ssn": "number",
    "street": "street",
    "unit": "exact",
    "city": "term",
    "zip": "term",
}
FEBRL = {
    "first_name": "name",
    "last_name": "name",
    "dob": "date",
    "ssn": "number",
    "street_number": "exact",
    "address_1": "street",
    "city": "street",
    "zip": "term",
    "state": "term",
}


def chosen(fields: dict[str, str], *without: str) -> dict[str, str]:
    return {name: how for name, how in fields.items() if name not in without}


def synthetic(size: str, rules: Rules, name: str) -> Task:
    return Task(
        name,
        f"synthetic_{size}",
        PEOPLE,
        rules,
        (("first_name", "last_name"), ("dob",)),
        SURE,
        same_rules=True,
    )


TASKS = {
    task.name: task
    for task in (
        Task(
            "febrl4",
            "febrl4",
            FEBRL,
            (
                ("ssn",),
                ("last_name", "dob"),
                ("first_name", "dob"),
                ("first_name", "last_name"),
                ("zip", "street_number"),
                ("address_1",),
                ("dob", "zip"),
            ),
            (("first_name", "last_name"), ("dob",)),
            SURE,
            link_only=True,
        ),
        Task(
            "febrl4, SSN hidden",
            "febrl4_without_ssn",
            chosen(FEBRL, "ssn"),
            (
                ("last_name", "dob"),
                ("first_name", "dob"),
                ("first_name", "last_name"),
                ("zip", "street_number"),
                ("address_1",),
                ("dob", "zip"),
            ),
            (("first_name", "last_name"), ("dob",)),
            (("first_name", "last_name", "dob"),),
            link_only=True,
        ),
        Task(
            "historical_50k",
            "historical_50k",
            {
                "first_name": "name",
                "surname": "name",
                "dob": "date",
                "postcode_fake": "postcode",
                "birth_place": "term",
                "occupation": "term",
            },
            (
                ("first_name:3", "surname:4"),
                ("surname", "dob"),
                ("first_name", "dob"),
                ("postcode_fake", "first_name"),
                ("postcode_fake", "surname"),
                ("dob", "birth_place"),
                ("postcode_fake:3", "dob"),
                ("postcode_fake:3", "first_name"),
                ("postcode_fake:3", "surname"),
                ("first_name:2", "surname:2", "dob:4"),
            ),
            (("first_name", "surname"), ("dob",)),
            (("first_name", "surname", "dob"), ("postcode_fake", "first_name", "surname")),
        ),
        Task(
            "fake_1000",
            "fake_1000",
            {"first_name": "name", "surname": "name", "dob": "date", "city": "term", "email": "email"},
            (("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("email",)),
            (("first_name", "surname"), ("dob",)),
            (("first_name", "surname", "dob"), ("email",)),
        ),
        Task(
            "pseudopeople, five files pooled",
            "pool",
            chosen(SIMULATED, "city", "zip", "unit"),  # Splink does better without them here
            (
                ("ssn",),
                ("last_name", "dob"),
                ("first_name", "dob"),
                ("first_name", "last_name"),
                ("street", "first_name"),
                ("street", "last_name"),
            ),
            (("ssn",), ("first_name", "last_name"), ("last_name", "dob")),
            (("ssn", "last_name"), ("first_name", "last_name", "street")),
        ),
        Task(
            "census × W-2, names and addresses",
            "census_w2",
            chosen(SIMULATED, "ssn", "dob", "sex", "city", "zip"),
            (
                ("first_name", "last_name"),
                ("street", "first_name"),
                ("street", "last_name"),
                ("street", "unit"),
            ),
            (("first_name", "last_name"), ("street", "first_name")),
            (("first_name", "last_name", "street"),),
        ),
        Task(
            "census × SSA, SSN hidden",
            "census_ssa",
            {"first_name": "name", "last_name": "name", "dob": "date", "sex": "exact"},
            (("last_name", "dob"), ("first_name", "dob"), ("first_name", "last_name")),
            (("first_name", "last_name"), ("dob",)),
            (("first_name", "last_name", "dob"),),
        ),
        synthetic("100k", NARROW, "synthetic 100k"),
        synthetic("1m", NARROW, "synthetic 1 M, narrow rules"),
        synthetic("1m", WIDE, "synthetic 1 M, wide rules"),
        synthetic("10m", NARROW, "synthetic 10 M, narrow rules"),
    )
}
POOL = TASKS["pseudopeople, five files pooled"]
PLACES = {
    "first_name": "name",
    "last_name": "name",
    "dob": "date",
    "address": "street",
    "city": "term",
    "zip": "term",
}


def copies(number: int) -> Task:
    rules = (
        ("ssn",),
        ("last_name", "dob"),
        ("first_name", "dob"),
        ("first_name", "last_name"),
        ("address_1",),
    )
    return Task(
        f"febrl{number}", f"febrl{number}", FEBRL, rules, (("first_name", "last_name"), ("dob",)), SURE
    )


def foreign(name: str) -> Task:
    rules = (
        ("last_name", "dob"),
        ("first_name", "dob"),
        ("first_name", "last_name"),
        ("address",),
        ("zip", "dob"),
    )
    return Task(
        name,
        name,
        PLACES,
        rules,
        (("first_name", "last_name"), ("dob",)),
        (("first_name", "last_name", "dob"),),
    )


HELD_OUT: dict[str, tuple[Task, int]] = {
    "pseudopeople, seed 3": (POOL, 3),
    "pseudopeople, seed 5, three times the noise": (replace(POOL, data="pool_noisy"), 5),
    "census × W-2, seed 3": (TASKS["census × W-2, names and addresses"], 3),
    **{f"febrl{number}": (copies(number), 1) for number in (1, 2, 3)},
    **{
        name: (foreign(name), 11)
        for name in (
            "faker_en_US", "faker_en_IN", "faker_es_MX", "faker_pt_BR", "faker_fr_FR", "faker_pl_PL", "faker_de_DE",
            "faker_tr_TR", "faker_vi_VN", "faker_zh_CN", "faker_es_MX_noisy", "faker_fr_FR_noisy",
        )
    },
}  # fmt: skip
"""Name → task and seed of the sets that nothing was chosen by (`heldout`)."""
