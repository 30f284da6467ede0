"""What docs/agreements.md tells counsel is what the rules say."""

import re
from pathlib import Path

import pytest

from charteroak.policy import wording
from charteroak.policy.attachment import LARGEST, MOST, may_be_taken
from charteroak.policy.clocks import ALLOWED, LATE, SOON, Stage
from charteroak.policy.signature import CONFIRMED_FOR

PAGE = (Path(__file__).parents[2] / "docs" / "agreements.md").read_text("utf-8")
PREVIEW = wording.latest()["preview"]
SAID = PREVIEW.text.format(days=30, preclear_days=0)


@pytest.mark.parametrize(
    ("done", "rule"),
    [
        (SAID.replace("30-day preview", "preview"), "open_value_lost"),
        (SAID.replace("30-day", "900-day"), "open_value_out_of_bounds"),
    ],
)
def test_a_change_of_the_preview_meets_the_rule_that_the_page_names(done: str, rule: str) -> None:
    assert [reason.rule for reason in PREVIEW.may_read("7", SAID, done).reasons] == [rule]
    assert f"`{rule}`" in PAGE


def test_sixty_days_may_be_settled_and_become_the_term() -> None:
    settled = SAID.replace("30-day", "60-day")
    assert "a 60-day preview" in PAGE
    assert PREVIEW.may_read("7", SAID, settled).allowed
    assert PREVIEW.terms({"days": 30, "preclear_days": 0}, settled) == {"days": 60, "preclear_days": 0}


def test_the_page_names_the_locked_clauses_and_the_bounds() -> None:
    locked = {kind for kind, template in wording.latest().items() if template.locked}
    decided = {
        "purpose",
        "elements",
        "people",
        "place",
        "hub",
        "thresholds",
        "parties",
        "term",
        "amendment",
        "irb",
        "consent",
    }
    assert locked == decided
    assert "what an amendment replaces" in PAGE
    bounds = PREVIEW.open["days"]
    assert f"a number from {bounds.least} to {bounds.most}" in PAGE


def test_every_rule_on_the_page_is_one_of_the_code() -> None:
    source = Path(wording.__file__).parents[2]
    code = "".join(
        (source / name).read_text("utf-8")
        for name in ("policy/wording/template.py", "agreements/round_trip.py", "policy/attachment.py")
    )
    for rule in re.findall(r"\| `(\w+)` \|", PAGE):
        assert f'"{rule}"' in code, rule


WORDS = {2: "two", 3: "three", 5: "five", 15: "fifteen"}


def test_the_days_on_the_page_are_those_that_the_clocks_allow() -> None:
    said = " ".join(PAGE.split())
    assert f"the policy office has {WORDS[ALLOWED[Stage.COMPLETENESS]]} for its completeness check" in said
    assert f"DOL has {WORDS[ALLOWED[Stage.DECISION]]} for its decision" in said
    assert f"comes {WORDS[SOON]} business days before the due day" in said
    assert f"{WORDS[LATE]} business days later the policy office is told as well" in said
    assert f"good for {WORDS[CONFIRMED_FOR]} minutes" in said


@pytest.mark.parametrize(
    ("name", "content", "held", "rule"),
    [
        ("letter.exe", b"MZ", [], "type_not_taken"),
        ("letter.pdf", b"<html>", [], "content_differs"),
        ("letter.docx", b"PK\x03\x04 word/vbaProject.bin", [], "holds_a_program"),
        ("letter.pdf", b"%PDF-1.7", ["letter.pdf"], "name_taken"),
    ],
)
def test_a_paper_meets_the_rule_that_the_page_names(
    name: str, content: bytes, held: list[str], rule: str
) -> None:
    assert [reason.rule for reason in may_be_taken(name, content, held).reasons] == [rule]
    assert f"`{rule}`" in PAGE
    assert f"at most {LARGEST >> 20} MB each and {MOST} together" in " ".join(PAGE.split())
