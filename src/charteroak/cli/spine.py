"""`oak link … --spine FOLDER`: a new file against records that were linked before."""

import json
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from charteroak.linkage import Linkage, Phases, Recipe
    from charteroak.linkage.spine import Against


def kept(folder: Path | None) -> bool:
    """Whether there is a spine to link against."""
    from charteroak.linkage import spine

    return folder is not None and spine.read.exists(folder)


def begin(folder: Path, frames: "dict[str, pl.DataFrame]", ids: dict[str, str], found: "Linkage") -> None:
    """Keep what was just linked as a new spine."""
    from charteroak.linkage import spine
    from charteroak.linkage.encode import encode

    spine.write.spine(folder, spine.build(encode(frames, ids, found.recipe), found))


def against(
    folder: Path, frames: "dict[str, pl.DataFrame]", ids: dict[str, str], recipe: "Recipe | None", phases: "Phases",
    *, look: bool,
) -> "Against":  # fmt: skip
    """Link files to the spine's records, and keep them with these unless one only looks."""
    from charteroak.linkage import spine

    with phases.phase("read"):
        before = spine.read.spine(folder, recipe)
    found = spine.link(before, frames, id=ids, phases=phases)
    if not look:
        with phases.phase("report"):
            spine.write.spine(folder, found.extended())
    return found


def write(frame: "pl.DataFrame", place: Path | None) -> None:
    if place:
        frame.write_csv(place) if place.suffix == ".csv" else frame.write_parquet(place)


def tell(found: "Against", tables: "dict[Path | None, pl.DataFrame]", as_json: bool) -> None:
    """What became of the new records, in the tables that were asked for and in a line."""
    for place, table in tables.items():
        write(table, place)
    threshold = found.spine.recipe.link
    counted = found.events["event"].value_counts().iter_rows()
    summary: dict[str, Any] = {
        "records": {
            "new": found.people.person.size - found.spine.person.size,
            "spine": found.spine.person.size,
        },
        "pairs": found.pairs,
        "links": found.links.filter(found.links["match_probability"] >= threshold).height,
        "events": dict.fromkeys(("created", "joined", "merged", "split"), 0) | dict(counted),
        "threshold": threshold,
        "seconds": {phase: round(taken, 4) for phase, taken in found.seconds.items()},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    events = summary["events"]
    click.echo(
        json.dumps(summary)
        if as_json
        else f"{summary['records']['new']:,} new records against {summary['records']['spine']:,}: "
        f"{events['joined']:,} persons of the spine got records, {events['created']:,} persons are new, "
        f"{events['merged']:,} were merged into others, {events['split']:,} split."
    )
