"""What agencies hold, as anyone may read it: the catalog is public."""

from collections.abc import Iterable
from itertools import groupby

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from charteroak.catalog.models import Dataset, Variable
from charteroak.policy import legal
from charteroak.policy.legal import Element, Law


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


def years_of(dataset: Dataset) -> str:
    return f"{dataset.first_year}–{dataset.last_year}" if dataset.first_year else ""
