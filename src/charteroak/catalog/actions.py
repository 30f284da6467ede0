"""Every write about the catalog: an agency's data dictionary, taken in from its file."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from charteroak.agencies.models import Agency
from charteroak.audit import actions as audit
from charteroak.catalog.models import Dataset, Variable
from charteroak.policy import legal


class DictionaryWrong(ValueError):
    """Which entry of the file is wrong, what is wrong with it, and how to mend it."""


@transaction.atomic
def load(dictionary: Mapping[str, Any], *, by: str) -> None:
    """Take in an agency's dictionary, its variables in the file's order. Safe to repeat.

    Raises DictionaryWrong for an entry that cannot be read, and for a variable that left the file while a
    request still asks for it.
    """
    code = dictionary["agency"]
    agency = Agency.objects.filter(code=code).first()
    if agency is None:
        raise DictionaryWrong(f"{code} is not a participating agency: load the agencies first.")
    for given in dictionary["datasets"]:
        _load_dataset(agency, given)
    spelled = json.dumps(dictionary, sort_keys=True, separators=(",", ":"), default=str)
    audit.record(
        "catalog:dictionary:load",
        by=by,
        subject=f"catalog:{code}",
        datasets=[given["file"] for given in dictionary["datasets"]],
        variables=sum(len(given["variables"]) for given in dictionary["datasets"]),
        hash=hashlib.sha256(spelled.encode()).hexdigest(),
    )


def _load_dataset(agency: Agency, given: Mapping[str, Any]) -> None:
    dataset, _made = Dataset.objects.update_or_create(
        agency=agency,
        file=given["file"],
        defaults={name: given.get(name) for name in ("title", "first_year", "last_year")}
        | {"description": given.get("description", "")},
    )
    held = dict(dataset.variables.values_list("name", "pk"))
    for position, entry in enumerate(given["variables"]):
        _load_variable(dataset, entry, position, held.pop(entry["name"], None))
    try:
        dataset.variables.filter(pk__in=held.values()).delete()
    except ProtectedError:
        raise DictionaryWrong(
            f"{dataset}: a request asks for {', '.join(held)}, which left the file. Put it back."
        ) from None


def _load_variable(dataset: Dataset, entry: Mapping[str, Any], position: int, pk: int | None) -> None:
    """An agency says so where it is unsure which law governs; otherwise its word is taken as checked."""
    unknown = legal.tags_in(entry.get("regime", "")) - legal.known_tags()
    if unknown:
        raise DictionaryWrong(
            f"{dataset}, variable {entry['name']}: no law is known as {', '.join(sorted(unknown))}. Write one of "
            f"these, parted by semicolons: {', '.join(sorted(legal.known_tags()))}."
        )
    for nation, tag in legal.nations_in(entry.get("regime", "")).items():
        if not any(
            rule.lifted_by_consent for rule in legal.on_each(legal.Element("", frozenset({tag}))).rules
        ):
            raise DictionaryWrong(
                f"{dataset}, variable {entry['name']}: {tag} asks for nobody's consent, so {nation!r} does not "
                "belong behind it. Part two laws by a semicolon."
            )
    try:
        variable = Variable(
            **{"regime_verified": "regime" in entry, **entry}, dataset=dataset, position=position, pk=pk
        )
        variable.clean_fields()
    except (TypeError, ValidationError) as wrong:
        raise DictionaryWrong(f"{dataset}, variable {entry['name']}: {wrong}") from None
    variable.save()
