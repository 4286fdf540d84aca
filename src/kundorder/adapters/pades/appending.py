"""One more signature on a PDF (PAdES, ETSI EN 319 142-1), added at its end. Loads pyHanko.

Everything that was there stays byte for byte: a signature is a revision of its own (ISO 32000-1, 7.5.6). With an
authority for time the signature is time-stamped; if it is also told what has been revoked, whatever is needed to
validate the signature later goes into the file, and a time-stamp over the whole (PAdES-B-LTA).
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# since pyHanko is typed in part, and asn1crypto is not

from io import BytesIO
from typing import Final, final

from asn1crypto import cms, keys, tsp, x509  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.generic import TextStringObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kundorder.adapters.pades.alone import alone
from kundorder.adapters.pades.asking import Entry, Stamping
from kundorder.adapters.pades.believing import believed
from kundorder.adapters.pades.examining import CLAIM, der_of
from kundorder.adapters.pades.keys import Key
from kundorder.adapters.pades.setting import PLACE_HEIGHT, PLACE_WIDTH
from kundorder.errors import Unavailable

_NONSENSE: Final = "the time-stamp authority answers what is no time-stamp of this"
_NOT_TRUSTED: Final = "the time-stamp authority cannot be used; see that its root is among those trusted"
_ROOM: Final = 2048  # bytes, for all but the certificates; it takes a third of that with the longest keys
_EVERYTHING: Final = DSSContentSettings(
    include_vri=False,  # it would take a revision more, and validators do not need it
    next_ts_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
)


def appended(pdf: bytes, entry: Entry) -> bytes:
    """See ``hanko.append``."""
    try:
        return alone(lambda: _appended(pdf, entry))
    except (SigningError, PathBuildingError, ValidationError) as error:
        if entry.stamping is None:
            raise
        raise Unavailable(_NOT_TRUSTED) from error


async def _appended(pdf: bytes, entry: Entry) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    about = PdfSignatureMetadata(
        field_name=entry.field,
        name=entry.key.certificate.name or None,
        reason=entry.reason,
        subfilter=SigSeedSubFilter.PADES,
        validation_context=None if entry.stamping is None else believed(entry.trust, entry.now),
        embed_validation_info=entry.lasting,
        use_pades_lta=entry.lasting,
        timestamp_field_name=f"{entry.field}Time" if entry.lasting else None,
        dss_settings=_EVERYTHING,
    )
    signer = PdfSigner(
        about,
        _signer(entry.key),
        timestamper=None if entry.stamping is None else _Stamper(entry.stamping),
        stamp_style=_style(entry.picture),
        new_field_spec=_field(entry),
    )
    session = signer.init_signing_session(writer)
    session.system_time = entry.now
    found = await session.perform_presign_validation(writer)
    size = _size(entry.key) if entry.stamping is None else await session.estimate_signature_container_size(found)
    prepared = session.prepare_tbs_document(found, size)
    session.sig_field["/V"][pdf_name(CLAIM)] = TextStringObject(entry.claim)
    digest, output = prepared.digest_tbs_document()
    attributes = PdfCMSSignedAttributes(signing_time=entry.now)
    done = await prepared.perform_signature(digest.document_digest, attributes)
    await done.post_signature_processing(output)
    _ = output.seek(0)
    return bytes(output.read())


def _size(key: Key) -> int:
    """Room for a signature with its certificates, in hexadecimal digits."""
    return 2 * (_ROOM + sum(len(each) for each in (key.certificate.der, *key.chain)))


def _signer(key: Key) -> SimpleSigner:
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    _ = chain.register_multiple(x509.Certificate.load(each) for each in key.chain)
    return SimpleSigner(x509.Certificate.load(key.certificate.der), keys.PrivateKeyInfo.load(key.private), chain)


def _field(entry: Entry) -> SigFieldSpec:
    if entry.place is None:
        return SigFieldSpec(entry.field)
    left, lower = round(entry.place.x), round(entry.place.y)
    box = (left, lower, left + round(PLACE_WIDTH), lower + round(PLACE_HEIGHT))
    return SigFieldSpec(entry.field, on_page=entry.place.page, box=box)


def _style(picture: bytes) -> StaticStampStyle:
    whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())
    return StaticStampStyle(border_width=0, background=_Picture(picture), background_layout=whole)


@final
class _Picture(PdfContent):
    """The first page of a PDF."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__(box=BoxConstraints(width=round(PLACE_WIDTH), height=round(PLACE_HEIGHT)))
        self._pdf = pdf

    def render(self) -> bytes:
        if self.writer is None:
            raise TypeError
        page = self.writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        self.resources.xobject[pdf_name("/Picture")] = page
        return b"/Picture Do"


@final
class _Stamper(TimeStamper):
    """Asks an authority for time."""

    def __init__(self, stamping: Stamping) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._stamping = stamping

    async def async_request_tsa_response(self, req: object) -> tsp.TimeStampResp:  # type: ignore[no-any-unimported]
        return tsp.TimeStampResp.load(self._stamping(der_of(req)), strict=True)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:  # type: ignore[no-any-unimported]
        try:
            stamp = await super().async_timestamp(message_digest, md_algorithm)
            about = stamp["content"]["encap_content_info"]["content"].parsed  # pyright: ignore[reportIndexIssue]
            is_of_this: bool = about["message_imprint"]["hashed_message"].native == message_digest
        except Unavailable:
            raise
        except Exception as error:  # there is no end to what an answer can be made to raise
            raise Unavailable(_NONSENSE) from error
        if not is_of_this:
            raise Unavailable(_NONSENSE)
        return stamp
