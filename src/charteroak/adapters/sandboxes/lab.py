"""JupyterLab inside the sandbox, on a socket that was opened outside: python lab.py DESCRIPTOR.

Runs alone in the research environment. Nothing here guards anything: the researcher's code can change it. Who may
speak to the socket, and what passes, is decided in front of it.
"""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

# Checks international addresses in schemas, which nothing here holds; its grammar takes half of a start to build.
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # "not installed", which jsonschema allows for

from jupyter_server.serverapp import ServerApp  # noqa: E402 - after the line above
from jupyterlab import commands  # noqa: E402
from traitlets.config import Config  # noqa: E402

OPEN = socket.socket(fileno=int(sys.argv[1]))
NOT_NEEDED = ("jupyter_lsp", "jupyter_server_terminals", "notebook_shim", "nbclassic")  # idle memory
IR_KERNEL = Path("/usr/lib/R/site-library/IRkernel")  # Debian's
KERNELS = Path("/tmp/jupyter")  # noqa: S108 - the sandbox's own
RUNTIME = "/tmp/jupyter/runtime"  # noqa: S108 - as above: sockets and connection files do not outlive the session
NEWS = "@jupyterlab/apputils-extension:announcements"  # asks whether to fetch news, whatever `news_url` says


def without_news(_handler: object, page: dict[str, Any]) -> dict[str, Any]:
    """What JupyterLab tells its page, which then does not ask about news that no network brings."""
    page["disabledExtensions"] = [*page.get("disabledExtensions", ()), NEWS]
    return page


SETTINGS = {
    "ServerApp": {
        "disable_check_xsrf": True, "allow_remote_access": True, "allow_origin": "*",
        "open_browser": False, "terminals_enabled": False, "root_dir": os.getcwd(),  # noqa: PTH109 - pathlib costs nothing less
        "jpserver_extensions": {"jupyterlab": True} | dict.fromkeys(NOT_NEEDED, False), "log_level": 30,
        "quit_button": False, "default_url": "/lab", "tornado_settings": {"page_config_hook": without_news},
    },
    "LabApp": {"extension_manager": "readonly", "check_for_updates_class": "jupyterlab.NeverCheckForUpdate"},
    "IdentityProvider": {"token": ""},
    "KernelManager": {"transport": "ipc"},  # no port: the loopback inside is anybody's who is inside
    "ContentsManager": {"delete_to_trash": False},
    "FileContentsManager": {"delete_to_trash": False},
}  # fmt: skip


class Server(ServerApp):
    """On the socket that is open already; no other is looked for."""

    def _find_http_port(self) -> None:
        pass

    def _bind_http_server(self) -> None:
        OPEN.setblocking(False)
        self.http_server.add_socket(OPEN)


def nothing_is_built(_logger: object) -> dict[str, dict[str, str]]:
    """In place of asking Node, at each start, where it would fetch packages from: extensions are built nowhere here."""
    return {"yarn config": {}, "npm config": {}}


def offer_r() -> None:
    """R among the kernels, where it is installed with the system."""
    folder = KERNELS / "kernels" / "ir"
    folder.mkdir(parents=True, exist_ok=True)
    command = ["R", "--slave", "-e", "IRkernel::main()", "--args", "{connection_file}"]
    (folder / "kernel.json").write_text(
        json.dumps({"argv": command, "display_name": "R", "language": "R"}), "utf-8"
    )
    os.environ["JUPYTER_PATH"] = str(KERNELS)


if __name__ == "__main__":
    os.environ["JUPYTER_RUNTIME_DIR"] = RUNTIME
    commands._yarn_config = nothing_is_built
    if IR_KERNEL.exists():
        offer_r()
    Server.launch_instance(argv=[], config=Config(SETTINGS))
