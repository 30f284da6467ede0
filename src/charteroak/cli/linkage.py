"""`oak link`: who is the same person across files."""

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from charteroak.linkage import Linkage, Model, Recipe
    from charteroak.linkage.judge import Judgement

FILE = click.Path(dir_okay=False, path_type=Path)
PHASES = ("read", "encode", "choose rules", "block", "learn", "score", "cluster", "report")


class BadInput(click.ClickException):
    """One line, exit status 2."""

    exit_code = 2


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--id", "id_column", help="Column that identifies a record; common names are recognised.")
@click.option(
    "--recipe", "recipe_file", type=FILE, help="Recipe (TOML); inferred from the columns without it."
)
@click.option("--write-recipe", type=FILE, help="Write the recipe that was used, to edit and use again.")
@click.option("--splink-model", type=FILE, help="Trained Splink 4 or 5 model (JSON) to score with.")
@click.option("--truth", help="Column that says who is who: reports how true the links are. Never a field.")
@click.option(
    "--one-per-person", multiple=True, help="Name of a file (without its ending) that holds nobody twice."
)
@click.option(
    "--spine", "spine_folder", type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a spine: FILES are linked to the records it keeps, and kept with them; made if there is none.",
)  # fmt: skip
@click.option(
    "--events", "events_file", type=FILE, help="With --spine: who was merged or split, as Parquet or CSV."
)
@click.option("--look", is_flag=True, help="With --spine: leave the spine as it is.")
@click.option("-o", "--output", type=FILE, help="Links, as Parquet or CSV.")
@click.option("--clusters", "clusters_file", type=FILE, help="People, as Parquet or CSV.")
@click.option("--report", "report_file", type=FILE, help="The report, as one HTML page.")
@click.option("--by", help="Column whose groups the report compares, such as a town or a language.")
@click.option("--json", "as_json", is_flag=True, help="Only a JSON object on standard output.")
def link(
    files: tuple[Path, ...], id_column: str | None, recipe_file: Path | None, write_recipe: Path | None,
    splink_model: Path | None, truth: str | None, one_per_person: tuple[str, ...], output: Path | None,
    clusters_file: Path | None, report_file: Path | None, by: str | None, as_json: bool,
    spine_folder: Path | None, events_file: Path | None, look: bool,
) -> None:  # fmt: skip
    """Link FILES (Parquet, CSV, Arrow) into people."""
    from charteroak import linkage
    from charteroak.cli import spine
    from charteroak.linkage import read
    from charteroak.linkage.judge import judge, truth_of

    try:
        recipe, model = _known(recipe_file, splink_model)
        frames = read.frames(list(files))
        ids = read.record_ids(frames, id_column)
        if spine_folder and spine.kept(spine_folder):
            _refuse(truth=truth, report=report_file, by=by, splink_model=splink_model, write_recipe=write_recipe,
                    one_per_person=one_per_person)  # fmt: skip
            arrived = spine.against(spine_folder, frames, ids, recipe, _phases(as_json), look=look)
            tables = {output: arrived.links, clusters_file: arrived.clusters, events_file: arrived.events}
            spine.tell(arrived, tables, as_json)
            return
        known = truth_of(frames, ids, truth) if truth else None
        groups = truth_of(frames, ids, by, "which group a record is of (--by)") if by else None
        _foretell(frames)
        found = linkage.link(
            frames, recipe, id=ids, truth=truth, model=model, one_per_person=one_per_person, phases=_phases(as_json)
        )  # fmt: skip
        judgement = judge(found, known) if known is not None else None
        if report_file:
            _report(report_file, found, judgement, groups)
        if spine_folder:
            spine.begin(spine_folder, frames, ids, found)
    except linkage.LinkageError as problem:
        raise BadInput(str(problem)) from None
    _write(found.links, output)
    _write(found.clusters, clusters_file)
    _write_recipe(found, write_recipe)
    _tell(found, judgement, as_json)


def _refuse(**given: object) -> None:
    """What goes with a linkage of whole files has no place beside a spine that has its recipe and model."""
    if named := [f"--{name.replace('_', '-')}" for name, value in given.items() if value]:
        raise BadInput(
            f"{', '.join(named)}: goes with the first linkage; leave it out, the spine is there already"
        )


def _known(recipe_file: Path | None, splink_model: Path | None) -> "tuple[Recipe | None, Model | None]":
    """The recipe and the model that the user brings."""
    from charteroak.linkage import from_toml, read_splink

    if splink_model:
        return read_splink(_text(splink_model))
    return (from_toml(_text(recipe_file)) if recipe_file else None), None


def _tell(found: "Linkage", judgement: "Judgement | None", as_json: bool) -> None:
    for warning in found.warnings:
        click.echo(f"Warning: {warning}", err=True)
    summary = summary_of(found, judgement)
    click.echo(json.dumps(summary) if as_json else told(found, summary))


def _write(frame: "pl.DataFrame", place: Path | None) -> None:
    from charteroak.cli.spine import write

    write(frame, place)


def _write_recipe(found: "Linkage", place: Path | None) -> None:
    from charteroak.linkage import to_toml

    if place:
        place.write_text(to_toml(found.recipe), encoding="utf-8")


def _report(
    place: Path, found: "Linkage", judgement: "Judgement | None", groups: "pl.DataFrame | None"
) -> None:
    from charteroak.linkage import charts

    judged = None if judgement is None else judgement.as_dict()
    named = None if groups is None else groups.rename({"person": "group"})
    place.write_text(charts.page(found, judged, groups=named), encoding="utf-8")


def summary_of(found: "Linkage", judgement: "Judgement | None") -> dict[str, Any]:
    """What `--json` prints."""
    linked = found.links.filter(found.links["match_probability"] >= found.recipe.link).height
    judged = {} if judgement is None else {key: round(value, 6) for key, value in judgement.as_dict().items()}
    return {
        **judged,
        "records": dict(found.counts.records),
        "pairs": found.counts.pairs_compared,
        "links": linked,
        "clusters": found.clusters["cluster"].n_unique(),
        "estimated": {"precision": found.quality.precision, "recall": found.quality.recall},
        "threshold": found.recipe.link,
        "seconds": {phase: round(taken, 4) for phase, taken in found.seconds.items()},
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "warnings": list(found.warnings),
    }


def told(found: "Linkage", summary: dict[str, Any]) -> str:
    """The outcome in plain words."""
    people = f"{sum(found.counts.records.values()):,} records are {summary['clusters']:,} people"
    lines = [f"{people}; {summary['links']:,} links among {summary['pairs']:,} pairs compared."]
    lines += [
        f"  {step.name}: {step.linked:,} links, estimated precision {step.precision:.4f}"
        for step in found.passes if step.pairs
    ]  # fmt: skip
    if "f1" in summary:
        lines.append(
            f"Against the truth: precision {summary['precision']:.4f}, recall {summary['recall']:.4f}, "
            f"F1 {summary['f1']:.4f} (best {summary['best_f1']:.4f}), clusters {summary['cluster_f1']:.4f}."
        )
    return "\n".join(lines)


def _text(file: Path) -> str:
    from charteroak.linkage import LinkageError

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise LinkageError(f"{file}: cannot be read; check the path") from None


def _foretell(frames: dict[str, Any]) -> None:
    from charteroak.linkage.forecast import forecast
    from charteroak.machine import CACHE, compiled_before, cores

    records = sum(frame.height for frame in frames.values())
    expected = forecast(records, 10, cores())
    click.echo(
        f"{records:,} records: about {expected.seconds:.0f} s and {expected.megabytes:,.0f} MB.", err=True
    )
    if not compiled_before():
        again = "" if CACHE else " (and at every start: no private folder for compiled code)"
        click.echo(f"Compiling for this machine first, under 20 s{again}.", err=True)


def _phases(quiet: bool) -> Any:
    from charteroak.linkage import Phases

    def begins(phase: str) -> None:
        done = PHASES.index(phase)
        bar = "█" * done + "░" * (len(PHASES) - done)
        end = "\n" if phase == PHASES[-1] else ""
        click.echo(f"\r{bar} {phase:<12}{end}", nl=False, err=True)

    shown = sys.stderr.isatty() and not quiet
    return Phases(time.perf_counter, begins) if shown else Phases(time.perf_counter)
