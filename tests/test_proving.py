"""The page on what is proven says what was written down."""

from proving import PAGE, least, numbers, page


def test_the_page_is_made_of_the_numbers() -> None:
    assert PAGE.read_text("utf-8") == page(numbers())


def test_there_is_no_line_that_could_be_done_never() -> None:
    assert all(least(what, number) > 0 for what, number in numbers().items())
