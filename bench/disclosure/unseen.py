"""Tables that nobody chose, through `oak protect` and `oak audit-table` as a stranger uses them.

`python -m bench.disclosure.unseen [HOW MANY] [FIRST SEED]`: one to four dimensions, hierarchies of uneven depth, zeros,
skewed magnitudes, cells that must stay, costs and rooms of their own. Each outcome is judged three times: by the
command's own audit, by `oak audit-table` with the true figures, and by an attacker written down here that knows
nothing of the library. Exit status 1 where a sensitive cell is unprotected, a limit is not kept, or anything breaks.
"""

import csv
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from click.testing import CliRunner, Result

from charteroak.cli import main as oak

LIMIT = 15.0  # seconds given to each table
LATE = 3.0  # more than that is a fault: reading, totals and the last proof, on a busy machine
FACED = 4000  # cells: above, the attacker here takes too long
TOTAL = "Total"
Key = tuple[str, ...]


def table(chance: random.Random, folder: Path) -> list[str]:
    """Write one table and its hierarchies; the options that name these."""
    sizes = [chance.choice((1, 2, 3, 5, 8, 13, 30)) for _ in range(chance.choice((1, 2, 2, 2, 3, 3, 4)))]
    while np.prod(sizes) > 2500:
        sizes[chance.randrange(len(sizes))] = 2
    names = [f"d{place}" for place in range(len(sizes))]
    codes = [[f"{name}-{code}" for code in range(size)] for name, size in zip(names, sizes, strict=True)]
    options: list[str] = []
    for name, own in zip(names, codes, strict=True):
        if len(own) > 2 and chance.random() < 0.5:
            write(folder / f"{name}.csv", ["code", "parent"], tree(chance, name, own))
            options += ["--hierarchy", f"{name}={folder / name}.csv"]
    magnitudes, mean = chance.random() < 0.4, chance.choice((4, 15, 60, 400))
    extra = [column for column in ("fixed", "cost", "lpl", "upl") if chance.random() < 0.25]
    rows = cells(chance, codes, magnitudes, mean, extra)
    write(folder / "table.csv", [*names, "value", *(["freq"] if magnitudes else []), *extra], rows)
    if chance.random() < 0.3:
        options += ["--minimum", str(chance.choice((2, 5, 20)))]
    if magnitudes and chance.random() < 0.5:
        options += ["--percent", str(chance.choice((1, 25)))]
    return options


def cells(
    chance: random.Random, codes: list[list[str]], magnitudes: bool, mean: int, extra: list[str]
) -> Iterator[list[Any]]:
    """A row per cell; some combinations nobody has, some are zero."""
    for place in np.ndindex(*(len(own) for own in codes)):
        if chance.random() < 0.1 and any(place):
            continue
        people = 0 if chance.random() < 0.15 else int(chance.expovariate(1 / mean)) + 1
        value: float = people
        if magnitudes:
            value = round(sum(chance.lognormvariate(3, 1.5) for _ in range(min(people, 50))), 2)
        more = {
            "fixed": int(chance.random() < 0.05 and people > 30), "cost": chance.choice((1, 5, value)),
            "lpl": chance.choice(("", "", 1, 3)), "upl": chance.choice(("", "", 2, 30)),
        }  # fmt: skip
        key = [own[at] for own, at in zip(codes, place, strict=True)]
        yield [*key, value, *([people] if magnitudes else []), *(more[column] for column in extra)]


def tree(chance: random.Random, name: str, codes: list[str]) -> Iterator[list[str]]:
    """Groups of uneven depth: some codes lie at the top, some groups in others."""
    groups = [f"{name}+{group}" for group in range(max(1, len(codes) // 3))]
    used = set()
    for code in codes:
        if chance.random() < 0.85:
            group = chance.choice(groups)
            used.add(group)
            yield [code, group]
    for group in groups[1:]:
        if group in used and chance.random() < 0.3:
            yield [group, f"{name}+all"]


def write(place: Path, header: list[str], rows: Iterator[list[Any]]) -> None:
    with place.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def run(*arguments: str) -> Result:
    ended = CliRunner().invoke(oak, list(arguments))
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended


def one(seed: int, folder: Path) -> tuple[str, list[str]]:
    """What became of a table, and what is wrong with that."""
    options = table(random.Random(seed), folder)  # noqa: S311
    given, output = str(folder / "table.csv"), folder / "out.csv"
    output.unlink(missing_ok=True)
    started = time.perf_counter()
    ended = run("protect", given, "-o", str(output), "--json", "--time-limit", str(LIMIT), *options)
    seconds = time.perf_counter() - started
    wrong = [f"{seconds:.1f} s"] if seconds > LIMIT + LATE else []
    if ended.exit_code == 2:
        return "unusable", [*wrong, ended.stderr.strip()]  # every table here can be read
    found = json.loads(ended.stdout)
    if ended.exit_code == 1:
        explained = found["status"] == "unprotectable" and (found.get("reason") or found["failures"])
        return found["status"], wrong if explained else [*wrong, "no reason given"]
    if found["bound"] > found["cost"] + 1e-6 * max(1.0, found["cost"]):
        wrong.append("the bound is above the cost")
    names = [name for name in found["cells"][0] if name not in ("state", "low", "high")]
    hidden = {tuple(c[n] for n in names): c["state"] for c in found["cells"] if c["state"] != "published"}
    for number, options_too in enumerate(([], ["--certificate", str(folder / "out.csv.certificate.json")])):
        again = run("audit-table", str(output), "--json", *options, *options_too)
        if again.exit_code != 0:
            wrong.append(f"audit-table {number}: {again.stdout[:200]} {again.stderr[:200]}")
    if len(found["cells"]) <= FACED:
        wrong += faced(found["cells"], names, output, hidden)
    return found["status"], wrong


def faced(cells: list[dict[str, Any]], names: list[str], output: Path, hidden: dict[Key, str]) -> list[str]:
    """An attacker on the published file alone: primary cells whose range is other than certified, or no range."""
    with output.open(encoding="utf-8", newline="") as file:
        shown = {tuple(row[n] for n in names): row["value"] for row in csv.DictReader(file)}
    if {key for key, value in shown.items() if value == ""} != hidden.keys():
        return ["the file hides other cells than the certificate says"]
    program, column = attacker(shown, names, output.parent)
    wrong = []
    for cell in cells:
        key = tuple(cell[name] for name in names)
        if cell["state"] != "primary":
            continue
        ends = [extreme(program, column[key], sense) for sense in (1.0, -1.0)]
        for said, end in zip((cell["low"], cell["high"]), ends, strict=True):
            if np.isinf(end) != (said is None) or (
                said is not None and abs(said - end) > 1e-4 * (1 + abs(end))
            ):
                wrong.append(
                    f"{key}: certified {cell['low']} to {cell['high']}, attacked {ends[0]:g} to {ends[1]:g}"
                )
        if np.isfinite(ends).all() and ends[1] - ends[0] <= 1e-6 * (1 + abs(ends[1])):
            wrong.append(f"{key}: known exactly")
    return wrong


def attacker(shown: dict[Key, str], names: list[str], folder: Path) -> tuple[highspy.Highs, dict[Key, int]]:
    """Every hidden cell unknown and at least 0, every total the sum of its children, published cells as printed."""
    above = []
    for name in names:
        file = folder / f"{name}.csv"
        rows = list(csv.reader(file.open(encoding="utf-8", newline="")))[1:] if file.exists() else []
        above.append(dict(row for row in rows))
    column = {key: place for place, key in enumerate(k for k, value in shown.items() if value == "")}
    least = -highspy.kHighsInf if any(v.startswith("-") for v in shown.values()) else 0.0
    program = highspy.Highs()
    program.setOptionValue("output_flag", False)
    program.setOptionValue("threads", 1)
    for _ in column:
        program.addVar(least, highspy.kHighsInf)
    sums: dict[tuple[int, Key], list[Key]] = {}
    for key in shown:
        for place, code in enumerate(key):
            if code != TOTAL:
                up = (*key[:place], above[place].get(code, TOTAL), *key[place + 1 :])
                sums.setdefault((place, up), []).append(key)
    for (_, up), parts in sums.items():
        row: Counter[int] = Counter()
        right = 0.0
        for key, factor in ((up, 1), *((part, -1) for part in parts)):
            if key in column:
                row[column[key]] += factor
            else:
                right -= factor * float(shown[key])
        if row:
            slack = 1e-9 * (1 + abs(right))
            program.addRow(
                right - slack, right + slack, len(row), list(row), [float(f) for f in row.values()]
            )
    return program, column


def extreme(program: highspy.Highs, place: int, sense: float) -> float:
    program.changeColCost(place, sense)
    program.run()
    status = program.getModelStatus()
    value = program.getInfo().objective_function_value * sense
    program.changeColCost(place, 0.0)
    unbounded = (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible)
    return -sense * float("inf") if status in unbounded else float(value)


def main(number: int = 200, first: int = 1) -> None:
    outcomes: Counter[str] = Counter()
    faults = 0
    for seed in range(first, first + number):
        with tempfile.TemporaryDirectory() as folder:
            outcome, wrong = one(seed, Path(folder))
        outcomes[outcome] += 1
        faults += bool(wrong)
        for fault in wrong[:3]:
            print(f"seed {seed}: {outcome}: {fault}")
    print(
        f"{number} tables: "
        + ", ".join(f"{n} {name}" for name, n in outcomes.most_common())
        + f"; {faults} with faults"
    )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
