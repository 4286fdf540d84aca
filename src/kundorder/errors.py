"""Everything that can go wrong, split by who must do something about it.

Facts are attributes, the one-line text is built from them, and no text carries personal data.
"""

from typing import ClassVar, final

import attrs

from kundorder.reasons import Reason
from kundorder.vocabulary import NextStep


class KundorderError(Exception):
    """The root of all errors this library raises on purpose."""

    next_step: ClassVar[NextStep] = NextStep.MEND
    """What is left to the caller to do about it."""


@final
@attrs.frozen
class Problem:
    """One thing wrong with some input."""

    path: str  # JSON path, ``$`` for the whole
    message: str  # lower case, what is allowed; never the offending value


@final
class Malformed(KundorderError):
    """The input has the wrong shape; fix it where ``problems`` point and call again."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{problem.path}: {problem.message}" for problem in self.problems)


@final
class Refused(KundorderError):
    """The act is not possible now; ``reasons`` has every objection and who can clear it. Nothing has changed."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        if not reasons:
            message = "a refusal needs at least one reason"
            raise ValueError(message)
        super().__init__(reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return "refused: " + ", ".join(reason.code for reason in self.reasons)


@final
class NotFound(KundorderError):
    """There is no such thing, or none that this actor may see; the two look the same on purpose."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"no such {self.what}, or none you may see; check the id and the organisation you act for"


@final
class KeyReused(KundorderError):
    """The idempotency key has been used for something else; take a new key for a new act."""

    def __str__(self) -> str:
        return "this key was used for another act; use a new key"


@final
class Conflict(KundorderError):
    """The facts kept moving while this was decided; call again, with the same key if there was one."""

    next_step = NextStep.RELOAD

    def __str__(self) -> str:
        return "the facts changed while this was decided; try again"


@final
class Unavailable(KundorderError):
    """Something outside failed; nothing is known to have changed, and the same key is safe to try again."""

    next_step = NextStep.RETRY

    def __init__(self, what: str, *, soon: bool = False) -> None:
        """Say what failed.

        Args:
            what: one line, no personal data.
            soon: it may be over in a moment, and nothing has been written: the portal itself tries again first.
        """
        super().__init__(what)
        self.what = what
        self.soon = soon

    def __str__(self) -> str:
        return f"{self.what}; try again later with the same key"


@final
class Corrupt(KundorderError):
    """What is stored cannot be what was written, or is from a newer release; call the maintainer."""

    next_step = NextStep.STOP

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"{self.what}; nothing was changed, call the maintainer"


def malformed(path: str, message: str) -> Malformed:
    """Malformed input with a single problem."""
    return Malformed((Problem(path, message),))


@final
class Undeliverable(KundorderError):
    """A letter will never go as it is; see the reason, mend the cause and requeue."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"undeliverable: {self.why}"


@final
class Postponed(KundorderError):
    """A letter cannot go now, though others can; it is tried again by itself."""

    next_step = NextStep.RETRY

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"postponed: {self.why}"


@final
class RelayStopped(KundorderError):
    """No letter can go before somebody has mended something: a login, a certificate, a permission."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"{self.why}; mend that and deliver again"
