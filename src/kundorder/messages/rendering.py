"""One sheet, two renderings. Everything is escaped here and nowhere else, so no value can be forgotten."""

from collections.abc import Iterator
from html import escape
from textwrap import TextWrapper
from typing import Final, final

import attrs

from kundorder.vocabulary import Language

_WIDTH: Final = 72  # leaves room for being quoted in an answer
_BODY: Final = (
    "margin: 0; padding: 1.5em; color: #1a1a1a; background: #ffffff; font-family: sans-serif; line-height: 1.5"
)


@final
@attrs.frozen(kw_only=True)
class Sheet:
    """A mail with all its words, before it is text or HTML."""

    language: Language
    title: str
    greeting: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]  # label and value
    quote: tuple[str, str] | None  # label and somebody's own words, which may have several lines
    link: str  # what the link says
    address: str = attrs.field(repr=False)  # where it leads; may hold the code of an invitation
    note: str  # to the link
    closing: tuple[str, ...]
    footer: str


def as_text(sheet: Sheet) -> str:
    """Plain text: lines of at most 72 characters wherever there is a blank to break at; the address is never broken."""
    facts = "\n".join(_wrapped(f"{label}: {value}", "", "  ") for label, value in sheet.facts)
    parts = [_wrapped(paragraph) for paragraph in (sheet.greeting, *sheet.lead)]
    parts += [facts] if facts else []
    if sheet.quote is not None:
        label, words = sheet.quote
        parts.append(f"{label}:\n" + "\n".join(_wrapped(line, "> ", "> ") for line in words.split("\n")))
    parts += [f"{sheet.link}:\n{sheet.address}"]
    parts += [_wrapped(paragraph) for paragraph in (sheet.note, *sheet.closing)]
    parts += ["* * *", _wrapped(sheet.footer)]
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str, first: str = "", others: str = "") -> str:
    wrapper = TextWrapper(
        width=_WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.fill(text) or first.rstrip()


def as_html(sheet: Sheet) -> str:
    """A page that says its language and fetches nothing: a heading, paragraphs, a list; no table, image or script."""
    return "\n".join(_html(sheet)) + "\n"


def _html(sheet: Sheet) -> Iterator[str]:
    title = escape(sheet.title)
    yield "<!DOCTYPE html>"
    yield f'<html lang="{sheet.language.value}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>"
    yield "</head>"
    yield f'<body style="{_BODY}">'
    yield '<main style="max-width: 38em">'
    yield f'<h1 style="font-size: 1.4em">{title}</h1>'
    yield from (f"<p>{escape(paragraph)}</p>" for paragraph in (sheet.greeting, *sheet.lead))
    if sheet.facts:
        yield "<ul>"
        yield from (f"<li>{escape(label)}: <strong>{escape(value)}</strong></li>" for label, value in sheet.facts)
        yield "</ul>"
    if sheet.quote is not None:
        label, words = sheet.quote
        yield f"<p>{escape(label)}:</p>"
        yield f"<blockquote>{'<br>'.join(escape(line) for line in words.split(chr(10)))}</blockquote>"
    yield f'<p><a href="{escape(sheet.address)}">{escape(sheet.link)}</a></p>'
    yield from (f"<p>{escape(paragraph)}</p>" for paragraph in (sheet.note, *sheet.closing))
    yield "<hr>"
    yield f'<p style="font-size: 0.9em">{escape(sheet.footer)}</p>'
    yield "</main>"
    yield "</body>"
    yield "</html>"
