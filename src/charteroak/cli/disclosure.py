"""`oak check`: may this output leave? Rebuilt from the records where they are given."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from charteroak.disclosure.appetite import Appetite
    from charteroak.disclosure.judge import Behind

UNUSABLE = 2


class _File(click.Path):
    """A file that is there to be read; else one line says so, like everything else that is unusable."""

    def fail(self, message: str, *_given: Any, **_named: Any) -> NoReturn:
        unusable(message)


FILE = _File(exists=True, dir_okay=False, path_type=Path)


def unusable(error: Exception | str) -> NoReturn:
    """One line on standard error, and exit status 2."""
    click.echo(f"Error: {' '.join(str(error).split())}", err=True)
    sys.exit(UNUSABLE)


@click.command()
@click.argument("table", type=FILE)
@click.option("--records", type=FILE, help="The records behind it: Parquet or CSV.")
@click.option("--person", metavar="COL", help="The records' person key.")
@click.option("--by", multiple=True, metavar="COL", help="A dimension of the table; once for each.")
@click.option("--measure", metavar="COL", help="What a mean, sum, share or quantile is of.")
@click.option(
    "--employer", metavar="COL", help="Who paid the measure: employers behind each wage are then counted."
)
@click.option("--with", "other", metavar="COL", help="What the measure of a correlation is correlated with.")
@click.option("--weight", metavar="COL", help="The weights behind a weighted count.")
@click.option(
    "--event", metavar="COL", help="Of a survival table: 1 where the time, the measure, ended with the event."
)
@click.option(
    "--where", "condition", metavar="EXPR", help="Only these records, e.g. \"year >= 2019 and cte = 'Y'\"."
)
@click.option(
    "--statistic", metavar="S", help="What a column called value states: count, mean, sum, share, p50, …"
)
@click.option(
    "--appetite", type=FILE, help="The limits as TOML; ten people and the board's other rules without it."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def check(
    table: Path, records: Path | None, person: str | None, by: tuple[str, ...], measure: str | None,
    condition: str | None, statistic: str | None, appetite: Path | None, as_json: bool, **columns: str | None,
) -> None:  # fmt: skip
    """May TABLE leave? CSV, Parquet, XLSX, JSON, an ACRO record or a model's summary.

    With --records, --person and --by the table is built again and compared; without them nobody can know how many
    people stand behind a figure, and the best answer is review. Exit status: 0 pass, 1 fail or review, 2 unusable.
    """
    from charteroak.disclosure import read
    from charteroak.disclosure.files import examine
    from charteroak.disclosure.unusable import Unusable
    from charteroak.disclosure.verdicts import worst

    try:
        limits = _appetite(appetite)
        behind = _behind(records, person, by, measure, condition, statistic, columns)
        beside = read.beside(table) if table.suffix.lower() == ".json" else {}
        found = examine(
            table.name, table.read_bytes(), limits, behind=behind, statistic=statistic, beside=beside
        )
    except (Unusable, OSError) as error:
        unusable(error)
    outcome = worst(found)
    if as_json:
        said = {
            "verdict": outcome,
            "table": table.name,
            "appetite": limits.name,
            "checks": [asdict(v) for v in found],
        }
        click.echo(json.dumps(said, indent=1))
    else:
        for one in sorted(found, key=lambda v: ("fail", "review", "pass").index(v.verdict)):
            words = [one.rule, one.cell, one.figure, one.limit and f"limit {one.limit}", one.mend]
            click.echo(f"{one.verdict:6}  " + "; ".join(word for word in words if word))
        counts = Counter(one.verdict for one in found)
        click.echo(f"{table.name}: {outcome} ({', '.join(f'{n} {word}' for word, n in counts.items())})")
    sys.exit(0 if outcome == "pass" else 1)


def _appetite(file: Path | None) -> "Appetite":
    from charteroak.disclosure import read
    from charteroak.disclosure.unusable import Unusable

    try:
        return read.appetite(file) if file else read.shipped("board")
    except ValueError as error:
        raise Unusable(f"not an appetite: {error}", file=file.name if file else "") from None


def _behind(
    records: Path | None, person: str | None, by: tuple[str, ...], measure: str | None, condition: str | None,
    statistic: str | None, columns: dict[str, str | None],
) -> "Behind | None":  # fmt: skip
    from charteroak.disclosure import read
    from charteroak.disclosure.judge import Behind
    from charteroak.disclosure.unusable import Unusable
    from charteroak.disclosure.where import where

    if records is None:
        if person or by or measure or condition or any(columns.values()):
            raise Unusable(
                "--person, --by, --measure, --where and what else names columns speak of records: give --records too"
            )
        return None
    if person is None:
        raise Unusable("--records needs --person, and --by for each dimension of a table")
    chosen = read.records(records)
    if condition:
        chosen = chosen.filter(where(condition, chosen.collect_schema()))
    return Behind(chosen, person, by, measure, statistic, **columns)
