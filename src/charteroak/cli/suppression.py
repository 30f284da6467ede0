"""`oak protect`: suppress what a table must not show. `oak audit-table`: how much a reader can work out."""

import hashlib
import json
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charteroak.cli.disclosure import FILE, unusable

if TYPE_CHECKING:
    from charteroak.disclosure.multiway import Rule
    from charteroak.disclosure.protect import Protection
    from charteroak.disclosure.rounded import Rounded

SHOWN = 10  # failures on the screen; all are in the JSON


class _Figure(click.FloatRange):
    """A number that can be compared: nan would ask for no protection at all."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number


POSITIVE = _Figure(min=0, min_open=True)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands need to know of a table."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="The certificate on standard output."),
        click.option("--singletons/--no-singletons", default=True, show_default=True,
                     help="The one contributor of a cell with freq 1 knows it, and attacks with it."),
        click.option("--lower", type=_Figure(), default=0.0, show_default=True,
                     help="What any reader knows to be a cell's least value (-inf: nothing)."),
        click.option("--percent", type=POSITIVE, default=10.0, show_default=True,
                     help="Room of sensitive magnitudes without lpl and upl, in percent."),
        click.option("--minimum", type=click.IntRange(min=1), default=10, show_default=True,
                     help="Fewer people are sensitive, without a column primary; also the room of counts."),
        click.option("--hierarchy", "hierarchies", multiple=True, metavar="DIM=FILE",
                     help="Codes and their parents of one dimension: code,parent; once for each."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.command()
@click.argument("table", type=FILE)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The protected table; its certificate goes beside it, OUTPUT.certificate.json.",
)
@click.option(
    "--time-limit",
    type=POSITIVE,
    help="Seconds after which the best pattern proven so far is the answer; 10 to start with, 3 per 1,000 cells.",
)
@click.option(
    "--round",
    "base",
    type=POSITIVE,
    help="Instead of suppressing: round every figure to multiples of this, so that all totals still add up.",
)
@_options
def protect(table: Path, output: Path, time_limit: float | None, base: float | None, as_json: bool,
            hierarchies: tuple[str, ...], minimum: int, percent: float, lower: float,
            singletons: bool) -> None:  # fmt: skip
    """Suppress what TABLE must not show, and what else that takes: a long CSV, one line per cell.

    Columns: the dimensions, value, and any of freq, primary, fixed, lpl, upl, cost. The code of totals is Total;
    those that are absent are computed. Exit status: 0 protected, 1 cannot be protected, 2 unusable.
    """
    from charteroak.disclosure.clock import Clock
    from charteroak.disclosure.multiway import TableError
    from charteroak.disclosure.protect import protect as protected
    from charteroak.disclosure.reader import Contradiction, Unsolved
    from charteroak.disclosure.rounded import rounded

    started = time.monotonic()
    try:
        cells, parents = _read(table, hierarchies)
        limit = time_limit or max(10.0, 3 * len(cells.cells) / 1000)
        clock = Clock.start(time.monotonic, limit - (time.monotonic() - started))
        rule = _rule(minimum, percent, lower, singletons)
        found = rounded(cells, parents, rule, base, clock) if base else protected(cells, parents, rule, clock)
        certificate = found.certificate(time.monotonic() - started)
        if found.safe:
            content = found.to_csv().encode()
            certificate["sha256"] = hashlib.sha256(content).hexdigest()
            output.write_bytes(content)
            beside = output.with_name(f"{output.name}.certificate.json")
            beside.write_text(json.dumps(certificate, ensure_ascii=False), encoding="utf-8")
    except (TableError, Contradiction, Unsolved, OSError) as error:
        unusable(error)
    _answer(found, certificate, as_json)


@click.command()
@click.argument("table", type=FILE)
@click.option(
    "--certificate",
    "certificate_file",
    type=FILE,
    help="Of the run that made TABLE; TABLE.certificate.json if it is there.",
)
@click.option(
    "--time-limit",
    type=POSITIVE,
    help="Seconds after which ranges that are wide enough are not followed to their ends; 10, or 3 per 1,000 cells.",
)
@_options
def audit_table(table: Path, certificate_file: Path | None, time_limit: float | None, as_json: bool,
                hierarchies: tuple[str, ...], minimum: int, percent: float, lower: float,
                singletons: bool) -> None:  # fmt: skip
    """How closely can a reader of TABLE work out each hidden cell? Any table: made by hand or by another tool.

    Hidden is a cell whose value is left out or a mark (x, *, <10), or that primary, secondary, suppressed or state
    names. With true values their room is checked; without, the width of the range.
    Exit status: 0 safe, 1 not safe, 2 unusable.
    """
    from charteroak.disclosure.clock import Clock
    from charteroak.disclosure.multiway import TableError
    from charteroak.disclosure.protect import audit_table as audited
    from charteroak.disclosure.reader import Contradiction, Unsolved

    started = time.monotonic()
    try:
        cells, parents = _read(table, hierarchies, values=False)
        beside = certificate_file or table.with_name(f"{table.name}.certificate.json")
        certified: list[dict[str, Any]] = []
        if beside.exists() and any(cell.value is None for cell in cells.cells.values()):
            certified = json.loads(beside.read_text(encoding="utf-8"))["cells"]
        limit = time_limit or max(10.0, 3 * len(cells.cells) / 1000)
        clock = Clock.start(time.monotonic, limit - (time.monotonic() - started))
        found = audited(cells, parents, _rule(minimum, percent, lower, singletons), certified, clock)
        certificate = found.certificate(time.monotonic() - started)
    except (TableError, Contradiction, Unsolved, OSError) as error:
        unusable(error)
    except (KeyError, TypeError, AttributeError, ValueError):  # JSON, but of another kind, or none
        unusable(ValueError(f"{beside.name}: not a certificate; give the one that oak protect wrote"))
    _answer(found, certificate, as_json)


def _rule(minimum: int, percent: float, lower: float, singletons: bool) -> "Rule":
    from charteroak.disclosure.multiway import Rule

    return Rule(minimum, percent, lower, singletons)


def _read(table: Path, hierarchies: tuple[str, ...], values: bool = True) -> Any:
    """The table and, by dimension, each code's parent. Raises TableError."""
    from charteroak.disclosure.longtable import long_table, parents
    from charteroak.disclosure.multiway import TableError

    cells = long_table(table.read_bytes(), table.name, values)
    found = {}
    for option in hierarchies:
        dimension, given, file = option.partition("=")
        if not given or dimension not in cells.dimensions:
            raise TableError(
                f"--hierarchy {option}: write DIM=FILE, DIM one of {', '.join(cells.dimensions)}"
            )
        if not Path(file).is_file():
            raise TableError(f"--hierarchy {option}: there is no file {file}")
        found[dimension] = parents(Path(file).read_bytes(), Path(file).name)
    return cells, found


def _answer(found: "Protection | Rounded", certificate: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(certificate, ensure_ascii=False))
    else:
        hidden = f"{certificate['primary']} primary and {certificate['secondary']} secondary cells hidden"
        if certificate["method"].startswith("controlled rounding"):
            hidden = f"{certificate['method']}, {certificate['primary']} sensitive cells"
        cost = "" if certificate["cost"] is None else (
            f", cost {certificate['cost']:g}, at least {certificate['bound']:g} for any pattern"
        )  # fmt: skip
        click.echo(f"{found.status}: {hidden}{cost}; {certificate['seconds']:.2f} s")
        for failure in certificate["failures"][:SHOWN]:
            click.echo("  " + ", ".join(f"{name}={value}" for name, value in failure.items()), err=True)
        for sentence in certificate.get("assumed", ()):
            click.echo(f"  assumed: {sentence}")
        if found.reason:
            click.echo(f"  {found.reason}", err=True)
    sys.exit(0 if found.safe else 1)
