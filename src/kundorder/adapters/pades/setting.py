"""Setting lines one below the other, page after page. Lengths are in points, from the lower left corner of a page."""

import re
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Final, TypeAlias, final

import attrs

WIDTH: Final = 595.28  # A4
HEIGHT: Final = 841.89
LEFT: Final = 60.0
RIGHT: Final = WIDTH - 60.0
DARK: Final = 0.1
GREY: Final = 0.42
PALE: Final = 0.8
_TOP: Final = HEIGHT - 62.0
_BOTTOM: Final = 80.0
_LEADING: Final = 1.42
_LABELS_AT_MOST: Final = 0.36  # of the width
GAP: Final = 16.0  # between label and value, and between two places side by side
PLACE_WIDTH: Final = (RIGHT - LEFT - GAP) / 2
PLACE_HEIGHT: Final = 62.0
PLACE_AFTER: Final = 10.0


@final
@attrs.frozen
class Style:
    """How letters look."""

    size: float
    bold: bool = False
    shade: float = DARK  # 0 is black, 1 is white


BODY: Final = Style(9.5)
LABEL: Final = Style(8.5, shade=GREY)
SMALL: Final = Style(7.5, shade=GREY)
FOOT: Final = Style(7, shade=GREY)


@final
@attrs.frozen
class Words:
    """A piece of one line."""

    x: float
    y: float
    style: Style
    text: str


@final
@attrs.frozen
class Rule:
    """A line across."""

    x: float
    y: float
    to: float


@final
@attrs.frozen
class Place:
    """Where somebody signs; ``PLACE_WIDTH`` by ``PLACE_HEIGHT``."""

    page: int  # from 0
    x: float
    y: float


Item: TypeAlias = Words | Rule | Place
Measure: TypeAlias = Callable[[str, Style], float]
"""How wide a text is."""


@final
@attrs.define
class Setter:
    """Sets what it is given, and begins a new page when there is no room left."""

    measure: Measure
    pages: list[list[Item]] = attrs.field(factory=lambda: [[]])
    _y: float = _TOP

    def room(self, points: float) -> None:
        """Nothing, but not at the top of a page."""
        if self.pages[-1]:
            self._y -= points

    def need(self, points: float) -> None:
        """A new page, unless there is that much room."""
        if self._y - points < _BOTTOM and self.pages[-1]:
            self.pages.append([])
            self._y = _TOP

    def rule(self) -> None:
        """A line across, but not at the top of a page."""
        if self.pages[-1]:
            self.pages[-1].append(Rule(LEFT, self._y, RIGHT))

    def line(self, text: str, style: Style) -> None:
        """One line that fits."""
        self._down(style)
        self.pages[-1].append(Words(LEFT, self._y, style, text))

    def text(self, text: str, style: Style) -> None:
        """As many lines as it takes."""
        for line in self._broken(text, style, RIGHT - LEFT):
            self.line(line, style)

    def table(self, facts: Iterable[tuple[str, str]]) -> None:
        """Labels to the left, values to the right, a line below each."""
        rows = tuple(facts)
        widest = max((self.measure(label, LABEL) for label, _ in rows), default=0)
        wide = min(widest + 1, (RIGHT - LEFT) * _LABELS_AT_MOST)  # one more, since a sum of widths is not exact
        for label, value in rows:
            labels = self._broken(label, LABEL, wide)
            values = self._broken(value, BODY, RIGHT - LEFT - wide - GAP)
            for stated, said in zip_longest(labels, values, fillvalue=""):
                self._down(BODY)
                self.pages[-1].append(Words(LEFT, self._y, LABEL, stated))
                self.pages[-1].append(Words(LEFT + wide + GAP, self._y, BODY, said))
            self.room(4)
            self.rule()

    def places(self, number: int) -> None:
        """One place or two, side by side."""
        self.need(PLACE_HEIGHT + PLACE_AFTER)
        self._y -= PLACE_HEIGHT + PLACE_AFTER
        for column in range(number):
            self.pages[-1].append(Place(len(self.pages) - 1, LEFT + column * (PLACE_WIDTH + GAP), self._y))

    def _down(self, style: Style) -> None:
        self.need(style.size * _LEADING)
        self._y -= style.size * _LEADING

    def _broken(self, text: str, style: Style, width: float) -> list[str]:
        """A text in lines, between words where that is possible."""
        lines, there = [""], 0.0
        words: list[str] = re.findall(r" +|[^ ]+ *", text)
        for word in words:
            wide = self.measure(word.rstrip(" "), style)
            if there + wide > width and lines[-1]:
                lines.append("")
                there = 0.0
            first, *others = self._cut(word, style, width) if wide > width else (word,)
            lines[-1] += first
            lines += others
            there += self.measure(lines[-1] if others else first, style)
        return [line.rstrip(" ") for line in lines]

    def _cut(self, word: str, style: Style, width: float) -> list[str]:
        """A word that is wider than a line, in parts that are not."""
        parts, there = [""], 0.0
        for character in word:
            wide = self.measure(character, style)
            if there + wide > width and parts[-1]:
                parts.append("")
                there = 0.0
            parts[-1] += character
            there += wide
        return parts

    def elided(self, text: str, style: Style, width: float) -> str:
        """A text on one line; what does not fit is left out in the middle."""
        shown, half = text, len(text) // 2
        while self.measure(shown, style) > width and half > 1:
            half -= max(half // 20, 1)
            shown = f"{text[:half]}…{text[-half:]}"
        return shown
