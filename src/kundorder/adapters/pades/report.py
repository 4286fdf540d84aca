"""A report on a signed PDF for whoever has to rely on it: each signature, and whether they all hold.

It rests on the file and on whom is trusted, on nothing else, and says the same at any time: a certificate is judged at
the moment of its signature. Whatever the file is, there is a report.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import final

import attrs

from kundorder.adapters.pades.asking import Trust
from kundorder.adapters.pades.certificates import certificates_in
from kundorder.adapters.pades.findings import Examined, Signature, claimed
from kundorder.adapters.pades.hanko import examine
from kundorder.adapters.pades.words import (
    BAD,
    CERTIFICATE,
    DAMAGES,
    DOCUMENT,
    DOUBTS,
    FLAWS,
    FORMS,
    GOOD,
    HOLDS,
    HOLDS_NOT,
    IS_TEST,
    SIGNED,
    STAMPED,
    UNKNOWN_TIME,
    UNNAMED,
    told,
)
from kundorder.vocabulary import Language


@final
@attrs.frozen
class PdfReport:
    """What a signed PDF shows."""

    found: Examined

    @property
    def holds(self) -> bool:
        """Whether somebody has signed, every signature holds, and nothing was changed after any of them."""
        return self.found.holds

    def lines(self, language: str = "sv") -> tuple[str, ...]:
        """The same in words, a line each; what belongs to a signature is indented.

        Args:
            language: ``"sv"`` or ``"en"``.

        Raises:
            ValueError: another language.
        """
        return tuple(self._lines(Language(language)))

    def _lines(self, language: Language) -> Iterator[str]:
        for damage in self.found.damage:
            yield told(DAMAGES[damage], language)
        if self.found.signatures:
            yield told(HOLDS if self.holds else HOLDS_NOT, language)
        for number, each in enumerate(self.found.signatures, 1):
            yield from _signature(number, each, language)


def report_on(pdf: bytes, trusted: Sequence[bytes]) -> PdfReport:
    """What a PDF shows of who has signed it, and whether that holds.

    Args:
        pdf: the whole file; whatever it is, there is a report.
        trusted: root certificates of those who issue certificates and time-stamps, in PEM or DER.

    Raises:
        Malformed: one of the trusted is no certificate.
        Unavailable: a package is not installed.
    """
    roots = tuple(each for content in trusted for each in certificates_in(content))
    return PdfReport(examine(pdf, Trust(roots)))


def _signature(number: int, signature: Signature, language: Language) -> Iterator[str]:
    certificate, at = signature.certificate, signature.at
    when = told(UNKNOWN_TIME, language) if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    name = _plain(certificate.name) or told(UNNAMED, language)
    head = told(STAMPED if signature.is_stamp else SIGNED, language)
    yield head.format(number=number, name=name, at=when)
    issued = told(CERTIFICATE, language)
    yield "   " + issued.format(fingerprint=certificate.fingerprint, issuer=_plain(certificate.issuer))
    if certificate.is_test:
        yield "   " + told(IS_TEST, language)
    if digest := _plain(claimed(signature.claim, "digest")):
        yield "   " + told(DOCUMENT, language).format(digest=digest)
    if not signature.is_stamp:
        yield f"   {signature.form.value}: {told(FORMS[signature.form], language)}"
    yield "   " + _verdict(signature, language)


def _verdict(signature: Signature, language: Language) -> str:
    if signature.holds:
        return told(GOOD, language)
    reasons = [FLAWS[flaw] for flaw in signature.flaws]
    reasons += [] if signature.doubt is None else [DOUBTS[signature.doubt]]
    why = "; ".join(told(reason, language) for reason in reasons)
    return told(BAD, language).format(why=why)


def _plain(text: str) -> str:
    """What comes from the file, on one line, and without what could steer a terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)[:200]
