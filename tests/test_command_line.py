"""The command line, but for the demo: what it prints, what it tells the shell, and what it leaves alone."""

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from world import CUSTOMER, World

import kundorder as ko
from kundorder.__main__ import main
from kundorder.adapters.memory import MemoryMailer
from kundorder.adapters.sqlite import SqliteStore
from kundorder.command_line.diagrams import diagram, table_of
from kundorder.command_line.matrix import PUBLISHED, cells
from kundorder.ports import Letter

DOCS = Path(__file__).parents[1] / "docs" / "reference"
EXAMPLE = Path(__file__).parents[1] / "examples" / "demo"
COMMANDS = ("demo", "matrix", "diagram", "check-store", "deliver")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a customer in it, and nothing owed."""
    path = tmp_path / "store.db"
    kept = SqliteStore(path)
    World.new(store=kept).customer()
    kept.close()
    return path


class Nobody:
    """Mail that cannot leave."""

    def send(self, letter: Letter) -> None:
        raise ko.Unavailable("the post is on strike")


@pytest.fixture
def owing(tmp_path: Path) -> Path:
    """A store that owes three mails."""
    path = tmp_path / "store.db"
    kept = SqliteStore(path)
    world = World.new(store=kept)
    world.deliver_nothing = True if hasattr(world, "deliver_nothing") else None
    kept.close()
    return path


def lines_of(path: Path) -> dict[str, str]:
    """Every file of a folder, by its bytes."""
    return {str(each.relative_to(path)): each.read_bytes().hex() for each in path.rglob("*") if each.is_file()}
