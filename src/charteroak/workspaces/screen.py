"""The page on which a session in pixels is seen: ours to the last byte, with noVNC; nothing of it is the sandbox's."""

import mimetypes
from functools import cache
from importlib.resources import files

PAGE = "/lab"  # where a ticket leads in every mode
CHANNEL = "/picture/channel"
NOVNC = "/picture/novnc/"
STYLE = b"html, body, #screen { height: 100%; margin: 0; background: #fff } p { font: 1rem sans-serif }\n"
DOCUMENT = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>JupyterLab, as a picture</title>
<link rel="stylesheet" href="/picture/screen.css"><script type="module" src="/picture/screen.js"></script></head>
<body><div id="screen"></div>
<p id="over" role="status" hidden>The picture has ended. Load the page around it again.</p></body></html>
"""
# No clipboard here either: the page neither reads the browser's nor hands the screen's on.
SCRIPT = b"""import RFB from "/picture/novnc/core/rfb.js";
const screen = document.getElementById("screen");
const shown = new RFB(screen, `${location.origin.replace("http", "ws")}/picture/channel`, { shared: true });
shown.scaleViewport = true;
shown.background = "transparent";
shown.addEventListener("connect", () => shown.focus());
shown.addEventListener("disconnect", () => { screen.hidden = true; document.getElementById("over").hidden = false });
"""
OWN = {
    PAGE: ("text/html; charset=utf-8", DOCUMENT),
    "/picture/screen.css": ("text/css", STYLE),
    "/picture/screen.js": ("text/javascript", SCRIPT),
}


def file(path: str) -> tuple[str, bytes] | None:
    """Type and bytes of one of this page's files; None where it has none of that path."""
    return OWN.get(path) or novnc().get(path)


@cache
def novnc() -> dict[str, tuple[str, bytes]]:
    """noVNC as `make assets` put it into the package, by path; empty where it did not."""
    folder = files("charteroak.site") / "static" / "vendor" / "novnc"
    waiting, found = [("", folder)], dict[str, tuple[str, bytes]]()
    while waiting:
        name, place = waiting.pop()
        if place.is_dir():
            waiting += [(f"{name}/{one.name}" if name else one.name, one) for one in place.iterdir()]
        elif name.endswith(".js"):
            found[NOVNC + name] = (mimetypes.types_map[".js"], place.read_bytes())
    return found
