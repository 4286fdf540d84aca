"""Ten users of one organisation, and a hundred thousand: without a role, or every one of them an orderer."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import Final, final

import attrs
import scene
from acts import ACTS, Plan, Spread, carried_out, planned, portal_on
from bulk import Chunk, Orders, Row
from growing import POSTGRES, SQLITE, Act, Filled, Grown, store_in, table
from measuring import Section

from kundorder.codec import SCHEMA, encode
from kundorder.commands import AssignRole, RemoveRole, SendOrder
from kundorder.directory import Account, Holder, Holders, Login, Mailbox
from kundorder.model import Actor, Member, Record
from kundorder.outcomes import Changes, Stored
from kundorder.portal import Portal
from kundorder.situation import Key, account_key, holders_key, kind_of, login_key, mailbox_key, member_key
from kundorder.vocabulary import Index, Language, Role, UserState

_FEW: Final = 10
_CHUNK: Final = 5_000
_ADAM: Final = Actor("adam", scene.CUSTOMER)


def section(*, quick: bool) -> Section:
    """Measure."""
    many, rounds = (2_000, 5) if quick else (100_000, 21)
    plan = planned(rounds + 1, ids=Spread(1))

    def begun(kind: str, stack: ExitStack) -> list[Grown]:
        def pair(roles: tuple[Role, ...]) -> tuple[Filled, Filled]:
            made: list[Filled] = []
            for size in (_FEW, many):
                made.append(stack.enter_context(store_in(kind, Orders(1_000), rows(size, roles))))
                if roles:
                    all_holding(made[-1], size)
            return made[0], made[1]

        found: list[Grown] = []
        for what, stores in (("users", pair(())), ("orderers", pair((Role.ORDERER,)))):
            small, large = (Asking.of(filled, plan) for filled in stores)
            found += [
                Grown(f"{what}: an act", stores, small.acts(), large.acts(), 1.5, per=ACTS),
                Grown(f"{what}: check of a sending", stores, small.check, large.check, 1.5, times=5),
                Grown(f"{what}: options of a draft", stores, small.options, large.options, 1.5, times=5),
                Grown(f"{what}: a page of the users", stores, small.page, large.page, 2.0, times=3),
                Grown(f"{what}: one more orderer, one less", stores, small.turn, large.turn, 1.5, per=2),
            ]
        return found

    return table(
        f"Growth by users: {_FEW} and {many:,} of one organisation, besides those who act",
        {kind: partial(begun, kind) for kind in (SQLITE, POSTGRES)},
        rounds,
        "Users: none has a role. Orderers: every one may order.",
    )


def rows(users: int, roles: tuple[Role, ...]) -> Iterator[Chunk]:
    """So many users of the customer, as a portal writes them; whoever holds a role is among its holders."""
    chunk = Chunk()
    for number in range(users):
        member = _member(number, roles)
        address = Account(organisation=member.organisation, email=member.email, member=member.id)
        person = f"person{number}"
        chunk.records.extend(
            (
                _row(member_key(member.id), member),
                _row(
                    login_key(scene.CUSTOMER, person),
                    Login(organisation=scene.CUSTOMER, person=person, member=member.id),
                ),
                _row(account_key(scene.CUSTOMER, member.email), address),
                _row(mailbox_key(member.email), Mailbox(email=member.email, person=person)),
            )
        )
        chunk.listings.append((Index.MEMBERS.value, scene.CUSTOMER, member.id, member_key(member.id)))
        if number % _CHUNK == _CHUNK - 1:
            yield chunk
            chunk = Chunk()
    yield chunk


def _member(number: int, roles: tuple[Role, ...]) -> Member:
    return Member(
        id=f"m-2{number:025d}",
        organisation=scene.CUSTOMER,
        state=UserState.ACTIVE,
        step=3,
        since=scene.START,
        name=f"Person {number} Prov",
        email=f"person{number}@prov.example",
        phone=None,
        language=Language.SV,
        roles=roles,
        person=f"person{number}",
    )


def _row(key: Key, record: Record) -> Row:
    return (key, kind_of(key).value, 1, 0, "", SCHEMA, encode(record))


def all_holding(filled: Filled, users: int) -> None:
    """Every one of them an orderer, and Anna."""
    key = holders_key(scene.CUSTOMER, Role.ORDERER)
    with filled.store.transaction() as transaction:
        present = transaction.read((key,))[key]
        assert isinstance(present.record, Holders)
        more = tuple(
            Holder(member=member.id, person=member.person or "", since=scene.START)
            for member in (_member(number, (Role.ORDERER,)) for number in range(users))
        )
        record = attrs.evolve(present.record, holders=(*present.record.holders, *more))
        stored = Stored(key=key, record=record, version=present.version + 1, number=0, digest="", before=present.record)
        transaction.write(Changes(guards=(), records=(stored,), entries=(), owed=()))


@final
@attrs.frozen
class Asking:
    """A store, and what is done in it."""

    portal: Portal
    plan: Plan
    draft: str

    @classmethod
    def of(cls, filled: Filled, plan: Plan) -> "Asking":
        """With a draft to ask about."""
        asked = planned(1, ids=Spread(2), until=1, key="asked")
        carried_out(portal_on(filled.store, plan.signer, Spread(2)), asked.calls)
        return cls(portal_on(filled.store, plan.signer, Spread(1)), plan, Spread(2).order())

    def acts(self) -> Act:
        """The acts of one order, of another one each time."""
        numbers = count()
        return lambda: carried_out(self.portal, self.plan.part(next(numbers), 1))

    def check(self) -> None:
        """Whether the draft could be sent: neither filled in nor with its terms accepted."""
        assert self.portal.check(SendOrder(order=self.draft), scene.ANNA).reasons

    def options(self) -> None:
        """Everything that can be asked of it."""
        assert self.portal.options(self.draft, scene.ANNA)

    def page(self) -> None:
        """The first users."""
        assert self.portal.members(_ADAM, limit=_FEW).items

    def turn(self) -> None:
        """Elin becomes an orderer, and ceases to be one."""
        elin = scene.member_of("elin")
        _ = self.portal.execute(AssignRole(member=elin, role=Role.ORDERER), _ADAM)
        _ = self.portal.execute(RemoveRole(member=elin, role=Role.ORDERER), _ADAM)
