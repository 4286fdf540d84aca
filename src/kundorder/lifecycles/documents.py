"""What somebody attests or signs: the whole matter in words, in both languages, and bound by its digest.

Whoever reads it has to know from it alone what is agreed, by whom and in which capacity; so nothing here is shortened.
"""

from collections.abc import Iterable
from typing import Final

import attrs

from kundorder.catalogue import Catalogue, Field, Offer, Terms
from kundorder.codec import agreement_digest, terms_digest
from kundorder.evidence import Document
from kundorder.identifiers import service_of
from kundorder.model import AgentAssignment, Agreement, Answer, Contact, Order
from kundorder.reasons import word
from kundorder.situation import Act
from kundorder.vocabulary import Language, Party, Role, Trigger

_SV: Final[dict[str, str]] = {
    "order": "Attest av beställning",
    "assignment": "Attest av agentuppdrag",
    Party.CUSTOMER: "Kundavtal",
    Party.AGENT: "Agentavtal",
    Trigger.SIGN: "Den som signerar godkänner avtalet för organisationen.",
    Trigger.DECLINE: "Den som signerar avböjer avtalet för organisationen.",
    "case": "Ärendenummer",
    "organisation": "Organisation",
    "for": "Attesteras för",
    "capacity": "I egenskap av",
    "offer": "Erbjudande",
    "service": "Tjänst",
    "mode": "Anslutning",
    "agent": "Agent",
    "terms": "Villkor",
    "version": "version",
    "digest": "kontrollsumma (SHA-256)",
    "supplements": "Tillägg till beställning",
    "number": "Nummer",
    "administrator": "Administratör",
    "contact": "Kontaktperson för avtalet",
    "signatory": "Företrädare",
}
_EN: Final[dict[str, str]] = {
    "order": "Attest of an order",
    "assignment": "Attest of an agent assignment",
    Party.CUSTOMER: "Customer agreement",
    Party.AGENT: "Agent agreement",
    Trigger.SIGN: "Who signs accepts the agreement for the organisation.",
    Trigger.DECLINE: "Who signs declines the agreement for the organisation.",
    "case": "Case number",
    "organisation": "Organisation",
    "for": "Attested for",
    "capacity": "In the capacity of",
    "offer": "Offer",
    "service": "Service",
    "mode": "Connection",
    "agent": "Agent",
    "terms": "Terms",
    "version": "version",
    "digest": "digest (SHA-256)",
    "supplements": "Supplements the order",
    "number": "Number",
    "administrator": "Administrator",
    "contact": "Agreement contact",
    "signatory": "Signatory",
}
_SAID: Final[dict[Language, dict[str, str]]] = {Language.SV: _SV, Language.EN: _EN}


def order_document(order: Order, act: Act) -> Document:
    """What an attestant attests: this order's content, at this step, as this person for this organisation."""
    offer = act.catalogue.offer(order.content.offer)
    here = act.actor.organisation
    return Document(
        subject=order.id,
        number=1,
        step=order.step,
        act=Trigger.ATTEST,
        organisation=here,
        capacity=Role.ATTESTANT,
        signer=act.actor.person,
        content=order.digest or "",
        text_sv=_of_order(order, offer, here, Language.SV),
        text_en=_of_order(order, offer, here, Language.EN),
    )


def assignment_document(assignment: AgentAssignment, act: Act) -> Document:
    """What the agent's attestant attests before an assignment can be opened."""
    here = act.actor.organisation
    return Document(
        subject=assignment.id,
        number=assignment.number,
        step=assignment.step,
        act=Trigger.ATTEST,
        organisation=here,
        capacity=Role.ATTESTANT,
        signer=act.actor.person,
        content=assignment.service,
        text_sv=_of_assignment(assignment, act, here, Language.SV),
        text_en=_of_assignment(assignment, act, here, Language.EN),
    )


def agreement_document(agreement: Agreement, signatory: str, act: Trigger, catalogue: Catalogue) -> Document:
    """What a signatory signs, or declines to, in today's wording; the signatories may sign in any order."""
    terms = agreement_terms(catalogue, agreement.party)
    return Document(
        subject=agreement.id,
        number=agreement.number,
        step=0,
        act=act,
        organisation=agreement.organisation,
        capacity=Role.SIGNATORY,
        signer=signatory,
        content=agreement_digest(attrs.evolve(agreement, terms_digest=terms_digest(terms))),
        text_sv=_of_agreement(agreement, terms, act, Language.SV),
        text_en=_of_agreement(agreement, terms, act, Language.EN),
    )


def agreement_terms(catalogue: Catalogue, party: Party) -> Terms:
    """The wording of today."""
    return catalogue.customer_agreement if party is Party.CUSTOMER else catalogue.agent_agreement


def _of_order(order: Order, offer: Offer | None, here: str, language: Language) -> str:
    said, content = _SAID[language], order.content
    # Bound by the content's digest all the same; but the agent's people know of no other orders of the customer.
    original = content.supplementary_to if here == content.organisation else None
    name = content.offer if offer is None else _one(language, offer.name_sv, offer.name_en)
    form = {} if offer is None else {field.name: field for field in offer.form}
    lines = [
        (said["case"], order.case_number or ""),
        (said["organisation"], content.organisation),
        (said["for"], here),
        (said["capacity"], word(Role.ATTESTANT, language)),
        (said["service"], content.service),
        (said["offer"], f"{name} ({content.offer})"),
        (said["mode"], word(content.mode, language)),
        *(() if content.agent is None else ((said["agent"], content.agent),)),
        *((_label(answer, form.get(answer.name), language), ", ".join(answer.values)) for answer in content.answers),
        *(() if original is None else ((said["supplements"], original),)),
    ]
    if content.terms is not None:
        terms = f"{said['version']} {content.terms.version}, {said['digest']} {content.terms.digest}"
        lines.append((said["terms"], terms))
    return _sheet(said["order"], lines)


def _label(answer: Answer, field: Field | None, language: Language) -> str:
    return answer.name if field is None else _one(language, field.label_sv, field.label_en)


def _of_assignment(assignment: AgentAssignment, act: Act, here: str, language: Language) -> str:
    said = _SAID[language]
    service = act.catalogue.service(service_of(assignment.id))
    name = assignment.service if service is None else _one(language, service.name_sv, service.name_en)
    lines = [
        (said["agent"], assignment.agent),
        (said["for"], here),
        (said["capacity"], word(Role.ATTESTANT, language)),
        (said["service"], f"{name} ({assignment.service})"),
        (said["number"], str(assignment.number)),
    ]
    return _sheet(said["assignment"], lines)


def _of_agreement(agreement: Agreement, terms: Terms, act: Trigger, language: Language) -> str:
    said = _SAID[language]
    lines = [
        (said["organisation"], f"{agreement.name} ({agreement.organisation})"),
        (said["terms"], f"{said['version']} {terms.version}"),
        (said["administrator"], _person(agreement.administrator)),
        (said["contact"], _person(agreement.agreement_contact)),
        *((said["signatory"], _person(signatory.contact)) for signatory in agreement.signatories),
    ]
    text = _one(language, terms.text_sv, terms.text_en)
    return f"{_sheet(said[agreement.party], lines)}\n\n{text}\n\n{said[act]}"


def _person(contact: Contact) -> str:
    return f"{contact.name} <{contact.email}>"


def _sheet(title: str, lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join((title, "", *(f"{label}: {value}" for label, value in lines)))


def _one(language: Language, swedish: str, english: str) -> str:
    return swedish if language is Language.SV else english
