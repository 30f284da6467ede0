"""A process that waits for jobs of its queue, does them one at a time, and takes up what a killed one left."""

from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

ATTEMPTS = 5


class WhenTransient(BaseRetryStrategy):
    """Again after 1, 2, 4 … seconds when the database went away; never when a rule refused."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        from django.db import InterfaceError, OperationalError

        if not isinstance(exception, OperationalError | InterfaceError) or job.attempts >= ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": 2**job.attempts})


def configure(app: App) -> None:
    """Every task of every room is tried again like that, unless it says otherwise."""
    for task in app.tasks.values():
        if task.retry_strategy is None:
            task.retry_strategy = WhenTransient()
