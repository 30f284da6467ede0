"""Estimates of a linkage's quality, held against simulated linkages whose truth is known."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from linkage_simulated import simulated

from charteroak.linkage import Linkage, LinkageError, uncertainty
from charteroak.linkage.uncertainty.sampling import EDGES


def actual(linkage: Linkage, same: pl.Series) -> tuple[float, float]:
    linked = linkage.links["match_probability"] >= 0.5
    right = float((linked & same).sum())
    return right / float(linked.sum()), right / float(same.sum())


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("true", [0.1, 0.4, 0.8])
def test_the_estimates_hold_the_truth_where_the_model_is_right(true: float, seed: int) -> None:
    linkage, same = simulated(true=true, seed=seed)
    found = uncertainty.estimates(linkage)
    precision, recall = actual(linkage, same)
    assert found.precision.low - 0.003 <= precision <= found.precision.high + 0.003
    assert found.recall.low - 0.003 <= recall <= found.recall.high + 0.003
    assert abs(found.precision.value - precision) < 0.01
    assert abs(found.true_pairs - float(same.sum())) < 0.02 * float(same.sum()) + 40


def test_a_model_that_believes_too_much_is_found_out_by_labels() -> None:
    linkage, same = simulated(true=0.2, off=5.0)
    precision, _ = actual(linkage, same)
    believed = uncertainty.estimates(linkage).precision.value
    assert believed > precision + 0.02, "the scene must be wrong for the test to mean anything"
    truth = dict(zip(linkage.links["id_l"], same, strict=True))
    reviewed = uncertainty.plan(linkage, 800).with_columns(
        same=pl.col("id_l").replace_strict(truth, return_dtype=pl.Boolean)
    )
    found = uncertainty.measured(reviewed, rng=np.random.default_rng(0))
    assert found.precision.low <= precision <= found.precision.high
    curve = uncertainty.recalibrated(reviewed)
    renewed = curve.probability(linkage.links["match_weight"].to_numpy())
    before = float(
        np.mean((linkage.links["match_probability"].to_numpy() - same.cast(pl.Float64).to_numpy()) ** 2)
    )
    after = float(np.mean((renewed - same.cast(pl.Float64).to_numpy()) ** 2))
    assert after < before
    assert abs(renewed.sum() - float(same.sum())) < 0.1 * float(same.sum())


def test_intervals_from_samples_hold_the_truth_as_often_as_they_say() -> None:
    linkage, same = simulated(true=0.3)
    precision, recall = actual(linkage, same)
    truth = dict(zip(linkage.links["id_l"], same, strict=True))
    inside = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        reviewed = _drawn_anew(linkage, seed).with_columns(
            same=pl.col("id_l").replace_strict(truth, return_dtype=pl.Boolean)
        )
        found = uncertainty.measured(reviewed, rng=rng)
        inside += found.precision.low <= precision <= found.precision.high
        inside += found.recall.low <= recall <= found.recall.high
    assert inside >= 55, "of 60 intervals at 95 % or more, 57 or more are expected to hold the truth"


def _drawn_anew(linkage: Linkage, seed: int) -> pl.DataFrame:
    """A plan's sample is fixed by its content: draw other pairs from its strata, to see many samples."""
    planned = uncertainty.plan(linkage, 300)
    places = np.digitize(linkage.links["match_probability"].to_numpy(), sorted({*EDGES, 0.5}))
    drawn = []
    for stratum, size, count in (
        planned.select("stratum", "of_stratum", "sampled").unique().sort("stratum").iter_rows()
    ):
        pairs = linkage.links.filter(pl.Series(places == stratum))
        assert pairs.height == size
        told = {"stratum": pl.lit(stratum), "of_stratum": pl.lit(size), "sampled": pl.lit(count)}
        drawn.append(
            pairs.sample(count, seed=seed).with_columns(**told, linked=pl.col("match_probability") >= 0.5)
        )
    return pl.concat(drawn)


def test_the_sample_does_not_depend_on_the_order_of_links() -> None:
    linkage, _ = simulated(pairs=2000)
    turned = replace(linkage, links=linkage.links.reverse(), levels=linkage.levels.reverse())
    one, other = (uncertainty.plan(each, 100)["id_l"].to_list() for each in (linkage, turned))
    assert one == other
    assert 80 <= len(one) <= 220


def test_two_heaps_are_told_apart() -> None:
    rng = np.random.default_rng(5)
    false, true = rng.exponential(2.0, 8000) - 6.6, rng.normal(18, 5, 5000)
    weights = np.concatenate([false, true[true > -6.6]])
    found = uncertainty.fit(weights, 1 / (1 + np.exp2(-(weights - 3))))
    assert found is not None
    assert abs(found.true - 5000 / 13000) < 0.02
    for cut in (0.0, 2.0, 5.0):
        kept = weights >= cut
        assert abs(found.precision(cut) - (true >= cut).sum() / kept.sum()) < 0.02
    assert uncertainty.fit(weights[:20], np.full(20, 0.5)) is None


def test_a_group_that_is_linked_worse_is_named() -> None:
    linkage, _ = simulated(pairs=12_000)
    poor = set(linkage.links.filter(pl.col("match_probability") < 0.8)["id_l"].head(1500))
    groups = linkage.clusters.select(
        "id",
        "source",
        group=pl.when(pl.col("id").is_in(poor)).then(pl.lit("rural")).otherwise(pl.lit("town")),
    )
    found = uncertainty.by_group(linkage, groups)
    assert found["group"].to_list() == ["rural", "town"]
    assert found["records"].sum() == 24_000
    assert abs(float(found["true_pairs"].sum()) - float(linkage.links["match_probability"].sum())) < 1e-6
    said = " ".join(uncertainty.group_warnings(found))
    assert "'rural': estimated recall" in said
    assert "'town'" not in said
    even = linkage.clusters.select("id", "source", group=pl.col("id").str.slice(-1))
    assert not [
        one for one in uncertainty.group_warnings(uncertainty.by_group(linkage, even)) if "recall" in one
    ]
    with pytest.raises(LinkageError, match="one row"):
        uncertainty.by_group(linkage, groups.head(10))


def test_missed_matches_have_causes_that_add_up() -> None:
    linkage, same = simulated()
    found = uncertainty.causes(linkage)
    below = linkage.links.filter(pl.col("match_probability") < 0.5)["match_probability"].sum()
    assert float(found["pairs"].sum()) == pytest.approx(float(below))
    assert found.row(0)[:2] == ("dob", "different"), "the field whose disagreement costs the most bits"
    people = [one if true else f"x{one}" for one, true in zip(linkage.links["id_l"], same, strict=True)]
    ids = linkage.links["id_l"]
    truth = pl.concat([
        pl.DataFrame({"id": ids, "source": "a", "person": ids}),
        pl.DataFrame({"id": ids, "source": "b", "person": people}),
    ])  # fmt: skip
    told = uncertainty.missed(linkage, truth)
    assert told["true"] == int(same.sum())
    assert told["true"] == told["found"] + told["not_listed"] + told["below_threshold"] + told["cut"]
    assert told["below_threshold"] == int((same & (linkage.links["match_probability"] < 0.5)).sum())


def test_what_cannot_be_estimated_is_said() -> None:
    linkage, _ = simulated(pairs=30)
    assert any("too few" in one for one in uncertainty.estimates(linkage).warnings)
    with pytest.raises(LinkageError, match="at least one"):
        uncertainty.plan(linkage, 0)
    with pytest.raises(LinkageError, match="same"):
        uncertainty.recalibrated(uncertainty.plan(linkage, 5))
    nothing = uncertainty.plan(linkage, 5).with_columns(same=pl.lit(None, pl.Boolean))
    with pytest.raises(LinkageError, match="decided"):
        uncertainty.measured(nothing, rng=np.random.default_rng(0))
