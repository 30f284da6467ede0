"""Compiles the numeric parts to machine code with numba, and keeps the result where only this account writes."""

import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])
Done = TypeVar("Done")


def _sources() -> str:
    """What the compiled code is made from: numba looks only at the file of a function, not at those it calls."""
    files = [Path(__file__), Path(__file__).with_name("disclosure") / "pivots.py"]
    files += [
        Path(__file__).with_name("linkage") / f"{name}.py"
        for name in ("cluster", "digits", "hashing", "kernel", "levels", "parts", "strings")
    ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _private_folder() -> str | None:
    """A folder for compiled code that no other account can write, or None: a cache file is a pickle, and who
    can write it can run code as whoever reads it.
    """
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    named = os.environ.get("NUMBA_CACHE_DIR")
    above = Path(named) if named else Path(home) / "charteroak" / f"numba-{os.getuid()}"
    sources = _sources()
    folder = above if above.name == sources else above / sources  # a parent process has named it already
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        kept = [each.stat() for each in (above, folder)]
    except OSError:
        return None
    private = all(
        each.st_uid == os.getuid() and not each.st_mode & (stat.S_IWGRP | stat.S_IWOTH) for each in kept
    )
    return str(folder) if private else None


CACHE = _private_folder()
if CACHE:
    os.environ["NUMBA_CACHE_DIR"] = CACHE
import numba  # noqa: E402 - it reads its cache folder from the environment when imported
from numba.core.caching import FunctionCache  # noqa: E402

if CACHE:
    numba.config.CACHE_DIR = CACHE  # type: ignore[attr-defined]  # set at run time; for where somebody else imported numba before

ACCOUNT = os.geteuid()
MADE: list[Any] = []
"""Every compiled function, with the signatures that it was compiled for."""


class _OwnCache(FunctionCache):
    """Keeps to the account that opened it: a process that took on another one neither reads nor writes there."""

    def kept(self) -> list[Any]:
        """The signatures for which an earlier process of this account left code."""
        return [key[0] for key in self._cache_file._load_index()]

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        if os.geteuid() != ACCOUNT:
            return None
        return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]

    def save_overload(self, sig: Any, data: Any) -> None:
        if os.geteuid() == ACCOUNT:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def spread(work: Callable[[Any], Done], items: Iterable[Any]) -> list[Done]:
    """`work` of each item, in order, on all cores: what is compiled, of NumPy or of Polars runs side by side."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(work, items))


def compiled_before() -> bool:
    """Whether an earlier process left compiled code for this one."""
    return CACHE is not None and any(Path(CACHE).rglob("*.nbc"))


def load_kept() -> None:
    """Load all that earlier processes of this account left compiled. Processes that are forked from this one find
    the code in memory, whatever account they take on; nothing is run here.
    """
    for function in MADE if CACHE else []:
        for signature in function._cache.kept():
            function.compile(signature)


def left(function: Callable[..., Any]) -> bool:
    """Whether calling this compiled function takes no time to speak of: it was compiled, here or before."""
    made = cast(Any, function)
    return bool(made.signatures) or (CACHE is not None and bool(made._cache.kept()))


def compiled(function: Function) -> Function:
    """The function as machine code, released from the interpreter's lock; compiled at its first call, and
    kept for the next process where there is a folder for it.
    """
    return _kept(function, OPTIONS)


OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}
"""No entrance for C is compiled, for nothing would come in by it."""
LEAN = {**OPTIONS, "_nrt": False}
"""Options of code that allocates nothing: without reference counts, which two cores would wait for."""


def lean(function: Function) -> Function:
    """The same, for code that allocates nothing."""
    return _kept(function, LEAN)


def _kept(function: Function, options: dict[str, Any]) -> Function:
    done = numba.njit(**options)(function)
    if CACHE is not None:
        done._cache = _OwnCache(done.py_func)  # type: ignore[no-untyped-call]
    MADE.append(done)
    return cast(Function, done)


def inlined(function: Function) -> Function:
    """The same as `lean`, for a small function that only compiled functions call: it has no entrance for Python, whose
    taking apart of tables is more to compile than most such functions.
    """
    options: dict[str, Any] = {"forceinline": True, "no_cpython_wrapper": True, **LEAN}
    return cast(Function, numba.njit(**options)(function))
