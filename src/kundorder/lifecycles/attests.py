"""How an attest or a signature is judged: the method first, then whether the evidence proves exactly this act."""

from kundorder.codec import agreement_digest, document_digest
from kundorder.commands import AttestAssignment, AttestOrder
from kundorder.evidence import Document, Evidence, reaches
from kundorder.identifiers import service_of
from kundorder.model import AgentAssignment, Agreement, Order
from kundorder.reasons import YOU, Reason, Reasons
from kundorder.situation import Act, Case
from kundorder.vocabulary import AssuranceLevel, AttestMethod, ReasonCode, Role, Trigger


def order_document(order: Order, act: Act) -> Document:
    """What an attestant attests: this order's content, at this step, as this person for this organisation."""
    content = order.content
    offer = act.catalogue.offer(content.offer)
    name = content.offer if offer is None else offer.name_sv
    answers = "; ".join(f"{answer.name}: {', '.join(answer.values)}" for answer in content.answers)
    return Document(
        subject=order.id,
        number=1,
        step=order.step,
        act=Trigger.ATTEST,
        organisation=act.actor.organisation,
        capacity=Role.ATTESTANT,
        signer=act.actor.person,
        content=order.digest or "",
        text=f"{order.case_number}: {name}. {answers}",
    )


def assignment_document(assignment: AgentAssignment, act: Act) -> Document:
    """What the agent's attestant attests before an assignment can be opened."""
    service = act.catalogue.service(service_of(assignment.id))
    return Document(
        subject=assignment.id,
        number=assignment.number,
        step=assignment.step,
        act=Trigger.ATTEST,
        organisation=act.actor.organisation,
        capacity=Role.ATTESTANT,
        signer=act.actor.person,
        content=assignment.service,
        text=assignment.service if service is None else service.name_sv,
    )


def agreement_document(agreement: Agreement, signatory: str, act: Trigger) -> Document:
    """What a signatory signs, or declines to; the same for all signatories, so that they may sign in any order."""
    return Document(
        subject=agreement.id,
        number=agreement.number,
        step=0,
        act=act,
        organisation=agreement.organisation,
        capacity=Role.SIGNATORY,
        signer=signatory,
        content=agreement_digest(agreement),
        text=f"{agreement.name}, {agreement.organisation}: {agreement.terms_version}",
    )


def attest_objections(case: Case, command: AttestOrder | AttestAssignment, offer: str, document: Document) -> Reasons:
    """A method that is allowed, and evidence by that method for exactly this attest (R11)."""
    method, evidence = command.method, command.evidence
    found = _method_objections(case, method, offer)
    if method is not None and evidence is not None and evidence.method is not method:
        return (*found, Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)))
    return (*found, *evidence_objections(case, evidence, document))


def _method_objections(case: Case, method: AttestMethod | None, offer: str) -> Reasons:
    """Whether the method is one the host allows, and strong enough for the offer (R11)."""
    rules = case.act.rules
    minimum = dict(rules.minimum_assurance_of).get(offer, AssuranceLevel.LOW)
    strong = tuple(
        each for each in rules.attest_methods if reaches(each, minimum) and reaches(each, rules.minimum_assurance)
    )
    if method is None:
        return (Reason(ReasonCode.METHOD_MISSING, (("allowed", "|".join(strong)),), cleared_by=(YOU,)),)
    if method in strong:
        return ()
    code = ReasonCode.METHOD_TOO_WEAK if method in rules.attest_methods else ReasonCode.METHOD_NOT_ALLOWED
    params = (("method", method.value), ("offer", offer), ("allowed", "|".join(strong)))
    return (Reason(code, params, cleared_by=(YOU,)),)


def evidence_objections(case: Case, evidence: Evidence | None, document: Document) -> Reasons:
    """Whether there is evidence, verified in this very load, for this document and no other."""
    if evidence is None:
        return (Reason(ReasonCode.EVIDENCE_MISSING, cleared_by=(YOU,)),)
    proven = case.act.verified == evidence and evidence.signer == document.signer
    if proven and evidence.digest == document_digest(document):
        return ()
    return (Reason(ReasonCode.EVIDENCE_INVALID, cleared_by=(YOU,)),)
