"""Roles, parties, states and the like in ordinary words.

Swedish bends an adjective after its noun, and one state may be of an order and of an assignment. So the sentences say
"status: …", and every state here agrees with "status".
"""

from collections.abc import Mapping
from typing import TypeAlias

from kundorder.vocabulary import (
    AgreementState,
    AssignmentState,
    AttestMethod,
    ConnectionMode,
    Language,
    OrderState,
    Party,
    ProviderState,
    Role,
    Trigger,
    UserState,
)

Texts: TypeAlias = tuple[str, str]
"""The same in every language, in the order of ``Language``."""

Words: TypeAlias = Mapping[str, Texts]
"""A name of ours, and what people call it."""

_PLACE: Mapping[Language, int] = {language: place for place, language in enumerate(Language)}

ROLES: Words = {
    Role.SIGNATORY: ("företrädare", "signatory"),
    Role.AGREEMENT_CONTACT: ("kontaktperson för avtalet", "agreement contact"),
    Role.ADMINISTRATOR: ("administratör", "administrator"),
    Role.ORDERER: ("beställare", "orderer"),
    Role.ATTESTANT: ("attestant", "attestant"),
    Role.AGENT_HANDLER: ("handläggare agent", "agent handler"),
    Role.AGENT_ASSIGNMENT_ORDERER: ("beställare agentuppdrag", "agent assignment orderer"),
    Role.PROVIDER_OFFICER: ("handläggare", "officer"),
    Role.CUSTOMER_SERVICE: ("kundservice", "customer service"),
}

PARTIES: Words = {
    Party.CUSTOMER: ("kunden", "the customer"),
    Party.AGENT: ("agenten", "the agent"),
    Party.PROVIDER: ("leverantören", "the provider"),
    Party.SYSTEM: ("systemet", "the system"),
}

STATES: Words = {  # a state of one name is one word, whatever has it
    OrderState.DRAFT: ("utkast", "draft"),
    OrderState.AWAITING_AGENT_APPROVAL: ("väntar på agentens godkännande", "awaiting the agent's approval"),
    OrderState.AWAITING_AGENT_ATTEST: ("väntar på agentens attest", "awaiting the agent's attest"),
    OrderState.AWAITING_CUSTOMER_ATTEST: ("väntar på kundens attest", "awaiting the customer's attest"),
    OrderState.ATTESTED: ("attesterad", "attested"),
    OrderState.HANDED_OVER: ("överlämnad", "handed over"),
    OrderState.CONNECTION_STARTABLE: ("klar för teknisk anslutning", "ready for the technical connection"),
    OrderState.COMPLETED: ("avslutad", "completed"),
    OrderState.REJECTED: ("avvisad", "rejected"),
    OrderState.REJECTED_BY_AGENT: ("avvisad av agenten", "rejected by the agent"),
    OrderState.WITHDRAWN: ("återtagen", "withdrawn"),
    AgreementState.APPLIED: ("ansökan inskickad", "applied for"),
    AgreementState.AWAITING_SIGNATURE: ("väntar på signatur", "awaiting signature"),
    AgreementState.SIGNED: ("signerad", "signed"),
    AgreementState.DECLINED: ("avböjd", "declined"),
    AgreementState.TERMINATED: ("uppsagd", "terminated"),
    AssignmentState.UNDER_REVIEW: ("under granskning", "under review"),
    AssignmentState.ACTIVE: ("aktiv", "active"),
    AssignmentState.ENDED: ("avslutad", "ended"),
    UserState.INVITED: ("inbjuden", "invited"),
    UserState.DELETED: ("borttagen", "deleted"),
    ProviderState.ESTABLISHED: ("upplagd", "established"),
}

TRIGGERS: Words = {
    Trigger.START: ("påbörja", "start"),
    Trigger.FILL_IN: ("fylla i", "fill in"),
    Trigger.ACCEPT_TERMS: ("godkänna villkoren", "accept the terms"),
    Trigger.SEND: ("skicka", "send"),
    Trigger.APPROVE: ("godkänna", "approve"),
    Trigger.PICK_ATTESTANT: ("välja attestant", "pick an attestant"),
    Trigger.ATTEST: ("attestera", "attest"),
    Trigger.REJECT: ("avvisa", "reject"),
    Trigger.WITHDRAW: ("återta", "withdraw"),
    Trigger.HAND_OVER: ("lämna över", "hand over"),
    Trigger.INFORM_AGENT: ("informera agenten", "inform the agent"),
    Trigger.COMPLETE: ("avsluta", "complete"),
    Trigger.COPY_AS_DRAFT: ("kopiera som utkast", "copy as a draft"),
    Trigger.APPLY: ("ansöka", "apply"),
    Trigger.REGISTER: ("registrera", "register"),
    Trigger.SIGN: ("signera", "sign"),
    Trigger.DECLINE: ("avböja", "decline"),
    Trigger.TERMINATE: ("säga upp", "terminate"),
    Trigger.PASS_REVIEW: ("godkänna granskningen", "pass the review"),
    Trigger.ACTIVATE: ("aktivera", "activate"),
    Trigger.END: ("avsluta", "end"),
    Trigger.ADD: ("lägga till", "add"),
    Trigger.VERIFY: ("bekräfta inbjudan", "verify the invitation"),
    Trigger.DELETE: ("ta bort", "delete"),
    Trigger.RESTORE: ("återställa", "restore"),
    Trigger.ASSIGN_ROLE: ("tilldela en roll", "assign a role"),
    Trigger.REMOVE_ROLE: ("ta bort en roll", "remove a role"),
    Trigger.GRANT: ("ge behörighet", "grant"),
    Trigger.REVOKE: ("återkalla behörighet", "revoke a grant"),
    Trigger.ESTABLISH: ("lägga upp leverantören", "establish the provider"),
    "nothing": ("ingenting", "nothing"),
}

METHODS: Words = {
    AttestMethod.SMS_CODE: ("sms-kod", "SMS code"),
    AttestMethod.BANKID: ("BankID", "BankID"),
    AttestMethod.FREJA: ("Freja", "Freja"),
    AttestMethod.SITHS: ("SITHS", "SITHS"),
    AttestMethod.CERTIFICATE: ("certifikat", "certificate"),
}

MODES: Words = {
    ConnectionMode.DIRECT: ("direktanslutning", "direct connection"),
    ConnectionMode.VIA_AGENT: ("via agent", "via agent"),
}

ANSWERS: Words = {  # the rest of what a form allows is the catalogue's, and the same in every language
    "unique HSA-id": ("ett HSA-id som inte redan är angivet", "an HSA-id that is not there already"),
    "one value": ("ett värde", "one value"),
}

WORDS: Mapping[str, Words] = {
    "role": ROLES,
    "party": PARTIES,
    "state": STATES,
    "trigger": TRIGGERS,
    "method": METHODS,
    "mode": MODES,
    "answer": ANSWERS,
}
"""By what a blank in a sentence stands for; what is not here is shown as it is."""


def told(texts: Texts, language: Language) -> str:
    """The one of the texts that is in this language."""
    return texts[_PLACE[language]]


def word(name: str, language: Language) -> str:
    """A role, party, state, trigger, method or mode in ordinary words; anything else as it is."""
    return next((told(words[name], language) for words in WORDS.values() if name in words), name)
