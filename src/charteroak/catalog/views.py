"""The catalog as anyone reads it: whole on one page, as a file, and dataset by dataset."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from charteroak.adapters.download import download
from charteroak.catalog import queries
from charteroak.catalog.forms import FilterForm
from charteroak.catalog.models import Dataset, Variable
from charteroak.policy import legal

HEAD = (
    "agency", "file", "name", "title", "definition", "type", "width", "required", "codes", "sensitivity", "law",
    "use", "ceds",
)  # fmt: skip


@require_safe
def whole(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    found = list(queries.variables(**form.chosen()))
    return render(
        request,
        "catalog/whole.html",
        {
            "form": form,
            "count": len(found),
            "grouped": [
                (dataset, queries.years_of(dataset), [(v, queries.law_of(v)) for v in members])
                for dataset, members in queries.by_dataset(found)
            ],
            "narrowed": request.GET.urlencode(),
        },
    )


@require_safe
def as_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The same variables as the page, narrowed in the same way, as CSV or workbook."""
    found = queries.variables(**FilterForm(request.GET).chosen())
    return download(request, HEAD, map(_row, found), name="catalog", kind=kind)


def _row(v: Variable) -> list[object]:
    codes = "; ".join(f"{code} = {label}" for code, label in v.codes.items())
    said = (v.name, v.title, v.definition, v.type, v.width or "", "yes" if v.required else "no", codes)
    law = (v.sensitivity, queries.law_of(v), v.use, v.ceds)
    return [v.dataset.agency.code, v.dataset.file, *said, *law]


@require_safe
def law(request: HttpRequest) -> HttpResponse:
    """Every law that this platform applies: what it binds, its rules, their sources and marks."""
    shipped = {regime.key: regime for regime in legal.shipped()}
    regimes = [
        (
            regime,
            sorted(regime.tags),
            sorted(regime.agencies),
            [(rule, [shipped[key] for key in sorted(rule.not_with)]) for rule in regime.rules],
        )
        for regime in shipped.values()
    ]
    return render(request, "catalog/law.html", {"regimes": regimes})


@require_safe
def dataset(request: HttpRequest, code: str, file: str) -> HttpResponse:
    record = get_object_or_404(Dataset.objects.select_related("agency"), agency__code=code, file=file)
    held = record.variables.select_related("dataset__agency")
    variables = [(v, queries.law_of(v), queries.laws_of(v)) for v in held]
    return render(
        request,
        "catalog/dataset.html",
        {"dataset": record, "years": queries.years_of(record), "variables": variables},
    )
