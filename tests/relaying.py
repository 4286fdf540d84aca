"""One process that delivers: ``python relaying.py KIND PLACE PORT TIME ROUNDS``.

It takes the time from a file, so that a test can let it pass; without one it takes that of the machine. It prints a
line when it is ready, waits for one, delivers so many rounds, and prints what they came to.
"""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs
from outbox import STORES, portal

from kundorder.adapters.smtp import SmtpMailer

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
        delivering = portal(STORES[kind](Path(place)), mailer, clock)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        _ = sys.stdin.readline()
        reports = [delivering.deliver(limit=10_000) for _ in range(int(rounds))]
    sys.stdout.write(f"{sum(report.sent for report in reports)} {reports[-1].stopped}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
