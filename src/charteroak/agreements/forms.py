"""What people fill in about an agreement: other words, a signature, why it ends."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from charteroak.agreements.models import WHAT, Agreement, Clause, Party


class DraftForm(forms.Form):
    sensitive_seen = forms.BooleanField(
        label=_("Sensitive columns may be shown in a session, as a picture"),
        required=False,
        help_text=_(
            "All sign it, in the clause on the place. Without it nobody sees them: scripts run on them alone."
        ),
    )


class RedlineForm(forms.Form):
    text = forms.CharField(label=_("The clause’s words"), widget=forms.Textarea(attrs={"rows": 6}))
    comment = forms.CharField(label=_("Why"), required=False, max_length=500)

    @staticmethod
    def of(clause: Clause) -> "RedlineForm":
        """The form as first shown, with the words as they stand."""
        return RedlineForm(initial={"text": clause.text}, auto_id=f"redline-{clause.pk}-%s")


class SignForm(forms.Form):
    text_hash = forms.CharField(widget=forms.HiddenInput)
    intent = forms.BooleanField()

    def __init__(self, party: Party, shown: str, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id=f"sign-{party.pk}-%s", initial={"text_hash": shown})
        self.statement = _(
            "I have read this agreement and sign it for %(agency)s as %(part)s. Ticking this box is my signature."
        ) % {"agency": party.agency.name, "part": _(party.get_part_display()).lower()}
        self.fields["intent"].label = self.statement
        self.fields["intent"].error_messages["required"] = _("Tick the box if you mean to sign.")


class TerminateForm(forms.Form):
    because = forms.CharField(label=_("Why the agreement ends"), max_length=200)


class RecallForm(forms.Form):
    because = forms.CharField(
        label=_("Why the text is recalled"), max_length=500, help_text=_("Who signed it reads this.")
    )


class WithdrawForm(forms.Form):
    because = forms.CharField(label=_("Why it is withdrawn"), max_length=500)


class RetentionForm(forms.Form):
    agreement = forms.CharField(
        label=_("Number of the agreement"), max_length=12, required=False,
        help_text=_("Leave it empty for an approval that holds for every agreement."),
    )  # fmt: skip
    what = forms.ChoiceField(label=_("What is destroyed"), choices=[(what, _(words)) for what, words in WHAT])
    series = forms.CharField(
        label=_("Series"), max_length=60, help_text=_("As the retention schedule names it.")
    )
    approval = forms.CharField(
        label=_("Approval"), max_length=120, help_text=_("Its number, as who gave it wrote it.")
    )
    given_by = forms.CharField(label=_("Given by"), max_length=120, help_text=_("Which office approved it."))
    approved_on = forms.DateField(label=_("Approved on"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_agreement(self) -> Agreement | None:
        """The policy office alone sends it, who reads every agreement."""
        number = self.cleaned_data["agreement"].strip()
        found = Agreement.objects.filter(number=number).first() if number else None
        if number and found is None:
            raise forms.ValidationError(
                _("There is no agreement of this number. Take it from the agreement’s page.")
            )
        return found


class WordForm(forms.Form):
    file = forms.FileField(
        label=_("The file as it came back from Word"),
        help_text=_(".docx, made from the draft on this page, with tracked changes or without."),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )
