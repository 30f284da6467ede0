"""What waits for a person, from every room."""

from collections.abc import Iterable, Iterator
from importlib import import_module

from charteroak.agencies.models import Cover, Person
from charteroak.agencies.queries import cover
from charteroak.agencies.worklist import Item, Turn
from charteroak.site.rooms import open_rooms


def work_of(person: Person) -> Iterable[Item]:
    """What each open room has for this person: its `worklist.todo`, or `queries.todo` where it is short."""
    for room in open_rooms():
        for module in ("worklist", "queries"):
            found = import_module(f"charteroak.{room.name}.{module}") if room.has(module) else None
            if todo := getattr(found, "todo", None):
                yield from todo(person)


def covered_by(person: Person) -> Iterator[tuple[Cover, list[Item]]]:
    """The offices that this person may fill today, each with what waits there; none while they act in one."""
    for one in cover.offered_to(person) if person.acting is None else ():
        filling = Person.objects.get(pk=person.pk)
        filling.acting = one
        yield one, [item for item in work_of(filling) if item.state is Turn.YOURS]
