"""Two callers with one key at once: one effect, and both are told the same; of two acts one is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import attrs
import pytest
from cast import Cast
from proof import count

import kundorder as ko
from kundorder.vocabulary import Role
from races.around import Guards
from races.asking import BANKID, Asked
from races.stage import GROUNDS, IN_TURN, WAYS, Ground, Pair, Stage, Way, Workers, share, staged

Makes: TypeAlias = Callable[[Cast, int], Asked]

KEY: Final = "the-key"
UNGUARDED: Final = 2  # races of each kind on each ground


def start(cast: Cast, _number: int) -> Asked:
    return Asked(ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.DIRECT), cast.berta)


def send(cast: Cast, _number: int) -> Asked:
    return Asked(ko.SendOrder(order=cast.draft()), cast.berta)


def attest(cast: Cast, _number: int) -> Asked:
    return Asked(ko.AttestOrder(order=cast.sent(), method=BANKID), cast.atle)


def withdraw(cast: Cast, _number: int) -> Asked:
    return Asked(ko.WithdrawOrder(order=cast.draft()), cast.berta)


def hand_over(cast: Cast, _number: int) -> Asked:
    return Asked(ko.HandOverOrder(order=cast.attested(), instructions="Logga in så här."), cast.karin)


def add(cast: Cast, number: int) -> Asked:
    return Asked(ko.AddUser(name="Ny Prov", email=f"ny{number}@prov.example"), cast.adam)


def give_role(cast: Cast, number: int) -> Asked:
    added = cast.portal.execute(ko.AddUser(name="Ny Prov", email=f"rollen{number}@prov.example"), cast.adam)
    return Asked(ko.AssignRole(member=added.id, role=Role.ORDERER), cast.adam)


ACTS: Final[Mapping[str, Makes]] = {
    each.__name__: each for each in (start, send, attest, withdraw, hand_over, add, give_role)
}


def other_content(cast: Cast, number: int) -> Pair:
    """Two orders of two offers."""
    asked = start(cast, number)
    other = ko.StartOrder(offer="siths", mode=ko.ConnectionMode.DIRECT)
    return asked, attrs.evolve(asked, command=other)


def other_subject(cast: Cast, number: int) -> Pair:
    """Two orders are sent."""
    return send(cast, number), send(cast, number)


def other_act(cast: Cast, number: int) -> Pair:
    """To send and to withdraw."""
    asked = send(cast, number)
    assert isinstance(asked.command, ko.SendOrder)
    return asked, attrs.evolve(asked, command=ko.WithdrawOrder(order=asked.command.order))


def other_actor(cast: Cast, number: int) -> Pair:
    """Two attestants attest the same."""
    asked = attest(cast, number)
    return asked, attrs.evolve(asked, actor=cast.nora)


TWO_ACTS: Final[Mapping[str, Callable[[Cast, int], Pair]]] = {
    each.__name__: each for each in (other_content, other_subject, other_act, other_actor)
}


def with_key(pair: Pair, number: int) -> Pair:
    """The same for both."""
    one, other = (attrs.evolve(asked, key=f"{KEY}-{number}") for asked in pair)
    return one, other


def of(stage: Stage, races: int) -> list[Pair]:
    """One act twice, all kinds in turn."""
    makes = tuple(ACTS.values())
    found = [makes[number % len(makes)](stage.cast, number) for number in range(races)]
    stage.begin()
    return [with_key((asked, asked), number) for number, asked in enumerate(found)]


@pytest.mark.parametrize("races", [500, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_two_callers_with_one_key_have_one_effect_and_are_told_the_same(
    ground: Ground, races: int, tmp_path: Path, workers: Workers
) -> None:
    with staged(ground, tmp_path, workers) as stage:
        pairs = of(stage, share(ground, races))
        for number, pair in enumerate(pairs):
            one, other = stage.race(pair, WAYS[number // len(ACTS) % len(WAYS)])
            assert one.outcome == other.outcome is not None, (one, other)
        assert stage.wrongs() == []
        mails = [owed.id for owed in owed_of(stage)]
        assert len(set(mails)) == len(mails)
    count(f"races: one act with one key by two at once, {ground}", len(pairs))


def owed_of(stage: Stage) -> list[ko.Mail]:
    """All mails."""
    return [mail for state in ko.OwedState for mail in stage.cast.mails(state)]


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_of_two_acts_with_one_key_one_is_done_and_the_other_is_told_that_the_key_was_used(
    ground: Ground, tmp_path: Path, workers: Workers
) -> None:
    with staged(ground, tmp_path, workers) as stage:
        stage.cast.assign(stage.cast.nora, Role.ATTESTANT)
        makes = tuple(TWO_ACTS.values())
        races = share(ground, 160)
        pairs = [with_key(makes[number % len(makes)](stage.cast, number), number) for number in range(races)]
        stage.begin()
        for number, pair in enumerate(pairs):
            way = WAYS[number // len(makes) % len(WAYS)]
            errors = [answered.error for answered in stage.race(pair, way)]
            assert sorted(map(str, errors)) == ["KeyReused", "None"]
            assert way not in IN_TURN or errors[way is Way.SECOND] is None
        assert stage.wrongs() == []
    count(f"races: two acts with one key at once, {ground}", len(pairs))


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_without_guards_one_key_is_good_for_two_effects(ground: Ground, tmp_path: Path, workers: Workers) -> None:
    violated = 0
    with staged(ground, tmp_path, workers, Guards.OFF) as stage:
        pairs = of(stage, UNGUARDED * len(ACTS))
        for number, pair in enumerate(pairs):
            one, other = stage.race(pair, IN_TURN[number // len(ACTS) % len(IN_TURN)])
            violated += one.outcome != other.outcome
        lines = stage.wrongs()
        found = [any(f"({pair[0].key})" in line and "2 outcomes" in line for line in lines) for pair in pairs]
    assert violated == sum(found) == len(pairs)
    count(f"races with the guards off: one key had two effects, {ground}", violated)
