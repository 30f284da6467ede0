"""pytauargus on one instance, in the peers' own environment: what it hides and how long it takes.

`python peer.py INSTANCE.json METHOD`: METHOD is MOD or OPT. Prints one JSON object.
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

METHODS = {"MOD": "MOD(1,5,1,1,1)", "OPT": "OPT(1,1)"}


def main(instance: Path, method: str) -> None:
    from pytauargus.engine import run_batch

    given = json.loads(instance.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        batch = written(Path(folder), given, method)
        started, used = time.perf_counter(), time.process_time()
        engine = run_batch(batch)
        seconds, used = time.perf_counter() - started, time.process_time() - used
        out = Path(folder) / "out.txt"
        engine.write_intermediate_table(0, str(out))
        size = len(given["dimensions"])
        hidden = []
        for line in out.read_text(encoding="utf-8").splitlines():
            fields = [field.strip().strip('"') for field in line.split(";")]
            if any(field.upper() in ("M", "D") or field == "11" for field in fields[size + 1 :]):
                hidden.append(fields[:size])
        sample = out.read_text(encoding="utf-8").splitlines()[:2]
    print(json.dumps({"seconds": seconds, "cpu": used, "secondary": hidden, "sample": sample}))


def written(folder: Path, given: dict[str, Any], method: str) -> Path:
    """The table with its totals, every protection level and hierarchy, as tau-Argus reads them."""
    names = given["dimensions"]
    lines = []
    for cell in given["cells"]:
        status = "U" if cell["primary"] else "S"
        figures = [cell["value"], max(int(cell["value"] != 0), 1), cell["lpl"], cell["upl"], status]
        lines.append(";".join([*cell["key"], *map(str, figures)]))
    (folder / "t.tab").write_text("\n".join(lines) + "\n", encoding="utf-8")
    meta = ['<SEPARATOR> ";"', '<SAFE> "S"', '<UNSAFE> "U"', '<PROTECT> "P"']
    for name in names:
        meta += [name, "<RECODEABLE>", '<TOTCODE> "Total"']
        if tree := given["parents"].get(name):
            (folder / f"{name}.hrc").write_text(hierarchy(tree), encoding="utf-8")
            meta += ["<HIERARCHICAL>", f'<HIERCODELIST> "{folder / name}.hrc"', '<HIERLEADSTRING> "@"']
    meta += ["value", "<NUMERIC>", "<DECIMALS> 0", "freq", "<FREQUENCY>"]
    meta += ["lpl", "<NUMERIC> <LOWERPL>", "upl", "<NUMERIC> <UPPERPL>", "status", "<STATUS>"]
    (folder / "t.rda").write_text("\n".join(meta) + "\n", encoding="utf-8")
    spec = "".join(f'"{name}"' for name in names) + '|"value"||"value"'
    batch = [f'<OPENTABLEDATA> "{folder / "t.tab"}"', f'<OPENMETADATA> "{folder / "t.rda"}"']
    batch += [
        f"<SPECIFYTABLE> {spec}",
        "<SAFETYRULE> MAN(0)",
        "<READTABLE> 0",
        f"<SUPPRESS> {METHODS[method]}",
    ]
    (folder / "t.arb").write_text("\n".join(batch) + "\n", encoding="utf-8")
    return folder / "t.arb"


def hierarchy(tree: dict[str, str]) -> str:
    """A two-level tree: each group, and its codes behind a lead string."""
    groups: dict[str, list[str]] = {}
    for code, group in tree.items():
        groups.setdefault(group, []).append(code)
    return "".join(f"{group}\n" + "".join(f"@{code}\n" for code in codes) for group, codes in groups.items())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
