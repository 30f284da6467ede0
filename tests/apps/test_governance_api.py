"""Board and agreements as JSON: the same facts and the same refusals as the pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps import way
from apps.test_agreements_pages import signing_in
from charteroak.adapters import clock
from charteroak.board.models import Meeting

pytestmark = pytest.mark.usefixtures("after_the_approval")


def as_(username: str) -> Client:
    client = Client(headers={"Accept": "application/json"})
    client.force_login(way.person(username))
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api{path}", body, content_type="application/json")


def test_an_agreement_is_signed_by_all_over_json() -> None:
    way.hub_keys()
    ann = as_("ann.weiss")
    number = way.approved().number
    here = f"/agreements/{number}"
    drafted = post(ann, f"{here}/draft").json()
    assert drafted["permitted"] == ["redline", "open_for_signature"]
    redlined = post(ann, f"{here}/redline", clause="10", text="A breach is reported within the hour.").json()
    assert [one["text"] for one in redlined["clauses"] if one["number"] == "10"] == [
        "A breach is reported within the hour."
    ]
    opened = post(ann, f"{here}/open_for_signature").json()
    for party in opened["parties"]:
        signatory = way.person(SIGNATORIES[party["agency"]]).username
        found = as_(signatory).get(f"/api{here}").json()
        assert f"sign-{party['id']}" in found["permitted"]
        body = {"party": party["id"], "text_hash": found["text_hash"], "intent": "I sign."}
        stale = post(as_(signatory), f"{here}/sign", **body)
        assert [reason["rule"] for reason in stale.json()["reasons"]] == ["sign_in_not_confirmed"]
        assert post(signing_in(signatory), f"{here}/sign", **body).status_code == 200
    executed = as_("sam.reyes").get(f"/api{here}").json()
    assert executed["status"] == "executed"
    assert executed["permitted"] == ["terminate"]
    too_early = post(as_("sam.reyes"), f"{here}/close").json()["reasons"]
    assert [reason["rule"] for reason in too_early] == ["still_in_force", "not_destroyed"]
    assert post(as_("sam.reyes"), f"{here}/terminate", because="breach").json()["status"] == "terminated"


SIGNATORIES = {
    "SDE": "grace.stone", "CSC": "omar.haines", "DOL": "ruth.vega", "OWS": "carl.winter", "DAS": "tom.avery",
    "OPM": "helen.marsh",
}  # fmt: skip


def test_a_stranger_gets_nothing_and_a_colleague_of_another_project_404(client: Client) -> None:
    record = way.drafted()
    assert client.get(f"/api/agreements/{record.number}").status_code == 401
    assert as_("eve.lang").get(f"/api/agreements/{record.number}").status_code == 404
    assert post(as_("eve.lang"), f"/agreements/{record.number}/terminate", because="x").status_code == 404


def test_a_refusal_has_its_reasons_and_changes_nothing() -> None:
    record = way.drafted()
    refused = post(as_("grace.stone"), f"/agreements/{record.number}/open_for_signature")
    assert refused.status_code == 403
    assert refused.json()["reasons"][0]["rule"] == "wrong_role"
    record.refresh_from_db()
    assert record.status == "drafted"


def test_a_meeting_is_held_over_json() -> None:
    sam, number = as_("sam.reyes"), way.recommended().number
    starts = clock.now() + timedelta(days=8)
    board = Meeting.objects.get().board_id
    planned = post(sam, "/board/plan", board=board, starts_at=starts.isoformat(), place="Room 2B").json()
    here = f"/board/meetings/{planned['id']}"
    added = post(sam, f"{here}/add_motion", kind="approve_request", number=number, text="Approve.").json()
    assert added["permitted"] == ["notice", "cancel", "add_motion"]
    post(sam, f"{here}/notice")
    clock.move_to(starts + timedelta(minutes=1))
    for member in way.MEMBERS:
        post(as_(member), f"{here}/attend")
    june = as_("june.fisher")
    opened = post(june, f"{here}/open").json()
    assert (opened["present"], opened["quorum"], opened["seats"]) == (6, 4, 6)
    [motion] = opened["motions"]
    assert motion["concerned"] == ["CSC", "DOL", "SDE"]
    assert motion["permitted"] == ["vote", "postpone", "set_conditions"]
    assert (
        post(june, f"/board/motions/{motion['id']}/declare").json()["reasons"][0]["rule"] == "votes_missing"
    )
    for member in ("grace.stone", "omar.haines", "ruth.vega"):
        post(as_(member), f"/board/motions/{motion['id']}/vote", choice="approve")
    assert post(june, f"/board/motions/{motion['id']}/declare").json()["status"] == "carried"
    promise = {"text": "Explain it.", "reported_to": "Resident Advisory Board", "due_on": "2026-12-01"}
    [follow_up] = post(june, f"{here}/add_follow_up", **promise).json()["follow_ups"]
    closed = post(june, f"{here}/close").json()
    assert closed["status"] == "closed"
    assert "Explain it." in closed["minutes"]
    reported = post(sam, f"/board/follow_ups/{follow_up['id']}/report").json()
    assert reported["follow_ups"][0]["reported_at"]
    assert len(as_("maya.ortiz").get("/api/board/").json()) == 2


def test_a_motion_postponed_is_on_no_agenda() -> None:
    sam, number = as_("sam.reyes"), way.recommended().number
    starts = clock.now() + timedelta(days=8)
    board = Meeting.objects.get().board_id
    planned = post(sam, "/board/plan", board=board, starts_at=starts.isoformat(), place="Room 2B").json()
    here = f"/board/meetings/{planned['id']}"
    [motion] = post(sam, f"{here}/add_motion", kind="approve_request", number=number, text="Approve.").json()[
        "motions"
    ]
    june = as_("june.fisher")
    too_early = post(june, f"/board/motions/{motion['id']}/postpone").json()
    assert too_early["reasons"][0]["rule"] == "meeting_not_open"
