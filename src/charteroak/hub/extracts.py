"""The extract builder: analysis files and crosswalk become exactly the agreed columns, years and people."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db import transaction

from charteroak.adapters import clock, stores
from charteroak.adapters.environment import process
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.agreements.models import Agreement
from charteroak.agreements.queries import terms
from charteroak.audit import actions as audit
from charteroak.catalog.models import Variable
from charteroak.disclosure import shipped, strictest
from charteroak.hub import queries
from charteroak.hub.actions import clauses
from charteroak.hub.masks import mask
from charteroak.hub.models import Extract
from charteroak.hub.risk import risk, told
from charteroak.hub.summary import summarise
from charteroak.policy.agency_review import Choice
from charteroak.policy.clauses import Elements
from charteroak.policy.decision import Decision, Refused
from charteroak.policy.delivery import FileKind
from charteroak.policy.extract import LIFECYCLE, Action, Status
from charteroak.policy.roles import Role
from charteroak.submissions.actions import Worker
from charteroak.submissions.delimited import KEY, PERIOD, frames
from charteroak.submissions.models import Delivery

EVIDENCE = "evidence"
# The column that says which year a row is about: the first of these that its table has.
YEARS = ("grad_year", "first_term", PERIOD)
TYPES: dict[str, type[pl.DataType]] = {"integer": pl.Int64, "number": pl.Float64, "date": pl.Date}


@dataclass(frozen=True)
class Table:
    """One agency's rows under pseudonyms: what recipients study, and what only the checks may use."""

    study: pl.DataFrame
    evidence: pl.DataFrame | None


def build(pk: int) -> None:
    """Build an ordered extract. Safe to repeat: one that was built stays as it is."""
    record = Extract.objects.select_related("link_run__agreement").get(pk=pk)
    agreement = record.link_run.agreement
    if record.status != Status.ORDERED:
        return
    covered = queries.extract_coverage(agreement)
    if not covered:
        _refused(record, covered)
        return
    tables = _tables(record)
    content = {name: _parquet(frame) for name, frame in tables.items()}
    vault = stores.vault(Store.EXTRACT)
    stored = {
        name: vault.put(io.BytesIO(data), project=agreement.number, store=Store.EXTRACT)
        for name, data in content.items()
    }
    described = {
        name: {
            "columns": frame.columns,
            "rows": frame.height,
            "sha256": hashlib.sha256(content[name]).hexdigest(),
        }
        for name, frame in tables.items()
    }
    summary = _summary(record, tables)
    _built(pk, described, stored, summary, covered)


def _summary(record: Extract, tables: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """What may be known of the extract without opening it, before anybody does: shape, linkage, risk."""
    agreed = terms(record.link_run.agreement)
    kinds = Variable.Sensitivity
    named = {
        kind: sorted(
            set(
                Variable.objects.filter(dataset__agency__code__in=agreed.elements, sensitivity=kind)
                .values_list("name", flat=True)
            )
        )
        for kind in (kinds.QUASI, kinds.SENSITIVE)
    }  # fmt: skip
    appetite = strictest(*map(shipped, agreed.appetites))
    study = {name: frame for name, frame in tables.items() if name != EVIDENCE}
    cohort = str(record.link_run.report["cohort"]).lower()
    return summarise(tables, cohort, named[kinds.QUASI]) | {
        "risk": risk(study, named[kinds.QUASI], named[kinds.SENSITIVE], appetite.minimum_people)
    }


def _tables(record: Extract) -> dict[str, pl.DataFrame]:
    run = record.link_run
    sealed = stores.vault(Store.CROSSWALK).open(ObjectId(Store.CROSSWALK, run.crosswalk))
    crosswalk = pl.read_parquet(io.BytesIO(b"".join(sealed)))
    shared = terms(run.agreement).elements
    tables: dict[str, pl.DataFrame] = {}
    for delivery in queries.accepted(run.agreement, FileKind.ANALYSIS):
        code = delivery.agency.code
        known = crosswalk.filter(pl.col("agency") == code).select(KEY, "pid")
        table = table_of(_rows(delivery, known), shared[code], _types(code), _masked(run.agreement, code))
        tables[code.lower()] = table.study
        if table.evidence is not None:
            tables[EVIDENCE] = table.evidence
    return tables


def _rows(delivery: Delivery, known: pl.DataFrame) -> pl.DataFrame:
    """The file's rows of people in the study, under their pseudonyms; block by block, the rest is let go."""
    opened = stores.vault(Store.PAYLOAD).open(ObjectId(Store.PAYLOAD, delivery.stored))
    kept = [block.join(known, on=KEY, how="inner") for block in frames(opened)]
    return pl.concat(kept).drop(KEY)


def table_of(
    rows: pl.DataFrame, shared: Elements, types: Mapping[str, str], masked: Mapping[str, str]
) -> Table:
    """Exactly the agreed columns and years, typed, masked, sorted by pseudonym and period.

    `rows` are text with `pid`; `masked` maps a column to its type. The order of the source is lost on purpose.
    """
    year = next((name for name in YEARS if name in rows.columns), None)
    if year is not None:
        said = pl.col(year).str.slice(0, 4).cast(pl.Int64, strict=False)
        rows = rows.filter(said.is_between(*shared.years))
    order = ["pid", *(name for name in (PERIOD,) if name in rows.columns)]
    rows = rows.select("pid", *(name for name in rows.columns if name in shared.study | shared.evidence))
    typed = rows.with_columns(
        pl.col(name).str.to_date("%Y%m%d") if kind == "date" else pl.col(name).cast(type_of(kind))
        for name, kind in types.items()
        if name in rows.columns
    ).sort(order)
    study = typed.select("pid", *(name for name in typed.columns if name in shared.study))
    for name in sorted(set(masked) & set(study.columns)):
        study = study.with_columns(mask(study[name]))
    return Table(study, typed if shared.evidence else None)


def type_of(kind: str) -> type[pl.DataType]:
    """How a variable of the catalog's type is written in an extract; masking leaves it."""
    return TYPES.get(kind, pl.String)


def _types(agency: str) -> dict[str, str]:
    found = Variable.objects.filter(dataset__agency__code=agency, dataset__file=FileKind.ANALYSIS)
    return dict(found.values_list("name", "type"))


def _masked(agreement: Agreement, agency: str) -> dict[str, str]:
    columns = agreement.held.data_request.columns.filter(
        choice=Choice.MASK, variable__dataset__agency__code=agency
    )
    return dict(columns.values_list("variable__name", "variable__type"))


def _parquet(frame: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


@transaction.atomic
def _built(
    pk: int,
    described: dict[str, Any],
    stored: Mapping[str, ObjectId],
    summary: dict[str, Any],
    covered: Decision,
) -> None:
    record = Extract.objects.select_for_update(of=("self",)).select_related("link_run__agreement").get(pk=pk)
    if record.status != Status.ORDERED:
        return
    facts = queries.extract_facts(record)
    LIFECYCLE.may(Status(record.status), Action.BUILD, {Role.SYSTEM}, facts).require()
    record.status, record.built_at = LIFECYCLE.after(Status(record.status), Action.BUILD), clock.now()
    record.tables, record.summary = described, summary
    record.stored = {name: found.sha256 for name, found in stored.items()}
    record.save()
    run, number = record.link_run, record.link_run.agreement.number
    deliveries = queries.accepted(run.agreement, FileKind.ANALYSIS)
    audit.record(
        "hub:extract:build",
        by=process(),
        subject=record,
        number=number,
        link_run=audit.subject_of(run),
        crosswalk=run.crosswalk,
        tables=[f"{name}:{table['sha256']}" for name, table in sorted(described.items())],
        objects=[f"{name}:{object_id}" for name, object_id in sorted(record.stored.items())],
        deliveries=[f"{audit.subject_of(one)}:{one.ciphertext}" for one in deliveries],
        columns=_clause_of_each_column(run.agreement, described),
        risk=told(record.summary),
        clauses=clauses(covered),
    )


def _clause_of_each_column(agreement: Agreement, described: dict[str, Any]) -> list[str]:
    """AGENCY/column:clause for what the extract holds: each column rests on the clause that shares it."""
    held = {name for table in described.values() for name in table["columns"]}
    return [
        f"{code}/{name}:{shared.clause}"
        for code, shared in sorted(terms(agreement).elements.items())
        for name in sorted((shared.study | shared.evidence) & held)
    ]


def _refused(record: Extract, decision: Decision) -> None:
    with transaction.atomic():
        locked = Extract.objects.select_for_update().get(pk=record.pk)
        locked.summary = {"refused": [str(reason) for reason in decision.reasons]}
        locked.save()
        audit.record("hub:extract:refuse", by=process(), subject=locked)
    audit.record_refusal(
        Refused(decision.reasons), action="hub:extract:build", by=Worker(process()), subject=record
    )
