"""The deliveries' pages and API, as a steward, a colleague of another agency, the hub and a stranger open them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.csc_files import ANA, CSC
from apps.hub_way import NUMBER, as_if, encrypted
from apps.way import as_
from charteroak.adapters import age, clock, stores
from charteroak.audit.models import Event
from charteroak.submissions import checking, finder_list
from charteroak.submissions.models import Delivery, FinderList

HERE, API = f"/submissions/{NUMBER}/", f"/api/submissions/{NUMBER}"
NAME = f"CSC.{NUMBER}.11_02_2026.matching.age"
pytestmark = pytest.mark.usefixtures("executed", "rolled_back")


def upload(client: Client, content: bytes, name: str = NAME) -> str:
    file = SimpleUploadedFile(name, content)
    return client.post(f"{HERE}deliver/", {"file": file}, follow=True).content.decode()


def check_all() -> None:
    with as_if("linker"):
        for sent in Delivery.objects.filter(kind="matching"):
            checking.check(sent.pk)


def test_a_steward_reads_what_is_expected_and_how_to_name_it() -> None:
    page = as_("priya.nair").get(HERE).text
    assert 'id="action-deliver"' in page
    assert f"CSC.{NUMBER}.{clock.today():%m_%d_%Y}.matching" in page
    assert age.recipient_fingerprint(stores.hub_recipient("matching")) in page
    assert "banner_id" in page
    assert "Whose turn" in page


def test_a_file_goes_from_upload_to_findings_with_their_cure() -> None:
    priya = as_("priya.nair")
    page = upload(priya, encrypted("matching", (CSC + ANA.replace("000000017", "17")).encode()).getvalue())
    assert "Received" in page
    assert "progress" in page
    check_all()
    page = priya.get(HERE).text
    assert "leading zeros lost" in page
    assert "Export the column as text." in page
    upload(priya, encrypted("matching", (CSC + ANA).encode()).getvalue())
    check_all()
    assert "accepted" in priya.get(HERE).text


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.age", b"age-encryption.org/v1\n", f"Name it like AGENCY.{NUMBER}."),
        (NAME, b"record_id\tssn\n", "not encrypted"),
    ],
)
def test_a_mistake_in_the_form_is_said_at_its_field_and_nothing_is_stored(
    name: str, content: bytes, said: str
) -> None:
    answer = as_("priya.nair").post(f"{HERE}deliver/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert said in answer.text
    assert not Delivery.objects.exists()


def test_a_colleague_of_another_agency_sees_its_state_but_neither_findings_nor_form_for_it() -> None:
    upload(as_("priya.nair"), encrypted("matching", CSC.encode()).getvalue())
    check_all()
    page = as_("ben.cole").get(HERE).text
    assert "holds no rows" not in page
    assert as_("ben.cole").get(API).json()["deliveries"] == []
    sent = SimpleUploadedFile(NAME, encrypted("matching", b"x").getvalue())
    assert as_("ben.cole").post(f"{HERE}deliver/", {"file": sent}).status_code == 403
    assert Event.objects.filter(name="submissions:deliver:refused", by="ben.cole").exists()


@pytest.mark.parametrize("stranger", ["maya.ortiz", "rep.dunn", "june.fisher", "ida.moss"])
def test_a_stranger_finds_no_page(stranger: str) -> None:
    client = as_(stranger)
    assert client.get(HERE).status_code == 404
    assert client.get(API).status_code == 404
    assert client.post(f"{HERE}order-finder-list/", {}).status_code == 404
    assert NUMBER not in client.get("/submissions/").text.split("<main")[1]


def test_nobody_enters_without_signing_in() -> None:
    assert Client().get(HERE).status_code == 302
    assert Client().get(API).status_code == 401


def test_the_hub_orders_a_finder_list_that_only_dols_steward_fetches(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    identity = tmp_path_factory.mktemp("dol") / "dol.age"
    key = age.generate_identity(identity)
    upload(as_("priya.nair"), encrypted("matching", (CSC + ANA).encode()).getvalue())
    check_all()
    noor, lou = as_("noor.haddad"), as_("lou.grant")
    assert "has registered no key" in noor.get(HERE).text
    assert 'id="action-register-key"' in lou.get(HERE).text
    assert 'id="action-register-key"' not in noor.get(HERE).text
    wrong = lou.post(f"{HERE}register-key/", {"agency": "DOL", "recipient": "age1nonsense"})
    assert (wrong.status_code, "no age recipient" in wrong.text) == (422, True)
    shown = lou.post(f"{HERE}register-key/", {"agency": "DOL", "recipient": key}, follow=True).text
    assert shown.count(age.recipient_fingerprint(key)) >= 2  # in the answer, and among the keys
    assert age.recipient_fingerprint(key) in noor.get(HERE).text
    assert 'id="action-order-finder-list"' in noor.get(HERE).text
    assert 'id="action-order-finder-list"' not in lou.get(HERE).text
    noor.post(f"{HERE}order-finder-list/", {"agency": "DOL"})
    with as_if("linker"):
        finder_list.make(FinderList.objects.get().pk)
    [listed] = lou.get(API).json()["finder_lists"]
    sealed = b"".join(lou.get(listed["href"]).streaming_content)  # type: ignore[attr-defined] # a stream of bytes
    opened = io.BytesIO()
    age.decrypt_stream(identity, io.BytesIO(sealed), opened)
    assert b"000000017" in opened.getvalue()
    assert as_("priya.nair").get(listed["href"]).status_code == 404
    assert noor.get(listed["href"]).status_code == 403
    assert Event.objects.filter(name="submissions:finder_list:download", by="lou.grant").count() == 1


def test_the_hub_operator_sets_a_waiting_file_aside() -> None:
    upload(as_("priya.nair"), encrypted("matching", (CSC + ANA).encode()).getvalue())
    sent = Delivery.objects.get()
    assert (
        as_("priya.nair")
        .post(f"/submissions/{sent.agreement.number}/deliveries/{sent.pk}/reject/")
        .status_code
        == 403
    )
    assert (
        as_("noor.haddad")
        .post(f"/submissions/{sent.agreement.number}/deliveries/{sent.pk}/reject/")
        .status_code
        == 302
    )
    sent.refresh_from_db()
    assert sent.status == "rejected"
    check_all()
    sent.refresh_from_db()
    assert sent.status == "rejected"


def test_the_api_says_what_is_expected_and_permitted_and_takes_a_file() -> None:
    priya = as_("priya.nair")
    said = priya.get(API).json()
    assert said["permitted"] == ["deliver"]
    assert {(one["agency"], one["kind"]) for one in said["expected"]} == {
        (agency, kind) for agency in ("SDE", "CSC", "DOL") for kind in ("matching", "analysis")
    }
    file = SimpleUploadedFile(NAME, encrypted("matching", (CSC + ANA).encode()).getvalue())
    sent = priya.post(f"{API}/deliver", {"file": file}).json()
    assert (sent["status"], sent["file_name"]) == ("quarantined", NAME.removesuffix(".age"))
    plain = SimpleUploadedFile(NAME, b"record_id\n")
    refused = priya.post(f"{API}/deliver", {"file": plain}, headers={"Accept": "application/json"})
    assert refused.status_code == 403
    assert refused.json()["reasons"][0]["rule"] == "not_encrypted"


def test_home_says_whose_turn_it_is() -> None:
    assert "001: the matching file of CSC" in as_("priya.nair").get("/").text
    upload(as_("priya.nair"), encrypted("matching", (CSC + ANA).encode()).getvalue())
    check_all()
    assert "001: the matching file of CSC" not in as_("priya.nair").get("/").text
    assert "order the finder list" in as_("noor.haddad").get("/").text


def test_the_hubs_public_key_is_there_to_encrypt_with() -> None:
    given = as_("priya.nair").get("/submissions/hub.matching.recipient")
    assert given.text.strip() == stores.hub_recipient("matching")
    assert as_("priya.nair").get("/submissions/hub.nothing.recipient").status_code == 404
