"""The sync shell is the text; the async shell is made from it, and a test compares.

Write it anew with ``.venv/bin/python tests/one_text.py``.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "src" / "kundorder"
MODULES: Final = (
    *(f"ports/{name}" for name in ("authorities", "mailers", "signing", "stores")),
    *(f"portal/{name}" for name in ("loading", "acting", "ending", "signing", "links")),
    *(f"portal/{name}" for name in ("looking", "chains", "verifying", "exporting", "pruning")),
    *(f"portal/{name}" for name in ("delivering", "reading", "shell")),
)


def twin(name: str) -> str:
    """Where the async text of a module goes."""
    package, _, module = name.partition("/")
    return f"{package}/awaited/{module}"


_WAITING: Final = (  # methods that wait for a port, or for something that does
    r"read|select|write|claim|settle|send|start|resume|cancel|verify|pause|retried|execute|_execute|check|_verified"
    r"|order|orders|pending|notices|members|agreement|assignment|history|_record|_seen|_reader"
    r"|deliver|requeue|_claim|_give_back|_settled|_without_relay|_owed|_carry_out|_send|_about|_follow_up"
    r"|_waiting_for|_tell|may_bind|_authority|path|signings|evidence"
)
_FUNCTIONS: Final = (
    "read_all|read_one|load_command|load_order|resume|verify|prune|_given_up|_gone_on|_led_to|_kept|_over|_carried_out"
    "|refuse_late|end_late|cancel_signing|end_unwanted|_try_to_end|_end|_read|target_of"
)
_DEFINED: Final = (
    f"{_WAITING}|{_FUNCTIONS}|options|due|resume_signing|verify_journal|export_journal|document|link"
    "|walk|exported|ahead|_drop_receipts|_drop_links|_drop_mail"
)
_RULES: Final = (
    (rf"\bdef ({_DEFINED})\(", r"async def \1("),
    (rf"(?<![\w.])((?:self|acting|transaction)(?:\.\w+(?:\(\))?)*?\.(?:{_WAITING})\()", r"await \1"),
    (rf"(?<![\w.])(?<!def )((?:{_FUNCTIONS})\()", r"await \1"),
    (r"\breturn attempt\(\)", "return await attempt()"),
    (r"lambda: await ", "lambda: "),
    (r"\bwith (?=.*\.transaction\(\) as)", "async with "),
    (r"\bfor line in walk\(", "async for line in walk("),
    (r"\b(entries|heads|more)\.ahead\(", r"await \1.ahead("),
    (r"\bIterator\[(Listed|str)\]", r"AsyncIterator[\1]"),
    (r"\bAbstractContextManager\b", "AbstractAsyncContextManager"),
    (r"\bCallable\[\[\], _T\]", "Callable[[], Awaitable[_T]]"),
    (r"\bCallable\[\[float\], None\]", "Callable[[float], Awaitable[None]]"),
    (r"\btime\.sleep\b", "at_once"),
    (r"(?m)^import time\n", ""),
    (r"(?m)^from collections\.abc import Callable$", "from collections.abc import Awaitable, Callable"),
    (r"(?m)^from collections\.abc import (.*\bIterator)$", r"from collections.abc import AsyncIterator, \1"),
    *((rf"\bkundorder\.{name.replace('/', '.')}\b", f"kundorder.{twin(name).replace('/', '.')}") for name in MODULES),
    (r"\b(Portal|Store|Transaction|Mailer|SigningAuthority|Signing)\b(?=[:,)(\]| =\n]|$)", r"Async\1"),
    (r"class Portal\b", "class AsyncPortal"),
)
_AT_ONCE: Final = '''

async def at_once(_seconds: float) -> None:
    """Do not wait; hand in ``asyncio.sleep`` or its like to wait for real."""

'''


def awaited(name: str) -> str:
    """The async text of one module, before formatting."""
    text = (PACKAGE / f"{name}.py").read_text("utf-8")
    head, _, body = text.partition('"""\n')
    body = body.replace("\n@final\nclass Portal", f"{_AT_ONCE}\n@final\nclass Portal")
    for pattern, replacement in _RULES:
        body = re.sub(pattern, replacement, body)
    return f'{head}"""\n\n# Made from kundorder/{name}.py by tests/one_text.py: change it there.\n{body}'


def formatted(text: str) -> str:
    """As the formatter has it."""
    ruff = [sys.executable, "-m", "ruff"]
    sorted_imports = [*ruff, "check", "--select", "I,F401", "--fix", "--quiet", "--stdin-filename", "x.py", "-"]
    done = subprocess.run(sorted_imports, cwd=ROOT, input=text, text=True, capture_output=True, check=False)
    formatting = [*ruff, "format", "--stdin-filename", "x.py", "-"]
    return subprocess.run(formatting, cwd=ROOT, input=done.stdout, text=True, capture_output=True, check=True).stdout


def main() -> None:
    """Write every module."""
    for name in MODULES:
        path = PACKAGE / f"{twin(name)}.py"
        path.parent.mkdir(exist_ok=True)
        _ = path.write_text(formatted(awaited(name)), "utf-8")


if __name__ == "__main__":
    main()
