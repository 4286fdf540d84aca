"""What a signed PDF shows: every signature in it, by whom, when, and whether anything was changed. Loads pyHanko.

Nothing but the file and what is trusted counts: a certificate is judged at the moment of its signature, which is that
of the time-stamp, or of the signer's own clock if there is none. Between two signatures nothing may be added but the
next signature with its field and its picture, and what serves to validate it; and the last one must cover the whole
file. So whatever is appended by somebody without a trusted key is seen, also what other programs let pass, such as new
metadata.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# since pyHanko is typed in part

from datetime import UTC, datetime
from io import BytesIO
from typing import Final, Protocol, final, runtime_checkable

import attrs
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel, StandardDiffPolicy, SuspiciousModification
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.policies import DEFAULT_DIFF_POLICY
from pyhanko.sign.diff_analysis.rules.form_field_rules import SigFieldCreationRule, SigFieldModificationRule
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.status import ModificationInfo, PdfSignatureStatus, SignatureCoverageLevel, SignatureStatus

from kundorder.adapters.pades.alone import alone
from kundorder.adapters.pades.asking import Trust
from kundorder.adapters.pades.believing import believed, doubt_in
from kundorder.adapters.pades.certificates import Certificate, length_of
from kundorder.adapters.pades.findings import Damage, Examined, Flaw, Form, Signature, is_so

CLAIM: Final = "/XXKundorderClaim"
"""Where a signature says what it is for; names that begin so are private (ISO 32000-1, annex E)."""

_ONLY_SIGNATURES: Final = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule([SigFieldCreationRule(), SigFieldModificationRule()]),  # type: ignore[no-untyped-call]
)
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


def examined(pdf: bytes, trust: Trust, grown_from: bytes | None) -> Examined:
    """See ``hanko.examine``."""
    try:
        return alone(lambda: _examined(pdf, trust, grown_from))
    except Exception:  # noqa: BLE001 - there is no end to what a file can be made to raise, and no file is to raise here
        return Examined(damage=(Damage.NOT_READABLE,))


async def _examined(pdf: bytes, trust: Trust, base: bytes | None) -> Examined:
    reader = PdfFileReader(BytesIO(pdf))
    if reader.encrypted:
        return Examined(damage=(Damage.ENCRYPTED,))
    steps = _steps(reader)
    looks, unreadable = _looks(reader, trust, steps)
    signatures: list[Signature] = []
    for look in looks:
        try:
            signatures.append(await look.signature())
        except Exception:  # noqa: BLE001 - as in ``examined``
            unreadable += 1
    damage = [Damage.UNREADABLE_SIGNATURE] if unreadable else []
    if not unreadable and all(each.is_stamp for each in signatures):
        damage.append(Damage.NO_SIGNATURES)
    if signatures and not signatures[-1].is_last:
        damage.append(Damage.ADDED_LAST)
        signatures = [_added_to(each) for each in signatures]
    grown = base is not None and _is_first(reader, pdf, base) and all(steps) and len(steps) == len(looks)
    return Examined(damage=tuple(damage), signatures=_with_archive(signatures), grown=grown)


def _steps(reader: PdfFileReader) -> tuple[bool, ...]:
    """Of each revision but the first, whether it adds nothing to the one before but what belongs to signatures."""
    found: list[bool] = []
    for number in range(1, reader.total_revisions):
        before, after = (reader.get_historical_resolver(each) for each in (number - 1, number))
        try:
            level = _ONLY_SIGNATURES.apply(before, after).modification_level
        except (SuspiciousModification, PdfReadError):  # the latter: there was no form that a signature can be added to
            found.append(False)
        else:
            found.append(level <= ModificationLevel.FORM_FILLING)
    return tuple(found)


def _is_first(reader: PdfFileReader, pdf: bytes, base: bytes) -> bool:
    """Whether the first revision is this file: its bytes come first, and it is they that are read as such."""
    first = PdfFileReader(BytesIO(base)).last_startxref
    return pdf.startswith(base) and reader.xrefs.get_startxref_for_revision(0) == first


def _looks(reader: PdfFileReader, trust: Trust, steps: tuple[bool, ...]) -> tuple[list["_Look"], int]:
    """One at each signature, in the order they were made, and how many cannot be looked at."""
    found: list[_Look] = []
    unreadable = 0
    for name, _, field in enumerate_sig_fields(reader, filled_status=True):
        try:
            embedded = EmbeddedPdfSignature(reader, field, str(name))  # pyright: ignore[reportArgumentType] - it takes both
        except Exception:  # noqa: BLE001 - as in ``examined``
            unreadable += 1
        else:
            found.append(_Look(reader, trust, embedded, all(steps[embedded.signed_revision :])))
    return sorted(found, key=lambda look: look.embedded.signed_revision), unreadable


def _added_to(signature: Signature) -> Signature:
    known = Flaw.CHANGED_AFTER in signature.flaws or Flaw.PARTIAL in signature.flaws
    return signature if known else attrs.evolve(signature, flaws=(*signature.flaws, Flaw.CHANGED_AFTER))


def _with_archive(signatures: list[Signature]) -> tuple[Signature, ...]:
    """What is stamped as a whole later can be validated for longer."""
    found: list[Signature] = []
    stamped = False
    for each in reversed(signatures):
        stamped = stamped or (each.is_stamp and each.holds)
        lasting = each.form is Form.LT and stamped
        found.append(attrs.evolve(each, form=Form.LTA) if lasting else each)
    return tuple(reversed(found))


@final
@attrs.frozen
class _Look:
    """At one signature."""

    reader: PdfFileReader
    trust: Trust
    embedded: EmbeddedPdfSignature
    unchanged: bool  # only what belongs to signatures was added after it

    async def signature(self) -> Signature:
        is_stamp = self.embedded.sig_object_type == "/DocTimeStamp"
        return await (self._of_the_whole() if is_stamp else self._of_a_person())

    async def _of_a_person(self) -> Signature:
        claimed = self.embedded.self_reported_timestamp
        claimed = claimed if claimed is not None and claimed.tzinfo is not None else None
        certificate = Certificate.of(der_of(self.embedded.signer_cert))
        status = await self._validated(claimed or _LONG_AGO, certificate.der)
        flaws = [] if claimed else [Flaw.TIME_UNKNOWN]
        stamped, form = None, Form.B
        if status.timestamp_validity is not None:
            stamped = status.timestamp_validity.timestamp
            status = await self._validated(stamped, certificate.der, der_of(status.timestamp_validity.signing_cert))
            good = status.timestamp_validity is not None and status.timestamp_validity.trusted
            flaws += [] if good else [Flaw.STAMP]
            form = (Form.LT if await self._is_proven(stamped) else Form.T) if good else form
        claim = "" if CLAIM not in self.embedded.sig_object else str(self.embedded.sig_object[CLAIM])
        flaws += [Flaw.CLAIM] if claim and not is_so(claim, certificate, claimed) else []
        return Signature(
            field=str(self.embedded.field_name),
            certificate=certificate,
            is_stamp=False,
            claimed_at=claimed,
            stamped_at=stamped,
            doubt=doubt_in(status, certificate, stamped or claimed or _LONG_AGO),
            flaws=(*flaws, *self._flaws(status, status)),
            form=form,
            is_last=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            claim=claim,
        )

    @property
    def _is_free(self) -> bool:
        """Whether the signer has not laid down what may be added; if so, that is looked at as well."""
        return self.embedded.docmdp_level is None and self.embedded.fieldmdp is None

    async def _validated(self, at: datetime, about: bytes, stamper: bytes | None = None) -> PdfSignatureStatus:
        """At a moment, by the certificate it is about, and stamped by the other one."""
        return await async_validate_pdf_signature(
            self.embedded,
            believed(self.trust, at, self.reader, about=about),
            believed(self.trust, at, self.reader, about=stamper),
            skip_diff=self._is_free,
        )

    async def _is_proven(self, moment: datetime) -> bool:
        """Whether all that is needed to validate it is in the file."""
        context = believed(self.trust, moment, self.reader, proven=True)
        status = await async_validate_pdf_signature(self.embedded, context, skip_diff=True)
        stamp = status.timestamp_validity
        return status.trusted and stamp is not None and stamp.trusted

    async def _of_the_whole(self) -> Signature:
        status = await async_validate_pdf_timestamp(self.embedded, believed(self.trust, _LONG_AGO), skip_diff=True)
        stamped = status.timestamp
        certificate = Certificate.of(der_of(status.signing_cert))
        context = believed(self.trust, stamped, self.reader, about=certificate.der)
        status = await async_validate_pdf_timestamp(self.embedded, context, skip_diff=self._is_free)
        return Signature(
            field=str(self.embedded.field_name),
            certificate=certificate,
            is_stamp=True,
            claimed_at=None,
            stamped_at=stamped,
            doubt=doubt_in(status, certificate, stamped),
            flaws=self._flaws(status, status),
            form=Form.T,
            is_last=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            claim="",
        )

    def _flaws(self, status: SignatureStatus, modification: ModificationInfo) -> tuple[Flaw, ...]:
        found: list[Flaw] = []
        content = self.embedded.pkcs7_content
        if not (status.intact and status.valid) or any(content[length_of(content) :]):
            found.append(Flaw.BROKEN)
        _, lead, start, _ = (int(each) for each in self.embedded.byte_range)  # pyright: ignore[reportGeneralTypeIssues]
        is_whole = start == lead + 2 * len(content) + len("<>")  # all but the very digits of the signature
        if (
            modification.coverage is None
            or modification.coverage < SignatureCoverageLevel.ENTIRE_REVISION
            or not is_whole
        ):
            found.append(Flaw.PARTIAL)
        elif not self.unchanged or modification.docmdp_ok is False:
            found.append(Flaw.CHANGED_AFTER)
        return tuple(found)


@runtime_checkable
class Dumps(Protocol):
    """What the untyped package asn1crypto hands out, by what it can do."""

    def dump(self) -> bytes:
        """In DER."""
        ...


def der_of(thing: object) -> bytes:
    """A value of asn1crypto in DER."""
    if not isinstance(thing, Dumps):
        raise TypeError
    return thing.dump()
