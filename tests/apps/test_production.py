"""What production refuses to start with, what it switches on, and what the door lets nobody send."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from charteroak.adapters import clock
from charteroak.adapters.environment import Home
from charteroak.site import config
from charteroak.site.asgi import SMALL, application

FIT = {"CHARTEROAK_ORIGINS": "https://data.example.gov", "DJANGO_SECRET_KEY": "k" * config.SECRET_LENGTH}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name, value in {**FIT, "CHARTEROAK_HOME": str(tmp_path), "CHARTEROAK_MODE": "production"}.items():
        monkeypatch.setenv(name, value)
    return Home(tmp_path)


def test_production_starts_when_all_is_set(home: Home) -> None:
    assert config.read().origins == ["https://data.example.gov"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CHARTEROAK_ORIGINS", None, "CHARTEROAK_ORIGINS"),
        ("CHARTEROAK_ORIGINS", "http://data.example.gov", "https://"),
        ("DJANGO_SECRET_KEY", "short", "random characters"),
        ("DJANGO_SECRET_KEY", None, "sessions need a key"),
    ],
)
def test_production_refuses_what_belongs_to_a_demo(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, told: str
) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises(config.NotForProduction, match=told):
        config.read()
    monkeypatch.setenv("CHARTEROAK_MODE", "demo")
    assert config.read()


def test_production_refuses_a_moved_clock_at_the_start_and_at_every_look(home: Home) -> None:
    home.clock.parent.mkdir()
    home.clock.write_text("86400.0", encoding="ascii")
    with pytest.raises(config.NotForProduction, match="clock was moved"):
        config.read()
    with pytest.raises(clock.ClockMoved):
        clock.now()
    with pytest.raises(clock.ClockMoved):
        clock.move_to(clock.real_now())


SETTINGS = """
import json, django; django.setup()
from allauth.account import app_settings
from django.conf import settings as s
print(json.dumps({"cookies": s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE,
    "names": [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME], "redirect": s.SECURE_SSL_REDIRECT,
    "hsts": s.SECURE_HSTS_SECONDS, "webauthn": s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN, "debug": s.DEBUG,
    "limits": app_settings.RATE_LIMITS, "factors": s.MFA_SUPPORTED_TYPES, "hosts": s.ALLOWED_HOSTS}))
"""


def test_production_switches_its_protections_on(home: Home) -> None:
    said = subprocess.run([sys.executable, "-c", SETTINGS], env=os.environ, capture_output=True, check=True)
    found = json.loads(said.stdout)
    assert found["names"] == ["__Host-sessionid", "__Host-csrftoken"]
    assert found["cookies"] is found["redirect"] is True
    assert found["webauthn"] is found["debug"] is False
    assert found["hsts"] >= 365 * 86_400
    assert found["factors"] == ["totp", "webauthn", "recovery_codes"]
    assert found["hosts"] == ["data.example.gov", "localhost", "127.0.0.1"]
    assert found["limits"]["login_failed"] == "10/m/ip,5/300s/key"


def sent(path: str, parts: list[bytes], announced: int | None) -> int:
    """The status that a body of these parts is answered with."""
    headers = [(b"host", b"localhost"), (b"content-type", b"application/octet-stream")]
    if announced is not None:
        headers.append((b"content-length", str(announced).encode()))
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": headers, "scheme": "http",
        "server": ("localhost", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    waiting, ended, answers = list(parts), list[bool](), list[Any]()

    async def receive() -> dict[str, Any]:
        if ended:
            await asyncio.Event().wait()  # as a connection that stays open
        body = waiting.pop(0) if waiting else b""
        ended.extend([] if waiting else [True])
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        answers.append(message)

    asyncio.run(application(scope, receive, send))
    return int(answers[0]["status"])


def test_a_body_that_is_too_large_is_refused_by_what_it_announces_and_by_what_comes() -> None:
    part = b"x" * (SMALL // 4)
    assert sent("/accounts/login/", [], SMALL + 1) == 413
    assert sent("/api/requests/start", [part] * 5, None) == 413
    assert sent("/accounts/login/", [part] * 5, 10) == 413  # it announces less than it sends
    assert sent("/accounts/login/", [part], None) == 403  # taken in; it bears no form's token
