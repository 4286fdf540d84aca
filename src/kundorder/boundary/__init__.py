"""The edge to JSON: commands come in, answers go out, and what is wrong is said with its place.

Only here is pydantic imported. Nothing is built before it is first used, so importing this costs what pydantic costs.
"""

from kundorder.boundary.commands import (
    AnyCommand,
    command_from_json,
    command_json_schema,
    command_to_json,
    commands_json_schema,
)
from kundorder.boundary.files import MAXIMUM_FILE, read_json
from kundorder.boundary.replies import (
    Reply,
    advice_to_json,
    event_to_json,
    order_to_json,
    outcome_to_json,
    reason_to_json,
    to_json,
    verdict_to_json,
)
from kundorder.boundary.text import MAXIMUM_BYTES, MAXIMUM_DEPTH, JsonValue

__all__ = [
    "AnyCommand",
    "JsonValue",
    "MAXIMUM_BYTES",
    "MAXIMUM_DEPTH",
    "MAXIMUM_FILE",
    "Reply",
    "advice_to_json",
    "command_from_json",
    "command_json_schema",
    "command_to_json",
    "commands_json_schema",
    "event_to_json",
    "order_to_json",
    "outcome_to_json",
    "read_json",
    "reason_to_json",
    "to_json",
    "verdict_to_json",
]
