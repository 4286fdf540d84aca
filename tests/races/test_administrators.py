"""Two administrators go at once: whoever goes, an organisation keeps one."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import attrs
import pytest
from cast import Cast
from proof import count

import kundorder as ko
from kundorder.situation import member_key
from kundorder.vocabulary import Role, UserState
from races.around import Guards
from races.asking import Asked
from races.stage import GROUNDS, IN_TURN, WAYS, Ground, Pair, Stage, Workers, share, staged
from races.test_gone import REFUSALS


def removing(cast: Cast, who: ko.Actor, whom: ko.Actor) -> Asked:
    return Asked(ko.RemoveRole(member=cast.id(whom), role=Role.ADMINISTRATOR), who)


def deleting(cast: Cast, who: ko.Actor, whom: ko.Actor) -> Asked:
    return Asked(ko.DeleteUser(member=cast.id(whom)), who)


def remove_each_other(cast: Cast) -> Pair:
    return removing(cast, cast.adam, cast.nora), removing(cast, cast.nora, cast.adam)


def delete_each_other(cast: Cast) -> Pair:
    return deleting(cast, cast.adam, cast.nora), deleting(cast, cast.nora, cast.adam)


def resign(cast: Cast) -> Pair:
    return removing(cast, cast.adam, cast.adam), removing(cast, cast.nora, cast.nora)


def leave(cast: Cast) -> Pair:
    return deleting(cast, cast.adam, cast.adam), deleting(cast, cast.nora, cast.nora)


def one_resigns_and_deletes_the_other(cast: Cast) -> Pair:
    """The one wants to be rid of the other, who has had enough."""
    return deleting(cast, cast.adam, cast.nora), removing(cast, cast.adam, cast.adam)


KINDS: Final[Mapping[str, Callable[[Cast], Pair]]] = {
    each.__name__: each
    for each in (remove_each_other, delete_each_other, resign, leave, one_resigns_and_deletes_the_other)
}


def administrators(stage: Stage) -> list[ko.Member]:
    """Who administers the customer, as their own records tell."""
    members = stage.cast.portal.members(stage.cast.olle, organisation=stage.cast.adam.organisation, limit=500).items
    return [each for each in members if each.state is UserState.ACTIVE and Role.ADMINISTRATOR in each.roles]


def both_again(stage: Stage) -> None:
    """Whoever is left brings the other back."""
    (left,) = administrators(stage)
    assert left.person is not None
    by = ko.Actor(left.person, left.organisation)
    other = stage.cast.nora if left.person == "adam" else stage.cast.adam
    record = stage.cast.record(member_key(stage.cast.id(other)))
    assert isinstance(record, ko.Member)
    if record.state is UserState.DELETED:
        stage.do(Asked(ko.RestoreUser(member=record.id), stage.cast.olle))
    stage.do(Asked(ko.AssignRole(member=record.id, role=Role.ADMINISTRATOR), by))


def keyed(stage: Stage, kind: str, number: int) -> Pair:
    """Each with a key of its own."""
    one, other = KINDS[kind](stage.cast)
    return attrs.evolve(one, key=f"one-{number}"), attrs.evolve(other, key=f"other-{number}")


@pytest.mark.parametrize("races", [160, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(7200)])])
@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_of_two_administrators_who_go_at_once_one_stays(
    ground: Ground, races: int, tmp_path: Path, workers: Workers
) -> None:
    kinds = tuple(KINDS)
    with staged(ground, tmp_path, workers) as stage:
        stage.cast.assign(stage.cast.nora, Role.ADMINISTRATOR)
        stage.begin()
        planned = range(share(ground, races))
        for number in planned:
            pair = keyed(stage, kinds[number % len(kinds)], number)
            errors = [answered.error for answered in stage.race(pair, WAYS[number // len(kinds) % len(WAYS)])]
            assert sorted(error in REFUSALS for error in errors) == [False, True], errors
            assert None in errors
            both_again(stage)
        assert stage.wrongs() == []
    count(f"races: two administrators go at once, {ground}", len(planned))


@pytest.mark.parametrize("ground", GROUNDS, ids=str)
def test_without_guards_nobody_is_left(ground: Ground, tmp_path: Path, workers: Workers) -> None:
    for number, kind in enumerate(KINDS):
        place = tmp_path / str(number)
        place.mkdir()
        with staged(ground, place, workers, Guards.OFF) as stage:
            stage.cast.assign(stage.cast.nora, Role.ADMINISTRATOR)
            stage.begin()
            answers = stage.race(keyed(stage, kind, number), IN_TURN[number % len(IN_TURN)])
            assert [answered.error for answered in answers] == [None, None]
            assert administrators(stage) == []
            assert any("decided on version" in wrong for wrong in stage.wrongs())
    count(f"races with the guards off: no administrator was left, {ground}", len(KINDS))
