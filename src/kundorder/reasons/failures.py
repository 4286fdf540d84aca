"""Why a signing has come to nothing, in words: each says what to do next."""

from collections.abc import Mapping

from kundorder.reasons.words import Texts, told
from kundorder.vocabulary import FailureCode, Language

_F = FailureCode

FAILURES: Mapping[FailureCode, Texts] = {
    _F.FAILED: (
        "Signeringen gick inte att genomföra. Försök igen, eller välj en annan metod.",
        "The signing could not be carried out. Try again, or choose another method.",
    ),
    _F.CANCELLED: (
        "Signeringen avbröts. Börja om när du vill signera.",
        "The signing was cancelled. Begin again when you want to sign.",
    ),
    _F.EXPIRED: (
        "Tiden för signeringen gick ut. Börja om.",
        "The time for signing ran out. Begin again.",
    ),
    _F.ANOTHER_PERSON: (
        "Signeringen gjordes av någon annan än den som skulle signera. Den som är angiven behöver signera själv.",
        "Somebody else than the one who was to sign has signed. The person named has to sign in person.",
    ),
    _F.PERSON_UNKNOWN: (
        "Metoden vet inte vem som ska signera. Kontakta kundservice, eller välj en annan metod.",
        "The method does not know who is to sign. Contact customer service, or choose another method.",
    ),
    _F.NO_ADDRESS: (
        "Det saknas ett mobilnummer att skicka koden till. Be administratören lägga till det.",
        "There is no mobile number to send the code to. Ask the administrator to add it.",
    ),
    _F.TOO_MANY_TRIES: (
        "Fel kod har angetts för många gånger. Börja om för att få en ny kod.",
        "A wrong code was entered too many times. Begin again to get a new code.",
    ),
    _F.TOO_OFTEN: (
        "Det har påbörjats för många signeringar. Vänta en timme och börja om.",
        "Too many signings have been begun. Wait for an hour and begin again.",
    ),
    _F.METHOD_NOT_READY: (
        "Metoden är inte klar att användas av dig. Se till att den är aktiv, eller välj en annan metod.",
        "The method is not ready for you to use. See to it that it is active, or choose another method.",
    ),
    _F.UNDER_WAY_ELSEWHERE: (
        "En annan signering pågår redan med samma metod. Avsluta den och börja om.",
        "Another signing is under way with the same method. End that one and begin again.",
    ),
    _F.NOTHING_UNDER_WAY: (
        "Det pågår ingen signering. Börja om.",
        "No signing is under way. Begin again.",
    ),
}


def failure_text(code: FailureCode, language: Language) -> str:
    """Why, and what to do next."""
    return told(FAILURES[code], language)
