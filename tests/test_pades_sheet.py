"""How an agreement lies on its pages, to the point: what is printed where, fixed in the text.

The width of words is a made-up one, so nothing here depends on a font. ``cd tests && PYTHONPATH=. ../.venv/bin/python
test_pades_sheet.py`` writes it anew; look at the pages before it is kept.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
from pades_desk import agreement

from kundorder.adapters.pades.setting import Style
from kundorder.adapters.pades.sheet import sheet_of
from kundorder.evidence import Document

GOLDEN: Final = Path(__file__).parent / "golden" / "sheets.txt"


def width(words: str, style: Style) -> float:
    """Every letter is half as wide as it is high, and a bold one a little wider."""
    return len(words) * style.size * (0.55 if style.bold else 0.5)


def documents() -> Iterator[tuple[str, Document]]:
    """An agreement as it usually is, and those that need another arrangement."""
    yield "two sign", agreement()
    yield "eleven sign, which takes more than a page", agreement(*(f"Person {number}" for number in range(1, 12)))
    long = "\n".join(f"{number}. Påhittad text, som är lång nog för att gå över raden. " * 2 for number in range(40))
    yield "terms over several pages, in paragraphs", agreement(terms=f"Rubrik\n{long}\n\nEn rubrik\n\nText: med kolon.")
    facts = "Titel\n\nTid: 12:30:59\nEtikett\xa0" + "lång " * 20 + ": " + "värde " * 60 + "\nTom:\n\nSlut."
    yield "facts that are long, hold colons or nothing", attrs.evolve(agreement(), text_sv=facts, text_en=facts)
    bare = attrs.evolve(agreement(), text_sv="x" * 141, text_en="", subject="s" * 300)
    yield "no title, no facts and no text", bare


def told() -> Iterator[str]:
    """Every item on every page."""
    for name, document in documents():
        sheet = sheet_of(document, width)
        yield f"# {name}: {sheet.title!r}"
        for number, page in enumerate(sheet.pages, 1):
            yield f"page {number}"
            for item in page:
                facts = attrs.asdict(item)
                said = (f"{key} {round(each, 2) if isinstance(each, float) else each!r}" for key, each in facts.items())
                yield f"  {type(item).__name__}: {', '.join(said)}"


def test_everything_lies_where_people_have_seen_it() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
