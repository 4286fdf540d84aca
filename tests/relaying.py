"""One process that delivers: ``python relaying.py KIND PLACE PORT TIME ROUNDS``.

It takes the time from a file, so that a test can let it pass; without one it takes that of the machine. It prints a
line when it is ready, waits for one, delivers so many rounds, and prints what they came to.
"""

import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Final

import attrs
from outbox import SHARED, portal

from kundorder.adapters.smtp import SmtpMailer
from kundorder.errors import Unavailable

NO_FILE: Final = "-"
_HOST: Final = "127.0.0.1"  # where mail_servers has its relays; not from there, since it loads much


@attrs.frozen
class Written:
    """A clock that tells what stands in a file."""

    file: Path

    def now(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text("utf-8"))


class OfTheMachine:
    """The clock of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def main(kind: str, place: str, port: str, time: str, rounds: str) -> None:
    """Deliver."""
    clock = OfTheMachine() if time == NO_FILE else Written(Path(time))
    with closing(SmtpMailer(_HOST, int(port), security="none", local_hostname="relay.example")) as mailer:
        delivering = portal(SHARED[kind](Path(place)), mailer, clock, sleep)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        _ = sys.stdin.readline()
        sent, stopped = 0, None
        for _ in range(int(rounds)):
            with suppress(Unavailable):  # as a timer would: there is another round
                report = delivering.deliver(limit=10_000)
                sent, stopped = sent + report.sent, report.stopped
    sys.stdout.write(f"{sent} {stopped}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
