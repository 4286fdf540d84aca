"""What a suite has touched, counted and told."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar, final

import attrs

from _kundorder_pytest.space import LIFECYCLES, Cell, Row, hidden, permitted, refused
from _kundorder_pytest.watching import Watch

_T = TypeVar("_T")

_OF_CELL: Final = ("lifecycle", "from", "trigger", "role", "party", "answer", "to")
"""As the published matrix calls them."""


@final
@attrs.define
class Cells:
    """The cells of one run."""

    touched: set[Cell] = attrs.field(factory=set)
    lost: int = 0  # processes that shared the run and have died
    watch: Watch | None = None

    @classmethod
    def begun(cls) -> "Cells":
        """Look on from now on."""
        cells = cls()
        cells.watch = Watch.begun(cells.touched)
        return cells

    def end(self) -> None:
        """Look on no more."""
        if self.watch is not None:
            self.watch.over()

    def aside(self, make: Callable[[], _T]) -> _T:
        """Make something; what that touches is no doing of the suite's."""
        before = frozenset(self.touched)
        made = make()
        self.touched.intersection_update(before)
        return made

    def handed_over(self) -> list[Row]:
        """What was touched, for the process that tells it."""
        return [cell.row for cell in self.touched]

    def merge(self, rows: list[Row] | None) -> None:
        """What another process has handed over; None: it has died."""
        if rows is None:
            self.lost += 1
            return
        self.touched.update(Cell(*row) for row in rows)

    def of_permitted(self) -> tuple[int, int]:
        """How many permitted cells were touched, and how many there are."""
        every = permitted()
        return len(self.touched.intersection(every)), len(every)

    def too_few(self, percent: float) -> str:
        """What to say if a smaller share of the permitted cells was touched; empty if it is enough."""
        touched, every = self.of_permitted()
        if touched * 100 >= percent * every:
            return ""
        wanted = f"--kundorder-cells-at-least={percent:g}"
        return f"failed: {_share(touched, every)} of the permitted cells were touched, which is less than {wanted}"

    def told(self) -> Iterator[str]:
        """The report, line by line."""
        touched, every = self.of_permitted()
        yield f"permitted: {touched} of {every} touched ({_share(touched, every)})"
        for name, all_there_are in (("refused", refused()), ("hidden", hidden())):
            yield f"{name}: {len(self.touched & all_there_are)} of {len(all_there_are)} touched"
        if self.lost:
            yield f"what {self.lost} worker(s) touched is not counted: they have died"
        never = [cell for cell in permitted() if cell not in self.touched]
        if never:
            yield "permitted, and never touched:"
        for table in LIFECYCLES:
            mine = [cell for cell in never if cell.lifecycle == table.lifecycle]
            if mine:
                yield f"  {table.lifecycle}"
            yield from (f"    {_line(cell)}" for cell in mine)

    def write(self, file: Path) -> None:
        """The same as JSON, and each cell that was touched."""
        touched, every = self.of_permitted()
        told = {
            "permitted": {"touched": touched, "of": every},
            "refused": {"touched": len(self.touched & refused()), "of": len(refused())},
            "hidden": {"touched": len(self.touched & hidden()), "of": len(hidden())},
            "workers_lost": self.lost,
            "never_touched": [_named(cell) for cell in permitted() if cell not in self.touched],
            "touched": [_named(cell) for cell in sorted(self.touched, key=str)],
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        _ = file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _share(touched: int, every: int) -> str:
    return f"{touched * 1000 // every / 10:g} %"  # rounded down, so that 100 % is all of it


def _line(cell: Cell) -> str:
    before = "(new)" if cell.before is None else cell.before
    return f"{before} – {cell.trigger} → {cell.to}: {cell.role or 'without a role'}, {cell.party}"


def _named(cell: Cell) -> dict[str, str | None]:
    return dict(zip(_OF_CELL, cell, strict=True))
