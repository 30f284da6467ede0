"""A small filter language for records: comparisons, and, or, not. It can read columns and nothing else.

town = 'Avon' and (grad_year >= 2019 or cte in ('Y', 'N')) and wage is not null
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from charteroak.disclosure.unusable import Unusable

TOKEN = re.compile(
    r"""\s*(?:(?P<number>-?\d+(?:\.\d+)?)|'(?P<text>(?:[^']|'')*)'|"(?P<quoted>(?:[^"]|"")+)"
    |(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|<>|!=|==|[=<>(),]))""",
    re.VERBOSE,
)
WORDS = {"and", "or", "not", "in", "is", "null", "between", "true", "false"}
SIGNS = {"=", "==", "!=", "<>", "<", "<=", ">", ">="}
DEEPEST = 50
Literal = str | float | bool


@dataclass(frozen=True)
class _Token:
    kind: str  # number, text, column, word or sign
    text: str
    at: int


def where(expression: str, schema: Mapping[str, pl.DataType]) -> pl.Expr:
    """The rows for which `expression` is true; as in SQL, a comparison with nothing is not true.

    `schema` names the columns that may be asked for. A text column compared with a number is read as numbers,
    a date column with a text as dates. Raises Unusable naming the place and what was expected there.
    """
    parser = _Parser(_tokens(expression), schema)
    found = parser.either(0)
    if parser.next is not None:
        raise parser.fault("and, or, or the end")
    return found.fill_null(value=False)


def _tokens(expression: str) -> list[_Token]:
    tokens, at = [], 0
    expression = expression.rstrip()
    while at < len(expression):
        match = TOKEN.match(expression, at)
        if match is None:
            raise Unusable(f"--where, character {at + 1}: write a column, a number, a 'text' or a comparison")
        kind = str(match.lastgroup)
        text = str(match[kind])
        if kind == "word" and text.lower() in WORDS:
            token = _Token("word", text.lower(), match.start(kind))
        elif kind in ("word", "quoted"):
            token = _Token("column", text.replace('""', '"'), match.start(kind))
        else:
            token = _Token(kind, text.replace("''", "'"), match.start(kind))
        tokens.append(token)
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent: either → both → one → comparison."""

    def __init__(self, tokens: list[_Token], schema: Mapping[str, pl.DataType]) -> None:
        self.tokens, self.schema, self.place = tokens, schema, 0

    @property
    def next(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def fault(self, expected: str) -> Unusable:
        at = f"character {self.next.at + 1}" if self.next else "the end"
        return Unusable(f"--where, at {at}: expected {expected}")

    def took(self, *texts: str) -> str | None:
        """The next token, taken, if it is one of these words or signs."""
        token = self.next
        if token is None or token.kind not in ("word", "sign") or token.text not in texts:
            return None
        self.place += 1
        return token.text

    def either(self, depth: int) -> pl.Expr:
        found = self.both(depth)
        while self.took("or"):
            found = found | self.both(depth)
        return found

    def both(self, depth: int) -> pl.Expr:
        found = self.one(depth)
        while self.took("and"):
            found = found & self.one(depth)
        return found

    def one(self, depth: int) -> pl.Expr:
        if depth > DEEPEST:
            raise self.fault(f"at most {DEEPEST} parentheses within one another")
        if self.took("not"):
            return ~self.one(depth + 1)
        if self.took("("):
            found = self.either(depth + 1)
            if not self.took(")"):
                raise self.fault("a closing parenthesis")
            return found
        return self.comparison()

    def comparison(self) -> pl.Expr:
        column = self.column()
        if self.took("is"):
            wanted = not self.took("not")
            if not self.took("null"):
                raise self.fault("null")
            return pl.col(column).is_null() if wanted else pl.col(column).is_not_null()
        inverted = self.took("not") is not None
        if self.took("in"):
            found = self.among(column)
        elif self.took("between"):
            low = self.literal()
            if not self.took("and"):
                raise self.fault("and")
            found = self.compared(column, ">=", low) & self.compared(column, "<=", self.literal())
        elif not inverted and (sign := self.took(*SIGNS)):
            return self.compared(column, sign, self.literal())
        else:
            raise self.fault("a comparison such as =, <, in ('a', 'b') or is null")
        return ~found if inverted else found

    def column(self) -> str:
        token = self.next
        if token is None or token.kind != "column":
            raise self.fault("a column's name")
        if token.text not in self.schema:
            raise Unusable(f"--where: no column {token.text!r}; there are {', '.join(sorted(self.schema))}")
        self.place += 1
        return token.text

    def literal(self) -> Literal:
        token = self.next
        if token is not None and (word := self.took("true", "false")):
            return word == "true"
        if token is None or token.kind not in ("number", "text"):
            raise self.fault("a number or a 'text'")
        self.place += 1
        return float(token.text) if token.kind == "number" else token.text

    def among(self, column: str) -> pl.Expr:
        if not self.took("("):
            raise self.fault("an opening parenthesis")
        found = self.compared(column, "=", self.literal())
        while self.took(","):
            found = found | self.compared(column, "=", self.literal())
        if not self.took(")"):
            raise self.fault("a comma or a closing parenthesis")
        return found

    def compared(self, column: str, sign: str, value: Literal) -> pl.Expr:
        left, dtype = pl.col(column), self.schema[column]
        if isinstance(value, bool):
            left = left if dtype == pl.Boolean else left.cast(pl.String).str.to_lowercase() == "true"
        elif isinstance(value, float):
            left = left.cast(pl.Float64, strict=False)
        elif not isinstance(dtype, pl.String):
            left = left.cast(pl.String)  # dates become ISO texts, which sort as dates do
        right = pl.lit(value)
        match sign:
            case "=" | "==":
                return left == right
            case "!=" | "<>":
                return left != right
            case "<":
                return left < right
            case "<=":
                return left <= right
            case ">":
                return left > right
        return left >= right
