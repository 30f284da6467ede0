"""What people fill in about deliveries."""

from __future__ import annotations  # the stubs know what an uploaded file holds; Django itself does not

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import age, clock
from charteroak.agencies.models import Agency
from charteroak.agreements.models import Agreement
from charteroak.policy.decision import Refused
from charteroak.submissions.actions import require_age
from charteroak.submissions.file_names import read_name
from charteroak.submissions.queries import finder_agencies


class DeliverForm(forms.Form):
    file = forms.FileField(
        label=_("Encrypted file"),
        help_text=_("One file, encrypted with the command above. Its name says which file it is."),
    )

    def __init__(self, *args: object, agreement: Agreement, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on unchanged
        self._number = agreement.number

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            read_name(file.name or "", number=self._number, on=clock.today())
            require_age(file.read(64))
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None
        file.seek(0)
        return file


class FinderListForm(forms.Form):
    agency = forms.ChoiceField(
        label=_("Agency that looks the numbers up"),
        help_text=_("Compare the key’s fingerprint with its steward by telephone."),
    )

    def __init__(self, *args: object, agreement: Agreement, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on unchanged
        agency = self.fields["agency"]
        assert isinstance(agency, forms.ChoiceField)  # noqa: S101 - declared above; for the type checker
        keys = {
            found.code: found.keys.last()
            for found in Agency.objects.filter(code__in=finder_agencies(agreement))
        }
        agency.choices = [
            (code, f"{code} ({key.fingerprint})" if key else code) for code, key in sorted(keys.items())
        ]
        agency.initial = next(iter(finder_agencies(agreement)), None)


class KeyForm(forms.Form):
    agency = forms.ChoiceField(label=_("Agency"))
    recipient = forms.CharField(
        label=_("The agency’s age public key"),
        help_text=_("Begins with age1. Keep its private half with the agency; the hub never sees it."),
    )

    def __init__(self, *args: object, agencies: list[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed on unchanged
        agency = self.fields["agency"]
        assert isinstance(agency, forms.ChoiceField)  # noqa: S101 - declared above; for the type checker
        agency.choices = [(code, code) for code in agencies]
        agency.initial = next(iter(agencies), None)

    def clean_recipient(self) -> str:
        key = str(self.cleaned_data["recipient"]).strip()
        try:
            age.recipient_fingerprint(key)
        except age.AgeError as wrong:
            raise forms.ValidationError(str(wrong)) from None
        return key
