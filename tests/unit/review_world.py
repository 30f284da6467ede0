"""Small worlds of three agencies' files with known answers."""

import numpy as np
import polars as pl

from charteroak.linkage.review import LinkRun, link, plan_042

SURNAMES = [
    "Adler",
    "Brooks",
    "Castillo",
    "Duarte",
    "Evans",
    "Fontaine",
    "Greene",
    "Hoang",
    "Ivers",
    "Lindqvist",
]
GIVEN = [
    "Aaron",
    "Bianca",
    "Clara",
    "Derek",
    "Elena",
    "Fergus",
    "Gloria",
    "Hugo",
    "Irene",
    "Jorge",
    "Kira",
    "Lucas",
]
SDE = ("record_id", "sasid", "last", "first", "middle", "dob", "gender")
CSC = ("record_id", "sasid", "ssn", "last", "first", "middle", "dob", "gender")
DOL = ("record_id", "ssn", "last_name", "first_initial")
Row = tuple[str | None, ...]


def world(sde: list[Row], csc: list[Row], dol: list[Row]) -> dict[str, pl.DataFrame]:
    """The given records among 300 ordinary people, of whom 150 stand in all three files without a SASID."""
    rng = np.random.default_rng(7)
    sde, csc, dol = list(sde), list(csc), list(dol)
    for n in range(300):
        last, first = str(rng.choice(SURNAMES)), str(rng.choice(GIVEN))
        born = f"{rng.integers(1998, 2006)}{rng.integers(1, 13):02}{rng.integers(1, 29):02}"
        sex = str(rng.choice(["F", "M"]))
        sde.append((f"S9{n:03}", f"77{n:04}1", last, first, None, born, sex))
        if n < 150:
            csc.append((f"C9{n:03}", None, f"9001{n:04}2", last, first, None, born, sex))
            dol.append((f"D9{n:03}", f"9001{n:04}2", last, first[0]))
    columns = {"SDE": (SDE, sde), "CSC": (CSC, csc), "DOL": (DOL, dol)}
    return {
        file: pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
        for file, (names, rows) in columns.items()
    }


def run(sde: list[Row], csc: list[Row], dol: list[Row] | None = None) -> LinkRun:
    return link(world(sde, csc, dol or []), plan_042())


def status(found: LinkRun, left: str, right: str) -> str:
    """The pair's status, or `unlisted` when no pass thought it worth a word."""
    pair = found.pairs.filter(left_id=left, right_id=right)
    return str(pair["status"][0]) if pair.height else "unlisted"


def pair_of(found: LinkRun, left: str, right: str) -> str:
    return str(found.pairs.filter(left_id=left, right_id=right)["pair_id"][0])


def together(found: LinkRun, *records: str) -> bool:
    return found.people.filter(pl.col("record_id").is_in(records))["person"].n_unique() == 1


ANA: Row = ("S1", "8209183346", "Rivera-Lopez", "Ana", "M", "20030214", "F")
