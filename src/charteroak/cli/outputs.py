"""`oak trace`: from a released number back to the law. `oak receipt`: released bytes held against the log."""

import hashlib
import json
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
    facts = event["facts"]
    assert isinstance(facts, dict)  # noqa: S101 - verify_receipt found the file in it
    click.echo(
        f"Released in {facts['number']} on {str(event['domain_at'])[:10]}: SHA-256 {sha256}\n"
        f"Event {event['index']} of the log, {vouched(known)}. It names every file of {facts['number']} by its "
        "SHA-256, so any of their receipts proves this one."
    )
    if reach := facts.get("differencing"):
        click.echo(f"Differences from tables released before: {str(reach).replace('-', ' ')}.")


@click.command()
@click.argument("release")
@click.option("--json", "as_json", is_flag=True, help="The chain as JSON on standard output.")
def trace(release: str, as_json: bool) -> None:
    """The whole chain from RELEASE (042-1, or a released file's SHA-256) to the law; 1 where a link is missing."""
    from charteroak.adapters.environment import Process
    from charteroak.site.database import connected

    with connected(Process.WEB):
        from charteroak.outputs.lineage import stages
        from charteroak.outputs.trace import trace as follow

        chain = follow(release)
        told = stages(chain)
    if as_json:
        click.echo(json.dumps(chain.as_json()))
    else:
        for stage in told:
            click.echo(f"\n{stage.heading}. {stage.says}")
            for card in stage.cards:
                link = card.link
                click.echo(f"  {link.at[:10]}  {card.name}  ({card.who or link.by})")
                click.echo(f"              {link.id}  {link.hash}")
    for missing in chain.missing:
        click.echo(f"Missing: {missing}", err=True)
    sys.exit(0 if chain.whole else 1)
