"""What the post does by itself: digests, reminders, letters, news; it works out how long stages take."""

from procrastinate.contrib.django import app

from charteroak.adapters import clock
from charteroak.agreements import letters
from charteroak.agreements.clocks import figures
from charteroak.reports import clocks
from charteroak.site import (
    account_letters,
    approval_letters,
    duty_letters,
    meeting_letters,
    reminders,
    webhooks,
)
from charteroak.site.digest import write_digests

MINUTE, HOUR = 60, 3600


@app.periodic(cron="*/5 * * * *")
@app.task(name="site:post", queue="post", queueing_lock="site:post")
def post(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """Each letter is written once, however often this runs; what could not be sent is tried again."""
    reminders.remind()
    duty_letters.remind_of_duties()
    approval_letters.ask_for_approvals()
    meeting_letters.tell_of_cancelled()
    write_digests()
    account_letters.tell_of_changed_addresses()
    letters.send_waiting()


@app.periodic(cron="* * * * *")
@app.task(name="site:first_keys", queue="post", queueing_lock="site:first_keys")
def send_first_keys(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """A new person waits for it: each is sent once, and what could not be sent is tried again."""
    account_letters.send_first_keys()


@app.periodic(cron="* * * * *")
@app.task(name="site:webhooks", queue="post", queueing_lock="site:webhooks")
def send_news(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """What a receiver has not taken is sent again after a pause that grows."""
    webhooks.send_waiting()


@app.periodic(cron="* * * * *")
@app.task(name="site:work_out_figures", queue="post", queueing_lock="site:work_out_figures")
def work_out_figures(timestamp: int = 0) -> None:
    """Every hour, and at once when the day has none of its own; in a demo, whose days pass in seconds, each time."""
    todays = any(one.as_of == clock.today() for one in figures())
    if timestamp % HOUR < MINUTE or clock.is_moved() or not todays:
        clocks.work_out_figures()
