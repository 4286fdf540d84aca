"""The words of a report on a signed PDF, in Swedish and English; none holds a personal identity number."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from kundorder.adapters.pades.findings import Damage, Doubt, Flaw, Form
from kundorder.vocabulary import Language

Said: TypeAlias = tuple[str, str]
"""In Swedish and in English."""

DOUBTS: Final[Mapping[Doubt, Said]] = {
    Doubt.EXPIRED: (
        "certifikatets giltighetstid hade gått ut när underskriften gjordes",
        "the certificate had expired when the signature was made",
    ),
    Doubt.NOT_YET_VALID: (
        "certifikatet gällde ännu inte när underskriften gjordes",
        "the certificate was not valid yet when the signature was made",
    ),
    Doubt.REVOKED: (
        "certifikatet var spärrat när underskriften gjordes",
        "the certificate had been revoked when the signature was made",
    ),
    Doubt.STATUS_UNKNOWN: (
        "det går inte att avgöra om certifikatet var spärrat: spärrlistan är inaktuell; hämta en ny",
        "whether the certificate had been revoked cannot be told: the list is out of date; fetch a new one",
    ),
    Doubt.UNKNOWN_ISSUER: (
        "certifikatets utfärdare hör inte till dem som godtas; lägg till dess rotcertifikat om den ska göra det",
        "the issuer of the certificate is not among those trusted; add its root certificate if it is to be",
    ),
    Doubt.NOT_FOR_SIGNING: (
        "certifikatet är inte utfärdat för underskrifter",
        "the certificate has not been issued for signatures",
    ),
    Doubt.WEAK: (
        "underskriften är gjord med en metod som inte längre räknas som säker",
        "the signature was made by a method that does not count as safe any more",
    ),
    Doubt.OTHER: (
        "certifikatet går inte att lita på: kedjan till en godtagen utfärdare håller inte",
        "the certificate cannot be trusted: its chain to a trusted issuer does not hold",
    ),
}
FLAWS: Final[Mapping[Flaw, Said]] = {
    Flaw.BROKEN: (
        "underskriften stämmer inte med innehållet: något har ändrats",
        "the signature does not match the content: something has been changed",
    ),
    Flaw.PARTIAL: (
        "underskriften omfattar inte allt som fanns när den gjordes",
        "the signature does not cover everything that was there when it was made",
    ),
    Flaw.CHANGED_AFTER: (
        "efter underskriften har annat än underskrifter lagts till, ändrats eller tagits bort",
        "after the signature something else than signatures was added, changed or removed",
    ),
    Flaw.TIME_UNKNOWN: (
        "det framgår inte när underskriften gjordes",
        "nothing says when the signature was made",
    ),
    Flaw.STAMP: (
        "tidsstämpeln håller inte, eller dess utfärdare hör inte till dem som godtas",
        "the time-stamp does not hold, or its authority is not among those trusted",
    ),
    Flaw.CLAIM: (
        "det underskriften uppger om sig själv stämmer inte",
        "what the signature says of itself is not so",
    ),
}
DAMAGES: Final[Mapping[Damage, Said]] = {
    Damage.NOT_READABLE: (
        "Filen går inte att läsa: den är skadad, avkapad eller ingen PDF. Hämta den på nytt.",
        "The file cannot be read: it is damaged, cut off or no PDF. Fetch it again.",
    ),
    Damage.ENCRYPTED: (
        "Filen är krypterad och går inte att kontrollera. Hämta den okrypterad.",
        "The file is encrypted and cannot be validated. Fetch it unencrypted.",
    ),
    Damage.NO_SIGNATURES: (
        "Ingen har undertecknat filen.",
        "Nobody has signed the file.",
    ),
    Damage.UNREADABLE_SIGNATURE: (
        "Filen har en underskrift som är skadad, eller av ett slag som inte går att kontrollera här.",
        "The file has a signature that is damaged, or of a kind that cannot be validated here.",
    ),
    Damage.ADDED_LAST: (
        "Något har lagts till i filen efter den sista underskriften.",
        "Something was added to the file after the last signature.",
    ),
}
FORMS: Final[Mapping[Form, Said]] = {
    Form.B: ("tiden är den undertecknandes egen uppgift", "the time is what the signer says"),
    Form.T: ("en tidsstämpel visar tiden", "a time-stamp shows the time"),
    Form.LT: (
        "en tidsstämpel visar tiden, och allt som behövs för kontroll finns i filen",
        "a time-stamp shows the time, and all that is needed to validate it is in the file",
    ),
    Form.LTA: (
        "tidsstämplar visar tiden och skyddar allt som behövs för kontroll, som finns i filen",
        "time-stamps show the time and protect all that is needed to validate it, which is in the file",
    ),
}
HOLDS: Final = (
    "Underskrifterna gäller, och inget har ändrats efter dem.",
    "The signatures hold, and nothing was changed after them.",
)
HOLDS_NOT: Final = (
    "Underskrifterna gäller inte, eller inte alla; se nedan.",
    "The signatures do not hold, or not all of them; see below.",
)
IS_TEST: Final = (
    "PROV: certifikatet är utfärdat på prov och visar inte vem någon är.",
    "TEST: the certificate was issued as a test and does not show who anybody is.",
)
SIGNED: Final = ("{number}. Undertecknad av {name}, {at}", "{number}. Signed by {name}, {at}")
STAMPED: Final = (
    "{number}. Tidsstämpel över hela filen av {name}, {at}",
    "{number}. Time-stamp of the file by {name}, {at}",
)
CERTIFICATE: Final = ("Certifikat {fingerprint}, utfärdat av {issuer}", "Certificate {fingerprint}, issued by {issuer}")
GOOD: Final = (
    "Gäller: certifikatet godtas, och efter underskriften har inget annat än underskrifter tillkommit.",
    "Holds: the certificate is trusted, and nothing but signatures was added after it.",
)
BAD: Final = ("Gäller inte: {why}.", "Does not hold: {why}.")
DOCUMENT: Final = ("Avser dokumentet med SHA-256 {digest}", "For the document with SHA-256 {digest}")
UNNAMED: Final = ("någon utan namn", "somebody without a name")
UNKNOWN_TIME: Final = ("okänd tid", "time unknown")


def told(said: Said, language: Language) -> str:
    """In one language."""
    return said[0] if language is Language.SV else said[1]
