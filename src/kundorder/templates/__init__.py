"""The texts of all mail, Swedish and English, as plain tables; ``messages`` puts them together."""

from kundorder.templates.en import EN, EN_WORDS
from kundorder.templates.layout import LAYOUTS, Layout, Link, Text, Variable, Words
from kundorder.templates.sv import SV, SV_WORDS
from kundorder.vocabulary import Language, Template

TEXTS: dict[Language, dict[Template, Text]] = {Language.SV: SV, Language.EN: EN}
"""What each mail says."""

WORDS: dict[Language, Words] = {Language.SV: SV_WORDS, Language.EN: EN_WORDS}
"""What stands round the text of every mail."""

__all__ = ["LAYOUTS", "TEXTS", "WORDS", "Layout", "Link", "Text", "Variable", "Words"]
