"""What a run of the tests has done, in numbers: kills, cuts, crash points, races.

A test says what it has done as soon as it has held; ``pytest --proof=FILE`` writes the sums down when the run is over,
and ``--proof-long=FILE`` puts them among those of other long runs.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

_COUNTED: Counter[str] = Counter()


def count(what: str, number: int) -> None:
    """So much more of this has been done.

    Args:
        what: in words that a reader of the proof understands, such as ``kills inside a commit, SQLite, wal``.
        number: not negative.
    """
    _COUNTED[what] += number


def counted() -> dict[str, int]:
    """The sums so far."""
    return dict(_COUNTED)


def merged(file: Path, done: Mapping[str, int]) -> None:
    """What a long run has done takes the place of what an earlier one has; other lines stay.

    Args:
        file: JSON as ``written`` writes it, or none yet.
        done: such as ``counted()``.
    """
    before: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    text = json.dumps(before | dict(done), ensure_ascii=False, indent=1, sort_keys=True)
    _ = file.write_text(text + "\n", encoding="utf-8")


def written(file: Path) -> None:
    """The sums so far as JSON, sorted by name."""
    _ = file.write_text(json.dumps(_COUNTED, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
