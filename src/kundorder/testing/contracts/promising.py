"""How a contract is written down, and how it is put to an adapter without pytest.

A promise is a method called ``test_…``, with plain asserts; its name is what is promised. It says where the port
documents it, and with which cases it is put. Each case gets a place of its own, between ``begin`` and ``finish``.
"""

import tempfile
import traceback
from collections.abc import Callable, Collection, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from inspect import signature
from operator import methodcaller
from pathlib import Path
from reprlib import Repr
from typing import ClassVar, Final, Protocol, TypeAlias, TypeVar, final
from unittest import SkipTest

import attrs

_C = TypeVar("_C", bound="Contract")
_V = TypeVar("_V")

_PREFIX: Final = "test_"  # what pytest finds

_TELLING: Final = 20  # characters that show a difference
_SHORT: Final = Repr()
_SHORT.maxstring = _SHORT.maxother = 120


class Documented(Protocol):
    """What has a docstring that says it: a port, or a method of one."""

    __module__: str
    __name__: str
    __qualname__: str


@final
class PromiseBroken(AssertionError):
    """An adapter does not keep a promise of its port. Mend the adapter: the text says what is promised, and where.

    Args:
        port: such as ``Store``.
        promised: in words.
        documented: where, such as ``kundorder.ports.stores.Transaction.write``.
        put: with which case; empty where there is but one.
        found: what came instead.
    """

    def __init__(self, port: str, promised: str, documented: str, put: str, found: str) -> None:
        super().__init__(port, promised, documented, put, found)
        self.port = port
        self.promised = promised
        self.documented = documented
        self.put = put
        self.found = found

    def __str__(self) -> str:
        case = f"\n  put with: {self.put}" if self.put else ""
        return (
            f"a promise of the port {self.port} is broken: {self.promised}"
            f"\n  documented at: {self.documented}{case}\n  found: {self.found}"
        )


class Contract:
    """A contract; a subclass for a port says how an adapter is made, and what it promises."""

    port: ClassVar[str]
    """The name of the port."""

    place: Path
    """A folder with nothing in it, for one case of one promise."""

    closing: ExitStack
    """What is to be closed when a case is over: ``self.closing.callback(store.close)``."""

    def begin(self) -> None:
        """What is done before each case; ``place`` and ``closing`` are there then."""

    def finish(self) -> None:
        """What is done after each case, however it went; what is in ``closing`` is closed after it."""


def promise(of: Documented) -> Callable[[Callable[[_C], None]], Callable[[_C], None]]:
    """Mark a method as a promise.

    Args:
        of: the port or the method of it that documents the promise.

    Returns:
        The method, raising ``PromiseBroken`` if the promise is not kept.
    """

    def marked(method: Callable[[_C], None]) -> Callable[[_C], None]:
        def put(contract: _C) -> None:
            _put(contract, partial(method, contract), of, method.__name__, "")

        return _as_named(put, method)

    return marked


def promise_for(of: Documented, cases: Collection[_V]) -> Callable[[Callable[[_C, _V], None]], Callable[[_C], None]]:
    """Mark a method as a promise that is put with one case after the other.

    Args:
        of: the port or the method of it that documents the promise.
        cases: what the method is called with; at least one.

    Returns:
        A method without arguments that raises ``PromiseBroken`` for the first case in which the promise is not kept,
        and ``SkipTest`` if no case has anything to say about the adapter.
    """

    def marked(method: Callable[[_C, _V], None]) -> Callable[[_C], None]:
        _contract, parameter = signature(method).parameters

        def put(contract: _C) -> None:
            skipped: list[SkipTest] = []
            for case in cases:
                try:
                    _put(contract, partial(method, contract, case), of, method.__name__, f"{parameter}={case!r}")
                except SkipTest as skip:
                    skipped.append(skip)
            if len(skipped) == len(cases):
                raise skipped[0]

        return _as_named(put, method)

    return marked


@contextmanager
def raises(*errors: type[BaseException]) -> Generator[None]:
    """Within, one of these is raised.

    Raises:
        AssertionError: it is not.
    """
    try:
        yield
    except errors:
        return
    names = " or ".join(error.__name__ for error in errors)
    raise AssertionError(f"{names} is not raised")


def same(found: Sequence[object] | None, meant: Sequence[object] | None, of: str = "") -> None:
    """They are equal; for what is long, which pytest would compare line by line, and that for hours.

    Args:
        found: what came.
        meant: what should have come.
        of: what it is.

    Raises:
        AssertionError: they are not; it tells where they differ first.
    """
    if found != meant:
        raise AssertionError(f"{of}: {_difference(found, meant)}" if of else _difference(found, meant))


def _difference(found: Sequence[object] | None, meant: Sequence[object] | None) -> str:
    if found is None or meant is None:
        return f"{_SHORT.repr(found)}, and not {_SHORT.repr(meant)}"
    shared = min(len(found), len(meant))
    place = next((place for place in range(shared) if found[place] != meant[place]), shared)
    here = slice(place, place + (_TELLING if isinstance(found, str | bytes) else 1))
    lengths = f"{len(found)} long" if len(found) == len(meant) else f"{len(found)} long, and not {len(meant)}"
    return f"{lengths}; from place {place} on {_SHORT.repr(found[here])}, and not {_SHORT.repr(meant[here])}"


def _as_named(put: Callable[[_C], None], method: Documented) -> Callable[[_C], None]:
    # `functools.wraps` would tell pytest of the arguments of the method, and it would look for fixtures of these names.
    put.__name__ = method.__name__
    put.__qualname__ = method.__qualname__
    put.__doc__ = method.__doc__
    put.__module__ = method.__module__
    return put


def _put(contract: Contract, method: Callable[[], None], of: Documented, name: str, case: str) -> None:
    __tracebackhide__ = True  # for pytest: what was asserted is what one wants to see
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kundorder-", ignore_cleanup_errors=True) as folder,
            ExitStack() as contract.closing,
        ):
            contract.place = Path(folder)
            contract.begin()
            try:
                method()
            finally:
                contract.finish()
    except SkipTest:
        raise
    except NotImplementedError as error:
        unmade = traceback.extract_tb(error.__traceback__)[-1].name
        raise TypeError(f"override {unmade}: only you know it") from error
    except Exception as error:
        promised, documented = name.removeprefix(_PREFIX).replace("_", " "), f"{of.__module__}.{of.__qualname__}"
        raise PromiseBroken(contract.port, promised, documented, case, _found(error)) from error


def _found(error: Exception) -> str:
    line = traceback.extract_tb(error.__traceback__)[-1].line
    said = str(error).strip()
    if not isinstance(error, AssertionError):
        return f"{type(error).__name__}: {said}, from: {line}"
    return said or f"this does not hold: {line}"


Promises: TypeAlias = tuple[str, ...]


@final
@attrs.frozen(kw_only=True)
class Report:
    """How an adapter has kept the promises of its port."""

    kept: Promises
    broken: tuple[PromiseBroken, ...]
    skipped: Promises  # which have nothing to say about this adapter

    @property
    def holds(self) -> bool:
        """Whether there is something to keep, and all of it is kept."""
        return bool(self.kept) and not self.broken

    def __str__(self) -> str:
        told = [str(each) for each in self.broken]
        told += [f"not put: {name.removeprefix(_PREFIX).replace('_', ' ')}" for name in self.skipped]
        return "\n".join([*told, f"{len(self.kept)} kept, {len(self.broken)} broken, {len(self.skipped)} not put"])


def promises_of(contract: type[Contract]) -> Promises:
    """The names of all promises of a contract, sorted."""
    return tuple(name for name in dir(contract) if name.startswith(_PREFIX))


def examine(contract: Contract, *, only: Iterable[str] | None = None) -> Report:
    """Put a contract to an adapter, without pytest.

    Args:
        contract: an object of a subclass that says how the adapter is made.
        only: names of promises; all of them, if not given.
    """
    kept: list[str] = []
    broken: list[PromiseBroken] = []
    skipped: list[str] = []
    for name in promises_of(type(contract)) if only is None else only:
        try:
            _ = methodcaller(name)(contract)
        except PromiseBroken as error:
            broken.append(error)
        except SkipTest:
            skipped.append(name)
        else:
            kept.append(name)
    return Report(kept=tuple(kept), broken=tuple(broken), skipped=tuple(skipped))
