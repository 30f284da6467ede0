"""Reads a trained Splink 4 or 5 model, to score with its weights; writes one for those who leave.

Splink's comparison levels are SQL; the usual ones of its comparison library are understood, and any other is refused
by name rather than guessed.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from charteroak.linkage.model import Model, Regime
from charteroak.linkage.recipe import ANY, Field, Kind, Level, LinkageError, Recipe

Compared = tuple[Field, tuple[float, ...], tuple[float, ...]]
"""A comparison as a field, with m and u of its levels."""
_COLUMN = r'"?(?P<column>\w[\w ]*?)_l"?'
_EXTRACTS = {  # what the comparison library takes out of a text, by its regular expression
    r"^[^@]+": "username",
    r"^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]": "postcode_sector",
    r"^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?": "postcode_district",
    r"^[A-Za-z]{1,2}": "postcode_area",
}
_EXTRACT = rf"NULLIF\(regexp_extract\({_COLUMN}, '(?P<pattern>[^']+)', 0\), ''\)"
_SAME_EXTRACT = r"""NULLIF\(regexp_extract\("?(?P=column)_r"?, '(?P=pattern)', 0\), ''\)"""
_LEVELS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (rf'^{_COLUMN} = "?(?P=column)_r"?$', lambda _: "same"),
    (rf'^(?P<test>jaro_winkler|jaro)_similarity\({_COLUMN}, "?(?P=column)_r"?\) >= (?P<limit>[\d.]+)$',
     lambda found: f"{found['test']}>={found['limit']}"),
    (rf'^(?P<test>jaccard)\({_COLUMN}, "?(?P=column)_r"?\) >= (?P<limit>[\d.]+)$',
     lambda found: f"{found['test']}>={found['limit']}"),
    (rf'^(?P<test>levenshtein|damerau_levenshtein)\({_COLUMN}, "?(?P=column)_r"?\) <= (?P<limit>\d+)$',
     lambda found: f"{found['test']}<={found['limit']}"),
    (rf'^(?P<test>levenshtein)\(cast\({_COLUMN} as text\), cast\("?(?P=column)_r"? as text\)\) <= (?P<limit>\d+)$',
     lambda found: f"{found['test']}<={found['limit']}"),
    (rf'^abs\(epoch\({_COLUMN}\) - epoch\("?(?P=column)_r"?\)\) <= (?P<limit>[\d.]+)$',
     lambda found: f"within<={float(found['limit']) / 86400:.10g}"),
    (rf'^abs\({_COLUMN} - "?(?P=column)_r"?\) <= (?P<limit>[\d.]+)$', lambda found: f"within<={found['limit']}"),
    (rf'^abs\(try_cast\({_COLUMN} as double\) - try_cast\("?(?P=column)_r"? as double\)\) <= (?P<limit>[\d.]+)$',
     lambda found: f"within<={found['limit']}"),
    (rf'^\(abs\({_COLUMN} - (?P<other>"?(?P=column)_r"?)\) / \(case when (?P=other) > "?(?P=column)_l"? then '
     r'(?P=other) else "?(?P=column)_l"? end\)\) < (?P<limit>[\d.]+)$', lambda found: f"relative<={found['limit']}"),
    (rf'^\(abs\(try_cast\({_COLUMN} as double\) - (?P<other>try_cast\("?(?P=column)_r"? as double\))\) / \(case when '
     r'(?P=other) > try_cast\("?(?P=column)_l"? as double\) then (?P=other) else '
     r'try_cast\("?(?P=column)_l"? as double\) end\)\) < (?P<limit>[\d.]+)$',
     lambda found: f"relative<={found['limit']}"),
    (rf"^abs\(epoch\(try_strptime\({_COLUMN}, '%Y-%m-%d'\)\) - "
     r"""epoch\(try_strptime\("?(?P=column)_r"?, '%Y-%m-%d'\)\)\) <= (?P<limit>[\d.]+)$""",
     lambda found: f"within<={float(found['limit']) / 86400:.10g}"),
    (rf"^{_EXTRACT} = {_SAME_EXTRACT}$", lambda found: _EXTRACTS.get(found["pattern"], "")),
    (rf"^(?P<test>jaro_winkler)_similarity\({_EXTRACT}, {_SAME_EXTRACT}\) >= (?P<limit>[\d.]+)$",
     lambda found: f"username_jaro_winkler>={found['limit']}" if found["pattern"] == r"^[^@]+" else ""),
    (r"^else$", lambda _: "different"),
)  # fmt: skip
_KEY = re.compile(r'l\."?(\w[\w ]*)"? = r\."?\1"?')
_START = re.compile(
    r'substr(?:ing)?\(l\."?(\w[\w ]*)"?, 1, (\d+)\) = substr(?:ing)?\(r\."?\1"?, 1, \2\)', re.IGNORECASE
)


def read_splink(text: str) -> tuple[Recipe, Model]:
    """Recipe and model of a Splink model's JSON, for `link(frames, recipe, model=model)`.

    Values are compared as they are written, as Splink does (fields of kind `text`), and dates as YYYY-MM-DD. Term
    frequencies are taken from the files that are linked, and a level that was never trained weighs what it weighs
    there (`untrained`). Raises LinkageError for a level, a blocking rule or a parameter that is not understood.
    """
    try:
        settings = json.loads(text)
        comparisons, prior = settings["comparisons"], float(settings["probability_two_random_records_match"])
    except (json.JSONDecodeError, KeyError, TypeError, ValueError):
        raise LinkageError("this is no trained Splink model; save one with save_model_to_json") from None
    read = [_comparison(each) for each in comparisons]
    rules = tuple(_rule(each) for each in settings.get("blocking_rules_to_generate_predictions", []))
    read, rules = _blocked_as_written(read, rules)
    fields = tuple(field for field, _, _ in read)
    recipe = Recipe(
        fields,
        rules,
        name="splink",
        within=settings.get("link_type") != "link_only",
        largest_block=1_000_000,
        collective=False,
    )
    m = {field.name: shares for field, shares, _ in read}
    u = {field.name: shares for field, _, shares in read}
    levels = {field.name: tuple(level.name for level in field.levels) for field in fields}
    frequencies = {field.name: pl.DataFrame() for field in fields if field.term_frequency}
    return recipe, Model(prior, 0.0, levels, (Regime("everyone", prior, 0.0, m, u),), frequencies)


def _blocked_as_written(
    read: list[Compared], rules: tuple[tuple[str, ...], ...]
) -> tuple[list[Compared], tuple[tuple[str, ...], ...]]:
    """Columns that are blocked on as they are written but compared otherwise, or not at all, get a field of their
    own that weighs nothing: Splink blocks on an unreadable date that it compares as missing.
    """
    text = {held: field.name for field, _, _ in read if field.kind == Kind.TEXT for held in field.of(ANY)}
    more = {}
    for column in sorted({key.partition(":")[0] for rule in rules for key in rule} - set(text)):
        text[column] = f"{column} as written"
        levels = (Level("same", "same", 0.5), Level("different", "different", 0.5))
        more[column] = (Field(text[column], Kind.TEXT, {ANY: (column,)}, levels), (0.5, 0.5), (0.5, 0.5))
    renamed = tuple(
        tuple(f"{text[column]}{colon}{part}" for column, colon, part in (key.partition(":") for key in rule))
        for rule in rules
    )
    return [*read, *more.values()], renamed


def _comparison(entry: Mapping[str, Any]) -> Compared:
    name, frequency = str(entry["output_column_name"]), False
    known = [level for level in entry["comparison_levels"] if not level.get("is_null_level")]
    usual = untrained(len(known))
    levels, m, u, columns = [], [], [], set[str]()
    for level, (m_usual, u_usual) in zip(known, usual, strict=True):
        test, of = _test(str(level["sql_condition"]), name)
        columns |= {of} if of else set()
        m.append(float(level.get("m_probability", m_usual)))
        u.append(float(level.get("u_probability", u_usual)))
        levels.append(Level(str(level.get("label_for_charts", test)), test, m[-1]))
        frequency |= _by_frequency(level, test, name)
    if len(columns) > 1:
        raise LinkageError(
            f"Splink comparison {name}: it compares {' and '.join(sorted(columns))} at once, which is not understood; "
            "compare one column at a time"
        )
    kind = _kind([str(level["sql_condition"]).lower() for level in known], levels, name)
    return Field(name, kind, {ANY: tuple(columns) or (name,)}, tuple(levels), frequency), tuple(m), tuple(u)


def _kind(conditions: list[str], levels: list[Level], name: str) -> Kind:
    """Dates and numbers where their differences are asked, else texts."""
    if any("epoch(" in each for each in conditions):
        return Kind.DATE_AS_WRITTEN
    if any("cast(" in each and "levenshtein" in each for each in conditions):
        raise LinkageError(f"Splink comparison {name}: edits of what is no text are understood of dates only")
    return (
        Kind.NUMBER_AS_WRITTEN
        if any(each.rule[0] in {"within", "relative"} for each in levels)
        else Kind.TEXT
    )


def untrained(levels: int) -> list[tuple[float, float]]:
    """m and u that Splink takes for the levels of a comparison, best first, that training never saw: m of 0.95 for
    the best and even shares for the rest, u such that they weigh 10 bits, then 3 down to -5
    (`comparison_level.py` of Splink 4 and 5). A model saved with such a level is so read by Splink itself too.
    """
    rest = levels - 1
    m = [0.95] + [(1 - 0.95) / rest] * rest if rest else [0.95]
    weights = [10.0, *(-5.0 if rest == 1 else 3.0 - 8.0 * place / (rest - 1) for place in range(rest))]
    return [(share, share / 2**weight) for share, weight in zip(m, weights, strict=True)]


def _by_frequency(level: Mapping[str, Any], test: str, name: str) -> bool:
    """Whether a rare value weighs more. Raises LinkageError where Splink would count that otherwise than in full."""
    if not level.get("tf_adjustment_column"):
        return False
    weight, least = float(level.get("tf_adjustment_weight", 1.0)), float(level.get("tf_minimum_u_value", 0.0))
    if test != "same" or weight != 1.0 or least:
        raise LinkageError(
            f"Splink comparison {name}: term frequencies are understood at full weight on exact agreement only; "
            "take the adjustment out of the other levels"
        )
    return True


def _test(condition: str, name: str) -> tuple[str, str | None]:
    plain = " ".join(condition.split())
    for pattern, test in _LEVELS:
        if (found := re.match(pattern, plain, re.IGNORECASE)) and (of := test(found)):
            return of, found.groupdict().get("column")
    raise LinkageError(
        f"Splink comparison {name}: the level {plain[:90]!r} is not understood; replace it by a usual one"
    )


def _rule(entry: Mapping[str, Any] | str) -> tuple[str, ...]:
    rule = entry if isinstance(entry, str) else str(entry["blocking_rule"])
    keys = []
    for part in re.split(r"\s+AND\s+", rule, flags=re.IGNORECASE):
        plain = re.sub(r"^\((.*)\)$", r"\1", part.strip())
        if start := _START.fullmatch(plain):
            keys.append(f"{start[1]}:{start[2]}")
        elif equal := _KEY.fullmatch(plain):
            keys.append(equal[1])
        else:
            raise LinkageError(
                f"Splink blocking rule {plain!r} is not understood; block on columns or their beginnings"
            )
    return tuple(keys)


def write_splink(recipe: Recipe, model: Model) -> str:
    """A Splink 5 model's JSON with the parameters of the first regime: households, numbers and swapped names have no
    counterpart there. Its columns are the recipe's fields in standard form, dates as YYYYMMDD. Raises LinkageError for
    a test that SQL has no word for.
    """
    comparisons = []
    for field in recipe.fields:
        column = field.name
        levels: list[dict[str, Any]] = [
            {
                "sql_condition": f'"{column}_l" IS NULL OR "{column}_r" IS NULL',
                "label_for_charts": "missing",
                "is_null_level": True,
            }
        ]
        for level, m, u in zip(
            field.levels, model.everyone.m[field.name], model.everyone.u[field.name], strict=True
        ):
            entry = {
                "sql_condition": _sql(level, column, field.kind),
                "label_for_charts": level.name,
                "m_probability": m,
                "u_probability": u,
            }
            if level.test == "same" and field.term_frequency:
                entry |= {"tf_adjustment_column": column, "tf_adjustment_weight": 1.0}
            levels.append(entry)
        comparisons.append({"output_column_name": column, "comparison_levels": levels})
    rules = [
        {"blocking_rule": " AND ".join(_block(key) for key in rule), "sql_dialect": "duckdb"}
        for rule in recipe.blocks
    ]
    return json.dumps(
        {
            "link_type": "link_and_dedupe" if recipe.within else "link_only", "sql_dialect": "duckdb",
            "probability_two_random_records_match": model.prior, "unique_id_column_name": "id",
            "blocking_rules_to_generate_predictions": rules, "comparisons": comparisons,
        },
        indent=2,
    )  # fmt: skip


def _within(kind: Kind, limit: float, a: str, b: str) -> str:
    """Days apart of dates, in the words that Splink's own library has for them; else numbers apart."""
    if kind in {Kind.BIRTH_DATE, Kind.DATE, Kind.DATE_AS_WRITTEN}:
        form = "%Y-%m-%d" if kind == Kind.DATE_AS_WRITTEN else "%Y%m%d"
        a, b = (f"epoch(try_strptime({side}, '{form}'))" for side in (a, b))
        return f"abs({a} - {b}) <= {limit * 86400:.10g}"
    return f"abs(try_cast({a} AS DOUBLE) - try_cast({b} AS DOUBLE)) <= {limit:.10g}"


def _sql(level: Level, column: str, kind: Kind) -> str:
    test, limit = level.rule
    a, b = f'"{column}_l"', f'"{column}_r"'
    if test == "different":
        return "ELSE"
    if test == "same":
        return f"{a} = {b}"
    if test in {"jaro_winkler", "jaro"}:
        return f"{test}_similarity({a}, {b}) >= {limit}"
    if test in {"levenshtein", "damerau_levenshtein"}:
        return f"{test}({a}, {b}) <= {int(limit)}"
    if test == "jaccard":
        return f"jaccard({a}, {b}) >= {limit}"
    if test == "relative":
        a, b = (f"try_cast({side} AS DOUBLE)" for side in (a, b))
        return f"(abs({a} - {b}) / (CASE WHEN {b} > {a} THEN {b} ELSE {a} END)) < {limit}"
    if test == "prefix":
        return f"substr({a}, 1, {int(limit)}) = substr({b}, 1, {int(limit)})"
    if pattern := {name: pattern for pattern, name in _EXTRACTS.items()}.get(
        test.removesuffix("_jaro_winkler")
    ):
        a, b = (f"NULLIF(regexp_extract({side}, '{pattern}', 0), '')" for side in (a, b))
        return f"jaro_winkler_similarity({a}, {b}) >= {limit}" if limit else f"{a} = {b}"
    if test == "suffix":
        return f"right({a}, {int(limit)}) = right({b}, {int(limit)})"
    if test == "initial":
        return f"(length({a}) = 1 OR length({b}) = 1) AND substr({a}, 1, 1) = substr({b}, 1, 1)"
    if test == "year":
        return f"substr({a}, 1, 4) = substr({b}, 1, 4)"
    if test == "month_day":
        return f"substr({a}, 5, 4) = substr({b}, 5, 4)"
    if test == "day_month":
        other = f"concat(substr({b}, 1, 4), substr({b}, 7, 2), substr({b}, 5, 2))"
        return f"{a} = {other} AND length({a}) = 8"
    if test == "within":
        return _within(kind, limit, a, b)
    raise LinkageError(
        f"level {level.name!r}: Splink has no word for {test!r}; take the level out of the recipe first"
    )


def _block(key: str) -> str:
    name, _, part = key.partition(":")
    if not part:
        return f'l."{name}" = r."{name}"'
    size = {"start": 4, "initial": 1, "year": 4, "prefix3": 3}.get(part, int(part) if part.isdigit() else 0)
    if not size:
        raise LinkageError(
            f"blocking key {key!r}: Splink has no word for it; take the rule out of the recipe first"
        )
    return f'substr(l."{name}", 1, {size}) = substr(r."{name}", 1, {size})'
