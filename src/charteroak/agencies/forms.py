"""What is filled in about agencies and people."""

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


class DayInput(forms.DateInput):
    input_type = "date"


class JoiningForm(forms.Form):
    """An agency's written request, as P20 WIN's manual asks for it: authority, data, security, conflicts."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9]{1,11}$", label=_("Short name"), help_text=_("Capital letters, such as OEC.")
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(one.value, _(one.label)) for one in Agency.Kind]
    )
    received_on = forms.DateField(label=_("Day on which the written request came"), widget=DayInput)
    authority = forms.CharField(
        label=_("Law under which it would share records"), widget=forms.Textarea(attrs={"rows": 2})
    )
    records = forms.CharField(label=_("Records it would share"), widget=forms.Textarea(attrs={"rows": 3}))
    security = forms.CharField(label=_("How it protects them"), widget=forms.Textarea(attrs={"rows": 3}))
    conflicts = forms.CharField(
        label=_("Conflicts of interest, or “none”"), widget=forms.Textarea(attrs={"rows": 2})
    )


class BoardWordForm(forms.Form):
    met_on = forms.DateField(label=_("Day of the board’s meeting"), widget=DayInput)
    because = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 2}))


INTENT = _("I have read this joinder and sign it for my agency. Ticking this box is my signature.")


class SignJoinderForm(forms.Form):
    text_hash = forms.CharField(widget=forms.HiddenInput)
    intent = forms.BooleanField(
        label=INTENT, error_messages={"required": _("Tick the box if you mean to sign.")}
    )

    def clean_intent(self) -> str:
        """The words of the statement, which are kept with the signature."""
        return str(INTENT)


class LeaveForm(forms.Form):
    because = forms.CharField(label=_("Why the agency leaves"), widget=forms.Textarea(attrs={"rows": 2}))
