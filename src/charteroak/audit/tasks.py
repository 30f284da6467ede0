"""What the notary's worker does by itself."""

from procrastinate.contrib.django import app

from charteroak.audit.actions import close_days
from charteroak.audit.checkpoint import sign_checkpoint


@app.periodic(cron="* * * * * */10")
@app.task(queue="notary", queueing_lock="audit.sign", name="audit.sign")
def sign(timestamp: int = 0) -> None:  # noqa: ARG001 - periodic tasks are handed the time they were due
    """Close the days that are over, then sign what was added; also deferred on demand, for a receipt."""
    close_days(by="notary")
    sign_checkpoint()
