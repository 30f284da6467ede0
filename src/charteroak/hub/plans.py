"""Which linkage plan links the files that an agreement names."""

from collections.abc import Collection, Mapping

from charteroak.linkage.review import Plan, plan_042

SHIPPED = (plan_042,)


def plan_for(columns: Mapping[str, Collection[str]]) -> Plan | None:
    """The first shipped plan whose every column is there: `columns` by agency code."""
    for shipped in SHIPPED:
        plan = shipped()
        if all(needed <= set(columns.get(file, ())) for file, needed in plan.columns().items()):
            return plan
    return None
