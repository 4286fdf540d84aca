"""How people attest and sign in the demo: by real means, with keys that are made on the spot and marked as a test.

Agreements are signed as PDF with certificates of a test authority. An attest by text message is made with a code, which
lands in a file as every message does; the story reads it there and enters it. Who has no number, and who attests with
BankID, has a stand-in: the demo's own key vouches for them, which shows nothing about the person.
"""

from datetime import datetime
from hashlib import sha256
from typing import Final, final

import attrs

from kundorder.adapters.archive import FolderArchive
from kundorder.adapters.jws import JwsSeal, SealedSigner
from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.adapters.pades import PadesSigner, TestAuthority
from kundorder.adapters.routing import RoutedSigning
from kundorder.adapters.text_files import FileTextMessages
from kundorder.command_line.folder import ARCHIVE, AUTHORITY, KEY, TEXTS, Folder
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.ports import Archive, Progress, Signing
from kundorder.vocabulary import AttestMethod

_PER_HOUR: Final = 100  # the story may be interrupted at the same moment again and again


@final
@attrs.frozen(kw_only=True)
class Signers:
    """What it takes to sign in the story, and to verify it afterwards."""

    signing: Signing
    texts: FileTextMessages
    archive: Archive
    root: bytes  # certificate of the test authority, in PEM
    key: str  # public key of the seal, as a JWK


def signers_in(folder: Folder, now: datetime, *, begun: bool) -> Signers:
    """The keys the story is signed with; a store without its key cannot be verified any more.

    Args:
        folder: the demo's.
        now: when the story begins.
        begun: whether there is a story in the store already.

    Raises:
        StoppedError: the key is missing though there is something signed with it.
        Unavailable: a package is missing, or a file cannot be read or written.
    """
    seal = _seal(folder, begun=begun)
    texts, archive = FileTextMessages(folder.path / TEXTS), FolderArchive(folder.path / ARCHIVE)
    if begun and not (folder.path / AUTHORITY).is_dir():
        raise StoppedError(
            f"{folder.path / AUTHORITY}: is missing, so no agreement can be verified; begin anew with --fresh",
            Status.FAILED,
        )
    authority = TestAuthority.kept_in(folder.path / AUTHORITY, now)
    sealed = SealedSigner(seal)
    secret = sha256((folder.path / KEY).read_bytes() + b"one-time codes").digest()
    codes = OneTimeCodes(seal, texts, secret, per_hour=_PER_HOUR)
    pdf = PadesSigner(authority.keys, archive, trust=[authority.root_pem])
    signing = RoutedSigning(
        attests={AttestMethod.SMS_CODE: _ByNumber(codes, sealed), AttestMethod.BANKID: sealed},
        agreements={AttestMethod.CERTIFICATE: pdf},
    )
    return Signers(signing=signing, texts=texts, archive=archive, root=authority.root_pem, key=seal.public.jwk)


def _seal(folder: Folder, *, begun: bool) -> JwsSeal:
    path = folder.path / KEY
    if path.exists():
        return JwsSeal.load(path)
    if begun:
        raise StoppedError(
            f"{path}: is missing, so nothing signed can be verified; begin anew with --fresh", Status.FAILED
        )
    return JwsSeal.create(path)


@final
@attrs.frozen
class _ByNumber:
    """Codes for those who have a number, the stand-in for those who have none."""

    codes: Signing
    sealed: Signing

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        number = None if request.to is None else request.to.phone
        return (self.sealed if number is None else self.codes).start(request, now=now)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        return self.codes.resume(request, state, now=now, callback=callback)

    def cancel(self, state: str) -> None:
        self.codes.cancel(state)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return self.codes.verify(evidence, document) or self.sealed.verify(evidence, document)
