"""Record linkage: who is the same person across files. Pure."""

from charteroak.linkage.clerical import read, write
from charteroak.linkage.clerical.explain import explain, explain_pairs
from charteroak.linkage.clerical.link import link
from charteroak.linkage.clerical.rates import match_rates
from charteroak.linkage.clerical.read import recipe_042
from charteroak.linkage.clerical.recipe import LinkageError, Recipe
from charteroak.linkage.clerical.run import LinkRun, settle

__all__ = [
    "LinkRun", "LinkageError", "Recipe", "explain", "explain_pairs", "link", "match_rates", "read", "recipe_042",
    "settle", "write",
]  # fmt: skip
