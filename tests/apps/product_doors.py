"""Knocking at three doors in a transaction that is undone: page, interface and command; and what a knock leaves."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection, connections, transaction
from django.test import Client
from psycopg import sql

from apps import doors, way
from apps.hub_way import as_if
from apps.product import ACTORS, ADDED, DONE, NOT_THERE, SIGN_IN, Act, Scene, told
from apps.test_three_routes import typed
from charteroak.adapters import clock
from charteroak.adapters.environment import Process
from charteroak.adapters.postgres import role
from charteroak.agencies import actions as agencies
from charteroak.agencies import cover
from charteroak.agencies.models import Cover, RoleHeld
from charteroak.agencies.signin import ACTING
from charteroak.audit.models import Event
from charteroak.site import tokens
from charteroak.site.config import VIEWS
from conftest import connection_as, owner_beside

TYPES = [
    actor for actor, who in ACTORS.items() if who.username and who.office is None
]  # who may have a token
OF_A_REFUSAL = {"audit_event", "audit_anonymousrefusals"}
WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)|^SELECT (procrastinate_\w+)')


class Left:
    """The tables that were written to and stay written: not what a savepoint took back."""

    def __init__(self) -> None:
        self._open: list[set[str]] = [set()]

    def __call__(self, execute: Any, asked: Any, params: Any, many: Any, context: Any) -> Any:
        text = str(asked)
        if text.startswith("SAVEPOINT"):
            self._open.append(set())
        elif text.startswith("ROLLBACK TO SAVEPOINT"):
            self._open[-1].clear()
        elif text.startswith("RELEASE SAVEPOINT") and len(self._open) > 1:
            done = self._open.pop()
            self._open[-1] |= done
        elif found := WRITES.match(text):
            self._open[-1].add(found[1] or found[2])
        return execute(asked, params, many, context)

    @property
    def tables(self) -> set[str]:
        return set().union(*self._open)


@dataclass(frozen=True)
class Answer:
    """What came of a knock, in a word or two; which tables it left written; the last event's name, by and for whom."""

    word: str
    left: set[str]
    event: str
    by: str
    acts_for: str
    status: str


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: refusals are meant here."""


@contextmanager
def served() -> Iterator[str]:
    """The site on a free port, in the transaction of this very test: one connection, one request at a time."""
    ours = connections["default"]
    application, ends = get_wsgi_application(), (request_started, request_finished)

    def answer(environ: Any, start_response: Any) -> Any:
        for end in ends:
            end.disconnect(close_old_connections)  # as Django's test client does while it asks
        return application(environ, start_response)

    server: WSGIServer = make_server("127.0.0.1", 0, answer, handler_class=Quiet)
    ours.inc_thread_sharing()

    def serve() -> None:
        connections["default"] = ours
        server.serve_forever(poll_interval=0.01)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        for end in ends:
            end.connect(close_old_connections)
        ours.dec_thread_sharing()


@contextmanager
def as_web() -> Iterator[None]:
    """The owner's connection as the site's own role: in one transaction with what other processes do (`as_worker`)."""
    with connection_as("owner"), as_if("web"):
        _become("web")
        yield


@contextmanager
def as_worker(process: str) -> Iterator[None]:
    """Another process's rights in the database, and its keys, in the same transaction. Within `as_web`."""
    with as_if(process):
        _become(process)
        yield
        _become("web")


def _become(process: str) -> None:
    with connection.cursor() as cursor:
        name = sql.Identifier(role(Process(process)))
        cursor.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(name))
        seen = "public" if process == "web" else f"{VIEWS},public"  # workers see people without their hashes
        cursor.execute("SELECT set_config('search_path', %s, false)", [seen])


def people() -> None:
    """Those whom the demo does not name, and who covers for whom."""
    with owner_beside():
        agencies.load(ADDED, password="a long password for tests", by="setup")


def named_delegates() -> None:
    for actor in ACTORS.values():
        if actor.office is not None:
            held = RoleHeld.objects.get(person__username=actor.acts_for, role=actor.office.value)
            cover.name_delegate(
                office=held.pk, delegate=actor.username, since=clock.today(),
                until=clock.today() + timedelta(days=150), letter="Mail of today.", by=way.person(actor.acts_for),
            )  # fmt: skip


def browser(actor: str) -> Client:
    """Signed in, where they have an account; confirmed by a password just now; acting, where they fill an office."""
    who = ACTORS[actor]
    client = Client(REMOTE_ADDR=f"192.0.2.{list(ACTORS).index(actor) + 1}")
    if not who.username:
        return client
    client.force_login(way.person(who.username))
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": clock.real_now().timestamp()}]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    if who.office is not None:
        taken = Cover.objects.get(
            delegate__username=who.username,
            office__person__username=who.acts_for,
            office__role=who.office.value,
        )
        session[ACTING] = taken.pk
    session.save()
    return client


def token(actor: str) -> str:
    made = tokens.create(
        by=way.person(ACTORS[actor].username), label="Mine", agency=None,
        last_day=clock.today() + timedelta(days=80), reads_only=False, second_factor=True,
    )  # fmt: skip
    return made[1]


@contextmanager
def undone() -> Iterator[None]:
    whole = transaction.atomic()
    whole._from_testcase = True  # type: ignore[attr-defined] # as TestCase marks its own, for `durable` blocks
    with whole:
        yield
        transaction.set_rollback(True)


def knock(client: Client, scene: Scene, act: Act, at: dict[str, Any], *, api: bool) -> Answer:
    """By page or by the interface; undone afterwards."""
    path = (act.api if api else act.page).format(**at)
    body = told(act.body if api or act.form is None else act.form, at)
    return _answered(scene, at, lambda: _word(doors.knock(client, act.method, path, body)))


def type_(site: str, words: str, scene: Scene, act: Act, at: dict[str, Any]) -> Answer:
    """By `oak api`, with a token; a refusal's rules are those on record, for it says them in sentences."""

    def typing() -> str:
        sent = told(act.body, at) if act.method == "POST" else None
        done = typed(site, words, act.api.format(**at), body=sent)
        if done.exit_code == 0:
            return DONE
        last = Event.objects.latest("index")
        rules = " ".join(sorted(set(json.loads(last.text)["facts"].get("rules", ()))))
        assert done.stderr.startswith(("Refused: ", "Not Found")), done.stderr
        return NOT_THERE if rules == "not_visible" else f"403 {rules}"

    return _answered(scene, at, typing)


def _answered(scene: Scene, at: dict[str, Any], knocking: Any) -> Answer:
    left = Left()
    with undone():
        with connection.execute_wrapper(left):
            word = knocking()
        last = Event.objects.latest("index")
        status = str(scene.now(at)) if scene.now and word == DONE else ""
    acts_for = json.loads(last.text)["facts"].get("for", "")
    return Answer(word, left.tables, last.name, last.by, acts_for, status)


def _word(found: str) -> str:
    if found in ("200", "302"):
        return DONE
    return {"sign-in": SIGN_IN}.get(found, found)


def differences(
    scene: Scene, act: Act, at: dict[str, Any], clients: dict[str, Client], site: str, words: dict[str, str]
) -> Iterator[str]:
    first = _firsts(scene, act, words)
    for actor, client in clients.items():
        expected, turn = scene.expected(act, actor), _turn(scene, act, actor)
        if actor in first:
            ways = [False, True]
        elif scene.step(act) is None and turn % 3:
            continue  # it is nobody's now, and each is asked at another act
        else:
            ways = [bool(turn % 2)]
        for api in ways:
            answer = knock(client, scene, act, at, api=api)
            yield from _wrong(scene, act, actor, expected, answer, "interface" if api else "page")
    for actor in first:
        answer = type_(site, words[actor], scene, act, at)
        yield from _wrong(scene, act, actor, scene.expected(act, actor, typed=True), answer, "command")


def _firsts(scene: Scene, act: Act, words: dict[str, str]) -> list[str]:
    """For each outcome one who knocks at all three doors; everybody else knocks at one, by turns."""
    first: dict[str, str] = {}
    for actor in words:
        first.setdefault(scene.expected(act, actor), actor)
    return list(first.values())


def _turn(scene: Scene, act: Act, actor: str) -> int:
    return [*ACTORS].index(actor) + scene.acts.index(act)


def _wrong(scene: Scene, act: Act, actor: str, expected: str, answer: Answer, door: str) -> Iterator[str]:
    said, who = f"{scene}: {act.name} by {actor} at the {door}", ACTORS[actor]
    on_record = answer.by, answer.acts_for, answer.event.endswith(":refused")
    if answer.word != expected:
        yield f"{said}: {answer.word}, not {expected}"
    elif expected != DONE:
        if answer.left - OF_A_REFUSAL:
            yield f"{said}: refused, and yet written: {sorted(answer.left - OF_A_REFUSAL)}"
        if actor != "anonymous" and on_record != (who.username, who.acts_for, True):
            yield f"{said}: the refusal is not on record, but {answer.event} of {on_record}"
    elif (act.name, actor) not in scene.silent:
        step = scene.step(act)
        if on_record != (who.username, who.acts_for, False):
            yield f"{said}: done, and on record is {answer.event} of {on_record}"
        if step is not None and answer.status not in ("", step.to):
            yield f"{said}: it is {answer.status} now, not {step.to}"
