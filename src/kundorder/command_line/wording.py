"""How the generated pages say who, what and where: English, with the portal's own Swedish word beside it."""

from collections.abc import Iterable
from typing import Final, TypeAlias

from kundorder.lifecycles.rows import By
from kundorder.reasons import word
from kundorder.vocabulary import Language, Lifecycle, Party, Role, State, Trigger

Line: TypeAlias = tuple[str, ...]

TITLES: Final = {
    Lifecycle.ORDER: "Order (beställning)",
    Lifecycle.CUSTOMER_AGREEMENT: "Customer agreement (kundavtal)",
    Lifecycle.AGENT_AGREEMENT: "Agent agreement (agentavtal)",
    Lifecycle.ASSIGNMENT: "Agent assignment (agentuppdrag)",
    Lifecycle.USER: "User (användare)",
    Lifecycle.PROVIDER: "Provider (leverantör)",
}
"""The headings of the lifecycles."""

NOTHING: Final = "–"


def in_both(name: Role | State | Trigger) -> str:
    """A name of ours in English, with the Swedish word where that is another."""
    english, swedish = word(name, Language.EN), word(name, Language.SV)
    return english if english == swedish else f"{english} ({swedish})"


def who(role: Role | None, parties: Iterable[Party]) -> str:
    """A role on one side or several."""
    *most, last = (word(party, Language.EN).removeprefix("the ") for party in parties)
    sides = f"{', '.join(most)} or {last}" if most else last
    if role is None:
        return "the system (systemet)" if sides == Party.SYSTEM else f"anybody, {sides}"
    return f"{in_both(role)}, {sides}"


def act(trigger: Trigger) -> str:
    """A step, in words and by its name."""
    return f"{in_both(trigger)} `{trigger.value}`"


def said(function: object) -> str:
    """The first line of what a guard says of itself; nothing if it says nothing."""
    return "" if function is None else (function.__doc__ or "").strip().partition("\n")[0]


def only(by: By) -> str:
    """What must hold of the person, beside the role."""
    return "Users are managed in their own organisation only (R5)." if by.at_home else said(by.only)


def lowered(sentence: str) -> str:
    """A sentence as the second half of one."""
    return sentence[:1].lower() + sentence[1:]


def table(head: Line, lines: Iterable[Line]) -> str:
    """A table of Markdown."""
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, tuple("---" for _ in head), *lines))
