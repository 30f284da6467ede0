"""JupyterLab as a picture, inside the sandbox: python kiosk.py DESCRIPTOR, the socket that the picture is fetched from.

A screen in memory (Xvnc) speaks RFB on the socket; on it stands Chromium alone, which shows JupyterLab from this
sandbox's own loopback. Nothing here guards anything: what passes the socket is decided in front of it.
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
DISPLAY, READY = ":0", Path("/tmp/.X11-unix/X0")  # noqa: S108 - the sandbox's own
SCREEN = [
    "Xtigervnc", DISPLAY, "-inetd", "-geometry", "1440x900", "-depth", "24", "-SecurityTypes", "None",
    "-AcceptCutText=0", "-SendCutText=0", "-SendPrimary=0", "-AcceptSetDesktopSize=0", "-nolisten", "tcp",
]  # fmt: skip
# Without its own sandbox, which is made of user namespaces: the one around it has none to give.
BROWSER = [
    "/usr/lib/chromium/chromium", "--no-sandbox", "--kiosk", "--window-position=0,0", "--window-size=1440,900",
    "--user-data-dir=/tmp/kiosk", "--disk-cache-size=1048576", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-first-run", "--noerrdialogs", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-breakpad", "--disable-features=Translate", "--password-store=basic",
]  # fmt: skip
QUIET = subprocess.DEVNULL


def browse(address: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*BROWSER, address], env={**os.environ, "DISPLAY": DISPLAY}, stderr=QUIET)


def main() -> int:
    """Until the screen or JupyterLab ends; a browser that was closed comes again."""
    with socket.create_server(("127.0.0.1", 0)) as lab:
        number, address = str(lab.fileno()), f"http://127.0.0.1:{lab.getsockname()[1]}/lab"
        server = subprocess.Popen(
            [sys.executable, str(HERE / "lab.py"), number], pass_fds=[lab.fileno()], stderr=QUIET
        )
    screen = subprocess.Popen(SCREEN, stdin=int(sys.argv[1]), stderr=QUIET)
    browser = None
    while server.poll() is None and screen.poll() is None:
        if READY.exists() and (browser is None or browser.poll() is not None):
            browser = browse(address)
        time.sleep(0.2)
    return server.returncode or screen.returncode or 0


if __name__ == "__main__":
    sys.exit(main())
