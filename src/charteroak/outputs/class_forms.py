"""What is filled in about classes of outputs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.policy.lifecycle import choices
from charteroak.policy.output_class import Statistic


class DefineForm(forms.Form):
    says = forms.CharField(
        label=_("What such outputs are"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: the yearly counts of graduates by town."),
    )
    statistics = forms.MultipleChoiceField(
        label=_("Kinds of statistic"),
        choices=[(value, _(words)) for value, words in choices(Statistic)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A file with any other kind is cleared by each agency as before."),
    )
    minimum_people = forms.IntegerField(
        label=_("Fewest people that a shown figure is about"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("At least as many as the strictest contributor asks for."),
    )
    until = forms.DateField(label=_("Until"), help_text=_("For example 2026-05-31."))


class BecauseForm(forms.Form):
    because = forms.CharField(
        label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), help_text=_("It stays on record.")
    )
