"""What applicants, the policy office and stewards fill in."""

from charteroak.requests.forms.answers import Part, parts
from charteroak.requests.forms.columns import ColumnsForm, DecideForm
from charteroak.requests.forms.fees import FeesForm, FixFeeForm, PaidForm, WaiveForm
from charteroak.requests.forms.steps import (
    AppealForm,
    AttachForm,
    ChangeForm,
    ConsentForm,
    MemberForm,
    ReturnForm,
    StartForm,
    TextForm,
    read,
    seen_in,
)

__all__ = [
    "AppealForm",
    "AttachForm",
    "ChangeForm",
    "ColumnsForm",
    "ConsentForm",
    "DecideForm",
    "FeesForm",
    "FixFeeForm",
    "MemberForm",
    "PaidForm",
    "Part",
    "ReturnForm",
    "StartForm",
    "TextForm",
    "WaiveForm",
    "parts",
    "read",
    "seen_in",
]
