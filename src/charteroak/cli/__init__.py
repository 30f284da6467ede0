"""The `oak` command: one thin file per room; heavy imports stay inside the commands."""

from importlib import import_module

import click

# name → (file in this folder, what `oak --help` says); the file is imported only when its command is used
COMMANDS = {
    "api": ("api", "Read and act on a running site from a script, with your token."),
    "audit": ("audit", "Export the event log and verify it offline."),
    "audit-table": ("suppression", "How closely a reader can work out each hidden cell of a table."),
    "check": ("disclosure", "May an output leave? Rebuilt from its records, rule by rule."),
    "demo": ("demo", "Run request 042 from enquiry to release, then serve the site."),
    "docs": ("site", "Write the generated reference pages (--check: fail when stale)."),
    "doctor": ("site", "Each part, its version, what is missing or weaker here, how to mend it."),
    "encrypt": ("submissions", "Encrypt a file for the hub named in the agreement."),
    "link": ("linkage", "Link files into people."),
    "migrate": ("site", "Bring the database's tables and roles up to date."),
    "pprl": ("pprl", "Link encoded files that the hub cannot read."),
    "protect": ("suppression", "Suppress what a table must not show, with the proof."),
    "receipt": ("outputs", "Check released bytes against their inclusion proof."),
    "run": ("run", "Run a script in a project's workspace."),
    "sandbox": ("sandbox", "Run a command in the sealed sandbox."),
    "serve": ("site", "Serve the site: database, web and workers, supervised."),
    "setup": ("agencies", "Take in agencies, people, boards and data dictionaries from files."),
    "tasks": ("tasks", "Background tasks that gave up; do one again."),
    "trace": ("outputs", "The whole chain from a release to the statute."),
    "vault": ("vault", "Put objects into the vault and get them back."),
}


class Rooms(click.Group):
    """Finds each command in its room's file on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"charteroak.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong table entry is a bug, not input
        return command

    def invoke(self, ctx: click.Context) -> object:
        from charteroak.adapters.environment import NoInstallation

        try:
            return super().invoke(ctx)
        except NoInstallation as missing:
            raise click.ClickException(str(missing)) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(COMMANDS.items())])


@click.group(cls=Rooms, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="charteroak", prog_name="oak")
def main() -> None:
    """Charter Oak: no byte moves without a signed clause."""
