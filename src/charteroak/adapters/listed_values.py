"""Lists of what is worked out, not stored, such as whose turn it is: searched, narrowed and paged like any other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.http import HttpRequest

from charteroak.adapters.listing import BATCH, LARGEST_FILE, Listed, Listing, batched


def of_values(listing: Listing, request: HttpRequest, values: Iterable[Any]) -> Listed:
    """The part of `values` that the address asks for; `search` names attributes, a filter is asked by its `keeps`."""
    words, asked = listing.asked_of(request)
    found = list(values)
    for one in listing.filters:
        if asked[one.name] and one.keeps is not None:
            found = [value for value in found if one.keeps(value, asked[one.name])]
    if words:
        attributes = [attrgetter(name) for name in listing.search]
        said = [(value, " ".join(str(get(value)) for get in attributes).casefold()) for value in found]
        found = [value for value, text in said if all(word in text for word in words.casefold().split())]
    return ListedValues(listing, request, found, words, asked)


@dataclass
class ListedValues(Listed):
    """Its `records` are a list, in order."""

    @property
    def too_large(self) -> bool:
        return len(self.records) > LARGEST_FILE

    @property
    def count(self) -> int:
        return len(self.records)

    @property
    def page(self) -> list[Any]:
        return self._read(self.records[self.span])

    def _all(self) -> Iterator[Any]:
        for some in batched(self.records, BATCH):
            yield from self._read(some)
