"""Record linkage: who is the same person across files. Pure."""

from charteroak.linkage import read, write
from charteroak.linkage.explain import explain, explain_pairs
from charteroak.linkage.link import link
from charteroak.linkage.rates import match_rates
from charteroak.linkage.read import recipe_042
from charteroak.linkage.recipe import LinkageError, Recipe
from charteroak.linkage.run import LinkRun, settle

__all__ = [
    "LinkRun", "LinkageError", "Recipe", "explain", "explain_pairs", "link", "match_rates", "read", "recipe_042",
    "settle", "write",
]  # fmt: skip
