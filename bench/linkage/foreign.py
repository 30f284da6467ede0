"""People of other countries, made by Faker, and files that spoil them in a way of their own.

Nothing here is shared with `generate` or `people`: other names, addresses, another model of error. A person moves,
marries or keeps one of two surnames once and for all between the two files; a clerk's slips come on top, record by
record: neighbours on the keyboard, letters read wrong from paper, a syllable left out, a field left empty.
"""

from typing import Any

import numpy as np
import polars as pl
from faker import Faker

TWO_SURNAMES = {"es_MX", "es_ES", "pt_BR", "pt_PT"}
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
MISREAD = {
    "rn": "m",
    "m": "rn",
    "cl": "d",
    "l": "i",
    "i": "l",
    "o": "0",
    "e": "c",
    "u": "v",
    "v": "u",
    "h": "b",
}
PEOPLE = 4000
Person = dict[str, Any]


def files(locale: str, seed: int, noise: float = 1.0) -> dict[str, pl.DataFrame]:
    """Two files of one country; 56 of 100 people are in both, some in one of them twice. `noise`: 1 spoils about
    every fourth record.
    """
    rng, fake = np.random.default_rng(seed), Faker(locale)
    fake.seed_instance(seed)
    people = [person(fake, locale, rng) for _ in range(PEOPLE)]
    clinic, school = [], []
    for number, known in enumerate(people):
        if rng.random() < 0.8:
            clinic.append({"person": number, **spoilt(known, rng, noise)})
        if rng.random() < 0.7:
            later = changed(known, fake, rng)
            for _ in range(1 + int(rng.random() < 0.05)):
                school.append({"person": number, **spoilt(later, rng, noise)})
    return {"clinic": frame(clinic, rng), "school": frame(school, rng)}


def person(fake: Faker, locale: str, rng: np.random.Generator) -> Person:
    surnames = [fake.last_name()]
    if locale in TWO_SURNAMES and rng.random() < 0.85:
        joint = " y " if locale.startswith("es") and rng.random() < 0.05 else " "
        surnames = [surnames[0] + joint + fake.last_name()]
    born = fake.date_of_birth(minimum_age=3, maximum_age=85)
    return {"first_name": fake.first_name(), "last_name": surnames[0], "dob": born, **home(fake)}


def home(fake: Faker) -> Person:
    return {
        "address": fake.street_address().replace("\n", " "), "city": fake.city(), "zip": fake.postcode(),
    }  # fmt: skip


def changed(known: Person, fake: Faker, rng: np.random.Generator) -> Person:
    """The same person some years later."""
    later = dict(known)
    if rng.random() < 0.18:
        later |= home(fake)
    words = later["last_name"].split(" ")
    if len(words) > 1:
        custom = rng.random()
        if custom < 0.15:
            later["last_name"] = words[0]
        elif custom < 0.2:
            later["last_name"] = words[-1]
        elif custom < 0.24:
            later["last_name"] = " ".join(reversed(words))
        elif custom < 0.34:
            later["last_name"] = "-".join(words)
    elif rng.random() < 0.04:
        later["last_name"] = fake.last_name()
    return later


def spoilt(known: Person, rng: np.random.Generator, noise: float) -> Person:
    """One record of the person."""
    record = dict(known)
    for name, chance in (
        ("first_name", 0.05),
        ("last_name", 0.05),
        ("address", 0.1),
        ("city", 0.03),
        ("zip", 0.03),
    ):
        if rng.random() < chance * noise:
            record[name] = slip(str(record[name]), rng)
    if rng.random() < 0.03 * noise:
        record["first_name"] = str(record["first_name"])[0]
    if rng.random() < 0.01 * noise:
        record["first_name"], record["last_name"] = record["last_name"], record["first_name"]
    if rng.random() < 0.03 * noise:
        born = record["dob"]
        record["dob"] = (
            born.replace(day=born.month, month=born.day) if born.day <= 12 else born.replace(day=1)
        )
    for name, chance in (
        ("dob", 0.03),
        ("address", 0.06),
        ("zip", 0.08),
        ("city", 0.03),
        ("first_name", 0.005),
    ):
        if rng.random() < chance * noise:
            record[name] = None
    return record


def slip(text: str, rng: np.random.Generator) -> str:
    """One mistake of a clerk."""
    at, kind = int(rng.integers(len(text))) if text else 0, rng.random()
    if len(text) < 3 or kind < 0.4:
        row = next((row for row in KEYBOARD if text[at : at + 1].lower() in row), "")
        if not row:
            return text
        place = row.index(text[at].lower())
        return text[:at] + row[max(place - 1, 0) if place else 1] + text[at + 1 :]
    if kind < 0.7:
        seen = [pair for pair in MISREAD if pair in text]
        if not seen:
            return text
        chosen = seen[int(rng.integers(len(seen)))]
        return text.replace(chosen, MISREAD[chosen], 1)
    if kind < 0.85:
        return text[:at] + text[at : at + 1] + text[at:]
    return text[:at] + text[at + 2 :]


def frame(records: list[Person], rng: np.random.Generator) -> pl.DataFrame:
    order = rng.permutation(len(records))
    shuffled = pl.DataFrame([records[at] for at in order], infer_schema_length=None)
    return shuffled.with_columns(pl.col("dob").dt.strftime("%Y-%m-%d")).with_row_index("record_id").with_columns(
        pl.col("record_id").cast(pl.String)
    )  # fmt: skip
