"""What a run prints and reads, through pipes only: a file of the host would stay open under /proc/self/fd."""

import contextlib
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from charteroak.adapters.sandboxes.cgroups import Group
from charteroak.adapters.sandboxes.quota import outgrown
from charteroak.sandbox import SandboxSpec

OnOutput = Callable[[str, bytes], None]  # "stdout" or "stderr", and the piece
Stop = Callable[[], bool]  # asked twice a second: whether the run must end now
PIECE = 65536
BETWEEN_LOOKS = 0.5  # seconds between measurements of the work folder
OPENING = 4096


class Pipes:
    """Follows one run to its end, or ends it at its limit of time or work folder, or when asked to."""

    def __init__(
        self, spec: SandboxSpec, stdin: BinaryIO | None, on_output: OnOutput | None, stop: Stop | None
    ) -> None:
        self.spec, self.stdin, self.on_output, self.stop = spec, stdin, on_output, stop
        self.kept = {"stdout": bytearray(), "stderr": bytearray()}
        self.opening = b""  # of standard error, where bubblewrap says why it could not start
        self.seen = {"stdout": 0, "stderr": 0}
        self.cut = self.timed_out = self.work_full = self.stopped = False
        self.seconds = self.asks_at = 0.0

    def follow(self, process: subprocess.Popen[bytes], group: Group) -> None:
        """Until the command and both its pipes have ended. Ends the run at a limit."""
        started = time.monotonic()
        feeder = threading.Thread(target=self._feed, args=(process,), daemon=True)
        feeder.start()  # a daemon: it may wait for a person at a terminal who never types
        assert process.stdout is not None  # noqa: S101 - Popen was asked for pipes
        assert process.stderr is not None  # noqa: S101 - Popen was asked for pipes
        with selectors.DefaultSelector() as selector, contextlib.closing(_Exit(process.pid)) as ended:
            selector.register(process.stdout, selectors.EVENT_READ, "stdout")
            selector.register(process.stderr, selectors.EVENT_READ, "stderr")
            selector.register(ended, selectors.EVENT_READ, "")
            while selector.get_map():
                left = started + self.spec.limits.seconds - time.monotonic()
                for key, _ in selector.select(max(0.0, min(left, BETWEEN_LOOKS))):
                    if not (key.data and self._take(key.data, os.read(key.fd, PIECE))):
                        selector.unregister(key.fileobj)
                self._judge(process, group, left)
        self.seconds = time.monotonic() - started

    def _judge(self, process: subprocess.Popen[bytes], group: Group, left: float) -> None:
        if self.timed_out or self.work_full or self.stopped or process.poll() is not None:
            return
        self.timed_out = left <= 0
        self.work_full = not self.timed_out and outgrown(self.spec)
        self.stopped = self._asked_to_stop()
        if self.timed_out or self.work_full or self.stopped:
            process.kill()  # which may not have entered the group yet
            group.kill()

    def _asked_to_stop(self) -> bool:
        """Asked between looks only, however much the command prints."""
        if self.stop is None or time.monotonic() < self.asks_at:
            return False
        self.asks_at = time.monotonic() + BETWEEN_LOOKS
        return self.stop()

    def _take(self, stream: str, piece: bytes) -> bool:
        """False at the end of the stream."""
        room = self.spec.limits.output - self.seen[stream]
        self.seen[stream] += len(piece)
        self.cut |= len(piece) > room
        within = piece[: max(0, room)]
        if stream == "stderr" and len(self.opening) < OPENING:
            self.opening += piece[:OPENING]
        if within and self.on_output:
            self.on_output(stream, within)
        elif within:
            self.kept[stream] += within
        return bool(piece)

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None  # noqa: S101 - Popen was asked for a pipe
        with contextlib.suppress(OSError, ValueError), process.stdin:  # the run may end before its input
            while self.stdin and (piece := os.read(self.stdin.fileno(), PIECE)):
                view = memoryview(piece)
                while view:
                    view = view[process.stdin.write(view) or 0 :]


class _Exit:
    """A process whose end a selector can wait for."""

    def __init__(self, pid: int) -> None:
        self.descriptor = os.pidfd_open(pid)

    def fileno(self) -> int:
        return self.descriptor

    def close(self) -> None:
        os.close(self.descriptor)
