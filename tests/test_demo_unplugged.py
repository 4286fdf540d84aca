"""The demo with its plug pulled again and again: it ends as if nobody had, in a file and in either kind of database."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from mailbox import Maildir
from pathlib import Path
from typing import Final

import pytest
from postgres import address
from proof import count

INPUT: Final = Path(__file__).parents[1] / "examples" / "demo"
FEWEST: Final = 5
STORES: Final[dict[str, Callable[[Path], list[str]]]] = {
    "a file": lambda _place: [],
    "SQLite": lambda place: ["--store", f"sqlite:///{place / 'orders.db'}"],
    "PostgreSQL": lambda place: ["--store", address(place, driver="+psycopg")],
}


def demo(out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "kundorder", "demo", "--input", str(INPUT), "--out", str(out), *more]


def ended(out: Path) -> tuple[object, ...]:
    """How it has ended, whatever ids and case numbers were dealt out."""
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    offers = {order["case_number"]: order["offer"] for order in summary["orders"]}
    orders = [{name: value for name, value in order.items() if name != "case_number"} for order in summary["orders"]]
    mails = Counter((mail["template"], mail["to_role"], offers.get(mail["order"])) for mail in summary["mails"])
    letters = Counter(letter["To"] for letter in Maildir(out / "maildir", create=False))
    ids = [letter["Message-ID"] for letter in Maildir(out / "maildir", create=False)]
    assert len(set(ids)) == len(ids) == len(summary["mails"])
    return orders, mails, letters, summary["refusals"], summary["journal_verified"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    out = tmp_path_factory.mktemp("undisturbed") / "demo"
    _ = subprocess.run(demo(out), check=True, capture_output=True, timeout=60)
    return ended(out)


def pulled(call: list[str], chance: random.Random) -> int:
    """Play it, and kill it at any line it tells, until it ends by itself; how often it was killed."""
    kills = 0
    reached = 0  # how many lines the last one told: the next is killed somewhere after that
    while True:
        playing = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)
        assert playing.stdout is not None
        target = reached + chance.randint(10, 40)
        for told, _line in enumerate(playing.stdout, 1):
            if told == target:
                time.sleep(chance.random() * 0.01)  # not only just after a line
                playing.kill()
        playing.stdout.close()
        if playing.wait(60) == 0:
            return kills
        assert playing.returncode == -9, playing.returncode
        kills, reached = kills + 1, max(reached, target)


@pytest.mark.parametrize("store", STORES)
def test_wherever_the_plug_is_pulled_it_ends_in_the_same_orders_and_the_same_mails_each_once(
    store: str, undisturbed: tuple[object, ...], tmp_path: Path, chance: random.Random
) -> None:
    out = tmp_path / "demo"
    kills = pulled([*demo(out), *STORES[store](tmp_path)], chance)
    assert kills >= FEWEST
    assert ended(out) == undisturbed
    count("kills of a demo at least, until it had ended", FEWEST)
