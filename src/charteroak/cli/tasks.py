"""`oak tasks`: background tasks that gave up, for whoever runs the machine."""

import json
from dataclasses import asdict

import click

BY = "operator"  # how the log names whoever runs this command on the machine


@click.command()
@click.option("--again", type=int, metavar="NUMBER", help="Do this one again, once its cause is mended.")
@click.option("--json", "as_json", is_flag=True, help="The list as JSON on standard output.")
def tasks(again: int | None, as_json: bool) -> None:
    """List background tasks that gave up, or do one again. It goes on where it stopped; nothing is done twice."""
    from charteroak.adapters import environment, processes
    from charteroak.adapters.environment import Process
    from charteroak.site import database

    with database.connected(Process.OWNER):
        from charteroak.site import gave_up

        if again is not None:
            try:
                gave_up.again(again, by=BY)
            except LookupError as error:
                raise click.ClickException(f"{error} Type: oak tasks") from None
            click.echo(f"Task {again} waits for its turn.", err=True)
        found = gave_up.gave_up()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=str))
        return
    if not found:
        click.echo("No task has given up.", err=True)
    for one in found:
        about = ", ".join(f"{name} {value}" for name, value in one.about.items())
        click.echo(
            f"{one.id}  {one.task} ({about}), tried {one.attempts} times, last {one.at:%Y-%m-%d %H:%M}Z"
        )
        log = processes.logs(environment.home()) / f"{one.process}.log"
        click.echo(f"      why: {log}   again: oak tasks --again {one.id}")
