"""Whether the evidence in a file is as it was made, and what it shows, in words."""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum, unique
from typing import Final, TypeAlias, final

import attrs

from kundorder.codec import claim_bytes, document_digest
from kundorder.evidence_files.files import EvidenceFile, parts_of
from kundorder.reasons.words import Texts, told, word
from kundorder.vocabulary import AssuranceLevel, Language

Holds: TypeAlias = Callable[[str, str, bytes], bool]
"""Whether the key of this name made this proof for exactly this statement."""


@final
@unique
class Flaw(Enum):
    """Why evidence does not hold."""

    OTHER_DOCUMENT = "other document"  # the evidence has another digest than the document
    OTHER_SIGNER = "other signer"
    NOT_SEALED = "not sealed"  # the proof is not for this evidence, or not by the key that the evidence names
    PROVEN_BY_PDF = "proven by PDF"  # no proof for an evidence file: the signed PDF that it names shows it


@final
@unique
class KeyStanding(Enum):
    """What the caller knows of the key that the evidence names."""

    TRUSTED = "trusted"  # the caller has named it
    NOT_TRUSTED = "not trusted"  # the caller has named others
    ONLY_HERE = "only here"  # the caller has named none; nothing shows whose key it is


_LABELS: Final[Mapping[str, Texts]] = {
    "subject": ("Ärende", "Subject"),
    "act": ("Handling", "Act"),
    "signer": ("Av", "By"),
    "capacity": ("I egenskap av", "In the capacity of"),
    "organisation": ("För", "For"),
    "signed_at": ("Tidpunkt", "When"),
    "method": ("Metod", "Method"),
    "level": ("Tillitsnivå", "Assurance level"),
    "identity": ("Identitet (kontrollsumma)", "Identity (digest)"),
    "follows": ("Bygger på (SHA-256)", "Builds on (SHA-256)"),
    "archived": ("Bevarat därtill (SHA-256)", "Kept with it (SHA-256)"),
    "key": ("Nyckel", "Key"),
}
_SUBJECT: Final[Texts] = ("{0}, nummer {1}, steg {2}", "{0}, number {1}, step {2}")
_HERE: Final[Texts] = ("finns i filen", "is in the file")
_ELSEWHERE: Final[Texts] = ("finns inte i filen", "is not in the file")
_SHOWN: Final[Texts] = ("Detta visades:", "This was shown:")
_LEVELS: Final[Mapping[AssuranceLevel, Texts]] = {
    AssuranceLevel.LOW: ("låg", "low"),
    AssuranceLevel.SUBSTANTIAL: ("väsentlig", "substantial"),
    AssuranceLevel.HIGH: ("hög", "high"),
}
_FLAWS: Final[Mapping[Flaw, Texts]] = {
    Flaw.OTHER_DOCUMENT: (
        "Beviset är för ett annat dokument än det som står i filen.",
        "The evidence is for another document than the one in the file.",
    ),
    Flaw.OTHER_SIGNER: (
        "Beviset är av någon annan än den som dokumentet anger.",
        "The evidence is by somebody else than the document names.",
    ),
    Flaw.NOT_SEALED: (
        "Signaturen stämmer inte: något har ändrats, eller så är den gjord med en annan nyckel än den som anges.",
        "The signature is not right: something has been changed, or it was made by another key than the one named.",
    ),
    Flaw.PROVEN_BY_PDF: (
        "Beviset är den signerade PDF som har kontrollsumman ovan. Verifiera den i stället.",
        "The evidence is the signed PDF that has the digest above. Verify that instead.",
    ),
}
_STANDINGS: Final[Mapping[KeyStanding, Texts]] = {
    KeyStanding.TRUSTED: ("Nyckeln är en av dem som du litar på.", "The key is one of those you trust."),
    KeyStanding.NOT_TRUSTED: (
        "Nyckeln är ingen av dem som du litar på.",
        "The key is none of those you trust.",
    ),
    KeyStanding.ONLY_HERE: (
        "Nyckeln står bara i filen själv. Jämför den med vad innehavaren har uppgett på annat sätt.",
        "The key stands only in the file itself. Compare it with what its holder has told you by other means.",
    ),
}
_HOLDS: Final[Texts] = ("Beviset håller: inget har ändrats.", "The evidence holds: nothing has been changed.")
_WHOLE: Final[Texts] = (
    "Inget har ändrats sedan beviset förseglades med den nyckeln; vems den är visas inte.",
    "Nothing has been changed since it was sealed with that key; whose it is, is not shown.",
)
_FAILS: Final[Texts] = ("BEVISET HÅLLER INTE.", "THE EVIDENCE DOES NOT HOLD.")
_OPEN: Final[Texts] = (
    "Den här filen ensam visar inte om beviset håller.",
    "This file alone does not show whether the evidence holds.",
)


@final
@attrs.frozen(kw_only=True)
class EvidenceReport:
    """What an evidence file shows, and whether it holds."""

    file: EvidenceFile
    flaws: tuple[Flaw, ...]
    key: KeyStanding

    @property
    def holds(self) -> bool:
        """Whether all is as it was attested, and the key none that the caller does not trust.

        Without keys to trust it may hold as well: then see ``key``.
        """
        return not self.flaws and self.key is not KeyStanding.NOT_TRUSTED

    def lines(self, language: str = "sv") -> tuple[str, ...]:
        """The report in words. Nothing that comes from the file can end a line or command a terminal.

        Args:
            language: ``"sv"`` or ``"en"``.

        Raises:
            ValueError: another language.
        """
        return tuple(_lines(self, Language(language)))


def verified(file: EvidenceFile, holds: Holds, trusted: Collection[str] | None = None) -> EvidenceReport:
    """Whether the evidence in a file is as it was made, and by whose key.

    Args:
        file: as it was read.
        holds: whether a key made a proof, such as ``adapters.jws.holds_by``.
        trusted: names of keys; None: the caller knows none, and the report says what that means.

    Raises:
        Unavailable: ``holds`` cannot tell.
    """
    document, evidence = file.document, file.evidence
    archived, proof = parts_of(evidence.proof)
    statement = claim_bytes(evidence) + (f"\n{archived}".encode() if archived else b"")
    by_pdf = bool(archived and not proof)
    found = {
        Flaw.OTHER_DOCUMENT: evidence.digest != document_digest(document),
        Flaw.OTHER_SIGNER: evidence.signer != document.signer,
        Flaw.NOT_SEALED: not by_pdf and not holds(evidence.signed_by, proof, statement),
        Flaw.PROVEN_BY_PDF: by_pdf,
    }
    if trusted is None:
        key = KeyStanding.ONLY_HERE
    else:
        key = KeyStanding.TRUSTED if evidence.signed_by in trusted else KeyStanding.NOT_TRUSTED
    return EvidenceReport(file=file, flaws=tuple(flaw for flaw, is_there in found.items() if is_there), key=key)


def _lines(report: EvidenceReport, language: Language) -> Iterator[str]:
    facts = dict(_facts(report.file, language))
    width = max(len(told(_LABELS[name], language)) for name in facts)
    for name, said in facts.items():
        yield f"{told(_LABELS[name], language):<{width}}  {_plain(said)}"
    yield told(_SHOWN, language)
    for line in report.file.document.text(language).split("\n"):
        yield f"  | {_plain(line)}".rstrip()
    for flaw in report.flaws:
        yield told(_FLAWS[flaw], language)
    if not {Flaw.NOT_SEALED, Flaw.PROVEN_BY_PDF} & set(report.flaws):
        yield told(_STANDINGS[report.key], language)
    if report.holds:
        yield told(_HOLDS if report.key is KeyStanding.TRUSTED else _WHOLE, language)
    else:
        yield told(_OPEN if report.flaws == (Flaw.PROVEN_BY_PDF,) else _FAILS, language)


def _facts(file: EvidenceFile, language: Language) -> Iterator[tuple[str, str]]:
    document, evidence = file.document, file.evidence
    archived, _ = parts_of(evidence.proof)
    yield "subject", told(_SUBJECT, language).format(document.subject, document.number, document.step)
    yield "act", word(document.act, language)
    yield "signer", document.signer
    yield "capacity", word(document.capacity, language)
    yield "organisation", document.organisation
    yield "signed_at", f"{evidence.signed_at:%Y-%m-%d %H:%M:%S} UTC"
    yield "method", word(evidence.method, language)
    yield "level", told(_LEVELS[evidence.assurance], language)
    if evidence.identity:
        yield "identity", evidence.identity
    if evidence.follows:
        yield "follows", evidence.follows
    if archived:
        yield "archived", f"{archived}, {told(_HERE if file.attachments else _ELSEWHERE, language)}"
    yield "key", evidence.signed_by


def _plain(text: str) -> str:
    """The text on one line, with what cannot be seen or would steer a terminal written out."""
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) == "Zs"
        else character.encode("unicode_escape").decode()
        for character in text
    )
