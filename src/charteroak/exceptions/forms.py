"""What is filled in about a matter; each kind asks only what it needs."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from charteroak.agencies.models import Agency, Person
from charteroak.exceptions.queries import projects_of
from charteroak.policy.matter import DESTROYS, Ground, Kind
from charteroak.policy.sentence import words

CLOCKS = [(one.value, _(says)) for one, says in DESTROYS.items()]
ASKS = {
    Kind.LEGAL_HOLD: ("number", "clocks"),
    Kind.SUSPENSION: ("number", "person"),
    Kind.SUBPOENA: ("number", "agency", "asked_by", "wages"),
    Kind.BREACH: ("number", "agency", "social_security_numbers"),
    Kind.RECORDS_REQUEST: ("number", "agency", "asked_by"),
    Kind.COMPLAINT: ("number", "asked_by"),
    Kind.AUDIT_FINDING: ("number",),
}


class Typed(forms.ModelChoiceField):  # type: ignore[type-arg] # no [] at run time
    """A record named by its number or user name: with thousands of them a list to choose from helps nobody."""

    widget = forms.TextInput
    default_error_messages = {"invalid_choice": _("There is none of that name.")}


def _person(**shown: Any) -> Typed:
    """Made for each form: who has access changes while the site runs."""
    return Typed(
        Person.objects.with_access(),
        to_field_name="username",
        help_text=_("Their user name, such as maya.ortiz."),
        **shown,
    )


class MatterForm(forms.Form):
    what = forms.CharField(
        label=_("What happened, or what is asked"), widget=forms.Textarea(attrs={"rows": 4})
    )
    known_on = forms.DateField(
        label=_("Day on which it became known"), widget=forms.DateInput(attrs={"type": "date"})
    )
    agency = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Agency whose records it is about"),
        to_field_name="code",
        required=False,
        empty_label=_("None"),
    )
    clocks = forms.MultipleChoiceField(
        label=_("Destruction clocks that stop"), choices=CLOCKS, widget=forms.CheckboxSelectMultiple
    )
    asked_by = forms.CharField(
        label=_("Who asks: name, address, telephone"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wages = forms.BooleanField(label=_("Unit-level wage records are asked for"), required=False)
    social_security_numbers = forms.BooleanField(
        label=_("Social security numbers are concerned"), required=False
    )

    def __init__(self, kind: Kind, by: Person, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["number"] = Typed(
            projects_of(by), label=_("Project"), to_field_name="number", required=False,
            help_text=_("Its number, such as 042."),
        )  # fmt: skip
        self.fields["person"] = _person(label=_("Person, if not the whole project"), required=False)
        self.order_fields(("what", "known_on", "number", "person"))
        for name in set(self.fields) - {"what", "known_on", *ASKS[kind]}:
            del self.fields[name]


class HandOverForm(forms.Form):
    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["to"] = _person(label=_("To whom"))


class DoForm(forms.Form):
    how = forms.CharField(label=_("How, and where it is kept"), max_length=500)


class CloseForm(forms.Form):
    outcome = forms.CharField(label=_("How it ended"), widget=forms.Textarea(attrs={"rows": 2}))
    disclosed = forms.BooleanField(label=_("The records were handed over"), required=False)
    ground = forms.ChoiceField(
        label=_("On what ground"), choices=[(one.value, _(words(one))) for one in Ground], required=False
    )

    def __init__(self, kind: Kind, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="close-%s")
        if kind is not Kind.SUBPOENA:
            del self.fields["disclosed"], self.fields["ground"]
