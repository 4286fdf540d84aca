"""Reading the files the demo is played from."""

from pathlib import Path
from typing import Final, TypeVar

import attrs

from kundorder.boundary import read_json
from kundorder.catalogue import Catalogue
from kundorder.command_line.checking import problems_of_orders, problems_of_organisations
from kundorder.command_line.scenario import Orders, Organisations, Scenario
from kundorder.command_line.stopping import StoppedError, bad_file
from kundorder.errors import Malformed

CATALOGUE: Final = "catalogue.json"
ORGANISATIONS: Final = "organisations.json"
ORDERS: Final = "orders.json"
_THREE: Final = f"{CATALOGUE}, {ORGANISATIONS} and {ORDERS}"
EXAMPLE: Final = Path(__file__).resolve().parents[3] / "examples" / "demo"
"""Beside the package in the repository; an installed package comes without."""

_T = TypeVar("_T", bound=attrs.AttrsInstance)


def load_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file.

    Raises:
        StoppedError: the file cannot be read, or it holds no catalogue.
    """
    return _load(Catalogue, path)


def load_scenario(folder: Path | None) -> Scenario:
    """What the files in a folder say; None: the example of the repository.

    Raises:
        StoppedError: a file cannot be read, or something in it is wrong; everything wrong is named with file and path.
    """
    here = EXAMPLE if folder is None else folder
    if folder is None and not here.is_dir():
        raise StoppedError(
            f"the example comes with the repository and not with the package; name a folder of {_THREE} by --input DIR"
        )
    found = [
        _attempt(Catalogue, here / CATALOGUE),
        _attempt(Organisations, here / ORGANISATIONS),
        _attempt(Orders, here / ORDERS),
    ]
    match found:
        case [Catalogue() as catalogue, Organisations() as organisations, Orders() as planned]:
            scenario = Scenario(catalogue=catalogue, organisations=organisations, orders=planned.orders)
        case _:
            raise StoppedError("\n".join(each for each in found if isinstance(each, str)))
    for name, problems in (
        (ORGANISATIONS, problems_of_organisations(organisations, catalogue)),
        (ORDERS, problems_of_orders(scenario.orders, organisations, catalogue)),
    ):
        if wrong := tuple(problems):
            raise bad_file(str(here / name), Malformed(wrong))
    return scenario


def _attempt(cls: type[_T], path: Path) -> _T | str:
    """What is in a file, or what is wrong with it."""
    try:
        return _load(cls, path)
    except StoppedError as stopped:
        return stopped.message


def _load(cls: type[_T], path: Path) -> _T:
    try:
        text = path.read_bytes()
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise StoppedError(f"{path}: cannot be read ({why})") from error
    try:
        return read_json(cls, text)
    except Malformed as malformed:
        raise bad_file(str(path), malformed) from malformed
