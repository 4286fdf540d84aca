"""What may be typed: every command with its options, what they take and what is said about them, fixed in the text.

``cd tests && PYTHONPATH=. ../.venv/bin/python test_arguments.py`` writes it anew, to be read before it is kept.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from kundorder.__main__ import main
from kundorder.command_line.arguments import parser

GOLDEN: Final = Path(__file__).parent / "golden" / "commands.txt"
FACTS: Final = ("dest", "nargs", "const", "default", "choices", "required", "metavar", "help")


def told(what: argparse.ArgumentParser) -> Iterator[str]:
    """A command and all that may follow it; ``argparse`` tells nobody but itself."""
    yield f"{what.prog}: {what.description!r}, {what.epilog!r}"
    actions: list[argparse.Action] = vars(what)["_actions"]
    commands: dict[str, argparse.ArgumentParser] = {}
    for action in actions:
        listed: list[argparse.Action] = vars(action).get("_choices_actions", [])
        if listed:
            commands = vars(action)["_name_parser_map"]
            yield f"  one of the {action.dest!r}, shown as {action.metavar!r}"
            yield from (f"    {each.dest}: {each.help!r}" for each in listed)
        elif action.default != argparse.SUPPRESS:  # those are told alike by every program
            yield f"  {_facts(action)}"
    for each in commands.values():
        yield ""
        yield from told(each)


def _facts(action: argparse.Action) -> str:
    kind = getattr(action.type, "__name__", None)
    facts = {name: getattr(action, name) for name in FACTS} | {"type": kind, "way": type(action).__name__}
    said = ", ".join(f"{name} {str(value)!r}" for name, value in sorted(facts.items()) if value not in (None, False))
    return f"{' '.join(action.option_strings)}: {said}" if action.option_strings else said


def test_what_may_be_typed_is_what_people_have_read() -> None:
    assert list(told(parser())) == GOLDEN.read_text("utf-8").splitlines()


@pytest.mark.parametrize("days", ["0", "36501", "-1", "1.5", "ten", "01", "100000", "\u0663"])
@pytest.mark.parametrize("option", ["--receipts-days", "--mail-days"])
def test_days_are_told_from_one_to_a_hundred_years(option: str, days: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prune", "orders.db", f"{option}={days}"]) == 2
    assert f"argument {option}: must be a whole number from 1 to 36500\n" in capsys.readouterr().err


@pytest.mark.parametrize("days", [1, 36_500])
def test_the_first_and_the_last_of_them_are_taken(days: int) -> None:
    typed = parser().parse_args(["prune", "orders.db", "--receipts-days", str(days), "--mail-days", str(days)])
    assert (typed.receipts_days, typed.mail_days) == (days, days)


@pytest.mark.parametrize("number", ["0", "1000000000", "-1", "1.5", "ten", "01"])
def test_a_limit_is_a_number_from_one(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deliver", "orders.db", "--maildir", "mail", f"--limit={number}"]) == 2
    assert "argument --limit: must be a whole number from 1 to 999999999\n" in capsys.readouterr().err


def test_the_largest_limit_is_taken() -> None:
    typed = parser().parse_args(["deliver", "orders.db", "--maildir", "mail", "--limit", "999999999"])
    assert typed.limit == 999_999_999


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told(parser())) + "\n", "utf-8") else 1)
