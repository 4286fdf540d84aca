"""The port: orders a signing, sends the person there, asks how it stands, and vouches for what it has seen."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, TypeAlias, final

import attrs

from kundorder.adapters.hosted.callbacks import is_authentic
from kundorder.adapters.hosted.persons import identity_of, is_person_named
from kundorder.adapters.hosted.proofs import holds, sealed
from kundorder.adapters.hosted.services import Busy, HostedService, Order, Seen, SignedBy, Stage
from kundorder.adapters.hosted.states import State, read, written
from kundorder.codec import document_digest
from kundorder.errors import Malformed, Problem, Unavailable, malformed
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import moment
from kundorder.model import Contact
from kundorder.ports import Archive, Done, Failed, OpenUrl, Pending, Progress, Seal
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

Address: TypeAlias = str | Callable[[SigningRequest], str]
"""An address, or what makes one of what is to be signed."""

_KEY: Final = 32  # bytes, as many as the hash has
_SECRET: Final = 16  # bytes; the service chooses it
_LASTS: Final = timedelta(minutes=30)
_WINDOW: Final = timedelta(minutes=5)
_PAUSE: Final = timedelta(seconds=5)
_LONGEST_ID: Final = 256
_LONGEST_URL: Final = 2048
_ATTEMPTS: Final = 20  # for one document a day
_TITLE: Final = 120  # characters
_SAFE: Final = re.compile(
    r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?",
    re.ASCII,
)

_HINTS: Final[dict[Language, str]] = {
    Language.SV: "Signera hos signeringstjänsten. Du kommer tillbaka hit när det är klart.",
    Language.EN: "Sign at the signing service. You are taken back here when it is done.",
}
_ENDED: Final[dict[Stage, FailureCode]] = {
    Stage.DECLINED: FailureCode.CANCELLED,
    Stage.CANCELLED: FailureCode.CANCELLED,
    Stage.EXPIRED: FailureCode.EXPIRED,
    Stage.FAILED: FailureCode.FAILED,
}


@final
class HostedSigning:
    """Has people sign at one service."""

    def __init__(
        self,
        seal: Seal,
        archive: Archive,
        *,
        service: HostedService,
        secret: bytes,
        key: bytes,
        method: AttestMethod,
        level: AssuranceLevel,
        return_url: Address,
        callback_url: Address,
        lasts: timedelta = _LASTS,
        window: timedelta = _WINDOW,
        is_person: Callable[[Contact, SignedBy], bool] = is_person_named,
    ) -> None:
        """Nothing is asked yet.

        Args:
            seal: vouches for evidence; it verifies by the same seal.
            archive: keeps what was signed.
            service: who has it signed.
            secret: what callbacks are authenticated with, at least 16 bytes; the service has it too.
            key: at least 32 random bytes of the host's own that stay the same. With another key persons are not known
                as the same again; evidence holds as before.
            method: how people are identified at the service.
            level: how surely; the contract with the service tells.
            return_url: where the person is sent afterwards. Whoever comes back that way may or may not have signed.
            callback_url: where the service calls; the host hands what comes there to ``resume``.
            lasts: how long the person has.
            window: how old a callback may be, or how far ahead its clock.
            is_person: whether who has signed is the person named.

        Raises:
            Malformed: every argument that will not do, by its name.
        """
        problems: list[Problem] = []
        if len(secret) < _SECRET:
            problems.append(Problem("$.secret", f"must have at least {_SECRET} bytes"))
        if len(key) < _KEY:
            problems.append(Problem("$.key", f"must have at least {_KEY} bytes"))
        if lasts <= timedelta(0):
            problems.append(Problem("$.lasts", "must be more than nothing"))
        if window <= timedelta(0):
            problems.append(Problem("$.window", "must be more than nothing"))
        if problems:
            raise Malformed(tuple(problems))
        self._seal, self._archive, self._service = seal, archive, service
        self._secret, self._key = bytes(secret), bytes(key)
        self._method, self._level = method, level
        self._return_url, self._callback_url = return_url, callback_url
        self._lasts, self._window, self._is_person = lasts, window, is_person

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; begun again, it is the same signing, unless that has ended.

        Raises:
            Malformed: another method is asked for; ask the adapter that serves it.
            Unavailable: the service does not answer, or makes no sense.
        """
        self._serves(request)
        if request.to is None:
            return Failed(code=FailureCode.PERSON_UNKNOWN, why="nobody is named for the service to ask")
        at = moment(now)
        order = self._order(request, request.to, at)
        for _ in range(_ATTEMPTS):
            seen = self._service.create(order)
            ends_at = at + self._lasts
            if seen.stage is Stage.OPEN:
                ends_at = min(ends_at, seen.ends_at or ends_at)
            if not 0 < len(seen.id) <= _LONGEST_ID:
                raise Unavailable("the signing service names a signing in no way that can be kept")
            if ends_at > at and (seen.stage is Stage.OPEN or self._what_is_wrong(seen, request) is None):
                return self._pending(request, State(digest=order.digest, ends_at=ends_at, id=seen.id), seen, at)
            order = attrs.evolve(order, key=_hash(order.key, seen.id))  # that one has come to nothing
        return Failed(code=FailureCode.TOO_OFTEN, why=f"{_ATTEMPTS} signings of this document have come to nothing")

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; ``callback`` is what ``callback_of`` has made of a request of the service.

        Raises:
            Malformed: another method is asked for; ask the adapter that serves it.
            Unavailable: the service does not answer, or makes no sense; or the archive or the seal does not.
        """
        self._serves(request)
        kept, at = read(state), moment(now)
        if kept is None or kept.digest != document_digest(request.document):
            return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="this is no state of a signing of this document")
        if at >= kept.ends_at:
            return Failed(code=FailureCode.EXPIRED, why="it was not signed in time")
        if callback is not None and not is_authentic(callback, self._secret, now=at, window=self._window):
            return self._pending(request, kept, None, at)
        seen = self._service.status(kept.id)
        if seen is None:
            return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="the signing service knows no such signing")
        if isinstance(seen, Busy):
            return self._pending(request, kept, None, at, pause=seen.again_in)
        if seen.id != kept.id:
            raise Unavailable("the signing service speaks of another signing than it was asked for")
        if seen.stage is Stage.SIGNED:
            return self._signed(request, seen, at)
        if seen.stage is Stage.OPEN:
            return self._pending(request, kept, seen, at)
        return Failed(code=_ENDED[seen.stage], why=f"it is {seen.stage} at the signing service")

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``."""
        kept = read(state)
        if kept is not None:
            self._service.cancel(kept.id)

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; evidence by another seal proves nothing here."""
        said = (evidence.method, evidence.signer, evidence.digest)
        return said == (self._method, document.signer, document_digest(document)) and holds(self._seal, evidence)

    def _serves(self, request: SigningRequest) -> None:
        if request.method is not self._method:
            raise malformed("$.method", f"must be {self._method} here; ask the adapter that serves it")

    def _order(self, request: SigningRequest, to: Contact, now: datetime) -> Order:
        document = request.document
        order = Order(
            key="",
            digest=document_digest(document),
            title_sv=_title(document.text_sv),
            title_en=_title(document.text_en),
            text_sv=document.text_sv,
            text_en=document.text_en,
            language=request.language,
            to=to,
            return_url=_address(self._return_url, request),
            callback_url=_address(self._callback_url, request),
            ends_at=now + self._lasts,
        )
        whom, where = (to.name, to.email, to.phone or ""), (order.return_url, order.callback_url)
        return attrs.evolve(order, key=_hash(order.digest, *whom, *where, now.date().isoformat()))

    def _pending(
        self, request: SigningRequest, state: State, seen: Seen | None, now: datetime, *, pause: timedelta = _PAUSE
    ) -> Pending:
        """What to do is told by the service alone; where it was not asked, there is nothing to do but to wait."""
        url = None if seen is None else seen.url
        if url is not None and not _is_safe(url):
            raise Unavailable("the signing service sends people to no address that can be opened safely")
        return Pending(
            state=written(state),
            action=None if url is None else OpenUrl(url=url),
            ask_again_at=now + min(max(pause, timedelta(0)), state.ends_at - now),
            ends_at=state.ends_at,
            hint=_HINTS[request.language],
        )

    def _signed(self, request: SigningRequest, seen: Seen, now: datetime) -> Progress:
        wrong = self._what_is_wrong(seen, request)
        identity = None if seen.signer is None else identity_of(seen.signer, self._key)
        if wrong is not None or identity is None:
            return wrong or Failed(code=FailureCode.ANOTHER_PERSON, why="the signing service does not say who it was")
        artefact = self._service.artefact(seen.id)
        if not artefact or (seen.artefact is not None and sha256(artefact).hexdigest() != seen.artefact):
            raise Unavailable("the signing service hands out another artefact than it reports")
        archived = self._archive.keep(artefact)
        bare = Evidence(
            method=self._method,
            signer=request.document.signer,
            digest=document_digest(request.document),
            signed_at=now,
            proof="",
            signed_by=self._seal.name,
            level=self._level,
            identity=identity,
        )
        return Done(evidence=attrs.evolve(bare, proof=sealed(self._seal, bare, archived)))

    def _what_is_wrong(self, seen: Seen, request: SigningRequest) -> Failed | None:
        """Why what the service reports as signed is not what was to be signed by whom."""
        if seen.stage is not Stage.SIGNED:
            return Failed(code=_ENDED.get(seen.stage, FailureCode.FAILED))
        if seen.digest != document_digest(request.document):
            return Failed(why="the signing service reports that another document was signed")
        if request.to is None or seen.signer is None or not self._is_person(request.to, seen.signer):
            return Failed(code=FailureCode.ANOTHER_PERSON, why="the signing service reports another person")
        return None


def _is_safe(url: str) -> bool:
    """Whether it is an address of the web that a browser may be sent to; no script, no file, nobody's password."""
    return len(url) <= _LONGEST_URL and _SAFE.fullmatch(url) is not None


def _address(address: Address, request: SigningRequest) -> str:
    return address if isinstance(address, str) else address(request)


def _title(text: str) -> str:
    return text.partition("\n")[0][:_TITLE]


def _hash(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()
