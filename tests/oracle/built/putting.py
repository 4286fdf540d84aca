"""A question put: all that is stored, the command, and who acts; and the situation that follows."""

from typing import final

import attrs

from kundorder.codec import document_digest
from kundorder.commands import Command
from kundorder.decisions import document_for, evidence_in, needs, needs_further
from kundorder.evidence import Document, Evidence
from kundorder.situation import ABSENT, Act, Fact, Key, Situation


@final
@attrs.frozen
class Put:
    """What is asked, and of what store."""

    store: dict[Key, Fact]
    command: Command
    act: Act  # before any evidence is verified
    vouched: bool = False  # whether the signing port vouches for the evidence, for what it was made for

    def loaded(self) -> tuple[Situation, Act]:
        """What is decided on: what a portal would load and nothing else, and the act with what it would verify."""
        situation = Situation(loaded(self.store, self.command, self.act))
        evidence = evidence_in(self.command)
        if evidence is None:
            return situation, self.act
        document = document_for(situation, self.command, self.act, evidence.signer)
        if document is None or not (self.vouched and is_for(evidence, document)):
            return situation, self.act
        return situation, attrs.evolve(self.act, verified=evidence, document=document)


def is_for(evidence: Evidence, document: Document) -> bool:
    """Whether the evidence was made for this document."""
    return evidence.digest == document_digest(document)


def loaded(store: dict[Key, Fact], command: Command, act: Act) -> dict[Key, Fact]:
    """What a portal would load for the command."""
    found = {key: store.get(key, ABSENT) for key in needs(command, act)}
    while wanted := needs_further(command, act, found):
        found |= {key: store.get(key, ABSENT) for key in wanted}
    return found
