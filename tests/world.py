"""The kit's world, under the names that the tests use."""

from kundorder.testing.surroundings import START, TickingClock
from kundorder.testing.world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER, World

__all__ = ["AGENT", "CUSTOMER", "OTHER", "OTHER_AGENT", "PROVIDER", "START", "Ticking", "World", "luhn"]

Ticking = TickingClock


def luhn(number: str) -> bool:
    """Whether a number passes its check digit."""
    digits = [int(digit) for digit in number if digit.isdigit()]
    doubled = [digit * 2 if place % 2 == len(digits) % 2 else digit for place, digit in enumerate(digits)]
    return sum(digit // 10 + digit % 10 for digit in doubled) % 10 == 0
