"""How a command ends that cannot go on: one message for a person, and a status for the shell."""

from enum import IntEnum, unique
from typing import final

from kundorder.errors import Malformed


@final
@unique
class Status(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1  # something outside failed, or what was looked at is not as it should be
    BAD_INPUT = 2  # what was handed in has to be mended; nothing was written
    INTERRUPTED = 130  # as shells have it for Ctrl-C


@final
class StoppedError(Exception):
    """The command ends here."""

    def __init__(self, message: str, status: Status = Status.BAD_INPUT) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


def bad_file(name: str, malformed: Malformed) -> StoppedError:
    """What is wrong in a file, a line for each place."""
    return StoppedError("\n".join(f"{name}: {problem.path}: {problem.message}" for problem in malformed.problems))
