"""Which agreements there are."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class AgreementModel(Name):
    """Which generation of the customer agreement; only the current one opens ordering."""

    CURRENT = "CURRENT"
    LEGACY = "LEGACY"
