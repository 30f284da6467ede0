"""What each disclosure rule looks at, in words for a page; the log, files and `docs/disclosure` keep the short name."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from charteroak.outputs.models import OutputFile

NAMES = {
    "acro": _("what the statistics package found itself"),
    "additive": _("totals that must add up"),
    "built_code": _("code that only a machine can read"),
    "chart": _("charts and their tables"),
    "correlation": _("people behind a correlation"),
    "denominator": _("people that a share is taken of"),
    "derivation": _("how the table was made"),
    "differencing": _("what a difference from earlier releases tells"),
    "dummy": _("people behind each term of a model"),
    "email": _("e-mail addresses"),
    "employers": _("employers behind the wages"),
    "extreme": _("largest and smallest values"),
    "free_text": _("free text"),
    "frequency": _("people behind each figure"),
    "full_cell": _("groups in which everybody is alike"),
    "hidden_figure": _("figures that a table hides"),
    "k_anonymity": _("people who stand out in the records"),
    "largest_employer": _("the largest employer’s part of the wages"),
    "model": _("the summary of the model"),
    "name_column": _("columns of names"),
    "negatives": _("values of both signs in one total"),
    "not_derivable": _("building it again from the records"),
    "numerator": _("people that a share is about"),
    "opaque": _("a file that no check can read"),
    "p_percent": _("how closely the largest value can be guessed"),
    "people": _("how many people were counted"),
    "package": _("what the package is"),
    "percentage_band": _("shares close to all or none"),
    "person_keys": _("pseudonyms of the project’s own records"),
    "phone": _("telephone numbers"),
    "quantile": _("people beyond a median or percentile"),
    "record_level": _("rows about one person"),
    "records": _("the records behind the table"),
    "recoverable": _("hidden figures that totals give back"),
    "residual_degrees_of_freedom": _("observations a model has to spare"),
    "rounding": _("rounding"),
    "same_bytes": _("the same table when built again"),
    "same_figure": _("the same figure when computed again"),
    "saturated": _("a model that only repeats a table"),
    "spread": _("people behind a measure of spread"),
    "ssn": _("Social Security numbers"),
    "survival": _("people behind each step of a curve"),
    "top_share": _("how much of a total few people hold"),
    "weights": _("weighted counts"),
    "zero_cell": _("groups in which there is nobody"),
}


def in_words(rule: str) -> str:
    return str(NAMES.get(rule, rule.replace("_", " ")))


def findings(summary: str) -> list[tuple[str, list[str]]]:
    """The checks' summary as `checks` writes it ("fail: frequency, full cell; pass: chart"), outcome by outcome."""
    found = []
    for part in summary.split("; "):
        outcome, separator, rules = part.partition(": ")
        if not separator or outcome not in OutputFile.Verdict.values:
            return [(gettext(summary), [])] if summary else []
        found.append((_outcome(outcome), [in_words(rule.replace(" ", "_")) for rule in rules.split(", ")]))
    return found


def _outcome(outcome: str) -> str:
    return {"fail": gettext("Fails:"), "review": gettext("For a person:"), "pass": gettext("Passed:")}[
        outcome
    ]
