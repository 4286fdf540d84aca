"""What a host puts to the machine: its own adapters, fresh for each example."""

from collections.abc import Callable
from typing import TypeAlias, final

import attrs

from kundorder.ports import Mailer, Signing, Store


def nothing() -> None:
    """Nothing is done."""


@final
@attrs.frozen(kw_only=True)
class Adapters:
    """The adapters of one example. Where one is not given, the machine takes one that keeps everything in memory."""

    store: Store  # empty
    mailer: Mailer | None = None
    signing: Signing | None = None  # one that signs on the spot: with any other nobody attests or signs
    snapshot: Callable[[], object] | None = None  # all that the store holds, byte for byte, to be compared
    reopen: Callable[[], "Adapters"] | None = None  # as after a restart; what was in memory only is gone
    close: Callable[[], None] = nothing


Factory: TypeAlias = Callable[[], Store | Adapters]
"""Makes what one example is tried on; a store alone will do."""


def adapters_of(made: Store | Adapters) -> Adapters:
    """What a factory has made."""
    return made if isinstance(made, Adapters) else Adapters(store=made)
