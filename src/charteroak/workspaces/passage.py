"""What may pass between a browser and a session's sandbox, and under which policy: by list, all else is refused.

Both sides are the researcher's code, the server inside as much as a notebook's script in the browser, so nothing
here believes either of them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, unquote

KEY = "__Host-enclave"  # the cookie of the last entry: for this origin alone, in this frame alone
ENTER = "/enter"
PLAIN = "[A-Za-z0-9._~@+-]+"

# path (decoded once) → methods. Not here, so refused: /files, /nbconvert, /view, /terminals, /api/terminals,
# /api/nbconvert, /lab/api/extensions, /api/shutdown, /metrics, /login, /services, /lsp …
PERMITTED = tuple(
    (re.compile(pattern), frozenset(methods.split()))
    for pattern, methods in (
        (r"/lab/?|/lab/(workspaces|tree)/.*", "GET"),
        (r"/picture/.+", "GET"),  # of a session in pixels, and ours
        (r"/static/.+|/lab/extensions/.+|/kernelspecs/[^/]+/[^/]+", "GET"),
        (r"/lab/api/(settings|themes|translations|licenses|listings)(/.*)?", "GET PUT"),
        (r"/lab/api/workspaces(/.*)?", "GET PUT DELETE"),
        (r"/api(/status|/me|/config/[^/]+)?/?", "GET PATCH"),
        (r"/api/kernelspecs(/[^/]+)?", "GET"),
        (r"/api/kernels(/[^/]+(/(interrupt|restart))?)?", "GET POST DELETE"),
        (r"/api/sessions(/[^/]+)?", "GET POST PATCH DELETE"),
        (r"/api/contents(/.*)?", "GET POST PUT PATCH DELETE"),
        (r"/api/events", "POST"),
    )
)
CHANNELS = re.compile(r"/api/kernels/[0-9a-f-]+/channels|/api/events/subscribe")
PAGES = re.compile(r"/lab/?|/lab/(workspaces|tree)/.*")
CONTENTS = re.compile(r"/api/contents(/.*)?")
COUNTED = re.compile(r"/api/.*")  # what may be records or results; the rest is JupyterLab itself

# A browser that blocks other sites' cookies also blocks storage in their frames, where JupyterLab then loads for ever:
# it gets a storage that lasts as long as the page. What it would keep there is in its own settings anyway.
STORAGE = "/storage.js"
STORAGE_SCRIPT = b"""
for (const name of ["localStorage", "sessionStorage"]) {
  try { window[name].length } catch {
    const kept = new Map();
    Object.defineProperty(window, name, { configurable: true, value: {
      get length() { return kept.size },
      key: at => [...kept.keys()][at] ?? null,
      getItem: key => kept.get(String(key)) ?? null,
      setItem: (key, value) => { kept.set(String(key), String(value)) },
      removeItem: key => { kept.delete(String(key)) },
      clear: () => { kept.clear() },
    } });
  }
}
"""

# Requests carry no more of the browser than this, answers no more of the server.
SENT_ON = {
    b"accept",
    b"accept-language",
    b"content-type",
    b"if-none-match",
    b"if-modified-since",
    b"user-agent",
}
GIVEN_BACK = {"content-type", "content-length", "etag", "last-modified", "location"}
SHOWN = re.compile(
    r"(text/(html|css|javascript|plain)|application/(json|javascript|wasm|problem\+json)|image/(svg\+xml|png|x-icon)"
    r"|font/[a-z0-9]+|application/(font-woff2?|vnd\.ms-fontobject|x-font-ttf))(;.*)?",
    re.IGNORECASE,
)


def refusal(method: str, raw_path: bytes, query: bytes) -> str:
    """Why this request may not pass; empty when it may. `raw_path` as it came, still percent-encoded."""
    path = path_of(raw_path)
    if not path:
        return "The address is written in a way that hides what it asks for."
    if not any(method in methods and pattern.fullmatch(path) for pattern, methods in PERMITTED):
        return "This part of Jupyter is closed here. What should leave goes through a job's outbox and its review."
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    names = {unquote(unquote(name)).lower() for name, _ in asked}
    if "download" in names:
        return "Nothing is downloaded from a session. What should leave goes through a job's outbox and its review."
    if any(name == "format" and value not in {"text", "json"} for name, value in asked):
        return "Binary contents are not shown."
    return ""


def path_of(raw: bytes) -> str:
    """The path decoded once; empty where decoding again, or walking it, would give another."""
    try:
        path = unquote(raw.decode("ascii"), errors="strict")
    except UnicodeDecodeError:
        return ""
    hides = "%" in path and unquote(path) != path
    walks = any(part in {".", ".."} for part in path.split("/")) or "//" in path or "\\" in path
    return "" if hides or walks or not path.isprintable() or not path.startswith("/") else path


def onward(path: str, query: bytes) -> str:
    """The target inside, written anew from the decoded path."""
    return quote(path, safe="/@:+,=~") + (f"?{query.decode('latin-1')}" if query else "")


def foreign(method: str, headers: Mapping[bytes, bytes], origin: str, *, channel: bool, page: bool) -> str:
    """Why a request was not sent by the session's own page in its frame; empty when it was."""
    if (channel or method != "GET") and headers.get(b"origin", b"").decode("latin-1") != origin:
        return "This was sent from another site."
    if headers.get(b"sec-fetch-site", b"same-origin") not in {b"same-origin", b"none"} and not page:
        return "This was sent from another site."
    if page and headers.get(b"sec-fetch-dest") != b"iframe":
        return "A session is seen in its frame only. Enter it from the workspace's page."
    return ""


def with_storage(page: bytes) -> bytes:
    """The page, with STORAGE before its first script."""
    return page.replace(b"<head>", f'<head><script src="{STORAGE}"></script>'.encode(), 1)


def binary(body: bytes) -> bool:
    """Whether contents that the server answers with hold a file's bytes rather than text. Anything odd counts."""
    try:
        said = json.loads(body)
    except ValueError:
        return bool(body)
    if not isinstance(said, dict | list):
        return True
    return isinstance(said, dict) and said.get("format") not in {None, "text", "json"}


def policy(origin: str, portal: Iterable[str], *, ours: bool = False) -> list[tuple[str, str]]:
    """The headers of every answer: own files only, seen in the portal's frame only, no way elsewhere.

    `ours`: of a page that is none of the sandbox's, so it compiles nothing.
    """
    websocket = origin.replace("http", "ws", 1)
    rules = (
        "default-src 'none'",
        # JupyterLab compiles its schemas; notebooks' scripts count as hostile
        "script-src 'self'" if ours else "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src 'self' {websocket}",
        "worker-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        f"frame-ancestors {' '.join(portal)}",
        "sandbox allow-scripts allow-same-origin allow-forms allow-modals",
    )
    return [
        ("content-security-policy", "; ".join(rules)),
        (
            "permissions-policy",
            "clipboard-read=(), clipboard-write=(), camera=(), microphone=(), display-capture=()",
        ),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-dns-prefetch-control", "off"),
        ("cross-origin-resource-policy", "same-origin"),
    ]
