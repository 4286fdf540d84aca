"""Sync ports for async hosts: everything that waits happens in one thread of its own, in turn."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from datetime import datetime
from typing import TypeVar, final

from kundorder.authority import Authority, AuthorityQuestion
from kundorder.events import Owed, Settlement, SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.outcomes import Changes
from kundorder.ports import (
    AsyncTransaction,
    Letter,
    Mailer,
    Page,
    Progress,
    Signing,
    SigningAuthority,
    Store,
    Transaction,
)
from kundorder.situation import Fact, Key
from kundorder.vocabulary import Index

_T = TypeVar("_T")


@final
class Thread:
    """One thread that does one thing after another; share it between the adapters of a portal, or give each its own."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kundorder")

    async def run(self, what: Callable[[], _T]) -> _T:
        """Do it there. What has begun is finished; what has not is dropped when nobody waits for it any more."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, what)

    async def run_surely(self, what: Callable[[], _T]) -> _T:
        """Do it there, even when nobody waits for it any more."""
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._executor, what))

    def close(self) -> None:
        """Finish what has begun, and end."""
        self._executor.shutdown()


@final
class ThreadedStore:
    """An ``AsyncStore`` over a ``Store``: one transaction at a time, all of it in the thread."""

    def __init__(self, store: Store, thread: Thread) -> None:
        self._store = store
        self._thread = thread
        self._turn = asyncio.Lock()

    def transaction(self) -> AbstractAsyncContextManager[AsyncTransaction]:
        """See ``ports.AsyncStore``."""
        return self._one_at_a_time()

    @asynccontextmanager
    async def _one_at_a_time(self) -> AsyncGenerator[AsyncTransaction]:
        # The thread does things in the order they are given to it: whatever has been entered is left after that,
        # also when the one who waits is cancelled in between.
        async with self._turn:
            stack = ExitStack()
            try:
                entered = await self._thread.run(lambda: stack.enter_context(self._store.transaction()))
                yield _ThreadedTransaction(entered, self._thread)
            except BaseException as error:
                left = error
                _ = await self._thread.run_surely(lambda: stack.__exit__(type(left), left, left.__traceback__))
                raise
            await self._thread.run_surely(stack.close)


@final
class _ThreadedTransaction:
    def __init__(self, transaction: Transaction, thread: Thread) -> None:
        self._transaction = transaction
        self._thread = thread

    async def read(self, keys: tuple[Key, ...]) -> dict[Key, Fact]:
        return await self._thread.run(lambda: self._transaction.read(keys))

    async def select(
        self, index: Index, values: tuple[str, ...], *, after: str | None, limit: int, newest_first: bool = False
    ) -> Page:
        return await self._thread.run(
            lambda: self._transaction.select(index, values, after=after, limit=limit, newest_first=newest_first)
        )

    async def write(self, changes: Changes) -> None:
        await self._thread.run(lambda: self._transaction.write(changes))

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int) -> tuple[Owed, ...]:
        return await self._thread.run(lambda: self._transaction.claim(now=now, lease_until=lease_until, limit=limit))

    async def settle(self, owed: Owed, settlement: Settlement) -> bool:
        return await self._thread.run(lambda: self._transaction.settle(owed, settlement))


@final
class ThreadedMailer:
    """An ``AsyncMailer`` over a ``Mailer``."""

    def __init__(self, mailer: Mailer, thread: Thread) -> None:
        self._mailer = mailer
        self._thread = thread

    async def send(self, letter: Letter) -> None:
        """See ``ports.AsyncMailer``."""
        await self._thread.run(lambda: self._mailer.send(letter))


@final
class ThreadedSigning:
    """An ``AsyncSigning`` over a ``Signing``."""

    def __init__(self, signing: Signing, thread: Thread) -> None:
        self._signing = signing
        self._thread = thread

    async def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.AsyncSigning``."""
        return await self._thread.run(lambda: self._signing.start(request, now=now))

    async def resume(
        self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None
    ) -> Progress:
        """See ``ports.AsyncSigning``."""
        return await self._thread.run(lambda: self._signing.resume(request, state, now=now, callback=callback))

    async def cancel(self, state: str) -> None:
        """See ``ports.AsyncSigning``."""
        await self._thread.run(lambda: self._signing.cancel(state))

    async def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.AsyncSigning``."""
        return await self._thread.run(lambda: self._signing.verify(evidence, document))


@final
class ThreadedSigningAuthority:
    """An ``AsyncSigningAuthority`` over a ``SigningAuthority``."""

    def __init__(self, authority: SigningAuthority, thread: Thread) -> None:
        self._authority = authority
        self._thread = thread

    async def may_bind(self, question: AuthorityQuestion) -> Authority:
        """See ``ports.AsyncSigningAuthority``."""
        return await self._thread.run(lambda: self._authority.may_bind(question))
