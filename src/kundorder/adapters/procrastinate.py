"""Delivery on procrastinate: a job that says "something is owed", deferred in the host's own transaction.

The job carries nothing. What is owed lies in the store, written in the same transaction, and its lease and fence keep
it right however often a job runs: a job too many finds nothing to do. Hence, too:

- No ``queueing_lock`` on what an order defers. The order would wait until another one is committed, or find a job that
  a worker takes before the order is there to be seen. A thousand orders defer a thousand jobs; most of them find
  nothing, and take some milliseconds.
- No ``lock``. A worker that is killed would hold it for ever.
- A sweep at regular times, which procrastinate keeps, takes up what is to be tried again, what a killed worker has
  claimed, and what was owed without a job. Of these one at most is waiting.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import attrs
import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kundorder.delivery import DeliveryReport
from kundorder.errors import Unavailable, malformed

Host: TypeAlias = Connection | Session | psycopg.Connection[object]

QUEUE: Final = "kundorder"
"""The queue of all our jobs, for workers that are told which queues to listen to."""

TASK: Final = "kundorder.deliver"
"""The one task."""

SWEEP: Final = "kundorder.sweep"
"""The ``queueing_lock`` of the sweep."""

_HOSTS: Final = "must be a connection or session of SQLAlchemy's with psycopg, or a connection of psycopg's"
_NO_TRANSACTION: Final = "there is no transaction of the host's to enqueue in"
_FAILED: Final = "the job could not be written"
_APP: Final = App(connector=SyncPsycopgConnector())  # never opened: it writes on the connections of hosts


def enqueue(host: Host) -> None:
    """Let a worker deliver as soon as the host has committed, and not at all if it does not.

    Once a transaction is enough. The host's own app is not asked, whatever its connector is; the tables must be on the
    search path.

    Args:
        host: what ``BoundStore`` was given, in the same transaction.

    Raises:
        Unavailable: there is no transaction, or the job cannot be written; the host's transaction can go on.
        Malformed: it is none of these.
    """
    try:
        _write(host)
    except (ProcrastinateException, psycopg.Error, SQLAlchemyError) as error:
        raise Unavailable(_FAILED) from error


def _write(host: object) -> None:
    match host:
        case Session():
            _write(host.connection())
        case Connection() if host.in_transaction():
            with host.begin_nested():
                _defer(host.connection.driver_connection)
        case psycopg.Connection() if host.info.transaction_status is TransactionStatus.INTRANS:
            with host.transaction():  # a savepoint
                _defer(host)
        case Connection() | psycopg.Connection():
            raise Unavailable(_NO_TRANSACTION)
        case _:
            raise malformed("$", _HOSTS)


def _defer(driver: object) -> None:
    if not isinstance(driver, psycopg.Connection):
        raise malformed("$", _HOSTS)
    _ = _APP.configure_task(TASK, queue=QUEUE, connection=driver).defer()


def add_tasks(app: App, deliver: Callable[[], DeliveryReport], *, sweep: str = "* * * * *") -> None:
    """Let the workers of this app deliver.

    Args:
        app: the host's.
        deliver: ``portal.deliver``, of a portal with a store of its own.
        sweep: when to look for what no job has been enqueued for, as procrastinate has it: cron, in UTC.
    """

    @app.periodic(cron=sweep, queueing_lock=SWEEP)
    @app.task(name=TASK, queue=QUEUE)
    def all_of_it(timestamp: int = 0) -> str | None:
        _ = timestamp  # of the sweep
        return _deliver_all(deliver)


def _deliver_all(deliver: Callable[[], DeliveryReport]) -> str | None:
    """Round after round while there is something to do; why no mail leaves, if it does not."""
    while True:
        report = deliver()
        if report.stopped is not None or not any(attrs.astuple(report)):
            return report.stopped
