"""How openly people may work on an extract: what the catalog says of its columns, and the agreement of seeing them."""

from django.db.models import QuerySet

from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import terms
from charteroak.catalog.models import Dataset, Variable
from charteroak.hub.models import Extract
from charteroak.policy import workspace as rules

EVIDENCE = "evidence"  # the airlock's own table: no workspace sees it


def mode_of(extract: Extract) -> rules.Mode:
    """How people work on this extract unless its operator says otherwise."""
    return rules.mode_of(sensitivities(extract))


def openest(extract: Extract, agreement: Agreement | None = None) -> rules.Mode:
    """The most open way that the catalog and the agreement (its own, unless given) let people work on it today."""
    signed = terms(agreement or extract.link_run.agreement)
    return rules.openest_of(sensitivities(extract), sensitive_seen=signed.sensitive_seen)


def sensitivities(extract: Extract) -> set[str]:
    """How sensitive the catalog says each of its columns is."""
    tables = [table for table in extract.tables if table != EVIDENCE]
    known = {
        (agency.lower(), name): sensitivity
        for agency, name, sensitivity in variables_of(*tables).values_list(
            "dataset__agency__code", "name", "sensitivity"
        )
    }
    return {
        known.get((table, name), "not in the catalog")
        for table in tables
        for name in extract.tables[table]["columns"]
        if name != "pid"
    }


def variables_of(*tables: str) -> QuerySet[Variable]:
    """What the catalog says of the columns of an extract’s tables: of each agency’s analysis file, no other."""
    agencies = [table.upper() for table in tables]
    return Variable.objects.filter(dataset__agency__code__in=agencies, dataset__file=Dataset.File.ANALYSIS)
