"""What is filled in about agencies and people."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from charteroak.agencies.models import Agency, Authority, Instrument, Person
from charteroak.agencies.queries import cover, roles_held
from charteroak.policy.cover import COVERED
from charteroak.policy.decision import Decision
from charteroak.policy.instrument import Kind as InstrumentKind
from charteroak.policy.office import OFFICES
from charteroak.policy.responsibility import Kind
from charteroak.policy.roles import Role
from charteroak.policy.sentence import words


class DayInput(forms.DateInput):
    input_type = "date"


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
    until = forms.DateField(label=_("Last day, if one is set"), required=False, widget=DayInput)


class PersonForm(forms.Form):
    """A new person, and where the post reaches them."""

    name = forms.CharField(label=_("Name"), max_length=120)
    username = forms.CharField(
        label=_("User name"), max_length=60, help_text=_("Small letters, with a dot: first.last. It stays.")
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("Their own, at their work: the key goes there.")
    )
    employer = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Employer"),
        required=False,
        to_field_name="code",
        empty_label=_("No participating agency"),
    )
    kind = forms.ChoiceField(
        label=_("Kind of employment"),
        choices=[(one.value, _(one.label)) for one in Person.Employer],
        help_text=_("Some law rests on it: unit-level wages are for state employees alone."),
    )

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def identity(self) -> dict[str, str]:
        """What the rules ask about."""
        return {what: self.cleaned_data[what] for what in ("username", "name", "email")}

    def given(self) -> dict[str, Any]:
        """What is put on file."""
        agency = self.cleaned_data["employer"]
        code = agency.code if agency else None
        return {**self.identity(), "employer": code, "kind": self.cleaned_data["kind"]}


SAID_BESIDE = {
    "name_missing": "name", "user_name_unfit": "username", "user_name_taken": "username", "no_address": "email",
    "address_taken": "email", "own_account": "email", "because_missing": "because", "nothing_changes": "name",
}  # fmt: skip


def to_mend(form: forms.Form, decision: Decision) -> bool:
    """Whether all that speaks against it is a matter of one field; then each reason stands beside its own."""
    fields = [SAID_BESIDE.get(reason.rule) for reason in decision.reasons]
    if not fields or None in fields:
        return False
    for name, reason in zip(fields, decision.reasons, strict=True):
        form.add_error(name, f"{gettext(reason.message)} {gettext(reason.mend)}")
    return True


class DetailsForm(forms.Form):
    """A person's name and address; what is on file stands filled in."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    because = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Who asked for it, and how you know that it was them.")
    )


class MoveForm(forms.Form):
    """Where a person works from a day on; what is on file stands filled in."""

    employer = forms.ModelChoiceField(
        Agency.objects.all(),
        label=_("Employer"),
        required=False,
        to_field_name="code",
        empty_label=_("No participating agency"),
    )
    kind = forms.ChoiceField(
        label=_("Kind of employment"),
        choices=[(one.value, _(one.label)) for one in Person.Employer],
        help_text=_("Some law rests on it: unit-level wages are for state employees alone."),
    )
    since = forms.DateField(label=_("First day"), widget=DayInput, help_text=_("Today or a day past."))


class WrittenRequestForm(forms.Form):
    """What an agency wrote, as P20 WIN's manual asks for it: authority, data, security, conflicts."""

    received_on = forms.DateField(label=_("Day on which the written request came"), widget=DayInput)
    authority = forms.CharField(
        label=_("Law under which it would share records"), widget=forms.Textarea(attrs={"rows": 2})
    )
    records = forms.CharField(label=_("Records it would share"), widget=forms.Textarea(attrs={"rows": 3}))
    security = forms.CharField(label=_("How it protects them"), widget=forms.Textarea(attrs={"rows": 3}))
    conflicts = forms.CharField(
        label=_("Conflicts of interest, or “none”"), widget=forms.Textarea(attrs={"rows": 2})
    )


class JoiningForm(WrittenRequestForm):
    """The written request of an agency that is not on record."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9]{1,11}$", label=_("Short name"), help_text=_("Capital letters, such as OEC.")
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(one.value, _(one.label)) for one in Agency.Kind]
    )
    address = forms.CharField(
        label=_("Address"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=400
    )
    telephone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    field_order = ("code", "name", "kind", "address", "telephone")


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


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label=_("Why it no longer asks to join"), widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Its own head says so, or the policy office enters its letter."),
    )  # fmt: skip


class CoverForm(forms.Form):
    """Who covers for one person's offices; the choices are that person's."""

    since = forms.DateField(label=_("First day"), widget=DayInput)
    until = forms.DateField(label=_("Last day"), widget=DayInput)
    letter = forms.CharField(
        label=_("Letter or message that says so"),
        max_length=200,
        help_text=_("Its date and where it is kept."),
    )
    field_order = ("office", "delegate", "since", "until", "letter")

    def __init__(self, holder: Person, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="cover-%s")
        self.fields["office"] = forms.ModelChoiceField(
            roles_held(holder).filter(role__in=COVERED), label=_("Office"), empty_label=_("Choose an office")
        )
        self.fields["delegate"] = _choice_of_person(cover.colleagues(holder), str(_("Colleague")))
        self.order_fields(self.field_order)


class NoticeForm(forms.Form):
    last_day = forms.DateField(label=_("Last day"), widget=DayInput)
    field_order = ("person", "last_day")

    def __init__(self, people: QuerySet[Person], data: QueryDict | None = None, **initial: str) -> None:
        super().__init__(data, auto_id="notice-%s", initial=initial)
        self.fields["person"] = _choice_of_person(people, str(_("Who leaves")))
        self.order_fields(self.field_order)


def _choice_of_person(people: QuerySet[Person], label: str) -> "forms.ModelChoiceField[Person]":
    return forms.ModelChoiceField(
        people.order_by("name"), label=label, to_field_name="username", empty_label=_("Choose a person")
    )


class TransferForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Responsibility"),
        choices=[(kind.value, _(Authority.Kind(kind).label)) for kind in Kind if kind is not Kind.DISCLOSE],
    )
    agency = forms.ModelChoiceField(Agency.objects.all(), label=_("Passes to"), to_field_name="code")
    since = forms.DateField(label=_("From this day on"), widget=DayInput)
    under = forms.ModelChoiceField(
        Instrument.objects.all(), label=_("Under the instrument"), to_field_name="number"
    )


class InstrumentForm(forms.Form):
    number = forms.SlugField(label=_("Short name"), max_length=30, help_text=_("Such as mou-2020."))
    kind = forms.ChoiceField(
        label=_("What it is"), choices=[(one.value, _(words(one))) for one in InstrumentKind]
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    citation = forms.CharField(label=_("Citation"), max_length=200)
    parties = forms.ModelMultipleChoiceField(
        Agency.objects.all(),
        label=_("Parties"),
        to_field_name="code",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    effective_on = forms.DateField(label=_("In effect from"), widget=DayInput)
    expires_on = forms.DateField(label=_("Last day, if it has one"), required=False, widget=DayInput)
    supersedes = forms.ModelChoiceField(
        Instrument.objects.filter(superseded_by__isnull=True),
        label=_("Stands in place of"),
        to_field_name="number",
        required=False,
        empty_label=_("Nothing"),
    )
    authorises = forms.MultipleChoiceField(
        label=_("Responsibilities it gives"),
        choices=[(kind.value, _(Authority.Kind(kind).label)) for kind in Kind],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    says = forms.CharField(label=_("What it authorises"), widget=forms.Textarea(attrs={"rows": 3}))
