"""``prune``: what a store needs no more is removed."""

from datetime import timedelta
from typing import Final, TextIO

from kundorder.command_line.opening import open_store
from kundorder.command_line.stopping import Status
from kundorder.portal import Portal
from kundorder.sample import CATALOGUE

_A_CALL: Final = 100_000


def prune(store: str, *, receipts_days: int, mail_days: int, stream: TextIO) -> Status:
    """Remove receipts and debts of that age, all there are.

    Raises:
        StoppedError: there is no store of this name, or it is not ours.
        Unavailable: it cannot be read or written now; what is gone by then is gone.
    """
    receipts = mails = 0
    with open_store(store) as opened:
        portal = Portal(store=opened, catalogue=CATALOGUE)  # which offers there are does not matter here
        more = True
        while more:
            report = portal.prune(
                receipts_older_than=timedelta(days=receipts_days),
                mail_older_than=timedelta(days=mail_days),
                limit=_A_CALL,
            )
            receipts, mails, more = receipts + report.receipts, mails + report.mails, report.more
    _ = stream.write(f"{receipts} receipts removed, {mails} mails and follow-ups removed\n")
    return Status.DONE
