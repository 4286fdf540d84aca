"""The page on what is proven says what was written down."""

from pathlib import Path

from mutation.explained import EXPLAINED
from proving import PAGE, least, long_numbers, numbers, page, quoted


def test_the_page_is_made_of_the_numbers() -> None:
    assert PAGE.read_text("utf-8") == page(numbers(), long_numbers(), EXPLAINED)


def test_the_readme_quotes_the_numbers() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert " ".join(quoted(numbers()).split()) in " ".join(readme.split())


def test_there_is_no_line_that_could_be_done_never() -> None:
    assert all(least(what, number) > 0 for what, number in numbers().items())
