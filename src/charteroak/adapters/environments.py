"""The Python that researchers' code runs with: copied from this machine, sealed, named by its hash."""

import fcntl
import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

import charteroak
from charteroak.adapters import processes, trees
from charteroak.adapters.environment import Home, Process, home
from charteroak.sandbox import ENVIRONMENT, Mount

# What a researcher may import beside the standard library; what they need in turn is taken along.
DISTRIBUTIONS = ("polars", "numpy", "duckdb", "highspy", "numba", "rapidfuzz", "usaddress", "nicknames",
                 "click", "fastexcel")  # fmt: skip
# Where it is installed here, sessions show it: the `jupyter` extra.
INTERACTIVE = ("jupyterlab", "ipykernel", "marimo", "pandas")
PURE = ("policy", "linkage", "disclosure", "sandbox", "synthetic")
COMMANDS = ("cli/__init__.py", "cli/disclosure.py")
OAK = f"""#!{ENVIRONMENT}/bin/python
from charteroak.cli import click, disclosure
click.Group("oak", {{"check": disclosure.check}})()
"""
# Of the standard library: test suites, graphical parts, installers; of marimo: its editor, which no session shows
LEFT_OUT = {"test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3", "_lsp", "_static"}
PACKAGE_FOLDERS = {"site-packages", "dist-packages"}  # others' packages beside the standard library
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
SYSTEM = ("/usr/", "/lib/", "/lib64/")  # where the sandbox sees the host's own libraries


@dataclass(frozen=True)
class ResearchEnvironment:
    """A finished environment: read-only, readable by every account that reaches its folder."""

    path: Path
    digest: str  # SHA-256 over the sorted tree: names, permissions, bytes; see trees.seal
    packages: dict[str, str]  # name → version

    @property
    def interactive(self) -> bool:
        """Whether it holds what a session shows."""
        return "jupyterlab" in self.packages

    @property
    def mount(self) -> Mount:
        return Mount(str(self.path), ENVIRONMENT)


def folder_here() -> Path:
    """Where `oak sandbox` keeps environments: the installation's folder, if there is one and it is ours to write.

    Elsewhere the account's own cache ($XDG_CACHE_HOME or ~/.cache), closed to every other account. Raises OSError.
    """
    here = home()
    if here.made and os.access(here.environments, os.W_OK):
        return here.environments
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    folder = cache / f"charteroak-{os.geteuid()}" / "environments"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        facts = folder.parent.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
            raise PermissionError("it must be a folder of this account, closed to every other")
    except OSError as error:
        raise OSError(f"{folder.parent} cannot hold the environment ({error}): set XDG_CACHE_HOME") from None
    return folder


def build(folder: Path) -> ResearchEnvironment:
    """The environment of the running Python below `folder`, made on first use (some seconds), then checked.

    Checked means: every file is there with the size and time of change it was left with. Python and the
    packages are copied once; environments that differ in this house's own files share them (hard links). Safe
    to call from several processes at once; a build that is cut off leaves nothing that would be used. Raises
    OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packages = dict(sorted(closure(DISTRIBUTIONS + (INTERACTIVE if interactive() else ())).items()))
    parts = hashlib.sha256(
        repr((sys.version, sys.base_prefix, packages)).encode()
        + Path(__file__).read_bytes()
        + Path(trees.__file__).read_bytes()
    )
    bare_key = f"bare-{parts.hexdigest()}"
    for path, name in _house_files():
        parts.update(f"{name}\0".encode() + path.read_bytes())
    key = parts.hexdigest()
    with _locked(folder / ".lock"):
        found = _recorded(folder, key)
        if found:
            return found
        bare = _recorded(folder, bare_key) or _made(
            folder, bare_key, packages, lambda tree: _copy(tree, packages)
        )
        return _made(folder, key, packages, lambda tree: _furnish(tree, bare.path))


def build_ahead(home: Home) -> None:
    """Begin to build it beside everything else, so that the first job need not wait. Ends with this process."""
    with (processes.logs(home) / "environment.log").open("ab") as log:
        builder = [sys.executable, "-m", "charteroak.adapters.environments"]
        processes.launch(builder, processes.account(Process.ENCLAVE), home, output=log)


def _made(
    folder: Path, key: str, packages: dict[str, str], make: Callable[[Path], None]
) -> ResearchEnvironment:
    with tempfile.TemporaryDirectory(dir=folder, prefix=".building-") as temporary:
        tree = Path(temporary) / "tree"
        make(tree)
        digest = trees.seal(tree)
        final = folder / digest
        if final.exists():  # incomplete or altered, for _recorded did not accept it
            shutil.rmtree(final)
        tree.rename(final)
    text = json.dumps({"digest": digest, "packages": packages, "facts": trees.left_with(final)})
    record = folder / f"{key}.json"
    record.with_suffix(".new").write_text(text, encoding="utf-8")
    record.with_suffix(".new").replace(record)
    return ResearchEnvironment(final, digest, packages)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def interactive() -> bool:
    """Whether this Python has what an interactive session shows."""
    try:
        return all(metadata.distribution(name) for name in INTERACTIVE)
    except metadata.PackageNotFoundError:
        return False


def closure(names: tuple[str, ...]) -> dict[str, str]:
    """The named distributions and what they require on this system, as installed here."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(name, "") for name in names]  # (distribution, one of its extras or none)
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        distribution = metadata.distribution(one[0])
        found[distribution.name.lower().replace("_", "-")] = distribution.version
        for line in distribution.requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": one[1]}):
                waiting += [(needed.name, extra) for extra in ("", *needed.extras)]
    return found


def _house_files() -> Iterator[tuple[Path, str]]:
    """The pure packages of this one and the commands about disclosure: (file, its place in the tree)."""
    home = Path(charteroak.__file__).parent
    shared = ["__init__.py", "machine.py", *COMMANDS]
    files = (file for name in PURE for file in sorted((home / name).rglob("*")))
    for path in (*(home / name for name in shared), *files):
        if path.is_file() and path.suffix not in {".pyc", ".pyi"}:
            yield path, f"charteroak/{path.relative_to(home)}"


def _recorded(folder: Path, key: str) -> ResearchEnvironment | None:
    try:
        known = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    path = folder / known["digest"]
    if not path.is_dir() or trees.left_with(path) != known["facts"]:
        return None
    return ResearchEnvironment(path, known["digest"], known["packages"])


def _copy(tree: Path, packages: dict[str, str]) -> None:
    """A virtual environment over a copied Python: works wherever it is mounted, with Debian's Python too."""
    base, library = tree / "base", tree / "base" / "lib" / VERSION
    (base / "bin").mkdir(parents=True)
    interpreter = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]  # typeshed hides what venv itself uses
    shutil.copy2(interpreter, base / "bin" / VERSION)
    shutil.copytree(sysconfig.get_path("stdlib", vars={"base": sys.base_prefix}), library, ignore=_left_out)
    _copy_libraries(base)
    site = tree / "lib" / VERSION / "site-packages"
    wanted_files: list[tuple[Path, Path]] = []
    for name in packages:
        for file in metadata.distribution(name).files or []:
            # beside the packages: pages, styles, settings; programs are left
            outside = file.parts.count("..")
            within = Path(*file.parts[outside:])
            wanted = not outside or within.parts[0] in {"share", "etc"}
            if wanted and not LEFT_OUT & set(file.parts[1:]) and file.suffix != ".pyc":
                wanted_files.append((Path(str(file.locate())), (tree if outside else site) / within))
    for folder in {target.parent for _, target in wanted_files}:
        folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(trees.AT_ONCE) as threads:
        list(threads.map(shutil.copy, *zip(*wanted_files, strict=True)))
    (tree / "bin").mkdir()
    for link in ("python", "python3", VERSION):
        (tree / "bin" / link).symlink_to(f"../base/bin/{VERSION}")
    home = f"home = {ENVIRONMENT}/base/bin\ninclude-system-site-packages = false\n"
    (tree / "pyvenv.cfg").write_text(home, encoding="ascii")
    _compile(tree, site)


def _furnish(tree: Path, bare: Path) -> None:
    """The bare environment with this house's pure packages in it, and `oak check`."""
    shutil.copytree(bare, tree, symlinks=True, copy_function=os.link)
    site = tree / "lib" / VERSION / "site-packages"
    for path, place in _house_files():
        _place(path, site / place)
    oak = tree / "bin" / "oak"
    oak.write_text(OAK, encoding="utf-8")
    oak.chmod(0o755)
    _compile(tree, site / "charteroak")


def _compile(tree: Path, folder: Path) -> None:
    """Done here, because nobody can write there; unchecked, because the tree does not change."""
    options = ["-qq", "-j0", "--invalidation-mode", "unchecked-hash", "-s", str(tree), "-p", ENVIRONMENT]
    subprocess.run([sys.executable, "-I", "-m", "compileall", *options, str(folder)], check=False)


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _left_out(folder: str, names: list[str]) -> set[str]:
    unfit = {name for name in names if ".opt-" in name or name.startswith("config-")}
    if Path(folder).name == "__pycache__":  # only this Python's
        unfit |= {name for name in names if not name.endswith(f".{sys.implementation.cache_tag}.pyc")}
    return unfit | ((LEFT_OUT | PACKAGE_FOLDERS) & set(names))


def _copy_libraries(base: Path) -> None:
    """Shared libraries that the interpreter needs and the sandbox would not see in the system's folders."""
    binaries = [base / "bin" / VERSION, *sorted(base.rglob("*.so"))]
    listed = subprocess.run(["ldd", *map(str, binaries)], capture_output=True, text=True, check=False).stdout
    for line in sorted({line.strip() for line in listed.splitlines() if " => /" in line}):
        name, _, rest = line.partition(" => ")
        path = Path(rest.split(" (")[0])
        if not str(path.resolve()).startswith(SYSTEM) and not path.is_relative_to(base):
            _place(path, base / "lib" / name)


if __name__ == "__main__":
    build(home().environments)
