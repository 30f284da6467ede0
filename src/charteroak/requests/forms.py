"""What applicants, the policy office and stewards fill in. Parts of a request may stay empty until it is sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import STATED, Choice
from charteroak.policy.lifecycle import choices
from charteroak.policy.request_change import Kind, may_touch
from charteroak.requests.fit_check import EXCEPTIONS
from charteroak.requests.models import DataRequest, RequestedColumn

KINDS = {
    Kind.EXTENSION: noop("Extension: a later end, nothing else"),
    Kind.STAFF_CHANGE: noop("Staff change: who works on it"),
    Kind.CONTINUATION: noop("Continuation: the same study with later years of records"),
    Kind.AMENDMENT: noop("Amendment: columns, purpose, anything"),
    Kind.REPEAT: noop("Repeat: the same once more, as a project of its own"),
}


def _long(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "usa-textarea"})


class StartForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("At most 200 characters."))
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)  # pressed twice, it begins one request


def seen_in(data: Mapping[str, Any]) -> int | None:
    """The revision that the page showed from which this was sent."""
    seen = str(data.get("seen", ""))
    return int(seen) if seen.isdecimal() and len(seen) < 10 else None


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
    question = forms.CharField(label=_("Research question"), widget=_long())
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        help_text=_("One sentence. The agreement binds every use of the data to it."),
    )
    public_benefit = forms.CharField(label=_("Benefit to the public"), widget=_long())
    learning_agenda = forms.CharField(
        label=_("Fit with the learning agenda"),
        widget=_long(2),
        help_text=_("Which of the initiative’s questions it helps to answer, or “none”."),
    )


class AnalysisPart(Part):
    heading = _("Need and analysis")
    need = forms.CharField(
        label=_("Why public or less detailed data do not do"),
        widget=_long(),
        help_text=_("Name what you looked at and what it lacks."),
    )
    analysis_plan = forms.CharField(label=_("How the records will be analysed"), widget=_long())
    schedule = forms.CharField(
        label=_("Timeline"), widget=_long(2), help_text=_("The steps and their dates.")
    )
    months = forms.IntegerField(label=_("Months of work"), min_value=1, max_value=120)
    funding = forms.CharField(
        label=_("Funding"), widget=_long(2), help_text=_("Who pays for the work, or “own means”.")
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
    outputs_planned = forms.CharField(label=_("Outputs planned"), widget=_long())
    publication_plan = forms.CharField(label=_("Publication plan"), widget=_long())


class DatesPart(Part):
    heading = _("Years and end")
    first_year = forms.IntegerField(label=_("First year of records"), min_value=1900, max_value=2200)
    last_year = forms.IntegerField(label=_("Last year of records"), min_value=1900, max_value=2200)
    ends_on = forms.DateField(
        label=_("Work ends on"), help_text=_("For example 2027-07-31. The data are destroyed after it.")
    )


PARTS = (QuestionPart, AnalysisPart, LawPart, OutputsPart, DatesPart)


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


class MemberForm(forms.Form):
    person = forms.CharField(label=_("User name"), help_text=_("As your colleague signs in."))


class ReturnForm(forms.Form):
    because = forms.CharField(
        label=_("What is missing"), widget=_long(3), help_text=_("The applicant reads it.")
    )


class AppealForm(forms.Form):
    grounds = forms.CharField(
        label=_("What the board should see differently"),
        widget=_long(),
        help_text=_("Once for each request, within 30 days of the decision. The board reads it."),
    )


class ChangeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What kind of change"),
        choices=[(name, _(said)) for name, said in KINDS.items()],
        widget=forms.RadioSelect,
    )
    because = forms.CharField(
        label=_("Why it should change"), widget=_long(3), help_text=_("The agencies and the board read it.")
    )


class TextForm(forms.Form):
    """A steward's question or the applicant's answer."""

    text = forms.CharField(widget=_long(3))
    once = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class ColumnsForm(forms.Form):
    """A tick, a purpose and a justification for each variable that is shown."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        variables: Iterable[Variable],
        asked: Mapping[int, tuple[str, str]],
    ) -> None:
        super().__init__(data)
        self.variables = list(variables)
        for variable in self.variables:
            name, (purpose, justification) = str(variable), asked.get(variable.pk, ("", ""))
            self.fields[f"column-{variable.pk}"] = forms.BooleanField(
                required=False, label=name, initial=variable.pk in asked
            )
            self.fields[f"purpose-{variable.pk}"] = _line(
                _t("Purpose of %(column)s") % {"column": name}, purpose
            )
            self.fields[f"justification-{variable.pk}"] = _line(
                _t("Why nothing coarser than %(column)s does") % {"column": name}, justification
            )

    def rows(
        self, variables: Iterable[Variable]
    ) -> list[tuple[Variable, BoundField, BoundField, BoundField]]:
        return [
            (v, self[f"column-{v.pk}"], self[f"purpose-{v.pk}"], self[f"justification-{v.pk}"])
            for v in variables
        ]

    def purposes(self) -> dict[int, str]:
        """Variable id → purpose, of those that are ticked."""
        said = self.cleaned_data
        return {v.pk: said[f"purpose-{v.pk}"] for v in self.variables if said[f"column-{v.pk}"]}

    def justifications(self) -> dict[int, str]:
        said = self.cleaned_data
        return {v.pk: said[f"justification-{v.pk}"] for v in self.variables if said[f"column-{v.pk}"]}

    def unticked(self) -> list[str]:
        """Variables with a purpose but no tick."""
        said = self.cleaned_data
        return [str(v) for v in self.variables if said[f"purpose-{v.pk}"] and not said[f"column-{v.pk}"]]


def _line(label: str, initial: str = "") -> forms.CharField:
    """One line in a table, named for those who do not see the table's head."""
    attrs = {"class": "usa-input", "aria-label": label}
    return forms.CharField(required=False, label=label, initial=initial, widget=forms.TextInput(attrs=attrs))


class DecideForm(forms.Form):
    """A decision, with its reason, on every column asked of one agency."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, columns: Iterable[RequestedColumn], conditions: str = ""
    ) -> None:
        super().__init__(data)
        self.columns = list(columns)
        for column in self.columns:
            name = str(column.variable)
            self.fields[f"choice-{column.pk}"] = forms.ChoiceField(
                label=_t("Decision on %(column)s") % {"column": name},
                choices=[("", _t("Decide")), *((value, _t(words)) for value, words in choices(Choice))],
                widget=forms.Select(
                    attrs={
                        "class": "usa-select",
                        "aria-label": _t("Decision on %(column)s") % {"column": name},
                    }
                ),
            )
            self.fields[f"reason-{column.pk}"] = _line(_t("Reason on %(column)s") % {"column": name})
        self.fields["conditions"] = forms.CharField(
            required=False,
            initial=conditions,
            label=_t("Conditions"),
            widget=_long(3),
            help_text=_t("They become part of the agreement."),
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for column in self.columns:
            stands_alone = said.get(f"choice-{column.pk}") not in STATED
            if not stands_alone and not said.get(f"reason-{column.pk}"):
                self.add_error(f"reason-{column.pk}", _t("Say why."))
        return said

    def rows(self) -> list[tuple[RequestedColumn, BoundField, BoundField]]:
        return [(c, self[f"choice-{c.pk}"], self[f"reason-{c.pk}"]) for c in self.columns]

    def decided(self) -> dict[int, tuple[Choice, str]]:
        said = self.cleaned_data
        return {c.pk: (Choice(said[f"choice-{c.pk}"]), said[f"reason-{c.pk}"]) for c in self.columns}
