"""Load, verify, decide, write; and from the start again when a fact has moved."""

import random
from collections.abc import Callable
from typing import TypeAlias, TypeVar, final

import attrs

from kundorder.authority import Authority, answered
from kundorder.catalogue import Catalogue
from kundorder.commands import Command, SignAgreement
from kundorder.decisions import check, decide, document_for, evidence_in
from kundorder.errors import Conflict, Unavailable
from kundorder.evidence import Evidence
from kundorder.lifecycles.agreement_signing import authority_question
from kundorder.model import Actor, Rules
from kundorder.outcomes import Decision, Outcome, Verdict
from kundorder.portal.loading import load_command, repeated
from kundorder.portal.signings import Going, with_ended
from kundorder.portal.writing import Keyed, changes_of, outcome_of, receipt_of
from kundorder.ports import Clock, Ids, Signing, SigningAuthority, Store
from kundorder.situation import Act, Facts, Situation

_T = TypeVar("_T")

Pause: TypeAlias = Callable[[float], None]
"""Waits for some seconds."""

_FAILURES = 3
"""Of a port, after which the caller is told; each may already have taken as long as the port waits for a lock."""


@final
@attrs.frozen(kw_only=True)
class Acting:
    """What it takes to act on a store."""

    store: Store
    catalogue: Catalogue
    rules: Rules
    signing: Signing | None
    authority: SigningAuthority | None
    clock: Clock
    ids: Ids
    attempts: int
    pause: Pause
    rules_digest: str

    def act(self, actor: Actor) -> Act:
        """Everything from outside, now."""
        return Act(actor, self.clock.now(), self.ids, self.rules, self.catalogue)

    def retried(self, attempt: Callable[[], _T]) -> _T:
        """Do it, anew each time a fact has moved meanwhile, and some times when a port has failed for a moment.

        Raises:
            Conflict: the facts kept moving.
            Unavailable: the port kept failing, or whether anything was written is not known.
        """
        failures = 0
        for number in range(1, self.attempts):
            try:
                return attempt()
            except Conflict:
                pass
            except Unavailable as error:
                failures += 1
                if not error.soon or failures == _FAILURES:
                    raise
            self.pause(random.uniform(0, 0.002 * (1 << min(number, 6))))  # noqa: S311 - spreads callers, no secret
        return attempt()

    def execute(self, command: Command, actor: Actor, keyed: Keyed | None, going: Going | None = None) -> Outcome:
        """Load, verify, decide, write; and end the signing the evidence comes from, if there is one."""
        return self.retried(lambda: self._execute(command, self.act(actor), keyed, going))

    def _execute(self, command: Command, act: Act, keyed: Keyed | None, going: Going | None) -> Outcome:
        facts = load_command(self.store, command, act, keyed, None if going is None else going.key)
        before = repeated(facts, keyed)
        if before is not None:
            return before
        act = self._verified(facts, command, act)
        decision = with_ended(decide(Situation(facts), command, act), facts, going)
        outcome = outcome_of(decision, facts, act)
        self.write(decision, facts, act, keyed, outcome)
        return outcome

    def check(self, command: Command, actor: Actor) -> Verdict:
        """The same without the write."""
        act = self.act(actor)
        facts = load_command(self.store, command, act, None)
        return check(Situation(facts), command, self._verified(facts, command, act))

    def write(self, decision: Decision, facts: Facts, act: Act, keyed: Keyed | None, outcome: Outcome) -> None:
        """Write what follows, if anything does."""
        if not (decision.puts or decision.mails or keyed):
            return
        receipt = receipt_of(keyed, outcome, act)
        changes = changes_of(decision, facts, act, self.rules_digest, receipt)
        with self.store.transaction() as transaction:
            transaction.write(changes)

    def _verified(self, facts: Facts, command: Command, act: Act) -> Act:
        """The act, with the evidence of the command if the signing port vouches for it; never believed as it comes."""
        evidence = evidence_in(command)
        if evidence is None:
            return act
        situation = Situation(facts)
        _ = check(situation, command, act)  # who may not see the subject must not learn about it from the port
        document = document_for(situation, command, act, evidence.signer)
        if document is None or not self.port().verify(evidence, document):
            return act
        authority = self._authority(situation, command, evidence, act)
        return attrs.evolve(act, verified=evidence, document=document, authority=authority)

    def _authority(self, situation: Situation, command: Command, evidence: Evidence, act: Act) -> Authority | None:
        """What the host's port says of those who will have signed; None: there is no such port, or nothing to ask."""
        agreement = situation.agreement(command.agreement) if isinstance(command, SignAgreement) else None
        if self.authority is None or agreement is None:
            return None
        question = authority_question(agreement, evidence, act)
        return answered(question, self.authority.may_bind(question))

    def port(self) -> Signing:
        """The signing port.

        Raises:
            Unavailable: the host has given none.
        """
        if self.signing is None:
            raise Unavailable("no signing port was given to the portal")
        return self.signing
