"""`oak audit`: the event log as a file, and its check by anyone."""

import io
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from charteroak.cli.written import Target, written

if TYPE_CHECKING:
    from charteroak.audit.note import Verifier

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def verifier(key: str | None) -> "Verifier | None":
    """The public key given as text or as a file's name."""
    from charteroak.audit.note import NoteRefused, Verifier

    if key is None:
        return None
    try:
        return Verifier.parse(key if "+" in key else Path(key).read_text(encoding="utf-8"))
    except (NoteRefused, OSError, UnicodeDecodeError) as refused:
        raise click.BadParameter(str(refused), param_hint="--key") from None


def vouched(known: "Verifier | None") -> str:
    return f"signed by {known.name}" if known else "self-consistent only (no --key given)"


@click.group()
def audit() -> None:
    """Export the event log and verify it offline."""


@audit.command()
@click.argument("file", type=Target())
def export(file: Path) -> None:
    """Write the log to FILE (- for standard output): an event per line as JSON, then the signed checkpoint."""
    from charteroak.adapters.environment import Process
    from charteroak.site.database import connected

    with connected(Process.NOTARY):
        from charteroak.audit.checkpoint import newest_or_signed
        from charteroak.audit.export import export as write

        checkpoint = newest_or_signed()
        with written(file) as opened:
            text = io.TextIOWrapper(opened, encoding="utf-8", newline="\n")
            write(checkpoint, text)
            text.flush()
            text.detach()
    signed = f"{checkpoint.signed_at:%Y-%m-%d %H:%M:%SZ}"
    click.echo(f"{checkpoint.size} events, signed {signed}: {file}", err=True)


@audit.command()
@click.argument("file", type=FILE)
@click.option("--key", metavar="VKEY", help="The log's public key, or a file that holds it.")
@click.option("--checkpoint", type=FILE, help="A checkpoint kept from another day, to agree with.")
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON on standard output.")
def verify(file: Path, key: str | None, checkpoint: Path | None, as_json: bool) -> None:
    """Check an exported log: 0 when whole; 1 with the first bad event and what is wrong."""
    from charteroak.audit.verify import verify as check

    known = verifier(key)
    earlier = checkpoint.read_text(encoding="utf-8", errors="replace") if checkpoint else None
    with file.open("rb") as lines:
        verdict = check(lines, known, earlier)
    if as_json:
        said = {"whole": verdict.whole, **asdict(verdict)}
        click.echo(json.dumps(said))
    elif verdict.finding:
        click.echo(f"{verdict.finding.kind}: {verdict.finding.message}")
    else:
        click.echo(f"Whole: {verdict.events} events, {vouched(known)}. Root {verdict.root}")
    sys.exit(0 if verdict.whole else 1)


@audit.command("verify-evidence")
@click.argument("file", type=FILE)
@click.option("--key", metavar="VKEY", help="The log's public key, or a file that holds it.")
def verify_evidence(file: Path, key: str | None) -> None:
    """Check a project's evidence (ZIP): 0 when every event is in the signed log and every file as it was written."""
    import zipfile

    from charteroak.audit.evidence import DAMAGED, EvidenceRefused
    from charteroak.audit.evidence import verify_evidence as check

    known = verifier(key)
    try:
        with zipfile.ZipFile(file) as opened:
            found = check(opened, known)
    except EvidenceRefused as refused:
        click.echo(f"Refused: {refused}", err=True)
        sys.exit(1)
    except DAMAGED:
        raise click.ClickException(f"{file} is no ZIP file, or it is cut or damaged.") from None
    click.echo(
        f"Proven: {found.events} events of a log of {found.size}, {found.files} files as written, {vouched(known)}."
    )
