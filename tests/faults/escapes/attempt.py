"""What the probes share: raw system calls, and what the host has put up to be found."""

import ctypes
import json
import os
import sys
from collections.abc import Callable
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
HOST: dict[str, Any] = json.loads(sys.argv[1])  # ports, sockets, names, a secret, a process
OUT, DATA = HOST["out"], HOST["data"]


def call(number: int, *arguments: object) -> int:
    """The system call of this number (x86-64); raises OSError."""
    result = int(LIBC.syscall(number, *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def apart(attempt: Callable[[], object]) -> None:
    """The attempt in a process of its own, which the kernel may kill for it. Raises OSError when it failed."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise OSError("refused or killed")
