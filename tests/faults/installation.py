"""`oak serve` as an operator starts it, in a home of its own, until a test is over."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from charteroak.adapters.environment import Home

OAK = [sys.executable, "-c", "from charteroak.cli import main; main()"]


@contextmanager
def serving(home: Home, port: int, *words: str, **variables: str) -> Iterator[None]:
    """`oak serve WORDS` in that home until the block ends, with these variables beside those of the machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHARTEROAK_")}
    told = kept | {"CHARTEROAK_HOME": str(home.root), "CHARTEROAK_PORT": str(port), "CHARTEROAK_MODE": "demo"}
    log = home.root / "serve.log"
    with log.open("w", encoding="utf-8") as said:
        served = subprocess.Popen([*OAK, "serve", *words], env=told | variables, stderr=said)
        try:
            while "Ready:" not in log.read_text(encoding="utf-8"):
                assert served.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.2)
            yield
        finally:
            served.terminate()
            served.wait()
