"""A process that waits for jobs of its queues and takes up what a killed one left.

Each queue is one kind of work, done beside the others: what takes hours holds up nothing but its like.
"""

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.app import WorkerOptions
from procrastinate.jobs import Job, Status
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker

from charteroak.adapters.environment import Process, jobs_at_once
from charteroak.site.settling import settle, tidy

ATTEMPTS = 5
HEARTBEAT = 2.0  # seconds between a worker's signs of life
STALLED = 8.0  # seconds without one, after which its job is another's
PAGES = 4  # pages that a process serves at once
# of the enclave, beside what is done within seconds: batch jobs; checks and scans; work folders sealed and kept
ENCLAVE_TOO: dict[str, Callable[[], int]] = {"jobs": jobs_at_once, "checks": lambda: 1, "folders": lambda: 1}
SOON = 0.1  # seconds after a job, when whoever waits for it has been told
SPARE = 4  # threads for what the worker itself asks of the operating system


def queues(process: Process) -> dict[str, int]:
    """The queues of that process, all of them its own account's, and how many jobs of each it does at once."""
    found = {process.value: 1, f"{process}.pages": PAGES}
    if process is Process.ENCLAVE:  # so many of each kind: so what sandboxes take together is known
        found |= {f"{process}.{kind}": most() for kind, most in ENCLAVE_TOO.items()}
    return found


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


def run(process: Process) -> None:
    """Work on the queues of that process until asked to stop (SIGTERM); a job begun is finished first."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    _sweep()
    # A second app with a pool of its own: the tasks stay with the first, so that what a job defers is part of
    # its Django transaction and gone with it.
    asyncio.run(_work(app.with_connector(PsycopgConnector(kwargs=connector_params())), process))


def _sweep() -> None:
    """What killed processes left half done goes when the next one starts; the notary has no store to look into."""
    from charteroak.adapters import showing, stores

    if stores.owned_stores():
        stores.sweep()
        showing.sweep()


async def _work(app: App, process: Process) -> None:
    mine: set[int | None] = set()

    async def note(call_next: AsyncCallNext, context: JobContext, worker: Worker) -> Any:  # noqa: ARG001 - what procrastinate hands to every middleware
        mine.add(context.job.id)
        try:
            return await call_next()
        finally:
            mine.discard(context.job.id)
            asyncio.get_running_loop().call_later(SOON, tidy)

    def working(queue: str, together: int) -> Worker:
        options: WorkerOptions = {
            **app.worker_defaults,
            "queues": [queue],
            "name": queue,
            "concurrency": together,
            "install_signal_handlers": False,  # one signal is for all
            "update_heartbeat_interval": HEARTBEAT,
            "stalled_worker_timeout": STALLED,
            "worker_middleware": [note],
        }
        return Worker(app, **options)

    mine_to_do = queues(process)
    # a thread for each job that may be under way: else what takes hours leaves none to the others on a small machine
    threads = ThreadPoolExecutor(sum(mine_to_do.values()) + SPARE)
    asyncio.get_running_loop().set_default_executor(threads)
    workers = {queue: working(queue, together) for queue, together in mine_to_do.items()}
    async with app.open_async():
        settle()
        await _until_stopped(
            list(workers.values()), [asyncio.create_task(_recover(app, queue, mine)) for queue in workers]
        )


async def _until_stopped(workers: list[Worker], beside: list[asyncio.Task[None]]) -> None:
    """Until a signal, or until one of them fails: that ends the process, and the supervisor starts another."""
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    running = [asyncio.create_task(worker.run()) for worker in workers]  # type: ignore[no-untyped-call] # procrastinate's lapse
    stopping = asyncio.create_task(asked.wait())
    await asyncio.sleep(0)  # a worker that has not begun forgets that it was asked to stop
    done, _ = await asyncio.wait({*running, *beside, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for worker in workers:
        worker.stop()  # type: ignore[no-untyped-call] # procrastinate's lapse
    await asyncio.wait(running)
    for task in (*beside, stopping):
        task.cancel()
    for task in {*done, *running} - {stopping}:
        task.result()


async def _recover(app: App, queue: str, mine: set[int | None]) -> None:
    """Jobs of killed workers are done anew: at the start and from then on; `mine` are this process's own."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=STALLED):
            if job.id is None or job.id in mine:
                continue
            if job.attempts >= ATTEMPTS:  # it takes its worker down every time
                await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=False)
            else:
                await app.job_manager.retry_job(job)
        await asyncio.sleep(HEARTBEAT)
