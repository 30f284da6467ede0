"""Why a pair scored what it did, step by step."""

from math import log2

from charteroak.linkage.kernel import place_bits, shares_in_bits
from charteroak.linkage.kinds import PLACE
from charteroak.linkage.linkage import OTHERS, Linkage
from charteroak.linkage.model import Model, Regime

PRIOR, RARITY, MOVED = "prior", "rarity of the values", "people move"


def steps(linkage: Linkage, row: int) -> list[tuple[str, str, float]]:
    """Name, level and bits of each step towards the match weight of one row of `links`: the prior, each field in the
    recipe's order ("missing" weighs nothing), what is given back because a move changes all of a place at once,
    what the term frequencies added, and what the other records of both people say. The bits add up to the weight.
    """
    model, levels = linkage.model, linkage.levels.row(row, named=True)
    regime = regime_of(model, levels["regime"])
    found = [(PRIOR, "", log2(model.prior / (1 - model.prior)))]
    for field in linkage.recipe.fields:
        level = levels[field.name]
        bits = 0.0 if level < 0 else regime.weights(field.name)[level]
        found.append((field.name, "missing" if level < 0 else model.levels[field.name][level], bits))
    if model.moved:
        here = sum(
            bits
            for (_, _, bits), field in zip(found[1:], linkage.recipe.fields, strict=True)
            if field.kind in PLACE
        )
        found.append((MOVED, "", place_bits(here, *shares_in_bits(model.moved)) - here))
    others = float(levels.get(OTHERS, 0.0))
    rest = float(linkage.links["match_weight"][row]) - others - sum(bits for _, _, bits in found)
    found.append((RARITY, "", rest))
    return [*found, (OTHERS, "", others)] if others else found


def regime_of(model: Model, name: str) -> Regime:
    """The regime of this name; pairs of a circumstance that the model does not single out are as everyone's."""
    return {each.name: each for each in model.regimes}.get(name, model.everyone)
