"""Contracts are put to an adapter where neither pytest nor hypothesis is, by a script that a host might write."""

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pytest", "_pytest", "hypothesis", "pluggy"):
            raise ImportError(f"{name} is not here")

sys.meta_path.insert(0, Without())
"""

STORE = """
from kundorder.adapters.memory import MemoryStore
from kundorder.testing.contracts import examine
from kundorder.testing.contracts.store import StoreContract

class MemoryContract(StoreContract):
    lasts = False

    def begin(self):
        self.opened = {}
        super().begin()

    def open_store(self, place):
        return self.opened.setdefault(place, MemoryStore())

report = examine(MemoryContract())
"""

SIGNING = """
from contextlib import nullcontext
from kundorder.adapters.memory import MemorySigner
from kundorder.events import SigningRequest
from kundorder.testing.contracts import examine
from kundorder.testing.contracts.signing import CONTACT, IP, SigningContract
from kundorder.testing.surroundings import START
from kundorder.vocabulary import AttestMethod

class MemoryBench:
    methods = (AttestMethod.BANKID,)
    can_be_down = False

    def __init__(self):
        self.now = START
        self.signing = MemorySigner()

    def request(self, document):
        return SigningRequest(document=document, method=self.methods[0], to=CONTACT, ip=IP)

    def person_signs(self, pending):
        raise NotImplementedError

    def person_gives_up(self, pending):
        raise NotImplementedError

    def down(self):
        return nullcontext()

class MemoryContract(SigningContract):
    def make_bench(self):
        return MemoryBench()

report = examine(MemoryContract())
"""

TOLD = """
assert not {"pytest", "_pytest", "hypothesis"} & set(sys.modules)
print(report)
print(*report.skipped)
sys.exit(0 if report.holds else 1)
"""

WRONG_STORE = STORE.replace("MemoryStore()", "ForgetfulStore()").replace(
    "class MemoryContract",
    """
class ForgetfulStore:
    transaction = lambda self: MemoryStore().transaction()

class MemoryContract""",
)

WRONG_SIGNER = SIGNING.replace("self.signing = MemorySigner()", "self.signing = Believing()").replace(
    "class MemoryBench",
    """
class Believing:
    kept = MemorySigner()
    start, resume, cancel = kept.start, kept.resume, kept.cancel
    verify = lambda self, evidence, document: True

class MemoryBench""",
)


def ran(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A script where pytest and hypothesis cannot be imported."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT + code + TOLD],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("code", [STORE, SIGNING], ids=["store", "signing"])
def test_a_contract_is_put_without_pytest_and_without_hypothesis(code: str, tmp_path: Path) -> None:
    done = ran(code, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert " kept, 0 broken, " in done.stdout


@pytest.mark.parametrize(
    ("code", "told", "documented"),
    [
        (WRONG_STORE, "the port Store is broken: a record is read as it was written", "ports.stores.Transaction.read"),
        (WRONG_SIGNER, "the port Signing is broken: evidence proves no other document", "ports.signing.Signing.verify"),
    ],
    ids=["store", "signing"],
)
def test_a_broken_promise_is_told_without_them(code: str, told: str, documented: str, tmp_path: Path) -> None:
    done = ran(code, tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"a promise of {told}\n  documented at: kundorder.{documented}\n" in done.stdout


def test_the_script_would_fail_if_they_were_imported(tmp_path: Path) -> None:
    for name in ("pytest", "hypothesis"):
        done = ran(f"import {name}\n", tmp_path)
        assert done.returncode == 1
        assert f"ImportError: {name} is not here" in done.stderr
