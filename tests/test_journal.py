"""The journal shows what was done, and shows whatever was done to it behind our back."""

import random
from collections.abc import Callable
from functools import cache

import attrs
import pytest
from cast import NPO, Cast, is_list, tables
from proof import count
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.codec import content_digest, digest, encode
from kundorder.events import Entry
from kundorder.journal import linked
from kundorder.model import Record
from kundorder.outcomes import Head
from kundorder.situation import Fact, Key, agreement_key, member_key, order_key
from kundorder.vocabulary import AttestMethod, Index, OrderState, Role, Trigger

BANKID = AttestMethod.BANKID


def story() -> tuple[Cast, str]:
    """A store in which much has happened, and an order that has come a long way."""
    cast = Cast.new()
    order = cast.agent_done()
    cast.portal.execute(ko.RejectOrder(order=order, reason="Inte nu."), cast.atle)
    cast.portal.execute(ko.WithdrawOrder(order=cast.sent(), reason="Dubblett."), cast.berta)
    cast.handed_over()
    cast.portal.execute(ko.EndAssignment(assignment=NPO, reason="Slut."), cast.olle)
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.nora)), cast.adam)
    return cast, order_key(order)


@attrs.frozen
class Book:
    """A journal in the hands of somebody who tampers with it."""

    cast: Cast
    chain: str

    @classmethod
    def new(cls) -> "Book":
        return cls(*story())

    @property
    def chains(self) -> dict[str, list[Entry]]:
        """The entries as the store keeps them."""
        found: dict[str, list[Entry]] = {}
        for key, entries in tables(self.cast.world.store)["journal"].items():
            assert is_list(entries)
            found[str(key)] = [each for each in entries if isinstance(each, Entry)]
        return found

    def put(self, entries: list[Entry], chain: str | None = None) -> None:
        """Replace the entries of a chain."""
        tables(self.cast.world.store)["journal"][chain or self.chain] = entries

    def fact(self, chain: str | None = None) -> Fact:
        """The record of a chain, and where it says that the chain ends."""
        found = tables(self.cast.world.store)["records"][Key(chain or self.chain)]
        assert isinstance(found, Fact)
        return found

    def put_fact(self, fact: Fact, chain: str | None = None) -> None:
        """Replace the record of a chain, or what it says about its chain."""
        tables(self.cast.world.store)["records"][Key(chain or self.chain)] = fact

    def report(self, anchor: tuple[Head, ...] = ()) -> ko.JournalReport:
        """What verifying finds."""
        return self.cast.portal.verify_journal(anchor)


def relinked(entries: list[Entry], start: int) -> list[Entry]:
    """The chain as somebody writes it who knows how: every digest from here on made anew."""
    found = entries[:start]
    for entry in entries[start:]:
        head = found[-1].digest if found else ""
        event = attrs.evolve(entry.event, remark=entry.remark)
        found.append(linked(Head(chain=entry.chain, number=len(found), digest=head), event, entry.rules, entry.facts))
    return found


def test_an_honest_journal_holds() -> None:
    book = Book.new()
    report = book.report()
    assert report.verified
    assert report.problems == ()
    assert report.entries == sum(len(entries) for entries in book.chains.values())
    assert {head.chain for head in report.heads} == set(book.chains)
    assert all(head.number == len(book.chains[head.chain]) for head in report.heads)


def test_every_kind_of_record_with_a_life_has_a_chain() -> None:
    kinds = {chain.partition(":")[0] for chain in Book.new().chains}
    assert kinds == {"order", "agreement", "assignment", "member", "provider"}


def test_a_chain_is_numbered_without_a_hole_and_each_entry_names_the_one_before() -> None:
    for entries in Book.new().chains.values():
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        assert [entry.previous for entry in entries] == ["", *(entry.digest for entry in entries[:-1])]


def test_an_anchor_of_yesterday_still_holds_when_more_has_been_written() -> None:
    book = Book.new()
    anchor = book.report().heads
    book.cast.sent()
    book.cast.assign(book.cast.berta, Role.ATTESTANT)
    report = book.report(anchor)
    assert report.verified
    assert report.entries > sum(head.number for head in anchor)


def of_event(**change: object) -> Callable[[Entry], Entry]:
    """Something about the event is changed."""

    def tamper(entry: Entry) -> Entry:
        event = attrs.evolve(entry.event)
        for name, value in change.items():
            object.__setattr__(event, name, value)
        return attrs.evolve(entry, event=event)

    return tamper


def of_entry(**change: object) -> Callable[[Entry], Entry]:
    """Something about the entry itself is changed."""

    def tamper(entry: Entry) -> Entry:
        found = attrs.evolve(entry)
        for name, value in change.items():
            object.__setattr__(found, name, value)
        return found

    return tamper


def other_value(value: object) -> object:
    """Another value than this one."""
    match value:
        case None:
            return "något"
        case bool():
            return not value
        case int():
            return value + 1
        case tuple():
            return ("member:x@1",)
        case str():
            return f"{value}x"
        case _:
            return None


EVENT_FIELDS = [field.name for field in attrs.fields(ko.Event) if field.name != "remark"]
ENTRY_FIELDS = [field.name for field in attrs.fields(Entry) if field.name != "event"]


@pytest.mark.parametrize("field", EVENT_FIELDS)
def test_every_field_of_an_event_that_is_changed_is_reported(field: str) -> None:
    book = Book.new()
    for place, entry in enumerate(book.chains[book.chain]):
        entries = book.chains[book.chain]
        value: object = getattr(entry.event, field)
        entries[place] = of_event(**{field: other_value(value)})(entry)
        kept = book.chains[book.chain]
        book.put(entries)
        assert [problem.number for problem in book.report().problems] == [place + 1], (place, field)
        book.put(kept)
    assert book.report().verified


@pytest.mark.parametrize("field", ENTRY_FIELDS)
def test_every_field_of_an_entry_that_is_changed_is_reported(field: str) -> None:
    book = Book.new()
    for place, entry in enumerate(book.chains[book.chain]):
        kept, entries = book.chains[book.chain], book.chains[book.chain]
        value: object = getattr(entry, field)
        entries[place] = of_entry(**{field: other_value(value)})(entry)
        book.put(entries)
        assert not book.report().verified, (place, field)
        book.put(kept)
    assert book.report().verified


def test_an_entry_that_is_rewritten_with_its_own_digest_is_reported() -> None:
    """Each entry names the digest of the one before, so the next one gives it away."""
    book = Book.new()
    kept = book.chains[book.chain]
    for place in range(len(kept) - 1):
        entries = book.chains[book.chain]
        entries[place] = of_event(person="någon.annan")(entries[place])
        book.put([*relinked(entries[: place + 1], place), *entries[place + 1 :]])
        assert [problem.number for problem in book.report().problems] == [place + 2]
        book.put(kept)
    assert book.report().verified


def test_every_entry_that_is_removed_is_reported() -> None:
    book = Book.new()
    for chain, entries in book.chains.items():
        for place in range(len(entries)):
            book.put([*entries[:place], *entries[place + 1 :]], chain)
            problems = book.report().problems
            assert {problem.chain for problem in problems} == {chain}
        book.put(entries, chain)
    assert book.report().verified


def test_entries_that_are_swapped_are_reported() -> None:
    book = Book.new()
    entries = book.chains[book.chain]
    for place in range(len(entries) - 1):
        one, other = entries[place], entries[place + 1]
        renumbered = [attrs.evolve(other, number=one.number), attrs.evolve(one, number=other.number)]
        for swapped in ([other, one], renumbered):
            book.put([*entries[:place], *swapped, *entries[place + 2 :]])
            assert {problem.chain for problem in book.report().problems} == {book.chain}
    book.put(entries)
    assert book.report().verified


def test_an_entry_of_another_chain_is_reported() -> None:
    book = Book.new()
    foreign = next(chain for chain in book.chains if chain.startswith("order:") and chain != book.chain)
    entries = book.chains[book.chain]
    entries[2] = book.chains[foreign][2]
    book.put(entries)
    assert not book.report().verified


def test_chains_that_changed_places_are_reported() -> None:
    book = Book.new()
    foreign = next(chain for chain in book.chains if chain.startswith("order:") and chain != book.chain)
    mine, theirs = book.chains[book.chain], book.chains[foreign]
    book.put(theirs)
    book.put(mine, foreign)
    one, other = book.fact(), book.fact(foreign)
    book.put_fact(attrs.evolve(one, number=other.number, digest=other.digest))
    book.put_fact(attrs.evolve(other, number=one.number, digest=one.digest), foreign)
    assert not book.report().verified


def test_chains_that_changed_places_are_reported_even_where_their_records_are_alike() -> None:
    """Two drafts at the same step: only the name of the chain tells them apart."""
    book = Book.new()
    mine, theirs = (order_key(book.cast.draft()) for _ in range(2))
    one, other = book.fact(mine), book.fact(theirs)
    chains = book.chains
    book.put(chains[theirs], mine)
    book.put(chains[mine], theirs)
    book.put_fact(attrs.evolve(one, digest=other.digest), mine)
    book.put_fact(attrs.evolve(other, digest=one.digest), theirs)
    assert {problem.chain for problem in book.report().problems} == {mine, theirs}


def test_an_entry_that_is_inserted_is_reported() -> None:
    book = Book.new()
    entries = book.chains[book.chain]
    for place in range(len(entries) + 1):
        before = entries[place - 1].digest if place else ""
        event = attrs.evolve(entries[-1].event, trigger=Trigger.APPROVE)
        forged = linked(Head(chain=book.chain, number=place, digest=before), event, entries[0].rules, ())
        book.put([*entries[:place], forged, *entries[place:]])
        assert {problem.chain for problem in book.report().problems} == {book.chain}
    book.put(entries)
    assert book.report().verified


def test_an_entry_that_is_there_twice_is_reported() -> None:
    book = Book.new()
    entries = book.chains[book.chain]
    book.put([*entries, entries[-1]])
    assert not book.report().verified


def test_a_chain_that_is_gone_altogether_is_reported() -> None:
    book = Book.new()
    del tables(book.cast.world.store)["journal"][book.chain]
    (problem,) = book.report().problems
    assert (problem.chain, problem.number, problem.problem) == (book.chain, 0, "has no entries")


def test_a_record_that_is_gone_while_its_chain_is_there_is_reported() -> None:
    book = Book.new()
    del tables(book.cast.world.store)["records"][Key(book.chain)]
    assert {problem.chain for problem in book.report().problems} == {book.chain}


def test_a_record_in_another_state_than_its_chain_says_is_reported() -> None:
    book = Book.new()
    fact = book.fact()
    assert isinstance(fact.record, ko.Order)
    book.put_fact(attrs.evolve(fact, record=attrs.evolve(fact.record, state=OrderState.ATTESTED)))
    (problem,) = book.report().problems
    assert problem.problem == "the record is in another state"


def test_a_record_at_another_step_than_its_chain_says_is_reported() -> None:
    book = Book.new()
    fact = book.fact()
    assert isinstance(fact.record, ko.Order)
    book.put_fact(attrs.evolve(fact, record=attrs.evolve(fact.record, step=fact.record.step + 1)))
    (problem,) = book.report().problems
    assert problem.problem == "the record is at another step"


@pytest.mark.parametrize("forged", [False, True], ids=["as it is", "with a digest to match"])
def test_an_order_with_another_content_than_was_sent_is_reported(*, forged: bool) -> None:
    book = Book.new()
    fact = book.fact()
    assert isinstance(fact.record, ko.Order)
    content = attrs.evolve(fact.record.content, offer="something-else")
    record = attrs.evolve(fact.record, content=content)
    book.put_fact(attrs.evolve(fact, record=attrs.evolve(record, digest=content_digest(content)) if forged else record))
    (problem,) = book.report().problems
    assert problem.problem == "the record has another content than was sent"


def test_a_tail_that_is_cut_is_reported() -> None:
    book = Book.new()
    book.put(book.chains[book.chain][:-1])
    assert {problem.problem for problem in book.report().problems} == {"ends elsewhere than the record says"}


def cut(book: Book, left: int) -> None:
    """The tail is cut, and the record says that it has always ended there."""
    entries, fact = book.chains[book.chain][:left], book.fact()
    assert isinstance(fact.record, ko.Order)
    book.put(entries)
    event = entries[-1].event
    record = attrs.evolve(fact.record, state=OrderState(event.after), step=event.step, digest=event.digest)
    book.put_fact(attrs.evolve(fact, record=record, number=left, digest=entries[-1].digest))


@pytest.mark.parametrize("left", range(1, 7))
def test_a_tail_that_is_cut_with_the_record_rewritten_shows_against_heads_kept_elsewhere(left: int) -> None:
    book = Book.new()
    anchor = book.report().heads
    cut(book, left)
    assert book.report().verified  # which is why heads are kept elsewhere
    assert {problem.chain for problem in book.report(anchor).problems} == {book.chain}


@pytest.mark.parametrize("place", range(7))
def test_a_chain_that_is_rewritten_to_its_end_shows_against_heads_kept_elsewhere(place: int) -> None:
    book = Book.new()
    anchor = book.report().heads
    entries = book.chains[book.chain]
    entries[place] = of_event(person="någon.annan")(entries[place])
    forged = relinked(entries, place)
    book.put(forged)
    assert not book.report().verified  # the record names the head as it was
    book.put_fact(attrs.evolve(book.fact(), digest=forged[-1].digest))
    assert book.report().verified
    assert {problem.chain for problem in book.report(anchor).problems} == {book.chain}


def test_a_record_that_is_gone_with_its_chain_shows_against_heads_kept_elsewhere() -> None:
    book = Book.new()
    anchor = book.report().heads
    for table in ("journal", "records"):
        del tables(book.cast.world.store)[table][Key(book.chain)]
    (problem,) = book.report(anchor).problems
    assert problem.chain == book.chain


def test_a_chain_rewritten_and_made_longer_shows_against_heads_kept_elsewhere() -> None:
    book = Book.new()
    anchor = book.report().heads
    entries = book.chains[book.chain]
    entries[0] = of_event(person="någon.annan")(entries[0])
    forged = relinked([*entries, entries[-1]], 0)
    book.put(forged)
    book.put_fact(attrs.evolve(book.fact(), number=len(forged), digest=forged[-1].digest))
    assert book.report().verified
    assert not book.report(anchor).verified


def test_a_forged_anchor_is_reported_too() -> None:
    book = Book.new()
    anchor = tuple(attrs.evolve(head, digest="0" * 64) for head in book.report().heads[:1])
    assert not book.report(anchor).verified
    unknown = (Head(chain="order:o-finns-inte", number=1, digest="0" * 64),)
    assert not book.report(unknown).verified


TAMPERS = 6_000
MANY_TAMPERS = 50_000


@cache
def shelf() -> Book:
    """One journal for many tampers, each of them undone."""
    return Book.new()


def tampered(rng: random.Random, entries: list[Entry]) -> list[Entry]:
    """One of the seven ways, somewhere."""
    place = rng.randrange(len(entries))
    entry, found = entries[place], list(entries)
    match rng.randrange(7):
        case 0:
            field = rng.choice(EVENT_FIELDS)
            value: object = getattr(entry.event, field)
            found[place] = of_event(**{field: other_value(value)})(entry)
        case 1:
            field = rng.choice(ENTRY_FIELDS)
            value = getattr(entry, field)
            found[place] = of_entry(**{field: other_value(value)})(entry)
        case 2:
            del found[place]
        case 3:
            found.insert(place, attrs.evolve(entry, number=place + 1))
        case 4:
            del found[place:]
        case 5:
            found[place] = of_event(person="någon.annan")(entry)
            found = [*relinked(found[: place + 1], place), *entries[place + 1 :]]
        case _:
            found[place] = of_event(person="någon.annan")(entry)
            found = relinked(found, place)
    return found


def belied(rng: random.Random, record: Record) -> Record:
    """The record says something else than its journal."""
    state, step = attrs.evolve(record), attrs.evolve(record)
    object.__setattr__(state, "state", "ELSEWHERE")
    object.__setattr__(step, "step", rng.randrange(100, 200))
    found = [state, step]
    if isinstance(record, ko.Order) and record.digest is not None:
        other = attrs.evolve(record.content, offer="something-else")
        found.append(attrs.evolve(record, content=other))
        found.append(attrs.evolve(record, content=other, digest=content_digest(other)))
        found.append(attrs.evolve(record, digest=None))
    return rng.choice(found)


def rewritten(rng: random.Random, entries: list[Entry]) -> list[Entry]:
    """By somebody who knows how, and who sees to the record too: shorter, or with something else in it."""
    place = rng.randrange(len(entries))
    if place and rng.randrange(2):
        return entries[:place]
    found = [*entries]
    found[place] = of_event(person="någon.annan")(found[place])
    return relinked(found, place)


def tamper(rng: random.Random, book: Book, chain: str) -> tuple[Head, ...]:
    """Do something to a chain or its record, and say which heads it takes to see that: none, as a rule."""
    entries, fact = book.chains[chain], book.fact(chain)
    match rng.randrange(12):
        case 0:
            book.put_fact(attrs.evolve(fact, digest="0" * 64), chain)
        case 1:
            book.put_fact(attrs.evolve(fact, number=fact.number + rng.choice((-1, 1))), chain)
        case 2 | 3:
            assert fact.record is not None
            book.put_fact(attrs.evolve(fact, record=belied(rng, fact.record)), chain)
        case 4:
            anchor = (Head(chain=chain, number=fact.number, digest=fact.digest),)
            forged = rewritten(rng, entries)
            book.put(forged, chain)
            book.put_fact(attrs.evolve(fact, number=len(forged), digest=forged[-1].digest), chain)
            return anchor
        case _:
            book.put(tampered(rng, entries), chain)
    return ()


def tamper_and_ask(seeds: range) -> None:
    """The seed of a failure is in its message."""
    book = shelf()
    chains = sorted(book.chains)
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        chain = rng.choice(chains)
        kept, fact = book.chains[chain], book.fact(chain)
        anchor = tamper(rng, book, chain)
        assert chain in {problem.chain for problem in book.report(anchor).problems}, f"seed {seed}"
        book.put(kept, chain)
        book.put_fact(fact, chain)
    assert book.report().verified
    count("tampered journals and exports, all reported", len(seeds))


def test_whatever_is_done_to_a_journal_is_reported() -> None:
    tamper_and_ask(range(TAMPERS))


@pytest.mark.long
def test_whatever_else_is_done_to_a_journal_is_reported() -> None:
    tamper_and_ask(range(TAMPERS, TAMPERS + MANY_TAMPERS))


def test_a_remark_is_erased_and_the_chain_still_holds() -> None:
    book = Book.new()
    entries = book.chains[book.chain]
    assert entries[-1].remark == "Inte nu."
    anchor = book.report().heads
    entries[-1] = attrs.evolve(entries[-1], remark=None)
    book.put(entries)
    assert book.report(anchor).verified
    assert entries[-1].remark_digest == digest("Inte nu.")


def test_a_remark_that_is_changed_or_put_where_none_was_is_reported() -> None:
    book = Book.new()
    for place in (-1, 0):
        kept, entries = book.chains[book.chain], book.chains[book.chain]
        entries[place] = attrs.evolve(entries[place], remark="Något annat.")
        book.put(entries)
        (problem,) = book.report().problems
        assert problem.problem == "has another remark than was written"
        book.put(kept)


def test_the_journal_of_a_user_and_of_an_agreement_goes_on_over_all_that_happens() -> None:
    cast, _order = story()
    member = [event.trigger for event in cast.portal.history(cast.id(cast.nora), cast.olle).items]
    assert member == ["add", "verify", "delete"]
    agreement = [event.trigger for event in cast.portal.history(f"customer/{CUSTOMER}", cast.olle).items]
    assert agreement == ["apply", "approve", "sign"]
    assignment = [event.trigger for event in cast.portal.history(NPO, cast.olle).items]
    assert assignment == ["apply", "pass_review", "attest", "activate", "end"]


def test_a_grant_is_journalled_with_the_user_it_is_given_to() -> None:
    cast = Cast.new()
    events = cast.portal.history(cast.id(cast.hanna), cast.agda).items
    assert [(event.trigger, event.about) for event in events][-1] == (Trigger.GRANT, NPO)


def test_nothing_secret_or_personal_stands_in_an_entry() -> None:
    """No code of an invitation, no address, no name and no telephone number; no evidence either."""
    cast, _order = story()
    cast.portal.execute(
        ko.AddUser(name="Kanariefågeln Prov", email="kanarie@prov.example", phone="+46701740605"), cast.adam
    )
    member, code = cast.world.code("kanarie@prov.example")
    cast.portal.execute(ko.VerifyUser(member=member, code=code), ko.Actor("person-1", CUSTOMER))
    with cast.world.store.transaction() as transaction:
        page = transaction.select(Index.JOURNAL, ("",), after=None, limit=100_000)
        record = transaction.read((member_key(member), agreement_key(f"customer/{CUSTOMER}")))
    entries = [line.entry for line in page.items if line.entry is not None]
    text = "\n".join(encode(entry) for entry in entries)
    assert len(entries) == cast.portal.verify_journal().entries
    assert "person-1" in text  # who acts, by the host's opaque id
    letters = cast.world.letters()
    addresses = {letter.to for letter in letters}
    assert len(addresses) > 10
    hidden = [code, digest(code), "Kanariefågeln", "+46701740605", "memory:", " Prov", "@prov", ".example", *addresses]
    assert [canary for canary in hidden if canary in text] == []
    assert "kanarie@prov.example" in repr(record)  # it is there to be found


def test_a_personal_identity_number_is_no_persons_id_and_so_never_in_the_journal() -> None:
    for number in ("19811218-9876", "8112189876", "anna-811218-9876"):
        with pytest.raises(ko.Malformed):
            ko.Actor(number, CUSTOMER)


def test_what_was_only_looked_at_is_in_the_facts_with_its_version() -> None:
    """R34: what the decision rested on."""
    cast = Cast.new()
    order = cast.agent_done()
    with cast.world.store.transaction() as transaction:
        page = transaction.select(Index.JOURNAL, (order_key(order),), after=None, limit=100)
    entry = [line.entry for line in page.items if line.entry is not None][-1]
    kinds = {fact.partition(":")[0] for fact in entry.facts}
    assert {"assignment", "holders", "login", "member", "order", "organisation"} <= kinds
    assert f"member:{cast.id(cast.aron)}" in {fact.partition("@")[0] for fact in entry.facts}
    assert list(entry.facts) == sorted(entry.facts)
    assert f"holders:{AGENT}/ATTESTANT" in {fact.partition("@")[0] for fact in entry.facts}
