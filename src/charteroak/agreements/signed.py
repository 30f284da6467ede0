"""Whether what is on file is what the parties signed, and whom it names; of many agreements read together, too."""

from django.db.models import Prefetch

from charteroak.agencies.models import Person
from charteroak.agencies.reading import once
from charteroak.agreements.models import Agreement, Party, Signature
from charteroak.agreements.text import text_hash


def together(of: str = "") -> "tuple[str | Prefetch[str], ...]":
    """What is asked for here, for a worklist that reads it of its agreements in three queries; `of` ends in "__"."""
    parties = Party.objects.select_related("agency", "signature")
    return f"{of}clauses", Prefetch(f"{of}parties", parties), f"{of}recipients"


@once
def as_signed(record: Agreement) -> bool:
    """Whether the clauses on file are, to the letter, those that every party named in them signed."""
    signatures = _signatures(record)
    signed, hashes = {party for party, _ in signatures}, {text for _, text in signatures}
    return signed.issuperset(_parties_named(record)) and hashes == {record.text_hash} == {
        text_hash(record.clauses.all())
    }


def unsigned(record: Agreement) -> list[str]:
    """The parties named in the terms that have not signed, as in DOL:hub."""
    signed = {str(party) for party in record.parties.filter(signature__isnull=False).select_related("agency")}
    return [party for party in _parties_named(record) if party not in signed]


@once
def names(record: Agreement, person: Person) -> bool:
    """Whether the agreement names this person as a data recipient."""
    if _read(record, "recipients"):
        return any(one.person_id == person.pk for one in record.recipients.all())
    return record.recipients.filter(person=person).exists()


def _signatures(record: Agreement) -> list[tuple[str, str]]:
    """(party as in DOL:hub, hash of the text) of every signature."""
    parties = list(record.parties.all()) if _read(record, "parties") else []
    if parties and all(Party.signature.related.is_cached(party) for party in parties):
        signed = (party for party in parties if hasattr(party, "signature"))
        return [(str(party), party.signature.text_hash) for party in signed]
    found = Signature.objects.filter(party__agreement=record).select_related("party__agency")
    return [(str(one.party), one.text_hash) for one in found]


def _parties_named(record: Agreement) -> list[str]:
    return [party for clause in record.clauses.all() for party in clause.terms.get("parties", [])]


def _read(record: Agreement, name: str) -> bool:
    """Whether that was read with the record, together with others'."""
    return name in getattr(record, "_prefetched_objects_cache", ())
