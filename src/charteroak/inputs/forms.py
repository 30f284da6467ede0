"""What people fill in to bring a file in, and to keep one out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.policy.input_request import LARGEST, Kind


class AskForm(forms.Form):
    one_of = ("file", "package")  # neither is optional: one of them is needed

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (Kind.CODE_LIST, _("a code list")),
            (Kind.REFERENCE_DATA, _("reference data that is public or ours to use")),
            (Kind.PACKAGE, _("a package of Python")),
        ],
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("A code list or reference data as .csv, .json, .md or .txt in UTF-8, at most 32 MiB."),
    )
    package = forms.CharField(
        label=_("or the package"),
        required=False,
        max_length=120,
        help_text=_("Name and version from the enclave’s own mirror, such as roman==5.1."),
    )
    purpose = forms.CharField(
        label=_("Where it comes from and what it is for"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("With its licence, for a checker who has not seen your project."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        named = said.get("kind") == Kind.PACKAGE
        if named and not (said.get("package") or "").strip():
            raise forms.ValidationError(_("Name the package and its version."))
        if not named and said.get("file") is None:
            raise forms.ValidationError(_("Choose the file."))
        return said

    def chosen(self) -> tuple[str, bytes]:
        """The file's name and bytes; of a package its name alone."""
        said = self.cleaned_data
        if said["kind"] == Kind.PACKAGE:
            return said["package"], b""
        return said["file"].name, said["file"].read(LARGEST + 1)


class AcceptForm(forms.Form):
    """The hash says which bytes the checker looked at."""

    sha256 = forms.CharField(widget=forms.HiddenInput)


class RefuseForm(forms.Form):
    because = forms.CharField(label=_("Why it may not come in"), widget=forms.Textarea(attrs={"rows": 2}))
