"""Who and what is there, as the ports show it: any portal, any catalogue, any organisations."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, final

import attrs

from kundorder.catalogue import Catalogue
from kundorder.codec import digest
from kundorder.commands import AttestAssignment, AttestOrder
from kundorder.directory import Holders
from kundorder.errors import KundorderError
from kundorder.events import OwedState, SigningRequest
from kundorder.evidence import Evidence
from kundorder.model import SYSTEM, Actor, AgentAssignment, Agreement, Contact, Member, Order, Organisation, Record
from kundorder.portal import Portal
from kundorder.portal.settings import SystemClock
from kundorder.portal.signings import ToSign
from kundorder.ports import Clock, Done, Listed, Signing, Store
from kundorder.situation import holders_key, organisation_key
from kundorder.testing.world import World
from kundorder.vocabulary import AttestMethod, Index, Role, UserState

_PAGE: Final = 500
_INVITATION: Final = re.compile(r"(m-[0-9a-z]{26})#([A-Za-z0-9_-]{43})")


@final
@attrs.frozen(kw_only=True)
class Scene:
    """A portal, and everything in its store at one moment; lists stand in an order that comes again in every run."""

    portal: Portal = attrs.field(repr=False)
    store: Store = attrs.field(repr=False)
    catalogue: Catalogue = attrs.field(repr=False)
    signing: Signing | None = attrs.field(repr=False)  # None: nobody can attest or sign
    clock: Clock = attrs.field(repr=False)
    orders: tuple[Order, ...]  # the oldest first
    members: tuple[Member, ...]  # by organisation and address
    agreements: tuple[Agreement, ...]
    assignments: tuple[AgentAssignment, ...]
    organisations: tuple[Organisation, ...]
    granted: frozenset[tuple[str, str]]  # (member, assignment) of each handler who may act in an assignment
    codes: Mapping[str, str] = attrs.field(repr=False)  # of invitations, by member; those that still open something

    @classmethod
    def of(
        cls,
        portal: Portal,
        store: Store,
        *,
        catalogue: Catalogue,
        signing: Signing | None = None,
        clock: Clock | None = None,
        codes: Mapping[str, str] | None = None,
    ) -> "Scene":
        """What there is now.

        Args:
            portal: who answers what is open.
            store: the portal's own; it is only read.
            catalogue: the portal's own.
            signing: the portal's own, to make evidence with.
            clock: the portal's own; the system's, if not given.
            codes: of invitations whose mails have left already, by member; the store forgets them then.
        """
        records = tuple(_records(store))
        members = _sorted_members(records)
        agreements = (each for each in records if isinstance(each, Agreement))
        found = (each for each in records if isinstance(each, AgentAssignment))
        assignments = tuple(sorted(found, key=lambda each: each.id))
        known = (*(codes or {}).items(), *_owed_codes(store))
        return cls(
            portal=portal,
            store=store,
            catalogue=catalogue,
            signing=signing,
            clock=SystemClock() if clock is None else clock,
            orders=_sorted_orders(records),
            members=members,
            agreements=tuple(sorted(agreements, key=lambda each: each.id)),
            assignments=assignments,
            organisations=_organisations(store, records),
            granted=frozenset(_granted(store, assignments)),
            codes=_that_open(known, members),
        )

    @classmethod
    def of_world(cls, world: World, *, signing: Signing | None = None) -> "Scene":
        """What there is in a small world; the codes are in the letters that have left.

        Args:
            world: it must not be changed meanwhile.
            signing: what its portal signs with; nobody can attest or sign, if not given.
        """
        found = (_INVITATION.search(letter.text) for letter in world.mailer.letters)
        codes = {match.group(1): match.group(2) for match in found if match is not None}
        return cls.of(
            world.portal, world.store, catalogue=world.catalogue, signing=signing, clock=world.clock, codes=codes
        )

    def again(self) -> "Scene":
        """The same portal, as it is by now."""
        return Scene.of(
            self.portal,
            self.store,
            catalogue=self.catalogue,
            signing=self.signing,
            clock=self.clock,
            codes=self.codes,
        )

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Everybody who can log in."""
        return tuple(actor for actor, _member in self.readers())

    def readers(self) -> Iterator[tuple[Actor, Member]]:
        """Everybody who can log in, with the member each is."""
        for member in self.members:
            if member.state is UserState.ACTIVE and member.person is not None:
                yield Actor(member.person, member.organisation), member

    def holding(self, role: Role, organisation: str | None = None) -> tuple[Actor, ...]:
        """Who can log in and holds a role; in one organisation, if that is given."""
        return tuple(
            actor
            for actor, member in self.readers()
            if role in member.roles and organisation in (None, member.organisation)
        )

    def order(self, identifier: str) -> Order:
        """The order of this id.

        Raises:
            KeyError: there is none.
        """
        return {each.id: each for each in self.orders}[identifier]

    def evidence(
        self, command: ToSign, actor: Actor, method: AttestMethod, *, signer: str | None = None
    ) -> Evidence | None:
        """What somebody gets who reads the document the portal shows for a command, and signs it.

        Args:
            command: an attest or a signature, without evidence.
            actor: who attests; the system for a signatory.
            method: how.
            signer: the signatory's id on the agreement.

        Returns:
            None if the signing port does not sign on the spot, or nobody can be shown the document.
        """
        if self.signing is None:
            return None
        try:
            document = self.portal.document(command, actor, signer=signer)
            to, before = self._signer(command, actor, signer)
            request = SigningRequest(document=document, method=method, to=to, before=before)
            progress = self.signing.start(request, now=self.clock.now())
        except KundorderError:
            return None
        return progress.evidence if isinstance(progress, Done) else None

    def _signer(self, command: ToSign, actor: Actor, signer: str | None) -> tuple[Contact | None, tuple[Evidence, ...]]:
        if isinstance(command, AttestOrder | AttestAssignment):
            mine = (member for each, member in self.readers() if each == actor)
            return next(map(_contact, mine), None), ()
        agreement = next((each for each in self.agreements if each.id == command.agreement), None)
        if agreement is None or actor is not SYSTEM:
            return None, ()
        named = (each.contact for each in agreement.signatories if each.id == signer)
        return next(named, None), agreement.given


def _contact(member: Member) -> Contact:
    return Contact(name=member.name, email=member.email, phone=member.phone, language=member.language)


def _listed(store: Store, index: Index, values: tuple[str, ...]) -> Iterator[Listed]:
    after: str | None = None
    with store.transaction() as transaction:
        while True:
            page = transaction.select(index, values, after=after, limit=_PAGE)
            yield from page.items
            after = page.after
            if after is None:
                return


def _records(store: Store) -> Iterator[Record]:
    """Everything that has a journal and is in force; agreements and assignments that have been replaced are not."""
    for line in _listed(store, Index.HEADS, ("",)):
        if line.fact is not None and line.fact.record is not None:
            yield line.fact.record


def _owed_codes(store: Store) -> Iterator[tuple[str, str]]:
    for line in _listed(store, Index.OWED, tuple(OwedState)):
        mail = None if line.owed is None else line.owed.mail
        if mail is not None and mail.member is not None and mail.secret is not None:
            yield mail.member, mail.secret


def _that_open(codes: Iterable[tuple[str, str]], members: Iterable[Member]) -> dict[str, str]:
    wanted = {member.id: member.invitation for member in members}
    return {member: code for member, code in codes if wanted.get(member) == digest(code)}


def _sorted_orders(records: Iterable[Record]) -> tuple[Order, ...]:
    found = (each for each in records if isinstance(each, Order))
    return tuple(sorted(found, key=lambda each: (each.created, each.id)))


def _sorted_members(records: Iterable[Record]) -> tuple[Member, ...]:
    found = (each for each in records if isinstance(each, Member))
    return tuple(sorted(found, key=lambda each: (each.organisation, each.email)))


def _granted(store: Store, assignments: tuple[AgentAssignment, ...]) -> Iterator[tuple[str, str]]:
    keys = {each.id: holders_key(each.agent, Role.AGENT_HANDLER) for each in assignments}
    with store.transaction() as transaction:
        facts = transaction.read(tuple(dict.fromkeys(keys.values())))
    for each in assignments:
        handlers = facts[keys[each.id]].record
        since = {holder.member: holder.since for holder in handlers.holders} if isinstance(handlers, Holders) else {}
        for grant in each.grants:
            if since.get(grant.member) == grant.held_since:  # a grant ends with the role it was given to
                yield grant.member, each.id


def _organisations(store: Store, records: Iterable[Record]) -> tuple[Organisation, ...]:
    numbers = {each.organisation for each in records if isinstance(each, Member | Agreement)}
    keys = tuple(organisation_key(number) for number in sorted(numbers))
    with store.transaction() as transaction:
        facts = transaction.read(keys)
    found = (facts[key].record for key in keys)
    return tuple(each for each in found if isinstance(each, Organisation))
