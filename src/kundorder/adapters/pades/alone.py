"""Carrying out what pyHanko does: also where a loop is running, and without a word.

pyHanko logs what it finds with the subject of the certificate, which names a person and in Sweden may hold a personal
identity number. We say what was found ourselves, so what it logs on our behalf is dropped; what it logs for others in
the same process is left alone.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Final, TypeVar, final

_T = TypeVar("_T")
_OURS: Final[ContextVar[bool]] = ContextVar("kundorder_pades", default=False)
_LIBRARY: Final = ("pyhanko", "pyhanko_certvalidator")


@final
class _Mute(logging.Filter):
    """Drops what is logged on our behalf."""

    def filter(self, record: logging.LogRecord) -> bool:
        del record
        return not _OURS.get()


_MUTE: Final = _Mute()


def alone(work: Callable[[], Coroutine[object, object, _T]]) -> _T:
    """Carry it out, where a loop is running already in a thread of its own."""
    try:
        _ = asyncio.get_running_loop()
    except RuntimeError:
        return _quietly(work)
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: _quietly(work)).result()


def _quietly(work: Callable[[], Coroutine[object, object, _T]]) -> _T:
    for name in tuple(logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in _LIBRARY:  # a filter counts for the very logger it is set on, and once
            logging.getLogger(name).addFilter(_MUTE)
    before = _OURS.set(True)
    try:
        return asyncio.run(work())
    finally:
        _OURS.reset(before)
