"""What is filled in about something that happened beside the platform."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.policy.delivery import FileKind
from charteroak.policy.lifecycle import choices


class OnADay(forms.Form):
    on = forms.DateField(label=_("Day on which it happened"), widget=forms.DateInput(attrs={"type": "date"}))


class FileForm(OnADay):
    file_name = forms.CharField(label=_("Name of the file"), max_length=120)
    sha256 = forms.CharField(
        label=_("Its SHA-256"), max_length=64, help_text=_("64 digits and letters. Type: sha256sum FILE")
    )
    way = forms.CharField(label=_("How it went"), max_length=80, initial="SFTP")


class SendForm(FileForm):
    kind = forms.ChoiceField(
        label=_("File"), choices=[(value, _(words)) for value, words in choices(FileKind)]
    )
    field_order = ("kind", "file_name", "sha256", "on", "way")


class DestroyForm(OnADay):
    way = forms.CharField(
        label=_("How it was destroyed"),
        max_length=80,
        help_text=_("For example: overwritten, backups expired."),
    )
