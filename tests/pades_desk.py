"""Agreements, people with keys, and signers for the tests of signed PDFs; one test authority issues all keys."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.pades import PadesSigner, PdfReport, TestAuthority, report_on
from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.model import Contact
from kundorder.ports import Archive, Done, Signing
from kundorder.vocabulary import AttestMethod, Role, Trigger

NOW: Final = datetime(2026, 3, 2, 9, 30, 0, 5, tzinfo=UTC)
AUTHORITY: Final = TestAuthority.create(NOW)
PEOPLE: Final = ("Åsa Öberg", "Bo Ek", "Cecilia Prov", "David Ödman")
TERMS: Final = "Påhittad text, avsedd för prov."


def email_of(name: str) -> str:
    return f"{name.split(maxsplit=1)[0].lower().replace('å', 'a')}@customer.example"


def agreement(*names: str, signer: str = "s1", terms: str = TERMS) -> Document:
    """An agreement that names these signatories, worded as the library words it."""

    def worded(title: str, signatory: str) -> str:
        named = [f"{signatory}: {name} <{email_of(name)}>" for name in names or PEOPLE[:2]]
        facts = ["Organisation: Region Björken (999200-0001)", *named]
        return "\n".join((title, "", *facts, "", terms, "", "Den som signerar godkänner avtalet."))

    return Document(
        subject="customer/999200-0001",
        number=1,
        step=0,
        act=Trigger.SIGN,
        organisation="999200-0001",
        capacity=Role.SIGNATORY,
        signer=signer,
        content="ab" * 32,
        text_sv=worded("Kundavtal", "Företrädare"),
        text_en=worded("Customer agreement", "Signatory"),
    )


def asked(document: Document, name: str = PEOPLE[0], before: Sequence[Evidence] = ()) -> SigningRequest:
    contact = Contact(name=name, email=email_of(name))
    return SigningRequest(document=document, method=AttestMethod.CERTIFICATE, to=contact, before=tuple(before))


def signer_with(archive: Archive, authority: TestAuthority = AUTHORITY) -> PadesSigner:
    return PadesSigner(authority.keys, archive, trust=[authority.root_pem])


def signed(signing: Signing, request: SigningRequest, now: datetime = NOW) -> Evidence:
    progress = signing.start(request, now=now)
    assert isinstance(progress, Done), f"it is not done: {progress!r}"
    return progress.evidence


@attrs.define
class Kept:
    """An archive that can be out of reach, and that shows what was kept in it, the first first."""

    archive: MemoryArchive = attrs.field(factory=MemoryArchive)
    contents: list[bytes] = attrs.field(factory=list)
    is_down: bool = False

    def keep(self, content: bytes) -> str:
        self._answer()
        self.contents.append(content)
        return self.archive.keep(content)

    def fetch(self, digest: str) -> bytes:
        self._answer()
        return self.archive.fetch(digest)

    @contextmanager
    def down(self) -> Generator[None]:
        self.is_down = True
        try:
            yield
        finally:
            self.is_down = False

    def _answer(self) -> None:
        if self.is_down:
            raise Unavailable("the archive does not answer")


def jointly(*names: str, archive: Archive | None = None, authority: TestAuthority = AUTHORITY) -> list[Evidence]:
    """All these sign, one after the other, a minute apart."""
    signing = signer_with(MemoryArchive() if archive is None else archive, authority)
    given: list[Evidence] = []
    for number, name in enumerate(names, 1):
        request = asked(agreement(*names, signer=f"s{number}"), name, given)
        given.append(signed(signing, request, NOW + timedelta(minutes=number)))
    return given


def pdf_by(*names: str, authority: TestAuthority = AUTHORITY) -> bytes:
    """What they have signed, in the end."""
    kept = Kept()
    jointly(*names, archive=kept, authority=authority)
    return kept.contents[-1]


def reported(pdf: bytes) -> PdfReport:
    return report_on(pdf, [AUTHORITY.root_pem])
