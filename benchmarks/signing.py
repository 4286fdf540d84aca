"""What a signature costs, and verifying it, by each means that needs nobody outside; the person's time is not here."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import scene
from measuring import Sample, Section, interleaved, measured, ratio, worth_knowing

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.jws import JwsSeal, SealedSigner, holds_by
from kundorder.adapters.memory import MemorySigner
from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.adapters.pades import PadesSigner, TestAuthority, report_on
from kundorder.adapters.text_files import MemoryTextMessages
from kundorder.codec import document_digest
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.evidence_files import read, verified, written
from kundorder.model import Contact
from kundorder.ports import Done, Pending, Signing
from kundorder.vocabulary import AttestMethod, Role, Trigger

_NOW: Final = scene.START + timedelta(days=1)
_TEXT: Final = (
    "Kundavtal\n\nOrganisation: Prov (999200-0001)\n\n" + "En mening som avtalet består av, och en till. " * 60
)


def section(*, quick: bool) -> Section:
    """Measure."""
    rounds, times = (5, 3) if quick else (31, 10)
    contenders = _contenders()
    samples = interleaved({name: _sample(act, times) for name, act in contenders.items()}, rounds)
    return Section(
        name="Signing and verifying, without the person",
        unit="ms",
        measured=measured(samples),
        ratios=(
            worth_knowing("verifying a PDF of two / of one", ratio(samples, _VERIFY_TWO, _VERIFY_ONE)),
            worth_knowing("signing a PDF / sealing a JWS", ratio(samples, _SIGN_PDF, _SEAL)),
        ),
        notes=(
            "Elapsed time. The PDF has one page of text in each language; making it anew is part of signing and of",
            "verifying it, since it is compared with what was signed. Keys: Ed25519 for JWS, EC P-256 for PDF.",
        ),
    )


_SEAL: Final = "an attest sealed as JWS"
_VERIFY: Final = "its evidence verified"
_CODE: Final = "an attest by code: begun, entered, done"
_FILE: Final = "an evidence file written"
_READ: Final = "an evidence file read and verified"
_SIGN_PDF: Final = "an agreement made and signed as PAdES"
_SIGN_SECOND: Final = "the second signature on it"
_VERIFY_ONE: Final = "its evidence verified, one signature"
_VERIFY_TWO: Final = "its evidence verified, two signatures"
_REPORT: Final = "the report on a PDF of two"
_MEMORY: Final = "the signer in memory, for comparison"


def _contenders() -> dict[str, Callable[[], object]]:
    seal = JwsSeal()
    sealed = SealedSigner(seal)
    attest = _request("atle", AttestMethod.BANKID)
    evidence = _done(sealed, attest)
    file = written(attest.document, evidence)
    authority, archive = TestAuthority.create(_NOW), MemoryArchive()
    pdf = PadesSigner(authority.keys, archive, trust=[authority.root_pem])
    first = _request("s1", AttestMethod.CERTIFICATE)
    one = _done(pdf, first)
    second = _request("s2", AttestMethod.CERTIFICATE, before=(one,))
    two = _done(pdf, second)
    signed = archive.fetch(two.proof.split('"')[3])
    return {
        _MEMORY: lambda: _done(MemorySigner(), attest),
        _SEAL: lambda: _done(sealed, attest),
        _VERIFY: lambda: _true(sealed.verify(evidence, attest.document)),
        _CODE: _by_code(seal),
        _FILE: lambda: written(attest.document, evidence),
        _READ: lambda: _true(verified(read(file), holds_by).holds),
        _SIGN_PDF: lambda: _done(pdf, first),
        _SIGN_SECOND: lambda: _done(pdf, second),
        _VERIFY_ONE: lambda: _true(pdf.verify(one, first.document)),
        _VERIFY_TWO: lambda: _true(pdf.verify(two, second.document)),
        _REPORT: lambda: _true(report_on(signed, [authority.root_pem]).holds),
    }


def _request(signer: str, method: AttestMethod, before: tuple[Evidence, ...] = ()) -> SigningRequest:
    document = Document(
        subject="customer/999200-0001",
        number=1,
        step=0,
        act=Trigger.SIGN,
        organisation="999200-0001",
        capacity=Role.SIGNATORY,
        signer=signer,
        content="ab" * 32,
        text_sv=_TEXT,
        text_en=_TEXT,
    )
    to = Contact(name=f"{signer} Prov", email=f"{signer}@customer.example", phone="+46701740605")
    return SigningRequest(document=document, method=method, to=to, before=before)


def _done(signing: Signing, request: SigningRequest) -> Evidence:
    progress = signing.start(request, now=_NOW)
    assert isinstance(progress, Done), progress
    return progress.evidence


def _by_code(seal: JwsSeal) -> Callable[[], object]:
    request = _request("atle", AttestMethod.SMS_CODE)

    def attested() -> object:
        texts = MemoryTextMessages()
        codes = OneTimeCodes(seal, texts, bytes(range(32)))
        progress = codes.start(request, now=_NOW)
        entered: str | None = None
        while isinstance(progress, Pending):
            progress = codes.resume(request, progress.state, now=_NOW, callback=entered)
            sent = texts.texts("+46701740605")
            entered = sent[-1][:6] if sent and not (isinstance(progress, Pending) and progress.keep_first) else None
        assert isinstance(progress, Done), progress
        assert progress.evidence.digest == document_digest(request.document)
        return progress

    return attested


def _true(holds: bool) -> None:  # noqa: FBT001 - it is what was asked
    assert holds


def _sample(act: Callable[[], object], times: int) -> Sample:
    def sample() -> float:
        began = time.perf_counter()
        for _ in range(times):
            _ = act()
        return (time.perf_counter() - began) / times * 1000

    return sample
