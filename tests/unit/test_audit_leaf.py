"""What an event may hold: ids, hashes, numbers and plain codes; never what tells of a person's data."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from charteroak.audit.leaf import NO_EVENT, Fact, NotForTheLog, encode

AT = datetime(2026, 9, 8, 13, 5, tzinfo=UTC)


def encoded(
    name: str = "outputs:release_request:approve", by: str = "ida.moss", subject: str = "x.y:1", **facts: Fact
) -> bytes:
    return encode(
        index=7, previous=NO_EVENT, name=name, by=by, subject=subject, domain_at=AT, real_at=AT, facts=facts
    )


def test_a_leaf_is_spelled_in_one_way_only() -> None:
    assert encoded(files=["b" * 64, "a" * 64], count=2, final=True, vote=None) == (
        b'{"by":"ida.moss","domain_at":"2026-09-08T13:05:00.000000Z","facts":{"count":2,"files":["'
        + b"b" * 64 + b'","' + b"a" * 64 + b'"],"final":true,"vote":null},"index":7,'
        b'"name":"outputs:release_request:approve","previous":"' + b"0" * 64 + b'",'
        b'"real_at":"2026-09-08T13:05:00.000000Z","subject":"x.y:1"}'
    )  # fmt: skip


def test_instants_are_spelled_in_universal_time() -> None:
    hartford = AT.astimezone(timezone(timedelta(hours=-4)))
    leaf = encode(
        index=0,
        previous=NO_EVENT,
        name="a:b:c",
        by="x",
        subject="y",
        domain_at=hartford,
        real_at=AT,
        facts={},
    )
    assert json.loads(leaf)["domain_at"] == "2026-09-08T13:05:00.000000Z"


@pytest.mark.parametrize(
    "value",
    [
        "Rivera-Lopez, Ana",
        "Ana Rivera",
        "ana@example.org",
        "000-12-3456",
        "000123456",
        "ssn=000123456",
        "x" * 201,
        "José",
        "two\nlines",
        "\x00",
    ],
)
def test_names_addresses_and_social_security_numbers_stay_out(value: str) -> None:
    with pytest.raises(NotForTheLog, match="note") as refused:
        encoded(note=value)
    assert value not in str(refused.value)
    with pytest.raises(NotForTheLog, match="notes"):
        encoded(notes=["plain", value])
    with pytest.raises(NotForTheLog, match="by"):
        encoded(by=value)
    with pytest.raises(NotForTheLog, match="subject"):
        encoded(subject=value)


@pytest.mark.parametrize("value", [1.5, b"bytes", {"a": 1}, ["a", ["b"]], AT])
def test_only_the_plainest_kinds_of_value_are_facts(value: object) -> None:
    with pytest.raises(NotForTheLog):
        encoded(fact=value)  # type: ignore[arg-type] # the refusal at run time is what is tested


@pytest.mark.parametrize(
    "value",
    [
        "",
        "5.2",
        "2026-09-08",
        "SDE.042.11_02_2026.matching",
        "a123456789b" + "0" * 53,
        "age1qxyz",
        "6/7+8=",
        123456789,
    ],
)
def test_codes_hashes_dates_and_sizes_are_facts(value: str | int) -> None:
    assert json.loads(encoded(fact=value))["facts"] == {"fact": value}


@pytest.mark.parametrize("name", ["", "Approve", "a:b c", "a::", ":a", "a\n"])
def test_an_event_has_a_plain_name(name: str) -> None:
    with pytest.raises(NotForTheLog, match="app:record:action"):
        encoded(name=name)
