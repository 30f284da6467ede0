"""Record linkage: who is the same person across files. Pure."""

from charteroak.linkage.infer import explain_recipe, infer
from charteroak.linkage.link import link, predict
from charteroak.linkage.linkage import BlockCount, Counts, Linkage, PassCount, Quality
from charteroak.linkage.model import Model, Regime
from charteroak.linkage.phases import Phases
from charteroak.linkage.recipe import Field, Kind, Level, LinkageError, Pass, Recipe
from charteroak.linkage.splink import read_splink, write_splink
from charteroak.linkage.toml import digest, from_toml, to_toml

__all__ = [
    "BlockCount", "Counts", "Field", "Kind", "Level", "Linkage", "LinkageError", "Model", "Pass", "PassCount", "Phases",
    "Quality", "Recipe", "Regime", "digest", "explain_recipe", "from_toml", "infer", "link", "predict", "read_splink",
    "to_toml", "write_splink",
]  # fmt: skip
