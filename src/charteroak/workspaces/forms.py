"""What people fill in about workspaces and jobs."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charteroak.policy.budget import MOST_HOURS
from charteroak.policy.workspace import LARGEST_SCRIPT, Mode

MODES = {
    Mode.QUERY_ONLY: _("Query-only: people write against invented records, and scripts run on the real ones"),
    Mode.PIXEL: _("Pixel: people see the real records in a picture of a browser that runs in the enclave"),
    Mode.BROWSER: _("Browser: people see the real records in a sealed frame of their browser"),
}


class JobForm(forms.Form):
    one_of = ("file", "script")  # neither is optional: one of them is needed

    file = forms.FileField(
        label=_("Script"),
        required=False,
        help_text=_("One file of Python (.py), R (.R) or SQL (.sql), at most 200 kB."),
    )
    script = forms.CharField(
        label=_("or type it here"),
        required=False,
        max_length=LARGEST_SCRIPT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("Read from /enclave/data, write what should leave to /enclave/work/outbox."),
    )

    language = forms.ChoiceField(
        label=_("What you typed is"),
        choices=[("py", "Python"), ("R", "R"), ("sql", "SQL")],
        required=False,
    )
    records = forms.ChoiceField(
        label=_("Run it on"),
        choices=[("real", _("the real records")), ("invented", _("invented records, to try it out"))],
        required=False,
        help_text=_("On invented records you see what it prints at once; nothing of it can be released."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        file = said.get("file")
        if file is not None:
            try:
                said["script"] = file.read(LARGEST_SCRIPT + 1).decode("utf-8")
            except UnicodeDecodeError:
                raise forms.ValidationError(_("The file is not text: save the script as UTF-8.")) from None
        script = said.get("script") or ""
        if not script.strip():
            raise forms.ValidationError(_("There is no script: choose a file, or type one."))
        if len(script) > LARGEST_SCRIPT:
            raise forms.ValidationError(_("The script is longer than 200 kB: split it."))
        said["name"] = file.name if file is not None else f"script.{said.get('language') or 'py'}"
        return said


class HoursForm(forms.Form):
    hours = forms.IntegerField(
        label=_("Hours of processor time"), min_value=1, max_value=MOST_HOURS,
        help_text=_("That the project may use in all, one processor for one hour each."),
    )  # fmt: skip


class SnapshotForm(forms.Form):
    because = forms.CharField(
        label=_("Why it is kept"),
        max_length=120,
        help_text=_("A few words, such as: as sent to the journal."),
    )


class OpenForm(HoursForm):
    mode = forms.ChoiceField(
        label=_("How people will work on it"), choices=list(MODES.items()), required=False,
        help_text=_("The catalog’s sensitivity sets how open it may be. A stricter way can be chosen."),
    )  # fmt: skip
    isolator = forms.ChoiceField(
        label=_("What stands between its scripts and the machine"),
        choices=[("bubblewrap", "Bubblewrap"), ("gvisor", "gVisor")],
    )

    def __init__(self, *arguments: Any, modes: Collection[Mode], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["mode"].choices = [(one, MODES[one]) for one in modes]  # type: ignore[attr-defined]  # a ChoiceField

    def clean_mode(self) -> Mode | None:
        """None where the catalog’s is meant."""
        said = self.cleaned_data["mode"]
        return Mode(said) if said else None
