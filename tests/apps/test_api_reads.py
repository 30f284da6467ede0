"""Lists, files and turns for programs: the same records, the same words and the same bytes as on the pages."""

import pytest
from django.test import Client

from apps.whole_way import Scene, holder
from charteroak.audit.models import Event
from charteroak.site.work import work_of

# page → the same below /api/, and who reads it
LISTS = {
    "/requests/": ("/api/requests/", "policy"),
    "/agreements/": ("/api/agreements/", "policy"),
    "/board/": ("/api/board/meetings", "policy"),
    "/exceptions/": ("/api/exceptions/", "policy"),
    "/submissions/": ("/api/submissions/", "steward"),
    "/elsewhere/": ("/api/elsewhere/", "steward"),
    "/hub/": ("/api/hub/", "hub"),
    "/workspaces/": ("/api/workspaces/", "enclave"),
    "/outputs/": ("/api/outputs/", "checker"),
    "/inputs/": ("/api/inputs/", "checker"),
    "/agencies/people/": ("/api/agencies/people", "auditor"),
    "/agencies/": ("/api/agencies/members", "auditor"),
    "/audit/": ("/api/audit/events", "auditor"),
}
FILES = {
    "/agreements/001/sealed/": ("/api/agreements/001/sealed", "counsel"),
    "/agreements/001/disclosures/{disclosed}/": ("/api/agreements/001/disclosures/{disclosed}", "steward"),
    "/board/meetings/{meeting}/agenda.pdf": ("/api/board/meetings/{meeting}/agenda.pdf", "board"),
    "/exceptions/{matter}/letters/referral/": ("/api/exceptions/{matter}/letters/referral", "counsel"),
}
FORMED_ANEW = {  # with the moment in it, so that no two are the same bytes
    "/agreements/001/pdf/": ("/api/agreements/001/pdf", "counsel"),
    "/agreements/001/word/": ("/api/agreements/001/word", "counsel"),
    "/board/motions/{motion}/packet.pdf": ("/api/board/motions/{motion}/packet.pdf", "board"),
}


def as_(actor: str) -> Client:
    client = Client()
    client.force_login(holder(actor))
    return client


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("page", LISTS)
def test_a_list_is_the_same_for_a_program(page: str) -> None:
    path, actor = LISTS[page]
    client = as_(actor)
    told = client.get(path).json()
    shown = client.get(page).context["shown"]
    assert (told["count"], told["pages"]) == (shown.count, shown.pages)
    assert len(told["rows"]) == len(shown.rows) > 0
    if hrefs := [row["href"] for row in told["rows"] if "href" in row]:
        assert client.get(hrefs[0]).status_code == 200, hrefs[0]
    else:
        assert page == "/audit/", "its rows are entries of the log, not records"
    files = [client.get(one, {"format": "csv"}) for one in (page, path)]
    assert b"".join(files[0]) == b"".join(files[1])


@pytest.mark.usefixtures("at")
def test_a_program_searches_filters_and_turns_pages_as_a_person_does() -> None:
    client = as_("auditor")
    assert {row["by"] for row in client.get("/api/audit/events?by=sam.reyes").json()["rows"]} == {"sam.reyes"}
    first = client.get("/api/audit/events", {"name": ""}).json()
    second = client.get(first["next"]).json()
    assert (second["page"], second["count"]) == (2, first["count"])
    assert min(row["index"] for row in first["rows"]) > max(row["index"] for row in second["rows"])
    assert client.get("/api/audit/events", {"page": first["pages"]}).json()["next"] is None
    assert client.get("/api/requests/", {"q": "no such words"}).json()["rows"] == []
    assert {row["status"] for row in client.get("/api/requests/?status=draft").json()["rows"]} == {"draft"}


@pytest.mark.usefixtures("at")
def test_what_a_stranger_may_not_see_is_in_no_list() -> None:
    client = as_("stranger")
    for path, _ in LISTS.values():
        answer = client.get(path)
        if path not in ("/api/board/meetings", "/api/agencies/members", "/api/requests/"):
            assert answer.status_code in (403, 404) or answer.json()["rows"] == [], path


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("actor", ["recipient", "steward", "checker", "policy"])
def test_what_waits_is_told_with_whose_turn_and_by_when(actor: str) -> None:
    client = as_(actor)
    told = client.get("/api/worklist").json()
    items = list(work_of(holder(actor)))
    assert {one["page"] for turn in ("yours", "others", "finished") for one in told[turn]} == {
        one.href for one in items
    }
    assert [one["by_when"] for one in told["yours"]] == [
        one.by_when.isoformat() if one.by_when else None for one in items if one.state == "yours"
    ]
    read = [one["href"] for one in told["yours"] + told["others"] if one["href"]]
    assert items
    for href in read:
        assert client.get(href).status_code == 200, href


def test_a_file_is_the_same_for_a_program_and_as_much_on_record(at: Scene) -> None:
    for page, (path, actor) in (FILES | FORMED_ANEW).items():
        client, got = as_(actor), []
        for address in (page, path):
            before = Event.objects.count()
            answer = client.get(address.format(**vars(at)))
            assert answer.status_code == 200, address
            got.append((answer.headers["Content-Type"], Event.objects.count() - before, answer.getvalue()))
        assert got[0][:2] == got[1][:2], page
        assert got[0] == got[1] or page in FORMED_ANEW, page


def test_a_record_tells_programs_whose_turn_it_is_and_by_when(at: Scene) -> None:
    client = as_("auditor")
    for page, path in (
        ("/agreements/001/", "/api/agreements/001"),
        ("/outputs/001-2/", "/api/outputs/001-2"),
        (f"/inputs/{at.input}/", f"/api/inputs/{at.input}"),
        (f"/board/meetings/{at.meeting}/", f"/api/board/meetings/{at.meeting}"),
    ):
        told, shown = client.get(path).json(), client.get(page).context
        assert told["turn"] == (shown["turn"] or None), page
        assert told["by_when"], path
    roll = client.get(f"/api/board/meetings/{at.meeting}").json()["roll"]
    assert sum(one["present"] for one in roll) == sum(bool(one["by"]) for one in roll) > 0
