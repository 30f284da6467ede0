"""A folder that nobody changes any more: sealed, named by its hash, known again by what its files are left with."""

import hashlib
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 8  # files: what takes time is the disk, and hashing, beside which other threads run


def left_with(tree: Path) -> str:
    """A hash over names, permissions, sizes and times of change: cheap, and different after any edit."""
    hasher = hashlib.sha256()
    for name, facts in entries(tree):
        hasher.update(
            f"{name}\0{facts.st_mode}\0{facts.st_uid}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode()
        )
    return hasher.hexdigest()


def entries(tree: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Everything below, in order of name."""
    above = len(f"{tree}/")
    for folder, folders, names in os.walk(tree):
        folders.sort()
        for name in sorted(names) + folders:
            path = f"{folder}/{name}"  # tens of thousands of files: pathlib would take twice the time
            yield path[above:], os.lstat(path)


def seal(tree: Path) -> str:
    """Take away every right to write a file, give every right to read; return the digest.

    Pre-compiled files are sealed but not in the digest: the compiler does not write the same bytes twice, and
    they follow from sources that are in it.
    """
    hasher = hashlib.sha256()
    tree.chmod(0o755)

    def sealed(entry: tuple[str, os.stat_result]) -> bytes:
        name, facts = entry
        path = tree / name
        if stat.S_ISLNK(facts.st_mode):
            content, mode = str(path.readlink()).encode(), 0o777
        elif stat.S_ISDIR(facts.st_mode):
            content, mode = b"", 0o755
        else:
            content, mode = b"", 0o555 if facts.st_mode & 0o100 else 0o444
            if "__pycache__" not in name:
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").digest()
        if not stat.S_ISLNK(facts.st_mode):
            path.chmod(mode)
        return f"{name}\0{mode:o}\0{len(content)}\0".encode() + content

    found = list(entries(tree))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for (name, _), told in zip(found, threads.map(sealed, found), strict=True):
            if "__pycache__" not in name:
                hasher.update(told)
    return hasher.hexdigest()
