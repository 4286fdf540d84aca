"""What all closed sets of names have in common."""

from enum import StrEnum


class Name(StrEnum):
    """A name that hashes as the text it is, which is also three times as fast as an enum does."""

    __hash__ = str.__hash__
