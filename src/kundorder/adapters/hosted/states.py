"""What is kept of a signing between two calls."""

from datetime import datetime
from typing import Final, final

import attrs
import msgspec

from kundorder.errors import Malformed
from kundorder.identifiers import moment

_LONGEST: Final = 1024  # characters


@final
@attrs.frozen(kw_only=True)
class State:
    """Not the address where the person signs: whoever has that may be let in, and the service tells it again."""

    digest: str  # of the document
    ends_at: datetime
    id: str  # the service's own


_DECODER: Final = msgspec.json.Decoder(State)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def written(state: State) -> str:
    """The state as text."""
    return _ENCODER.encode(state).decode()


def read(text: str) -> State | None:
    """The state in a text, if it is one."""
    if len(text) > _LONGEST:
        return None
    try:
        state = _DECODER.decode(text)
        return attrs.evolve(state, ends_at=moment(state.ends_at))
    except (msgspec.MsgspecError, ValueError, RecursionError, Malformed):
        return None
