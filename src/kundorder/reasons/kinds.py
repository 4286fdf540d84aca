"""What is said about an act: a reason why not, or an advice."""

from typing import TypeAlias, final

import attrs

from kundorder.reasons.clearers import Clearer
from kundorder.reasons.sentences import ADVICE, REASONS
from kundorder.reasons.wording import Params, filled_in
from kundorder.vocabulary import AdviceCode, Language, ReasonCode


@final
@attrs.frozen
class Reason:
    """One unmet condition."""

    code: ReasonCode
    params: Params = ()
    cleared_by: tuple[Clearer, ...] = attrs.field(kw_only=True)  # never empty

    def text(self, language: str = "sv") -> str:
        """The reason as a sentence.

        Args:
            language: ``"sv"`` or ``"en"``.

        Raises:
            ValueError: another language.
        """
        return filled_in(REASONS[self.code], self.params, Language(language))


@final
@attrs.frozen
class Advice:
    """Something worth knowing; never a refusal (R13, R38)."""

    code: AdviceCode
    params: Params = ()

    def text(self, language: str = "sv") -> str:
        """The advice as a sentence.

        Args:
            language: ``"sv"`` or ``"en"``.

        Raises:
            ValueError: another language.
        """
        return filled_in(ADVICE[self.code], self.params, Language(language))


Reasons: TypeAlias = tuple[Reason, ...]
"""``()`` is consent."""
