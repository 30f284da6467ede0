"""What people are told: in English, and so kept that a page can say it in another language."""

from datetime import date
from enum import StrEnum

Value = str | int | date | StrEnum | None | tuple["Value", ...]  # None: the status of what is not begun


class Sentence(str):
    """English text with its values filled in; `written` and `values` are what it was made from.

    `written` names its values in braces: Sentence("Still to sign: {parties}.", parties=("SDE", "DOL")). A translation
    is looked up by `written`. Of the values, names from a lifecycle and other sentences are translated, days are
    written as the language writes them, and all else stays as it is. KeyError when a value is missing.
    """

    written: str
    values: dict[str, Value]

    def __new__(cls, written: str, **values: Value) -> "Sentence":
        said = super().__new__(cls, written.format(**{name: plain(value) for name, value in values.items()}))
        said.written, said.values = written, values
        return said


def plain(value: Value) -> str:
    """A value as it stands in an English sentence; several are joined by commas."""
    match value:
        case StrEnum() | None:
            return words(value)
        case date():
            return f"{value:%d %B %Y}"
        case tuple():
            return ", ".join(map(plain, value))
    return str(value)


def words(name: StrEnum | None) -> str:
    """A status, action or role in plain words."""
    return name.value.replace("_", " ") if name is not None else "not begun"
