"""While one page is read nothing changes: what many rules ask of the same person or record is looked up once."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from django.db.models import Model

P = ParamSpec("P")
R = TypeVar("R")
_known: ContextVar[dict[object, object] | None] = ContextVar("known", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Until its end, functions marked `once` answer what they answered first. Never around what writes."""
    before = _known.set({})
    try:
        yield
    finally:
        _known.reset(before)


def once(asked: Callable[P, R]) -> Callable[P, R]:
    """Ask at most once per arguments within one `reading`; elsewhere every time. The answer must not be altered."""

    @wraps(asked)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        known = _known.get()
        if known is None:
            return asked(*args, **kwargs)
        key = (asked, *map(_named, args), *((name, _named(value)) for name, value in sorted(kwargs.items())))
        if key not in known:
            known[key] = asked(*args, **kwargs)
        return cast(R, known[key])

    return answer


def _named(value: object) -> object:
    """What tells one argument from another: a row by its key, a person also by the office they fill."""
    if isinstance(value, Model) and value.pk is None:
        return object()  # not on file yet: like no other
    if isinstance(value, Model):
        told = (getattr(value, "acting", None), getattr(value, "within", None))
        return (type(value), value.pk, *(one and one.pk for one in told))
    if isinstance(value, Collection) and not isinstance(value, str):
        return frozenset(value)
    return value
