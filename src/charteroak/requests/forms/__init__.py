"""What applicants, the policy office and stewards fill in."""

from charteroak.requests.forms.answers import Part, parts
from charteroak.requests.forms.columns import ColumnsForm, DecideForm
from charteroak.requests.forms.steps import (
    AppealForm,
    AttachForm,
    ChangeForm,
    MemberForm,
    ReturnForm,
    StartForm,
    TextForm,
    seen_in,
)

__all__ = [
    "AppealForm",
    "AttachForm",
    "ChangeForm",
    "ColumnsForm",
    "DecideForm",
    "MemberForm",
    "Part",
    "ReturnForm",
    "StartForm",
    "TextForm",
    "parts",
    "seen_in",
]
