"""Wrong in what they vouch for."""

import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_bytes, token_hex

import attrs

from kundorder.codec import claim_bytes, digest, document_digest
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.testing.contracts.signing.forging import changed
from kundorder.vocabulary import AssuranceLevel, AttestMethod
from wrong_signers.examining import Wrong
from wrong_signers.provider import Order, Provider
from wrong_signers.truth import Signer

NOW = "test_who_has_signed_has_signed_this_document_by_this_method_now"
KEPT = "test_evidence_proves_its_document_when_it_was_kept_and_after_a_restart"
OTHER = "test_evidence_proves_no_other_document"
MADE_OUT = "test_evidence_made_out_to_another_document_does_not_prove_that_one"
CHANGED = "test_evidence_that_was_changed_proves_nothing"
PROOF = "test_the_proof_of_one_document_is_none_of_another"
SAME = "test_the_same_person_is_known_as_the_same_again"
RUBBISH = "test_rubbish_is_refused_and_raises_nothing"
DOWN = "test_evidence_is_not_denied_because_the_provider_is_down"

BLANK = Evidence(method=AttestMethod.BANKID, signer="", digest="", signed_at=datetime(2026, 1, 1, tzinfo=UTC), proof="")
"""What stands in the place of a field that is not sealed."""


class Gullible(Signer):
    def verify(self, evidence: Evidence, document: Document) -> bool:
        del evidence, document
        return True


class Blind(Signer):
    def fits_document(self, evidence: Evidence, document: Document) -> bool:
        del evidence, document
        return True


class Superficial(Signer):
    def holds(self, evidence: Evidence) -> bool:
        return bool(evidence.proof)


class NobodyInParticular(Signer):
    """Neither compares nor seals who has signed."""

    def sealed(self, evidence: Evidence) -> str:
        return super().sealed(changed(evidence, "signer", ""))

    def fits_document(self, evidence: Evidence, document: Document) -> bool:
        return evidence.digest == document_digest(document)


class OnlyTheStart(Signer):
    def holds(self, evidence: Evidence) -> bool:
        return super().holds(evidence) or (len(evidence.proof) > 8 and self.sealed(evidence).startswith(evidence.proof))


class Lenient(Signer):
    def holds(self, evidence: Evidence) -> bool:
        return super().holds(changed(evidence, "proof", evidence.proof.strip().lower()))


class TakesItForANumber(Signer):
    def holds(self, evidence: Evidence) -> bool:
        return int(evidence.proof, 16) == int(self.sealed(evidence), 16)


class TakesItForText(Signer):
    def holds(self, evidence: Evidence) -> bool:
        return hmac.compare_digest(self.sealed(evidence).encode(), evidence.proof.encode())


@attrs.frozen
class OfThisProcess(Signer):
    key: bytes = attrs.field(factory=lambda: token_bytes(32))

    def sealed(self, evidence: Evidence) -> str:
        return hmac.new(self.key, claim_bytes(evidence), sha256).hexdigest()


@attrs.frozen
class Remembering(Signer):
    given: set[Evidence] = attrs.field(factory=set)

    def evidence(self, request: SigningRequest, order: Order, now: datetime) -> Evidence:
        evidence = super().evidence(request, order, now)
        self.given.add(evidence)
        return evidence

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return evidence in self.given and super().verify(evidence, document)


class Asking(Signer):
    """Has the provider confirm what it signed, and takes silence for a no."""

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return not self.provider.is_down and super().verify(evidence, document)


class FailingLoudly(Signer):
    def verify(self, evidence: Evidence, document: Document) -> bool:
        if self.provider.is_down:
            raise ConnectionError("nobody home")
        return super().verify(evidence, document)


class NewEveryTime(Signer):
    def identity(self, order: Order) -> str:
        return f"{token_hex(8)}-{order.stage.name}"


def saying(change: Callable[[Evidence, SigningRequest], Evidence]) -> Callable[[Provider], Signer]:
    """What evidence says is not what it should, and is sealed all the same."""

    class Saying(Signer):
        def evidence(self, request: SigningRequest, order: Order, now: datetime) -> Evidence:
            evidence = change(super().evidence(request, order, now), request)
            return attrs.evolve(evidence, proof=self.sealed(evidence))

        def fits_document(self, evidence: Evidence, document: Document) -> bool:
            del evidence, document
            return True

    return Saying


def not_sealing(field: str) -> Callable[[Provider], Signer]:
    """One field of evidence is not under the seal."""

    class Forgetful(Signer):
        def sealed(self, evidence: Evidence) -> str:
            return super().sealed(changed(evidence, field, getattr(BLANK, field)))

    return Forgetful


SEALED = tuple(each.name for each in attrs.fields(Evidence) if each.name not in {"proof", "digest", "signer"})

WRONG = (
    Wrong("vouches for everything", Gullible, (OTHER, MADE_OUT, CHANGED, PROOF, RUBBISH)),
    Wrong("ignores the document", Blind, (OTHER,)),
    Wrong("ignores the proof", Superficial, (MADE_OUT, CHANGED, PROOF, RUBBISH)),
    Wrong("ignores the signer", NobodyInParticular, (CHANGED, RUBBISH)),
    Wrong("does not seal which document it is", not_sealing("digest"), (MADE_OUT,)),
    *(Wrong(f"does not seal {field}", not_sealing(field), (CHANGED,)) for field in SEALED),
    Wrong("compares as much of the proof as there is", OnlyTheStart, (CHANGED,)),
    Wrong("compares proofs regardless of blanks and of case", Lenient, (CHANGED,)),
    Wrong("takes every proof for a number", TakesItForANumber, (RUBBISH,)),
    Wrong("takes every text for one that can be encoded", TakesItForText, (RUBBISH,)),
    Wrong("has another key after every restart", OfThisProcess, (KEPT,)),
    Wrong("remembers what it has signed in memory only", Remembering, (KEPT,)),
    Wrong("denies what it cannot ask about", Asking, (DOWN,)),
    Wrong("cannot verify while the provider is down, and does not say so", FailingLoudly, (DOWN,)),
    Wrong("knows nobody again", NewEveryTime, (SAME,)),
    Wrong(
        "names the person by the name and not by the id",
        saying(lambda evidence, request: attrs.evolve(evidence, signer=request.document.text_sv)),
        (NOW,),
    ),
    Wrong(
        "has the person sign the text alone",
        saying(lambda evidence, request: attrs.evolve(evidence, digest=digest(request.document.text_sv))),
        (NOW,),
    ),
    Wrong(
        "names another method than was asked for",
        saying(lambda evidence, _: attrs.evolve(evidence, method=AttestMethod.SITHS)),
        (NOW,),
    ),
    Wrong(
        "claims more than the method is worth",
        saying(lambda evidence, _: attrs.evolve(evidence, level=AssuranceLevel.HIGH)),
        (NOW,),
    ),
    Wrong(
        "dates evidence ahead",
        saying(lambda evidence, _: attrs.evolve(evidence, signed_at=evidence.signed_at + timedelta(hours=1))),
        (NOW,),
    ),
)
