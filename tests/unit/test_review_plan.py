"""The plan is what stewards signed: it says what it means, or it is refused."""

import pytest

from charteroak.linkage import LinkageError
from charteroak.linkage.review import Plan, plan_042


def test_a_plan_survives_its_canonical_text() -> None:
    plan = plan_042()
    assert Plan.from_toml(plan.to_toml()) == plan
    assert Plan.from_toml(plan.to_toml()).digest() == plan.digest()


def test_quotes_and_backslashes_survive_the_canonical_text() -> None:
    text = plan_042().to_toml().replace('name = "SASID"', r'name = "the \"state\" número \\ \nSASID"')
    plan = Plan.from_toml(text)
    assert plan.steps[0].recipe.passes[0].name == 'the "state" número \\ \nSASID'
    assert Plan.from_toml(plan.to_toml()) == plan


def test_another_threshold_is_another_plan() -> None:
    text = plan_042().to_toml()
    assert Plan.from_toml(text.replace("link = 0.98", "link = 0.97")).digest() != plan_042().digest()


def test_042_is_what_the_agreement_plans() -> None:
    plan = plan_042()
    assert [step.files for step in plan.steps] == [("SDE", "CSC"), ("CSC", "DOL")]
    assert plan.files == ("SDE", "CSC", "DOL")
    assert plan.one_per_person == {"SDE", "CSC", "DOL"}
    first, second = (step.recipe for step in plan.steps)
    assert [field.name for field in second.fields] == ["ssn", "family_name", "first_initial"]
    assert "ssn" not in [field.name for field in first.fields]
    assert [step.name for recipe in (first, second) for step in recipe.passes] == [
        "SASID", "SSN, surname and first initial",
    ]  # fmt: skip
    assert plan.columns()["DOL"] == {"ssn", "last_name", "first_initial"}


@pytest.mark.parametrize(
    ("change", "to", "complaint"),
    [
        ("link = 0.98", "link = 1.5", "link < 1"),
        ("review = 0.4", "review = 0.99", "review <= link"),
        ("review = 0.4", "review = 1e-13", "keep <= review"),
        ('{ "SDE" = ["sasid"]', '{ "DSS" = ["sasid"]', "'sasid' is not a field of both files"),
        ('agree = { "sasid" = "same" }', 'agree = { "ssn" = "same" }', "'ssn' is not a field"),
        ('"birth_date:month_day"', '"century:month_day"', "'century' is not a field"),
        ('"family_name" = "close"', '"family_name" = "rhymes"', "no level 'rhymes'"),
        ('kind = "ssn"', 'kind = "passport"', "no kind of field is called 'passport'"),
        ("margin = 3.0", "", "margin"),
        ("margin = 3.0", "margin = 3.0\ncolour = 1", "unknown entries colour"),
        ("margin = 3.0", "margin = ", "not TOML"),
        ('left = "SDE"', "", "left"),
        ('left = "SDE"', 'left = "SDE"\ncolour = 1', "unknown entries colour"),
    ],
)
def test_a_wrong_plan_is_refused_with_what_is_wrong(change: str, to: str, complaint: str) -> None:
    text = plan_042().to_toml()
    assert change in text
    with pytest.raises(LinkageError, match=complaint):
        Plan.from_toml(text.replace(change, to))


def test_a_plan_without_a_step_and_a_step_that_links_nothing_are_refused() -> None:
    text = plan_042().to_toml()
    with pytest.raises(LinkageError, match="links no files"):
        Plan.from_toml(text.partition("[[steps]]")[0] + "steps = []")
    without = text[: text.rindex("[[steps.passes]]")]
    with pytest.raises(LinkageError, match="step CSC-DOL: links nothing"):
        Plan.from_toml(without)
