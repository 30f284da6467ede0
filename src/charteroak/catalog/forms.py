"""How a reader narrows the catalog; what is chosen stands in the address bar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.agencies.models import Agency
from charteroak.catalog.models import Variable


class FilterForm(forms.Form):
    q = forms.CharField(required=False, label=_("Words"))
    agency = forms.ModelChoiceField(
        Agency.objects.filter(datasets__isnull=False).distinct(),
        required=False,
        to_field_name="code",
        label=_("Agency"),
        empty_label=_("All"),
    )
    sensitivity = forms.ChoiceField(
        required=False,
        label=_("Sensitivity"),
        choices=[("", _("All")), *((value, _(value)) for value in Variable.Sensitivity.values)],
    )

    def chosen(self) -> dict[str, str]:
        """What to narrow by; a choice that does not exist narrows nothing."""
        self.is_valid()
        return {name: str(value or "") for name, value in self.cleaned_data.items()}
