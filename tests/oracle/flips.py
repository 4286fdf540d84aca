"""Single facts turned over: each makes an oracle that is wrong in one thing."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from oracle.conditions import CONDITIONS, NONE, Codes
from oracle.house_judge import HouseJudge
from oracle.house_table import AGREEMENT, ASSIGNMENT, USER
from oracle.order_judge import OrderJudge
from oracle.order_table import ORDER
from oracle.rights import text_of

_AAA, _AAT, _ACA = "AWAITING_AGENT_APPROVAL", "AWAITING_AGENT_ATTEST", "AWAITING_CUSTOMER_ATTEST"
_FLOW, _BY, _CONDITIONS, _TO = 2, 3, 4, 5
"""The columns of the orders' table."""
_HOUSE_BY, _HOUSE_CONDITIONS, _HOUSE_TO = 2, 3, 4
"""The columns of the other tables."""

Edit = tuple[str, str, str]
"""Of policies: from where on, what, what instead."""
Turn = tuple[tuple[str, ...], int, str]
"""Of a table: the line by its first columns, the column, what stands there instead."""

_ORDER_RIGHTS: Final[Mapping[str, Edit]] = {
    "the agreement contact sees no orders": ("the people of", ', "AGREEMENT_CONTACT"]', "]"),
    "nobody follows cases of their own": ("whose case", "resource.orderer == principal", "false"),
    "customer service sees no orders": ("the provider's staff", ', "CUSTOMER_SERVICE"]', "]"),
    "the agent's administrator sees nothing": ("once the order has been sent", '"ADMINISTRATOR", ', ""),
    "a handler sees all orders of the agent": ("who is granted", "resource.handlers.contains(principal)", "true"),
    "an administrator orders": ('"order", Action::"take back"], resource)\nwhen', '"ORDERER"', '"ADMINISTRATOR"'),
    "an administrator starts": ('action == Action::"begin", resource)\nunless', '"ORDERER"', '"ADMINISTRATOR"'),
    "an orderer attests": ('action == Action::"attest for the customer"', '"ATTESTANT"', '"ORDERER"'),
    "anybody's order is withdrawn": ("NOT_YOUR_ORDER", "resource.orderer == principal", "true"),
    "handlers act ungranted": ("NOT_GRANTED", "resource.handlers.contains(principal)", "true"),
    "any attestant of the agent attests": ("NOT_PICKED", "resource.picked == principal", "true"),
    "officers hand over": ('action == Action::"serve", resource)\nwhen', '"CUSTOMER_SERVICE"', '"PROVIDER_OFFICER"'),
    "the system informs without the rule": ('action == Action::"do by itself"', "context.automatic", "true"),
    "the agent attests for the customer": (
        'Action::"attest for the customer"], resource)',
        "principal.organisation == resource.customer",
        "true",
    ),
}
_ORDER_LINES: Final[Mapping[str, Turn]] = {
    "an order skips the agent": (("DRAFT", "send", "via_agent"), _TO, _ACA),
    "a direct order goes to an agent": (("DRAFT", "send", "direct"), _TO, _AAA),
    "the agent's approval is enough": ((_AAA, "approve"), _TO, _ACA),
    "the agent's attest binds": ((_AAT, "attest"), _TO, "ATTESTED"),
    "the customer's handler would review": ((_AAA, "approve"), _BY, "order"),
    "a rejection is a withdrawal": ((_ACA, "reject"), _TO, "WITHDRAWN"),
    "the agent does not complete": (
        ("CONNECTION_STARTABLE", "complete", "via_agent", "review for the agent"),
        _BY,
        "serve",
    ),
    "the agent is informed in the direct flow": (("ATTESTED", "inform_agent", "via_agent", "serve"), _FLOW, "both"),
    "instructions go to customers via agent, too": (("ATTESTED", "hand_over"), _FLOW, "both"),
    "the customer attests before the agent": ((_ACA, "attest", "via_agent"), 0, _AAA),
    "what is attested can be withdrawn": ((_ACA, "withdraw", "both", "serve"), 0, "ATTESTED"),
    "an agreement is not needed at the last attest": (
        (_ACA, "attest", "via_agent"),
        _CONDITIONS,
        "active method evidence eyes",
    ),
    "an assignment is not needed at the last attest": (
        (_ACA, "attest", "via_agent"),
        _CONDITIONS,
        "agreement method evidence eyes",
    ),
    "an approver may attest with four eyes": (
        (_ACA, "attest", "via_agent"),
        _CONDITIONS,
        "agreement active method evidence",
    ),
    "an order is sent on yesterday's terms": (
        ("DRAFT", "send", "via_agent"),
        _CONDITIONS,
        "agreement attestant offer way form",
    ),
    "an order is sent to an agent with nobody there": (
        ("DRAFT", "send", "via_agent"),
        _CONDITIONS,
        "agreement attestant offer form terms",
    ),
}
_HOUSE_RIGHTS: Final[Mapping[str, Edit]] = {
    "the contact does not see the agreement": ("those who see the agreement", ', "AGREEMENT_CONTACT"]', "]"),
    "customer service sees nothing": ("the provider's staff", ', "CUSTOMER_SERVICE"]', "]"),
    "customer service decides": ('action == Action::"decide", resource)\nwhen', "PROVIDER_OFFICER", "CUSTOMER_SERVICE"),
    "the applicant decides": (
        'action == Action::"decide", resource)\nunless',
        'principal.organisation == "provider"',
        "true",
    ),
    "an orderer administers": ('action == Action::"administer", resource)', '"ADMINISTRATOR"', '"ORDERER"'),
    "the administrator attests the assignment": (
        'action == Action::"attest", resource)',
        '"ATTESTANT"',
        '"ADMINISTRATOR"',
    ),
    "a handler applies for assignments": (
        'action == Action::"order the assignment", resource)',
        '"AGENT_ASSIGNMENT_ORDERER"',
        '"AGENT_HANDLER"',
    ),
    "whoever is there signs": ("NOT_A_SIGNATORY", "context.now", "false"),
}
_HOUSE_LINES: Final[Mapping[str, Turn]] = {
    "an approval signs": (("APPLIED", "approve"), _HOUSE_TO, "SIGNED"),
    "an application is rejected without a reason": (("APPLIED", "reject"), _HOUSE_CONDITIONS, ""),
    "a signature needs no evidence": (("AWAITING_SIGNATURE", "sign"), _HOUSE_CONDITIONS, ""),
    "what has been applied for is terminated": (("SIGNED", "terminate"), 0, "APPLIED"),
    "a passed assignment is active": (("UNDER_REVIEW", "pass_review"), _HOUSE_TO, "ACTIVE"),
    "an assignment is attested without evidence": ((_AAT, "attest"), _HOUSE_CONDITIONS, ""),
    "an assignment is active unattested": (("ATTESTED", "activate"), 0, _AAT),
    "the last administrator is deleted": (("ACTIVE", "delete"), _HOUSE_CONDITIONS, ""),
    "the last administrator loses the role": (("INVITED ACTIVE", "remove_role"), _HOUSE_CONDITIONS, ""),
    "the house restores its users": (("DELETED", "restore"), _HOUSE_BY, "administer"),
    "any role goes to any organisation": (("INVITED ACTIVE", "assign_role"), _HOUSE_CONDITIONS, ""),
    "anybody is granted": (("ACTIVE", "grant"), _HOUSE_CONDITIONS, ""),
    "an invitation needs no code": (("INVITED", "verify"), _HOUSE_CONDITIONS, ""),
    "a deleted user is given roles": (("INVITED ACTIVE", "assign_role"), 0, "INVITED ACTIVE DELETED"),
}


def edited(text: str, edit: Edit) -> str:
    """Policies with one thing in them another.

    Raises:
        LookupError: it is not there, or where it stands is not said clearly.
    """
    start, old, new = edit
    before, found, after = text.partition(start)
    if start in after or old not in after or not found:
        raise LookupError(start, old)
    return before + start + after.replace(old, new, 1)


def turned(text: str, turn: Turn) -> str:
    """A table with one thing in one line another.

    Raises:
        LookupError: there is no such line, or more than one.
    """
    wanted, column, value = turn
    table = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    lines = [cells for cells in table if tuple(cells[: len(wanted)]) == wanted]
    if len(lines) != 1:
        raise LookupError(wanted)
    lines[0][column] = value
    return "\n".join(" | ".join(cells) for cells in table)


def _holds(_question: object, _settled: object) -> Codes:
    return NONE


def _order_flips() -> dict[str, Callable[[], OrderJudge]]:
    rights = text_of("orders")
    by_right = {name: edited(rights, edit) for name, edit in _ORDER_RIGHTS.items()}
    by_line = {name: turned(ORDER, turn) for name, turn in _ORDER_LINES.items()}
    return {
        **{name: partial(OrderJudge, policies=text) for name, text in by_right.items()},
        **{name: partial(OrderJudge, table=text) for name, text in by_line.items()},
        **{
            f"nobody asks for: {name}": partial(OrderJudge, conditions={**CONDITIONS, name: _holds})
            for name in CONDITIONS
        },
    }


def _turned_houses(turn: Turn) -> tuple[str, str, str]:
    tables = [AGREEMENT, ASSIGNMENT, USER]
    for place, text in enumerate(tables):
        if turn[0] in {tuple(cell.strip() for cell in line.split("|"))[: len(turn[0])] for line in text.splitlines()}:
            tables[place] = turned(text, turn)
    agreement, assignment, user = tables
    return agreement, assignment, user


def _house_flips() -> dict[str, Callable[[], HouseJudge]]:
    rights = text_of("house")
    by_right = {name: edited(rights, edit) for name, edit in _HOUSE_RIGHTS.items()}
    by_line = {name: _turned_houses(turn) for name, turn in _HOUSE_LINES.items()}
    return {
        **{name: partial(HouseJudge, policies=text) for name, text in by_right.items()},
        **{name: partial(HouseJudge, tables=tables) for name, tables in by_line.items()},
    }


ORDER_FLIPS: Final = _order_flips()
"""Oracles of orders, each wrong in one thing."""
HOUSE_FLIPS: Final = _house_flips()
"""Oracles of agreements, assignments and users, each wrong in one thing."""
