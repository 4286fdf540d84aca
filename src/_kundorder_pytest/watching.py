"""Looking on while commands are judged, in every portal there is, for as long as pytest runs.

A host makes its portals itself, so there is nothing to be handed in; and nothing in the library is there for the sake
of tests. So some functions are wrapped while pytest runs with the report on, and unwrapped at its end: ``judge``, the
one function that answers whether something may be done, tells the situation and what was found; and around it, in
both kinds of portal, what a host or the delivery calls, tells what came of it. Both are needed: before a person is
asked to sign, and again before evidence is believed, the library asks ``judge`` on its own account, and what it finds
then is no answer that anybody got. A test fails when any of these is no longer where calls go through.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeAlias, TypeVar, final

import attrs
import pytest

from _kundorder_pytest.seen import Judged, answered, not_done
from _kundorder_pytest.space import Cell
from kundorder.commands import Command, EstablishProvider
from kundorder.decisions import deciding
from kundorder.decisions.judging import Ruling
from kundorder.errors import NotFound, Refused
from kundorder.portal import AsyncPortal, Portal
from kundorder.portal.acting import Acting
from kundorder.portal.awaited.acting import Acting as AsyncActing
from kundorder.situation import Act, Situation

_P = ParamSpec("_P")
_T = TypeVar("_T")

Judge: TypeAlias = Callable[[Situation, Command, Act], Ruling]


@final
@attrs.define
class Call:
    """One call of a portal."""

    judged: Judged | None = None  # last


def _judge_now() -> Judge:
    # It is not exported from there, and may be wrapped already.
    now: Judge = vars(deciding)["judge"]  # pyright: ignore[reportAny] - what is looked up by name has no type
    return now


def _nobody_calls() -> ContextVar[Call | None]:
    return ContextVar("call", default=None)


@final
@attrs.frozen
class Watch:
    """What is wrapped, until it is over."""

    touched: set[Cell]
    wrapped: pytest.MonkeyPatch = attrs.field(factory=pytest.MonkeyPatch)
    call: ContextVar[Call | None] = attrs.field(factory=_nobody_calls)  # its own: a suite that looks on is looked at

    @classmethod
    def begun(cls, touched: set[Cell]) -> "Watch":
        """Begin to add what is touched."""
        watch = cls(touched)
        put = watch.wrapped.setattr
        put(deciding, "judge", watch.judging(_judge_now()))
        put(Acting, "execute", watch.around(Acting.execute))
        put(Acting, "check", watch.around(Acting.check))
        put(Portal, "resume_signing", watch.around(Portal.resume_signing))
        put(AsyncActing, "execute", watch.around_awaited(AsyncActing.execute))
        put(AsyncActing, "check", watch.around_awaited(AsyncActing.check))
        put(AsyncPortal, "resume_signing", watch.around_awaited(AsyncPortal.resume_signing))
        return watch

    def over(self) -> None:
        """Everything is as it was."""
        self.wrapped.undo()

    def around(self, method: Callable[_P, _T]) -> Callable[_P, _T]:
        """The method, with what it touches added."""

        @wraps(method)
        def told(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            with self._call() as call:
                result = method(*args, **kwargs)
                self._add(call, result)
            return result

        return told

    def around_awaited(self, method: Callable[_P, Awaitable[_T]]) -> Callable[_P, Awaitable[_T]]:
        """The same, awaited."""

        @wraps(method)
        async def told(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            with self._call() as call:
                result = await method(*args, **kwargs)
                self._add(call, result)
            return result

        return told

    @contextmanager
    def _call(self) -> Generator[Call]:
        call = Call()
        token = self.call.set(call)
        try:
            yield call
        except (NotFound, Refused):
            if call.judged is not None:
                self.touched.update(not_done(call.judged))
            raise
        finally:
            self.call.reset(token)

    def _add(self, call: Call, result: object) -> None:
        if call.judged is not None:
            self.touched.update(answered(call.judged, result))

    def judging(self, ask: Judge) -> Judge:
        """The judge, who tells the call what was judged last."""

        @wraps(ask)
        def told(situation: Situation, command: Command, act: Act) -> Ruling:
            call, ruling = self.call.get(), None
            try:
                ruling = ask(situation, command, act)
                return ruling
            finally:
                if call is not None and not isinstance(command, EstablishProvider):  # which is no right of anybody's
                    call.judged = Judged(situation, command, act, ruling)

        return told
