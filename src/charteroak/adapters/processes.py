"""Whose account each process has, how it drops to it, and which folders are its own.

Started as root, every process but the enclave worker gives up root before it serves (the enclave worker gives
each project's code an account of its own, which only root can do). Started by anybody else, all share one account.
"""

import ctypes
import os
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from charteroak.adapters.environment import Home, Process
from charteroak.adapters.stores import ACCOUNTS_GROUP

DATABASE_ACCOUNT = 64101  # what PostgreSQL runs as; it refuses root
ACCOUNTS: dict[Process, int] = {
    Process.OWNER: 0,
    Process.ENCLAVE: 0,
    Process.WEB: 64102,
    Process.LINKER: 64103,
    Process.EXTRACTOR: 64104,
    Process.OUTPUTS: 64105,
    Process.NOTARY: 64106,
    Process.POST: 64107,
}
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWNS = 0x20000
MS_NOSUID_NODEV, MS_BIND, MS_REC_BIND, MS_REC_PRIVATE = 6, 0x1000, 0x5000, 0x44000

_libc = ctypes.CDLL(None, use_errno=True)


class Unreachable(RuntimeError):
    """An account cannot enter a folder that it needs, and no private view of the folders can be made."""


def apart() -> bool:
    """Whether processes get accounts of their own here."""
    return os.geteuid() == 0


def account(process: Process) -> int:
    return ACCOUNTS[process] if apart() else os.geteuid()


def database_account() -> int:
    return DATABASE_ACCOUNT if apart() else os.geteuid()


def group(uid: int) -> int:
    """Root keeps its own group; the platform's accounts share one."""
    return ACCOUNTS_GROUP if uid >= ACCOUNTS_GROUP else os.getegid()


# --- folders ----------------------------------------------------------------------------------------------------


def prepare(home: Home) -> None:
    """Make the folders below `home`, each with its account and mode. Safe to repeat; touches nothing above."""
    for folder in (home.root, home.run, logs(home), home.root / "keys", home.public_keys, home.environments):
        _own(folder, os.geteuid(), 0o755)
    _own(home.workspaces, account(Process.ENCLAVE), 0o711)
    for process in Process:
        if process is not Process.OWNER:
            _own(home.keys(process), account(process), 0o700)
            _own(home.public_keys / process, account(process), 0o755)
    for shared in (home.vault, home.vault / "views", home.mail):
        _own(shared, os.geteuid(), 0o2770 if apart() else 0o700, ACCOUNTS_GROUP if apart() else None)
    secret(home, Process.WEB, "django_secret_key")
    if not home.installation:
        staged = home.run / f".installation.{secrets.token_hex(4)}"
        staged.write_text(secrets.token_hex(16), encoding="ascii")
        staged.chmod(0o644)
        staged.rename(home.run / "installation")


def logs(home: Home) -> Path:
    return home.run / "logs"


def secret(home: Home, process: Process, name: str) -> str:
    """A random secret that only this process and root can read, made on first use."""
    kept = home.keys(process) / name
    try:
        return kept.read_text(encoding="ascii")
    except FileNotFoundError:
        made = secrets.token_urlsafe(48)
        staged = kept.with_name(f".{name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
        own(staged, account(process))
        staged.rename(kept)
        return made


def own(path: Path, uid: int) -> None:
    """Give a file or folder to an account, where accounts are apart."""
    if apart():
        os.chown(path, uid, group(uid))


def _own(folder: Path, uid: int, mode: int, gid: int | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if apart():
        os.chown(folder, uid, group(uid) if gid is None else gid)
    folder.chmod(mode)


# --- dropping to an account -------------------------------------------------------------------------------------


def become(uid: int, *, dies_with: int, by: signal.Signals = signal.SIGKILL) -> None:
    """Make this process that account for good; the kernel ends it with signal `by` when its parent ends.

    `dies_with` is the parent's process id, read before the fork, so that a parent that is gone already counts.
    """
    if apart() and uid != 0:
        os.setgroups([])
        os.setresgid(group(uid), group(uid), group(uid))
        os.setresuid(uid, uid, uid)
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
    _prctl(PR_SET_PDEATHSIG, by)  # after the change of account, which resets it
    if os.getppid() != dies_with:
        raise SystemExit("The process that started this one has ended.")


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} was refused")


def launch(
    command: Iterable[str], uid: int, home: Home, *, output: int | IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program as that account; it ends (SIGINT) with the thread that called this."""
    launcher = [
        sys.executable,
        "-m",
        "charteroak.adapters.processes",
        str(uid),
        str(os.getpid()),
        str(home.root),
    ]
    return subprocess.Popen(
        [*launcher, *command], cwd=home.root, env=environment(home), stdin=subprocess.DEVNULL,
        stdout=output, stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
    )  # fmt: skip


def environment(home: Home) -> dict[str, str]:
    """What every process is told: this home, and never the owner's way into the database."""
    kept = {key: value for key, value in os.environ.items() if key != "OWNER_DATABASE_URL"}
    return kept | {"CHARTEROAK_HOME": str(home.root), "HOME": str(home.root)}


# --- a private view of the folders ------------------------------------------------------------------------------


def reach(home: Home) -> None:
    """Let the accounts enter what the program needs, though a folder above it is closed to them.

    A checkout often lies in a folder that only root may enter. In a mount namespace of this process's own, each
    closed folder is covered by an empty one that shows only what is needed, at the same paths; nothing changes for
    the rest of the machine. Raises Unreachable where no such namespace can be made.
    """
    if not apart():
        return
    os.umask(0o022)  # folders made on the way must be open, whatever root's habit
    if not all(Path(path).stat().st_mode & stat.S_IROTH for path in (__file__, sys.prefix)):
        raise Unreachable(
            f"The platform's accounts may not read the program. Type: chmod -R go+rX {sys.prefix} "
            f"{Path(__file__).parents[1]} (the checkout was made under a umask that hides it)."
        )
    closed = closed_folders(home)
    if not closed:
        return
    if _libc.unshare(CLONE_NEWNS) != 0:
        raise Unreachable(
            f"{closed[0]} is closed to the accounts that the platform's processes run as, and this container may "
            f"not mount folders. Type: chmod o+x {' '.join(map(str, closed))} (or put the checkout and "
            "CHARTEROAK_HOME elsewhere, or start as an ordinary user)."
        )
    _mount(None, "/", MS_REC_PRIVATE)
    needed = [(folder, os.open(folder, os.O_PATH)) for folder in _outermost(needed_folders(home))]
    for folder in closed:
        if folder.exists():  # a closed folder inside one already covered is needed no more
            _mount("tmpfs", str(folder), MS_NOSUID_NODEV, "tmpfs", "mode=0755,size=1m")
        for wanted, opened in needed:
            if folder in wanted.parents:
                wanted.mkdir(parents=True, exist_ok=True)
                _mount(f"/proc/self/fd/{opened}", str(wanted), MS_REC_BIND)
    for _, opened in needed:
        os.close(opened)


def needed_folders(home: Home) -> set[Path]:
    """Where the program, its libraries, its interpreter and its state lie."""
    named = [*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, str(home.root)]
    return {Path(name).resolve() for name in named if name and Path(name).is_dir()}


def closed_folders(home: Home) -> list[Path]:
    """The folders above those that other accounts may not enter, outermost first."""
    above = {parent for folder in needed_folders(home) for parent in folder.parents}
    return sorted((folder for folder in above if not folder.stat().st_mode & stat.S_IXOTH), key=_depth)


def _outermost(folders: set[Path]) -> list[Path]:
    """Those that lie in no other, and themselves may be entered."""
    open_ones = {folder for folder in folders if folder.stat().st_mode & stat.S_IXOTH}
    kept = {folder for folder in open_ones if not open_ones & set(folder.parents)}
    return sorted(
        kept | {folder for folder in folders - open_ones if not folders & set(folder.parents)}, key=_depth
    )


def _depth(folder: Path) -> tuple[int, str]:
    return len(folder.parts), str(folder)


def _mount(
    source: str | None, target: str, flags: int, kind: str | None = None, options: str | None = None
) -> None:
    words = [word.encode() if word is not None else None for word in (source, target, kind)]
    if _libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), (options or "").encode()) != 0:
        raise OSError(ctypes.get_errno(), f"{target} could not be mounted")


if __name__ == "__main__":
    uid, parent, root, *program = sys.argv[1:]
    reach(Home(Path(root)))
    become(int(uid), dies_with=int(parent), by=signal.SIGINT)
    os.execv(program[0], program)  # noqa: S606 - this is what a launcher is for: no shell, the given list
