"""Request 042 from an executed agreement to the extract, by its people and the hub's own processes."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from apps import way
from apps.way import STEWARDS, person
from charteroak.adapters import age, clock, stores
from charteroak.adapters.environment import Process
from charteroak.adapters.stores import HUB_KEYS, Store
from charteroak.adapters.vault import ObjectId
from charteroak.hub import actions as hub
from charteroak.hub import clerical, extracts, linking
from charteroak.hub.models import Extract, LinkRun
from charteroak.submissions import actions as submissions
from charteroak.submissions import agency_key, checking, finder_list
from charteroak.submissions.models import Delivery
from charteroak.synthetic import answer_finder_list

AsProcess = Callable[[str], AbstractContextManager[object]]
"""What a test becomes another process by: `conftest.connection_as`, or `as_if` where all is rolled back."""
NUMBER = "001"
DAY = date(2026, 11, 2)  # when files are sent
NAMES = {"matching": "matching", "analysis": "analytical"}


def executed(as_process: AsProcess, preclear_days: int = 0) -> None:
    """An agreement in force, with the keys that every process makes for the project."""
    with as_process("owner"):  # people and dictionaries come by `oak setup`
        way.load()
    way.executed(preclear_days)
    create_keys(as_process)


def create_keys(as_process: AsProcess) -> None:
    for process in (Process.LINKER, Process.EXTRACTOR, Process.ENCLAVE, Process.OUTPUTS):
        with as_process(process):
            stores.create_project_keys(NUMBER)


@contextmanager
def as_if(process: str) -> Iterator[None]:
    """The same database connection; what depends on the process (keys, names in the log) is the process's."""
    before = os.environ["CHARTEROAK_PROCESS"]
    os.environ["CHARTEROAK_PROCESS"] = process
    try:
        yield
    finally:
        os.environ["CHARTEROAK_PROCESS"] = before


@contextmanager
def worker(process: Process, at_the_end: str = "") -> Iterator[subprocess.Popen[str]]:
    """The process's own worker, in a process of its own, as long as the block runs; then what it does `at_the_end`."""
    program = (
        "import django; django.setup(); from charteroak.site import workers; "
        f"from charteroak.adapters.environment import Process; workers.run(Process('{process}')); {at_the_end}"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "CHARTEROAK_PROCESS": process}, text=True,
        stdout=subprocess.PIPE if at_the_end else None,
    )  # fmt: skip
    try:
        yield running
    finally:
        running.terminate()
        running.wait()


def encrypted(kind: str, content: bytes) -> io.BytesIO:
    sealed = io.BytesIO()
    age.encrypt_stream([stores.hub_recipient(kind)], io.BytesIO(content), sealed)
    sealed.seek(0)
    return sealed


def receive(agency: str, kind: str, content: bytes) -> Delivery:
    """Encrypt a file to the hub and hand it in as its steward."""
    name = f"{agency}.{NUMBER}.{clock.today():%m_%d_%Y}.{NAMES[kind]}.age"
    by = person(STEWARDS[agency])
    return submissions.receive(number=NUMBER, by=by, file_name=name, stream=encrypted(kind, content))


def deliver(as_process: AsProcess, agency: str, kind: str, content: bytes) -> Delivery:
    """The same, and checked by the process that opens such files."""
    sent = receive(agency, kind, content)
    with as_process(HUB_KEYS[kind]):
        checking.check(sent.pk)
    sent.refresh_from_db()
    return sent


def file(folder: Path, agency: str, kind: str, day: str = "11_02_2026") -> bytes:
    return (folder / agency / f"{agency}.{NUMBER}.{day}.{NAMES[kind]}").read_bytes()


def ask_dol(as_process: AsProcess, folder: Path) -> list[str]:
    """The hub orders a finder list, DOL opens it with its own key and writes its answer into `folder`."""
    identity = folder / "dol.age"
    recipient = age.generate_identity(identity)
    agency_key.register(agency="DOL", recipient=recipient, by=person(STEWARDS["DOL"]))
    ordered = submissions.order_finder_list(number=NUMBER, by=person("noor.haddad"), agency="DOL")
    with as_process("linker"):
        finder_list.make(ordered.pk)
    ordered.refresh_from_db()
    sealed = stores.vault(Store.INCOMING).open_ciphertext(ObjectId(Store.INCOMING, ordered.ciphertext))
    opened = io.BytesIO()
    age.decrypt_stream(identity, io.BytesIO(b"".join(sealed)), opened)
    numbers = opened.getvalue().decode().split()[1:]
    answer_finder_list(folder, pl.Series(numbers), request=NUMBER)
    return numbers


def delivered(as_process: AsProcess, folder: Path) -> None:
    """All six files accepted."""
    executed(as_process)
    for agency in ("SDE", "CSC"):
        for kind in NAMES:
            day = "11_03_2026" if (agency, kind) == ("CSC", "matching") else "11_02_2026"
            sent = deliver(as_process, agency, kind, file(folder, agency, kind, day))
            assert sent.status == "accepted", [f.cause for f in sent.findings.all()]
    ask_dol(as_process, folder)
    for kind in NAMES:
        sent = deliver(as_process, "DOL", kind, file(folder, "DOL", kind, "11_03_2026"))
        assert sent.status == "accepted", [f.cause for f in sent.findings.all()]


def linked(as_process: AsProcess) -> LinkRun:
    run = hub.start_link_run(number=NUMBER, by=person("noor.haddad"))
    with as_process("linker"):
        linking.link(run.pk)
    run.refresh_from_db()
    return run


def settled(as_process: AsProcess) -> LinkRun:
    """Every doubtful pair decided by its evidence, the crosswalk written."""
    run = linked(as_process)
    with as_process("linker"):
        shown = clerical.evidence(run, range(1, run.pairs_to_review + 1))
    noor = person("noor.haddad")
    hub.decide_pairs(number=NUMBER, by=noor, decisions={pair["number"]: pair["alike"] for pair in shown})
    hub.settle(number=NUMBER, by=noor)
    with as_process("linker"):
        linking.write_crosswalk(run.pk)
    run.refresh_from_db()
    return run


def built(as_process: AsProcess) -> Extract:
    """Confirmed by every steward, the extract built."""
    settled(as_process)
    for agency, steward in STEWARDS.items():
        hub.confirm(number=NUMBER, by=person(steward), agency=agency)
    extract = Extract.objects.get()
    with as_process("extractor"):
        extracts.build(extract.pk)
    extract.refresh_from_db()
    return extract


def table(extract: Extract, name: str) -> pl.DataFrame:
    """A table of the extract, as the enclave reads it."""
    sealed = stores.vault(Store.EXTRACT).open(ObjectId(Store.EXTRACT, extract.stored[name]))
    return pl.read_parquet(io.BytesIO(b"".join(sealed)))
