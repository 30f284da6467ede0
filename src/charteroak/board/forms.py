"""What people fill in about meetings, motions and votes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.adapters import clock
from charteroak.agencies.models import Person
from charteroak.board.models import Board, Motion
from charteroak.policy import meeting
from charteroak.policy.data_request import Status
from charteroak.policy.lifecycle import choices
from charteroak.policy.motion import Choice
from charteroak.requests.models import DataRequest


class PlanForm(forms.Form):
    board = forms.ModelChoiceField(Board.objects.all(), label=_("Board"), empty_label=None)
    starts_at = forms.DateTimeField(
        label=_("Starts"),
        help_text=_("State time, for example 2026-10-09 08:30."),
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"],
        error_messages={"invalid": _("Write the day and the time like 2026-10-09 08:30.")},
    )
    place = forms.CharField(
        label=_("Place"), max_length=200, help_text=_("Room, and the link for the public.")
    )


class MotionForm(forms.Form):
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=[(kind.value, _(kind.label)) for kind in Motion.Kind], label=_("Kind"))
    data_request = forms.ModelChoiceField(
        DataRequest.objects.filter(
            status__in=[Status.RECOMMENDED, Status.APPEALED, Status.APPROVED, Status.DECLINED]
        ),
        label=_("Request"),
        to_field_name="number",
        widget=forms.TextInput,  # of thousands of requests nobody chooses from a list
        help_text=_("Its number, such as 042."),
    )
    about = forms.CharField(
        label=_("Outputs"),
        required=False,
        help_text=_("For outputs only: a release request such as 042-1, or a class such as 042-C1."),
    )
    text = forms.CharField(label=_("Motion"), widget=forms.Textarea(attrs={"rows": 3}))
    conditions = forms.CharField(
        label=_("Conditions"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "The agreement takes them up. Of a change, those that stand go on unless others are written."
        ),
    )


class VoteForm(forms.Form):
    seat = forms.IntegerField(widget=forms.HiddenInput, required=False)
    choice = forms.ChoiceField(
        choices=[(value, _(words)) for value, words in choices(Choice)],
        label=_("Your vote"),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), required=False)

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of:  # a seat in whose holder's place it is cast
            self.fields["choice"].label = _("The vote of %(seat)s") % {"seat": of}


class ConditionsForm(forms.Form):
    conditions = forms.CharField(
        label=_("Conditions"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CancelForm(forms.Form):
    because = forms.CharField(label=_("Why"), help_text=_("The public reads it."))


class OutcomeForm(forms.Form):
    outcome = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs={"rows": 2}))


class _PersonForm(forms.Form):
    """A person by user name, as they sign in."""

    person = forms.CharField(label=_("User name"))

    def clean_person(self) -> Person:
        found = Person.objects.with_access().filter(username=self.cleaned_data["person"]).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this user name."))
        return found


class RefillForm(_PersonForm):
    pass


class StandInForm(_PersonForm):
    letter_on = forms.DateField(
        label=_("Date of the letter"), help_text=_("For example 2026-10-02. The holder of the seat signs it.")
    )

    def __init__(self, *args: Any, board: Board, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"] = forms.ModelChoiceField(
            board.meetings.exclude(
                status__in=(meeting.Status.CLOSED, meeting.Status.CANCELLED)
            ).select_related("board"),
            label=_("For one meeting (proxy)"),
            required=False,
            empty_label=_("Whenever the holder is absent (alternate)"),
        )


class FollowUpForm(forms.Form):
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("What was promised"), widget=forms.Textarea(attrs={"rows": 2}))
    owner = forms.CharField(label=_("Who sees to it"), max_length=120, required=False)
    reported_to = forms.CharField(label=_("Reported to"), initial="Resident Advisory Board")
    due_on = forms.DateField(label=_("By when"), help_text=_("For example 2026-11-30."))

    def clean_due_on(self) -> object:
        due = self.cleaned_data["due_on"]
        if due < clock.today():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return due
