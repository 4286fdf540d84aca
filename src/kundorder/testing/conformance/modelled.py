"""The model: a portal in memory, asked the same as the system beside it."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final, TypeAlias, final

import attrs

from kundorder.adapters.memory import MemorySigner
from kundorder.commands import AttestOrder, Command
from kundorder.errors import NotFound, Refused
from kundorder.events import Mail, OwedState
from kundorder.model import SYSTEM, Actor, Order
from kundorder.outcomes import OrderOutcome, Outcome
from kundorder.portal import Portal
from kundorder.ports import Failed, Letter, Pending, Store, Transaction
from kundorder.reasons import Reasons
from kundorder.situation import order_key
from kundorder.testing.conformance.founding import founded
from kundorder.testing.conformance.settings import Setting
from kundorder.testing.conformance.system import Accepted, Answer, Hidden, Refusal, Sent, Shown
from kundorder.testing.surroundings import START, FrozenClock, NumberedIds
from kundorder.vocabulary import Index, Lifecycle, OrderState, ReasonCode, Trigger

_A_MINUTE: Final = timedelta(minutes=1)
_FIRST_ID: Final = 1_000_000  # far from those of the founding
_ALL: Final = 10_000  # more than there ever are

Views: TypeAlias = dict[tuple[str, Actor], Shown | None]
"""What everybody sees of every order."""


@final
@attrs.frozen(kw_only=True)
class Judged:
    """What the model answers, and why."""

    answer: Answer
    reasons: Reasons = ()


@final
class _ModelIds:
    """Ids in a row; an order gets the one that was chosen for it, so that it keeps it when other acts are left out."""

    def __init__(self) -> None:
        self.coming = ""
        self._numbered = NumberedIds(_FIRST_ID)

    def order(self) -> str:
        return self.coming

    def member(self) -> str:
        return self._numbered.member()

    def case_number(self) -> str:
        return self._numbered.case_number()

    def code(self, about: str) -> str:
        return self._numbered.code(about)


@final
class _Nowhere:
    """Lets every letter go; who is told what stands in the store."""

    def send(self, letter: Letter) -> None:
        del letter


class _UndoneError(Exception):
    """Takes back what a transaction has written."""


@final
class _Undoing:
    """A store in which everything can be tried and taken back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._trial: Transaction | None = None

    @contextmanager
    def transaction(self) -> Generator[Transaction]:
        if self._trial is not None:
            yield self._trial
            return
        with self._store.transaction() as transaction:
            yield transaction

    @contextmanager
    def trial(self) -> Generator[None]:
        with suppress(_UndoneError), self._store.transaction() as transaction:
            self._trial = transaction
            try:
                yield
            finally:
                self._trial = None
            raise _UndoneError


@final
class Model:
    """A portal with a setting in it.

    Args:
        setting: what there is at the beginning.
    """

    def __init__(self, setting: Setting) -> None:
        found = founded(setting)
        self.members = found.members
        self.orders: list[str] = []
        self.setting = setting
        self._store = _Undoing(found.store())
        self._ids = _ModelIds()
        self._clock = FrozenClock(START + timedelta(days=1))
        self._people = {member: actor for actor, member in found.members.items()}
        self._told: dict[str, Sent] = {}
        self._keys: dict[str, str] = {}
        self.portal = Portal(
            store=self._store,
            catalogue=setting.catalogue,
            rules=setting.rules,
            mailer=_Nowhere(),
            signing=MemorySigner(),
            clock=self._clock,
            ids=self._ids,
        )

    def perform(self, command: Command, actor: Actor, coming: str = "") -> Judged:
        """Do what is asked, and send what is owed for it.

        Args:
            command: without evidence; whoever attests has signed by the method it names.
            actor: who asks.
            coming: the id of the order, if this creates one.
        """
        self._ids.coming = coming
        _ = self._clock.advance(_A_MINUTE)
        try:
            outcome = self._executed(command, actor)
        except Refused as refused:
            return refusal(refused.reasons)
        except NotFound:
            return Judged(answer=Hidden())
        if not isinstance(outcome, Outcome):
            raise TypeError(type(outcome).__name__)
        _ = self.portal.deliver()
        if not isinstance(outcome, OrderOutcome):
            return Judged(answer=Accepted())
        created = outcome.id == coming
        if created:
            self.orders.append(coming)
            self._keys[order_key(coming)] = coming
        return Judged(answer=Accepted(id=outcome.id if created else None, state=outcome.order.state))

    def _executed(self, command: Command, actor: Actor) -> Outcome | Pending | Failed:
        if isinstance(command, AttestOrder) and command.method is not None:
            return self.portal.resume_signing(command, actor, method=command.method)
        return self.portal.execute(command, actor)

    @contextmanager
    def tentatively(self) -> Generator[None]:
        """What is done meanwhile is undone in the end."""
        orders, keys, told, now = list(self.orders), dict(self._keys), dict(self._told), self._clock.time
        with self._store.trial():
            yield
        self.orders, self._keys, self._told, self._clock.time = orders, keys, told, now

    def judge(self, command: Command, actor: Actor) -> Judged | None:
        """What would come of it; None if it would be accepted."""
        try:
            reasons = self.portal.check(command, actor).reasons
        except NotFound:
            return Judged(answer=Hidden())
        judged = refusal(reasons)
        return judged if judged.reasons else None

    def open_to(self, order: str, actor: Actor) -> frozenset[Trigger]:
        """What the actor could do with an order, if the command lacks nothing."""
        try:
            options = self.portal.options(order, actor)
        except NotFound:
            return frozenset()
        return frozenset(option.trigger for option in options if option.verdict.allowed)

    def order(self, order: str) -> Order:
        """An order, all of it."""
        return self.portal.order(order, SYSTEM)

    def views(self, readers: tuple[Actor, ...]) -> Views:
        """What each of these sees of every order."""
        return {(order, reader): shown for reader in readers for order, shown in self._views_of(reader)}

    def _views_of(self, reader: Actor) -> list[tuple[str, Shown | None]]:
        try:
            page = self.portal.pending(reader, limit=_ALL)
        except NotFound:
            return [(order, None) for order in self.orders]
        waiting = {each.id for each in page.items if each.lifecycle is Lifecycle.ORDER}
        return [(order, self._shown(order, reader, waiting)) for order in self.orders]

    def _shown(self, order: str, reader: Actor, waiting: set[str]) -> Shown | None:
        try:
            seen = self.portal.order(order, reader)
        except NotFound:
            return None
        named = {seen.content.orderer_person, *(mark.person for mark in seen.course)}
        persons = frozenset(each for each in named if each)
        answers = {answer.name: answer.values for answer in seen.content.answers}
        return Shown(state=seen.state, waits=order in waiting, persons=persons, answers=answers)

    def sent(self) -> tuple[Sent, ...]:
        """All mail about orders so far."""
        with self._store.transaction() as transaction:
            page = transaction.select(Index.OWED, (OwedState.SENT,), after=None, limit=_ALL)
        for line in page.items:
            mail = None if line.owed is None else line.owed.mail
            if mail is not None and mail.id not in self._told and mail.subject in self._keys:
                self._told[mail.id] = self._sent(mail)
        return tuple(self._told.values())

    def _sent(self, mail: Mail) -> Sent:
        return Sent(to=self._people[mail.member or ""], order=self._keys[mail.subject], kind=mail.template)


def refusal(reasons: Reasons) -> Judged:
    """A refusal for these reasons, but for the evidence: whoever attests here has signed."""
    left = tuple(reason for reason in reasons if reason.code is not ReasonCode.EVIDENCE_MISSING)
    return Judged(answer=Refusal(codes=frozenset(reason.code for reason in left)), reasons=left)


def state_of(answer: Answer) -> OrderState | None:
    """Where an order is after an act."""
    return answer.state if isinstance(answer, Accepted) else None
