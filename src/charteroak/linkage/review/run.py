"""What a link run found, and how clerks' decisions change it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from charteroak.linkage.recipe import LinkageError
from charteroak.linkage.review.people import People
from charteroak.linkage.review.plan import Plan
from charteroak.linkage.review.report import Facts, report

PAIR_COLUMNS = (
    "pair_id", "left_file", "left_id", "right_file", "right_id", "pass_name", "weight", "probability",
    "proposed", "grounds", "status", "reason",
)  # fmt: skip
FIRST = {"accepted": 1, "review": 2, "rejected": 3}


@dataclass(frozen=True)
class LinkRun:
    """The outcome of one run.

    `pairs`: one row per pair worth keeping (PAIR_COLUMNS): weight in bits with the prior, probability of
    being one person, what the engine `proposed` and on what `grounds`, its `status` now (accepted, review,
    rejected) and the `reason`. Pairs below the review threshold are counted in the report, not listed.
    `people`: person (0, 1, …), file, record_id: every record once, an unlinked one as a person of its own.
    `report`: counts and parameters, ready for JSON, without personal data.
    `decisions`: what clerks said, pair_id → same person?
    `evidence`: by doubtful pair, see `charteroak.linkage.review.evidence`.
    """

    plan: Plan
    pairs: pl.DataFrame
    people: pl.DataFrame
    facts: Facts
    decisions: Mapping[str, bool]
    evidence: tuple[dict[str, Any], ...] = ()

    @property
    def report(self) -> dict[str, Any]:
        return report(self.plan, self.pairs, self.people, self.facts, self.decisions)

    def doubtful(self) -> list[str]:
        """Ids of the pairs to review, the heaviest first; a pair's number is its place here, from 1."""
        review = self.pairs.filter(status="review").with_columns(pl.col("weight").round(9))
        return review.sort("weight", "pair_id", descending=[True, False])["pair_id"].to_list()


def settle(run: LinkRun, decisions: Mapping[str, bool]) -> LinkRun:
    """Fold in clerical decisions (pair_id → same person?) and form the people anew.

    Earlier decisions stay; a later one about the same pair replaces it, otherwise the order does not matter.
    Raises LinkageError when a pair is not in the run, or when confirmed pairs together would put two records
    of a file that holds nobody twice into one person.
    """
    if unknown := sorted(set(decisions) - set(run.pairs["pair_id"])):
        raise LinkageError(f"no pair {unknown[0]} in this run; decide on pairs that it lists")
    roll, said = run.people.select("file", "record_id"), {**run.decisions, **decisions}
    return resolve(run.plan, run.pairs, roll, run.facts, said, run.evidence)


def resolve(
    plan: Plan,
    pairs: pl.DataFrame,
    roll: pl.DataFrame,
    facts: Facts,
    decisions: Mapping[str, bool],
    evidence: tuple[dict[str, Any], ...],
) -> LinkRun:
    """Join clerks' pairs, then accepted ones from the heaviest down; reject what would join too much."""
    order = sorted(
        pairs.select("pair_id", "proposed", pl.col("weight").round(9)).rows(),
        key=lambda row: (0 if decisions.get(row[0]) else FIRST[row[1]], -row[2], row[0]),
    )
    sides = {
        row[0]: ((row[1], row[2]), (row[3], row[4])) for row in pairs.select(PAIR_COLUMNS[:5]).iter_rows()
    }
    people = People(plan.one_per_person, [sides[pair] for pair, same in decisions.items() if not same])
    verdicts = {pair: _verdict(people, pair, proposed, sides[pair], decisions) for pair, proposed, _ in order}
    found = pl.DataFrame(
        [(pair, *verdict) for pair, verdict in verdicts.items()],
        schema={"pair_id": pl.String, "status": pl.String, "why": pl.String}, orient="row",
    )  # fmt: skip
    kept = pairs.select(set(PAIR_COLUMNS[:10])).join(found, on="pair_id", how="left", maintain_order="left")
    kept = kept.with_columns(reason=pl.when(pl.col("why") == "").then("grounds").otherwise("why"))
    numbered = _numbered(people, roll)
    return LinkRun(plan, kept.select(PAIR_COLUMNS), numbered, facts, dict(decisions), evidence)


def _verdict(
    people: People,
    pair: str,
    proposed: str,
    sides: tuple[tuple[str, str], tuple[str, str]],
    decisions: Mapping[str, bool],
) -> tuple[str, str]:
    """Status of the pair and the reason for it where the engine's own grounds no longer say it."""
    if pair in decisions:
        refusal = people.join(*sides) if decisions[pair] else ""
        if refusal:
            raise LinkageError(
                f"pair {pair} cannot be confirmed: {refusal}; withdraw the decision it contradicts"
            )
        return ("accepted" if decisions[pair] else "rejected"), "decided by a clerk"
    if proposed == "rejected":
        return proposed, ""
    refusal = people.join(*sides) if proposed == "accepted" else people.refusal(*sides)
    return ("rejected" if refusal else proposed), refusal


def _numbered(people: People, roll: pl.DataFrame) -> pl.DataFrame:
    """The roll with a person number for each record, in the order in which people first appear."""
    numbers: dict[tuple[str, str], int] = {}
    count = 0
    records: list[tuple[str, str]] = roll.rows()
    for record in records:
        if record not in numbers:
            numbers.update(dict.fromkeys(people.of(record), count))
            count += 1
    person = pl.Series("person", [numbers[record] for record in records], dtype=pl.Int64)
    return roll.select(person, "file", "record_id")
