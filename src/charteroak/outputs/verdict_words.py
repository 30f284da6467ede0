"""What verdicts say, in the reader's language. `disclosure` writes English; with values in it, its form tells."""

import re

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

WORDS = (
    _("ACRO found these cells and did not hide them: suppress them, and what would give them away."),
    _("ACRO's word is not enough: give the table's own file to oak check with --records, --person and --by."),
    _("It is the value of one person: state a mean or a quantile."),
    _("The model nearly restates its records: use fewer terms or more people."),
    _("The record of this output cannot be read: export it again."),
    _("custom"),
    _("maximum or minimum"),
    _("not shown"),
    _("{0}: {1} cells"),
    _("{0} to {1}, to {2}"),
    _("0 or 100 %"),
    _(
        "Dominance was judged by sizes without signs: see whether one large loss or debt shows "
        "through the total."
    ),
    _("Everybody in the group has this in common: merge categories, or say why that is no secret."),
    _("Give tables that share this cell one group and protect = true, to be protected together."),
    _("Name the employers: --employer, or in the extract total_wage with employer or top_payer_naics4."),
    _("This appetite asks for rounded counts: submit a rounded table, to be judged with its records."),
    _("all of a hidden number"),
    _("all {0}"),
    _("at least {0} to {1}"),
    _("exact counts"),
    _("none"),
    _("{0} below 0"),
    _("{0} sensitive figures, all uncertain"),
    _("{0} to {1}"),
    _("under {0}"),
    _("Build the table from these records again; declared figures are recomputed, never believed."),
    _("The figures count rows; count distinct people instead."),
    _("as the records give it"),
    _("distinct people"),
    _("rows"),
    _("{0} {1}, row {2}"),
    _("Compare every mark with the table {0}.csv."),
    _("Export CSV, JSON, SVG or plain text in UTF-8, so that it can be read before it leaves."),
    _("Submit the table it shows as {0}.csv with its derivation: a chart is judged by its table."),
    _("The file is not JSON: write it again."),
    _("The listed file is not beside the record: give it too."),
    _("Two people must read it: add a derivation if it is a table."),
    _("a chart of its table"),
    _("at risk"),
    _("events"),
    _("Hide further figures (oak protect), so that totals less the others do not give this one away."),
    _("Totals are not the sums of their parts: say so to the checkers, or build the table again."),
    _("at least {0} wide"),
    _("A table hides this figure; state a range, or “at least” the threshold, instead."),
    _("equal"),
    _("hidden there"),
    _("Free text may name people: replace it by codes."),
    _("Take it out and export again; the file stays in the enclave."),
    _("A cell stands in the table twice: leave one line out."),
    _("Build the table from these records, with the same codes."),
    _(
        "Give --records, --person and --by: without the records nobody can tell how many people stand "
        "behind it."
    ),
    _("nobody in the records"),
    _("once"),
    _("row {0}"),
    _("0 or at least {0}"),
    _("Publish one of the two tables, or use the same people in both."),
    _(
        "Too many tables to be tested together: a person must compare the populations and filters of "
        "the tables."
    ),
    _("not proven: {0} of {1} earlier tables tested together{2}"),
    _("tested with {0} earlier tables{1}"),
    _("; not tested across projects"),
    _("{0} against {1}"),
    _("everybody"),
    _("Coarsen or leave out what drives the risk, or say why these columns cannot be known to an outsider."),
    _("k = {0}, {1} of {2} people below, {3} alone"),
    _("Fit the model to these records again; declared figures are recomputed, never believed."),
    _(
        "The model fits a few people exactly, so its coefficients state their mean: merge categories "
        "or drop terms."
    ),
    _(
        "These coefficients are not fitted again (neither least squares nor logistic): a person must read the code."
    ),
    _("all but {0} of {1}"),
    _("coefficient"),
    _("coefficients"),
    _("observations"),
    _("residual degrees of freedom"),
    _("{0} groups fitted exactly"),
    _("{0} of {1} with the rarer outcome"),
    _(
        "Too few of those people have one of the two outcomes, and the coefficient tells how many: merge "
        "categories."
    ),
    _("{0} terms for {1} groups"),
    _("All but a few people have it, so the constant describes those few: merge categories."),
    _(
        "Its figures are its author's word: give --records, --person and --measure, or read the code "
        "that wrote it."
    ),
    _("More degrees of freedom than observations less terms: state the model's own."),
    _("State how many people the term is true for."),
    _("State residual_degrees_of_freedom."),
    _("State terms, each with its name and people."),
    _("The coefficient describes too few people: merge categories."),
    _("The model restates the mean of each group: submit those means as a table instead."),
    _("Write the summary as one JSON object with terms."),
    _("all but {0}"),
    _("at most {0}"),
    _("below 1"),
    _("A weighted count hides how many people stand behind it: add a column of unweighted people."),
    _("It is the value of one person: state a mean, or a quantile with enough people beyond it."),
    _(
        "Name the column behind it (--with, --weight), that it can be built again; else a person "
        "reads its code."
    ),
    _("One value follows from the other: leave it out, or say why it must be so."),
    _("State how many people it describes, or give --records."),
    _("Too few people for a measure of spread: merge categories."),
    _("Too few people stand beyond the quantile: merge categories, or state one nearer to the middle."),
    _("beside unweighted people"),
    _("between -1 and 1"),
    _("{0} of {1} people"),
    _("{0} on one side"),
    _("{0} unweighted"),
    _("A count of nobody tells something of everybody: merge categories, or hide it."),
    _("Hide every statistic whose count is hidden."),
    _("Round every count, totals too."),
    _("The range tells of a small group too closely: print a wider one."),
    _("a range up to {0} or more"),
    _("about {0}"),
    _("by the Census Bureau's rules"),
    _("hidden as well"),
    _("to multiples of {0}"),
    _("{0} beside a hidden count"),
    _("“≤ {0} %” or “≥ {1} %” for {2} people"),
    _("Few employers stand behind some figures. Submit the airlock's version, which suppresses them."),
    _(
        "The table differs from what its derivation gives: write it with disclosure.build, and submit "
        "every table of its group together."
    ),
    _("Set protect = true, merge categories, or leave the cell out."),
    _("Set protect = true, or merge categories until the denominator is large enough."),
    _("Set protect = true, or merge categories: the numerator or the rest is too small."),
    _("Print the coarser range, or merge categories: nearly all or nearly none have this in common."),
    _("Set protect = true, or merge categories: the largest value can be estimated too closely."),
    _("Set protect = true, or merge categories: few people hold most of the total."),
    _("Set protect = true, or merge categories until more employers are shown to stand behind it."),
    _("Set protect = true, or merge categories: one employer may pay most of the wages."),
    _("Its figures are its author's word: give --records, --person, --measure (the time) and --event."),
    _("State {0} for every interval."),
    _("Too few people had the event in this interval: use wider intervals."),
    _("Too few people are still followed: end the curve earlier."),
    _("{0} at risk"),
    _("{0} events"),
    _("the contributor of {0}"),
    _(
        "Subtracting the groups from their total tells so few people: leave the total's curve out, or merge "
        "groups."
    ),
    _("Write it as UTF-8 text, so that it can be read."),
    _("See whether it tells of people."),
    _("Leave the project's own pseudonyms out: they do not leave the enclave."),
    _("The package cannot be unpacked: put it into the mirror anew."),
    _("It holds code that no person can read: have the operator add it to the environment."),
    _("It is too large to be read: have the operator add it to the environment."),
    _("See whether it is the package that its name says."),
)
EVERYBODY, CONTRIBUTOR = "everybody", "the contributor of {0}"
LONGEST = 300  # characters: far above what `disclosure` says, so a file's own text is not searched for forms
KNOWN = frozenset(WORDS)
VALUE = re.compile(r"\{\d\}")


def _form(words: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, VALUE.split(words))), re.DOTALL)


FORMS = [
    (_form(words), words)
    for words in sorted(WORDS, key=lambda w: -len(VALUE.sub("", w)))
    if VALUE.search(words)
]


def cell_in_language(cell: str) -> str:
    """As the file labels it, so that the reader finds it there: only `disclosure`'s word for no label is its own."""
    return gettext(cell) if cell == EVERYBODY else cell


def in_language(said: str) -> str:
    """A verdict's figure, limit or cure; what nobody has put into words stays as it is."""
    if len(said) > LONGEST or (get_language() or "en").startswith("en"):
        return said
    if said in KNOWN:
        return gettext(said)
    for form, words in FORMS:
        if match := form.fullmatch(said):
            within = cell_in_language if words == CONTRIBUTOR else in_language
            return gettext(words).format(*map(within, match.groups()))
    return said
