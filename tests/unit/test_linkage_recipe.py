"""The recipe is what stewards signed: it says what it means, or it is refused."""

import pytest

from charteroak.linkage.clerical import LinkageError, Recipe, recipe_042


def test_a_recipe_survives_its_canonical_text() -> None:
    recipe = recipe_042()
    assert Recipe.from_toml(recipe.to_toml()) == recipe
    assert Recipe.from_toml(recipe.to_toml()).digest() == recipe.digest()


def test_quotes_and_backslashes_survive_the_canonical_text() -> None:
    text = recipe_042().to_toml().replace('name = "SASID"', r'name = "the \"state\" número \\ \nSASID"')
    recipe = Recipe.from_toml(text)
    assert recipe.exact[0].name == 'the "state" número \\ \nSASID'
    assert Recipe.from_toml(recipe.to_toml()) == recipe


def test_another_threshold_is_another_recipe() -> None:
    text = recipe_042().to_toml()
    assert Recipe.from_toml(text.replace("accept = 0.98", "accept = 0.97")).digest() != recipe_042().digest()


def test_042_is_what_the_agreement_plans() -> None:
    recipe = recipe_042()
    assert recipe.file_pairs() == (("SDE", "CSC"), ("CSC", "DOL"))
    assert recipe.files() == ("SDE", "CSC", "DOL")
    assert [field.name for field in recipe.shared("CSC", "DOL")] == ["ssn", "family_name", "first_initial"]
    assert "ssn" not in [field.name for field in recipe.shared("SDE", "CSC")]


@pytest.mark.parametrize(
    ("change", "to", "complaint"),
    [
        ("accept = 0.98", "accept = 1.5", "review <= accept"),
        ("review = 0.5", "review = 0.99", "review <= accept"),
        ('keys = ["sasid"]', 'keys = ["ssn"]', "'ssn' is not a field of both SDE and CSC"),
        ('keys = ["sasid"]', "keys = []", "names no field"),
        ('keys = ["sasid"]', 'keys = ["family_name:start"]', "no blocking key"),
        ('"birth_date:month_day"', '"birth_date:century"', "no blocking key"),
        ('family_name = "close"', 'family_name = "rhymes"', "no level 'rhymes'"),
        ('family_name = "close"', '"family_name" = "close", "birth_date" = "same"', "'birth_date' is not"),
        ('kind = "ssn"', 'kind = "passport"', "no kind of field is called 'passport'"),
        ("margin = 3.0", "", "margin"),
        ("margin = 3.0", "margin = 3.0\ncolour = 1", "unknown entries colour"),
        ("margin = 3.0", "margin = ", "not TOML"),
    ],
)
def test_a_wrong_recipe_is_refused_with_what_is_wrong(change: str, to: str, complaint: str) -> None:
    text = recipe_042().to_toml().replace('"family_name" = "close"', 'family_name = "close"')
    assert change in text
    with pytest.raises(LinkageError, match=complaint):
        Recipe.from_toml(text.replace(change, to))
