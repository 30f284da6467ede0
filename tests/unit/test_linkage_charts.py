"""Pictures of a linkage: their data add up, the pictures draw, the report is whole, closed and readable."""

from dataclasses import replace

import polars as pl
import pytest
from linkage_simulated import simulated
from lxml import etree, html

from charteroak.linkage import BlockCount, LinkageError, PassCount, charts

LINKAGE = replace(
    simulated(pairs=3000)[0],
    blocks=(
        BlockCount(("dob",), 100, 1000, 1000, 0, 0),
        BlockCount(("first_name", "street"), 90, 900, 300, 1, 40),
    ),
    passes=(PassCount("scored", 3000, 1200, 0.99),),
    warnings=("12 dates <unreadable>",),
    seconds={"score": 1.25},
)


@pytest.mark.parametrize("row", [0, 7, 500])
def test_a_waterfall_adds_up_to_the_match_weight_from_either_side(row: int) -> None:
    pair = LINKAGE.links.row(row, named=True)
    left, right = ("a", pair["id_l"]), ("b", pair["id_r"])
    steps = charts.data.waterfall(LINKAGE, left, right)
    assert steps["step"].to_list() == ["prior", "first_name", "dob", "street", "rarity of the values"]
    assert steps["end"][-1] == pytest.approx(pair["match_weight"])
    assert float(steps["bits"].sum()) == pytest.approx(pair["match_weight"])
    assert steps["bits"][-1] == pytest.approx(0.0, abs=1e-9), "the simulated values have no rarity"
    assert steps.equals(charts.data.waterfall(LINKAGE, right, left))


def test_a_pair_that_is_not_listed_has_no_waterfall() -> None:
    with pytest.raises(LinkageError, match="not listed"):
        charts.data.waterfall(LINKAGE, ("a", "nobody"), ("b", "nobody"))


def test_the_histogram_counts_every_pair_and_every_expected_match_once() -> None:
    bars = charts.data.histogram(LINKAGE)
    assert bars["pairs"].sum() == LINKAGE.links.height
    assert float(bars["true"].sum()) == pytest.approx(float(LINKAGE.links["match_probability"].sum()))


def test_match_weights_are_the_parameters_ratio() -> None:
    weights = charts.data.match_weights(LINKAGE.model)
    assert weights.filter((pl.col("field") == "dob") & (pl.col("level") == "same"))[
        "bits"
    ].item() == pytest.approx(8.81378)
    shares = charts.data.parameters(LINKAGE.model).group_by("field").agg(pl.col("m", "u").sum())
    assert shares["m"].to_list() == pytest.approx([1.0, 1.0, 1.0])
    assert shares["u"].to_list() == pytest.approx([1.0, 1.0, 1.0])


def test_every_picture_is_an_svg() -> None:
    pair = LINKAGE.links.row(0, named=True)
    name = LINKAGE.clusters.group_by("cluster").len().sort("len", "cluster")["cluster"][-1]
    for chart in (
        charts.waterfall(LINKAGE, ("a", pair["id_l"]), ("b", pair["id_r"])), charts.match_weights(LINKAGE.model),
        charts.parameters(LINKAGE.model), charts.histogram(LINKAGE), charts.blocking(LINKAGE),
        charts.unlinkable(LINKAGE), charts.missed(LINKAGE), charts.cluster(LINKAGE, name),
    ):  # fmt: skip
        drawn = etree.fromstring(charts.svg(chart).encode())
        assert drawn.tag.endswith("svg")
        assert len(drawn.findall(".//{http://www.w3.org/2000/svg}path")) > 1, "an empty frame is no picture"


def test_a_cluster_shows_its_records_and_the_links_among_them() -> None:
    joined = LINKAGE.clusters.group_by("cluster").len().filter(pl.col("len") == 2)["cluster"][0]
    records, pairs = charts.data.cluster(LINKAGE, joined)
    assert records.height == 2
    assert pairs.height == 1
    with pytest.raises(LinkageError, match="0 records"):
        charts.data.cluster(LINKAGE, "a:nobody")


def test_the_report_is_closed_and_has_a_table_beside_each_picture() -> None:
    text = charts.page(LINKAGE, {"precision": 0.5, "best_f1": 0.75}, title="Two <files>")
    assert "12 dates &lt;unreadable&gt;" in text
    assert "Two &lt;files&gt;" in text
    page = html.document_fromstring(text)
    assert page.get("lang") == "en"
    assert not page.xpath("//script | //link | //iframe | //*[@src] | //*[starts-with(@href, 'http')]")
    pictures = page.xpath("//figure")
    assert len(pictures) == 6
    for picture in pictures:
        assert picture.xpath("./*[local-name()='svg'][@role='img'][string-length(@aria-label) > 20]")
        assert picture.xpath("following-sibling::details[1]//table[caption]//th[@scope='col']")
    assert [heading.tag for heading in page.xpath("//h1")] == ["h1"]
    figures = {row[0].text: row[1].text for row in page.xpath("//table[caption='In short']//tbody/tr")}
    assert figures["against the truth: best f1"] == "0.7500"
    assert figures["records"] == "6,000"


def test_the_report_of_an_empty_linkage_is_still_a_page() -> None:
    empty = replace(
        LINKAGE, links=LINKAGE.links.clear(), levels=LINKAGE.levels.clear(), blocks=(), passes=(), warnings=()
    )
    assert "<h1>Linkage report</h1>" in charts.page(empty)
