"""Request 042: do CTE concentrators earn more three years after graduation than classmates who also enrolled?

Runs in the sealed workspace: reads /enclave/data, writes tables, their derivations, a model summary and a chart
to the outbox. Differences are findings among enrollees, not effects. State wage files omit federal, self-employed
and out-of-state work, and hours.
"""

import json
from collections import Counter
from pathlib import Path

import duckdb
import numpy as np

from charteroak.disclosure import Derivation, build, shipped, strictest, submit

DATA, OUTBOX = Path("data"), Path("outbox")  # below /enclave, set by the last lines
SMALLEST = 10  # people that a coefficient may describe
REGIONS = "REGION_VALUES"  # (town, name, region), public; filled in from the published crosswalk

GROUPS = {
    "A": "Asian", "B": "Black or African American", "H": "Hispanic or Latino", "I": "American Indian",
    "M": "Two or more races", "P": "Pacific Islander", "W": "White", "Total": "Everybody",
}  # fmt: skip
COLOURS = {"Y": "#17493c", "N": "#c98f3c"}

# One row per graduate who enrolled: the sum of four quarters from the July three years after graduation.
PEOPLE = f"""
WITH towns(town, town_name, region) AS (VALUES {REGIONS}),
outcome AS (
  SELECT s.pid, sum(d.total_wage) AS wage
  FROM sde s JOIN dol d USING (pid)
  WHERE CAST(d.year_quarter[1:4] AS INTEGER) * 4 + CAST(d.year_quarter[6] AS INTEGER)
        BETWEEN (CAST(s.grad_year AS INTEGER) + 3) * 4 + 3 AND (CAST(s.grad_year AS INTEGER) + 4) * 4 + 2
  GROUP BY s.pid)
SELECT s.pid, s.grad_year, towns.town_name AS town, towns.region, s.cte_concentrator AS cte,
       CASE WHEN s.cte_cluster IS NULL OR s.cte_cluster = '' THEN 'none' ELSE s.cte_cluster END AS cluster,
       s.race_eth, CAST(s.gpa AS DOUBLE) AS gpa, outcome.wage
FROM sde s JOIN csc c USING (pid) JOIN towns ON towns.town = s.town_code LEFT JOIN outcome USING (pid)"""

EARNINGS = {"source": PEOPLE, "person": "pid", "measure": "wage", "statistic": "mean", "group": "earnings"}


def tables() -> list[Derivation]:
    """The five tables; those on earnings are protected together, with the counts they could be compared with."""
    return [
        Derivation(
            name="1_flow", source=PEOPLE, person="pid", dimensions=("grad_year",), margins=("grad_year",)
        ),
        Derivation(
            name="2_balance",
            source=PEOPLE,
            person="pid",
            dimensions=("race_eth", "cte"),
            margins=("race_eth", "cte"),
            group="earnings",  # its counts, less those of table 4, would tell who has no wages
        ),
        Derivation(
            name="4_by_race_ethnicity",
            dimensions=("race_eth", "cte"),
            margins=("race_eth", "cte"),
            **EARNINGS,  # type: ignore[arg-type]  # keys and values match the fields
        ),
        Derivation(
            name="5_by_town",
            dimensions=("town", "cte"),
            margins=("town", "cte"),
            hierarchies={"town": "region"},
            **EARNINGS,  # type: ignore[arg-type]
        ),
        Derivation(
            name="6_by_cluster",
            dimensions=("cluster",),
            margins=("cluster",),
            **EARNINGS,  # type: ignore[arg-type]
        ),
    ]


def merge_small(codes: list[str]) -> list[str]:
    """Each person's group, the smallest joined until each is large enough: a coefficient describes no fewer."""
    sizes: dict[tuple[str, ...], int] = {(code,): people for code, people in Counter(codes).items()}
    while len(sizes) > 1 and min(sizes.values()) < SMALLEST:
        first, second = sorted(sizes, key=lambda joined: (sizes[joined], joined))[:2]
        sizes[tuple(sorted(first + second))] = sizes.pop(first) + sizes.pop(second)
    names = {code: " or ".join(joined) for joined in sizes for code in joined}
    return [names[code] for code in codes]


def regression() -> dict[str, object]:
    """Earnings on concentrating, with grades, year and race/ethnicity held the same: ordinary least squares."""
    records = duckdb.connect()
    for file in sorted(DATA.glob("*.parquet")):
        records.execute(f"CREATE VIEW {file.stem} AS SELECT * FROM '{file}'")
    rows = records.execute(
        f"SELECT wage, cte, gpa, grad_year, race_eth FROM ({PEOPLE}) "
        "WHERE wage IS NOT NULL AND gpa IS NOT NULL ORDER BY pid"
    ).fetchall()
    merged = merge_small([row[4] for row in rows])
    groups, years = sorted(set(merged)), sorted({row[3] for row in rows})
    reference = max(groups, key=merged.count)
    names = ["constant", "cte", "gpa"]
    names += [f"year {year}" for year in years[1:]] + [
        f"race_eth {code}" for code in groups if code != reference
    ]
    columns = [[1.0] * len(rows), [float(row[1] == "Y") for row in rows], [float(row[2]) for row in rows]]
    columns += [[float(row[3] == year) for row in rows] for year in years[1:]]
    columns += [[float(one == code) for one in merged] for code in groups if code != reference]
    design, outcome = np.array(columns).T, np.array([float(row[0]) for row in rows])
    solution, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    freedom = len(rows) - design.shape[1]
    variance = float(((outcome - design @ solution) ** 2).sum()) / freedom
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * variance)
    return {
        "model": "ordinary least squares",
        "outcome": "earnings in the third year after graduation, dollars",
        "observations": len(rows),
        "residual_degrees_of_freedom": freedom,
        "terms": [
            {
                "name": name,
                "coefficient": round(float(b), 1),
                "standard_error": round(float(e), 1),
                **_people(name, column),
            }
            for name, b, e, column in zip(names, solution, errors, design.T, strict=True)
        ],
    }


def _people(name: str, column: np.ndarray) -> dict[str, int]:
    """How many people a term is true for; of a group whose count table 4 may hide, only that it is large enough."""
    if name.startswith("race_eth "):
        return {"people_at_least": SMALLEST}
    return {"people": len(column) if name == "gpa" else int(column.astype(bool).sum())}


def chart(table: bytes) -> str:
    """Bars of table 4, from its released text alone: concentrators beside their classmates."""
    rows = [line.split(",") for line in table.decode().splitlines()[1:]]
    shown = {(race, cte): float(value) for race, cte, _people, value, hidden in rows if value and not hidden}
    races = [race for race in GROUPS if {(race, "Y"), (race, "N")} <= shown.keys()]
    top, bars = max(shown.values()), []
    left_out = {race for race, *_ in rows} - set(races)
    for at, race in enumerate(races):
        y = 70 + 66 * at
        bars.append(f'<text x="8" y="{y + 27}" font-weight="600">{GROUPS[race]}</text>')
        for below, (cte, fill) in enumerate(COLOURS.items()):
            length = shown[race, cte] / top * 320
            bars.append(
                f'<rect x="224" y="{y + 24 * below}" width="{length:.1f}" height="20" fill="{fill}"/>'
            )
            bars.append(
                f'<text x="{230 + length:.1f}" y="{y + 15 + 24 * below}">${shown[race, cte]:,.0f}</text>'
            )
    if left_out:
        bars.append(f'<text x="8" y="{82 + 66 * len(races)}">Groups too small to show are left out.</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 {96 + 66 * len(races)}" role="img" '
        'font-family="sans-serif" font-size="14" fill="#1b2622"><title>Mean earnings by race/ethnicity and '
        "concentration (table 4_by_race_ethnicity)</title>"
        f'<rect x="8" y="12" width="14" height="14" fill="{COLOURS["Y"]}"/><text x="28" y="24">CTE concentrators</text>'
        f'<rect x="224" y="12" width="14" height="14" fill="{COLOURS["N"]}"/><text x="244" y="24">Classmates</text>'
        f"{''.join(bars)}</svg>\n"
    )


def main() -> None:
    OUTBOX.mkdir(exist_ok=True)
    wanted = tables()
    built = build(wanted, DATA, strictest(shipped("board"), shipped("sde"), shipped("dol")))
    submit(OUTBOX, wanted, built)
    summary = json.dumps(regression(), indent=1) + "\n"
    (OUTBOX / "3_regression.json").write_text(summary, encoding="utf-8")
    (OUTBOX / "4_by_race_ethnicity.svg").write_text(chart(built["4_by_race_ethnicity"]), encoding="utf-8")
    print(f"{len(built)} tables, one model, one chart")


if __name__ == "__main__":
    DATA, OUTBOX = Path("/enclave/data"), Path("/enclave/work/outbox")
    main()
