"""The log as a file that anyone can check: a line per event, then the signed checkpoint, and nothing else."""

import json
from typing import TextIO

from django.db import transaction

from charteroak.audit.models import Checkpoint, Event


def export(checkpoint: Checkpoint, file: TextIO) -> None:
    """Write the events that `checkpoint` covers, streamed, then its note."""
    covered = Event.objects.filter(index__lt=checkpoint.size).order_by("index")
    rows = covered.values_list("index", "leaf", "leaf_hash")
    with transaction.atomic():  # one cursor on the server, one view of the log
        for index, leaf, hashed in rows.iterator(chunk_size=5_000):
            line = {"index": index, "leaf": bytes(leaf).decode(), "leaf_hash": bytes(hashed).hex()}
            file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")
    file.write(json.dumps({"checkpoint": checkpoint.note}, ensure_ascii=False) + "\n")
