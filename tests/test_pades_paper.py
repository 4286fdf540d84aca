"""The agreement on paper: everything that is in the text is there to be read, and it is the same for everybody."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Final

import attrs
import pytest
import reportlab
from pades_desk import PEOPLE, agreement

from kundorder.adapters.pades import Fonts, agreement_pdf
from kundorder.adapters.pades.fonts import faces_of
from kundorder.adapters.pades.setting import HEIGHT, LEFT, PLACE_HEIGHT, PLACE_WIDTH, RIGHT, WIDTH, Place, Words
from kundorder.adapters.pades.sheet import content_digest, sheet_of
from kundorder.codec import document_digest
from kundorder.errors import Malformed, Unavailable
from kundorder.evidence import Document
from kundorder.vocabulary import Role

FACES: Final = faces_of(None)
FOLDER: Final = Path(reportlab.__file__).parent / "fonts"
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def streams(pdf: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for part in pdf.split(b"endobj")[:-1]:
        number, _, body = part.partition(b" 0 obj")
        head, begins, content = body.partition(b"stream")
        if begins and b"/Length" in head:
            found[int(number.split()[-1])] = content.rpartition(b"endstream")[0]
    return found


def alphabets(pdf: bytes) -> dict[bytes, dict[int, str]]:
    """What the codes of each font mean, as programs that read aloud or search are told."""
    content, known = streams(pdf), dict[bytes, dict[int, str]]()
    for name, number in re.findall(rb"/Name /(F\d+\+\d+) .*?/ToUnicode (\d+) 0 R", pdf, re.DOTALL):
        pairs = re.findall(rb"<([0-9A-F]{2})> <([0-9A-F]{4})>", content[int(number)])
        runs = re.findall(rb"<([0-9A-F]{2})> <([0-9A-F]{2})> \[(.*?)\]", content[int(number)], re.DOTALL)
        meant = {int(code, 16): chr(int(point, 16)) for code, point in pairs}
        for first, _, points in runs:
            for offset, point in enumerate(re.findall(rb"<([0-9A-F]{4})>", points)):
                meant[int(first, 16) + offset] = chr(int(point, 16))
        known[name] = meant
    return known


def unescaped(text: bytes) -> bytes:
    return re.sub(
        rb"\\([0-7]{3}|.)",
        lambda found: bytes([int(found[1], 8)]) if found[1].isdigit() else _ESCAPED.get(found[1], found[1]),
        text,
        flags=re.DOTALL,
    )


def pieces(pdf: bytes) -> Iterator[tuple[float, str]]:
    """All pieces of text as they are drawn, and how high on the page."""
    meant = alphabets(pdf)
    for content in streams(pdf).values():
        for height, drawn in re.findall(rb"\nBT 1 0 0 1 \S+ (\S+) Tm (.*?) ET", content, re.DOTALL):
            font, line = b"", ""
            for name, text in re.findall(rb"/(F\d+\+\d+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", drawn, re.DOTALL):
                font = name or font
                line += "" if name else "".join(meant[font][code] for code in unescaped(text))
            yield float(height), line


def lines(pdf: bytes) -> list[str]:
    return [line for _, line in pieces(pdf)]


def read(pdf: bytes) -> str:
    """What stands on the pages, without head and foot."""
    return "".join(line for height, line in pieces(pdf) if 60 < height < HEIGHT - 45)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\s", pdf))


def closed_up(text: str) -> str:
    """Without what breaking it into lines changes."""
    return re.sub(r"\s+", "", text)


def with_text(text: str) -> Document:
    return attrs.evolve(agreement(), text_sv=text, text_en="In short.")


# Everybody signs the same


def test_it_is_the_same_for_all_signatories_and_for_nobody_else() -> None:
    same = agreement_pdf(agreement())
    assert agreement_pdf(agreement(signer="s2")) == same
    others = {
        "subject": "customer/x",
        "number": 2,
        "step": 3,
        "act": "decline",
        "organisation": "x",
        "capacity": Role.ATTESTANT,
        "content": "x",
        "text_sv": "x",
        "text_en": "x",
    }
    assert {"signer", *others} == {field.name for field in attrs.fields(Document)}
    for name, value in others.items():
        other = agreement()
        object.__setattr__(other, name, value)
        assert agreement_pdf(other) != same


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_it_is_the_same_in_every_process(hash_seed: str) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
from pades_desk import agreement
from kundorder.adapters.pades import agreement_pdf
agreement_pdf(agreement(terms="Another one before, with other letters: éêßÿ."))
sys.stdout.buffer.write(agreement_pdf(agreement()))
"""
    folder = str(Path(__file__).parent)
    made = subprocess.run(
        [sys.executable, "-c", code, folder],
        check=True,
        capture_output=True,
        env={"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )
    assert made.stdout == agreement_pdf(agreement())


def test_it_is_the_same_when_many_are_made_at_once() -> None:
    texts = [f"Avtal {'åäöéüñ'[number % 6]} {number}." for number in range(24)]
    alone = [agreement_pdf(agreement(terms=text)) for text in texts]

    def make(text: str) -> bytes:
        return agreement_pdf(agreement(terms=text))

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(make, texts)) == alone


def test_it_does_not_hang_on_a_compressor() -> None:
    assert b"Flate" not in agreement_pdf(agreement())


# Everything is there to be read


@pytest.mark.parametrize(
    "text",
    [
        "Kundavtal\n\nOrganisation: X\nFöreträdare: Y\n\nText.",
        "En enda rad",
        "",
        "\n\n\n",
        "Rubrik\n\n\n\nText  med   flera    blanksteg.",
        "<b>inte fetstil</b> & &amp; <script>alert(1)</script> ]]> \"'",
        "a) parenteser ( ( ) \\ och \\( bakstreck \\n",
        "a\tb\r\nc\r\nd",
        "A\u030a e\u0301 sammansatta",
        "Villkor: \nTom: \n: bara kolon\n",
        "x" * 5000,
        "https://customer.example/" + "a-very-long-path/" * 100,
        " ".join(["ord"] * 3000),
        "\n".join(f"Rad {number}" for number in range(400)),
        "€ – “citat” … ‰ ž Š Œ ÿ ½ µ ©",
        "Titel\n\n" + "Etikett " * 40 + ": " + "värde " * 400,
    ],
    ids=range(16),
)
def test_every_letter_of_the_text_is_on_paper(text: str) -> None:
    found = closed_up(read(agreement_pdf(with_text(text))))
    shown = text.replace("A\u030a", "Å").replace("e\u0301", "é")
    if ": " in shown:  # in a table, where labels stand beside what is stated, without their colons
        assert Counter(closed_up(shown).replace(":", "")) <= Counter(found)
        assert all(closed_up(word) in found for word in shown.replace(":", " ").split())
    else:
        assert closed_up(shown) in found


def test_both_texts_are_there_with_who_is_named_and_the_digest_on_every_page() -> None:
    document = agreement(terms="\n".join(f"§ {number} Påhittad text." for number in range(120)))
    pdf = agreement_pdf(document)
    found, count = lines(pdf), pages(pdf)
    assert count > 2
    for name in PEOPLE[:2]:
        assert sum(name in line for line in found) == 2
    digest = document_digest(attrs.evolve(document, signer=""))
    assert content_digest(document) == digest
    assert found.count(f"SHA-256 {digest}") == count
    for number in range(1, count + 1):
        assert f"Sida {number} av {count} · Page {number} of {count}" in found
    assert (
        found.index("Svenska") < found.index("Kundavtal") < found.index("English") < found.index("Customer agreement")
    )
    assert [line for line in found if line.startswith("Avser")] == [
        "Avser · Concerns: customer/999200-0001, 1, 999200-0001"
    ]


def test_a_hundred_thousand_characters_flow_over_many_pages() -> None:
    text = "".join(f"Punkt {number}. Påhittad text & <mera> text som är lång nog.\n" for number in range(1700))
    assert len(text) > 95_000
    pdf = agreement_pdf(with_text(text))
    assert pages(pdf) > 30
    assert closed_up(text) in closed_up(read(pdf))


def test_nothing_is_drawn_outside_the_page(chance: Random) -> None:
    letters = "abc åäö ÅÄÖ wWmM iIl .,:; \n"
    for _ in range(30):
        text = "".join(chance.choices(letters, k=chance.randrange(1, 3000)))
        document = attrs.evolve(agreement(), subject="x" * chance.randrange(1, 400), text_sv=text, text_en=text[::-1])

        def width(words: str, size: float, *, bold: bool) -> float:
            return (FACES.bold if bold else FACES.regular).width(words, size)

        sheet = sheet_of(document, lambda words, style: width(words, style.size, bold=style.bold))
        for page in sheet.pages:
            for item in page:
                assert LEFT - 1 <= item.x <= RIGHT
                assert 30 <= item.y <= HEIGHT - 30
                if isinstance(item, Place):
                    assert item.x + PLACE_WIDTH <= RIGHT + 1
                elif isinstance(item, Words):
                    assert item.x + width(item.text, item.style.size, bold=item.style.bold) <= WIDTH - 40


# Who is named has a place


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 11, 25])
def test_there_is_a_place_for_everybody_who_is_named_and_none_covers_another(count: int) -> None:
    document = agreement(*(f"Person {number}" for number in range(count)))
    sheet = sheet_of(document, lambda words, style: FACES.regular.width(words, style.size))
    assert len(sheet.places) == max(count, 2)
    for number, one in enumerate(sheet.places):
        assert 58 <= one.y <= HEIGHT - PLACE_HEIGHT
        for other in sheet.places[:number]:
            apart = abs(one.x - other.x) >= PLACE_WIDTH or abs(one.y - other.y) >= PLACE_HEIGHT
            assert one.page != other.page or apart
    if count <= 10:
        assert len({place.page for place in sheet.places}) == 1


# What cannot be shown


@pytest.mark.parametrize("field", ["text_sv", "text_en", "subject", "organisation"])
@pytest.mark.parametrize(
    ("character", "words"),
    [
        ("\N{CJK UNIFIED IDEOGRAPH-4E00}", r"U\+4E00 is not in the fonts; give PadesSigner fonts that have it"),
        ("\N{LATIN SMALL LETTER Z WITH ACUTE}", r"U\+017A is not in the fonts"),
        ("\N{GRINNING FACE}", r"U\+1F600 is not in the fonts"),
        ("\0", r"U\+0000 cannot be seen; take it out of the text"),
        ("\x1b", r"U\+001B cannot be seen"),
        ("\r", r"U\+000D cannot be seen"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}", r"U\+202E cannot be seen"),
        ("\N{ZERO WIDTH SPACE}", r"U\+200B cannot be seen"),
        ("\N{LINE SEPARATOR}", r"U\+2028 cannot be seen"),
        ("\ue000", r"U\+E000 cannot be seen"),
        ("\N{HEBREW LETTER ALEF}", r"U\+05D0 is written from the right"),
        ("\N{ARABIC LETTER ALEF}", r"U\+0627 is written from the right"),
        ("\N{COMBINING ACUTE ACCENT}", r"U\+0301 is not in the fonts"),
    ],
    ids=ascii,
)
def test_a_character_that_cannot_be_shown_is_refused_with_its_number(field: str, character: str, words: str) -> None:
    document = agreement()
    object.__setattr__(document, field, f"x{character}y")
    with pytest.raises(Malformed, match=rf"\$\.{field}: {words}"):
        agreement_pdf(document)


def test_of_many_characters_that_cannot_be_shown_some_are_named() -> None:
    with pytest.raises(Malformed) as caught:
        agreement_pdf(with_text("".join(map(chr, range(0x4E00, 0x4F00)))))
    assert len(caught.value.problems) == 5
    assert len(str(caught.value)) < 600


def test_a_host_may_bring_its_own_fonts() -> None:
    turned = Fonts(FOLDER / "VeraBI.ttf", (FOLDER / "VeraBd.ttf").read_bytes())
    pdf = agreement_pdf(agreement(), fonts=turned)
    assert b"BitstreamVeraSans-BoldOblique" in pdf
    assert pdf != agreement_pdf(agreement())
    assert agreement_pdf(agreement(), fonts=turned) == pdf


def test_a_character_has_to_be_in_both_fonts() -> None:
    khmer = FOLDER / "hb-test.ttf"
    for fonts in (Fonts(FOLDER / "Vera.ttf", khmer), Fonts(khmer, FOLDER / "Vera.ttf")):
        with pytest.raises(Malformed, match="is not in the fonts"):
            agreement_pdf(agreement(), fonts=fonts)


@pytest.mark.parametrize("font", [b"", b"x" * 100, b"OTTO" + bytes(200), (FOLDER / "Vera.ttf").read_bytes()[:5000]])
def test_what_is_no_font_is_refused(font: bytes) -> None:
    with pytest.raises(Malformed, match=r"\$\.fonts: must be fonts with TrueType outlines"):
        agreement_pdf(agreement(), fonts=Fonts(font, FOLDER / "VeraBd.ttf"))


def test_a_font_that_cannot_be_read_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="a font file cannot be read"):
        agreement_pdf(agreement(), fonts=Fonts(FOLDER / "Vera.ttf", tmp_path / "missing.ttf"))


def test_the_fonts_are_in_the_file_and_no_others_are_asked_for() -> None:
    pdf = agreement_pdf(agreement())
    assert len(re.findall(rb"/Type /Font\s", pdf)) == pdf.count(b"/FontFile2") == 2
    assert b"Helvetica" not in pdf
    assert b"/Lang (sv)" in pdf
    assert b"/Title (Kundavtal)" in pdf
