"""What the policy office fills in about fees."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.agencies.models import Person
from charteroak.requests.forms.fields import long


def _dollars(label: Any, hint: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_digits=9, decimal_places=2, initial=0, help_text=hint
    )


class FeesForm(forms.Form):
    since = forms.DateField(label=_("From"), help_text=_("Today or later, for example 2026-05-31."))
    per_request = _dollars(_("For a request, in dollars"), _("Zero is no fee."))
    per_agency = _dollars(_("For each agency that contributes, in dollars"))
    per_hour = _dollars(_("For each hour of work on the extract, in dollars"))
    free_for = forms.MultipleChoiceField(
        label=_("Who owes nothing: applicants whose employer is of this kind"),
        choices=[(value, _(words)) for value, words in Person.Employer.choices],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    under = forms.CharField(
        label=_("Under which decision"), max_length=200, help_text=_("It is shown with the fees.")
    )


class FixFeeForm(forms.Form):
    hours = forms.DecimalField(
        label=_("Hours of work on the extract"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        help_text=_("For example 7.5; 0 where none are charged for."),
    )


class WaiveForm(forms.Form):
    because = forms.CharField(
        label=_("Why it is waived"), widget=long(2), help_text=_("The parties read it.")
    )


class PaidForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of the payment"),
        max_length=100,
        help_text=_("As the receipt or the transfer names it. No account or card numbers."),
    )
    paid_on = forms.DateField(label=_("Paid on"), help_text=_("For example 2026-05-31."))
