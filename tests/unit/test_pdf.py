"""Every PDF file meets PDF/UA-1: by an independent checker, and by what another library reads in it."""

import pytest
from django.template import engines

from charteroak.adapters import pdf
from printed import faults, read

WHOLE = """{% extends "paper.html" %}{% block title %}Agreement 042{% endblock %}
{% block about %}A data sharing agreement{% endblock %}{% block running %}042{% endblock %}
{% block content %}<h1>Agreement 042 ≤ 45 días</h1><h2>Parties</h2>
<table><caption>Who signs</caption>
<thead><tr><th scope="col">Agency</th><th scope="col">Signed</th></tr></thead>
<tbody><tr><th scope="row">Labor “DOL”</th><td class="number">9</td></tr></tbody></table>
<h2>Words</h2><h3>1 Purpose</h3><p>See <a href="https://example.org/042">the register</a>.</p>
<ul><li>one</li><li><del>two</del> <ins>three</ins></li></ul>
<p><img src="site/mark.svg" alt="An oak leaf" width="20" height="20"></p>
{% endblock %}"""


def _written(template: str = WHOLE) -> bytes:
    return pdf.made_from(engines["django"].from_string(template).render({}))


def test_a_checker_finds_nothing_against_pdf_ua_1() -> None:
    assert faults(_written()) == []


def test_the_checker_does_find_what_is_wrong() -> None:
    """Without this, a checker that sees nothing would pass everything."""
    skipping = WHOLE.replace("<h2>Parties</h2>", "<h4>Parties</h4>").replace(' alt="An oak leaf"', "")
    assert faults(_written(skipping)) != []


def test_it_says_its_language_title_and_standard_and_its_parts_are_tagged() -> None:
    found = read(_written())
    assert (found.language, found.title, found.shows_title) == ("en", "Agreement 042", True)
    assert (found.ua, found.marked) == ("1", True)
    for tag in ("H1", "H2", "H3", "Table", "Caption", "THead", "TH", "TD", "L", "LI", "Link", "Figure"):
        assert tag in found.tags


def test_it_is_set_in_the_sites_own_fonts_which_travel_with_it() -> None:
    found = read(_written()).fonts
    assert any("Source-Sans" in font or "SourceSans" in font for font in found), found
    assert any("Merriweather" in font for font in found), found


def test_the_same_document_makes_the_same_bytes() -> None:
    assert _written() == _written()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1/x.png", "file:///etc/hostname", "../../../../../../etc/hostname", "data:,x"]
)
def test_nothing_is_taken_from_elsewhere(address: str) -> None:
    with pytest.raises(pdf.NotOfThisHouse, match="own folder"):
        _written(WHOLE.replace("site/mark.svg", address))
