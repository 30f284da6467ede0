"""What the policy office fills in to grant an office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.agencies.models import Agency
from charteroak.policy.office import OFFICES
from charteroak.policy.roles import Role
from charteroak.policy.sentence import words


class GrantForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Office"),
        choices=[("", _("Choose an office"))]  # none stands chosen: an office is never granted by one click
        + [(role.value, _(words(role))) for role in Role if role in OFFICES],
    )
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("For the agency"),
        required=False,
        to_field_name="code",
        empty_label=_("No particular agency"),
    )
