"""All that is in a store, as its port shows it, to be judged by the laws."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, TypeVar, final

import attrs

from kundorder.directory import Holders
from kundorder.events import Event, Mail, Owed, OwedState
from kundorder.model import Actor, AgentAssignment, Agreement, Member, Order, Organisation, Record
from kundorder.ports import Listed, Store, Transaction
from kundorder.situation import Fact, Key, holders_key, organisation_key
from kundorder.vocabulary import Index, Role, Trigger, UserState

Chain: TypeAlias = tuple[Event, ...]

_PAGE: Final = 10_000
_S = TypeVar("_S", Agreement, AgentAssignment)
_HANDLES_NO_MORE: Final = (Trigger.REMOVE_ROLE, Role.AGENT_HANDLER)


@final
@attrs.frozen(kw_only=True)
class Shown:
    """All that a store shows, with versions and debts as they stand; equal if nothing has happened between."""

    heads: tuple[Listed, ...]
    journal: tuple[Listed, ...]
    owed: tuple[Listed, ...]
    others: Mapping[Key, Fact]  # organisations, and who holds which role

    @classmethod
    def by(cls, store: Store) -> "Shown":
        """As it is now; receipts, links and signings have no list of their own."""
        with store.transaction() as transaction:
            heads = tuple(_all(transaction, Index.HEADS, ("",)))
            journal = tuple(_all(transaction, Index.JOURNAL, ("",)))
            owed = tuple(_all(transaction, Index.OWED, tuple(OwedState)))
            numbers = sorted(_organisations_in(line.fact.record for line in heads if line.fact is not None))
            roles = (holders_key(number, role) for number in numbers for role in Role)
            others = transaction.read((*roles, *map(organisation_key, numbers)))
        return cls(heads=heads, journal=journal, owed=owed, others=others)

    @property
    def debts(self) -> tuple[Owed, ...]:
        """All debts, the oldest first."""
        return tuple(line.owed for line in self.owed if line.owed is not None)


@final
@attrs.frozen(kw_only=True)
class Kept:
    """All that is in a store; in an order that does not depend on ids."""

    orders: Mapping[str, Order]
    members: Mapping[str, Member]
    agreements: Mapping[str, Agreement]
    assignments: Mapping[str, AgentAssignment]
    organisations: Mapping[str, Organisation]
    holders: Mapping[tuple[str, Role], tuple[str, ...]]  # members, sorted
    chains: Mapping[str, Chain]  # by the key of their subject
    mails: tuple[Mail, ...]  # owed, or owed once

    @classmethod
    def of(cls, store: Store) -> "Kept":
        """Everything there is in a store, of whatever organisations."""
        return cls.shown(Shown.by(store))

    @classmethod
    def shown(cls, shown: Shown) -> "Kept":
        """Everything that a store has shown."""
        facts = (*(line.fact for line in shown.heads if line.fact is not None), *shown.others.values())
        return cls.seen(
            [fact.record for fact in facts],
            [line.entry.event for line in shown.journal if line.entry is not None],
            [owed.mail for owed in shown.debts if owed.mail is not None],
        )

    @classmethod
    def seen(cls, records: Iterable[Record | None], events: Iterable[Event], mails: Iterable[Mail]) -> "Kept":
        """What these make."""
        found = tuple(records)
        orders = sorted((each for each in found if isinstance(each, Order)), key=lambda each: each.created)
        members = sorted(
            (each for each in found if isinstance(each, Member)), key=lambda each: (each.organisation, each.email)
        )
        agreements = sorted((each for each in found if isinstance(each, Agreement)), key=lambda each: -each.number)
        assignments = sorted(
            (each for each in found if isinstance(each, AgentAssignment)), key=lambda each: -each.number
        )
        chains: dict[str, list[Event]] = {}
        for event in events:
            chains.setdefault(event.subject, []).append(event)
        return cls(
            orders={each.id: each for each in orders},
            members={each.id: each for each in members},
            organisations={each.number: each for each in found if isinstance(each, Organisation)},
            agreements=_latest(agreements),
            assignments=_latest(assignments),
            holders={
                (each.organisation, each.role): tuple(sorted(holder.member for holder in each.holders))
                for each in found
                if isinstance(each, Holders)
            },
            chains={chain: tuple(events) for chain, events in chains.items()},
            mails=tuple(mails),
        )

    def events(self, key: str) -> Chain:
        """What has happened to a subject, the first first."""
        return self.chains.get(key, ())

    def state(self, identifier: str) -> str | None:
        """Where the order, user, agreement or assignment of this id stands; None: there is none."""
        found = (self.orders, self.members, self.agreements, self.assignments)
        return next((each[identifier].state for each in found if identifier in each), None)

    def holding(self, organisation: str | None, role: Role) -> tuple[str, ...]:
        """Which members hold a role in an organisation."""
        return () if organisation is None else self.holders.get((organisation, role), ())

    def member(self, actor: Actor) -> str | None:
        """Which active user somebody is in the organisation acted for."""
        for member in self.members.values():
            active = member.state is UserState.ACTIVE
            if active and (member.person, member.organisation) == (actor.person, actor.organisation):
                return member.id
        return None

    def roles(self, actor: Actor) -> tuple[Role, ...]:
        """What somebody holds in the organisation acted for."""
        member = self.member(actor)
        return () if member is None else self.members[member].roles

    def granted(self, assignment: str) -> frozenset[str]:
        """The handlers granted in an assignment whose grant has not ended with their role, as their histories tell."""
        found = self.assignments.get(assignment)
        grants = () if found is None else found.grants
        return frozenset(grant.member for grant in grants if not self._has_ended(grant.member, assignment))

    def _has_ended(self, member: str, assignment: str) -> bool:
        lost = False
        for event in self.events(f"member:{member}"):
            if event.trigger is Trigger.GRANT and event.about == assignment:
                lost = False
            elif event.trigger is Trigger.DELETE or (event.trigger, event.about) == _HANDLES_NO_MORE:
                lost = True
        return lost

    def readers(self) -> Iterator[Actor]:
        """Everybody who can log in."""
        for member in self.members.values():
            if member.state is UserState.ACTIVE and member.person is not None:
                yield Actor(member.person, member.organisation)


def _latest(found: Iterable[_S]) -> dict[str, _S]:
    """Of each the one with the highest number, in the order of their ids; earlier ones rest under keys of their own."""
    latest: dict[str, _S] = {}
    for each in found:
        _ = latest.setdefault(each.id, each)
    return dict(sorted(latest.items()))


def _organisations_in(records: Iterable[Record | None]) -> set[str]:
    found: set[str] = set()
    for record in records:
        match record:
            case Member() | Agreement():
                found.add(record.organisation)
            case Order():
                found.add(record.content.organisation)
            case AgentAssignment():
                found.add(record.agent)
            case _:
                pass
    return found


def _all(transaction: Transaction, index: Index, values: tuple[str, ...]) -> Iterator[Listed]:
    after: str | None = None
    while True:
        page = transaction.select(index, values, after=after, limit=_PAGE)
        yield from page.items
        after = page.after
        if after is None:
            return
