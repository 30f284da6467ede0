"""`oak protect` and `oak audit-table` on tables as strangers bring them: any shape, any codes, any mix of columns.

Whatever comes in, the answer is a table that the audit finds safe, a sentence that says why there is none, or one line
that says what to mend in the file.
"""

import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charteroak.cli import main

CODES = [
    "1",
    "1.0",
    "01",
    "2026-11-25",
    'say "x"',
    "Ñandú",
    "a,b",
    "x;y",
    "NULL",
    "nan",
    "-",
    "東京",
    "O'Brien",
    "1e5",
]
ROOMS = st.sampled_from(["", "0", "1", "5", "2.5", "300"])


@st.composite
def strangers(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A long CSV, and hierarchies by dimension."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4).filter(lambda s: _cells(s) <= 48))
    codes = [draw(st.permutations(CODES))[:size] for size in shape]
    names = [f"dim {n}" for n in range(len(shape))]
    trees = {name: _tree(draw, own) for name, own in zip(names, codes, strict=True) if draw(st.booleans())}
    kind = draw(st.sampled_from(["counts", "small", "decimals", "negative", "huge", "tiny"]))
    values = {
        "counts": st.integers(0, 60),
        "small": st.integers(0, 4),
        "decimals": st.integers(0, 9000).map(lambda n: n / 100),
        "negative": st.integers(-40, 80),
        "huge": st.integers(0, 9).map(lambda n: n * 10**12 + n),
        "tiny": st.integers(0, 9).map(lambda n: n / 10**6),
    }[kind]
    columns = draw(st.lists(st.sampled_from(["freq", "primary", "fixed", "lpl", "upl", "cost"]), unique=True))
    rows: list[dict[str, Any]] = []
    for key in _keys(codes):
        if draw(st.integers(0, 9)) == 9 and rows:
            continue  # a combination nobody has
        rows.append({**dict(zip(names, key, strict=True)), "value": draw(values), **_more(draw, columns)})
    if draw(st.integers(0, 9)) == 9:
        rows.append(dict(rows[0]))  # the same cell twice
    if draw(st.integers(0, 4)) == 4:
        sums = sum(row["value"] for row in rows) + draw(st.sampled_from([0, 0, 1]))
        rows.append({**dict.fromkeys(names, "Total"), "value": sums, **dict.fromkeys(columns, "")})
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*names, "value", *columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(draw(st.permutations(rows)) if len(rows) < 12 else rows)
    return text.getvalue(), trees


def _cells(shape: list[int]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product


def _keys(codes: list[list[str]]) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = [()]
    for own in codes:
        keys = [(*key, code) for key in keys for code in own]
    return keys


def _tree(draw: st.DrawFn, codes: list[str]) -> str:
    """Parents of uneven depth, some with a single child."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "parent"])
    for code in codes:
        group = f"group {draw(st.integers(1, 2))}"
        if draw(st.integers(0, 3)):
            writer.writerow([code, group])
    if draw(st.booleans()):
        writer.writerow(["group 1", "all groups"])
    return text.getvalue()


def _more(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    choices = {
        "freq": st.sampled_from(["", 0, 1, 2, 3, 9, 30]), "primary": st.sampled_from(["", 0, 0, 1]),
        "fixed": st.sampled_from(["", 0, 0, 0, 1]), "lpl": ROOMS, "upl": ROOMS, "cost": ROOMS,
    }  # fmt: skip
    found = {column: draw(choices[column]) for column in columns}
    if found.get("primary") and draw(st.integers(0, 9)) < 9:
        found.pop("fixed", None)  # both at once is refused
    return found


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1, 2)
    if result.exit_code == 2:
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
    return result


def settled(text: str, trees: dict[str, str], folder: Path) -> str:
    """Protect it; what came of it, the audit's view of a protected table included."""
    table, output = folder / "t.csv", folder / "o.csv"
    table.write_text(text, encoding="utf-8")
    options: list[str] = []
    for number, (name, tree) in enumerate(trees.items()):
        (folder / f"h{number}.csv").write_text(tree, encoding="utf-8")
        options += ["--hierarchy", f"{name}={folder / f'h{number}.csv'}"]
    result = run("protect", table, "-o", output, "--json", "--time-limit", "20", *options)
    if result.exit_code == 2:
        return "unusable"
    found = json.loads(result.stdout)
    if result.exit_code == 1:
        assert found["status"] == "unprotectable", found
        assert found.get("reason") or found["failures"]
        return "unprotectable"
    assert found["bound"] <= found["cost"] + 1e-6 * max(1.0, found["cost"])
    audit = run("audit-table", output, "--json", *options)
    assert audit.exit_code == 0, audit.output
    names = _dimensions(text)
    hidden = {tuple(c[name] for name in names) for c in found["cells"] if c["state"] != "published"}
    shown = csv.DictReader(io.StringIO(output.read_text(encoding="utf-8"), newline=""))
    assert all((row["value"] == "") == (tuple(row[name] for name in names) in hidden) for row in shown)
    return "protected"


def _dimensions(text: str) -> list[str]:
    return [name for name in next(csv.reader(io.StringIO(text))) if name.startswith("dim ")]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(strangers())
def test_any_table_is_protected_or_refused_with_a_reason(table: tuple[str, dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settled(*table, Path(folder))
