"""What the machine and its operator say: where state lives, which process this is, which mode it runs in."""

import os
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from charteroak.policy.budget import DISK

PORT = 8042  # where the site is served unless CHARTEROAK_PORT says otherwise


class Mode(StrEnum):
    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class Process(StrEnum):
    """Each has its own account, database role and key folder; what one may open, another may not."""

    OWNER = "owner"  # migrates; never serves
    WEB = "web"  # pages and API; public keys only
    LINKER = "linker"  # identity store and crosswalks
    EXTRACTOR = "extractor"  # analysis files and crosswalks
    ENCLAVE = "enclave"  # extracts, for the length of a job
    OUTPUTS = "outputs"  # what jobs hand over for review
    NOTARY = "notary"  # the log's signing key
    POST = "post"  # writes and sends mail; opens no store


@dataclass(frozen=True)
class Home:
    """The folders below CHARTEROAK_HOME (default `var/`)."""

    root: Path

    @property
    def made(self) -> bool:
        """Whether an installation lives here: whatever makes one makes the folder of its keys."""
        return (self.root / "keys").is_dir()

    @property
    def installation(self) -> str:
        """Its number: random, no secret; `/healthz` tells it, so that one site is not taken for another."""
        try:
            return (self.run / "installation").read_text(encoding="ascii")
        except FileNotFoundError:
            return ""

    @property
    def run(self) -> Path:
        """Sockets, process numbers, database passwords."""
        return self.root / "run"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def vault(self) -> Path:
        return self.root / "vault"

    @property
    def public_keys(self) -> Path:
        return self.root / "keys" / "public"

    def keys(self, process: Process) -> Path:
        """Private keys of one process (0700); apart from the database and its backups."""
        return self.root / "keys" / process

    @property
    def environments(self) -> Path:
        """Research environments, by hash; readable by every project's account."""
        return self.root / "environments"

    @property
    def workspaces(self) -> Path:
        return self.root / "workspaces"

    @property
    def clock(self) -> Path:
        return self.root / "run" / "clock"

    @property
    def mail(self) -> Path:
        return self.root / "mail"


class NoInstallation(RuntimeError):
    """Something was asked of an installation where there is none."""


def home() -> Home:
    return _home_at(os.environ.get("CHARTEROAK_HOME", "var"), Path.cwd())


@cache
def _home_at(named: str, seen_from: Path) -> Home:
    """Worked out once: every look at the clock asks for it."""
    return Home((seen_from / named).resolve())


def existing_home() -> Home:
    """The home for what only reads, and so must not make one. Raises NoInstallation."""
    here = home()
    if not here.made:
        raise NoInstallation(
            f"No installation at {here.root}: set CHARTEROAK_HOME or change to its folder. "
            "(`oak serve` makes a new one.)"
        )
    return here


def mode() -> Mode:
    """Demo unless CHARTEROAK_MODE says otherwise; production must be asked for by name."""
    return Mode(os.environ.get("CHARTEROAK_MODE", "demo"))


def governance_only() -> bool:
    """Whether this installation holds no file: requests, agreements, clocks, logs and certificates alone."""
    return os.environ.get("CHARTEROAK_GOVERNANCE_ONLY", "") == "1"


def process() -> Process:
    return Process(os.environ.get("CHARTEROAK_PROCESS", "web"))


def port() -> int:
    return int(os.environ.get("CHARTEROAK_PORT", PORT))


def first_key_days() -> int:
    """Days for which the key is good that the post takes to a new person."""
    return int(os.environ.get("CHARTEROAK_FIRST_KEY_DAYS", 14))


def project_disk() -> int:
    """Bytes that each project may keep in the enclave."""
    return int(float(os.environ.get("CHARTEROAK_PROJECT_DISK_GIB", DISK / (1 << 30))) * (1 << 30))


@dataclass(frozen=True)
class JobSize:
    """What one job may use: hours of wall time, bytes of memory, processors."""

    hours: float
    memory: int
    cpus: float


def job_size() -> JobSize:
    """CHARTEROAK_JOB_HOURS, _JOB_MEMORY_GIB and _JOB_CPUS, else four hours, 4 GiB and one processor.

    Raises ValueError for what is no number above 0.
    """
    usual = {"JOB_HOURS": 4.0, "JOB_MEMORY_GIB": 4.0, "JOB_CPUS": 1.0}
    said = {name: float(os.environ.get(f"CHARTEROAK_{name}", most)) for name, most in usual.items()}
    for name, most in said.items():
        if not 0 < most < float("inf"):
            raise ValueError(f"CHARTEROAK_{name} is {most}: give a number above 0.")
    return JobSize(said["JOB_HOURS"], int(said["JOB_MEMORY_GIB"] * (1 << 30)), said["JOB_CPUS"])


def jobs_at_once() -> int:
    """Projects whose jobs run beside each other: CHARTEROAK_JOBS_AT_ONCE, else as many as this machine has room for.

    Room is a job's processors each, and half of the memory together; one project's always.
    Raises ValueError for what is no whole number above 0.
    """
    if said := os.environ.get("CHARTEROAK_JOBS_AT_ONCE"):
        if not said.isdecimal() or int(said) < 1:
            raise ValueError(f"CHARTEROAK_JOBS_AT_ONCE is {said}: give a whole number above 0.")
        return int(said)
    one, memory = job_size(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(int(len(os.sched_getaffinity(0)) / one.cpus), memory // 2 // one.memory))


def price_of_an_hour() -> float | None:
    """Dollars for an hour of one processor, where the installation counts costs."""
    said = os.environ.get("CHARTEROAK_PRICE_OF_AN_HOUR")
    return float(said) if said else None


def product_name() -> str:
    return os.environ.get("CHARTEROAK_PRODUCT_NAME", "Charter Oak")


def initiative_name() -> str:
    return os.environ.get("CHARTEROAK_INITIATIVE_NAME", "DataLinkCT (formerly P20 WIN)")


def log_name() -> str:
    """The name of the audit log and its key: an address without scheme, unique to this installation."""
    return os.environ.get("CHARTEROAK_LOG_NAME", "charteroak.example/log")
