"""Adapters of the smaller ports that are wrong on purpose, each in one thing, and what they are made from."""

from wrong_adapters import (
    archives,
    authorities,
    catalogues,
    clocks,
    ids,
    mailers,
    seals,
    text_messages,
)
from wrong_adapters.examining import Wrong as Wrong

WRONG: tuple[Wrong, ...] = (
    *mailers.WRONG,
    *text_messages.WRONG,
    *clocks.WRONG,
    *ids.WRONG,
    *catalogues.WRONG,
    *authorities.WRONG,
    *archives.WRONG,
    *seals.WRONG,
)
"""All of them."""
