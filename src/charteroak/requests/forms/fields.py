"""Fields as the forms of a request have them."""

from django import forms


def long(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "usa-textarea"})


def line(label: str, initial: str = "") -> forms.CharField:
    """One line in a table, named for those who do not see the table's head."""
    attrs = {"class": "usa-input", "aria-label": label}
    return forms.CharField(required=False, label=label, initial=initial, widget=forms.TextInput(attrs=attrs))
