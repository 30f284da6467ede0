"""`oak receipt`: released bytes held against the log."""

import hashlib
import sys
from pathlib import Path

import click

from charteroak.cli.audit import FILE, verifier, vouched


@click.group()
def receipt() -> None:
    """Check released bytes against their inclusion proof."""


@receipt.command()
@click.argument("file", type=FILE)
@click.argument("receipt_file", metavar="RECEIPT", type=FILE)
@click.option("--key", metavar="VKEY", help="The log's public key, or a file that holds it.")
def verify(file: Path, receipt_file: Path, key: str | None) -> None:
    """Whether the log holds the release of exactly the bytes in FILE: 0 yes, 1 no."""
    from charteroak.audit.receipt import Receipt, ReceiptRefused, verify_receipt

    known = verifier(key)
    with file.open("rb") as released:
        sha256 = hashlib.file_digest(released, "sha256").hexdigest()
    try:
        event = verify_receipt(sha256, Receipt.from_json(receipt_file.read_text(encoding="utf-8")), known)
    except (ReceiptRefused, UnicodeDecodeError) as refused:
        click.echo(f"Refused: {refused}", err=True)
        sys.exit(1)
    click.echo(
        f"Released: event {event['index']}, {event['subject']}, {event['domain_at']}; {vouched(known)}."
    )
