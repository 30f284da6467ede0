"""`python -m bench.linkage.heldout [set…] [--write FILE]`: accuracy on sets that nothing was chosen by.

Other seeds and three times the noise of pseudopeople, febrl1 to 3, and people of ten countries by Faker with errors of
another making (`foreign`); then every subset of the columns of two of these. Ours infers its recipe from the columns'
names; Splink has its library's comparisons and rules by hand, as in `bench.linkage`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from bench.__main__ import machine, placed
from bench.linkage.apart import ENGINES, data, measured
from bench.linkage.tasks import HELD_OUT
from charteroak import linkage
from charteroak.linkage.judge import Judgement, judge, truth_of

HEAD = ("Set", "Engine", "Precision", "Recall", "F1 at default", "Best F1", "Gap", "Cluster F1")
COLUMNS = ("first_name", "last_name", "dob", "address", "city", "zip")
SUBSETS_OF = ("faker_en_US", "faker_es_MX")
SHOWN = (
    COLUMNS, COLUMNS[:3], COLUMNS[:2], ("first_name", "last_name", "zip"), ("first_name", "last_name", "address"),
    ("first_name", "dob"), ("last_name", "dob"), ("first_name", "dob", "zip"), ("dob", "address"),
)  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.linkage.heldout", description=__doc__)
    asked.add_argument("sets", nargs="*", metavar="set", help=f"{'; '.join(HELD_OUT)}; all unless named")
    asked.add_argument("--data", type=Path, default=Path("var") / "bench-linkage")
    asked.add_argument("--engine", choices=ENGINES, action="append", help="both unless named")
    asked.add_argument("--write", type=Path, metavar="FILE", help="also keep the tables in this page")
    given = asked.parse_args()
    if unknown := set(given.sets) - set(HELD_OUT):
        asked.error(f"no set is called {', '.join(sorted(unknown))}")
    folder, rows = given.data.resolve(), list[str]()
    for name in given.sets or HELD_OUT:
        task, seed = HELD_OUT[name]
        with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as work:
            files = data(folder, task.data, seed)
            for engine in given.engine or ENGINES:
                rows.append(line(name, engine, measured(engine, task, files, Path(work))))
                print(rows[-1], flush=True)
    page = [machine(), "", f"| {' | '.join(HEAD)} |", f"|{'|'.join(['---'] * 2 + ['---:'] * 6)}|", *rows]
    for name in SUBSETS_OF if not given.sets else ():
        page += ["", *subsets(name, data(folder, name, HELD_OUT[name][1]))]
        print("\n".join(page[-len(SHOWN) - 4 :]), file=sys.stderr, flush=True)
    if given.write:
        text = given.write.read_text(encoding="utf-8")
        given.write.write_text(placed(text, "linkage held out", "\n".join(page)), encoding="utf-8")


def line(name: str, engine: str, of: dict[str, Any]) -> str:
    gap = of["best_f1"] - of["f1"]
    cells = (of["precision"], of["recall"], of["f1"], of["best_f1"], gap, of["cluster_f1"])
    return f"| {name} | {engine} | {' | '.join(f'{value:.4f}' for value in cells)} |"


def subsets(name: str, paths: list[Path]) -> Iterator[str]:
    """A table of some subsets of the set's columns, and what holds of all of them."""
    frames = {path.stem: pl.read_parquet(path) for path in paths}
    found = {
        kept: judged(frames, kept) for size in range(1, 7) for kept in combinations(COLUMNS, size)
    }  # fmt: skip
    told = {kept: of for kept, of in found.items() if of is not None}
    near = sum(of.best_f1 - of.f1 <= 0.005 for of in told.values())
    yield (
        f"{name}, every subset of six columns: {len(found)}, of which {len(found) - len(told)} are refused as they "
        f"cannot tell people apart; F1 at default is within .005 of the best on {near}, precision .99 or more on "
        f"{sum(of.precision >= 0.99 for of in told.values())}."
    )
    yield from (
        "",
        "| Columns | Precision | Recall | F1 at default | Best F1 | Gap |",
        "|---|---:|---:|---:|---:|---:|",
    )
    for kept in SHOWN:
        of = found[kept]
        cells = ("refused", *[""] * 4) if of is None else tuple(
            f"{value:.4f}" for value in (of.precision, of.recall, of.f1, of.best_f1, of.best_f1 - of.f1)
        )  # fmt: skip
        yield f"| {', '.join(kept)} | {' | '.join(cells)} |"


def judged(frames: dict[str, pl.DataFrame], kept: tuple[str, ...]) -> Judgement | None:
    few = {name: frame.select("record_id", "person", *kept) for name, frame in frames.items()}
    try:
        found = linkage.link(few, id="record_id", truth="person")
    except linkage.LinkageError:
        return None
    ids = dict.fromkeys(few, "record_id")
    return judge(found, truth_of(few, ids, "person"))


if __name__ == "__main__":
    main()
