"""What applicants say in the form of a request. Its parts may stay empty until it is sent."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from charteroak.policy import irb
from charteroak.policy.lifecycle import choices
from charteroak.policy.request_change import Kind, may_touch
from charteroak.requests.fit_check import EXCEPTIONS
from charteroak.requests.forms.fields import long
from charteroak.requests.models import DataRequest


class Part(forms.Form):
    """One part of the request. All of it is needed to send the request, none of it to save."""

    heading: Promise
    use_required_attribute = False

    def full_clean(self) -> None:
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for field in self.fields.values():
            field.required = True

    def only(self, kind: Kind | None) -> "Part | None":
        """Without the fields that a change of this kind does not reach; None where none is left."""
        for name in [name for name in self.fields if not may_touch(kind, name)]:
            del self.fields[name]
        return self if self.fields else None

    @property
    def progress(self) -> str:
        """Complete, begun or untouched, by what is on record."""
        filled = [bool(self.get_initial_for_field(field, name)) for name, field in self.fields.items()]
        if all(filled) and not self.errors:
            return "complete"
        return "begun" if any(filled) or self.errors else "not started"


class QuestionPart(Part):
    heading = _("Question and purpose")
    title = forms.CharField(label=_("Title"), max_length=200)
    question = forms.CharField(label=_("Research question"), widget=long())
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        help_text=_("One sentence. The agreement binds every use of the data to it."),
    )
    public_benefit = forms.CharField(label=_("Benefit to the public"), widget=long())
    learning_agenda = forms.CharField(
        label=_("Fit with the learning agenda"),
        widget=long(2),
        help_text=_("Which of the initiative’s questions it helps to answer, or “none”."),
    )


class AnalysisPart(Part):
    heading = _("Need and analysis")
    need = forms.CharField(
        label=_("Why public or less detailed data do not do"),
        widget=long(),
        help_text=_("Name what you looked at and what it lacks."),
    )
    analysis_plan = forms.CharField(label=_("How the records will be analysed"), widget=long())
    schedule = forms.CharField(label=_("Timeline"), widget=long(2), help_text=_("The steps and their dates."))
    months = forms.IntegerField(label=_("Months of work"), min_value=1, max_value=120)
    funding = forms.CharField(
        label=_("Funding"), widget=long(2), help_text=_("Who pays for the work, or “own means”.")
    )


class LawPart(Part):
    heading = _("Law")
    legal_exception = forms.ChoiceField(
        label=_("Legal exception for education records"),
        choices=[("", _("Choose one")), *((words, _(words)) for words in EXCEPTIONS)],
        help_text=_("One per request. Counsel confirms it."),
    )


class OutputsPart(Part):
    heading = _("Outputs and publication")
    outputs_planned = forms.CharField(label=_("Outputs planned"), widget=long())
    publication_plan = forms.CharField(label=_("Publication plan"), widget=long())


class DatesPart(Part):
    heading = _("Years and end")
    first_year = forms.IntegerField(label=_("First year of records"), min_value=1900, max_value=2200)
    last_year = forms.IntegerField(label=_("Last year of records"), min_value=1900, max_value=2200)
    ends_on = forms.DateField(
        label=_("Work ends on"), help_text=_("For example 2027-07-31. The data are destroyed after it.")
    )


class ReviewPart(Part):
    """Needed only where the law on the columns asks for a review, or where there was one."""

    heading = _("Institutional review board")
    irb_board = forms.CharField(
        label=_("Name of the review board"),
        max_length=200,
        help_text=_(
            "Where one reviewed the study, or the law on the columns asks for it; else leave it empty."
        ),
    )
    irb_number = forms.CharField(
        label=_("Its number for the study"), max_length=60, help_text=_("For example 2026-0142.")
    )
    irb_determination = forms.ChoiceField(
        label=_("What it determined"),
        choices=[("", _("Choose one")), *((value, _(words)) for value, words in choices(irb.Determination))],
    )
    irb_approved_on = forms.DateField(label=_("Determined on"), help_text=_("For example 2026-05-31."))
    irb_expires_on = forms.DateField(
        label=_("Expires on"), help_text=_("Empty where the board set no end. Attach its letter below.")
    )

    def full_clean(self) -> None:
        super().full_clean()
        for field in self.fields.values():
            field.required = False

    @property
    def progress(self) -> str:
        said = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()}
        if not any(said.values()) and not self.errors:
            return "not started"
        return "begun" if irb.missing(said, asked=False) or self.errors else "complete"


PARTS = (QuestionPart, AnalysisPart, LawPart, OutputsPart, DatesPart, ReviewPart)


def parts(record: DataRequest, data: Mapping[str, Any] | None = None, *, kind: Kind | None) -> list[Part]:
    """Every part, with what is on record or what was just typed.

    Of a change only what its `kind` may touch; without one, everything. A part that holds something unreadable
    comes bound, so that the page marks it, whenever it is opened.
    """
    made = [part(_typed(record, part, data), initial=_said(record, part)) for part in PARTS]
    return [part for part in made if part.only(kind)]


def _said(record: DataRequest, part: type[Part]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in part.base_fields}


def _typed(record: DataRequest, part: type[Part], data: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if data is not None or not record.unread.keys() & part.base_fields.keys():
        return data
    shown = {name: "" if said is None else str(said) for name, said in _said(record, part).items()}
    return {**shown, **record.unread}
