"""What may pass between a browser and a session's sandbox, however it is written."""

import pytest

from charteroak.workspaces import passage

ORIGIN = "http://abcdefghijklmnop.localhost:8042"

CLOSED = [
    ("GET", "/files/work/data.csv"),
    ("GET", "/%66iles/work/data.csv"),
    ("GET", "/nbconvert/html/a.ipynb"),
    ("GET", "/view/a.html"),
    ("GET", "/lab/api/extensions"),
    ("POST", "/lab/api/extensions"),
    ("GET", "/api/terminals"),
    ("POST", "/api/terminals"),
    ("GET", "/terminals/1"),
    ("POST", "/api/nbconvert"),
    ("POST", "/api/shutdown"),
    ("POST", "/api/security/csp-report"),
    ("GET", "/metrics"),
    ("GET", "/login"),
    ("GET", "/lsp/status"),
    ("GET", "/"),
    ("GET", "//evil.example/lab"),
    ("GET", "/api/contents/../../files/a"),
    ("GET", "/api/contents/%2e%2e/%2e%2e/files/a"),
    ("GET", "/api/contents/%252e%252e/files/a"),
    ("GET", "/api/contents/..%5cfiles"),
    ("GET", "/static/../files/a"),
    ("GET", "/api/contents/a%00b"),
    ("GET", "/api/contents/a%0d%0aSet-Cookie:x"),
    ("GET", "/api/contents/%ff"),
    ("TRACE", "/lab"),
    ("CONNECT", "/lab"),
    ("HEAD", "/lab"),
    ("GET", "/api/contents/a.csv?download=1"),
    ("GET", "/api/contents/a.csv?%64ownload=1"),
    ("GET", "/api/contents/a.csv?x=1&%2564ownload=1"),
    ("GET", "/api/contents/a.csv?format=base64"),
    ("GET", "/api/contents/a.csv?format=%62ase64"),
    ("GET", "/api/contents/a.csv?format=text&format=base64"),
]  # fmt: skip
OPEN = [
    ("GET", "/lab"),
    ("GET", "/lab/workspaces/auto-x"),
    ("GET", "/static/lab/main.0123.js?v=0123"),
    ("GET", "/api/contents/a%20notebook.ipynb?content=1"),
    ("PUT", "/api/contents/a.ipynb"),
    ("POST", "/api/sessions"),
    ("POST", "/api/kernels/0f-1/restart"),
    ("GET", "/api/kernelspecs"),
    ("GET", "/lab/api/settings/@jupyterlab/apputils-extension:themes"),
]


def judged(method: str, target: str) -> str:
    path, _, query = target.partition("?")
    return passage.refusal(method, path.encode("latin-1"), query.encode())


@pytest.mark.parametrize(("method", "target"), CLOSED)
def test_closed(method: str, target: str) -> None:
    assert judged(method, target)


@pytest.mark.parametrize(("method", "target"), OPEN)
def test_open(method: str, target: str) -> None:
    assert judged(method, target) == ""


@pytest.mark.parametrize(
    "path", ["/api/contents/a b.ipynb", "/api/contents/a#b?c.txt", "/api/contents/é.txt"]
)
def test_the_server_inside_is_asked_for_the_path_that_was_judged(path: str) -> None:
    onward = passage.onward(path, b"")
    assert passage.path_of(onward.encode()) == path
    assert "?" not in onward
    assert "#" not in onward


def test_only_the_sessions_own_page_in_its_frame_may_ask() -> None:
    own = {b"origin": ORIGIN.encode(), b"sec-fetch-site": b"same-origin", b"sec-fetch-dest": b"iframe"}

    def foreign(method: str, *, channel: bool = False, page: bool = False, **changed: bytes) -> str:
        told = own | {name.replace("_", "-").encode(): value for name, value in changed.items()}
        return passage.foreign(method, told, ORIGIN, channel=channel, page=page)

    assert foreign("PUT") == foreign("GET", channel=True) == foreign("GET", page=True) == ""
    for origin in (b"", b"null", b"http://localhost:8042", b"http://abcdefghijklmnop.localhost:8043"):
        assert foreign("PUT", origin=origin)
        assert foreign("GET", channel=True, origin=origin)
    assert foreign("GET", sec_fetch_site=b"cross-site")
    assert foreign("GET", page=True, sec_fetch_dest=b"document")
    assert passage.foreign("GET", {}, ORIGIN, channel=False, page=True)


@pytest.mark.parametrize(
    "body", [b'{"format": "base64", "content": "AAAA"}', b"PK\x03\x04", b'"AAAA"', b"7", b'{"format": "hex"}']
)
def test_a_files_bytes_are_not_contents(body: bytes) -> None:
    assert passage.binary(body)


@pytest.mark.parametrize(
    "body", [b"", b'{"format": "json"}', b'{"format": "text", "content": "a"}', b'{"format": null}', b"[]"]
)
def test_text_and_notebooks_are(body: bytes) -> None:
    assert not passage.binary(body)


def test_the_policy_names_no_other_place() -> None:
    told = dict(passage.policy(ORIGIN, ["http://localhost:8042"]))
    rules = dict(rule.partition(" ")[::2] for rule in told["content-security-policy"].split("; "))
    allowed = {
        "'self'",
        "'none'",
        "'unsafe-eval'",
        "'unsafe-inline'",
        "data:",
        "blob:",
        ORIGIN.replace("http", "ws"),
    }
    for name, sources in rules.items():
        if name not in {"sandbox", "frame-ancestors", "webrtc"}:
            assert set(sources.split()) <= allowed, name
    assert rules["default-src"] == rules["form-action"] == rules["base-uri"] == "'none'"
    assert rules["frame-ancestors"] == "http://localhost:8042"
    assert "allow-downloads" not in rules["sandbox"]
    assert "allow-popups" not in rules["sandbox"]
    assert "allow-top-navigation" not in rules["sandbox"]
