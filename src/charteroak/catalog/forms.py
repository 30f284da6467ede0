"""How a reader narrows the catalog; what is chosen stands in the address bar."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.catalog.models import Dataset, Variable


class FilterForm(forms.Form):
    q = forms.CharField(required=False, label=_("Words"))
    sensitivity = forms.ChoiceField(
        required=False, label=_("Sensitivity"), choices=[("", _("All")), *Variable.Sensitivity.choices]
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        codes = Dataset.objects.order_by("agency__code").values_list("agency__code", "agency__name")
        self.fields["agency"] = forms.ChoiceField(
            required=False, label=_("Agency"), choices=[("", _("All")), *dict(codes).items()]
        )

    def chosen(self) -> dict[str, str]:
        """What to narrow by; a choice that does not exist narrows nothing."""
        self.is_valid()
        return self.cleaned_data
