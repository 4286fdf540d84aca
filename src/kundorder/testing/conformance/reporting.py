"""What a comparison has come to, and what it was made with."""

from collections.abc import Iterator
from typing import final

import attrs

from kundorder.testing.conformance.differences import ORDER_MAIL, Aspect, Codes, Compare, Difference, Tally
from kundorder.testing.conformance.proposals import CommandType
from kundorder.testing.conformance.telling import in_language, story
from kundorder.testing.conformance.words import (
    DONE,
    LEFT_OUT,
    NO_DIFFERENCE,
    NOT_COMPARED,
    NOT_SAID,
    NOT_SUPPORTED,
    NOTHING_LEFT_OUT,
)
from kundorder.vocabulary import Language


@final
@attrs.frozen(kw_only=True)
class Report:
    """What a comparison has come to."""

    compare: Compare
    unsupported: frozenset[CommandType]
    tally: Tally
    difference: Difference | None

    @property
    def conforms(self) -> bool:
        """Whether something was put to the system, and it did as the model each time."""
        return self.difference is None and self.tally.acts > 0

    def story(self, language: str = Language.EN) -> str:
        """The difference in words, in Swedish (``"sv"``) or English; empty if there is none."""
        return "" if self.difference is None else story(self.difference, Language(language))

    def left_out(self, language: str = Language.EN) -> tuple[str, ...]:
        """All that was not compared, in words; nothing of it counts as agreement."""
        return tuple(self._left_out(Language(language)))

    def _left_out(self, language: Language) -> Iterator[str]:
        compare, silent = self.compare, self.tally.silent
        for name, is_off in (
            ("codes", compare.codes is Codes.NONE),
            ("hiding", not compare.hiding),
            ("waits", not compare.waits),
            ("persons", not compare.persons),
            ("answers", not compare.answers),
            ("mail", not compare.mail),
        ):
            if is_off:
                yield in_language(LEFT_OUT[name], language)
        for kind in sorted(ORDER_MAIL - compare.mail) if compare.mail else ():
            yield in_language(LEFT_OUT["kind"], language).format(kind=kind.value)
        for aspect in (Aspect.CODES, Aspect.WAITS, Aspect.PERSONS, Aspect.ANSWERS):
            if aspect in silent:
                what = in_language(LEFT_OUT[aspect.value], language)
                yield in_language(NOT_SAID, language).format(what=what)
        for name in sorted(each.__name__ for each in self.unsupported):
            yield in_language(NOT_SUPPORTED, language).format(command=name)

    def told(self, language: str = Language.EN) -> str:
        """The difference, if there is one, and what was done and left out."""
        tally, language = self.tally, Language(language)
        names = (in_language((each.name_sv, each.name_en), language) for each in tally.scenarios)
        done = in_language(DONE, language).format(acts=tally.acts, refusals=tally.refusals, scenarios="; ".join(names))
        left_out = "; ".join(self.left_out(language)) or in_language(NOTHING_LEFT_OUT, language)
        first = self.story(language) or in_language(NO_DIFFERENCE, language)
        return f"{first}\n\n{done}\n{in_language(NOT_COMPARED, language).format(what=left_out)}"

    def __str__(self) -> str:
        return self.told()
