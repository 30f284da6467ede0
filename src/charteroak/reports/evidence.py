"""One project's evidence as a ZIP: events with proofs up to a signed checkpoint, records, papers, and how to check."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from django.db.models import Model
from django.utils.translation import gettext as _

from charteroak.adapters import clock, environment, pdf
from charteroak.adapters.environment import home
from charteroak.agreements.models import Agreement
from charteroak.agreements.paper import printed, sealed_paper
from charteroak.audit import merkle
from charteroak.audit.checkpoint import verifier_key
from charteroak.audit.evidence import CHECKPOINT, EVENTS, LOG_KEY, SUMS
from charteroak.audit.models import Event
from charteroak.audit.queries import NotYetSigned, newest_checkpoint
from charteroak.reports import case_file
from charteroak.requests.models import Attachment, DataRequest
from charteroak.requests.papers import content

README = """Evidence on project {number}, taken from {product} on {day}.

{events}      every event of the log about this project's records, each with the proof that it is in the log
{checkpoint}   the log's size and root, signed by the notary
{key}        the log's public key as this installation gives it: compare it with the one you know
records.json      the records as they stand, table by table
papers/           the request’s papers, the agreement and each certificate of destruction
{sums}        the SHA-256 of every other file here

To check all of it without the platform: oak audit verify-evidence FILE.zip --key VKEY
Records are as they stand today; what happened, and when, is what the events say.
"""


def write(record: DataRequest, file: BinaryIO) -> None:
    """Write the ZIP into `file`. Raises NotYetSigned until the notary has signed for every event of the case."""
    found = case_file.records(record)
    checkpoint = newest_checkpoint()
    if checkpoint is None:
        raise NotYetSigned(_("The notary has signed nothing yet; try again in a few seconds."))
    if case_file.events(found).filter(index__gte=checkpoint.size).exists():
        raise NotYetSigned(_("The notary has yet to sign the latest events; try again in a few seconds."))
    sums: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:

        def add(name: str, content: bytes) -> None:
            zipped.writestr(zipfile.ZipInfo(name, clock.now().timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")

        add("README.txt", _readme(record).encode())
        add(EVENTS, "".join(_proven(found, checkpoint.size)).encode())
        add(CHECKPOINT, checkpoint.note.encode())
        add(LOG_KEY, verifier_key(home()).read_bytes())
        records = json.dumps(case_file.as_json(found), cls=case_file.Encoder, indent=1, ensure_ascii=False)
        add("records.json", records.encode())
        for name, content in papers(found):
            add(f"papers/{name}", content)
        zipped.writestr(SUMS, "".join(sums))


def _readme(record: DataRequest) -> str:
    return README.format(
        number=record.number, product=environment.product_name(), day=clock.today(), events=EVENTS,
        checkpoint=CHECKPOINT, key=LOG_KEY, sums=SUMS,
    )  # fmt: skip


def _proven(found: list[Model], size: int) -> Iterator[str]:
    """A line for each event, with its proof in the log of this size."""
    told = list(case_file.events(found).filter(index__lt=size))
    hashes = Event.objects.filter(index__lt=size).order_by("index").values_list("leaf_hash", flat=True)
    tree = merkle.Levels([bytes(hashed) for hashed in hashes.iterator(chunk_size=20_000)])
    for event in told:
        proof = [hashed.hex() for hashed in tree.inclusion_proof(event.index)]
        line = {"index": event.index, "leaf": event.text, "proof": proof}
        yield json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n"


def papers(found: list[Model]) -> Iterator[tuple[str, bytes]]:
    """The request's own papers, the sealed agreement, or as it reads now, and a certificate for each destruction."""
    for one in found:
        if isinstance(one, Attachment):
            yield f"request-{one.data_request.number}-{one.pk}-{one.name}", b"".join(content(one))
        if not isinstance(one, Agreement):
            continue
        paper = sealed_paper(one)
        if paper is not None and paper.sealed is not None:
            yield f"agreement-{one.number}-sealed.pdf", bytes(paper.sealed)
        else:
            yield f"agreement-{one.number}.pdf", printed(one)
        for duty in one.duties.filter(done_at__isnull=False):
            shown = {"agreement": one, "duties": [duty]}
            yield (
                f"certificate-{one.number}-{duty.what}.pdf",
                pdf.written("agreements/certificate.html", shown),
            )
