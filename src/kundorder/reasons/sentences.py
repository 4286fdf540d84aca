"""What each reason and each advice says, in Swedish and English; how a blank is filled in, ``wording`` tells."""

from collections.abc import Mapping

from kundorder.reasons.wording import takes
from kundorder.reasons.words import Texts
from kundorder.vocabulary import AdviceCode, ReasonCode

_C = ReasonCode

REASONS: Mapping[ReasonCode, Texts] = {
    _C.ROLE_MISSING: ("Du saknar rollen {role} hos {organisation}.", "You lack the role {role} at {organisation}."),
    _C.NOT_YOUR_ORDER: (
        "Bara den beställare som har gjort beställningen kan göra detta.",
        "Only the orderer who made the order can do this.",
    ),
    _C.WRONG_PARTY: (
        "Ni kan inte göra detta; det görs av {party}.",
        "This is not for your organisation to do; it is done by {party}.",
    ),
    _C.NO_AGREEMENT: (
        "{organisation} har inget gällande kundavtal.",
        "{organisation} has no customer agreement in force.",
    ),
    _C.AGREEMENT_NOT_APPROVED: (
        "Ansökan från {organisation} är inte godkänd ännu.",
        "The application of {organisation} is not approved yet.",
    ),
    _C.AGREEMENT_NOT_SIGNED: (
        "Avtalet för {organisation} är inte signerat ännu.",
        "The agreement of {organisation} is not signed yet.",
    ),
    _C.AGREEMENT_LEGACY: (
        "{organisation} har bara ett avtal enligt den tidigare avtalsmodellen; ett nytt kundavtal behövs.",
        "{organisation} only has an agreement of the earlier model; a new customer agreement is needed.",
    ),
    _C.AGREEMENT_EXISTS: (
        "{organisation} har redan ett avtal eller en pågående ansökan.",
        "{organisation} already has an agreement or an open application.",
    ),
    _C.IS_THE_PROVIDER: (
        "{organisation} är leverantören och tecknar inga avtal med sig själv.",
        "{organisation} is the provider and signs no agreements with itself.",
    ),
    _C.OFFER_CHANGED: (
        "Erbjudandet {offer} har ändrats sedan utkastet påbörjades; påbörja en ny beställning.",
        "The offer {offer} has changed since the draft was started; start a new order.",
    ),
    _C.NO_ATTESTANT: ("{organisation} har ingen attestant.", "{organisation} has no attestant."),
    _C.NO_ORDERER: ("{organisation} har ingen beställare.", "{organisation} has no orderer."),
    _C.NO_ADMINISTRATOR: (
        "{organisation} har ingen känd administratör; kontakta kundservice.",
        "{organisation} has no known administrator; contact customer service.",
    ),
    _C.NOT_A_USER: ("Personen är inte användare hos {organisation}.", "The person is not a user at {organisation}."),
    _C.ALREADY_A_USER: (
        "Personen är redan användare hos {organisation}.",
        "The person is already a user at {organisation}.",
    ),
    _C.USER_NOT_VERIFIED: (
        "Användaren har inte bekräftat sin inbjudan ännu.",
        "The user has not verified the invitation yet.",
    ),
    _C.USER_DELETED: (
        "Användaren är borttagen och kan bara återställas av leverantören.",
        "The user is deleted and can only be restored by the provider.",
    ),
    _C.INVITATION_INVALID: (
        "Inbjudan är inte giltig; be om en ny.",
        "The invitation is not valid; ask for a new one.",
    ),
    _C.PERSON_TAKEN: (
        "Adressen eller inloggningen tillhör redan en annan användare.",
        "The address or the login already belongs to another user.",
    ),
    _C.ROLE_NOT_FOR_ORGANISATION: (
        "Rollen {role} finns inte i den här typen av organisation.",
        "The role {role} does not exist in this kind of organisation.",
    ),
    _C.ROLE_NOT_ASSIGNABLE: (
        "Rollen {role} kan inte tilldelas en användare; den anges i ansökan om avtal.",
        "The role {role} cannot be assigned to a user; it is named in the application for an agreement.",
    ),
    _C.LAST_ADMINISTRATOR: (
        "Den sista administratören hos {organisation} kan inte tas bort.",
        "The last administrator at {organisation} cannot be removed.",
    ),
    _C.OFFER_UNKNOWN: ("Erbjudandet {offer} finns inte.", "There is no offer {offer}."),
    _C.OFFER_NOT_OPEN: (
        "Erbjudandet {offer} är inte öppet för er kundkategori.",
        "The offer {offer} is not open to your customer category.",
    ),
    _C.MODE_NOT_ALLOWED: (
        "Erbjudandet {offer} kan inte beställas på det sättet; möjligt är: {allowed:mode}.",
        "The offer {offer} cannot be ordered in that way; possible: {allowed:mode}.",
    ),
    _C.SERVICE_UNKNOWN: ("Tjänsten {service} finns inte.", "There is no service {service}."),
    _C.AGENT_MISSING: ("Ingen agent är vald.", "No agent has been chosen."),
    _C.AGENT_NOT_EXPECTED: ("Vid direktanslutning anges ingen agent.", "A direct connection has no agent."),
    _C.AGENT_IS_SELF: ("En organisation kan inte vara sin egen agent.", "An organisation cannot be its own agent."),
    _C.AGENT_UNKNOWN: ("{agent} är inte någon känd agent.", "{agent} is not a known agent."),
    _C.AGENT_NOT_APPROVED: ("{agent} har inget signerat agentavtal.", "{agent} has no signed agent agreement."),
    _C.ASSIGNMENT_NOT_ACTIVE: (
        "{agent} har inget aktivt agentuppdrag för tjänsten {service}.",
        "{agent} has no active assignment for the service {service}.",
    ),
    _C.ASSIGNMENT_EXISTS: (
        "Det finns redan ett agentuppdrag för tjänsten {service} (status: {state}).",
        "There already is an assignment for the service {service} (status: {state}).",
    ),
    _C.AGENT_LACKS_HANDLER: (
        "{agent} har ingen handläggare agent med behörighet i agentuppdraget för tjänsten {service}.",
        "{agent} has no agent handler who is granted in the assignment for the service {service}.",
    ),
    _C.AGENT_LACKS_ATTESTANT: ("{agent} har ingen attestant.", "{agent} has no attestant."),
    _C.NOT_GRANTED: (
        "Du saknar behörighet i agentuppdraget för tjänsten {service}.",
        "You are not granted in the assignment for the service {service}.",
    ),
    _C.ORIGINAL_UNKNOWN: (
        "Den beställning som tilläggsbeställningen hänvisar till finns inte hos er.",
        "The order that this one supplements is not one of yours.",
    ),
    _C.FIELD_UNKNOWN: ("Fältet {field} finns inte i formuläret.", "The form has no field {field}."),
    _C.FIELD_INVALID: (
        "Fältet {field} är felaktigt ifyllt; tillåtet är: {allowed:answer}.",
        "The field {field} is filled in wrongly; allowed: {allowed:answer}.",
    ),
    _C.FORM_INCOMPLETE: ("Fältet {field} är inte ifyllt.", "The field {field} is not filled in."),
    _C.TERMS_NOT_ACCEPTED: ("Villkoren är inte godkända.", "The terms are not accepted."),
    _C.TERMS_CHANGED: (
        "Villkoren är inte de som gäller nu; gällande version är {version}.",
        "The terms are not those of today; the version in force is {version}.",
    ),
    _C.NOT_CERTIFIED: ("Uppgifterna är inte intygade.", "The details have not been certified."),
    _C.NO_ATTESTANT_PICKED: ("Ingen attestant är vald.", "No attestant has been picked."),
    _C.NOT_PICKED: ("En annan attestant är vald.", "Another attestant has been picked."),
    _C.NOT_AN_ATTESTANT: (
        "Personen är inte attestant hos {organisation}.",
        "The person is not an attestant at {organisation}.",
    ),
    _C.NOT_A_HANDLER: (
        "Personen är inte handläggare agent hos {organisation}.",
        "The person is not an agent handler at {organisation}.",
    ),
    _C.METHOD_MISSING: (
        "Ingen attesteringsmetod är vald; möjligt är: {allowed:method}.",
        "No attest method has been chosen; possible: {allowed:method}.",
    ),
    _C.METHOD_NOT_ALLOWED: (
        "Attesteringsmetoden {method} är inte tillåten; möjligt är: {allowed:method}.",
        "The attest method {method} is not allowed; possible: {allowed:method}.",
    ),
    _C.METHOD_TOO_WEAK: (
        "Attesteringsmetoden {method} är för svag här; möjligt är: {allowed:method}.",
        "The attest method {method} is too weak here; possible: {allowed:method}.",
    ),
    _C.EVIDENCE_MISSING: (
        "Det saknas bevis för attesten eller signaturen.",
        "There is no evidence of the attest or the signature.",
    ),
    _C.EVIDENCE_INVALID: (
        "Beviset visar inte att just den här personen har gjort just detta, med just det här innehållet.",
        "The evidence does not prove this act by this person over this content.",
    ),
    _C.EVIDENCE_USED: (
        "Beviset har redan använts en gång; attestera eller signera på nytt.",
        "The evidence has been used once already; attest or sign anew.",
    ),
    _C.ALREADY_SIGNED: ("Företrädaren har redan signerat.", "The signatory has signed already."),
    _C.SIGNED_MEANWHILE: (
        "En annan företrädare har signerat under tiden; signera en gång till, efter den signaturen.",
        "Another signatory has signed meanwhile; sign once more, after that signature.",
    ),
    _C.SAME_SIGNER: (
        "Samma person har redan signerat som en annan företrädare; den som är angiven behöver signera själv.",
        "The same person has already signed as another signatory; the one who is named has to sign in person.",
    ),
    _C.NOT_BINDING: (
        "De angivna företrädarna kan inte tillsammans binda {organisation}; avböj, och ansök med rätt företrädare.",
        "The signatories named cannot bind {organisation} together; decline, and apply with the right signatories.",
    ),
    _C.NOT_A_SIGNATORY: ("Personen är inte angiven som företrädare.", "The person is not named as a signatory."),
    _C.FOUR_EYES: (
        "Fyraögonprincipen gäller: detta måste göras av någon som inte redan har agerat i ärendet.",
        "Four eyes are required: this must be done by somebody who has not acted on the order.",
    ),
    _C.REASON_MISSING: ("Ange en orsak.", "State a reason."),
    _C.INSTRUCTIONS_MISSING: ("Ange instruktioner till kunden.", "State the instructions for the customer."),
    _C.TOO_EARLY: (
        "Det är för tidigt; nästa steg ska tas av {party} (status: {state}).",
        "It is too early; the next step is taken by {party} (status: {state}).",
    ),
    _C.ALREADY_DECIDED: (
        "Det är redan avgjort: {role} hos {party} valde att {trigger} ({at:moment}).",
        "It is decided already: {role} at {party} chose to {trigger} ({at:moment}).",
    ),
    _C.WRONG_STATE: (
        "Det går inte i det här läget (status: {state}); möjligt är: {possible:trigger}.",
        "It is not possible at this point (status: {state}); possible: {possible:trigger}.",
    ),
    _C.SIGNATORIES_UNCLEAR: (
        "Ange minst en företrädare, och en egen e-postadress för varje företrädare.",
        "Name at least one signatory, each with an e-mail address of their own.",
    ),
    _C.NOT_EMPTY: ("Leverantören är redan upplagd.", "The provider is established already."),
}

ADVICE: Mapping[AdviceCode, Texts] = {
    AdviceCode.FLOW_OVERRIDDEN: (
        "Erbjudandet {offer} följer alltid flödet för direktanslutning, även via agent; agenten deltar inte.",
        "The offer {offer} always takes the flow of a direct connection, also via agent; the agent takes no part.",
    ),
    AdviceCode.LIST_ALL_CARE_UNITS: (
        "Ta med alla vårdenheter på en gång; en tilläggsbeställning kan medföra en ny uppstartskostnad.",
        "List all care units at once; a supplementary order may cost a new start-up fee.",
    ),
    AdviceCode.ASK_THE_AGENT: (
        "Fråga agenten om du är osäker på vilket erbjudande som passar.",
        "Ask the agent if you are unsure which offer fits.",
    ),
    AdviceCode.START_UP_FEE: (
        "Erbjudandet {offer} har en uppstartskostnad på {fee}.",
        "The offer {offer} has a start-up fee of {fee}.",
    ),
}

PARAMS: Mapping[ReasonCode | AdviceCode, frozenset[str]] = {
    **{code: takes(texts) for code, texts in REASONS.items()},
    **{code: takes(texts) for code, texts in ADVICE.items()},
}
"""Which params each sentence takes; others may be given with it, for hosts that branch on the code."""
