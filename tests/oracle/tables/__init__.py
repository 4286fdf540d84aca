"""What may happen, in lines: from, trigger, by whom, on which conditions, to; DOMAIN §4 written down once more."""

from pathlib import Path

_HERE = Path(__file__).parent


def table_of(name: str) -> str:
    """The lines as they are written."""
    return (_HERE / f"{name}.txt").read_text(encoding="utf-8")
