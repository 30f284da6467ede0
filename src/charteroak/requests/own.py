"""Whose own a data request is: the applicant's, and of those on its team."""

from django.db.models import Exists, OuterRef, Q

from charteroak.agencies.models import Person
from charteroak.agencies.reading import once
from charteroak.requests.models import DataRequest, TeamMember


def own(person: Person) -> Q:
    """The requests of which this person is the applicant, or of whose team."""
    return Q(applicant=person) | Q(pk__in=TeamMember.objects.filter(person=person).values("data_request"))


@once
def asks(person: Person) -> bool:
    """Whether any request was ever this person's own: most offices' worklists need not look for them."""
    applied = DataRequest.objects.filter(applicant=OuterRef("pk"))
    joined = TeamMember.objects.filter(person=OuterRef("pk"))
    return Person.objects.filter(Exists(applied) | Exists(joined), pk=person.pk).exists()
