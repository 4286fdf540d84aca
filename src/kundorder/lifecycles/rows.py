"""What a row of a lifecycle is. Everything about an act stands in its row: who, when, what it makes, what it owes.

``when`` judges facts, ``given`` the content of the command, so that ``options`` and ``path`` can ask the first
without the second. A guard takes a case and returns reasons; ``()`` is consent. Nothing in a row acts.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeAlias, TypeVar, final

import attrs

from kundorder.commands import Command
from kundorder.events import FollowUp, Mail
from kundorder.model import Subject
from kundorder.outcomes import Put
from kundorder.reasons import Reasons
from kundorder.situation import Case, Key
from kundorder.vocabulary import Flow, Lifecycle, Party, Role, State, Template, Trigger

Guard: TypeAlias = Callable[[Case], Reasons]


@final
@attrs.frozen
class By:
    """A capacity an act is done in."""

    role: Role | None  # None: no role is needed
    party: Party
    only: Guard | None = None  # what else must hold of the actor: own order, granted, picked
    at_home: bool = False  # whether it takes to act for the organisation a user belongs to (R5)


@final
@attrs.frozen(kw_only=True)
class Addressee:
    """One person to be told, in one capacity."""

    role: Role
    party: Party
    organisation: str
    member: str | None = None
    signatory: str | None = None


Audience: TypeAlias = Callable[[Case, Subject], tuple[Addressee, ...]]
"""Who is to be told once the subject has become what it now is."""


@final
@attrs.frozen
class Owes:
    """Who is told what."""

    template: Template
    to: Audience
    mail: bool = True
    notice: bool = False


@final
@attrs.frozen(kw_only=True)
class Side:
    """A step something else takes because of the act; it gets a journal entry of its own, by the same person."""

    key: Key
    lifecycle: Lifecycle
    trigger: Trigger
    before: State | None
    after: State
    step: int
    on_behalf: str
    about: str | None = None


@final
@attrs.frozen(kw_only=True)
class Extra:
    """What an act makes besides its subject."""

    puts: tuple[Put, ...] = ()
    sides: tuple[Side, ...] = ()
    mails: tuple[Mail, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


NOTHING = Extra()

C = TypeVar("C", bound=Command)


def _no_objection(_case: Case, _command: Command) -> Reasons:
    return ()


def _nothing(_case: Case, _command: Command, _made: Subject) -> Extra:
    return NOTHING


def _at_once(_made: Subject) -> bool:
    return True


def _differs(_case: Case, _command: Command) -> bool:
    return True


@final
@attrs.frozen(kw_only=True)
class Row(Generic[C]):
    """One act: from a state, by somebody, to a state."""

    at: State | None  # None: the act creates its subject
    command: type[C]
    by: tuple[By, ...]
    to: State
    flow: Flow | None = None  # None: in both
    when: tuple[Guard, ...] = ()
    given: Callable[[Case, C], Reasons] = _no_objection
    sets: Callable[[Case, C, By], Subject]  # the whole next record
    owes: tuple[Owes, ...] = ()
    also: Callable[[Case, C, Subject], Extra] = _nothing
    until: Callable[[Subject], bool] = _at_once  # the act counts, the state moves only when this holds: joint signing
    changes: Callable[[Case, C], bool] = _differs  # False: what is asked for is so already (R15)

    @property
    def trigger(self) -> Trigger:
        """The name of the act."""
        return self.command.trigger

    def objections(self, case: Case, command: Command) -> Reasons:
        """What the content of the command leaves to be desired."""
        return () if self.given is _no_objection else self.given(case, self._own(command))

    def make(self, case: Case, command: Command, by: By) -> Subject:
        """The subject as it becomes."""
        return self.sets(case, self._own(command), by)

    def extra(self, case: Case, command: Command, made: Subject) -> Extra:
        """What is made besides."""
        return NOTHING if self.also is _nothing else self.also(case, self._own(command), made)

    def is_needed(self, case: Case, command: Command) -> bool:
        """Whether anything would change."""
        return self.changes is _differs or self.changes(case, self._own(command))

    def _own(self, command: Command) -> C:
        if not isinstance(command, self.command):
            raise TypeError(self.command.__name__)
        return command


class AnyRow(Protocol):
    """A row, whatever its command: what the engine needs to know."""

    # ``command`` is left out on purpose: with it, a type checker takes every row in a table for a row of all commands.

    @property
    def at(self) -> State | None:
        """From where."""
        ...

    @property
    def by(self) -> tuple[By, ...]:
        """In which capacities."""
        ...

    @property
    def to(self) -> State:
        """To where."""
        ...

    @property
    def flow(self) -> Flow | None:
        """In which flow; None: in both."""
        ...

    @property
    def when(self) -> tuple[Guard, ...]:
        """What facts must hold."""
        ...

    @property
    def owes(self) -> tuple[Owes, ...]:
        """Who is told what."""
        ...

    @property
    def until(self) -> Callable[[Subject], bool]:
        """Whether the state moves."""
        ...

    @property
    def trigger(self) -> Trigger:
        """The name of the act."""
        ...

    def objections(self, case: Case, command: Command) -> Reasons:
        """What the content of the command leaves to be desired."""
        ...

    def make(self, case: Case, command: Command, by: By) -> Subject:
        """The subject as it becomes."""
        ...

    def extra(self, case: Case, command: Command, made: Subject) -> Extra:
        """What is made besides."""
        ...

    def is_needed(self, case: Case, command: Command) -> bool:
        """Whether anything would change."""
        ...


@final
@attrs.frozen(kw_only=True)
class Table:
    """A lifecycle: its rows and where it ends."""

    lifecycle: Lifecycle
    states: type[State]
    flows: tuple[Flow, ...] = ()  # one machine for each; none: one machine
    final: frozenset[State]  # may be left only by nobody
    rows: tuple[AnyRow, ...]
