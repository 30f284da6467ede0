"""What agencies hold, as anyone may read it: the catalog is public."""

from collections.abc import Iterable
from itertools import groupby

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from charteroak.catalog.models import Dataset, Variable
from charteroak.policy import legal
from charteroak.policy.legal import Element, Law, Rule


def variables(*, q: str = "", agency: str = "", sensitivity: str = "") -> QuerySet[Variable]:
    """The whole catalog in order, or the part where every word of `q` occurs somewhere in an entry."""
    found = Variable.objects.select_related("dataset__agency").order_by(
        "dataset__agency__code", "-dataset__file", "position"
    )
    for word in q.split():
        found = found.filter(
            Q(name__icontains=word)
            | Q(title__icontains=word)
            | Q(definition__icontains=word)
            | Q(regime__icontains=word)
            | Q(dataset__title__icontains=word)
            | Q(dataset__agency__name__icontains=word)
        )
    if agency:
        found = found.filter(dataset__agency__code=agency)
    if sensitivity:
        found = found.filter(sensitivity=sensitivity)
    return found


def by_dataset(found: Iterable[Variable]) -> list[tuple[Dataset, list[Variable]]]:
    """Variables in their datasets, in the order given."""
    return [
        (dataset, list(members)) for dataset, members in groupby(found, key=lambda variable: variable.dataset)
    ]


def law_of(variable: Variable) -> str:
    """The law that governs a variable, with a mark where counsel has not confirmed it."""
    if not variable.regime or variable.regime_verified:
        return variable.regime
    return _("%(law)s (to be confirmed by counsel)") % {"law": variable.regime}


def element(variable: Variable) -> Element:
    """A variable as the law sees it."""
    tags = legal.tags_in(variable.regime)
    return Element(variable.dataset.agency.code, tags, variable.use, variable.sensitivity)


def law_on(found: Iterable[Variable]) -> Law:
    """The law on variables that are asked for together: the strictest of all."""
    return legal.law_on(element(variable) for variable in found)


def rules_on(found: Iterable[Variable]) -> list[tuple[Rule, list[Variable]]]:
    """Every rule of law that binds some of the variables by tag or agency, with those that it binds."""
    bound: dict[Rule, list[Variable]] = {}
    for variable in found:
        for rule in legal.on_each(element(variable)).rules:
            bound.setdefault(rule, []).append(variable)
    return sorted(bound.items(), key=lambda item: item[0].key)


def laws_of(variable: Variable) -> list[tuple[str, str, list[str], bool]]:
    """The laws on one variable: key, name, sources of the rules that bind it, whether counsel confirmed all of it."""
    rules = [rule for rule, _variables in rules_on([variable])]
    names = {rule.regime: rule.law for rule in rules}
    return [
        (
            key,
            name,
            sorted({rule.source for rule in rules if rule.regime == key}),
            all(rule.verified for rule in rules if rule.regime == key),
        )
        for key, name in names.items()
    ]


def years_of(dataset: Dataset) -> str:
    return f"{dataset.first_year}–{dataset.last_year}" if dataset.first_year else ""
