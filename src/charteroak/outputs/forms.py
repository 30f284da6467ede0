"""What people fill in about release requests."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.outputs.models import OutputFile, ReleaseRequest
from charteroak.outputs.queries import Ballot, outputs_to_add
from charteroak.policy.explained import Kind
from charteroak.policy.lifecycle import choices
from charteroak.policy.release_request import Vote
from charteroak.workspaces.models import JobOutput


class OutputField(forms.ModelChoiceField):  # type: ignore[type-arg] # no [] at run time
    def label_from_instance(self, obj: JobOutput) -> str:
        return _("%(name)s (job %(job)s, %(hash)s)") % {
            "name": obj.name,
            "job": obj.job_id,
            "hash": obj.sha256[:12],
        }


class AddFileForm(forms.Form):
    one_of = ("context", "population", "kinds", "controls")  # none is optional: sending asks for each

    output = OutputField(JobOutput.objects.none(), label=_("File"), empty_label=None)
    context = forms.CharField(
        label=_("What it shows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For a reader who has not seen your work: what the figures mean."),
    )
    population = forms.CharField(
        label=_("Whom it counts"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Which people of the extract, of which years, and who is left out."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of statistic"),
        choices=[(value, _(words)) for value, words in choices(Kind)],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All that are in the file. The checks compare them with its derivation."),
    )
    controls = forms.CharField(
        label=_("How it was protected"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Rounding, suppression, merged categories."),
    )

    def __init__(self, record: ReleaseRequest, offered: Iterable[JobOutput], *args: Any) -> None:
        """Any of them is taken, those `offered` are listed."""
        super().__init__(*args)
        field = self.fields["output"]
        assert isinstance(field, OutputField)  # noqa: S101 - declared above
        field.queryset = outputs_to_add(record)
        field.widget.choices = [(one.pk, field.label_from_instance(one)) for one in offered]


class ReviewForm(forms.Form):
    """A vote on each of these files, as it was `kept` before; the hash says which bytes the checker looked at."""

    def __init__(self, files: Iterable[OutputFile], kept: Mapping[int, Ballot], *args: Any) -> None:
        super().__init__(*args)
        self.judged = list(files)
        self.one_of = [f"vote-{file.pk}" for file in self.judged]  # none is optional: casting asks for each
        for file in self.judged:
            before = kept.get(file.pk)
            said = before if before and before.sha256 == file.sha256 else None
            self.fields[f"sha256-{file.pk}"] = forms.CharField(
                initial=file.sha256, widget=forms.HiddenInput, required=False
            )
            self.fields[f"vote-{file.pk}"] = forms.ChoiceField(
                choices=[(Vote.APPROVE, _("Approve")), (Vote.CHANGE, _("Ask for a change"))],
                widget=forms.RadioSelect,
                label=file.name,
                initial=said.vote if said else None,
                required=False,  # the rules name every file without a vote at once
            )
            self.fields[f"comment-{file.pk}"] = forms.CharField(
                label=_("What must change in %s") % file.name,
                initial=said.comment if said else "",
                required=False,
            )

    def ballots(self) -> dict[int, Ballot]:
        said = self.cleaned_data
        return {
            file.pk: Ballot(
                Vote(said[f"vote-{file.pk}"]), said[f"sha256-{file.pk}"], said[f"comment-{file.pk}"]
            )
            for file in self.judged
            if said[f"vote-{file.pk}"]
        }


class VoteForm(forms.Form):
    """A vote on the one file that is on the screen."""

    sha256 = forms.CharField(max_length=64)
    vote = forms.ChoiceField(choices=[(Vote.APPROVE, _("Approve")), (Vote.CHANGE, _("Ask for a change"))])
    comment = forms.CharField(required=False)

    def ballot(self) -> Ballot:
        said = self.cleaned_data
        return Ballot(Vote(said["vote"]), said["sha256"], said["comment"])


class MarkForm(forms.Form):
    public = forms.TypedChoiceField(
        label=_("Who reads them once they are released"),
        choices=[
            ("yes", _("Everybody: they go to the public register")),
            ("no", _("The project’s people and those who check: they are fetched on this page")),
        ],
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
    )


class QuestionForm(forms.Form):
    text = forms.CharField(label=_("Your question to the project"), widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("The project’s answer"), widget=forms.Textarea(attrs={"rows": 2}))


class ReturnForm(forms.Form):
    because = forms.CharField(label=_("What must change"), widget=forms.Textarea(attrs={"rows": 2}))


class RevokeForm(forms.Form):
    because = forms.CharField(
        label=_("Why it is revoked; whoever could read it is told"), widget=forms.Textarea(attrs={"rows": 2})
    )
