"""What an auditor searches by."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    name = forms.CharField(
        label=_("Event"), required=False, help_text=_("The beginning is enough: outputs:release_request")
    )
    by = forms.CharField(label=_("By"), required=False, help_text=_("A user name, or a process: linker"))
    subject = forms.CharField(label=_("About"), required=False, help_text=_("outputs.releaserequest:7"))
    day = forms.DateField(label=_("On"), required=False, help_text=_("For example 2026-11-30."))
