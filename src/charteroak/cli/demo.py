"""`oak demo`: request 042 from enquiry to release, then the site to look around in."""

import click


@click.command()
@click.option("--scale", default=1.0, show_default=True, help="How many times the people of a small state.")
@click.option("--new", is_flag=True, help="Start another request instead of going on with the last.")
@click.option("--json", "json_file", metavar="FILE", help="Write a summary to FILE (- for standard output).")
@click.option(
    "--serve/--no-serve", default=None, help="Serve the site afterwards (default, unless DEMO_SERVE=0)."
)
def demo(scale: float, new: bool, json_file: str | None, serve: bool | None) -> None:
    """Run request 042 from enquiry to release, then serve the site.

    Run again, it goes on where it stopped. Exit status 1 when a stage fails; the stage says why.
    """
    import os
    import signal
    import sys
    from time import sleep

    from charteroak.adapters import environment
    from charteroak.demo import run
    from charteroak.demo.page import Stopped
    from charteroak.demo.play import say
    from charteroak.demo.server import serving

    home = environment.home().root
    stays = os.environ.get("DEMO_SERVE") != "0" if serve is None else serve
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever started it stops it as Ctrl-C does
    try:
        say("Starting the database, the site and its workers …")
        run.password(home)
        with serving(home, environment.port()) as site:
            one = run.play(site, home, scale=scale, new=new)
            run.act(one)
            if json_file:
                run.write(run.summary(one), json_file)
            run.announce(one)
            while stays:
                sleep(3600)
    except Stopped as stopped:
        say(f"The demo stopped: {stopped}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nStopped. Run it again to go on.")
