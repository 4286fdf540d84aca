"""What is stored is read again as it was, or it is said what cannot be read and what to do."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import attrs
import pytest

from kundorder import codec
from kundorder.codec import (
    SCHEMA,
    agreement_digest,
    as_in_first_format,
    content_digest,
    decode,
    decode_entry,
    decode_outcome,
    decode_owed,
    encode,
    entry_digest,
    rules_digest,
)
from kundorder.errors import Corrupt
from kundorder.events import Entry, Owed
from kundorder.model import Agreement, Order, Rules
from kundorder.outcomes import Outcome
from kundorder.situation import Key, Kind
from kundorder.testing.contracts.store.made_up import a_mail, chain_of, one_of
from kundorder.testing.surroundings import START
from kundorder.vocabulary import AgreementState, AssuranceLevel, AttestMethod, Lifecycle, Party

_T = TypeVar("_T")

UNREADABLE = ("", "{", "null", "[]", '{"id":"a"}', '"\ud800"', "[" * 100_000, '{"a":' * 100_000)


@pytest.mark.parametrize("kind", Kind)
def test_a_record_is_read_as_it_was_stored(kind: Kind) -> None:
    record = one_of(kind)
    assert decode(Key(f"{kind.value}:x"), SCHEMA, encode(record)) == record


@pytest.mark.parametrize("kind", Kind)
def test_a_record_of_an_earlier_schema_is_read_through_what_has_changed_since(kind: Kind) -> None:
    """Nothing has, so far."""
    record = one_of(kind)
    assert decode(Key(f"{kind.value}:x"), SCHEMA - 1, encode(record)) == record


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA])
@pytest.mark.parametrize("text", UNREADABLE, ids=range(len(UNREADABLE)))
@pytest.mark.parametrize("kind", Kind)
def test_a_record_that_cannot_be_read_is_named_by_its_kind(kind: Kind, text: str, schema: int) -> None:
    with pytest.raises(Corrupt) as caught:
        decode(Key(f"{kind.value}:x"), schema, text)
    assert str(caught.value).startswith(f"a stored {kind.value} cannot be read")


@pytest.mark.parametrize("kind", Kind)
def test_a_record_of_a_later_schema_takes_a_later_release(kind: Kind) -> None:
    with pytest.raises(Corrupt) as caught:
        decode(Key(f"{kind.value}:x"), SCHEMA + 1, encode(one_of(kind)))
    told = f"a stored {kind.value} has schema {SCHEMA + 1} and this release knows up to {SCHEMA}; upgrade kundorder"
    assert str(caught.value).startswith(told)


OUTCOME = Outcome(id="customer/999200-0001", lifecycle=Lifecycle.CUSTOMER_AGREEMENT, state="APPLIED", at=START)


@pytest.mark.parametrize(
    ("read", "written", "told"),
    [
        (decode_entry, chain_of("order:o-1", 1)[0], "a journal entry cannot be read"),
        (decode_owed, a_mail("a"), "a stored debt cannot be read"),
        (decode_outcome, OUTCOME, "a stored outcome cannot be read"),
    ],
    ids=["entry", "debt", "outcome"],
)
def test_what_else_is_stored_is_read_as_it_was_or_it_is_said_what_cannot_be_read(
    read: Callable[[str], object], written: Entry | Owed | Outcome, told: str
) -> None:
    assert read(encode(written)) == written
    for text in UNREADABLE:
        with pytest.raises(Corrupt) as caught:
            read(text)
        assert str(caught.value).startswith(told)


def test_a_record_of_an_earlier_schema_takes_each_step_there_is_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """No schema has changed yet; so the steps are made up here, on the way of a record that has none of its own."""

    def renamed(old: str, new: str) -> Callable[[Mapping[str, object]], Mapping[str, object]]:
        return lambda fields: {new if name == old else name: value for name, value in fields.items()}

    steps = {(Kind.RECEIPT, 1): renamed("hash", "digest_of_it"), (Kind.RECEIPT, 3): renamed("digest_of_it", "digest")}
    monkeypatch.setattr(codec, "UPCASTERS", steps)
    monkeypatch.setattr(codec, "SCHEMA", 4)
    record = one_of(Kind.RECEIPT)
    now = encode(record)
    first, third = now.replace('"digest":', '"hash":'), now.replace('"digest":', '"digest_of_it":')
    assert first != now
    key = Key("receipt:x")
    assert [decode(key, schema, text) for schema, text in ((4, now), (3, third), (2, third), (1, first))] == [
        record
    ] * 4
    for schema, text in ((2, first), (4, third)):
        with pytest.raises(Corrupt):
            decode(key, schema, text)
    assert decode(Key("member:x"), 1, encode(one_of(Kind.MEMBER))) == one_of(Kind.MEMBER)
    with pytest.raises(Corrupt, match="upgrade kundorder"):
        decode(key, 5, now)


def told_apart(digest: Callable[[_T], str], one: _T, others: Sequence[_T]) -> None:
    """The same has the same digest, and each of the others one of its own."""
    digests = [digest(each) for each in (one, *others)]
    assert digest(one) == digests[0]
    assert len(set(digests)) == len(digests)


def test_what_is_ordered_has_another_digest_with_each_thing_that_is_different() -> None:
    order = one_of(Kind.ORDER)
    assert isinstance(order, Order)
    one = order.content
    others = (
        attrs.evolve(one, offer="another"),
        attrs.evolve(one, service="another"),
        attrs.evolve(one, organisation="999300-0000"),
        attrs.evolve(one, answers=()),
        attrs.evolve(one, terms=None),
        attrs.evolve(one, agent=None),
    )
    told_apart(content_digest, one, others)


def test_rules_have_another_digest_with_each_thing_that_is_different() -> None:
    others = (
        Rules(four_eyes=True),
        Rules(attest_methods=(AttestMethod.BANKID,)),
        Rules(minimum_assurance=AssuranceLevel.HIGH),
        Rules(inform_agent_automatically=True),
        Rules(roles_require_signed_agreement=True),
    )
    told_apart(rules_digest, Rules(), others)


def test_an_agreement_is_signed_with_its_parties_its_text_and_those_who_are_to_sign() -> None:
    one = one_of(Kind.AGREEMENT)
    assert isinstance(one, Agreement)
    others = (
        attrs.evolve(one, party=Party.AGENT),
        attrs.evolve(one, organisation="999300-0000"),
        attrs.evolve(one, name="Annan"),
        attrs.evolve(one, terms_digest="0" * 64),
        attrs.evolve(one, signatories=one.signatories[1:]),
    )
    told_apart(agreement_digest, one, others)
    assert agreement_digest(attrs.evolve(one, state=AgreementState.TERMINATED)) == agreement_digest(one)


def test_a_journal_entry_is_bound_to_its_place_its_rules_what_it_rests_on_and_its_remark() -> None:
    event = chain_of("order:o-1", 1)[0].event
    one = (("order:o-1", 1, ""), event, "rules", ("fact",), "remark")
    others = (
        (("order:o-2", 1, ""), event, "rules", ("fact",), "remark"),
        (("order:o-1", 2, ""), event, "rules", ("fact",), "remark"),
        (("order:o-1", 1, "d"), event, "rules", ("fact",), "remark"),
        (("order:o-1", 1, ""), attrs.evolve(event, person="another"), "rules", ("fact",), "remark"),
        (("order:o-1", 1, ""), event, "other rules", ("fact",), "remark"),
        (("order:o-1", 1, ""), event, "rules", (), "remark"),
        (("order:o-1", 1, ""), event, "rules", ("fact",), None),
    )
    told_apart(lambda parts: entry_digest(*parts), one, others)


def test_an_event_that_tells_of_no_evidence_is_bound_as_events_were_before_they_could() -> None:
    assert as_in_first_format(b'{"at":1,"proven":null,"role":"x"}') == b'{"at":1,"role":"x"}'
    assert as_in_first_format(b'{"proven":"e"}') == b'{"proven":"e"}'
