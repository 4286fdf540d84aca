"""Ways of signing that are wrong on purpose, each in one thing: mistakes that who writes an adapter might make."""

from wrong_signers import ending, faults, telling, vouching, waiting
from wrong_signers.examining import Wrong as Wrong

WRONG: tuple[Wrong, ...] = (*vouching.WRONG, *waiting.WRONG, *ending.WRONG, *faults.WRONG, *telling.WRONG)
"""All of them."""
