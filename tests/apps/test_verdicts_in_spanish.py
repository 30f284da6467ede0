"""A checker who reads Spanish is told in Spanish what a verdict found and what mends it."""

import pytest
from django.utils.translation import override

from charteroak.disclosure import shipped
from charteroak.disclosure.models import model
from charteroak.disclosure.rules import MENDS
from charteroak.outputs.file_page import _told
from charteroak.outputs.verdict_words import LONGEST, WORDS, cell_in_language, in_language


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ("4 to 13", "de 4 a 13"),
        ("47 to 47, to the contributor of town=Bozrah", "de 47 a 47, para quien aportó town=Bozrah"),
        ("at least 4 to 13", "al menos de 4 a 13"),
        ("all but 1 of 60", "todas menos 1 de 60"),
        ("tested with 3 earlier tables; not tested across projects",
         "probada con 3 tablas anteriores; sin probar entre proyectos"),
        ("State at risk for every interval.", "Indique en riesgo para cada intervalo."),
        ("12", "12"),
        ("town=New Haven", "town=New Haven"),
    ],
)  # fmt: skip
def test_what_stands_in_a_verdict_is_said_in_spanish(english: str, spanish: str) -> None:
    assert in_language(english) == english
    with override("es"):
        assert in_language(english) == spanish


def test_the_label_of_a_cell_stays_as_the_file_has_it() -> None:
    verdict = {"rule": "minimum_people", "verdict": "fail", "figure": "4 to 13"}
    with override("es"):
        for label in ("none to few", "all but 1 of 60", " to ".join("a" * 9000)):
            told = _told(verdict | {"cell": label})
            assert (told["cell"], told["figure"]) == (label, "de 4 a 13")
            assert in_language(f"the contributor of {label}").endswith(label)
        assert cell_in_language("everybody") == "todos"


def test_a_long_text_of_a_file_is_not_taken_apart() -> None:
    assert max(map(len, WORDS)) < LONGEST
    for language in ("en", "es"):
        with override(language):
            said = " to ".join("a" * 3000)
            assert in_language(said) == said


def test_no_cure_of_a_failing_model_stays_english() -> None:
    summary = {"terms": [{"name": "first", "people": 1}], "residual_degrees_of_freedom": 2, "r_squared": 1.0}
    cures = {v.mend for v in model("m.json", summary, shipped("board")) if v.mend} | set(MENDS.values())
    assert len(cures) > 8
    with override("es"):
        assert [cure for cure in cures if in_language(cure) == cure] == []
