"""How an attest or a signature is judged: the method first, then whether the evidence proves exactly this act."""

from collections.abc import Callable, Iterable

from kundorder.codec import document_digest, evidence_digest
from kundorder.commands import AttestAssignment, AttestOrder
from kundorder.evidence import Document, Evidence, at_least, higher, reaches
from kundorder.reasons import YOU, Reason, Reasons
from kundorder.situation import Case
from kundorder.vocabulary import AssuranceLevel, AttestMethod, ReasonCode


def attest_objections(
    case: Case, command: AttestOrder | AttestAssignment, offer: str, document: Callable[[], Document]
) -> Reasons:
    """A method that is allowed, and evidence by that method for exactly this attest (R11)."""
    method, evidence = command.method, command.evidence
    found = _method_objections(case, method, offer)
    if method is not None and evidence is not None and evidence.method is not method:
        return (*found, Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)))
    if evidence is None:
        return (*found, Reason(ReasonCode.EVIDENCE_MISSING, cleared_by=(YOU,)))
    found = (*found, *evidence_objections(case, evidence, document()))
    return found or level_objections(case, evidence, offer, case.act.rules.attest_methods)


def _minimum(case: Case, offer: str) -> AssuranceLevel:
    """What the host asks for overall and, where it asks for more, for this offer."""
    rules = case.act.rules
    return higher(rules.minimum_assurance, dict(rules.minimum_assurance_of).get(offer, AssuranceLevel.LOW))


def _strong(methods: Iterable[AttestMethod], minimum: AssuranceLevel) -> str:
    """The methods that would do."""
    return "|".join(each for each in methods if reaches(each, minimum))


def _method_objections(case: Case, method: AttestMethod | None, offer: str) -> Reasons:
    """Whether the method is one the host allows, and strong enough for the offer (R11)."""
    allowed, minimum = case.act.rules.attest_methods, _minimum(case, offer)
    if method is None:
        return (Reason(ReasonCode.METHOD_MISSING, (("allowed", _strong(allowed, minimum)),), cleared_by=(YOU,)),)
    if method in allowed and reaches(method, minimum):
        return ()
    code = ReasonCode.METHOD_TOO_WEAK if method in allowed else ReasonCode.METHOD_NOT_ALLOWED
    params = (("method", method.value), ("offer", offer), ("allowed", _strong(allowed, minimum)))
    return (Reason(code, params, cleared_by=(YOU,)),)


def evidence_objections(case: Case, evidence: Evidence, document: Document) -> Reasons:
    """Whether the evidence, verified in this very load, is for this document and no other."""
    proven = case.act.verified == evidence and evidence.signer == document.signer
    if proven and evidence.digest == document_digest(document):
        used = case.situation.signed(evidence_digest(evidence)) is not None
        return (Reason(ReasonCode.EVIDENCE_USED, cleared_by=(YOU,)),) if used else ()
    return (Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)),)


def level_objections(case: Case, evidence: Evidence, offer: str, methods: Iterable[AttestMethod]) -> Reasons:
    """Whether the evidence itself is as strong as the host asks for; a port may be less sure than its method can be."""
    minimum = _minimum(case, offer)
    if at_least(evidence.assurance, minimum):
        return ()
    params = (("method", evidence.method.value), ("offer", offer), ("allowed", _strong(methods, minimum)))
    return (Reason(ReasonCode.METHOD_TOO_WEAK, params, cleared_by=(YOU,)),)


def signing_method_objections(case: Case, method: AttestMethod) -> Reasons:
    """Whether a signature by this method can be strong enough at all; any method may sign an agreement."""
    minimum = _minimum(case, "")
    if reaches(method, minimum):
        return ()
    params = (("method", method.value), ("offer", ""), ("allowed", _strong(AttestMethod, minimum)))
    return (Reason(ReasonCode.METHOD_TOO_WEAK, params, cleared_by=(YOU,)),)
