"""Cores that are wrong on purpose, each in one thing: mistakes that who changes this library might make."""

from wrong_cores import agents, moments, people, refusals, telling
from wrong_cores.planting import WrongCore as WrongCore

WRONG: tuple[WrongCore, ...] = (
    *agents.WRONG,
    *people.WRONG,
    *refusals.WRONG,
    *telling.WRONG,
    *moments.WRONG,
)
"""All of them."""
