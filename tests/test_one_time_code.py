"""Codes by text message: good once, for a short while, for one document and one person, and told to nobody else."""

import json
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundorder.adapters.jws import JwsSeal
from kundorder.adapters.one_time_code import OneTimeCodes
from kundorder.adapters.text_files import MemoryTextMessages
from kundorder.codec import claim_bytes
from kundorder.errors import Malformed, Unavailable
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.model import Contact
from kundorder.ports import Done, EnterCode, Failed, Pending, Progress, Signing, TextMessages
from kundorder.testing.contracts.signing import CONTACT, DOCUMENT, SigningContract, finish
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

NOW = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
KEY = bytes(range(32))
LASTS = timedelta(minutes=1)
SEAL = JwsSeal()
PHONE = CONTACT.phone or ""
CODE = re.compile(r"^[0-9]+")
F = FailureCode


@attrs.define
class Line:
    """A provider of text messages that may be out of reach."""

    texts: MemoryTextMessages = attrs.field(factory=MemoryTextMessages)
    is_down: bool = False

    def send(self, to: str, text: str) -> None:
        if self.is_down:
            raise Unavailable("the provider of text messages does not answer")
        self.texts.send(to, text)

    def code(self) -> str:
        """The code that was sent last."""
        return code_in(self.texts.texts(PHONE)[-1])


def code_in(text: str) -> str:
    found = CODE.match(text)
    assert found is not None
    return found.group()


@attrs.define
class CodeBench:
    """The telephone is in the person's pocket."""

    now: datetime = NOW
    line: Line = attrs.field(factory=Line)
    methods: tuple[AttestMethod, ...] = (AttestMethod.SMS_CODE,)
    can_be_down: bool = True

    @property
    def signing(self) -> Signing:
        return OneTimeCodes(SEAL, self.line, KEY)

    def request(self, document: Document) -> SigningRequest:
        return SigningRequest(document=document, method=AttestMethod.SMS_CODE, to=CONTACT)

    def person_signs(self, pending: Pending) -> str | None:
        assert isinstance(pending.action, EnterCode)
        return self.line.code()

    def person_gives_up(self, pending: Pending) -> bool:
        del pending
        return False

    @contextmanager
    def down(self) -> Generator[None]:
        self.line.is_down = True
        yield
        self.line.is_down = False


class TestOneTimeCodes(SigningContract):
    """The exam of the port."""

    cancelling_holds = False

    def make_bench(self) -> CodeBench:
        return CodeBench()


def sent(codes: Signing, request: SigningRequest, now: datetime = NOW) -> Progress:
    """It is remembered that a signing was begun, and then the code is sent."""
    progress = codes.start(request, now=now)
    while isinstance(progress, Pending) and progress.keep_first:
        progress = codes.resume(request, progress.state, now=now)
    return progress


@attrs.define
class Attesting:
    """Somebody who has got a code; what is kept is the last state, as the portal has it."""

    line: Line = attrs.field(factory=Line)
    request: SigningRequest = attrs.field(
        default=SigningRequest(document=DOCUMENT, method=AttestMethod.SMS_CODE, to=CONTACT)
    )
    now: datetime = NOW
    lasts: timedelta = timedelta(minutes=10)
    tries: int = 5
    digits: int = 6
    state: str = ""

    @property
    def codes(self) -> OneTimeCodes:
        """Made anew at every access, as after a restart."""
        return OneTimeCodes(SEAL, self.line, KEY, lasts=self.lasts, tries=self.tries, digits=self.digits)

    def begin(self) -> Progress:
        return self.keep(sent(self.codes, self.request, self.now))

    def enter(self, guess: str | None) -> Progress:
        progress = self.keep(self.codes.resume(self.request, self.state, now=self.now, callback=guess))
        while isinstance(progress, Pending) and progress.keep_first:
            progress = self.keep(self.codes.resume(self.request, self.state, now=self.now))
        return progress

    def keep(self, progress: Progress) -> Progress:
        if isinstance(progress, Pending):
            self.state = progress.state
        return progress

    def wrong(self) -> str:
        """A code that is not the right one."""
        right = self.line.code()
        return f"{(int(right) + 1) % 10 ** len(right):0{len(right)}}"


def attesting() -> Attesting:
    person = Attesting()
    assert isinstance(person.begin(), Pending)
    return person


WHYS: Final = (
    "there is no telephone number to send the code to",
    "[0-9]+ signings were begun within the last hour",
    "this is no state of a code for this document",
    "the code is not good any more",
    "[0-9]+ wrong codes were entered",
)
"""What a host finds in its log."""


def failed(progress: Progress) -> FailureCode:
    assert isinstance(progress, Failed), progress
    assert any(re.fullmatch(why, progress.why) for why in WHYS), progress.why
    return progress.code


def pending(progress: Progress) -> Pending:
    assert isinstance(progress, Pending), progress
    return progress


def evidence_of(progress: Progress) -> Evidence:
    assert isinstance(progress, Done), progress
    return progress.evidence


def test_who_enters_the_code_that_was_sent_has_attested_at_a_low_level() -> None:
    person = attesting()
    evidence = evidence_of(person.enter(person.line.code()))
    assert (evidence.method, evidence.level) == (AttestMethod.SMS_CODE, AssuranceLevel.LOW)
    assert (evidence.signed_at, evidence.signed_by, evidence.follows) == (NOW, SEAL.name, None)
    assert person.codes.verify(evidence, DOCUMENT)
    assert len(person.line.texts.texts(PHONE)) == 1


def test_the_message_says_what_for_and_whom_and_that_nobody_asks_for_it() -> None:
    document = attrs.evolve(
        DOCUMENT,
        text_sv="Attest av beställning\n\nÄrendenummer: KO1554567899\nOrganisation: 999200-0001",
        text_en="Attest of an order\n\nCase number: KO1554567899\nOrganisation: 999200-0001",
    )
    for language, words in (
        (Language.SV, "är koden för: Attest av beställning KO1554567899, organisation 999200-0001. "),
        (Language.EN, "is the code for: Attest of an order KO1554567899, organisation 999200-0001. "),
    ):
        person = Attesting(lasts=timedelta(minutes=7))
        person.request = attrs.evolve(person.request, document=document, language=language)
        person.begin()
        (text,) = person.line.texts.texts(PHONE)
        assert words in text
        assert "7 minut" in text
        assert ("Ingen frågar efter koden" in text) or ("Nobody asks for the code" in text)
        assert "\n" not in text
        assert len(text) <= 320


def test_what_an_applicant_has_written_reaches_nobodys_telephone_by_us() -> None:
    lure = "Ring 070-0000000 eller se https://lure.example"
    document = attrs.evolve(DOCUMENT, text_sv=f"Kundavtal\n\nOrganisation: {lure} (999200-0001)\n\n{lure}")
    person = Attesting()
    person.request = attrs.evolve(person.request, document=document)
    person.begin()
    (text,) = person.line.texts.texts(PHONE)
    assert "Ring" not in text
    assert "lure" not in text
    assert "Kundavtal customer/999200-0001, organisation 999200-0001" in text


@pytest.mark.parametrize("written", ["{0}{1}{2} {3}{4}{5}", "{0}{1}{2}-{3}{4}{5}", " {0} {1} {2} {3} {4} {5} "])
def test_a_code_may_be_entered_with_gaps(written: str) -> None:
    person = attesting()
    assert isinstance(person.enter(written.format(*person.line.code())), Done)


def not_codes(right: str) -> list[str]:
    return [
        "",
        " ",
        right[:-1],
        f"{right}0",
        f"{right}\n",
        f"+{right}",
        f"{right[:3]}.{right[3:]}",
        right.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}),
        right.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)}),
        right + " " * 60,
        "²" * 6,
        "abcdef",
        "1" * 100_000,
        "\ud800",
        "\x00",
    ]


def test_what_cannot_be_a_code_is_not_counted() -> None:
    person = attesting()
    for guess in not_codes(person.line.code()):
        before = person.state
        assert "6 siffror" in pending(person.enter(guess)).hint
        assert person.state == before
    assert isinstance(person.enter(person.line.code()), Done)


@given(guess=st.text(alphabet=st.characters(exclude_characters="0123456789"), max_size=60) | st.text(max_size=5))
@settings(max_examples=50, deadline=None)
def test_whatever_is_entered_is_answered(guess: str) -> None:
    assert isinstance(attesting().enter(guess), Pending)


@pytest.mark.parametrize("tries", range(1, 6))
def test_after_so_many_wrong_codes_the_right_one_is_worth_nothing(tries: int) -> None:
    person = Attesting(tries=tries)
    person.begin()
    right, wrong = person.line.code(), person.wrong()
    for left in range(tries - 1, 0, -1):
        progress = pending(person.enter(wrong))
        assert progress.hint == f"Koden stämmer inte. Antal försök kvar: {left}."
    before = person.state
    assert failed(person.enter(wrong)) is F.TOO_MANY_TRIES
    for guess in (right, None, right):
        assert failed(person.enter(guess)) is F.TOO_MANY_TRIES
    assert json.loads(before)["tries"] == tries - 1
    assert json.loads(person.state)["tries"] == tries


def test_the_last_try_may_be_the_right_one() -> None:
    person = attesting()
    for _ in range(4):
        person.enter(person.wrong())
    assert isinstance(person.enter(person.line.code()), Done)


def test_a_try_is_counted_and_kept_before_it_is_judged() -> None:
    person = attesting()
    for guess in (person.wrong(), person.line.code()):
        before = json.loads(person.state)
        progress = pending(person.codes.resume(person.request, person.state, now=NOW, callback=guess))
        after = json.loads(progress.state)
        assert progress.keep_first
        assert (before["tries"] + 1, before["claimed"]) == (after["tries"], None)
        assert progress.hint == ""
        again = person.codes.resume(person.request, person.state, now=NOW, callback=guess)
        assert pending(again).state == progress.state  # and says no more however often it is asked
        person.enter(guess)


def test_a_guess_that_was_kept_is_judged_although_everything_stopped_in_between() -> None:
    person = attesting()
    person.keep(person.codes.resume(person.request, person.state, now=NOW, callback=person.wrong()))
    progress = pending(person.enter(None))
    assert "kvar: 4" in progress.hint
    person.keep(person.codes.resume(person.request, person.state, now=NOW, callback=person.line.code()))
    assert isinstance(person.enter(None), Done)


def test_who_enters_another_code_while_one_is_not_judged_yet_has_used_two_tries() -> None:
    person = attesting()
    person.keep(person.codes.resume(person.request, person.state, now=NOW, callback=person.wrong()))
    person.keep(person.codes.resume(person.request, person.state, now=NOW, callback=person.wrong()))
    assert json.loads(person.state)["tries"] == 2
    assert "kvar: 3" in pending(person.enter(None)).hint
    person.keep(person.codes.resume(person.request, person.state, now=NOW, callback=person.line.code()))
    assert isinstance(person.enter(person.wrong()), Done)  # what was right stays right


def test_a_code_is_good_until_its_time_is_over_and_not_at_that_moment() -> None:
    for late, good in ((timedelta(minutes=10) - timedelta(microseconds=1), True), (timedelta(minutes=10), False)):
        person = attesting()
        person.now += late
        progress = person.enter(person.line.code())
        assert isinstance(progress, Done) if good else failed(progress) is F.EXPIRED


def test_a_guess_that_was_entered_in_time_and_judged_too_late_is_too_late() -> None:
    person = attesting()
    person.keep(person.codes.resume(person.request, person.state, now=NOW, callback=person.line.code()))
    person.now += timedelta(minutes=10)
    assert failed(person.enter(None)) is F.EXPIRED


def test_a_state_that_was_stretched_is_worth_nothing() -> None:
    person = attesting()
    state = json.loads(person.state)
    person.state = json.dumps(state | {"ends_at": (NOW + timedelta(days=1)).isoformat()})
    assert isinstance(person.enter(person.line.code()), Pending)  # a wrong code: the end of its time is in the hash


def test_a_code_is_for_one_document_and_one_person() -> None:
    person = attesting()
    other = attrs.evolve(CONTACT, phone="+46701740606")
    requests = [
        attrs.evolve(person.request, document=attrs.evolve(DOCUMENT, step=1)),
        attrs.evolve(person.request, document=attrs.evolve(DOCUMENT, signer="s2")),
        attrs.evolve(person.request, to=other),
        attrs.evolve(person.request, to=None),
    ]
    for request in requests:
        progress = person.codes.resume(request, person.state, now=NOW, callback=person.line.code())
        assert failed(progress) is F.NOTHING_UNDER_WAY


def test_a_code_of_one_state_is_wrong_in_another() -> None:
    """Of the same document, person and number; only the nonce differs."""
    one = attesting()
    first = one.line.code()
    while one.line.code() == first:
        one.begin()
    assert isinstance(one.enter(first), Pending)


def test_a_state_that_was_put_together_makes_every_code_wrong() -> None:
    """The hash is over nonce, document, number and end; whichever is exchanged, the right code is right no more."""
    one = attesting()
    code = one.line.code()
    request = attrs.evolve(one.request, document=attrs.evolve(DOCUMENT, step=1))
    foreign = json.loads(pending(sent(one.codes, request, NOW + timedelta(seconds=1))).state)
    for field, asked in (("nonce", one.request), ("digest", request), ("ends_at", one.request)):
        forged = json.dumps(json.loads(one.state) | {field: foreign[field]})
        counted = pending(one.codes.resume(asked, forged, now=NOW, callback=code))
        assert isinstance(one.codes.resume(asked, counted.state, now=NOW), Pending)
    assert isinstance(one.enter(code), Done)


def test_without_a_number_there_is_nowhere_to_send_a_code() -> None:
    for to in (None, attrs.evolve(CONTACT, phone=None), altered(CONTACT, phone="")):
        person = Attesting()
        person.request = attrs.evolve(person.request, to=to)
        assert failed(person.begin()) is F.NO_ADDRESS


def altered(contact: Contact, **values: object) -> Contact:
    """Past the converters."""
    other = attrs.evolve(contact)
    for name, value in values.items():
        object.__setattr__(other, name, value)
    return other


def test_nothing_is_sent_before_it_is_kept_that_a_signing_was_begun() -> None:
    one = Attesting()
    first = one.codes.start(one.request, now=NOW)
    assert isinstance(first, Pending)
    assert first.keep_first
    assert one.line.texts.texts(PHONE) == ()
    assert isinstance(one.codes.resume(one.request, first.state, now=NOW), Pending)
    assert len(one.line.texts.texts(PHONE)) == 1


def test_who_has_been_sent_no_code_yet_cannot_enter_one() -> None:
    one = Attesting()
    first = one.codes.start(one.request, now=NOW)
    assert isinstance(first, Pending)
    after = one.codes.resume(one.request, first.state, now=NOW, callback="000000")
    assert isinstance(after, Pending)
    assert not after.keep_first  # a code has been sent, and nothing was counted
    assert json.loads(after.state)["tries"] == 0


@pytest.mark.parametrize(("per_hour", "begun", "sends"), [(5, 4, True), (5, 5, False), (1, 0, True), (1, 1, False)])
def test_nobody_is_sent_more_codes_within_an_hour(per_hour: int, begun: int, *, sends: bool) -> None:
    lately = tuple(NOW - timedelta(minutes=59, seconds=number) for number in range(begun))
    long_ago = (NOW - timedelta(hours=1),) * 9
    request = attrs.evolve(Attesting().request, begun=(*long_ago, *lately))
    line = Line()
    progress = sent(OneTimeCodes(SEAL, line, KEY, per_hour=per_hour), request)
    assert isinstance(progress, Pending) if sends else failed(progress) is F.TOO_OFTEN
    assert len(line.texts.texts(PHONE)) == (1 if sends else 0)


def test_a_code_that_could_not_be_sent_is_not_under_way() -> None:
    person = Attesting(line=Line(is_down=True))
    with pytest.raises(Unavailable):
        person.begin()
    person.line.is_down = False
    assert isinstance(person.begin(), Pending)
    assert isinstance(person.enter(person.line.code()), Done)


def test_a_right_code_is_not_lost_when_the_seal_is_not_there() -> None:
    person = attesting()

    class Away:
        name = SEAL.name

        def seal(self, statement: bytes) -> str:
            del statement
            raise Unavailable("the key store does not answer")

        def holds(self, proof: str, statement: bytes) -> bool:
            return SEAL.holds(proof, statement)

    codes = OneTimeCodes(Away(), person.line, KEY)
    person.keep(codes.resume(person.request, person.state, now=NOW, callback=person.line.code()))
    with pytest.raises(Unavailable):
        codes.resume(person.request, person.state, now=NOW)
    assert isinstance(person.enter(None), Done)


def test_the_same_number_is_the_same_identity_and_another_is_not() -> None:
    identities: list[str] = []
    for phone in (PHONE, PHONE, "+46701740606"):
        line = Line()
        request = attrs.evolve(Attesting().request, to=attrs.evolve(CONTACT, phone=phone))
        codes = OneTimeCodes(SEAL, line, KEY)
        first = pending(sent(codes, request))
        code = code_in(line.texts.texts(phone)[-1])
        counted = pending(codes.resume(request, first.state, now=NOW, callback=code))
        identities.append(evidence_of(codes.resume(request, counted.state, now=NOW)).identity)
    assert identities[0] == identities[1] != identities[2]
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in identities)


def test_a_key_of_another_host_goes_on_with_nothing_and_evidence_still_holds() -> None:
    person = attesting()
    evidence = evidence_of(person.enter(person.line.code()))
    stranger = OneTimeCodes(SEAL, person.line, bytes(32))
    assert failed(stranger.resume(person.request, person.state, now=NOW)) is F.NOTHING_UNDER_WAY
    assert stranger.verify(evidence, DOCUMENT)
    assert not OneTimeCodes(JwsSeal(), person.line, KEY).verify(evidence, DOCUMENT)


def test_evidence_that_claims_another_level_or_method_is_refused_even_if_it_is_sealed() -> None:
    evidence = evidence_of((person := attesting()).enter(person.line.code()))
    for claims in (
        attrs.evolve(evidence, level=AssuranceLevel.HIGH),
        attrs.evolve(evidence, method=AttestMethod.BANKID),
        attrs.evolve(evidence, follows="cd" * 32),
        attrs.evolve(evidence, signer="s2"),
    ):
        sealed = attrs.evolve(claims, proof=SEAL.seal(claim_bytes(claims)))
        assert not person.codes.verify(sealed, DOCUMENT)


def test_another_method_is_asked_for_elsewhere() -> None:
    codes = attesting().codes
    request = attrs.evolve(Attesting().request, method=AttestMethod.BANKID)
    with pytest.raises(Malformed, match=r"^\$\.method: must be SMS_CODE here; ask the adapter that serves it$"):
        sent(codes, request)
    with pytest.raises(Malformed, match=r"^\$\.method: must be SMS_CODE here; ask the adapter that serves it$"):
        codes.resume(request, "{}", now=NOW)


@pytest.mark.parametrize(
    ("argument", "values"),
    [
        ("key", (b"", bytes(31))),
        ("lasts", (timedelta(0), timedelta(seconds=-1), timedelta(minutes=10, microseconds=1))),
        ("tries", (0, -1, 6)),
        ("digits", (5, 0, 11)),
        ("per_hour", (0, -1)),
    ],
)
def test_what_would_weaken_a_code_is_refused_by_name(argument: str, values: tuple[object, ...]) -> None:
    for value in values:
        with pytest.raises(Malformed) as caught:
            build(**{argument: value})
        (problem,) = caught.value.problems
        assert problem.path == f"$.{argument}"
    build(key=bytes(32), lasts=timedelta(minutes=10), tries=5, digits=10, per_hour=1)


def build(
    *,
    key: object = KEY,
    lasts: object = LASTS,
    tries: object = 1,
    digits: object = 6,
    per_hour: object = 1,
) -> OneTimeCodes:
    assert isinstance(key, bytes)
    assert isinstance(lasts, timedelta)
    assert isinstance(tries, int)
    assert isinstance(digits, int)
    assert isinstance(per_hour, int)
    texts: TextMessages = MemoryTextMessages()
    return OneTimeCodes(SEAL, texts, key, lasts=lasts, tries=tries, digits=digits, per_hour=per_hour)


@pytest.mark.parametrize("digits", [6, 7, 8, 9, 10])
def test_codes_have_so_many_digits_and_use_them_all(digits: int) -> None:
    codes = set[str]()
    for _ in range(60):
        person = Attesting(digits=digits)
        person.begin()
        codes.add(person.line.code())
    assert {len(code) for code in codes} == {digits}
    assert len(codes) > 50
    assert len({code[0] for code in codes}) > 3  # also a nought


def test_neither_code_nor_number_stands_anywhere_but_in_the_message() -> None:
    for _ in range(20):
        person = attesting()
        code = person.line.code()
        shown = [repr(person.codes), repr(vars(person.codes)), person.state, repr(person.line.texts)]
        for guess in (person.wrong(), code[:-1], "12 34", None, code):
            progress = person.codes.resume(person.request, person.state, now=NOW, callback=guess)
            shown += [repr(progress)]
            shown += [repr(person.enter(guess)), person.state]
        late = attrs.evolve(person.request, to=None)
        shown += [repr(person.codes.resume(late, person.state, now=NOW, callback=code))]
        for text in shown:
            assert PHONE[1:9] not in text
            assert f'"{code}"' not in text
            assert not re.search(rf"(?<![0-9a-f]){code}(?![0-9a-f])", text)


def test_a_guess_is_kept_as_a_keyed_hash_too() -> None:
    person = attesting()
    progress = pending(person.codes.resume(person.request, person.state, now=NOW, callback="135790"))
    state = json.loads(progress.state)
    assert "135790" not in progress.state
    assert re.fullmatch("[0-9a-f]{64}", state["claimed"])
    assert set(state) == {"claimed", "code", "digest", "ends_at", "nonce", "to", "tries"}


def test_a_moment_is_the_same_in_every_zone_and_one_without_is_not_taken() -> None:
    person = attesting()
    assert pending(person.begin()).ends_at == NOW + timedelta(minutes=10)
    with pytest.raises(Malformed):
        person.codes.start(person.request, now=NOW.replace(tzinfo=None))


def test_it_goes_from_a_state_of_another_process_to_evidence(tmp_path: Path) -> None:
    """Between every two calls there may be a restart: here there is one."""
    person = attesting()
    (tmp_path / "state").write_text(person.state)
    progress = pending(person.codes.resume(person.request, person.state, now=NOW, callback=person.line.code()))
    program = f"""
import sys
from datetime import datetime
sys.path[:0] = {sys.path!r}
from test_one_time_code import Attesting, Done, KEY, Line, NOW, OneTimeCodes, JwsSeal
codes = OneTimeCodes(JwsSeal(), Line(), KEY)
print(isinstance(codes.resume(Attesting().request, sys.argv[1], now=NOW), Done))
"""
    ran = subprocess.run([sys.executable, "-c", program, progress.state], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "True"


def test_the_exam_drives_it_to_the_end() -> None:
    bench = CodeBench()
    request = bench.request(DOCUMENT)
    assert isinstance(finish(bench, request, sent(bench.signing, request)), Done)
