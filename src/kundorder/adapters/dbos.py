"""Delivery on DBOS: a workflow that says "something is owed", enqueued in the host's own transaction.

The workflow carries nothing. What is owed lies in the store, written in the same transaction, and its lease and fence
keep it right however often a workflow runs: one too many finds nothing to do. Hence, too:

- It is enqueued by the function DBOS keeps in its database for that, so it takes part in any transaction there, and
  the process that takes orders need not run DBOS. The system tables must be in the host's database.
- No ``deduplication_id``. An order would wait until another one is committed, or find a workflow that has begun before
  the order is there to be seen.
- No limit on how many run in all workers together. One left behind by a worker that is killed would count for ever.
- A sweep at regular times, which DBOS keeps, takes up what is to be tried again, what a killed worker has claimed, and
  what was owed without a workflow.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeAlias, final

import attrs
import psycopg
from dbos import DBOS
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from kundorder.delivery import DeliveryReport
from kundorder.errors import Unavailable, malformed

Host: TypeAlias = Connection | Session | psycopg.Connection[object]

QUEUE: Final = "kundorder"
"""The queue of all our workflows."""

WORKFLOW: Final = "kundorder.deliver"
"""The one workflow."""

SWEEP: Final = "kundorder.sweep"
"""The schedule of the sweep."""

_ENQUEUE: Final = "SELECT {}.enqueue_workflow(workflow_name => %s, queue_name => %s)"
_HOSTS: Final = "must be a connection or session of SQLAlchemy's with psycopg, or a connection of psycopg's"
_NO_TRANSACTION: Final = "there is no transaction of the host's to enqueue in"
_FAILED: Final = "the workflow could not be written"


def enqueue(host: Host, *, schema: str = "dbos") -> None:
    """Let a worker deliver as soon as the host has committed, and not at all if it does not.

    Once a transaction is enough.

    Args:
        host: what ``BoundStore`` was given, in the same transaction; in asynchronous hosts inside ``run_sync``.
        schema: of DBOS's system tables.

    Raises:
        Unavailable: there is no transaction, or the workflow cannot be written; the host's transaction can go on.
        Malformed: it is none of these.
    """
    try:
        _write(host, SQL(_ENQUEUE).format(Identifier(schema)).as_string())
    except (psycopg.Error, SQLAlchemyError) as error:
        raise Unavailable(_FAILED) from error


def _write(host: object, sql: str) -> None:
    match host:
        case Session():
            _write(host.connection(), sql)
        case Connection() if host.in_transaction():
            with host.begin_nested():
                host.exec_driver_sql(sql, (WORKFLOW, QUEUE)).close()
        case psycopg.Connection() if host.info.transaction_status is TransactionStatus.INTRANS:
            with host.transaction():  # a savepoint
                _ = host.execute(sql.encode(), (WORKFLOW, QUEUE))
        case Connection() | psycopg.Connection():
            raise Unavailable(_NO_TRANSACTION)
        case _:
            raise malformed("$", _HOSTS)


@final
class Delivery:
    """What a worker does; make it before ``DBOS.launch()``, which may find a workflow that has to go on.

    Args:
        deliver: ``portal.deliver``, of a portal with a store of its own.
    """

    def __init__(self, deliver: Callable[[], DeliveryReport]) -> None:
        def round_() -> dict[str, int | str | None]:
            return attrs.asdict(deliver())

        @DBOS.workflow(name=WORKFLOW)
        def all_of_it(at: datetime | None = None, context: object = None) -> None:
            _ = at, context  # of the sweep
            while _goes_on(DBOS.run_step({"name": "kundorder.round"}, round_)):
                pass

        self._workflow = all_of_it

    def listen(self, *, sweep: str = "* * * * *", at_once: int = 1, poll_seconds: float = 1.0) -> None:
        """Take workflows from the queue; after ``DBOS.launch()``.

        Args:
            sweep: when to look for what no workflow has been enqueued for, as DBOS has it: cron, in UTC.
            at_once: how many rounds this worker is busy with at a time.
            poll_seconds: how often to look into the queue.
        """
        _ = DBOS.register_queue(QUEUE, worker_concurrency=at_once, polling_interval_sec=poll_seconds)
        DBOS.apply_schedules(
            [{"schedule_name": SWEEP, "workflow_fn": self._workflow, "schedule": sweep, "queue_name": QUEUE}]
        )


def _goes_on(report: dict[str, int | str | None]) -> bool:
    """Whether there may be more to do, and it could be done now."""
    return report["stopped"] is None and any(report.values())
