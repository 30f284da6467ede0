"""Every address of the site with what is sent to it, and who was let in where: for the authorisation matrix."""

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from apps import hub_way
from apps.hub_way import NUMBER
from apps.requests_way import FEES
from apps.whole_way import ACTORS, Scene
from charteroak.adapters import clock, stores
from charteroak.site.api import api

Cells = dict[str, str]  # actor → outcome


def routes() -> set[tuple[str, str]]:
    """(method, route) of all that the site answers; a page's are not declared: `taken` asks the page itself."""
    methods: dict[str, set[str]] = {}
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            route = f"api{prefix}{path}".replace("{", "<").replace("}", ">")
            methods.setdefault(route, set()).update(m for one in view.operations for m in one.methods)
    return {(method, route) for route in _walk(get_resolver(), "") for method in methods.get(route, {"any"})}


def taken(client: Client, path: str) -> set[str]:
    """GET and POST, as far as a page takes them: what it says itself, or both where it says nothing."""
    if view := getattr(
        resolve(path).func, "view_class", None
    ):  # it may send away before it says what it takes
        return {method for method in ("GET", "POST") if hasattr(view, method.lower())}
    said = client.options(path).headers.get("Allow", "GET, POST")
    return {"GET", "POST"} & set(said.split(", "))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _walk(entry, route)


def route_of(path: str) -> str:
    return resolve(path.partition("?")[0]).route


def twin(path: str) -> str:
    """The same act's name as a page and as JSON."""
    return path.removeprefix("/api").replace("_", "-").rstrip("/")


def bodies(at: Scene) -> dict[str, dict[str, Any]]:
    """What a person sends to each address, complete and well-formed, by `twin`; as JSON, and most as a form."""
    because = {"because": "Why."}
    newcomer = {"name": "Lev Roth", "email": "lev.roth@example.org"}
    later = {"board": at.board, "starts_at": "2027-03-01T09:00", "place": "Room 2B"}
    motion = {"kind": "approve_request", "number": NUMBER, "data_request": NUMBER, "text": "Approve."}
    approval = {
        "what": "payload",
        "series": "S1",
        "approval": "No. 7",
        "given_by": "Records",
        "approved_on": "2026-01-04",
    }
    follow_up = {"text": "Explain.", "reported_to": "Advisory board", "due_on": "2027-06-30"}
    said: dict[str, dict[str, Any]] = {
        "/requests/new": {"title": "New"},
        "/requests/start": {"title": "New"},
        f"/requests/{NUMBER}/edit": {"question": "Why?"},
        f"/requests/{NUMBER}/columns": {"purposes": {}},
        f"/requests/{NUMBER}/add-member": {"person": "eve.lang"},
        f"/requests/{NUMBER}/remove-member": {"person": "lena.park"},
        f"/requests/{NUMBER}/return": because,
        f"/requests/{NUMBER}/consents/{at.consent}/withdraw": because,
        "/requests/fees/set": FEES | {"since": f"{clock.today()}"},
        f"/requests/{NUMBER}/fix-fee": {"hours": "2"},
        f"/requests/{NUMBER}/waive-fee": because,
        f"/requests/{NUMBER}/mark-fee-paid": {"reference": "T-1", "paid_on": f"{clock.today()}"},
        f"/requests/{NUMBER}/appeal": {"grounds": "Why."},
        f"/requests/{NUMBER}/change": {"kind": "extension", "because": "Why."},
        f"/requests/{NUMBER}/reviews/SDE/decide": {"columns": {pk: {"choice": "allow"} for pk in at.columns}},
        f"/requests/{NUMBER}/reviews/SDE/correct": {
            "columns": {pk: {"choice": "allow"} for pk in at.columns}
        },
        f"/requests/{NUMBER}/reviews/SDE/ask": {"text": "Why?"},
        f"/requests/{NUMBER}/reviews/SDE/answer": {"text": "So."},
        "/board/plan": later,
        f"/board/meetings/{at.meeting}/add-motion": motion,
        f"/board/meetings/{at.planned}/add-motion": motion | {"kind": "approve_outputs", "about": "001-2"},
        f"/board/meetings/{at.meeting}/add-follow-up": follow_up,
        f"/board/meetings/{at.planned}/add-follow-up": follow_up,
        f"/board/meetings/{at.meeting}/cancel": because,
        f"/board/meetings/{at.planned}/cancel": because,
        f"/board/motions/{at.motion}/vote": {"choice": "approve"},
        f"/board/motions/{at.motion}/set-conditions": {"conditions": "Tables only."},
        f"/board/seats/{at.seat}/refill": {"person": "fay.brook"},
        f"/board/seats/{at.seat}/name-stand-in": {"person": "fay.brook", "letter_on": "2026-09-30"},
        f"/board/follow-ups/{at.follow_up}/finish": {"outcome": "Done."},
        f"/agreements/{NUMBER}/redline": {"clause": "10", "text": "Other words."},
        f"/agreements/{NUMBER}/redline/{at.clause}": {"text": "Other words."},
        f"/agreements/{NUMBER}/sign": {"party": at.party, "text_hash": at.text_hash, "intent": "I sign."},
        f"/agreements/{NUMBER}/sign/{at.party}": {"text_hash": at.text_hash, "intent": "on"},
        f"/agreements/{NUMBER}/recall": because,
        f"/agreements/{NUMBER}/withdraw": because,
        "/agreements/retention": approval,
        "/agreements/retention/record": approval,
        f"/agreements/{NUMBER}/terminate": because,
        f"/submissions/{NUMBER}/order-finder-list": {"agency": "DOL"},
        f"/submissions/{NUMBER}/register-key": {
            "agency": "DOL",
            "recipient": stores.hub_recipient("matching"),
        },
        f"/elsewhere/{NUMBER}/send/SDE": {
            "kind": "matching",
            "file_name": "f",
            "sha256": "ab" * 32,
            "on": f"{clock.today()}",
            "way": "SFTP",
        },
        f"/elsewhere/{NUMBER}/match": {"on": f"{clock.today()}"},
        f"/elsewhere/{NUMBER}/confirm/SDE": {"on": f"{clock.today()}"},
        f"/elsewhere/{NUMBER}/deliver": {
            "file_name": "f",
            "sha256": "ab" * 32,
            "on": f"{clock.today()}",
            "way": "SFTP",
        },
        f"/elsewhere/{NUMBER}/destroy/identifiers": {"on": f"{clock.today()}", "way": "Overwritten."},
        f"/hub/{NUMBER}/decide-pairs": {"decisions": {1: True}},
        f"/hub/{NUMBER}/pairs/decide-pairs": {"pair-1": "same"},
        f"/hub/{NUMBER}/confirm": {"agency": "SDE"},
        f"/workspaces/{NUMBER}/submit-job": {"script": "pass"},
        f"/workspaces/{NUMBER}/take-snapshot": because,
        f"/workspaces/{NUMBER}/allow-hours": {"hours": 700},
        f"/inputs/{at.input}/accept": {"sha256": at.input_hash},
        f"/inputs/{at.input}/refuse": because,
        f"/outputs/classes/define/{NUMBER}": {
            "says": "Counts.",
            "statistics": ["count"],
            "minimum_people": 50,
            "until": f"{clock.today()}",
        },
        "/outputs/classes/of/001-C1/take-back/SDE": because,
        "/outputs/classes/of/001-C1/withdraw": because,
        "/outputs/001-2/add-file": {"output": at.output, "context": "Counts.", "kinds": ["count"]},
        "/outputs/001-2/return": because,
        "/outputs/001-2/ask": {"text": "Why?"},
        f"/outputs/001-2/questions/{at.question}/answer": {"text": "So."},
        "/outputs/001-2/turn-back": because,
        "/outputs/001-2/decline": because,
        "/outputs/001-2/mark": {"public": "no"},
        "/outputs/001-1/revoke": because,
        "/outputs/001-1/recall": because,
        "/exceptions/record/records-request": {
            "what": "All of it.",
            "known_on": "2026-01-04",
            "agency": "SDE",
            "asked_by": "Somebody.",
        },
        f"/exceptions/{at.matter}/hand-over": {"to": "ann.weiss"},
        f"/exceptions/{at.matter}/do/refer": {"how": "By mail."},
        f"/exceptions/{at.matter}/close": {"outcome": "Referred."},
        "/agencies/people/give-notice": {"person": "al.pike", "last_day": "2026-12-30"},
        "/agencies/people/kim.tran/name-delegate": {
            "office": at.operates,
            "delegate": "joe.blake",
            "since": f"{clock.today()}",
            "until": f"{clock.today()}",
            "letter": "Mail of today.",
        },
        "/agencies/instruments/record": {
            "number": "new-law",
            "kind": "statute",
            "title": "A law",
            "citation": "CGS 1",
            "says": "Something.",
            "effective_on": "2026-01-04",
        },
        "/agencies/responsibilities/transfer": {
            "kind": "administer",
            "agency": "DAS",
            "since": "2030-01-04",
            "under": "e-mou",
        },
        "/agencies/join": {
            "code": "DCF",
            "name": "Children",
            "kind": "state",
            "received_on": "2026-01-04",
            "authority": "Law.",
            "records": "Care.",
            "security": "Locks.",
            "conflicts": "None.",
        },
        "/agencies/members/OEC/suspend": {"met_on": "2026-01-04", **because},
        "/agencies/members/OEC/leave": because,
        "/agencies/members/OEC/withdraw": because,
        "/agencies/members/OEC/ask-again": {
            "received_on": "2026-01-04",
            "authority": "Law.",
            "records": "Care.",
            "security": "Locks.",
            "conflicts": "None.",
        },
        "/webhooks/create": {"label": "Ours", "url": "https://data.example.gov/news"},
        "/tokens/create": {"label": "Ours", "last_day": f"{clock.today() + timedelta(days=9):%Y-%m-%d}"},
        "/agencies/add-person": newcomer | {"username": "lev.roth", "kind": "other"},
        "/agencies/people/al.pike/change-details": newcomer | because,
        "/agencies/people/al.pike/grant-role": {"role": "auditor"},
        "/agencies/people/al.pike/move": {"kind": "contractor", "since": "2026-09-01"},
    }
    return {twin(path): body for path, body in said.items()}


def page_only(at: Scene) -> dict[str, dict[str, Any]]:
    """Where a form asks in another way than JSON."""
    review = {f"vote-{at.file}": "approve", f"sha256-{at.file}": at.sha256, f"comment-{at.file}": ""}
    return {
        f"/requests/{NUMBER}/columns": {f"column-{at.variable}": "on", f"purpose-{at.variable}": "needed"},
        f"/requests/{NUMBER}/reviews/SDE/correct": {f"choice-{pk}": "allow" for pk in at.columns},
        f"/requests/{NUMBER}/reviews/SDE/decide": {f"choice-{pk}": "allow" for pk in at.columns},
        "/outputs/001-2/review": review,
        f"/outputs/001-2/files/{at.file}/vote": {"vote": "approve", "sha256": at.sha256},
    }


def sent(at: Scene, path: str) -> Any:
    """The body for this address, page or JSON."""
    if "/submissions/" in path and path.rstrip("/").endswith("/deliver"):
        file = hub_way.encrypted("analysis", b"x")
        file.name = f"SDE.{NUMBER}.{clock.today():%m_%d_%Y}.analytical.age"
        return {"file": file}
    if path.rstrip("/").endswith("/attach"):
        return {"file": SimpleUploadedFile("irb.pdf", b"%PDF-1.7"), "kind": "other_paper"}
    if path.rstrip("/").endswith("/record-consent"):
        today = f"{clock.today()}"
        said = {"nation": "A nation", "publication": "Tables.", "given_on": today, "until": today}
        return said | {"file": SimpleUploadedFile("nation.pdf", b"%PDF-1.7")}
    if path.rstrip("/").endswith(("/take-in", "/take_in")):
        return {"file": SimpleUploadedFile("agreement.docx", b"x")}
    if "/inputs/ask/" in path:
        said = {"kind": "code_list", "purpose": "Labels."}
        return said | {"file": SimpleUploadedFile("codes.csv", b"code,label\n")}
    if path == "/api/outputs/001-2/review":
        return [{"file": at.file, "sha256": at.sha256, "vote": "approve"}]
    forms = {} if path.startswith("/api/") else page_only(at)
    return forms.get(twin(path)) or bodies(at).get(twin(path), {})


@cache
def matrix() -> dict[tuple[str, str], Cells]:
    """(method, path template) → actor → outcome, from the table beside this file; in its order."""
    found: dict[tuple[str, str], Cells] = {}
    table = Path(__file__).with_name("authorisation.txt").read_text("utf-8")
    for line in table.splitlines():
        door, _, told = line.partition("|")
        if told and not line.startswith("#"):
            method, path = door.split()
            found[method, path] = _cells(told)
    return found


def _cells(told: str) -> Cells:
    groups = {
        outcome.strip(): actors.split() for outcome, _, actors in (g.partition(":") for g in told.split(";"))
    }
    named = {actor: outcome for outcome, actors in groups.items() for actor in actors}
    if "everyone" in named:
        return dict.fromkeys(("anonymous", "stranger"), named["everyone"])  # who stand for all
    return {actor: named.get(actor) or named["others"] for actor in ACTORS}


def knock(client: Client, method: str, path: str, body: Any) -> str:
    """What came of it, in a word or two: sign-in, the status, and of a refusal its rules."""
    headers = {"Accept": "application/json"}
    if method == "GET":
        answer = client.get(path, headers=headers)
    elif path.startswith("/api/") and "file" not in body:
        answer = client.post(path, body, content_type="application/json", headers=headers)
    else:
        answer = client.post(path, body, headers=headers)
    if answer.status_code == 401 or answer.headers.get("Location", "").startswith("/accounts/login/"):
        return "sign-in"
    if answer.status_code == 403:
        return " ".join(["403", *sorted({reason["rule"] for reason in answer.json()["reasons"]})])
    return str(answer.status_code)
