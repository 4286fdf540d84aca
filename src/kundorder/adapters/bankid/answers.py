"""What BankID's answers mean: how far a person has come, why it has come to nothing, and whose turn it is then."""

from collections.abc import Mapping
from typing import Final

from kundorder.adapters.bankid.line import Answer
from kundorder.errors import Unavailable
from kundorder.vocabulary import FailureCode, Language

_F = FailureCode

_PENDING: Final[Mapping[str, tuple[str, str]]] = {
    "outstandingTransaction": (
        "Öppna BankID-appen, eller läs av koden med den.",
        "Open the BankID app, or scan the code with it.",
    ),
    "noClient": (
        "BankID-appen är inte öppnad än. Öppna den på den enhet där ditt BankID finns.",
        "The BankID app has not been opened yet. Open it on the device that has your BankID.",
    ),
    "started": (
        "BankID-appen letar efter ditt BankID. Finns det på en annan enhet, använd den.",
        "The BankID app is looking for your BankID. If that is on another device, use that one.",
    ),
    "userMrtd": (
        "Appen vill läsa ditt pass eller nationella id-kort. Gör som den visar.",
        "The app wants to read your passport or national identity card. Do as it shows.",
    ),
    "userCallConfirm": (
        "Appen frågar om du pratar med oss i telefon. Svara i appen.",
        "The app asks whether you are talking to us by telephone. Answer in the app.",
    ),
    "userSign": (
        "Läs texten i BankID-appen, och skriv under där om den stämmer.",
        "Read the text in the BankID app, and sign there if it is right.",
    ),
    "processing": (
        "Underskriften tas emot. Det är klart om ett ögonblick.",
        "The signature is being received. It is done in a moment.",
    ),
}
_UNDER_WAY: Final = ("Signeringen pågår i BankID-appen.", "The signing is under way in the BankID app.")
"""For what BankID may invent."""

_IN_THE_APP: Final = ("userMrtd", "userCallConfirm", "userSign", "processing")

_FAILED: Final[Mapping[str, FailureCode]] = {
    "expiredTransaction": _F.EXPIRED,
    "certificateErr": _F.METHOD_NOT_READY,  # blocked, revoked or run out
    "userCancel": _F.CANCELLED,
    "cancelled": _F.UNDER_WAY_ELSEWHERE,  # another order for the same person has come
    "startFailed": _F.METHOD_NOT_READY,  # no app was opened in time, or there is none
    "notSupportedByUserApp": _F.METHOD_NOT_READY,
    "userDeclinedCall": _F.CANCELLED,
    "transactionRiskBlocked": _F.FAILED,
}
_REFUSED: Final[Mapping[str, str]] = {
    "invalidparameters": "what was asked is not as it should be; check the address, and tell the maintainer",
    "unauthorized": "it does not know the client certificate; check which one is used, and for which address",
    "notfound": "there is nothing at that address; check it",
    "methodnotallowed": "that cannot be done at that address; check it",
    "requesttimeout": "it has waited in vain for the question",
    "unsupportedmediatype": "it does not take JSON there; check the address",
    "internalerror": "something is wrong there",
    "maintenance": "it is closed for maintenance",
}
_UNKNOWN_ORDER: Final = ("invalidparameters", "notfound")
"""What is said of an order that is not there; there is nothing else in the question that could be wrong."""

_OK: Final = 200


def hint(code: str, language: Language) -> str:
    """What to tell the person meanwhile."""
    swedish, english = _PENDING.get(code, _UNDER_WAY)
    return swedish if language is Language.SV else english


def is_in_the_app(code: str) -> bool:
    """Whether the person has the text before them, so that there is nothing to scan any more."""
    return code in _IN_THE_APP


def failure(code: str) -> tuple[FailureCode, str]:
    """Why it has come to nothing, and what to write in the log about that."""
    found = _FAILED.get(code)
    return (_F.FAILED, "BankID gives a reason that is not known here") if found is None else (found, f"BankID: {code}")


def is_fine(answer: Answer) -> bool:
    """Whether it is an answer, and no refusal to give one."""
    return answer.status == _OK


def is_busy(answer: Answer) -> bool:
    """Whether another order for the same person was under way; BankID has ended both."""
    return _code(answer) == "alreadyinprogress"


def is_gone(answer: Answer) -> bool:
    """Whether there is no such order, or no longer."""
    return not is_fine(answer) and _code(answer) in _UNKNOWN_ORDER


def refusal(answer: Answer) -> Unavailable:
    """Why there is no answer, and what can be done about it; the words are ours."""
    why = _REFUSED.get(_code(answer))
    return Unavailable(f"BankID refuses with {answer.status}" + ("" if why is None else f": {why}"))


def _code(answer: Answer) -> str:
    """As it is spelt nowhere: of one of them, BankID has been seen to write it with a capital and without."""
    match answer.content:
        case {"errorCode": str(code)}:
            return code.lower()
        case _:
            return ""
