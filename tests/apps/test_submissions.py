"""Deliveries: nothing without a signed clause, each mistake with its cure, rejected bytes nowhere but quarantine."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from apps.csc_files import ANA, BEN, CSC, facts_of, objects, send
from apps.hub_way import NUMBER, as_if, encrypted, receive
from apps.way import person
from charteroak.adapters import age, clock, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId, Vault
from charteroak.agencies.models import Agency
from charteroak.agreements.models import Agreement
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.submissions import actions, checking
from charteroak.submissions.models import Delivery

pytestmark = pytest.mark.usefixtures("executed", "rolled_back")


def causes(sent: Delivery) -> list[tuple[str, str]]:
    return list(sent.findings.values_list("column", "cause"))


def test_a_good_file_is_accepted_into_the_store_of_its_kind() -> None:
    sent = send(CSC + ANA + BEN)
    assert (sent.status, sent.rows) == ("accepted", 2)
    with as_if("linker"):
        opened = stores.vault(Store.IDENTITY).open(ObjectId(Store.IDENTITY, sent.stored))
        assert b"".join(opened).decode() == CSC + ANA + BEN
    event = Event.objects.filter(name="submissions:delivery:accept").get()
    facts = facts_of(event)
    assert (facts["agency"], facts["ciphertext"], facts["kind"]) == ("CSC", sent.ciphertext, "matching")
    assert f"{NUMBER}/2.CSC" in facts["clauses"]


def test_neither_web_nor_extractor_can_open_an_accepted_matching_file() -> None:
    sent = send(CSC + ANA)
    for process in ("web", "extractor"):
        with as_if(process), pytest.raises(Exception, match="No key to read"):
            b"".join(stores.vault(Store.IDENTITY).open(ObjectId(Store.IDENTITY, sent.stored)))


def test_a_rejected_file_stays_in_quarantine_and_nothing_of_it_in_the_store() -> None:
    before = objects(Store.IDENTITY)
    sent = send(CSC + ANA.replace("000000017", "17") + BEN.replace("000000018", "18"))
    assert sent.status == "rejected"
    found = sent.findings.get()
    assert (found.column, found.rows, found.first_row) == ("ssn", 2, 2)
    assert (found.cause, found.cure) == ("leading zeros lost", "Export the column as text.")
    assert objects(Store.IDENTITY) == before
    assert sent.ciphertext in objects(Store.INCOMING)


def test_a_mended_file_is_accepted_after_a_rejected_one() -> None:
    assert send(CSC).status == "rejected"
    assert send(CSC + ANA).status == "accepted"


def test_a_second_file_of_the_same_kind_is_refused_once_one_was_accepted() -> None:
    send(CSC + ANA)
    with pytest.raises(Refused, match="accepted already"):
        send(CSC + BEN)


def test_of_two_good_files_under_way_one_is_accepted() -> None:
    first, second = (
        receive("CSC", "matching", (CSC + ANA).encode()),
        receive("CSC", "matching", (CSC + BEN).encode()),
    )
    with as_if("linker"):
        checking.check(second.pk)
        before = objects(Store.IDENTITY)
        checking.check(first.pk)
    assert list(Delivery.objects.order_by("pk").values_list("status", flat=True)) == ["rejected", "accepted"]
    assert objects(Store.IDENTITY) == before


def test_a_check_that_runs_twice_decides_once() -> None:
    sent = send(CSC + ANA)
    with as_if("linker"):
        checking.check(sent.pk)
    assert Event.objects.filter(name="submissions:delivery:accept").count() == 1


def test_columns_outside_the_clause_are_rejected() -> None:
    sent = send(CSC.replace("gender", "gender\tpell") + ANA.replace("\tF\n", "\tF\tY\n"))
    assert causes(sent) == [("pell", "is not in the agreement for this file")]


def cut_short(sealed: bytes) -> bytes:
    return sealed[:-40]


def altered(sealed: bytes) -> bytes:
    return sealed[:-40] + bytes([sealed[-40] ^ 1]) + sealed[-39:]


def header_altered(sealed: bytes) -> bytes:
    return sealed.replace(b"-> X25519 ", b"-> X25518 ", 1)


def to_another_key(_sealed: bytes) -> bytes:
    with as_if("extractor"):
        content = io.BytesIO()
        key = stores.publish_hub_key("analysis")
        age.encrypt_stream([key], io.BytesIO((CSC + ANA).encode()), content)
        return content.getvalue()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_short, "ends too early"),
        (altered, "ends too early"),
        (header_altered, "encrypted to another key"),
        (to_another_key, "encrypted to another key"),
    ],
)
def test_a_damaged_ciphertext_is_rejected_with_its_own_sentence(
    damage: Callable[[bytes], bytes], said: str
) -> None:
    before = objects(Store.IDENTITY)
    content = damage(encrypted("matching", (CSC + ANA).encode()).getvalue())
    name = f"CSC.{NUMBER}.11_02_2026.matching.age"
    sent = actions.receive(number=NUMBER, by=person("priya.nair"), file_name=name, stream=io.BytesIO(content))
    with as_if("linker"):
        checking.check(sent.pk)
    sent.refresh_from_db()
    assert sent.status == "rejected"
    assert said in sent.findings.get().cause
    assert sent.findings.get().cure
    assert objects(Store.IDENTITY) == before


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("students.csv.age", "CSC|AGENCY"),
        ("CSC.001.13_45_2026.matching.age", "MM_DD_YYYY"),
        ("CSC.042.11_02_2026.matching.age", "request 042"),
        ("P20_Q0042_CSC_match_v1.age", "request 0042"),
    ],
)
def test_a_wrong_name_is_refused_with_the_expected_one_and_nothing_is_stored(name: str, said: str) -> None:
    before = objects(Store.INCOMING)
    with pytest.raises(Refused, match=said):
        actions.receive(
            number=NUMBER, by=person("priya.nair"), file_name=name, stream=encrypted("matching", b"x")
        )
    assert objects(Store.INCOMING) == before


def test_the_older_way_of_naming_is_understood() -> None:
    sent = actions.receive(
        number=NUMBER,
        by=person("priya.nair"),
        file_name="P20_Q0001_CSC_match_v1.age",
        stream=encrypted("matching", b"x"),
    )
    assert (sent.agency.code, sent.kind) == ("CSC", "matching")


def test_plain_text_is_refused_before_a_byte_is_stored() -> None:
    before = objects(Store.INCOMING)
    with pytest.raises(Refused, match="not encrypted"):
        actions.receive(
            number=NUMBER,
            by=person("priya.nair"),
            file_name=f"CSC.{NUMBER}.11_02_2026.matching",
            stream=io.BytesIO((CSC + ANA).encode()),
        )
    assert objects(Store.INCOMING) == before


@pytest.mark.parametrize("colleague", ["ben.cole", "noor.haddad", "maya.ortiz", "sam.reyes"])
def test_only_its_own_steward_sends_an_agencys_file(colleague: str) -> None:
    with pytest.raises(Refused, match="Only data steward may"):
        actions.receive(
            number=NUMBER,
            by=person(colleague),
            file_name=f"CSC.{NUMBER}.11_02_2026.matching.age",
            stream=encrypted("matching", b"x"),
        )


def refused_because(rule: str) -> None:
    before = objects(Store.INCOMING)
    with pytest.raises(Refused) as refused:
        receive("CSC", "matching", (CSC + ANA).encode())
    assert rule in {reason.rule for reason in refused.value.reasons}
    assert objects(Store.INCOMING) == before


def test_without_every_signature_nothing_is_received() -> None:
    Agreement.objects.update(executed_on=None, executed_at=None)
    refused_because("not_executed")


def test_after_the_end_nothing_is_received() -> None:
    Agreement.objects.update(ended_on=clock.today())
    refused_because("agreement_ended")


def test_a_changed_text_covers_nothing() -> None:
    clause = Agreement.objects.get().clauses.get(number="2.CSC")
    clause.terms = {**clause.terms, "linking": ["ssn"]}
    clause.save()
    refused_because("not_as_signed")


def test_an_agency_that_shares_nothing_sends_nothing() -> None:
    june = person("june.fisher")
    june.roles_held.create(role="data_steward", agency=Agency.objects.get(code="OEC"), since=clock.today())
    with pytest.raises(Refused, match="shares nothing"):
        actions.receive(
            number=NUMBER,
            by=june,
            file_name=f"OEC.{NUMBER}.11_02_2026.matching.age",
            stream=encrypted("matching", b"x"),
        )


def test_an_agreement_that_ends_before_the_check_leaves_the_file_in_quarantine_and_says_why() -> None:
    sent = receive("CSC", "matching", (CSC + ANA).encode())
    before = objects(Store.IDENTITY)
    Agreement.objects.update(ended_on=clock.today())
    with as_if("linker"):
        checking.check(sent.pk)
    sent.refresh_from_db()
    assert sent.status == "rejected"
    assert "ended on" in sent.findings.get().cause
    assert objects(Store.IDENTITY) == before
    refused = Event.objects.get(name="submissions:delivery:accept:refused")
    assert (refused.by, facts_of(refused)["rules"]) == ("linker", ["agreement_ended"])


def test_a_file_during_whose_arrival_the_agreement_ends_is_not_received(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Vault.put_ciphertext

    def stored_when_it_ends(*given: Any, **options: Any) -> ObjectId:
        done = store(*given, **options)
        Agreement.objects.update(ended_on=clock.today())
        return done

    before, sent = objects(Store.INCOMING), Delivery.objects.count()
    monkeypatch.setattr(Vault, "put_ciphertext", stored_when_it_ends)
    refused_because("agreement_ended")
    assert (objects(Store.INCOMING), Delivery.objects.count()) == (before, sent)


def test_events_hold_no_personal_data() -> None:
    send(CSC + ANA + BEN)
    log = b"".join(bytes(leaf) for leaf in Event.objects.values_list("leaf", flat=True))
    for value in (b"000000017", b"@00000001", b"20010203", b"Elm"):
        assert value not in log
