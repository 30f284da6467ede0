"""`python -m charteroak.disclosure rebuild` and `scan`: the airlock's look at what goes out and in, in the sandbox."""

import argparse
import csv
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from charteroak.disclosure import read
from charteroak.disclosure.answers import written
from charteroak.disclosure.incoming import incoming
from charteroak.disclosure.ledger import Ledger
from charteroak.disclosure.rebuild import rebuild
from charteroak.disclosure.records import person_keys
from charteroak.disclosure.released import Released
from charteroak.disclosure.verdicts import ORDER, Outcome, worst


def main(arguments: list[str] | None = None) -> int:
    """Print all verdicts as JSON; 0 when everything passes, 1 for fail or review, 2 for unusable input."""
    parser = argparse.ArgumentParser(prog="charteroak.disclosure", description=__doc__)
    commands = parser.add_subparsers(required=True)
    _offer_rebuild(commands.add_parser("rebuild", help="rebuild every table and compare bytes"))
    _offer_scan(commands.add_parser("scan", help="look at a file that is about to come in"))
    asked = parser.parse_args(arguments)
    try:
        verdict, said = asked.run(asked)
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    sys.stdout.write(written({"verdict": verdict} | said))
    return 0 if verdict == "pass" else 1


def _offer_rebuild(command: argparse.ArgumentParser) -> None:
    _offer_extract(command)
    command.add_argument(
        "--outbox", type=Path, required=True, help="the files to judge, each table beside its NAME.toml"
    )
    command.add_argument("--appetite", type=Path, required=True, help="the risk appetite as TOML")
    command.add_argument(
        "--released", type=Path, help="the `published` lists of earlier releases, as one JSON list"
    )
    command.set_defaults(run=_rebuilt)


def _offer_scan(command: argparse.ArgumentParser) -> None:
    _offer_extract(command)
    command.add_argument("--file", type=Path, required=True, help="the file to judge")
    command.set_defaults(run=_scanned)


def _offer_extract(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", type=Path, required=True, help="the extract: a folder of Parquet files")
    command.add_argument(
        "--person", default="person_id", help="the extract's person key (default: %(default)s)"
    )


def _rebuilt(asked: argparse.Namespace) -> tuple[Outcome, dict[str, Any]]:
    earlier = json.loads(asked.released.read_text(encoding="utf-8")) if asked.released else []
    files = rebuild(
        read.outbox(asked.outbox), read.open_extract(asked.data), read.appetite(asked.appetite),
        person=asked.person, earlier=Ledger.of([Released.from_json(entry) for entry in earlier]),
    )  # fmt: skip
    answers = [file.to_json() for file in files]
    gravest: Outcome = max((answer["verdict"] for answer in answers), key=ORDER.index, default="review")
    return gravest, {"files": answers}


def _scanned(asked: argparse.Namespace) -> tuple[Outcome, dict[str, Any]]:
    extract = read.open_extract(asked.data)
    people = {str(one) for (one,) in extract.execute(person_keys(extract, asked.person)).fetchall()}
    found = incoming(asked.file.name, asked.file.read_bytes(), people)
    return worst(found) if found else "pass", {"verdicts": [asdict(one) for one in found]}


if __name__ == "__main__":
    sys.exit(main())
