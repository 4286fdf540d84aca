"""All there is of a signing between two calls.

The secret of the moving code is short-lived, but a state is printed with ``Pending`` and stored: so it is in there
masked, with what only the key and this order give. The rest of a state opens nothing by itself: the number of an order
is good only on the host's own line to BankID.
"""

import hmac
import json
import re
from datetime import datetime
from hashlib import sha512
from typing import Final, final

import attrs
import msgspec

from kundorder.errors import Malformed
from kundorder.identifiers import moment

TOKEN: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
"""What BankID's numbers and secrets look like: they are UUIDs, which it does not promise."""

_LONGEST: Final = 4096  # characters; ours has some 600
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MASKED: Final = re.compile(r"(?:[0-9a-f]{2}){1,64}", re.ASCII)


@final
@attrs.frozen(kw_only=True)
class State:
    """An order that BankID has taken, or its archived signature."""

    order: str  # BankID's number of it
    app: str  # opens the app on the device the person is at
    qr: str  # what the moving code begins with
    secret: str = attrs.field(repr=False)  # of the moving code, masked
    digest: str  # of the document
    begun_at: datetime
    ends_at: datetime
    archived: str | None = None  # digest of the signature, once it is there


_DECODER: Final = msgspec.json.Decoder(State)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def written(state: State) -> str:
    """The state as text."""
    return _ENCODER.encode(state).decode()


def read(text: str) -> State | None:
    """The state, if it is one."""
    if len(text) > _LONGEST:
        return None
    try:
        state = _DECODER.decode(text)
        begun_at, ends_at = moment(state.begun_at), moment(state.ends_at)
    except (msgspec.MsgspecError, ValueError, RecursionError, Malformed):
        return None
    is_whole = (
        all(map(TOKEN.fullmatch, (state.order, state.app, state.qr)))
        and _MASKED.fullmatch(state.secret)
        and _HASH.fullmatch(state.digest)
        and (state.archived is None or _HASH.fullmatch(state.archived))
    )
    return attrs.evolve(state, begun_at=begun_at, ends_at=ends_at) if is_whole else None


def masked(secret: str, order: str, key: bytes) -> str:
    """The secret of at most 64 characters, as it stands in a state."""
    return bytes(a ^ b for a, b in zip(secret.encode(), _mask(order, key), strict=False)).hex()


def unmasked(hidden: str, order: str, key: bytes) -> str:
    """The secret again; of what was never masked, something or other."""
    plain = bytes(a ^ b for a, b in zip(bytes.fromhex(hidden), _mask(order, key), strict=False))
    return plain.decode("ascii", "replace")


def _mask(order: str, key: bytes) -> bytes:
    return hmac.new(key, json.dumps(["kundorder bankid 1", "qr", order]).encode(), sha512).digest()
