"""What is left to a caller when something could not be done."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class NextStep(Name):
    """What to do about an error, whoever it comes from."""

    MEND = "mend"  # what was asked, or how, has to change first: the error says what
    RELOAD = "reload"  # what the caller has seen is out of date: look again, then decide anew
    RETRY = "retry"  # the same again later, with the same key
    STOP = "stop"  # call the maintainer
