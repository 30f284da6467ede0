"""The parts every page is made of: whose turn, status, actions, next steps, tables, progress, forms."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from django import forms, template
from django.template import Context
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext, pgettext

from charteroak.adapters import environment
from charteroak.policy.decision import Decision, Reason
from charteroak.policy.sentence import Sentence, Value, words

register = template.Library()

# A status not named here is on its way: it gets the clock.
SETTLED = {
    "accepted", "active", "allowed", "answered", "approved", "built", "carried", "cleared", "closed", "confirmed",
    "decided", "destroyed", "ended", "executed", "in force", "open", "paid", "participating", "ready", "recorded",
    "registered", "released", "reported", "settled", "signed", "succeeded", "under a condition", "waived",
}  # fmt: skip
STOPPED = {
    "cancelled", "declined", "denied", "expired", "failed", "left", "lost", "overdue", "quarantined", "refused",
    "rejected", "removed", "revoked", "shut", "superseded", "suspended", "terminated", "withdrawn",
}  # fmt: skip
WIDGETS = {
    forms.CheckboxInput: "usa-checkbox__input",
    forms.CheckboxSelectMultiple: "usa-checkbox__input",  # a kind of RadioSelect, so it comes first
    forms.RadioSelect: "usa-radio__input",
    forms.Select: "usa-select",
    forms.Textarea: "usa-textarea",
    forms.FileInput: "file-input",
    forms.Widget: "usa-input",
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A USWDS icon beside words that say the same; hidden from screen readers."""
    return format_html(
        '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("vendor/uswds/img/sprite.svg"),
        name,
    )


@register.simple_tag
def initiative() -> str:
    """What the State calls the whole, on paper too, where no page says it."""
    return environment.initiative_name()


@register.filter
def written_day(said: str) -> str:
    """A day that is kept as 2026-11-02, in the reader's words."""
    return date_format(date.fromisoformat(said))


@register.filter
def translated(said: Any) -> Any:
    """What the code below the pages says in English, in the reader's language: a reason's words, a status."""
    if isinstance(said, Sentence):
        return gettext(said.written).format(**{name: _told(value) for name, value in said.values.items()})
    text = str(said)
    return gettext(text) if text else said


def named(name: StrEnum | None) -> str:
    """A status, action or role in the reader's words."""
    record = type(name).__module__.rpartition(".")[2]
    return _in_context(words(name), f"{record} {type(name).__name__.lower()}")


def _in_context(said: str, context: str) -> str:
    """As that record's status or action is called: "open" is a verb too, and a meeting is of another gender."""
    told = pgettext(context, said)
    return told if told != said else gettext(said)


def _told(value: Value) -> str:
    match value:
        case StrEnum() | None:
            return named(value)
        case Sentence():
            return str(translated(value))
        case date():
            return date_format(value, "DATE_FORMAT")
        case tuple():
            return ", ".join(map(_told, value))
    return str(value)


@register.inclusion_tag("page/turn.html", takes_context=True)
def turn(context: Context, who: str, by: date | None = None) -> dict[str, Any]:
    """Whose turn it is and by when. Without `who`, nothing is left to do."""
    return {"who": who, "by": by, "request": context.get("request")}


@register.inclusion_tag("page/status.html")
def status(record: Any) -> dict[str, Any]:
    """A record's status (or a status in words) as text and icon, never colour alone."""
    value = str(getattr(record, "status", record))
    settled, stopped = value in SETTLED, value in STOPPED
    tone = "settled" if settled else "stopped" if stopped else "moving"
    sign = {"settled": "check_circle", "stopped": "cancel", "moving": "schedule"}[tone]
    kind = getattr(getattr(record, "_meta", None), "model_name", "account")  # of a bare word: an account's
    return {"words": _in_context(value.replace("_", " "), f"{kind} status"), "tone": tone, "sign": sign}


@register.simple_tag
def rule(reason: Reason) -> SafeString:
    """The rule's own name behind its sentence, as the log and the JSON interface call it."""
    return format_html('<span class="refused__rule">{} <code>{}</code></span>', gettext("Rule:"), reason.rule)


@register.inclusion_tag("page/action_form.html", takes_context=True)
def action_form(
    context: Context,
    record: Any,
    action: str,
    label: str,
    decision: Decision,
    *,
    form: forms.Form | None = None,
    href: str = "",
    key: str = "",
    aside: bool = False,
) -> dict[str, Any]:
    """The button for one action, or the reasons why it is absent.

    Posts to `href`, by default the record's own address followed by the action's name. The form's id is
    `action-<action>`, with `-<key>` behind it where a page offers the same action more than once. What takes
    something back stands `aside`, in outline, so that the way on is the one filled button.
    """
    return {
        "id": "-".join(["action", slugify(action), *([slugify(key)] if key else [])]),
        "href": href or f"{record.get_absolute_url()}{action}/",
        "label": label,
        "decision": decision,
        "form": form,
        "aside": aside,
        "seen": getattr(
            record, "revision", None
        ),  # what the reader decides on; older than the record: told so
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("page/process_list.html")
def process_list(steps: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What happens next: steps with `heading`, and optionally `text`, `by` (who) and `done`."""
    return {"steps": steps}


@register.inclusion_tag("page/milestones.html")
def milestones(steps: Iterable[Any]) -> dict[str, Any]:
    """The way so far as a row of steps, each with `name`, `done` and optionally `on`, the day it was done."""
    return {"steps": steps}


@register.inclusion_tag("page/data_table.html")
def data_table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    source: str = "",
    as_of: date | None = None,
    csv: str = "",
    nothing: str = "",
) -> dict[str, Any]:
    """A table with caption, source and date; the first cell of a row names it, numbers stand right.

    `csv` is the address of the same table as a file; `nothing` is said in place of an empty table.
    """
    body = [[(cell, isinstance(cell, int | float | Decimal)) for cell in row] for row in rows]
    return {
        "id": f"table-{slugify(caption)}",
        "caption": caption,
        "head": [(name, bool(body) and body[0][at][1]) for at, name in enumerate(head)],
        "rows": body,
        "source": source,
        "as_of": as_of,
        "csv": csv,
        "nothing": nothing,
    }


@register.inclusion_tag("page/progress.html", takes_context=True)
def progress(context: Context, value: int, end: int, label: str) -> dict[str, Any]:
    """How far background work is: asks this page again until `value` reaches `end`, or by a link."""
    request = context["request"]
    return {
        "value": value,
        "end": end,
        "label": label,
        "here": request.get_full_path(),
        "finished": value >= end,
        "swapped_in": "HX-Request" in request.headers,  # the rest of the page is still the one from before
    }


@register.inclusion_tag("page/error_summary.html")
def error_summary(form: forms.Form) -> dict[str, Any]:
    """Everything wrong with the form, first on the page, focused, each line a link to its field."""
    return {"form": form, "wrong": [field for field in form if field.errors]}


@register.inclusion_tag("page/form_fields.html")
def form_fields(form: forms.Form) -> dict[str, Any]:
    """A Django form in USWDS dress: label, hint, error, control. Fields keep what was typed."""
    for field in form:
        widget = field.field.widget
        widget.attrs.pop("placeholder", None)  # vanishes on typing, and reads like an answer
        own = next(name for kind, name in WIDGETS.items() if isinstance(widget, kind))
        given = widget.attrs.get("class", "")
        if own not in given.split():
            wrong = (
                " usa-input--error"
                if field.errors and own in {"usa-input", "usa-textarea", "usa-select"}
                else ""
            )
            widget.attrs["class"] = f"{given} {own}{wrong}".strip()
    one_of = getattr(form, "one_of", ())  # fields that stand for each other: none of them is optional
    return {"form": form, "groups": ("radioselect", "checkboxselectmultiple"), "one_of": one_of}


@register.inclusion_tag("page/empty.html")
def empty(why: str, next_step: str = "", href: str = "") -> dict[str, str]:
    """Why a list is empty, and what to do about it."""
    return {"why": why, "next_step": next_step, "href": href}
