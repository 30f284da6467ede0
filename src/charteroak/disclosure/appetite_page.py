"""An appetite as a page for readers without statistics."""

from charteroak.disclosure.appetite import Appetite

SENTENCES = {
    "minimum_people": "A figure about 1 to {below} people is suppressed, in totals too, and with a count every "
    "statistic about the same people.",
    "zero_cells": "A count of nobody is {value}.",
    "full_cells": "A figure that says the same of everybody in a group is {value}.",
    "minimum_denominator": "A share with fewer than {value} people in its denominator is suppressed.",
    "percentage_bands": "A percentage near 0 or 100 is only printed as “at most” or “at least”, the more coarsely the "
    "smaller the group: {bands}.",
    "p_percent": "A total is suppressed when the second largest contributor could estimate "
    "the largest one's value to within {value:g} %.",
    "top_share": "A total is suppressed when its {top_contributors} largest contributors hold more than "
    "{value:.0%} of it.",
    "minimum_employers": "A wage figure that rests on fewer than {value} employers is suppressed.",
    "largest_employer": "A wage figure is suppressed when one employer pays {value:.0%} of it or more.",
    "extremes": "A maximum or minimum is {value}: it is one person's value.",
    "quantile_people": "A median or other quantile needs at least {value} people on each side of it.",
    "residual_degrees_of_freedom": "A model with fewer than {value} residual degrees of freedom is refused.",
    "saturated_models": "A model with as many coefficients as groups of records is {value}.",
    "charts": "A chart that comes with the table it shows is {value}; without that table it is refused.",
    "rounding_base": "Counts are rounded to multiples of {value}.",
    "drb_rounding": "Counts are rounded by the Census Bureau's rules: fewer than 15 as “<15”, larger ones to a "
    "step that grows with them.",
    "complementary": "Further figures are suppressed so that no suppressed one can be recovered "
    "from totals or from another table.",
}  # fmt: skip
ANSWERS = {"allowed": "allowed", "review": "read by a person first", "refused": "refused"}


def explain(appetite: Appetite) -> str:
    """The appetite as sentences, each with its source; a rule that is switched off is not mentioned."""
    lines = [f"# Risk appetite: {appetite.name}", ""]
    for rule, sentence in SENTENCES.items():
        value = getattr(appetite, rule)
        if value and value != "allowed":
            source = f" (source: {appetite.sources[rule]})" if rule in appetite.sources else ""
            lines.append("- " + sentence.format(**_words(appetite, value)) + source)
    return "\n".join(lines) + "\n"


def _words(appetite: Appetite, value: object) -> dict[str, object]:
    bands = (
        f"from {start} people ≤ {points:g} % and ≥ {100 - points:g} %"
        for start, points in appetite.percentage_bands
    )
    return {
        "value": ANSWERS.get(value, value) if isinstance(value, str) else value,
        "below": value - 1 if isinstance(value, int) else "",
        "bands": ", ".join(bands),
        "top_contributors": appetite.top_contributors,
    }
