# ruff: noqa: ARG002, D101, D102 - the port says what they do
"""A provider of one's own behind the port ``kundorder.Signing``: order, wait, collect."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

import kundorder as ko
from kundorder import Progress, SigningRequest

METHOD, LEVEL = ko.AttestMethod.FREJA, ko.AssuranceLevel.SUBSTANTIAL
STATE = re.compile('"([a-z0-9-]{1,40})"')  # JSON: the provider's id of the order; nothing more has to be kept
ENDED = {"waiting": ko.FailureCode.EXPIRED, "signed": ko.FailureCode.ANOTHER_PERSON}


@attrs.frozen
class OwnSigning:
    client: Callable[[str, tuple[str, ...]], dict[str, str]]  # what to do, about what; OSError: nobody answers
    seal: ko.Seal

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        if request.to is None:
            return ko.Failed(code=ko.FailureCode.PERSON_UNKNOWN)
        digest, ends_at = ko.document_digest(request.document), (now + timedelta(minutes=5)).isoformat()
        told = self.ask("order", digest, request.document.text(request.language), request.to.email, ends_at)
        return self.resume(request, f'"{told["order"]}"', now=now)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        found, digest = STATE.fullmatch(state), ko.document_digest(request.document)
        told = self.ask("look", found[1]) if found else {}
        if told.get("digest") != digest:  # there is no such order, or it is one of something else
            return ko.Failed(code=ko.FailureCode.NOTHING_UNDER_WAY)
        status, ends_at = told["status"], datetime.fromisoformat(told["ends_at"])
        if status == "waiting" and now < ends_at:
            soon = min(now + timedelta(seconds=2), ends_at)
            return ko.Pending(state=state, action=ko.OpenUrl(url=told["url"]), ask_again_at=soon, ends_at=ends_at)
        if status != "signed" or request.to is None or told["email"] != request.to.email:
            return ko.Failed(code=ENDED.get(status, ko.FailureCode.CANCELLED))
        bare = ko.Evidence(method=METHOD, signer=request.document.signer, digest=digest, signed_at=now, proof="")
        bare = attrs.evolve(bare, level=LEVEL, identity=told["person"], signed_by=self.seal.name)
        return ko.Done(evidence=attrs.evolve(bare, proof=self.seal.seal(ko.claim_bytes(bare))))

    def cancel(self, state: str) -> None:
        if found := STATE.fullmatch(state):
            _ = self.ask("cancel", found[1])

    def verify(self, evidence: ko.Evidence, document: ko.Document) -> bool:
        said = (evidence.method, evidence.signer, evidence.digest, evidence.signed_by, evidence.follows)
        right = (METHOD, document.signer, ko.document_digest(document), self.seal.name, None)
        is_text = evidence.identity.isascii()  # half a character could not be written down
        return said == right and is_text and self.seal.holds(evidence.proof, ko.claim_bytes(evidence))

    def ask(self, what: str, *about: str) -> dict[str, str]:
        try:
            return self.client(what, about)
        except OSError:
            raise ko.Unavailable("the provider does not answer") from None
