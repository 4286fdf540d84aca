"""Stores that are wrong on purpose, each in one thing: mistakes that who writes an adapter might make."""

from wrong_stores import (
    chaining,
    claiming,
    dropping,
    faults,
    folding,
    guarding,
    listing,
    nesting,
    owing,
    paging,
    reading,
    sharing,
    undoing,
    writing,
)
from wrong_stores.telling import Wrong as Wrong

WRONG: tuple[Wrong, ...] = (
    *reading.WRONG,
    *guarding.WRONG,
    *writing.WRONG,
    *undoing.WRONG,
    *listing.WRONG,
    *paging.WRONG,
    *chaining.WRONG,
    *owing.WRONG,
    *claiming.WRONG,
    *dropping.WRONG,
    *faults.WRONG,
    *folding.WRONG,
    *sharing.WRONG,
    *nesting.WRONG,
)
"""All of them."""
