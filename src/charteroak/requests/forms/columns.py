"""A tick, a purpose and a decision for each column."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _t

from charteroak.catalog.models import Variable
from charteroak.policy.agency_review import STATED, Choice
from charteroak.policy.lifecycle import choices
from charteroak.requests.forms.fields import line, long
from charteroak.requests.models import RequestedColumn


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
            self.fields[f"purpose-{variable.pk}"] = line(
                _t("Purpose of %(column)s") % {"column": name}, purpose
            )
            self.fields[f"justification-{variable.pk}"] = line(
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


class DecideForm(forms.Form):
    """A decision, with its reason, on every column asked of one agency: each for itself, or all the rest at once."""

    REST = ("rest-choice", "rest-reason")

    def __init__(
        self, data: Mapping[str, Any] | None, *, agency: str, columns: Iterable[RequestedColumn],
        conditions: str = "",
    ) -> None:  # fmt: skip
        super().__init__(data, auto_id=f"decide-{agency}-%s")  # a steward of two agencies reads two of them
        self.columns = list(columns)
        words = [(value, _t(words)) for value, words in choices(Choice)]
        if any(not column.choice for column in self.columns):
            self._add_rest(words)
        for column in self.columns:
            name = str(column.variable)
            self.fields[f"choice-{column.pk}"] = forms.ChoiceField(
                required=False,
                label=_t("Decision on %(column)s") % {"column": name},
                initial=column.choice,
                choices=[("", _t("Decide")), *words],
                widget=forms.Select(
                    attrs={
                        "class": "usa-select",
                        "aria-label": _t("Decision on %(column)s") % {"column": name},
                    }
                ),
            )
            self.fields[f"reason-{column.pk}"] = line(
                _t("Reason on %(column)s") % {"column": name}, column.reason
            )
        self.fields["conditions"] = forms.CharField(
            required=False,
            initial=conditions,
            label=_t("Conditions"),
            widget=long(3),
            help_text=_t("They become part of the agreement."),
        )

    def _add_rest(self, words: list[tuple[str, str]]) -> None:
        """Nothing is chosen beforehand: who chooses nothing decides nothing."""
        choice, reason = self.REST
        self.fields[choice] = forms.ChoiceField(
            required=False,
            label=_t("Decision on every column for which you choose nothing in the table"),
            choices=words,
            widget=forms.RadioSelect(attrs={"class": "usa-radio__input"}),
        )
        self.fields[reason] = forms.CharField(
            required=False,
            label=_t("Reason or condition for all of these, if not allowed as they are"),
            widget=forms.TextInput(attrs={"class": "usa-input"}),
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("rest-choice") in STATED and not said.get("rest-reason"):
            self.add_error("rest-reason", _t("Say why."))
        for column in self.columns:
            choice = said.get(f"choice-{column.pk}")
            if choice in STATED and not said.get(f"reason-{column.pk}"):
                self.add_error(f"reason-{column.pk}", _t("Say why."))
            if choice == "" and not said.get("rest-choice"):
                self.add_error(f"choice-{column.pk}", _t("Decide on this column."))
        return said

    def rest(self) -> list[BoundField]:
        """The fields that decide on all the rest, where something is undecided."""
        return [self[name] for name in self.REST if name in self.fields]

    def rows(self) -> list[tuple[RequestedColumn, BoundField, BoundField]]:
        return [(c, self[f"choice-{c.pk}"], self[f"reason-{c.pk}"]) for c in self.columns]

    def decided(self) -> dict[int, tuple[Choice, str]]:
        """Column id → choice and reason; a reason of its own goes before the one for all."""
        said = self.cleaned_data
        found = {}
        for pk in (column.pk for column in self.columns):
            choice, reason = said[f"choice-{pk}"], said[f"reason-{pk}"]
            if not choice:
                choice, reason = said["rest-choice"], reason or said["rest-reason"]
            found[pk] = (Choice(choice), reason)
        return found
