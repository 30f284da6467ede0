"""A small invented population and the files that two agencies keep of it, for tests of linkage."""

import numpy as np
import polars as pl

GIVEN = [
    "Ana",
    "Luis",
    "Maria",
    "James",
    "Robert",
    "Linda",
    "Priya",
    "Wei",
    "Fatima",
    "Olga",
    "Kwame",
    "Sofia",
    "Noah",
    "Emma",
    "Ivan",
    "Chidi",
    "Yuki",
    "Omar",
    "Greta",
    "Paulo",
]
FAMILY = [
    "Rivera",
    "Smith",
    "Chen",
    "Okafor",
    "Haddad",
    "Nowak",
    "Silva",
    "Johnson",
    "Patel",
    "Kim",
    "Lopez",
    "Brown",
    "Garcia",
    "Ivanov",
    "Mensah",
    "Tanaka",
    "Murphy",
    "Costa",
    "Weber",
]
STREETS = ["Elm St", "Oak Avenue", "Main Street", "Hill Rd", "Lake Drive", "Park Lane", "Pine Ct", "River Rd"]


def population(size: int, seed: int) -> pl.DataFrame:
    """People with every fact, households of two sharing surname and address."""
    rng = np.random.default_rng(seed)
    home = np.arange(size) // 2
    street = [
        f"{n} {STREETS[k]}"
        for n, k in zip(rng.integers(1, 900, size), rng.integers(0, len(STREETS), size), strict=True)
    ]
    days = rng.integers(0, 25_000, size)
    return pl.DataFrame(
        {
            "person": [f"p{n}" for n in range(size)],
            "first_name": rng.choice(GIVEN, size),
            "last_name": np.array(rng.choice(FAMILY, size))[home],
            "dob": pl.Series(days).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d"),
            "ssn": [
                f"{n:09}" for n in rng.choice(np.arange(100_000_000, 899_999_999, 7_919), size, replace=False)
            ],
            "address": np.array(street)[home],
            "zip": [f"06{n:03}" for n in rng.integers(1, 120, size)[home]],
        }
    )


def damaged(people: pl.DataFrame, seed: int, share: float) -> pl.DataFrame:
    """A file of these people in which each fact is missing or misspelt with probability `share`."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name in ("first_name", "last_name", "dob", "ssn", "address", "zip"):
        values = people[name].to_list()
        for row in np.flatnonzero(rng.random(len(values)) < share):
            at = int(rng.integers(0, len(values[row])))
            values[row] = None if rng.random() < 0.4 else values[row][:at] + "7" + values[row][at + 1 :]
        columns[name] = values
    return pl.DataFrame(
        {"id": [f"r{n}" for n in range(people.height)], "person": people["person"], **columns}
    )
