"""Attesting with a code that is sent to the person's telephone; shows who holds the number, and so counts as low.

The theory, which every line below obeys:

- All there is of a signing is its state, and the state holds no code: only its HMAC-SHA256, by a key of the host's,
  together with the nonce, the document, the person and the number it was sent to. Six digits can be tried through in a
  moment by whoever has both state and key; so the key is not kept where the states are.
- A try is counted before it is judged. A guess first comes back as a state that holds it, keyed, and one try more;
  that state has to be kept (``keep_first``), and only from there is it judged. Whoever drives keeps a state under a
  guard, as the portal does; so of any number of guesses at once, no more are judged than there are tries: the others
  were made from a state that had moved on, and could not be kept.
- What cannot be a code is not counted: it tells nobody anything.
- In the same way nothing is sent before it is kept, and counted, that a signing was begun: of any number that are begun
  at once for one thing, one is kept, and one message is sent.

A code is good once, for one document and one person, because the portal forgets the state with the decision that rests
on it, and the document names the step, which then is over. This adapter remembers nothing: whoever could put an old
state back into the store, and has the code, would get evidence again, though only for the very same document.
"""

import hmac
import json
import re
import secrets
import string
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, final

import attrs
import msgspec

from kundorder.codec import claim_bytes, document_digest
from kundorder.errors import Malformed, Problem, malformed
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import case_number, moment
from kundorder.ports import Done, EnterCode, Failed, Pending, Progress, Seal, TextMessages
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

_LONGEST: Final = timedelta(minutes=10)
_MOST_TRIES: Final = 5
_DIGITS: Final = (6, 10)  # at least, at most
_KEY: Final = 32  # bytes, as many as the hash has
_HOUR: Final = timedelta(hours=1)
_MOST_BEGUN: Final = 100  # as many as the portal tells of
_LONGEST_STATE: Final = 2048  # characters; ours has some 500
_LONGEST_GUESS: Final = 40  # characters, however it was written
_GAPS: Final = str.maketrans("", "", " -")
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)

_TEXTS: Final[dict[Language, str]] = {
    Language.SV: (
        "{code} är koden för: {what}, organisation {organisation}. Den gäller i {minutes} minuter. "
        "Ingen frågar efter koden på telefon; lämna den inte till någon."
    ),
    Language.EN: (
        "{code} is the code for: {what}, organisation {organisation}. It is good for {minutes} minutes. "
        "Nobody asks for the code by telephone; give it to nobody."
    ),
}
_SENT: Final[dict[Language, str]] = {
    Language.SV: "Ange koden som skickades i ett sms till numret som slutar på {end}.",
    Language.EN: "Enter the code that was sent in a text message to the number that ends with {end}.",
}
_NO_CODE: Final[dict[Language, str]] = {
    Language.SV: "Koden har {digits} siffror. Ange alla, och inget annat.",
    Language.EN: "The code has {digits} digits. Enter all of them, and nothing else.",
}
_WRONG: Final[dict[Language, str]] = {
    Language.SV: "Koden stämmer inte. Antal försök kvar: {left}.",
    Language.EN: "The code is not right. Tries left: {left}.",
}


@final
@attrs.frozen(kw_only=True)
class _State:
    """All there is of a signing."""

    nonce: str
    code: str = attrs.field(repr=False)  # keyed hash of the right code; empty: none has been sent yet
    to: str  # keyed hash of the number
    digest: str  # of the document
    ends_at: datetime
    tries: int  # counted so far
    claimed: str | None = attrs.field(repr=False)  # keyed hash of a guess that is counted and not judged yet


_DECODER: Final = msgspec.json.Decoder(_State)
_ENCODER: Final = msgspec.json.Encoder(order="sorted")


@final
class OneTimeCodes:
    """Sends a code by text message, and vouches with a seal for who has entered it."""

    def __init__(
        self,
        seal: Seal,
        texts: TextMessages,
        key: bytes,
        *,
        lasts: timedelta = _LONGEST,
        tries: int = _MOST_TRIES,
        digits: int = _DIGITS[0],
        per_hour: int = 5,
    ) -> None:
        """Nothing is sent yet.

        Args:
            seal: vouches for evidence; it verifies by the same seal.
            texts: how a message leaves.
            key: at least 32 random bytes that stay the same. With another key nothing under way can be gone on with,
                and persons are not known as the same again; evidence holds as before.
            lasts: how long a code is good, at most ten minutes.
            tries: how often one may guess, at most five times.
            digits: of a code, 6 to 10.
            per_hour: how many signings one person may begin within an hour, one message each.

        Raises:
            Malformed: every argument that will not do, by its name.
        """
        wrong = (
            ("$.key", len(key) < _KEY, f"must have at least {_KEY} bytes"),
            ("$.lasts", not timedelta(0) < lasts <= _LONGEST, "must be more than nothing and at most ten minutes"),
            ("$.tries", not 1 <= tries <= _MOST_TRIES, f"must be from 1 to {_MOST_TRIES}"),
            ("$.digits", not _DIGITS[0] <= digits <= _DIGITS[1], f"must be from {_DIGITS[0]} to {_DIGITS[1]}"),
            ("$.per_hour", not 1 <= per_hour <= _MOST_BEGUN, f"must be from 1 to {_MOST_BEGUN}"),
        )
        problems = tuple(Problem(path, message) for path, is_wrong, message in wrong if is_wrong)
        if problems:
            raise Malformed(problems)
        self._seal, self._texts, self._key = seal, texts, bytes(key)
        self._lasts, self._tries, self._digits, self._per_hour = lasts, tries, digits, per_hour

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; that it is begun has to be kept before the code is sent.

        Raises:
            Malformed: another method is asked for; ask the adapter that serves it.
        """
        _serves(request)
        phone, at = _phone(request), moment(now)
        if not phone:
            return Failed(code=FailureCode.NO_ADDRESS, why="there is no telephone number to send the code to")
        if sum(begun > at - _HOUR for begun in request.begun) >= self._per_hour:
            return Failed(code=FailureCode.TOO_OFTEN, why=f"{self._per_hour} signings were begun within the last hour")
        state = _State(
            nonce=secrets.token_hex(16),
            code="",
            to=self._keyed("number", phone),
            digest=document_digest(request.document),
            ends_at=at + self._lasts,
            tries=0,
            claimed=None,
        )
        return attrs.evolve(_pending(request, state, at, ""), keep_first=True)

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; ``callback`` is what the person has entered.

        Raises:
            Malformed: another method is asked for; ask the adapter that serves it.
            Unavailable: the message was not taken, and may be sent again; or the seal does not answer, and the try has
                been counted once and stays so.
        """
        _serves(request)
        kept, at = _read(state), moment(now)
        if kept is None or not self._is_of(kept, request):
            return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="this is no state of a code for this document")
        if at >= kept.ends_at:
            return Failed(code=FailureCode.EXPIRED, why="the code is not good any more")
        if not kept.code:
            return self._sent(request, kept, at)
        if kept.claimed is not None:
            if hmac.compare_digest(kept.claimed, kept.code):
                return Done(evidence=self._evidence(request, at))
            kept = attrs.evolve(kept, claimed=None)
        if kept.tries >= self._tries:
            return Failed(code=FailureCode.TOO_MANY_TRIES, why=f"{self._tries} wrong codes were entered")
        if callback is None:
            said, left = _WRONG if kept.tries else _SENT, self._tries - kept.tries
            return _pending(request, kept, at, said[request.language].format(left=left, end=_phone(request)[-2:]))
        guess = callback.translate(_GAPS) if len(callback) <= _LONGEST_GUESS else ""
        if len(guess) != self._digits or not (guess.isascii() and guess.isdigit()):
            return _pending(request, kept, at, _NO_CODE[request.language].format(digits=self._digits))
        counted = attrs.evolve(kept, tries=kept.tries + 1, claimed=self._hash(kept, request, guess))
        return attrs.evolve(_pending(request, counted, at, ""), keep_first=True)

    def _sent(self, request: SigningRequest, state: _State, now: datetime) -> Pending:
        code = "".join(secrets.choice(string.digits) for _ in range(self._digits))
        state = attrs.evolve(state, code=self._hash(state, request, code))
        self._texts.send(_phone(request), _message(request, code, self._lasts))
        return _pending(request, state, now, _SENT[request.language].format(end=_phone(request)[-2:]))

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; all there is of it is the state, so throwing that away is what cancels it."""
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; evidence by another seal proves nothing here."""
        told = (evidence.method, evidence.level, evidence.signer, evidence.digest, evidence.signed_by, evidence.follows)
        signer, digest = document.signer, document_digest(document)
        if told != (AttestMethod.SMS_CODE, AssuranceLevel.LOW, signer, digest, self._seal.name, None):
            return False
        try:
            return self._seal.holds(evidence.proof, claim_bytes(evidence))
        except (ValueError, TypeError):  # what cannot even be written down, such as half a character
            return False

    def _is_of(self, state: _State, request: SigningRequest) -> bool:
        """Whether the code went to this person's number, which may be another by now, for this document."""
        phone = _phone(request)
        return (
            phone != ""
            and state.digest == document_digest(request.document)
            and hmac.compare_digest(state.to, self._keyed("number", phone))
        )

    def _evidence(self, request: SigningRequest, now: datetime) -> Evidence:
        bare = Evidence(
            method=AttestMethod.SMS_CODE,
            signer=request.document.signer,
            digest=document_digest(request.document),
            signed_at=now,
            proof="",
            signed_by=self._seal.name,
            level=AssuranceLevel.LOW,
            identity=self._keyed("identity", _phone(request)),
        )
        return attrs.evolve(bare, proof=self._seal.seal(claim_bytes(bare)))

    def _hash(self, state: _State, request: SigningRequest, code: str) -> str:
        """Of a code in this state for this document and person, and of no other."""
        document = request.document
        until = state.ends_at.isoformat()
        return self._keyed("code", state.nonce, code, state.digest, document.signer, document.subject, state.to, until)

    def _keyed(self, what: str, *parts: str) -> str:
        text = json.dumps(["kundorder one-time code 1", what, *parts])  # so that no two lists of parts are one text
        return hmac.new(self._key, text.encode(), sha256).hexdigest()


def _serves(request: SigningRequest) -> None:
    if request.method is not AttestMethod.SMS_CODE:
        raise malformed("$.method", f"must be {AttestMethod.SMS_CODE} here; ask the adapter that serves it")


def _phone(request: SigningRequest) -> str:
    """Where a code goes; empty: nowhere."""
    return "" if request.to is None else request.to.phone or ""


def _pending(request: SigningRequest, state: _State, now: datetime, hint: str) -> Pending:
    return Pending(
        state=_ENCODER.encode(state).decode(),
        action=EnterCode(hint=f"…{_phone(request)[-2:]}"),
        ask_again_at=now,  # as soon as the person has entered something
        ends_at=state.ends_at,
        hint=hint,
    )


def _read(text: str) -> _State | None:
    """The state, if it is one."""
    if len(text) > _LONGEST_STATE:
        return None
    try:
        state = _DECODER.decode(text)
        ends_at = moment(state.ends_at)
    except (msgspec.MsgspecError, ValueError, RecursionError, Malformed):
        return None
    unsent = (state.code, state.claimed, state.tries) == ("", None, 0)
    hashes = (state.to, state.digest, state.to if unsent else state.code)
    claimed = () if state.claimed is None else (state.claimed,)
    if state.tries < 0 or not all(map(_HASH.fullmatch, (*hashes, *claimed))):
        return None
    return attrs.evolve(state, ends_at=ends_at)


def _message(request: SigningRequest, code: str, lasts: timedelta) -> str:
    """Only words and numbers of ours: what an applicant has written must not reach other people's telephones by us."""
    document, language = request.document, request.language
    text = document.text(language)
    title = text.partition("\n")[0]
    case = next(filter(None, (_case(line.rpartition(" ")[2]) for line in text.splitlines())), document.subject)
    return _TEXTS[language].format(
        code=code,
        what=f"{title} {case}",
        organisation=document.organisation,
        minutes=max(1, int(lasts.total_seconds() // 60)),
    )


def _case(word: str) -> str | None:
    try:
        return case_number(word)
    except Malformed:
        return None
