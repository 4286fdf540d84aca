"""What is said to a question."""

from typing import Final, final

import attrs

from kundorder.vocabulary import ReasonCode


@final
@attrs.frozen(cache_hash=True)
class Reply:
    """Hidden, refused with these reasons, or accepted with the state it leads to."""

    to: str | None = None
    reasons: frozenset[ReasonCode] = frozenset()

    def __str__(self) -> str:
        if self.to is not None:
            return f"leads to {self.to}"
        return "refused: " + ", ".join(sorted(self.reasons)) if self.reasons else "hidden"


HIDDEN: Final = Reply()


def refused(*reasons: ReasonCode) -> Reply:
    """Refused."""
    return Reply(reasons=frozenset(reasons))


def leads_to(state: str) -> Reply:
    """Accepted."""
    return Reply(to=state)
