"""How a script of each language is started in the sandbox."""

from pathlib import Path

import polars as pl

from charteroak.adapters import languages
from charteroak.adapters.sandboxes import STATEMENTS
from charteroak.policy.job import Language, language_of
from charteroak.sandbox import Limits

CODE = "/enclave/code"
LOG = "log.txt"  # what a script printed: an output like any other
SCRIPT = "script.py"  # what a script without a name is called


def placed(name: str, script: str, folder: Path, limits: Limits) -> list[str]:
    """Write the script into `folder`, which is seen as CODE; the command that runs it."""
    language = language_of(name) or Language.PYTHON
    file = f"script.{language.value}"
    (folder / file).write_text(script, encoding="utf-8")
    if language == Language.R:
        return ["Rscript", "--vanilla", f"{CODE}/{file}"]
    if language == Language.SQL:
        (folder / STATEMENTS.name).write_bytes(STATEMENTS.read_bytes())
        return ["python", f"{CODE}/{STATEMENTS.name}", f"{CODE}/{file}", str((limits.memory >> 20) * 3 // 4)]
    return ["python", f"{CODE}/{file}"]


def packages(name: str) -> dict[str, str]:
    """What a script of this name runs with beside the research environment."""
    return languages.r_packages() if language_of(name) == Language.R else {}


def add_csv(folder: Path) -> None:
    """Each table as CSV beside its Parquet file."""
    for path in sorted(folder.glob("*.parquet")):
        pl.scan_parquet(path).sink_csv(path.with_suffix(".csv"))
