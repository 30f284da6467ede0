"""The law as data: which rules bind an element, what they make the platform do, each with its source.

One file of `regimes/` holds one body of law. Rules bind by the tags of an element, by the agency that contributes it,
or everybody. Laws join to the strictest of all; each conclusion gives the rules it comes from as its reasons.
"""

from charteroak.policy.legal.evaluate import everybody, known_tags, law_on, named, on_agencies, on_each
from charteroak.policy.legal.law import Law
from charteroak.policy.legal.read import shipped
from charteroak.policy.legal.regime import Element, Regime, Rule, nations_in, tags_in

__all__ = [
    "Element", "Law", "Regime", "Rule", "everybody", "known_tags", "law_on", "named", "nations_in", "on_agencies",
    "on_each", "shipped", "tags_in",
]  # fmt: skip
