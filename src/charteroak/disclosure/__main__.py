"""`python -m charteroak.disclosure rebuild`: the airlock's rebuild of an outbox, run inside the sandbox."""

import argparse
import json
import sys
from pathlib import Path

from charteroak.disclosure import read
from charteroak.disclosure.ledger import Ledger
from charteroak.disclosure.rebuild import rebuild
from charteroak.disclosure.released import Released
from charteroak.disclosure.verdicts import ORDER


def main(arguments: list[str] | None = None) -> int:
    """Print all verdicts as JSON; 0 when everything passes, 1 for fail or review, 2 for unusable input."""
    parser = argparse.ArgumentParser(prog="charteroak.disclosure", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser(
        "rebuild", help="rebuild every table and compare bytes"
    )
    command.add_argument("--data", type=Path, required=True, help="the extract: a folder of Parquet files")
    command.add_argument(
        "--outbox", type=Path, required=True, help="the files to judge, each table beside its NAME.toml"
    )
    command.add_argument("--appetite", type=Path, required=True, help="the risk appetite as TOML")
    command.add_argument(
        "--person", default="person_id", help="the extract's person key (default: %(default)s)"
    )
    command.add_argument(
        "--released", type=Path, help="the `published` lists of earlier releases, as one JSON list"
    )
    asked = parser.parse_args(arguments)
    try:
        earlier = json.loads(asked.released.read_text(encoding="utf-8")) if asked.released else []
        files = rebuild(
            read.outbox(asked.outbox), read.open_extract(asked.data), read.appetite(asked.appetite),
            person=asked.person, earlier=Ledger.of([Released.from_json(entry) for entry in earlier]),
        )  # fmt: skip
    except (OSError, ValueError, TypeError, KeyError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    answers = [file.to_json() for file in files]
    verdict = max((answer["verdict"] for answer in answers), key=ORDER.index, default="review")
    json.dump({"verdict": verdict, "files": answers}, sys.stdout, indent=1)
    return 0 if verdict == "pass" else 1


if __name__ == "__main__":
    sys.exit(main())
