"""Signing with BankID, as the port has it."""

import hmac
import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, final

import attrs

from kundorder.adapters.bankid.answers import failure, hint, is_busy, is_fine, is_gone, is_in_the_app, refusal
from kundorder.adapters.bankid.asking import question, to_return_to, to_sign
from kundorder.adapters.bankid.line import Answer, ClientCertificate, Line
from kundorder.adapters.bankid.markup import NotSigned
from kundorder.adapters.bankid.qr import qr_content
from kundorder.adapters.bankid.record import parts_of, proof, recorded, signed_by, statement
from kundorder.adapters.bankid.state import TOKEN, State, masked, read, unmasked, written
from kundorder.codec import document_digest
from kundorder.errors import Corrupt, NotFound, Unavailable, malformed
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import moment
from kundorder.ports import Archive, Done, Failed, Pending, Progress, Seal, ShowQr
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode

_LASTS: Final = timedelta(minutes=4)  # BankID ends an order after some three
_AGAIN: Final = timedelta(seconds=2)  # as often as BankID wants to be asked
_KEY: Final = 32  # bytes, as many as the hash has
_OPENS: Final = "https://app.bankid.com/?autostarttoken={app}&redirect=null"  # where to return to, BankID knows already
_ANOTHER: Final = Failed(code=FailureCode.ANOTHER_PERSON, why="somebody else has signed than the one who had to")


@final
class BankId:
    """Lets the person whom the host names sign with BankID, and vouches with a seal for what has come back."""

    def __init__(
        self,
        seal: Seal,
        archive: Archive,
        *,
        url: str,
        certificate: ClientCertificate,
        ca: str | os.PathLike[str],
        key: bytes,
        personal_number: Callable[[SigningRequest], str | None],
        return_url: Callable[[SigningRequest], str | None] | str | None = None,
        roots: str | os.PathLike[str] | None = None,
        timeout_seconds: float = 10.0,
    ) -> None:
        """Nobody is asked and no file is read before the first signing.

        Args:
            seal: vouches for evidence; it verifies by the same seal.
            archive: where signatures are kept. They hold the personal identity number of who has signed.
            url: ``PRODUCTION`` or ``TEST``, or where a stand-in is.
            certificate: what BankID knows the host by.
            ca: PEM, with the authority of BankID's server; no other is trusted.
            key: at least 32 random bytes that stay the same, for what tells one person from another in evidence.
            personal_number: who has to sign: twelve digits. None: nobody knows, and nobody can sign. It is asked when a
                signing begins, and again when it is signed.
            return_url: https, where the app sends a person who signs on the device that shows the page. It should carry
                something that only that person's browser can know, and opening it decides nothing. None: nowhere.
            roots: PEM, with the authority of BankID's people; None: see the package.
            timeout_seconds: for one call to BankID, all in all.

        Raises:
            Malformed: an argument that will not do, by its name.
        """
        if len(key) < _KEY:
            raise malformed("$.key", f"must have at least {_KEY} bytes")
        self._line = Line(url, certificate, ca, timeout_seconds)
        self._seal, self._archive, self._key = seal, archive, bytes(key)
        self._personal_number, self._return_url = personal_number, return_url
        self._roots = None if roots is None else Path(roots)
        if isinstance(return_url, str):
            _ = to_return_to(return_url)

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; begins an order.

        Raises:
            Malformed: another method is asked for, the address of the person's device is missing, or the text is
                longer than BankID shows; it is never cut.
            Unavailable: BankID does not answer, or refuses. If it had begun an order all the same, the next start
                ends that one and fails with ``UNDER_WAY_ELSEWHERE``; the one after that begins.
        """
        _serves(request)
        number, at = self._who(request), moment(now)
        if number is None:
            return Failed(code=FailureCode.PERSON_UNKNOWN, why="the host does not know who has to sign")
        answer = self._line.ask("sign", question(request, number, self._back(request)))
        if is_busy(answer):
            return Failed(code=FailureCode.UNDER_WAY_ELSEWHERE, why="BankID: alreadyInProgress")
        if not is_fine(answer):
            raise refusal(answer)
        begun = self._begun(answer, document_digest(request.document), at)
        return self._waiting(request, begun, "outstandingTransaction", at)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; asks BankID, whatever a callback says.

        Raises:
            Malformed: another method is asked for.
            Unavailable: BankID, the archive or the seal does not answer. So it is, too, when BankID has handed its
                answer to another call: that one goes on, and whoever asks again sees how far it has come.
            Corrupt: the archive holds something else than was kept.
        """
        del callback
        _serves(request)
        kept, at = read(state), moment(now)
        if kept is None or kept.digest != document_digest(request.document):
            return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="this is no state of an order for this document")
        if at >= kept.ends_at:
            return Failed(code=FailureCode.EXPIRED, why="the order has run out")
        if kept.archived is not None:
            return self._done(request, kept.archived, at)
        answer = self._line.ask("collect", {"orderRef": kept.order})
        if is_gone(answer):  # and nothing has failed: another call may just be keeping what it was handed
            raise Unavailable("BankID has no such order any more; another call may have its answer")
        if not is_fine(answer):
            raise refusal(answer)
        return self._come(request, kept, answer, at)

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; what has been signed already is not unsigned: throw the state away."""
        kept = read(state)
        if kept is None or kept.archived is not None:
            return
        answer = self._line.ask("cancel", {"orderRef": kept.order})
        if not (is_fine(answer) or is_gone(answer)):
            raise refusal(answer)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; what has gone from the archive, or has been changed there, proves nothing."""
        told = (evidence.method, evidence.level, evidence.signer, evidence.signed_by, evidence.follows)
        if told != (AttestMethod.BANKID, AssuranceLevel.SUBSTANTIAL, document.signer, self._seal.name, None):
            return False
        parts = parts_of(evidence.proof)
        if parts is None or evidence.digest != document_digest(document):
            return False
        archived, sealed = parts
        try:
            if not self._seal.holds(sealed, statement(evidence, archived)):
                return False
            at = moment(evidence.signed_at)
            number = signed_by(self._archive.fetch(archived), document, roots=self._roots, at=at)
        except (ValueError, TypeError):  # what cannot even be written down, such as half a character
            return False
        except (NotSigned, NotFound, Corrupt):
            return False
        return evidence.identity == self._identity(number)

    def qr(self, state: str, *, now: datetime) -> str:
        """What the moving code holds at this moment, for whoever shows a new one every second without asking BankID.

        Args:
            state: of ``Pending``.
            now: by the same clock that the signing was begun by.

        Raises:
            Malformed: it is no state of an order; begin anew.
        """
        kept = read(state)
        if kept is None:
            raise malformed("$.state", "must be the state of a signing with BankID; begin anew")
        return self._moving(kept, moment(now))

    def _who(self, request: SigningRequest) -> str | None:
        """The number of who has to sign; it is told to nobody but BankID."""
        number = self._personal_number(request)
        return None if number is None else to_sign(number)

    def _back(self, request: SigningRequest) -> str | None:
        return self._return_url(request) if callable(self._return_url) else self._return_url

    def _begun(self, answer: Answer, digest: str, at: datetime) -> State:
        match answer.content:
            case {
                "orderRef": str(order),
                "autoStartToken": str(app),
                "qrStartToken": str(qr),
                "qrStartSecret": str(secret),
            } if all(map(TOKEN.fullmatch, (order, app, qr, secret))):
                hidden = masked(secret, order, self._key)
            case _:
                raise Unavailable("BankID answers something else than an order")
        return State(order=order, app=app, qr=qr, secret=hidden, digest=digest, begun_at=at, ends_at=at + _LASTS)

    def _waiting(self, request: SigningRequest, kept: State, code: str, at: datetime) -> Pending:
        action = ShowQr(content=self._moving(kept, at), else_open=_OPENS.format(app=kept.app))
        return Pending(
            state=written(kept),
            action=None if is_in_the_app(code) else action,
            ask_again_at=min(at + _AGAIN, kept.ends_at),
            ends_at=kept.ends_at,
            hint=hint(code, request.language),
        )

    def _moving(self, kept: State, at: datetime) -> str:
        seconds = max(0, int((at - kept.begun_at).total_seconds()))
        return qr_content(kept.qr, unmasked(kept.secret, kept.order, self._key), seconds)

    def _come(self, request: SigningRequest, kept: State, answer: Answer, at: datetime) -> Progress:
        """How far it has come, by what BankID says of this very order."""
        if answer.content.get("orderRef") != kept.order:
            raise Unavailable("BankID answers something about another order")
        told = answer.content.get("hintCode")
        code = told if isinstance(told, str) else ""
        match answer.content:
            case {"status": "pending"}:
                return self._waiting(request, kept, code, at)
            case {"status": "failed"}:
                found, why = failure(code)
                return Failed(code=found, why=why)
            case {
                "status": "complete",
                "completionData": {
                    "user": {"personalNumber": str(number)},
                    "signature": str(signature),
                    "ocspResponse": str(ocsp),
                },
            }:
                return self._signed(request, kept, number, recorded(signature, ocsp), at)
            case _:
                raise Unavailable("BankID answers something else than how far an order has come")

    def _signed(self, request: SigningRequest, kept: State, told: str, record: bytes, at: datetime) -> Progress:
        """BankID will not hand it out again: so it is kept, and where it is, before anything else can fail."""
        number = self._signer(request, record, at)
        if isinstance(number, Failed):
            return number
        if told != number:
            return _ANOTHER
        state = written(attrs.evolve(kept, archived=self._archive.keep(record)))
        words = hint("processing", request.language)
        return Pending(state=state, action=None, ask_again_at=at, ends_at=kept.ends_at, hint=words, keep_first=True)

    def _signer(self, request: SigningRequest, record: bytes, at: datetime) -> str | Failed:
        """The number of who has signed this document, if that is who has to."""
        number = self._who(request)
        if number is None:
            return Failed(code=FailureCode.PERSON_UNKNOWN, why="the host does not know any more who has to sign")
        try:
            signed = signed_by(record, request.document, roots=self._roots, at=at)
        except NotSigned as error:
            return Failed(why=f"what BankID has handed out does not hold: {error}")
        return number if signed == number else _ANOTHER

    def _done(self, request: SigningRequest, archived: str, at: datetime) -> Progress:
        try:
            number = self._signer(request, self._archive.fetch(archived), at)
        except NotFound:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="the archive does not hold the signature")
        if isinstance(number, Failed):
            return number
        bare = Evidence(
            method=AttestMethod.BANKID,
            signer=request.document.signer,
            digest=document_digest(request.document),
            signed_at=at,
            proof="",
            signed_by=self._seal.name,
            level=AssuranceLevel.SUBSTANTIAL,
            identity=self._identity(number),
        )
        return Done(evidence=attrs.evolve(bare, proof=proof(archived, self._seal.seal(statement(bare, archived)))))

    def _identity(self, number: str) -> str:
        text = json.dumps(["kundorder bankid 1", "identity", number])
        return hmac.new(self._key, text.encode(), sha256).hexdigest()


def _serves(request: SigningRequest) -> None:
    if request.method is not AttestMethod.BANKID:
        raise malformed("$.method", f"must be {AttestMethod.BANKID} here; ask the adapter that serves it")
