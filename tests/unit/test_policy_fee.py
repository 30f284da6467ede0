"""What a project owes, item by item, from the rates that are set and what of it is charged for."""

from decimal import Decimal

import pytest

from charteroak.policy.fee import Asked, Rates, money, owed

RATES = Rates(
    per_request=Decimal("100.00"), per_agency=Decimal("25.50"), per_hour=Decimal("50.00"), free_for=frozenset({"state"})
)  # fmt: skip
NONE = Rates(per_request=Decimal(0), per_agency=Decimal(0), per_hour=Decimal(0))


@pytest.mark.parametrize(
    ("rates", "asked", "total", "lines"),
    [
        (None, Asked("other", 3), "0.00", ["No fees are set: nothing is due."]),
        (NONE, Asked("other", 3), "0.00", ["The fees that are set come to nothing."]),
        (RATES, Asked("state", 3), "0.00", ["People of this applicant’s kind of employer owe no fee."]),
        (
            RATES,
            Asked("other", 3),
            "176.50",
            [
                "For the request",
                "Agencies that contribute: 3, at $25.50 each",
                "Work on the extract at $50.00 an hour: hours are stated later",
            ],
        ),
        (
            RATES,
            Asked("contractor", 2, Decimal("7.5")),
            "526.00",
            [
                "For the request",
                "Agencies that contribute: 2, at $25.50 each",
                "Work on the extract: 7.5 hours, at $50.00 each",
            ],
        ),
        (
            RATES,
            Asked("other", 2, Decimal(2), changes_another=True),
            "100.00",
            ["A change is charged for its work alone.", "Work on the extract: 2 hours, at $50.00 each"],
        ),
    ],
)
def test_what_is_owed_follows_from_the_rates_and_says_why(
    rates: Rates | None, asked: Asked, total: str, lines: list[str]
) -> None:
    bill = owed(rates, asked)
    assert (bill.total, [str(line.what) for line in bill.lines]) == (Decimal(total), lines)


def test_an_amount_by_the_hour_is_rounded_to_the_cent_half_up() -> None:
    rates = Rates(per_request=Decimal(0), per_agency=Decimal(0), per_hour=Decimal("0.33"))
    assert owed(rates, Asked(hours=Decimal("1.50"))).total == Decimal("0.50")


def test_money_is_written_as_the_state_writes_it() -> None:
    assert money(Decimal("1234.5")) == "$1,234.50"
