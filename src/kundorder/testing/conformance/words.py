"""The sentences of a story, in Swedish and English; what the words in a pair stand for, ``reasons`` tells."""

from collections.abc import Mapping
from typing import Final

from kundorder.testing.conformance.differences import Aspect
from kundorder.vocabulary import ReasonCode, Template, Trigger

Pair = tuple[str, str]
"""The same in both languages, in the order of ``Language``."""

ACTS: Final[Mapping[Trigger, Pair]] = {
    Trigger.START: ("påbörjar {order}: {offer}, {mode}{agent}", "starts {order}: {offer}, {mode}{agent}"),
    Trigger.COPY_AS_DRAFT: ("kopierar {order} som utkast: {copy}", "copies {order} as a draft: {copy}"),
    Trigger.FILL_IN: ("fyller i {order}{lacking}", "fills in {order}{lacking}"),
    Trigger.ACCEPT_TERMS: ("godkänner villkoren för {order}{lacking}", "accepts the terms of {order}{lacking}"),
    Trigger.SEND: ("skickar {order}", "sends {order}"),
    Trigger.APPROVE: (
        "godkänner {order} för agenten och väljer {who}{lacking}",
        "approves {order} for the agent and picks {who}{lacking}",
    ),
    Trigger.PICK_ATTESTANT: ("väljer {who} att attestera {order}", "picks {who} to attest {order}"),
    Trigger.ATTEST: ("attesterar {order} med {method}", "attests {order} by {method}"),
    Trigger.REJECT: ("avvisar {order}{lacking}", "rejects {order}{lacking}"),
    Trigger.WITHDRAW: ("återtar {order}", "withdraws {order}"),
    Trigger.HAND_OVER: ("lämnar över {order}{lacking}", "hands {order} over{lacking}"),
    Trigger.INFORM_AGENT: ("informerar agenten om {order}", "informs the agent of {order}"),
    Trigger.COMPLETE: ("avslutar {order}", "completes {order}"),
    Trigger.ASSIGN_ROLE: ("ger {who} rollen {role}", "gives {who} the role {role}"),
    Trigger.REMOVE_ROLE: ("tar rollen {role} från {who}", "takes the role {role} from {who}"),
    Trigger.DELETE: ("tar bort användaren {who}", "deletes the user {who}"),
    Trigger.RESTORE: ("återställer användaren {who}", "restores the user {who}"),
    Trigger.GRANT: ("ger {who} behörighet i agentuppdraget {assignment}", "grants {who} the assignment {assignment}"),
    Trigger.REVOKE: ("återkallar behörigheten i {assignment} för {who}", "revokes the grant of {who} in {assignment}"),
    Trigger.END: ("avslutar agentuppdraget {assignment}", "ends the assignment {assignment}"),
    Trigger.TERMINATE: ("säger upp avtalet {agreement}", "terminates the agreement {agreement}"),
}
"""What somebody does, by the trigger."""

TOLD: Final[Mapping[Template, Pair]] = {
    Template.ATTEST_ORDER: ("att {order} väntar på kundens attest", "that {order} awaits the customer's attest"),
    Template.REVIEW_ORDER: ("att {order} väntar på agentens godkännande", "that {order} awaits the agent's approval"),
    Template.ATTEST_FOR_AGENT: ("att {order} väntar på agentens attest", "that {order} awaits the agent's attest"),
    Template.ORDER_REJECTED: ("att {order} är avvisad", "that {order} is rejected"),
    Template.ORDER_REJECTED_BY_AGENT: ("att {order} är avvisad av agenten", "that {order} is rejected by the agent"),
    Template.ORDER_WITHDRAWN: ("att {order} är återtagen", "that {order} is withdrawn"),
    Template.HANDED_OVER: ("hur man får tillgång, för {order}", "how to get access, for {order}"),
    Template.CONNECTION_STARTABLE: (
        "att anslutningen för {order} kan påbörjas",
        "that the connection for {order} may start",
    ),
}
"""What somebody is told by mail, by the kind."""

OPENING: Final[Pair] = (
    "Systemet skiljer sig från modellen ({scenario}).",
    "Your system differs from the model ({scenario}).",
)
TO_BEGIN_WITH: Final[Pair] = ("Till att börja med:", "To begin with:")
HOLDS: Final[Pair] = ("{who} är {roles}", "{who} is {roles}")
NO_ROLE: Final[Pair] = ("användare utan roll", "a user without a role")
NO_LOGIN: Final[Pair] = ("inte användare där", "no user there")
GRANTED: Final[Pair] = (", med behörighet för {services}", ", granted for {services}")
LEGACY: Final[Pair] = (
    "{organisation} har bara ett avtal enligt den tidigare avtalsmodellen",
    "{organisation} only has an agreement of the earlier model",
)
FOUR_EYES: Final[Pair] = ("fyraögonprincipen gäller", "four eyes are required")
AT: Final[Pair] = ("hos", "at")
ORDER: Final[Pair] = ("beställning", "order")
NO_SUCH_ORDER: Final[Pair] = ("en beställning som inte finns", "an order that does not exist")
NOBODY: Final[Pair] = ("ingen", "nobody")
NO_METHOD: Final[Pair] = ("ingen metod", "no method")
VIA: Final[Pair] = (", agent {agent}", ", agent {agent}")
WITHOUT: Final[Mapping[str, Pair]] = {
    "nothing": (", med ett tomt formulär", ", with an empty form"),
    "unknown": (", med ett fält som inte finns", ", with a field that does not exist"),
    "version": (", version {version}", ", version {version}"),
    "uncertified": (", utan att intyga", ", without certifying"),
    "reason": (" utan orsak", " without a reason"),
    "instructions": (" utan instruktioner", " without instructions"),
}
"""What a command lacks or holds that it must not."""

BOTH: Final[Pair] = ("Systemet: {found}\nModellen: {expected}", "Your system: {found}\nThe model:   {expected}")
ACCEPTED: Final[Pair] = ("gjorde det", "did it")
NOW: Final[Pair] = ("{answer} (status: {state})", "{answer} (status: {state})")
WITHOUT_ID: Final[Pair] = ("gjorde det, men sa inte vad det skapade", "did it, but did not say what it created")
REFUSED: Final[Pair] = ("avböjde", "refused")
BECAUSE: Final[Pair] = ("{answer}: {codes}", "{answer}: {codes}")
HIDDEN: Final[Pair] = (
    "svarade som om det inte fanns, för den som frågar får inte se det",
    "answered as if it did not exist, for the one who asks may not see it",
)
HIDDEN_THERE: Final[Pair] = ("svarade som om det inte fanns", "answered as if it did not exist")
CRASHED: Final[Pair] = ("svarade inte, utan föll: {text}", "did not answer, but fell: {text}")
REASON: Final[Pair] = ("- {code}: {text} Kan hjälpa: {who}.{rule}", "- {code}: {text} Can help: {who}.{rule}")
SEE: Final[Pair] = (" Se {rule}.", " See {rule}.")
SEES: Final[Pair] = ("{who} ser {order} (status: {state})", "{who} sees {order} (status: {state})")
SEES_NOT: Final[Pair] = ("{who} ser inte {order}", "{who} does not see {order}")
WAITS: Final[Pair] = ("{order} väntar på {who}", "{order} waits for {who}")
WAITS_NOT: Final[Pair] = ("{order} väntar inte på {who}", "{order} does not wait for {who}")
NAMES: Final[Pair] = ("{who} får se vem som har agerat: {persons}", "{who} is shown who has acted: {persons}")
NAMES_NOT: Final[Pair] = (
    "{who} får se organisation, roll och tid, men inte vilka personer",
    "{who} is shown the organisation, the role and the time, but not the persons",
)
READS: Final[Pair] = (
    "{who} ser att {order} är ifylld med {answers}",
    "{who} sees that {order} is filled in with {answers}",
)
READS_NOTHING: Final[Pair] = ("{who} ser att {order} inte är ifylld", "{who} sees that {order} is not filled in")
MAILS: Final[Pair] = ("mejlade {who} {what}", "mailed {who} {what}")
MAILS_NOT: Final[Pair] = ("mejlade inte {who} {what}", "did not mail {who} {what}")

RULES: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.ROLE_MISSING: "R32",
    ReasonCode.WRONG_PARTY: "R33",
    ReasonCode.NO_AGREEMENT: "R1",
    ReasonCode.AGREEMENT_LEGACY: "R2",
    ReasonCode.NO_ATTESTANT: "R4",
    ReasonCode.ROLE_NOT_FOR_ORGANISATION: "R18",
    ReasonCode.LAST_ADMINISTRATOR: "R39",
    ReasonCode.USER_DELETED: "R27",
    ReasonCode.OFFER_NOT_OPEN: "R28",
    ReasonCode.AGENT_UNKNOWN: "R22",
    ReasonCode.ASSIGNMENT_NOT_ACTIVE: "R22",
    ReasonCode.AGENT_LACKS_HANDLER: "R20",
    ReasonCode.AGENT_LACKS_ATTESTANT: "R20",
    ReasonCode.NOT_GRANTED: "R21",
    ReasonCode.FORM_INCOMPLETE: "R8",
    ReasonCode.TERMS_NOT_ACCEPTED: "R8",
    ReasonCode.NOT_CERTIFIED: "R19",
    ReasonCode.NO_ATTESTANT_PICKED: "R19",
    ReasonCode.METHOD_MISSING: "R11",
    ReasonCode.METHOD_NOT_ALLOWED: "R11",
    ReasonCode.FOUR_EYES: "R12",
    ReasonCode.TOO_EARLY: "R9",
    ReasonCode.ALREADY_DECIDED: "R31",
}
"""Which rules a reason comes from, where it comes from some."""

RULES_OF_ROLES: Final[Mapping[Trigger, str]] = {
    **dict.fromkeys((Trigger.START, Trigger.COPY_AS_DRAFT, Trigger.FILL_IN, Trigger.ACCEPT_TERMS, Trigger.SEND), "R3"),
    **dict.fromkeys((Trigger.ASSIGN_ROLE, Trigger.REMOVE_ROLE, Trigger.DELETE), "R5"),
}
"""Which rule gives an act to a role, where one does."""

RULES_OF_MAIL: Final[Mapping[Template, str]] = {
    Template.ATTEST_ORDER: "R10, R36, R39",
    Template.REVIEW_ORDER: "R9, R36",
    Template.ATTEST_FOR_AGENT: "R19, R36",
    Template.HANDED_OVER: "R14",
    Template.CONNECTION_STARTABLE: "R14",
}
"""Which rules say who is told."""

RULES_OF_ASPECT: Final[Mapping[Aspect, str]] = {Aspect.WAITS: "R37"}
"""Which rules are about what is seen."""

DONE: Final[Pair] = (
    "{acts} försök, varav {refusals} inte var tillåtna; situationer: {scenarios}.",
    "{acts} acts, {refusals} of them not permitted; scenarios: {scenarios}.",
)
NO_DIFFERENCE: Final[Pair] = ("Ingen skillnad.", "No difference.")
NOT_COMPARED: Final[Pair] = ("Inte jämfört: {what}.", "Not compared: {what}.")
NOTHING_LEFT_OUT: Final[Pair] = ("inget har utelämnats", "nothing was left out")
LEFT_OUT: Final[Mapping[str, Pair]] = {
    "codes": ("skälen till att något avböjs", "reasons of refusals"),
    "hiding": (
        "om något avböjs eller om det inte finns",
        "whether something is refused or does not exist",
    ),
    "waits": ("vem en beställning väntar på", "for whom an order waits"),
    "persons": ("vilka personer som visas", "which persons are named"),
    "answers": ("vad som är ifyllt i en beställning", "what is filled in in an order"),
    "mail": ("mejl", "mail"),
    "kind": ("mejl av slaget {kind}", "mail of the kind {kind}"),
}
"""What may be switched off."""

NOT_SAID: Final[Pair] = ("{what} (systemet har inte alltid sagt det)", "{what} (the system has not always said it)")
NOT_SUPPORTED: Final[Pair] = ("{command} (stöds inte)", "{command} (not supported)")
