"""The vault against its floor: the same bytes through AES-256-GCM, SHA-256 and fsync, with nothing around."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.store import LocalStore

from bench import Row
from charteroak.adapters.keys import FileKeyring
from charteroak.adapters.vault import ObjectId, Vault

SIZE = 1 << 30
CHUNK = 1 << 20
ROUNDS = 3  # the best of them: other work shares the machine

ROOT = Path(__file__).resolve().parent.parent


def measure() -> list[Row]:
    """Throughput of put and get beside the floor's, and the peak memory of the process that did both."""
    with tempfile.TemporaryDirectory(prefix="charteroak-bench-") as folder:
        finished = subprocess.run(
            [sys.executable, "-m", "bench.vault", folder],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    figures = dict(line.split("=") for line in finished.stdout.split())
    floor, put, get = (float(figures[name]) for name in ("floor", "put", "get"))
    return [
        ("floor: AES-256-GCM + SHA-256 + fsync", SIZE / floor / 1e6, "MB/s"),
        ("encrypt and store", SIZE / put / 1e6, "MB/s"),
        ("encrypt and store / floor (target 0.60)", floor / put, "ratio"),
        ("fetch and decrypt", SIZE / get / 1e6, "MB/s"),
        ("fetch and decrypt / floor (target 0.60)", floor / get, "ratio"),
        ("peak memory (target 150)", float(figures["memory"]), "MB"),
    ]


def main(folder: Path) -> None:
    """One process measures itself, so that its peak memory is the vault's and nobody else's."""
    source, target, bare = folder / "source", folder / "target", folder / "bare"
    block = os.urandom(CHUNK)
    with source.open("wb") as file:
        for _ in range(SIZE // CHUNK):
            file.write(block)
        os.fsync(file.fileno())
    keyring = FileKeyring(folder / "private", folder / "public")
    keyring.create("bench", "files")
    vault = Vault(LocalStore(folder / "vault", mkdir=True), keyring)
    stored: list[ObjectId] = []

    def put() -> None:
        with source.open("rb") as file:
            stored.append(vault.put(file, project="bench", store="files"))

    seconds: dict[str, float] = {}
    for _ in range(ROUNDS):
        steps: dict[str, Callable[[], None]] = {
            "floor": lambda: floor(source, bare),
            "put": put,
            "get": lambda: vault.get_to(stored[-1], target),
        }
        for name, step in steps.items():
            seconds[name] = min(seconds.get(name, float("inf")), timed(step))
        vault.delete(stored[-1])
        target.unlink()
        bare.unlink()
    for name, value in seconds.items():
        print(f"{name}={value}")
    print(f"memory={peak_memory()}")


def floor(source: Path, target: Path) -> None:
    """Read, encrypt, hash, write, fsync: chunk after chunk in one thread."""
    cipher, digest = AESGCM(bytes(32)), hashlib.sha256()
    with source.open("rb", buffering=0) as reader, target.open("wb", buffering=0) as writer:
        number = 0
        while chunk := reader.read(CHUNK):
            sealed = cipher.encrypt(number.to_bytes(12, "big"), chunk, None)
            digest.update(sealed)
            writer.write(sealed)
            number += 1
        os.fsync(writer.fileno())


def peak_memory() -> float:
    """In MB. Not getrusage: what it says of a new process begins with its parent's peak."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def timed(step: Callable[[], None]) -> float:
    os.sync()  # what earlier steps left to the disk is not this one's
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]))
