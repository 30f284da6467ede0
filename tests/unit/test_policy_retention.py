"""When an order to destroy wants a retention approval."""

from charteroak.policy import agreement
from charteroak.policy.agreement import Action, Facts, Status
from charteroak.policy.roles import Role


def test_an_early_order_names_what_lacks_its_approval_and_how_to_mend_it() -> None:
    known = Facts(not_destroyed=("extract", "outputs"), unapproved=("outputs",))
    found = agreement.LIFECYCLE.may(Status.TERMINATED, Action.DESTROY, {Role.POLICY_OFFICE}, known)
    [reason] = found.reasons
    assert reason.rule == "retention_unapproved"
    assert "outputs" in str(reason.message)
    assert "extract" not in str(reason.message)
    assert "Records retention" in str(reason.mend)


def test_what_its_clock_makes_due_is_ordered_without_paper() -> None:
    known = Facts(not_destroyed=("extract",), unapproved=())
    assert agreement.LIFECYCLE.may(Status.TERMINATED, Action.DESTROY, {Role.POLICY_OFFICE}, known)
