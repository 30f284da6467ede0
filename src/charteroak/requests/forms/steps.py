"""What is filled in to take a request one step: begun, joined, returned, appealed, changed, asked and answered."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from charteroak.policy import attachment
from charteroak.policy.lifecycle import choices
from charteroak.policy.request_change import Kind
from charteroak.requests.forms.fields import long

KINDS = {
    Kind.EXTENSION: noop("Extension: a later end, nothing else"),
    Kind.STAFF_CHANGE: noop("Staff change: who works on it"),
    Kind.CONTINUATION: noop("Continuation: the same study with later years of records"),
    Kind.AMENDMENT: noop("Amendment: columns, purpose, anything"),
    Kind.REPEAT: noop("Repeat: the same once more, as a project of its own"),
}


class StartForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("At most 200 characters."))
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)  # pressed twice, it begins one request


def seen_in(data: Mapping[str, Any]) -> int | None:
    """The revision that the page showed from which this was sent."""
    seen = str(data.get("seen", ""))
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None


class MemberForm(forms.Form):
    person = forms.CharField(label=_("User name"), help_text=_("As your colleague signs in."))


class ReturnForm(forms.Form):
    because = forms.CharField(
        label=_("What is missing"), widget=long(3), help_text=_("The applicant reads it.")
    )


class AppealForm(forms.Form):
    grounds = forms.CharField(
        label=_("What the board should see differently"),
        widget=long(),
        help_text=_("Once for each request, within 30 days of the decision. The board reads it."),
    )


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What kind of change"),
        choices=[(name, _(said)) for name, said in KINDS.items()],
        widget=forms.RadioSelect,
    )
    because = forms.CharField(
        label=_("Why it should change"), widget=long(3), help_text=_("The agencies and the board read it.")
    )


class TextForm(forms.Form):
    """A steward's question or the applicant's answer."""

    text = forms.CharField(widget=long(3))
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


def _file() -> forms.FileField:
    return forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word (.docx), PNG or JPEG, at most 3 MB. No records about people."),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{end}" for end in attachment.TYPES)}),
    )


def read(file: "UploadedFile[Any]") -> bytes:
    """The file, and one byte beyond what is taken: a larger one need not be read to be refused."""
    return bytes(file.read(attachment.LARGEST + 1))


class AttachForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (value, _(said)) for value, said in choices(attachment.Kind) if value != attachment.Kind.NATION
        ],
    )
    file = _file()


class ConsentForm(forms.Form):
    nation = forms.CharField(label=_("Nation"), max_length=200)
    publication = forms.CharField(
        label=_("What may be published about it"), widget=long(2), help_text=_("As its letter says.")
    )
    given_on = forms.DateField(label=_("Given on"), help_text=_("For example 2026-05-31."))
    until = forms.DateField(label=_("Until"), help_text=_("After this day every use is refused."))
    file = _file()
