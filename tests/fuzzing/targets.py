"""The parsers: what each is fed, what may come of it, and what must hold of whatever it takes.

A parser that takes texts is fed bytes read as UTF-8, halves of surrogate pairs and all, as they come out of JSON.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache, partial
from typing import Final, TypeAlias

import attrs

from fuzzing import seeds
from kundorder import identifiers
from kundorder.adapters.bankid.markup import NotSigned, canonical, parsed
from kundorder.adapters.bankid.signature import read as bankid_signature
from kundorder.adapters.bankid.state import read as bankid_state
from kundorder.adapters.hosted.callbacks import callback_of, is_authentic
from kundorder.adapters.hosted.states import read as hosted_state
from kundorder.adapters.hosted.states import written as hosted_written
from kundorder.adapters.jws import PublicSeal, holds_by
from kundorder.adapters.smtp.replies import reply
from kundorder.boundary import command_from_json, command_to_json, read_json
from kundorder.catalogue import Catalogue
from kundorder.codec import decode, decode_entry, decode_outcome, decode_owed, encode
from kundorder.errors import Corrupt, Malformed
from kundorder.evidence_files import read as evidence_file
from kundorder.evidence_files import written
from kundorder.journal import verify_export
from kundorder.messages import Post
from kundorder.situation import Key, Kind
from kundorder.testing.surroundings import START

Put: TypeAlias = Callable[[bytes], object]


@attrs.frozen(kw_only=True)
class Target:
    """A parser."""

    put: Put  # asserts what must hold of what it takes
    declared: tuple[type[Exception], ...] = (Malformed,)
    seeds: Callable[[], tuple[bytes, ...]] = tuple  # what it takes

    def fed(self, content: bytes) -> bool:
        """Whether it took this.

        Raises:
            Exception: one that it does not declare, which is a mistake of the parser.
        """
        try:
            self.put(content)
        except self.declared as error:
            return _refused(error)
        return True


def _refused(error: Exception) -> bool:
    assert "\n" not in str(error), "an error is one line"
    return False


def text_of(content: bytes) -> str:
    """What a parser of texts is fed."""
    return content.decode("utf-8", "surrogatepass" if b"\xed" in content else "replace")


def _text(parse: Callable[[str], object], content: bytes) -> None:
    try:
        text = text_of(content)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    parse(text)


def _canonical(parse: Callable[[str], str], text: str) -> None:
    found = parse(text)
    assert parse(found) == found, "its canonical form is another"
    found.encode()


def _command(content: bytes) -> None:
    command = command_from_json(content)
    assert command_from_json(json.dumps(command_to_json(command))) == command


def _record(kind: Kind, text: str) -> None:
    key = Key(f"{kind.value}:x")
    record = decode(key, 1, text)
    assert decode(key, 1, encode(record)) == record


def _evidence(content: bytes) -> None:
    found = evidence_file(content)
    assert written(found.document, found.evidence, [each.content for each in found.attachments]) == content


def _export(text: str) -> None:
    report = verify_export(text.splitlines(keepends=True))
    assert report.verified is (not report.problems)


def _xml(content: bytes) -> None:
    again = canonical(parsed(content))
    assert canonical(parsed(again)) == again


def _hosted(text: str) -> None:
    state = hosted_state(text)
    assert state is None or hosted_state(hosted_written(state)) == state


def _callback(content: bytes) -> None:
    stamp, _, body = content.partition(b".")
    callback = callback_of({"X-Timestamp": stamp.decode("latin-1"), "X-Signature": "00" * 32}, body)
    for each in (callback, content.decode("latin-1")):
        assert not is_authentic(each, b"k" * 32, now=START, window=timedelta(minutes=5)), "nobody knows the secret"


def _sender(text: str) -> None:
    Post(sender=text)


def _reply(content: bytes) -> None:
    told = str(reply(250, content))
    assert "\n" not in told
    assert "\r" not in told


def _jwk(text: str) -> None:
    seal = PublicSeal.from_jwk(text)
    assert PublicSeal.from_jwk(seal.jwk).name == seal.name
    assert not seal.holds(text, b"x")


def _proof(text: str) -> None:
    assert not holds_by("jwk:" + "A" * 43, text, b"x"), "nobody has sealed this"


PLAIN: Final[Mapping[str, tuple[Callable[[str], str], str]]] = {
    "agreement id": (identifiers.agreement_id, "customer/999200-0001"),
    "assignment id": (identifiers.assignment_id, "556677-8899/npo"),
    "case number": (identifiers.case_number, "KO1554567899"),
    "display name": (identifiers.display_name, "Åsa Prov"),
    "e-mail address": (identifiers.email_address, "asa.prov@clinic.example"),
    "HSA-id": (identifiers.hsa_id, "SE9997000006-P01"),
    "idempotency key": (identifiers.idempotency_key, "approve-clinic"),
    "long text": (partial(identifiers.long_text, limit=4000), "En rad.\nEn till."),
    "member id": (identifiers.member_id, "m-01m8mz2a00g000000000000000"),
    "offer id": (identifiers.offer_id, "npo-producent"),
    "order id": (identifiers.order_id, "o-01m8mz2a00g000000000000000"),
    "organisation number": (identifiers.organisation_number, "999200-0001"),
    "person id": (identifiers.person_id, "anna"),
    "plain text": (partial(identifiers.plain_text, limit=120), "För sent."),
    "secret code": (identifiers.secret_code, "A" * 43),
    "service id": (identifiers.service_id, "npo"),
    "telephone number": (identifiers.phone_number, "+46701740605"),
}
"""Parsers whose answer is a text in its canonical form, each with something it takes."""


def _these(*taken: bytes) -> tuple[bytes, ...]:
    return taken


def _plain() -> Iterator[tuple[str, Target]]:
    for name, (parse, taken) in PLAIN.items():
        yield name, Target(put=partial(_text, partial(_canonical, parse)), seeds=partial(_these, taken.encode()))


def _records() -> Iterator[tuple[str, Target]]:
    for kind in Kind:
        put = partial(_text, partial(_record, kind))
        yield f"stored {kind.value}", Target(put=put, declared=(Corrupt,), seeds=partial(seeds.records, kind))


@cache
def targets() -> Mapping[str, Target]:
    """All parsers, by name."""
    return {
        **dict(_plain()),
        **dict(_records()),
        "amount": Target(put=partial(_text, identifiers.money), seeds=partial(_these, b"12000.00 SEK")),
        "language": Target(put=partial(_text, identifiers.language), seeds=partial(_these, b"sv")),
        "command in JSON": Target(put=_command, seeds=seeds.commands),
        "catalogue in JSON": Target(put=partial(read_json, Catalogue), seeds=seeds.catalogues),
        "stored entry": Target(put=partial(_text, decode_entry), declared=(Corrupt,), seeds=seeds.entries),
        "stored debt": Target(put=partial(_text, decode_owed), declared=(Corrupt,), seeds=seeds.debts),
        "stored outcome": Target(put=partial(_text, decode_outcome), declared=(Corrupt,), seeds=seeds.outcomes),
        "exported journal": Target(put=partial(_text, _export), declared=(), seeds=seeds.exports),
        "evidence file": Target(put=_evidence, seeds=seeds.evidence_files),
        "public key": Target(put=partial(_text, _jwk), seeds=seeds.keys),
        "proof of a seal": Target(put=partial(_text, _proof), declared=(), seeds=seeds.proofs),
        "XML of BankID": Target(put=_xml, declared=(NotSigned,), seeds=seeds.markup),
        "signature of BankID": Target(put=bankid_signature, declared=(NotSigned,), seeds=seeds.signatures),
        "state of BankID": Target(put=partial(_text, bankid_state), declared=(), seeds=seeds.bankid_states),
        "state of a signing service": Target(put=partial(_text, _hosted), declared=(), seeds=seeds.hosted_states),
        "callback of a signing service": Target(put=_callback, declared=(), seeds=seeds.callbacks),
        "sender of mail": Target(
            put=partial(_text, _sender), seeds=partial(_these, b"Kundtorget <noreply@provider.example>")
        ),
        "reply of a relay": Target(put=_reply, declared=(), seeds=partial(_these, b"2.0.0 ok", b"5.1.1 no such user")),
    }
