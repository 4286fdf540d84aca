"""Wrong in the order of their lists and in the pages of them."""

import unicodedata
from collections.abc import Callable
from typing import TypeVar

import attrs

from kundorder.errors import Unavailable
from kundorder.ports import Listed, Page
from wrong_stores.listing import answering, asking
from wrong_stores.telling import Ask, Bends, Making, Question, Wrong, bent, same

T = TypeVar("T", str, bytes, int)
ALL = 1_000_000
AFTER = "test_after_is_a_text_like_any_other"
PAGES = "test_pages_have_no_hole_and_no_repeat"
JOURNAL_PAGES = "test_pages_of_a_journal_have_no_hole_and_no_repeat"
SEVERAL = "test_what_stands_under_several_values_comes_once"
TIES = "test_pages_through_lines_of_one_sort_have_no_hole"
CODE_POINTS = "test_lists_are_in_the_order_of_code_points"
ANY_TEXT = "test_pages_go_on_after_any_text"
ROOM = "test_a_page_without_room_is_empty"


def whole(question: Question, ask: Ask) -> tuple[Listed, ...]:
    """The whole list, from its beginning."""
    return ask(attrs.evolve(question, after=None, limit=ALL, newest_first=False)).items


def ranked(rank: Callable[[str], T]) -> Making:
    """Ordered and paged by something made of the sort alone."""

    def page(question: Question, ask: Ask) -> Page:
        back = question.newest_first
        lines = sorted(whole(question, ask), key=lambda line: (rank(line.sort), rank(line.key)), reverse=back)
        if question.after is not None:
            start = rank(question.after.partition("\0")[0])
            lines = [line for line in lines if (rank(line.sort) < start if back else rank(line.sort) > start)]
        items = tuple(lines[: max(question.limit, 0)])
        return Page(items=items, after=items[-1].sort if items and len(lines) > len(items) else None)

    return bent(Bends(page=page))


def as_in_a_dictionary(text: str) -> str:
    """Letters only, and without their marks."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if letter.isalnum())


def by_offset(question: Question, ask: Ask) -> Page:
    """Pages by how many lines there were before."""
    lines = whole(question, ask)[:: -1 if question.newest_first else 1]
    start = int(question.after) if question.after is not None and question.after.isdecimal() else 0
    items = lines[start : start + max(question.limit, 0)]
    after = str(start + len(items)) if items and start + len(items) < len(lines) else None
    return Page(items=items, after=after)


def inclusive(question: Question, ask: Ask) -> Page:
    """With greater or equal."""
    page = ask(question)
    again = tuple(line for line in whole(question, ask) if line.sort == question.after)
    return attrs.evolve(page, items=(*again, *page.items)[: max(question.limit, 0)])


def turned(question: Question, ask: Ask) -> Page:
    """The first lines, turned round."""
    page = ask(attrs.evolve(question, newest_first=False))
    return attrs.evolve(page, items=page.items[::-1]) if question.newest_first else page


def none_too_early(question: Question, ask: Ask) -> Page:
    """Says that there is no other page where there is one line more."""
    page = ask(question)
    more = () if page.after is None else ask(attrs.evolve(question, after=page.after, limit=2)).items
    return attrs.evolve(page, after=None) if len(more) == 1 else page


def refusing_nul(question: Question, ask: Ask) -> Page:
    """Hands on a text that the database does not take."""
    if question.after is not None and "\0" in question.after:
        raise Unavailable("a text may not contain NUL")
    return ask(question)


def refusing_strangers(question: Question, ask: Ask) -> Page:
    """Looks for the line it is to go on after."""
    if question.after is not None and question.after not in {line.sort for line in whole(question, ask)}:
        raise Unavailable("there is no such line")
    return ask(question)


WRONG = (
    Wrong(
        "knows no limit",
        asking(lambda question: attrs.evolve(question, limit=ALL)),
        (PAGES, JOURNAL_PAGES, ROOM),
    ),
    Wrong(
        "takes a limit of nought for none",
        asking(lambda question: attrs.evolve(question, limit=question.limit or 50)),
        (ROOM,),
    ),
    Wrong(
        "does not understand a limit below nought",
        asking(lambda question: attrs.evolve(question, limit=abs(question.limit))),
        (ROOM,),
    ),
    Wrong("begins a page with the line it goes on after", bent(Bends(page=inclusive)), (PAGES, AFTER, JOURNAL_PAGES)),
    Wrong(
        "never tells of another page",
        answering(lambda _question, page: attrs.evolve(page, after=None)),
        (PAGES, JOURNAL_PAGES, SEVERAL, TIES, CODE_POINTS),
    ),
    Wrong("leaves out the last page if it has one line", bent(Bends(page=none_too_early)), (PAGES, JOURNAL_PAGES)),
    Wrong(
        "tells of another page whenever one is full",
        answering(
            lambda question, page: (
                attrs.evolve(page, after=page.items[-1].sort)
                if page.items and len(page.items) == question.limit
                else page
            )
        ),
        (PAGES, JOURNAL_PAGES, SEVERAL),
    ),
    Wrong(
        "has pages by number",
        bent(Bends(page=by_offset)),
        (
            "test_what_comes_and_goes_between_two_pages_moves_nothing_else",
            "test_a_page_goes_on_after_any_line",
            AFTER,
        ),
    ),
    Wrong("does not take a NUL", bent(Bends(page=refusing_nul)), (AFTER, TIES)),
    Wrong(
        "goes on only after a line that is there",
        bent(Bends(page=refusing_strangers)),
        (AFTER, "test_a_page_goes_on_after_any_line"),
    ),
    Wrong("passes over lines of one sort at the end of a page", ranked(same), (TIES,)),
    Wrong(
        "never has the newest first",
        asking(lambda question: attrs.evolve(question, newest_first=False)),
        (PAGES, JOURNAL_PAGES, "test_a_page_goes_on_after_any_line", ANY_TEXT),
    ),
    Wrong("turns the first page round to have the newest first", bent(Bends(page=turned)), (PAGES, JOURNAL_PAGES)),
    Wrong("has no regard to case in the order of a list", ranked(str.lower), (CODE_POINTS, ANY_TEXT)),
    Wrong("orders lists by UTF-16", ranked(lambda text: text.encode("utf-16-be")), (CODE_POINTS, ANY_TEXT)),
    Wrong("orders lists as a dictionary does", ranked(as_in_a_dictionary), (CODE_POINTS, ANY_TEXT)),
    Wrong("orders lists by length", ranked(len), (CODE_POINTS,)),
)
