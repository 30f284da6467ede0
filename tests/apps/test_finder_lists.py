"""Finder lists: ordered once, by the hub, of who answers one; each number hidden among nine decoys."""

import io
from pathlib import Path

import pytest

from apps.csc_files import ANA, BEN, CSC, facts_of, send
from apps.hub_way import NUMBER, as_if
from apps.way import person
from charteroak.adapters import age, stores
from charteroak.adapters.stores import Store
from charteroak.adapters.vault import ObjectId
from charteroak.audit.models import Event
from charteroak.policy.decision import Refused
from charteroak.submissions import actions, agency_key, finder_list
from charteroak.submissions.models import AgencyKey, FinderList

pytestmark = pytest.mark.usefixtures("executed", "rolled_back")


def ordered(by: str = "noor.haddad", recipient: str = "") -> FinderList:
    registered(recipient or stores.hub_recipient("analysis"))
    return actions.order_finder_list(number=NUMBER, by=person(by), agency="DOL")


def registered(recipient: str, by: str = "lou.grant") -> AgencyKey:
    return agency_key.register(agency="DOL", recipient=recipient, by=person(by))


def test_an_agency_s_own_steward_alone_registers_its_key(tmp_path: Path) -> None:
    key = age.generate_identity(tmp_path / "dol.age")
    for by in ("noor.haddad", "ben.cole", "sam.reyes", "maya.ortiz"):
        with pytest.raises(Refused, match="Only data steward may"):
            registered(key, by)
    with pytest.raises(Refused, match="no age recipient"):
        registered("age1nonsense")
    assert not AgencyKey.objects.exists()
    made = registered(f" {key}\n")
    assert (made.recipient, made.fingerprint) == (key, age.recipient_fingerprint(key))
    told = Event.objects.get(name="submissions:agency_key:register")
    assert (told.by, facts_of(told)["key"]) == ("lou.grant", made.fingerprint.replace(" ", ""))


def test_without_a_registered_key_no_finder_list_is_ordered_and_the_newest_counts(tmp_path: Path) -> None:
    send(CSC + ANA)
    with pytest.raises(Refused, match="has registered no key"):
        actions.order_finder_list(number=NUMBER, by=person("noor.haddad"), agency="DOL")
    registered(stores.hub_recipient("analysis"))
    newest = registered(age.generate_identity(tmp_path / "dol.age"))
    made = actions.order_finder_list(number=NUMBER, by=person("noor.haddad"), agency="DOL")
    assert made.key == newest
    told = Event.objects.get(name="submissions:finder_list:order")
    assert facts_of(told)["key"] == newest.fingerprint.replace(" ", "")


def test_a_finder_list_waits_for_the_numbers_it_asks_for() -> None:
    with pytest.raises(Refused, match="No accepted matching file"):
        ordered()


def test_only_the_hub_operator_orders_a_finder_list_and_once() -> None:
    send(CSC + ANA)
    with pytest.raises(Refused, match="Only hub operator may"):
        ordered("lou.grant")
    ordered()
    with pytest.raises(Refused, match="ordered already"):
        ordered()


def test_an_agency_that_knows_birth_dates_is_asked_by_no_list_on_any_route() -> None:
    send(CSC + ANA)
    with pytest.raises(Refused) as refused:
        actions.order_finder_list(number=NUMBER, by=person("noor.haddad"), agency="CSC")
    assert [reason.rule for reason in refused.value.reasons] == [
        "answers_no_list", "source_missing", "key_missing",
    ]  # fmt: skip


def test_a_finder_list_hides_each_number_among_nine_decoys(tmp_path: Path) -> None:
    send(CSC + ANA + BEN)
    identity = tmp_path / "dol.age"
    made = ordered(recipient=age.generate_identity(identity))
    with as_if("linker"):
        finder_list.make(made.pk)
        finder_list.make(made.pk)
    made.refresh_from_db()
    assert made.numbers == 20
    sealed = stores.vault(Store.INCOMING).open_ciphertext(ObjectId(Store.INCOMING, made.ciphertext))
    opened = io.BytesIO()
    age.decrypt_stream(identity, io.BytesIO(b"".join(sealed)), opened)
    head, *numbers = opened.getvalue().decode().split()
    assert head == "ssn"
    assert {"000000017", "000000018"} < set(numbers)
    assert len(set(numbers)) == 20
    assert all(len(number) == 9 for number in numbers)
    assert Event.objects.filter(name="submissions:finder_list:make").count() == 1


def test_decoys_stand_in_no_order() -> None:
    numbers = [f"{n:09d}" for n in range(1000, 1020)]
    mixed = finder_list.with_decoys(numbers)
    assert mixed != sorted(mixed)
    assert mixed[:20] != numbers
    assert finder_list.with_decoys(numbers) != mixed
