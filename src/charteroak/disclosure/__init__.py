"""Statistical disclosure control: what a released table must not reveal. Pure.

from charteroak.disclosure import Derivation, build, shipped, strictest, submit
tables = build(derivations, Path("/enclave/data"), appetite)
submit(Path("/enclave/work/outbox"), derivations, tables)
"""

from charteroak.disclosure.appetite import Appetite, strictest
from charteroak.disclosure.appetite_page import explain
from charteroak.disclosure.audit import Interval, audit
from charteroak.disclosure.build import Built, build, build_tables, jointly
from charteroak.disclosure.checks import check, published
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.evidence import Evidence, evidence
from charteroak.disclosure.files import examine, inspect
from charteroak.disclosure.judge import Behind, judge
from charteroak.disclosure.ledger import Ledger
from charteroak.disclosure.read import open_extract, shipped
from charteroak.disclosure.rebuild import Rebuilt, rebuild
from charteroak.disclosure.released import Released
from charteroak.disclosure.suppress import Pattern, Unprotectable, suppress
from charteroak.disclosure.tables import LinkedTable, crossed
from charteroak.disclosure.unusable import Unusable
from charteroak.disclosure.verdicts import Verdict, worst
from charteroak.disclosure.write import submit

__all__ = [
    "Appetite", "Behind", "Built", "Derivation", "DerivationError", "Evidence", "Interval", "Ledger",
    "LinkedTable", "Pattern", "Rebuilt", "Released", "Unprotectable", "Unusable", "Verdict", "audit",
    "build", "build_tables", "check", "crossed", "evidence", "examine", "explain", "inspect", "jointly",
    "judge", "open_extract", "published", "rebuild", "shipped", "strictest", "submit", "suppress", "worst",
]  # fmt: skip
