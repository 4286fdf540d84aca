"""Documents, evidence and proofs that are not quite the ones that were signed."""

import unicodedata
from collections.abc import Iterator
from copy import copy
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

import attrs

from kundorder.evidence import Document, Evidence

T = TypeVar("T")


def other_values(value: object) -> Iterator[object]:
    """Values of the same kind that are not this one."""
    match value:
        case Enum():
            yield from (member for member in type(value) if member is not value)
        case str():
            texts = (f"{value}x", value[:-1], "", f"{value} ", value.upper(), unicodedata.normalize("NFD", value), "ö")
            yield from (text for text in dict.fromkeys(texts) if text != value)
        case int():
            yield from (value + 1, value - 1, -value - 7)
        case datetime():
            much = (timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=365))
            yield from (moment for each in much for moment in (value + each, value - each))
        case None:
            yield from ("", "cd" * 32)
        case _:
            raise AssertionError(f"what is another {type(value).__name__}?")


def changed(record: T, field: str, value: object) -> T:
    """The same with another value in one field, past every converter."""
    other = copy(record)
    object.__setattr__(other, field, value)
    return other


def other_documents(document: Document) -> Iterator[tuple[str, Document]]:
    """Documents that differ in one field."""
    for field in attrs.fields(Document):
        held: object = getattr(document, field.name)
        yield from ((field.name, changed(document, field.name, value)) for value in other_values(held))


def garbled(proof: str) -> Iterator[str]:
    """Proofs that are not quite this one: cut, stretched, and changed in a character here and there."""
    yield from (
        "",
        proof[:-1],
        proof[1:],
        proof[: len(proof) // 2],
        f"{proof}=",
        f"{proof}A",
        f" {proof}",
        f"{proof}\n",
    )
    yield from (proof * 2, proof.swapcase(), proof[::-1])
    if proof.startswith("{"):
        yield from (proof.replace(mark, f"{mark} ", 1) for mark in ":,")
        yield from (f'{{"x":1,{proof[1:]}', f"{proof[:-1]},{proof[1:]}")
    places = {*range(min(4, len(proof))), *range(max(0, len(proof) - 6), len(proof)), *range(0, len(proof), 41)}
    for place in sorted(places):
        neighbour = chr(ord(proof[place]) ^ 1)  # the last bits of base64 may say nothing; still nobody has signed them
        for letter in ("A" if proof[place] != "A" else "B", neighbour if neighbour.isalnum() else "-"):
            yield f"{proof[:place]}{letter}{proof[place + 1 :]}"


def other_evidence(evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    """Evidence that differs in one field."""
    for field in attrs.fields(Evidence):
        held: object = getattr(evidence, field.name)
        values = garbled(evidence.proof) if field.name == "proof" else other_values(held)
        yield from ((field.name, changed(evidence, field.name, value)) for value in values if value != held)
    if evidence.follows is not None:
        yield "follows", attrs.evolve(evidence, follows=None)
