"""`oak serve`, `oak migrate`, `oak doctor`, `oak docs`: for whoever runs the site."""

import click


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), envvar="CHARTEROAK_PORT", default=8042, show_default=True
)
def serve(port: int) -> None:
    """Serve the site until Ctrl-C: database, web and workers, each started again when it dies."""
    from charteroak.adapters import environment, postgres, processes
    from charteroak.site.supervisor import NotServing, Supervisor

    def ready() -> None:
        click.echo(f"Ready: http://localhost:{port} (logs in {processes.logs(environment.home())})", err=True)

    try:
        Supervisor(environment.home(), port).serve(ready)
    except (NotServing, postgres.NotRunning, processes.Unreachable) as error:
        raise click.ClickException(str(error)) from None


@click.command()
def migrate() -> None:
    """Bring the database's tables and roles up to date."""
    from charteroak.adapters.environment import Process
    from charteroak.site import database

    with database.connected(Process.OWNER):
        database.migrate()
