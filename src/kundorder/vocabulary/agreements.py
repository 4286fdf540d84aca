"""Which agreements there are."""

from enum import StrEnum, unique
from typing import final


@final
@unique
class AgreementModel(StrEnum):
    """Which generation of the customer agreement; only the current one opens ordering."""

    CURRENT = "CURRENT"
    LEGACY = "LEGACY"
