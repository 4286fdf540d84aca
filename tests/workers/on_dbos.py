"""A worker on DBOS."""

import os

from dbos import DBOS

from kundorder.adapters.dbos import Delivery
from workers.jobs import Job, Parent, portal_of


def work(job: Job, parent: Parent) -> None:
    """Until the parent wants no more."""
    _ = DBOS(
        config={
            "name": "ordering",
            "system_database_url": job.address,
            "application_version": job.version,
            "executor_id": job.executor,
            "run_migrations": False,
            "log_level": "ERROR",
        }
    )
    delivery = Delivery(portal_of(job, parent).deliver)
    DBOS.launch()
    if job.is_latest:
        DBOS.set_latest_application_version(job.version)
    delivery.listen(sweep=job.sweep, poll_seconds=0.1)
    parent.wait()
    os._exit(0)  # it would take a second to end in order
