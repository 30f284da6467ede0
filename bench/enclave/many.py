"""Sessions that are open at the same time: whether all answer, and what each holds while it idles."""

import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench import Aimed, Row

SESSIONS = 25
ACCOUNT = 64_900  # of the first session that belongs to no project


def measure() -> list[Row]:
    """Started one after the other, all open at once; each then answers a cell, and idles."""
    groups: list[Any] = []
    with ExitStack() as stack:
        started = time.perf_counter()
        labs = [stack.enter_context(lab(number, groups)) for number in range(SESSIONS)]
        answered = sum(inside.run(inside.kernel(), "6 * 7") == "42" for inside in labs)
        took = time.perf_counter() - started
        time.sleep(20)
        idle = [group.memory / 1e6 for group in groups]
    return [
        Aimed(f"of {SESSIONS} sessions at once, answered", float(answered), "sessions", f"{SESSIONS}"),
        ("until all had answered, one after the other", took, "s"),
        Aimed("memory of an idle session with a kernel, median", statistics.median(idle), "MB", "≤ 150"),
        Aimed("the most of one", max(idle), "MB", "≤ 150"),
    ]


@contextmanager
def lab(number: int, groups: list[Any]) -> Iterator[Any]:
    """JupyterLab in a sandbox as the broker starts it, at a socket of its own."""
    from apps.inside import Inside
    from charteroak.adapters import environments, sandboxes
    from charteroak.adapters.environment import home
    from charteroak.adapters.sandboxes import JUPYTER
    from charteroak.adapters.spill import hand_over, in_memory
    from charteroak.sandbox import WORK, Mount, SandboxSpec
    from charteroak.workspaces.broker import LIMITS
    from charteroak.workspaces.folders import account_of, empty_work
    from charteroak.workspaces.scripts import CODE

    class Lab(Inside):
        """Belongs to no session of a project."""

        def __init__(self, path: str) -> None:
            self.socket = path
            while not self._answers():
                assert thread.is_alive(), "the sandbox ended"

    over, account = threading.Event(), ACCOUNT + number
    with (
        tempfile.TemporaryDirectory() as folder,
        in_memory(f"bench-{number}-code") as code,
        empty_work(account) as work,
        socket.socket(socket.AF_UNIX) as listener,
    ):
        (code / JUPYTER.name).write_bytes(JUPYTER.read_bytes())
        hand_over(code, account_of(account))
        listener.bind(f"{folder}/socket")
        listener.listen(128)
        python = environments.build(home().environments).mount
        mounts = (Mount(str(code), CODE), Mount(str(work), WORK, writable=True), python)
        command = ["python", f"{CODE}/{JUPYTER.name}", str(listener.fileno())]
        thread = threading.Thread(
            target=sandboxes.run,
            args=(SandboxSpec(mounts, LIMITS), command),
            kwargs={"uid": account_of(account), "stop": over.is_set,
                    "descriptors": [listener.fileno()], "on_group": groups.append, "on_output": lambda *_: None},
        )  # fmt: skip
        thread.start()
        try:
            yield Lab(f"{folder}/socket")
        finally:
            over.set()
            thread.join()
