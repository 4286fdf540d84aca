"""One of two who race is killed: whether its act was done nobody knows, and the same key tells."""

import random
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from proof import count

import kundorder as ko
from kundorder.vocabulary import ReasonCode, Role
from races.asking import BANKID, Asked
from races.clients import InProcess
from races.stage import Ground, Stage, staged
from races.stores import SHARED

KILLS: Final = 4


def race(stage: Stage, killed: InProcess, order: str, seconds: float | None) -> tuple[bool, bool]:
    """Atle attests and is killed so long after he was let go (None: before); then Nora rejects; then Atle asks again.

    Returns whether Nora's act was done, and whether Atle's was.
    """
    attest = Asked(ko.AttestOrder(order=order, method=BANKID), stage.cast.atle, f"{order}/attest")
    reject = Asked(ko.RejectOrder(order=order, reason="Nej."), stage.cast.nora, f"{order}/reject")
    call = stage.history.made(killed.name, attest)
    killed.ask(attest, halts=True)
    assert killed.halted()
    if seconds is not None:
        killed.go()
        time.sleep(seconds)
    killed.kill()
    first = stage.history.ended(call, killed.answered())
    rejected, again = stage.ask(reject), stage.ask(attest)
    for answered in (rejected, again):
        assert answered.told is not None or answered.codes == (ReasonCode.ALREADY_DECIDED,)
    assert first.told is None or first.outcome == again.outcome
    return rejected.told is not None, again.told is not None


@pytest.mark.parametrize("kills", [KILLS, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("store", SHARED)
def test_when_one_of_two_is_killed_the_same_key_tells_what_became_of_its_act(
    store: str, kills: int, tmp_path: Path, chance: random.Random
) -> None:
    with staged(Ground(store, in_processes=False), tmp_path) as stage:
        stage.cast.assign(stage.cast.nora, Role.ATTESTANT)
        orders = [stage.cast.sent() for _ in range(kills)]
        stage.begin()
        for number, order in enumerate(orders):
            with closing(InProcess("killed")) as killed:
                killed.open(store, tmp_path)
                rejected, attested = race(stage, killed, order, chance.uniform(0, 0.01) if number % KILLS else None)
            assert rejected is not attested
            assert number % KILLS or rejected  # who was killed before writing has written nothing
        assert stage.wrongs() == []
    count(f"races in which one was killed, {store}", len(orders))
