"""Ways to change a signed PDF, by hand: nothing here knows the library that signs and validates.

What somebody without a key can do is to change bytes, to cut off, or to append a revision (ISO 32000-1, 7.5.6), which
is how programs change a PDF that they must not rewrite. The tests sign with classic cross-reference tables.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

import attrs

Change: TypeAlias = Callable[[bytes], bytes]

_OBJECT: Final = re.compile(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\sendobj", re.DOTALL)
_GAP: Final = re.compile(rb"/Contents <([0-9A-Fa-f]+)>")
_RANGE: Final = re.compile(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *")


@attrs.frozen
class Pdf:
    """A PDF as its objects are in the end."""

    content: bytes

    @property
    def objects(self) -> dict[int, bytes]:
        return {int(number): body for number, body in _OBJECT.findall(self.content)}

    @property
    def size(self) -> int:
        return int(re.findall(rb"/Size (\d+)", self.content)[-1])

    @property
    def root(self) -> int:
        return int(re.findall(rb"/Root (\d+) 0 R", self.content)[-1])

    def number(self, *marks: bytes) -> int:
        """Of the last object with all these marks."""
        return [number for number, body in self.objects.items() if all(mark in body for mark in marks)][-1]

    def with_revision(self, objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
        """With these objects instead of those that are there, or in addition."""
        content, places = bytearray(self.content), dict[int, int]()
        if not content.endswith(b"\n"):
            content += b"\n"
        for number, body in sorted(objects.items()):
            places[number] = len(content)
            content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
        before, start = int(re.findall(rb"startxref\s+(\d+)", self.content)[-1]), len(content)
        content += b"xref\n0 1\n0000000000 65535 f \n"
        for number, place in places.items():
            content += b"%d 1\n%010d 00000 n \n" % (number, place)
        size = max(self.size, *(number + 1 for number in objects))
        content += b"trailer\n<< /Size %d /Root %d 0 R /Prev %d %s >>\n" % (size, self.root, before, trailer)
        content += b"startxref\n%d\n%%%%EOF\n" % start
        return bytes(content)

    def replacing(self, number: int, old: bytes, new: bytes) -> bytes:
        """With a revision in which an object reads otherwise."""
        body = self.objects[number]
        assert old in body
        return self.with_revision({number: body.replace(old, new, 1)})


def stream(body: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body)


def revisions(pdf: bytes) -> list[int]:
    """Where each revision ends."""
    return [found.end() for found in re.finditer(rb"%%EOF\s*", pdf)]


def gaps(pdf: bytes) -> list[tuple[int, int]]:
    """Where the signatures stand, in hexadecimal."""
    return [found.span(1) for found in _GAP.finditer(pdf)]


def put(pdf: bytes, place: int, new: bytes) -> bytes:
    return pdf[:place] + new + pdf[place + len(new) :]


OVERLAY: Final = b"q 1 0 0 rg 60 700 300 40 re f Q"


def _page(pdf: Pdf) -> int:
    return pdf.number(b"/Type /Page\n") if b"/Type /Page\n" in pdf.content else pdf.number(b"/MediaBox")


def a_byte_of_the_text(pdf: bytes) -> bytes:
    found = re.search(rb"\(Kundavtal", pdf) or re.search(rb"BT .*?Tj", pdf)
    assert found is not None
    return put(pdf, found.start() + 3, bytes([pdf[found.start() + 3] ^ 1]))


def a_page_with_other_contents(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    page = _page(it)
    body = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % it.size, it.objects[page])
    assert body != it.objects[page]
    return it.with_revision({page: body, it.size: stream(OVERLAY)})


def the_stream_of_a_page_replaced(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    found = re.search(rb"/Contents (\d+) 0 R", it.objects[_page(it)])
    assert found is not None
    return it.with_revision({int(found[1]): stream(OVERLAY)})


def something_drawn_over_a_page(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    page = _page(it)
    body = re.sub(rb"/Contents (\d+ 0 R)", rb"/Contents [ \1 %d 0 R ]" % it.size, it.objects[page])
    return it.with_revision({page: body, it.size: stream(OVERLAY)})


def the_last_signature_zeroed(pdf: bytes) -> bytes:
    start, end = gaps(pdf)[-1]
    return put(pdf, start, b"0" * (end - start))


def a_signature_of_another(pdf: bytes, other: bytes) -> bytes:
    """Transplanted into the last place."""
    start, end = gaps(pdf)[-1]
    begin, stop = gaps(other)[-1]
    return put(pdf, start, other[begin:stop].ljust(end - start, b"0")[: end - start])


def the_range_shortened(pdf: bytes) -> bytes:
    """So that it leaves out the end."""
    found = list(_RANGE.finditer(pdf))[-1]
    lead, start, length = (int(each) for each in found.groups())
    new = b"/ByteRange [0 %d %d %d]" % (lead, start, length - 100)
    return put(pdf, found.start(), new.ljust(len(found[0])))


def the_range_moved(pdf: bytes) -> bytes:
    """So that it leaves out more in the middle, where something could stand."""
    found = list(_RANGE.finditer(pdf))[-1]
    lead, start, length = (int(each) for each in found.groups())
    new = b"/ByteRange [0 %d %d %d]" % (lead - 200, start, length)
    return put(pdf, found.start(), new.ljust(len(found[0])))


def the_title_changed(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    info = it.number(b"/Producer", b"/Title")
    return it.with_revision({info: b"<< /Title (Another agreement) >>"}, b"/Info %d 0 R" % info)


def metadata_added(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    xml = b'<?xml version="1.0"?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
    body = b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream" % (len(xml), xml)
    root = re.sub(rb"/Metadata \d+ 0 R", b"", it.objects[it.root])
    return it.with_revision({it.root: root.rstrip(b"> \n") + b" /Metadata %d 0 R >>" % it.size, it.size: body})


def a_page_added(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    pages = it.number(b"/Type /Pages")
    kids = re.sub(rb"/Kids \[(.*?)\]", rb"/Kids [\1 %d 0 R ]" % it.size, it.objects[pages])
    kids = re.sub(rb"/Count \d+", b"/Count 2", kids)
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>" % (pages, it.size + 1)
    return it.with_revision({pages: kids, it.size: page, it.size + 1: stream(OVERLAY)})


def the_pages_removed(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    pages = it.number(b"/Type /Pages")
    kids = re.sub(rb"/Kids \[.*?\]", b"/Kids [ ]", it.objects[pages])
    return it.with_revision({pages: re.sub(rb"/Count \d+", b"/Count 0", kids)})


def a_note_added(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    page = _page(it)
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [60 600 400 700] /Contents (Not so) /DA (/Helv 12 Tf) >>"
    body = re.sub(rb"/Annots \[(.*?)\]", rb"/Annots [\1 %d 0 R ]" % it.size, it.objects[page])
    assert body != it.objects[page]
    return it.with_revision({page: body, it.size: note})


def a_field_renamed(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    return it.replacing(it.number(b"/FT /Sig"), b"/T (Signature", b"/T (Renamed")


def a_field_with_another_picture(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    field = it.number(b"/FT /Sig", b"/N ")
    picture = b"<< /Type /XObject /Subtype /Form /BBox [0 0 230 62] /Length %d >>\nstream\n%s\nendstream"
    body = re.sub(rb"/N \d+ 0 R", b"/N %d 0 R" % it.size, it.objects[field])
    return it.with_revision({field: body, it.size: picture % (len(OVERLAY), OVERLAY)})


def the_picture_replaced(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    found = re.search(rb"/N (\d+) 0 R", it.objects[it.number(b"/FT /Sig", b"/N ")])
    assert found is not None
    picture = b"<< /Type /XObject /Subtype /Form /BBox [0 0 230 62] /Length %d >>\nstream\n%s\nendstream"
    return it.with_revision({int(found[1]): picture % (len(OVERLAY), OVERLAY)})


def a_field_that_shows_another_signature(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    values = [re.search(rb"/V (\d+) 0 R", body) for body in it.objects.values() if b"/FT /Sig" in body]
    first, last = values[0], values[-1]
    assert first is not None
    assert last is not None
    return it.replacing(it.number(b"/FT /Sig"), last[0], first[0] if first[0] != last[0] else b"/V null")


def a_text_field_with_a_value(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    page, form = _page(it), it.number(b"/SigFlags")
    field = b"<< /FT /Tx /T (Price) /V (1 kr) /Type /Annot /Subtype /Widget /Rect [60 500 300 520] /P %d 0 R >>" % page
    fields = re.sub(rb"/Fields \[(.*?)\]", rb"/Fields [\1 %d 0 R ]" % it.size, it.objects[form])
    shown = re.sub(rb"/Annots \[(.*?)\]", rb"/Annots [\1 %d 0 R ]" % it.size, it.objects[page])
    return it.with_revision({page: shown, form: fields, it.size: field})


def an_empty_signature_field_that_covers_the_text(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    page, form = _page(it), it.number(b"/SigFlags")
    picture = b"<< /Type /XObject /Subtype /Form /BBox [0 0 400 200] /Length %d >>\nstream\n%s\nendstream"
    field = (
        b"<< /FT /Sig /T (More) /Type /Annot /Subtype /Widget /F 132"
        b" /Rect [60 500 460 700] /P %d 0 R /AP << /N %d 0 R >> >>"
    )
    fields = re.sub(rb"/Fields \[(.*?)\]", rb"/Fields [\1 %d 0 R ]" % it.size, it.objects[form])
    shown = re.sub(rb"/Annots \[(.*?)\]", rb"/Annots [\1 %d 0 R ]" % it.size, it.objects[page])
    more = {it.size: field % (page, it.size + 1), it.size + 1: picture % (len(OVERLAY), OVERLAY)}
    return it.with_revision({page: shown, form: fields} | more)


def the_claim_changed(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    number = it.number(b"/SubFilter /ETSI.CAdES.detached")
    return it.replacing(number, b"\\042LOW\\042", b"\\042HIGH\\042")


def the_claim_changed_in_place(pdf: bytes) -> bytes:
    place = pdf.rindex(b"\\042LOW\\042")
    return put(pdf, place, b"\\042MID\\042")


def a_signature_of_another_kind(pdf: bytes) -> bytes:
    return put(pdf, pdf.rindex(b"/ETSI.CAdES.detached"), b"/ETSI.CAdES.unknown!")


def the_form_removed(pdf: bytes) -> bytes:
    """So that no signatures are shown."""
    it = Pdf(pdf)
    return it.with_revision({it.root: re.sub(rb"/AcroForm \d+ 0 R", b"", it.objects[it.root])})


def a_script_added(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    action = b" /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"
    return it.with_revision({it.root: it.objects[it.root].rstrip(b"> \n") + action})


def an_object_freed(pdf: bytes) -> bytes:
    it = Pdf(pdf)
    new = it.with_revision({it.size: b"null"})
    return new.replace(
        b"0 1\n0000000000 65535 f \n%d 1\n" % it.size,
        b"0 1\n0000000000 65535 f \n12 1\n0000000000 00001 f \n%d 1\n" % it.size,
    )


def something_after_the_end(pdf: bytes) -> bytes:
    return pdf + b"% see the other version\n"


def something_before_the_beginning(pdf: bytes) -> bytes:
    return b"\n" + pdf


def the_end_cut_off(pdf: bytes) -> bytes:
    return pdf[:-40]


def half_of_it(pdf: bytes) -> bytes:
    return pdf[: len(pdf) // 2]


CHANGES: Final[Mapping[str, Change]] = {
    change.__name__: change
    for change in (
        a_byte_of_the_text,
        a_page_with_other_contents,
        the_stream_of_a_page_replaced,
        something_drawn_over_a_page,
        the_last_signature_zeroed,
        the_range_shortened,
        the_range_moved,
        the_title_changed,
        metadata_added,
        a_page_added,
        the_pages_removed,
        a_note_added,
        a_field_renamed,
        a_field_with_another_picture,
        the_picture_replaced,
        a_field_that_shows_another_signature,
        a_text_field_with_a_value,
        an_empty_signature_field_that_covers_the_text,
        the_claim_changed,
        the_claim_changed_in_place,
        a_signature_of_another_kind,
        the_form_removed,
        a_script_added,
        an_object_freed,
        something_after_the_end,
        something_before_the_beginning,
        the_end_cut_off,
        half_of_it,
    )
}
"""What anybody can do to a PDF; nothing of it may pass for what was signed."""


def cuts(pdf: bytes, step: int) -> Iterator[bytes]:
    """The beginning of it, in many lengths, but for whole revisions."""
    whole = {end - rest for end in revisions(pdf) for rest in range(3)}
    yield from (pdf[:end] for end in range(0, len(pdf), step) if end not in whole)
