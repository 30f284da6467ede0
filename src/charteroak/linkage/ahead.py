"""Compiles everything that linking calls ahead of the first file."""

import polars as pl

from charteroak.linkage.link import link
from charteroak.linkage.recipe import LinkageError

_PEOPLE = [
    (f"{place}", ("Ana", "Luis", "Maria")[place % 3], ("Rivera Lopez", "Okafor")[place % 2],
     f"19{70 + place}-03-1{place % 9}", f"9{place:08}", f"{place} Main Street", "06511", place % 7)
    for place in range(24)
]  # fmt: skip
_COLUMNS = ("record_id", "first", "last", "dob", "ssn", "address", "zip", "age")


def compile_all() -> None:
    """Link two files of invented people, which calls every compiled function once.

    About 15 seconds where no earlier process of this account left the code, under one where it did.
    """
    frame = pl.DataFrame(_PEOPLE, schema=list(_COLUMNS), orient="row")
    found = link({"one": frame, "other": frame}, one_per_person=("one",))
    if found.clusters["cluster"].n_unique() != frame.height:
        raise LinkageError("the compiled code links wrongly; remove its cache folder and compile anew")
