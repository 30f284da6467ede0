"""Every address of the site against everyone who may knock: who is let in, who is not, by which rule, on record."""

import json

from django.db import transaction
from django.test import Client

from apps import doors, way
from apps.whole_way import ACTORS, Scene
from charteroak.adapters import clock
from charteroak.audit.models import AnonymousRefusals, Event

ROWS = doors.matrix()
RULES = {"403": "", "404": "not_visible"}  # refusals, and the rule on record where the outcome names none
COUNTED = {"anonymous", "closed"}  # nobody is signed in: the log counts them by day
UNKNOWN = {"/api/"}  # no address of the site at all
ENTERED = {"200", "302", "503"}  # 503: past the door, and the worker that holds the key does not run here


def signed_in(actor: str, *, enforce_csrf_checks: bool = False) -> Client:
    desk = f"192.0.2.{list(ACTORS).index(actor) + 1}"  # each its own: the sign-in counts tries by address
    client = Client(enforce_csrf_checks=enforce_csrf_checks, REMOTE_ADDR=desk)
    if username := ACTORS[actor]:
        client.force_login(way.person(username))
    return client


def test_every_route_of_the_site_is_in_the_matrix(at: Scene) -> None:
    named = {doors.route_of(path.format(**vars(at))) for _, path in ROWS}
    missing = sorted({route for _, route in doors.routes()} - named)
    assert not missing, f"name these in authorisation.txt, with who may enter: {missing}"


def test_every_method_that_an_address_takes_is_in_the_matrix(at: Scene) -> None:
    """A row for reading says nothing of who may write there; what is asked with HEAD is as what is asked with GET."""
    paths = {doors.route_of(path): path for path in (template.format(**vars(at)) for _, template in ROWS)}
    named = {(method, doors.route_of(template.format(**vars(at)))) for method, template in ROWS}
    declared = {(method, route) for method, route in doors.routes() if method != "any"}
    client = signed_in("policy")
    taken = {
        (method, route)
        for route, path in paths.items()
        if not path.startswith("/api/")
        for method in doors.taken(client, path)
    }
    missing = sorted((declared | taken) - named)
    assert not missing, f"name these in authorisation.txt, with who may enter: {missing}"
    assert len(taken) > 200


def test_every_page_is_named_by_its_own_address(at: Scene) -> None:
    """What the table names for writing only is not read: nothing that a person can open is left unmeasured."""
    read = {doors.route_of(path.format(**vars(at))) for method, path in ROWS if method == "GET"}
    clients, found = [signed_in(actor) for actor in ("policy", "recipient", "hub")], {}
    for method, template in ROWS:
        path = template.format(**vars(at))
        if method != "GET" and doors.route_of(path) not in read:
            found[path] = {client.get(path).status_code for client in clients} - {404, 405}
    assert len(found) > 100
    assert not any(found.values()), {path: told for path, told in found.items() if told}


def test_every_door_opens_to_those_named_and_to_nobody_else(at: Scene) -> None:
    clients = {actor: signed_in(actor) for actor in ACTORS}
    wrong = []
    for (method, template), cells in ROWS.items():
        path = template.format(**vars(at))
        for actor, expected in _knocking(method, path, cells).items():
            found, told = _tried(clients[actor], method, path, at)
            if found != expected:
                wrong.append(f"{method} {template}: {actor} got {found}, not {expected}")
            elif template in UNKNOWN:
                continue
            elif (
                actor not in COUNTED
                and found[:3] in RULES
                and told != (ACTORS[actor], RULES[found[:3]] or found[4:])
            ):
                wrong.append(f"{method} {template}: the refusal of {actor} is not on record, but {told}")
    assert not wrong, "\n".join(wrong)


def _knocking(method: str, path: str, cells: doors.Cells) -> doors.Cells:
    """Everyone; where JSON is another door to the same act, one actor for each outcome."""
    if method == "GET" or not path.startswith("/api/"):
        return cells
    return {actor: outcome for outcome, actor in {outcome: actor for actor, outcome in cells.items()}.items()}


def _tried(client: Client, method: str, path: str, at: Scene) -> tuple[str, tuple[str, str]]:
    """What came of it and which refusal the log tells of last; undone afterwards."""
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined] # as TestCase marks its own, for `durable` blocks
    with undone:
        found = doors.knock(client, method, path, doors.sent(at, path))
        last = Event.objects.latest("index")
        rules = json.loads(last.text)["facts"].get("rules", []) if last.name.endswith(":refused") else []
        transaction.set_rollback(True)
    return found, (last.by, " ".join(sorted(set(rules))))


def test_a_page_and_its_json_refuse_alike() -> None:
    pages = {
        doors.twin(path): cells
        for (method, path), cells in ROWS.items()
        if method == "POST" and path[:5] != "/api/"
    }
    both = 0
    for (method, path), cells in ROWS.items():
        if method == "POST" and path.startswith("/api/") and doors.twin(path) in pages:
            both += 1
            for actor, outcome in cells.items():
                page = pages[doors.twin(path)][actor]
                assert page == outcome or {page, outcome} <= ENTERED, (path, actor)
    assert both > 40


def test_nothing_is_done_without_the_token_of_a_form(at: Scene) -> None:
    client, before = signed_in("policy", enforce_csrf_checks=True), Event.objects.count()
    for method, template in ROWS:
        path = template.format(**vars(at))
        if method == "POST":
            answer = client.post(path, doors.sent(at, path) if "/api/" not in path else None)
            assert answer.status_code == 403, path
    assert Event.objects.count() == before


def test_below_api_every_answer_is_json(at: Scene) -> None:
    for client in (signed_in("anonymous"), signed_in("stranger")):
        for path in (
            "/api/",
            "/api/none",
            "/api/requests/001",
            "/api/requests/start",
            "/api/workspaces/001/none",
        ):
            answer = client.get(path)
            assert answer.status_code in (401, 404, 405), path
            assert answer.headers["Content-Type"].startswith("application/json"), path
            assert answer.json()["detail"]


def test_a_page_and_its_json_are_refused_under_one_name(at: Scene) -> None:
    client = signed_in("stranger")
    for page, json_ in (
        ("/workspaces/001/", "/api/workspaces/001"),
        ("/outputs/001-1/trace/", "/api/outputs/001-1/trace"),
    ):
        told = []
        for path in (page, json_):
            assert client.get(path).status_code == 404
            last = Event.objects.latest("index")
            told.append((last.name, last.subject, last.by))
        assert told[0] == told[1], told
    assert told[0] == ("outputs:trace:read:refused", "/outputs/001-1/trace", "eve.lang")


def test_visitors_who_must_sign_in_are_counted(at: Scene) -> None:
    client = signed_in("anonymous")
    for path in ("/workspaces/001/", "/api/workspaces/001", "/workspaces/002/"):
        client.get(path)
    counted = AnonymousRefusals.objects.get(day=clock.today(), action="workspaces:read")
    assert counted.count >= 3
