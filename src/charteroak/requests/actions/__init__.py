"""Every write about a data request, by its applicants, the policy office and the board."""

from charteroak.requests.actions.change import change
from charteroak.requests.actions.consents import record_consent, withdraw_consent
from charteroak.requests.actions.decision import (
    accept_as_complete,
    appeal,
    approve,
    decline,
    recommend_when_all_decided,
    reconsider,
    record_historic,
    return_,
    submit,
    withdraw,
    withdraw_appeal,
)
from charteroak.requests.actions.draft import (
    EDITABLE,
    accept_terms,
    add_member,
    ask_columns,
    edit,
    locked,
    remove_member,
    start,
)
from charteroak.requests.actions.fees import fix_fee, mark_fee_paid, set_fees, waive_fee
from charteroak.requests.actions.papers import attach, take_out

__all__ = [
    "EDITABLE",
    "accept_as_complete",
    "accept_terms",
    "add_member",
    "appeal",
    "approve",
    "ask_columns",
    "attach",
    "change",
    "decline",
    "edit",
    "fix_fee",
    "locked",
    "mark_fee_paid",
    "recommend_when_all_decided",
    "reconsider",
    "record_consent",
    "record_historic",
    "remove_member",
    "return_",
    "set_fees",
    "start",
    "submit",
    "take_out",
    "waive_fee",
    "withdraw",
    "withdraw_appeal",
    "withdraw_consent",
]
