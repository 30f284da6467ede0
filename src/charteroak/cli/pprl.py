"""`oak pprl`: link files that neither the hub nor the other agency may read."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import polars as pl

READ = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def pprl() -> None:
    """Privacy-preserving linkage: encode at the agency, match at the hub."""


@pprl.command()
@click.argument("file", type=READ)
@click.option("--key-file", required=True, type=READ, help="At least 32 secret bytes that the hub never has.")
@click.option(
    "--schema", "schema_file", type=READ, help="The agreed schema (TOML); names, birth date, sex if none."
)
@click.option("--id", "id_column", default="record_id", show_default=True, help="The column of record ids.")
@click.option("-o", "--output", required=True, type=WRITE, help="Where the encoded file goes (Parquet).")
def encode(file: Path, key_file: Path, schema_file: Path | None, id_column: str, output: Path) -> None:
    """Encode FILE (CSV or Parquet) with the secret key. What comes out holds no name, but is not anonymous."""
    import polars as pl

    from charteroak.linkage import LinkageError, privacy

    try:
        read = pl.read_parquet if file.suffix == ".parquet" else _csv
        schema = (
            privacy.from_toml(schema_file.read_text(encoding="utf-8")) if schema_file else privacy.DEFAULT
        )
        encoded = privacy.encode(read(file), schema, key_file.read_bytes().strip(), id_column=id_column)
        encoded.write_parquet(output)
    except (LinkageError, pl.exceptions.PolarsError, OSError, UnicodeDecodeError) as error:
        raise _refused(file, error) from None
    click.echo(f"{encoded.height} records encoded into {output}; keep the key from whoever gets it", err=True)


@pprl.command()
@click.argument("left", type=READ)
@click.argument("right", type=READ)
@click.option(
    "--threshold", default=0.7, show_default=True, help="Dice similarity from which a pair is linked."
)
@click.option("--one-to-one/--many", default=True, show_default=True, help="Link a record once at most.")
@click.option("--blocked/--all-pairs", default=True, show_default=True, help="Compare within blocks only.")
@click.option("-o", "--output", required=True, type=WRITE, help="Where the links go (Parquet).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def match(
    left: Path, right: Path, threshold: float, one_to_one: bool, blocked: bool, output: Path, as_json: bool
) -> None:
    """Link two encoded files, LEFT and RIGHT, without the key."""
    import os

    import polars as pl

    from charteroak.linkage import LinkageError, privacy

    try:
        sides = pl.read_parquet(left), pl.read_parquet(right)
        found = privacy.match(
            *sides, threshold=threshold, one_to_one=one_to_one, blocked=blocked, threads=os.cpu_count() or 1
        )
        found.links.write_parquet(output)
    except (LinkageError, pl.exceptions.PolarsError, OSError) as error:
        raise _refused(left, error) from None
    click.echo(f"{found.links.height} links of {found.compared} pairs compared, in {output}", err=True)
    if as_json:
        click.echo(
            json.dumps({"links": found.links.height, "compared": found.compared, "output": str(output)})
        )


def _csv(file: Path) -> "pl.DataFrame":
    import polars as pl

    return pl.read_csv(file, infer_schema=False)


class Unusable(click.ClickException):
    exit_code = 2


def _refused(file: Path, error: Exception) -> click.ClickException:
    """One line, exit status 2. What a library says of a file's content is left out: it may quote a value."""
    own = (
        str(error)
        if isinstance(error, ValueError | OSError) and not isinstance(error, UnicodeDecodeError)
        else ""
    )
    return Unusable(f"{file.name}: {own or 'not a readable CSV or Parquet file; write it anew'}")
