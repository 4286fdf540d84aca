"""A worker on procrastinate."""

import asyncio
from contextlib import suppress

from procrastinate import App, PsycopgConnector

from kundorder.adapters.procrastinate import QUEUE, add_tasks
from workers.jobs import Job, Parent, portal_of


def work(job: Job, parent: Parent) -> None:
    """Until the parent wants no more."""
    asyncio.run(_work(job, parent))


async def _work(job: Job, parent: Parent) -> None:
    app = App(connector=PsycopgConnector(conninfo=job.address))
    add_tasks(app, portal_of(job, parent).deliver, sweep=job.sweep)
    async with app.open_async():
        running = app.run_worker_async(queues=[QUEUE], name=job.executor, fetch_job_polling_interval=0.2)
        worker = asyncio.create_task(running)
        await asyncio.to_thread(parent.wait)
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
