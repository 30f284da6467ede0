"""The finder list: one agency's numbers hidden among decoys, encrypted to the agency that looks them up."""

import io
import secrets
from collections.abc import Collection

import polars as pl
from django.db import transaction

from charteroak.adapters import age, clock, stores
from charteroak.adapters.environment import process
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.audit import actions as audit
from charteroak.submissions.delimited import whole
from charteroak.submissions.models import Delivery, FinderList
from charteroak.submissions.queries import NUMBER

DECOYS_PER_NUMBER = 9
# Where decoys are drawn from: area 000, which was never issued, fits a state whose own numbers are invented.
# An initiative with real numbers sets a block in which its agency has records of people nobody asks about.
DECOY_BLOCK = range(1, 1_000_000)


def numbers_in(record: Delivery) -> pl.Series:
    """The distinct numbers of an accepted matching file, as text with their zeros. For the linker."""
    vault = stores.vault(Store.IDENTITY)
    file = whole(vault.open(ObjectId(Store.IDENTITY, record.stored)))
    return file[NUMBER].drop_nulls().unique()


def with_decoys(numbers: Collection[str]) -> list[str]:
    """The numbers and nine decoys for each, in random order; fewer decoys where the block runs out."""
    asked, chance = set(numbers), secrets.SystemRandom()
    free = [decoy for at in DECOY_BLOCK if (decoy := f"{at:09d}") not in asked]
    decoys = chance.sample(free, min(DECOYS_PER_NUMBER * len(asked), len(free)))
    mixed = [*asked, *decoys]
    chance.shuffle(mixed)
    return mixed


def make(pk: int) -> None:
    """Make an ordered list: a column `ssn`, one number per line. Safe to repeat; the first one made counts."""
    ordered = FinderList.objects.select_related("source", "key").get(pk=pk)
    if ordered.ciphertext:
        return
    mixed = with_decoys(numbers_in(ordered.source).to_list())
    sealed = io.BytesIO()
    text = "\n".join([NUMBER, *mixed, ""])
    age.encrypt_stream([ordered.key.recipient], io.BytesIO(text.encode()), sealed)
    sealed.seek(0)
    stored = stores.vault(Store.INCOMING).put_ciphertext(sealed, store=Store.INCOMING)
    _made(pk, stored.sha256, len(mixed))


@transaction.atomic
def _made(pk: int, ciphertext: str, numbers: int) -> None:
    record = FinderList.objects.select_for_update().get(pk=pk)
    if record.ciphertext:
        return
    record.ciphertext, record.numbers, record.made_at = ciphertext, numbers, clock.now()
    record.save()
    audit.record(
        "submissions:finder_list:make",
        by=process(),
        subject=record,
        ciphertext=ciphertext,
        decoys_per_number=DECOYS_PER_NUMBER,
    )
