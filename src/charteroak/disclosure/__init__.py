"""Statistical disclosure control: what a released table must not reveal. Pure.

from charteroak.disclosure import Derivation, build, shipped, strictest, submit
tables = build(derivations, Path("/enclave/data"), appetite)
submit(Path("/enclave/work/outbox"), derivations, tables)
"""

from charteroak.disclosure.appetite import Appetite, strictest
from charteroak.disclosure.audit import Interval, audit
from charteroak.disclosure.build import Built, build, build_tables
from charteroak.disclosure.checks import check
from charteroak.disclosure.derivation import Derivation, DerivationError
from charteroak.disclosure.differencing import PublishedSet, compare_released, published
from charteroak.disclosure.evidence import Evidence, evidence
from charteroak.disclosure.files import inspect
from charteroak.disclosure.read import open_extract, shipped
from charteroak.disclosure.rebuild import Rebuilt, rebuild
from charteroak.disclosure.suppress import Pattern, Unprotectable, suppress
from charteroak.disclosure.tables import LinkedTable, crossed
from charteroak.disclosure.verdicts import Verdict
from charteroak.disclosure.write import submit

__all__ = [
    "Appetite", "Built", "Derivation", "DerivationError", "Evidence", "Interval", "LinkedTable", "Pattern",
    "PublishedSet", "Rebuilt", "Unprotectable", "Verdict", "audit", "build", "build_tables", "check",
    "compare_released", "crossed", "evidence", "inspect", "open_extract", "published", "rebuild", "shipped",
    "strictest", "submit", "suppress",
]  # fmt: skip
