"""How openly people may work on an extract: what the catalog says of its columns, and the agreement of seeing them."""

from django.db.models import QuerySet

from charteroak.agreements.queries import terms
from charteroak.catalog.models import Dataset, Variable
from charteroak.hub.models import Extract
from charteroak.policy import workspace as rules

EVIDENCE = "evidence"  # the airlock's own table: no workspace sees it


def mode_of(extract: Extract) -> rules.Mode:
    """How people work on this extract unless its operator says otherwise."""
    return rules.mode_of(sensitivities(extract))


def openest(extract: Extract) -> rules.Mode:
    """The most open way that the catalog and the agreement let people work on it today."""
    signed = terms(extract.link_run.agreement)
    return rules.openest_of(sensitivities(extract), sensitive_seen=signed.sensitive_seen)


def sensitivities(extract: Extract) -> set[str]:
    """How sensitive the catalog says each of its columns is."""
    found = set()
    for table, told in extract.tables.items():
        if table != EVIDENCE:
            known = {one.name: one.sensitivity for one in variables_of(table)}
            found |= {known.get(name, "not in the catalog") for name in told["columns"] if name != "pid"}
    return found


def variables_of(table: str) -> QuerySet[Variable]:
    """What the catalog says of the columns of an extract’s table: of that agency’s analysis file, no other."""
    return Variable.objects.filter(dataset__agency__code=table.upper(), dataset__file=Dataset.File.ANALYSIS)
