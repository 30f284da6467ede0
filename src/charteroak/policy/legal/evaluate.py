"""Which law binds which elements: the rules of every regime that binds one of them."""

from collections.abc import Collection, Iterable, Sequence

from charteroak.policy.legal.law import Law
from charteroak.policy.legal.read import shipped
from charteroak.policy.legal.regime import Element, Regime, Rule

UNKNOWN = Rule(
    regime="unknown",
    law="Unknown law",
    name="law_unknown",
    says="A law is named that this platform does not know.",
    mend="Counsel writes down what it asks, or corrects the dictionary.",
    source="data dictionary",
    verified=False,
    refused=True,
)  # fails closed: what no file describes is refused


def law_on(elements: Iterable[Element], regimes: Sequence[Regime] | None = None) -> Law:
    """The law on elements that are asked for together: the strictest of all that bind one of them."""
    known = shipped() if regimes is None else regimes
    found = everybody(known)
    for element in set(elements):
        found |= on_each(element, known)
    return found


def on_each(element: Element, regimes: Sequence[Regime] | None = None) -> Law:
    """The law on one element by its tags and its agency, without what binds every request."""
    known = shipped() if regimes is None else regimes
    bound = (
        rule
        for regime in known
        if not regime.binds_everyone and regime.binds(element)
        for rule in regime.rules
        if rule.binds(element)
    )
    return Law(frozenset(bound) | ({UNKNOWN} if element.tags - known_tags(known) else set()))


def everybody(regimes: Sequence[Regime] | None = None) -> Law:
    """The rules that bind every request, whatever it asks for."""
    known = shipped() if regimes is None else regimes
    return Law(frozenset(rule for regime in known if regime.binds_everyone for rule in regime.rules))


def on_agencies(codes: Collection[str]) -> Law:
    """The rules that bind whatever these agencies contribute."""
    return law_on(Element(code) for code in codes)


def named(keys: Iterable[str]) -> Law:
    """The rules that a signed agreement names; one that no file holds any more is unknown law, which refuses."""
    rules = {rule.key: rule for regime in shipped() for rule in regime.rules}
    return Law(frozenset(rules.get(key, UNKNOWN) for key in keys))


def known_tags(regimes: Sequence[Regime] | None = None) -> frozenset[str]:
    """Every spelling by which a dictionary may name a law."""
    known = shipped() if regimes is None else regimes
    return frozenset[str]().union(*(regime.tags for regime in known))
