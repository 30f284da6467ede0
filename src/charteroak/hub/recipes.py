"""Which recipe links the files that an agreement names."""

from collections.abc import Collection, Mapping

from charteroak.linkage import clerical as linkage
from charteroak.linkage.clerical import Recipe

SHIPPED = (linkage.recipe_042,)


def recipe_for(columns: Mapping[str, Collection[str]]) -> Recipe | None:
    """The first shipped recipe whose every column is there: `columns` by agency code."""
    for shipped in SHIPPED:
        recipe = shipped()
        needed = {(file, name) for field in recipe.fields for file, name in field.columns.items()}
        if all(name in columns.get(file, ()) for file, name in needed):
            return recipe
    return None
