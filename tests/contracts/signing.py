"""What a way of signing promises (``ports.Signing``), as an exam.

Subclass ``SigningContract``, give it a fixture ``bench``, and let pytest run it. No test knows what kind of signing it
has: it asks through the port, and the bench plays the provider and the person. Whatever comes back is looked at before
anything else is asked: no answer may tell who the person is, and every time is in UTC.

What is never under way has nothing to promise about that; those tests are skipped there.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from copy import copy
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from typing import ClassVar, Final, Protocol, TypeVar

import attrs
import msgspec
import pytest

from kundorder.codec import document_digest
from kundorder.errors import Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import ASSURANCE, Document, Evidence, at_least
from kundorder.model import Contact
from kundorder.ports import Action, Done, EnterCode, Failed, OpenUrl, Pending, Progress, ShowQr, Signing
from kundorder.vocabulary import AttestMethod, FailureCode, Language, Role, Trigger

T = TypeVar("T")

DOCUMENT: Final = Document(
    subject="customer/999200-0001",
    number=1,
    step=0,
    act=Trigger.SIGN,
    organisation="999200-0001",
    capacity=Role.SIGNATORY,
    signer="s1",
    content="ab" * 32,
    text_sv="Kundavtal\n\nOrganisation: Vårdcentralen Åsen AB (999200-0001)\n\nDen som signerar godkänner avtalet.",
    text_en="Customer agreement\n\nOrganisation: Vårdcentralen Åsen AB (999200-0001)\n\nWho signs accepts it.",
)
"""What is signed unless a subclass says otherwise."""

CONTACT: Final = Contact(
    name="Ålice Kanariefågel", email="kanarie.post@customer.example", phone="+46701740605", language=Language.SV
)
"""Who is to sign, for a bench that knows nobody better. None of it may be told by any answer."""

IP: Final = "192.0.2.177"
"""Where that person is."""

LONGEST: Final = 30
"""Answers; no signing takes more of them once the person has done what was asked."""

LARGEST_STATE: Final = 64 * 1024
"""Characters; it is kept in a record."""

A_WORD: Final = 6
"""Letters; a shorter one may stand anywhere by chance."""

AS_GOOD_AS_WHOLE: Final = 8
"""Digits of a telephone number in a row that tell whose it is."""

TELLING: Final = 5
"""Digits of a telephone number in a row that are too many for a hint."""


class Bench(Protocol):
    """What an adapter is examined on: its provider, its person and the time, all played."""

    now: datetime  # aware; the exam moves it

    @property
    def methods(self) -> tuple[AttestMethod, ...]:
        """What it serves; the first is the one that ``request`` asks for."""
        ...

    @property
    def can_be_down(self) -> bool:
        """Whether there is a provider that can be out of reach."""
        ...

    @property
    def signing(self) -> Signing:
        """The adapter, made anew from its configuration at every access, as after a restart."""
        ...

    def request(self, document: Document) -> SigningRequest:
        """How this document is asked for, with whom to reach and whatever else the method wants filled in."""
        ...

    def person_signs(self, pending: Pending) -> str | None:
        """The person does what is asked; again, or when it has been cancelled, it changes nothing.

        Returns:
            The callback to hand to ``resume``; None: there is none.
        """
        ...

    def person_gives_up(self, pending: Pending) -> bool:
        """The person refuses. False: the method knows no such thing."""
        ...

    def down(self) -> AbstractContextManager[None]:
        """The provider is out of reach within."""
        ...


def start(bench: Bench, request: SigningRequest) -> Progress:
    """Begin, as far as it goes without the person: what has to be kept first is kept, and gone on with."""
    return _kept(bench, request, looked_at(bench, request, lambda: bench.signing.start(request, now=bench.now)))


def resume(bench: Bench, request: SigningRequest, state: str, callback: str | None = None) -> Progress:
    """Go on, as far as it goes without the person."""
    return _kept(bench, request, _resumed(bench, request, state, callback))


def drive(bench: Bench, request: SigningRequest) -> Progress:
    """Begin, and let the person do whatever is asked, until it is done or has failed."""
    return finish(bench, request, start(bench, request))


def finish(bench: Bench, request: SigningRequest, progress: Progress) -> Progress:
    """Let the person do whatever is asked, until it is done or has failed."""
    for _ in range(LONGEST):
        if not isinstance(progress, Pending):
            return progress
        callback = bench.person_signs(progress)
        bench.now = max(bench.now, progress.ask_again_at)
        progress = resume(bench, request, progress.state, callback)
    pytest.fail("the person has done all that was asked, and it is pending still")


def _kept(bench: Bench, request: SigningRequest, progress: Progress) -> Progress:
    for _ in range(LONGEST):
        if not (isinstance(progress, Pending) and progress.keep_first):
            return progress
        progress = _resumed(bench, request, progress.state, None)
    pytest.fail("it has to be kept first, again and again")


def _resumed(bench: Bench, request: SigningRequest, state: str, callback: str | None) -> Progress:
    return looked_at(bench, request, lambda: bench.signing.resume(request, state, now=bench.now, callback=callback))


def looked_at(bench: Bench, request: SigningRequest, ask: Callable[[], Progress]) -> Progress:
    """What comes of a call, if it has the form that the port promises; an error must be ``Unavailable`` and as mute."""
    try:
        progress = ask()
    except Unavailable as error:
        _is_mute(request, *told_with(error))
        raise
    match progress:
        case Done(evidence=evidence):
            _is_mute(request, repr(progress), evidence.identity, evidence.signed_by)
        case Pending():
            _is_well_formed(bench, progress)
            _is_mute(request, repr(progress), progress.state, progress.hint)
            _hides_the_number(request, progress.hint)
            if isinstance(progress.action, EnterCode):
                _hides_the_number(request, progress.action.hint)
        case Failed(code=code, why=why):
            assert code in FailureCode
            assert "\n" not in why
            swedish, english = progress.text("sv"), progress.text("en")
            assert swedish.strip()
            assert english.strip()
            assert swedish != english
            _is_mute(request, repr(progress), swedish, english, why)
    return progress


def told_with(error: BaseException | None) -> Iterator[str]:
    """What stands in a log when nobody has caught it: the error, and all that it came from."""
    while error is not None:
        yield from (str(error), repr(error))
        error = error.__cause__ if error.__suppress_context__ else error.__context__


def _is_well_formed(bench: Bench, pending: Pending) -> None:
    json.loads(pending.state)
    assert len(pending.state) <= LARGEST_STATE
    for moment in (pending.ask_again_at, pending.ends_at):
        assert moment.utcoffset() == timedelta(0), "a time that is not in UTC"
    assert bench.now <= pending.ask_again_at <= pending.ends_at
    assert bench.now < pending.ends_at
    assert all(_shown(pending.action))


def _shown(action: Action | None) -> tuple[str, ...]:
    match action:
        case ShowQr(content=content):
            return (content,)
        case OpenUrl(url=url):
            return (url,)
        case EnterCode(hint=hint):
            return (hint,)
        case None:
            return ()


def _is_mute(request: SigningRequest, *said: str) -> None:
    """None of it tells who the person is."""
    assert request.to is not None, "the bench has to say whom to reach"
    mailbox = request.to.email.partition("@")[0]
    secrets = [request.to.name, request.to.email, request.ip or "", mailbox if len(mailbox) >= A_WORD else ""]
    secrets += _runs(request.to.phone or "", AS_GOOD_AS_WHOLE)
    for text in said:
        found = [secret for secret in secrets if secret and secret.casefold() in text.casefold()]
        assert not found, "an answer tells who the person is"


def _hides_the_number(request: SigningRequest, *hints: str) -> None:
    """What people are told may hold the end of a telephone number, so that they know which one it is."""
    assert request.to is not None
    for hint in hints:
        assert not any(run in hint for run in _runs(request.to.phone or "", TELLING)), "a hint tells the number"


def _runs(phone: str, length: int) -> list[str]:
    return [phone[at : at + length] for at in range(1, len(phone) - length + 1)]


def other_values(value: object) -> Iterator[object]:
    """Values of the same kind that are not this one."""
    match value:
        case Enum():
            yield from (member for member in type(value) if member is not value)
        case str():
            texts = (f"{value}x", value[:-1], "", f"{value} ", value.upper(), unicodedata.normalize("NFD", value), "ö")
            yield from (text for text in dict.fromkeys(texts) if text != value)
        case int():
            yield from (value + 1, value - 1, -value - 7)
        case datetime():
            much = (timedelta(microseconds=1), timedelta(seconds=1), timedelta(hours=1), timedelta(days=365))
            yield from (moment for each in much for moment in (value + each, value - each))
        case None:
            yield from ("", "cd" * 32)
        case _:
            pytest.fail(f"what is another {type(value).__name__}?")


def changed(record: T, field: str, value: object) -> T:
    """The same with another value in one field, past every converter."""
    other = copy(record)
    object.__setattr__(other, field, value)
    return other


def other_documents(document: Document) -> Iterator[tuple[str, Document]]:
    """Documents that differ in one field."""
    for field in attrs.fields(Document):
        held: object = getattr(document, field.name)
        yield from ((field.name, changed(document, field.name, value)) for value in other_values(held))


def garbled(proof: str) -> Iterator[str]:
    """Proofs that are not quite this one: cut, stretched, and changed in a character here and there."""
    yield from (
        "",
        proof[:-1],
        proof[1:],
        proof[: len(proof) // 2],
        f"{proof}=",
        f"{proof}A",
        f" {proof}",
        f"{proof}\n",
    )
    yield from (proof * 2, proof.swapcase(), proof[::-1])
    if proof.startswith("{"):
        yield from (proof.replace(mark, f"{mark} ", 1) for mark in ":,")
        yield from (f'{{"x":1,{proof[1:]}', f"{proof[:-1]},{proof[1:]}")
    places = {*range(min(4, len(proof))), *range(max(0, len(proof) - 6), len(proof)), *range(0, len(proof), 41)}
    for place in sorted(places):
        neighbour = chr(ord(proof[place]) ^ 1)  # the last bits of base64 may say nothing; still nobody has signed them
        for letter in ("A" if proof[place] != "A" else "B", neighbour if neighbour.isalnum() else "-"):
            yield f"{proof[:place]}{letter}{proof[place + 1 :]}"


def other_evidence(evidence: Evidence) -> Iterator[tuple[str, Evidence]]:
    """Evidence that differs in one field."""
    for field in attrs.fields(Evidence):
        held: object = getattr(evidence, field.name)
        values = garbled(evidence.proof) if field.name == "proof" else other_values(held)
        yield from ((field.name, changed(evidence, field.name, value)) for value in values if value != held)
    if evidence.follows is not None:
        yield "follows", attrs.evolve(evidence, follows=None)


RUBBISH: Final = (
    "",
    " ",
    "null",
    "true",
    "-1",
    "x",
    "[]",
    "{}",
    '"x"',
    "NaN",
    "\n",
    "\0\x01\x7f",
    "\ud800",
    '"\\ud800"',
    "{'a': 1}",
    '{"a":',
    '{"a": 1, "a": 2}',
    '{"status":"complete"}',
    '{"status":"signed","digest":"abab"}',
    '{"done":true,"evidence":{}}',
    '{"order":"another","ends_at":"2099-01-01T00:00:00Z","digest":"' + "0" * 64 + '"}',
    "?code=x&state=y",
    "1795420800.deadbeef.{}",
    "å" * 100_000,
    "1" * 5_000,  # more digits than Python reads as a number
    "[" * 100_000,
    '{"a":' * 100_000,
)
"""Texts that are neither a state nor a callback of anything."""

STRANGE: Final = (
    "null",
    "true",
    "-1",
    "1" + "0" * 400,
    "0.5",
    '""',
    '"x"',
    "[]",
    "{}",
    '["x"]',
    '"2026-11-23T08:00:00"',
)
"""Values, in JSON, that a state may hold where another is meant."""


def broken(state: str) -> Iterator[str]:
    """States that no longer hold what they held."""
    yield from RUBBISH
    yield from (state[:-1], state[: len(state) // 2], f"{state}x", json.dumps(state), f"[{state}]", f'{{"a":{state}}}')


def bent(state: str) -> Iterator[str]:
    """States that are whole, but for one value that is missing or a strange one."""
    try:
        held = msgspec.json.decode(state, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:  # no object, so nothing in it has a name
        return
    for name in held:
        rest = {key: value for key, value in held.items() if key != name}
        yield msgspec.json.encode(rest).decode()
        yield from (msgspec.json.encode(rest | {name: msgspec.Raw(value)}).decode() for value in STRANGE)


class SigningContract:
    """The exam. Whoever signs passes with every test here."""

    document: ClassVar[Document] = DOCUMENT
    """What is signed; a subclass may name another, with both texts."""

    cancelling_holds: ClassVar[bool] = True
    """False: all there is of a signing is its state, so to cancel is to throw that away, and nobody else can know."""

    def signed(self, bench: Bench, document: Document | None = None) -> Evidence:
        """The evidence of this document; of the usual one unless told otherwise."""
        progress = drive(bench, bench.request(document or self.document))
        assert isinstance(progress, Done), f"it is not done: {progress!r}"
        return progress.evidence

    def under_way(self, bench: Bench) -> tuple[SigningRequest, Pending]:
        """A signing that waits for the person."""
        request = bench.request(self.document)
        progress = start(bench, request)
        if isinstance(progress, Done):
            pytest.skip("nothing is ever under way here")
        assert isinstance(progress, Pending), f"it is not under way: {progress!r}"
        return request, progress

    def other_document(self) -> Document:
        """Another organisation's, for the same person to sign."""
        return attrs.evolve(self.document, organisation="999100-0002", content="cd" * 32)

    # What has been signed

    def test_the_bench_asks_for_a_method_that_is_served(self, bench: Bench) -> None:
        assert bench.request(self.document).method is bench.methods[0]
        assert bench.request(self.document).document == self.document

    def test_starting_binds_nothing_and_is_done_pending_or_failed(self, bench: Bench) -> None:
        request = bench.request(self.document)
        for _ in range(2):
            progress = start(bench, request)
            assert isinstance(progress, Done | Pending | Failed)

    def test_who_has_signed_has_signed_this_document_by_this_method_now(self, bench: Bench) -> None:
        request, began = bench.request(self.document), bench.now.replace(microsecond=0)
        evidence = self.signed(bench)
        assert evidence.method is request.method
        assert evidence.signer == self.document.signer
        assert evidence.digest == document_digest(self.document)
        assert began <= evidence.signed_at <= bench.now
        assert evidence.proof
        assert at_least(ASSURANCE[evidence.method], evidence.level), "it claims more than the method is worth"

    @pytest.mark.parametrize("language", Language)
    def test_one_can_sign_in_every_language(self, bench: Bench, language: Language) -> None:
        progress = drive(bench, attrs.evolve(bench.request(self.document), language=language))
        assert isinstance(progress, Done)
        assert bench.signing.verify(progress.evidence, self.document)

    def test_evidence_proves_its_document_when_it_was_kept_and_after_a_restart(self, bench: Bench) -> None:
        evidence = self.signed(bench)
        assert bench.signing.verify(evidence, self.document)
        bench.now += timedelta(days=800)
        kept = msgspec.json.decode(msgspec.json.encode(evidence), type=Evidence)
        assert bench.signing.verify(kept, self.document)

    def test_evidence_proves_no_other_document(self, bench: Bench) -> None:
        evidence, signing = self.signed(bench), bench.signing
        others = list(other_documents(self.document))
        assert {field for field, _ in others} == {field.name for field in attrs.fields(Document)}
        assert [field for field, other in others if signing.verify(evidence, other)] == []

    def test_evidence_made_out_to_another_document_does_not_prove_that_one(self, bench: Bench) -> None:
        evidence, signing = self.signed(bench), bench.signing
        believed = [
            field
            for field, other in other_documents(self.document)
            if signing.verify(attrs.evolve(evidence, digest=document_digest(other), signer=other.signer), other)
        ]
        assert believed == []

    def test_evidence_that_was_changed_proves_nothing(self, bench: Bench) -> None:
        evidence, signing = self.signed(bench), bench.signing
        others = list(other_evidence(evidence))
        assert {field for field, _ in others} == {field.name for field in attrs.fields(Evidence)}
        assert [field for field, other in others if signing.verify(other, self.document)] == []

    def test_the_proof_of_one_document_is_none_of_another(self, bench: Bench) -> None:
        one, other = self.signed(bench), self.signed(bench, self.other_document())
        assert bench.signing.verify(other, self.other_document())
        assert not bench.signing.verify(attrs.evolve(one, proof=other.proof), self.document)
        assert not bench.signing.verify(attrs.evolve(other, proof=one.proof), self.other_document())
        assert not bench.signing.verify(other, self.document)

    def test_the_same_person_is_known_as_the_same_again(self, bench: Bench) -> None:
        one, other = self.signed(bench), self.signed(bench, self.other_document())
        assert one.identity == other.identity

    def test_rubbish_is_refused_and_raises_nothing(self, bench: Bench) -> None:
        evidence, signing = self.signed(bench), bench.signing
        for rubbish in RUBBISH:
            for field in ("signer", "digest", "proof", "signed_by", "identity", "follows"):
                if getattr(evidence, field) != rubbish:
                    assert not signing.verify(changed(evidence, field, rubbish), self.document)
        for moment in (evidence.signed_at, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
            for zone in (None, UTC, timezone(timedelta(hours=23))):
                forged = changed(evidence, "signed_at", moment.replace(tzinfo=zone))
                assert forged.signed_at == evidence.signed_at or not signing.verify(forged, self.document)

    # What is under way

    def test_asking_again_is_always_allowed_and_changes_nothing(self, bench: Bench) -> None:
        request, first = self.under_way(bench)
        pending = first
        for _ in range(4):
            for state in (first.state, pending.state):
                progress = resume(bench, request, state)
                assert isinstance(progress, Pending)
                assert progress.ends_at <= first.ends_at
                pending = progress
            bench.now = min(max(bench.now, pending.ask_again_at), first.ends_at - timedelta(seconds=30))
        done = finish(bench, request, pending)
        assert isinstance(done, Done)
        assert bench.signing.verify(done.evidence, self.document)

    def test_asking_again_when_it_is_done_changes_nothing(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        callback = bench.person_signs(pending)
        assert isinstance(finish(bench, request, pending), Done)
        for again in (None, callback):
            with suppress(Unavailable):
                progress = resume(bench, request, pending.state, again)
                assert not isinstance(progress, Done) or bench.signing.verify(progress.evidence, self.document)

    def test_a_state_of_one_document_signs_no_other(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        callback = bench.person_signs(pending)
        bench.now = max(bench.now, pending.ask_again_at)
        for other in (self.other_document(), attrs.evolve(self.document, signer="s2")):
            for hint in (None, callback):
                with suppress(Unavailable):
                    assert not isinstance(resume(bench, bench.request(other), pending.state, hint), Done)
        assert isinstance(resume(bench, request, pending.state, callback), Done | Pending)

    def test_where_nothing_is_under_way_nothing_is_gone_on_with(self, bench: Bench) -> None:
        request = bench.request(self.document)
        for state in RUBBISH:
            self.nothing_comes_of(bench, request, state)

    def test_of_a_state_that_is_damaged_nothing_comes(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        for state in broken(pending.state):
            self.nothing_comes_of(bench, request, state)
        callback = bench.person_signs(pending)
        bench.now = max(bench.now, pending.ask_again_at)
        for state in broken(pending.state):
            self.nothing_comes_of(bench, request, state, callback)
        assert isinstance(finish(bench, request, pending), Done)

    def nothing_comes_of(self, bench: Bench, request: SigningRequest, state: str, callback: str | None = None) -> None:
        """Whoever goes on with this is told that nothing is under way."""
        for hint in dict.fromkeys((None, callback)):
            with suppress(Unavailable):
                progress = resume(bench, request, state, hint)
                assert isinstance(progress, Failed), f"something comes of {state[:60]!r}"
                assert progress.code is FailureCode.NOTHING_UNDER_WAY
        with suppress(Unavailable):
            bench.signing.cancel(state)

    def test_a_state_with_strange_values_raises_nothing_and_is_never_done(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        for state in bent(pending.state):
            with suppress(Unavailable):
                assert not isinstance(resume(bench, request, state), Done)
        for state in bent(pending.state):
            with suppress(Unavailable):
                bench.signing.cancel(state)

    # What comes in from outside

    def test_a_callback_that_is_rubbish_makes_nothing_done(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        for callback in (*RUBBISH, pending.state, document_digest(self.document), "a" * 1_000_000):
            with suppress(Unavailable):
                progress = resume(bench, request, pending.state, callback)
                assert isinstance(progress, Pending | Failed), f"done by {callback[:60]!r}"
        assert isinstance(finish(bench, request, pending), Done)

    def test_a_callback_of_another_signing_makes_nothing_done(self, bench: Bench) -> None:
        _, one = self.under_way(bench)
        callback = bench.person_signs(one)
        assert isinstance(finish(bench, bench.request(self.document), one), Done)
        request = bench.request(self.other_document())
        other = start(bench, request)
        assert isinstance(other, Pending)
        with suppress(Unavailable):
            assert not isinstance(resume(bench, request, other.state, callback), Done)
        assert isinstance(finish(bench, request, other), Done)

    # How it may end

    def test_who_gives_up_has_not_signed(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        if not bench.person_gives_up(pending):
            pytest.skip("one cannot give up here")
        bench.now = max(bench.now, pending.ask_again_at)
        progress = resume(bench, request, pending.state)
        assert isinstance(progress, Failed)
        assert progress.code is FailureCode.CANCELLED
        bench.person_signs(pending)
        with suppress(Unavailable):
            assert not isinstance(resume(bench, request, pending.state), Done)

    def test_what_is_cancelled_is_never_done(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        for _ in range(2):
            bench.signing.cancel(pending.state)
        if not self.cancelling_holds:
            return
        callback = bench.person_signs(pending)
        bench.now = max(bench.now, pending.ask_again_at)
        for hint in (None, callback):
            with suppress(Unavailable):
                assert isinstance(resume(bench, request, pending.state, hint), Failed)
        bench.signing.cancel(pending.state)

    def test_cancelling_what_has_ended_is_harmless(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        done = finish(bench, request, pending)
        for _ in range(2):
            bench.signing.cancel(pending.state)
        bench.now = max(bench.now, pending.ends_at) + timedelta(days=1)
        bench.signing.cancel(pending.state)
        assert isinstance(done, Done)
        assert bench.signing.verify(done.evidence, self.document)

    @pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
    def test_what_is_not_signed_in_time_has_expired(self, bench: Bench, late: timedelta) -> None:
        request, pending = self.under_way(bench)
        bench.now = pending.ends_at + late
        progress = resume(bench, request, pending.state)
        assert isinstance(progress, Failed)
        assert progress.code is FailureCode.EXPIRED

    def test_until_the_last_moment_it_can_be_signed(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        bench.now = max(bench.now, pending.ends_at - timedelta(seconds=5))
        assert isinstance(finish(bench, request, pending), Done)

    def test_who_comes_too_late_has_signed_or_not_but_nothing_between(self, bench: Bench) -> None:
        request, pending = self.under_way(bench)
        callback = bench.person_signs(pending)
        bench.now = pending.ends_at + timedelta(seconds=1)
        with suppress(Unavailable):
            progress = resume(bench, request, pending.state, callback)
            if isinstance(progress, Done):
                assert bench.signing.verify(progress.evidence, self.document)
            else:
                assert isinstance(progress, Failed)

    # When the provider is out of reach

    def test_while_the_provider_is_down_nothing_begins_and_then_it_does(self, bench: Bench) -> None:
        self.with_a_provider(bench)
        request = bench.request(self.document)
        with bench.down():
            for _ in range(2):
                with pytest.raises(Unavailable):
                    start(bench, request)
        self.signed(bench)

    def test_what_is_under_way_goes_on_when_the_provider_is_back(self, bench: Bench) -> None:
        self.with_a_provider(bench)
        request, pending = self.under_way(bench)
        with bench.down():
            for _ in range(2):
                with suppress(Unavailable):
                    assert isinstance(resume(bench, request, pending.state), Pending)
        assert isinstance(resume(bench, request, pending.state), Pending)
        assert isinstance(finish(bench, request, pending), Done)

    def test_what_is_signed_while_the_provider_goes_down_is_signed_when_it_is_back(self, bench: Bench) -> None:
        self.with_a_provider(bench)
        request, pending = self.under_way(bench)
        callback = bench.person_signs(pending)
        bench.now = max(bench.now, pending.ask_again_at)
        with bench.down():
            for hint in (None, callback):
                with suppress(Unavailable):
                    progress = resume(bench, request, pending.state, hint)
                    assert isinstance(progress, Done | Pending), "what the person has signed is given up"
                    assert not isinstance(progress, Done) or bench.signing.verify(progress.evidence, self.document)
        assert isinstance(finish(bench, request, pending), Done)

    def test_what_the_provider_cannot_be_told_of_now_does_no_harm(self, bench: Bench) -> None:
        self.with_a_provider(bench)
        _, pending = self.under_way(bench)
        with bench.down(), suppress(Unavailable):
            bench.signing.cancel(pending.state)
        bench.signing.cancel(pending.state)

    def test_evidence_is_not_denied_because_the_provider_is_down(self, bench: Bench) -> None:
        self.with_a_provider(bench)
        evidence = self.signed(bench)
        with bench.down(), suppress(Unavailable):
            assert bench.signing.verify(evidence, self.document)
        assert bench.signing.verify(evidence, self.document)

    def with_a_provider(self, bench: Bench) -> None:
        """There has to be one that can be down."""
        if not bench.can_be_down:
            pytest.skip("there is no provider here that could be down")
