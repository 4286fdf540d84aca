"""The closed sets of names: stored, published, and branched on by hosts."""

from enum import StrEnum
from typing import get_args

import pytest

from kundorder import vocabulary
from kundorder.vocabulary import (
    AdviceCode,
    AgreementModel,
    AgreementState,
    AssignmentState,
    AssuranceLevel,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    FailureCode,
    FieldKind,
    Flow,
    Index,
    Language,
    Lifecycle,
    LinkClosed,
    NextStep,
    OrderState,
    Party,
    ProviderState,
    ReasonCode,
    Role,
    SigningStage,
    State,
    Template,
    Trigger,
    UserState,
)

IN_CAPITALS: tuple[type[StrEnum], ...] = (
    AdviceCode,
    AgreementModel,
    AgreementState,
    AssignmentState,
    AssuranceLevel,
    AttestMethod,
    CustomerCategory,
    FailureCode,
    OrderState,
    ProviderState,
    ReasonCode,
    Role,
    SigningStage,
    UserState,
)
IN_SMALL_LETTERS: tuple[type[StrEnum], ...] = (
    ConnectionMode,
    FieldKind,
    Flow,
    Index,
    Language,
    Lifecycle,
    LinkClosed,
    NextStep,
    Party,
    Template,
    Trigger,
)
ALL = (*IN_CAPITALS, *IN_SMALL_LETTERS)


def test_every_set_of_names_is_in_capitals_or_in_small_letters() -> None:
    assert {names.__name__ for names in ALL} == set(vocabulary.__all__) - {"State"}


def test_the_vocabulary_lists_its_names_sorted_and_once() -> None:
    assert vocabulary.__all__ == sorted(set(vocabulary.__all__))


@pytest.mark.parametrize("names", IN_CAPITALS)
def test_states_roles_methods_and_codes_are_stored_in_capitals(names: type[StrEnum]) -> None:
    assert [member.value for member in names] == [member.name for member in names]


@pytest.mark.parametrize("names", IN_SMALL_LETTERS)
def test_triggers_parties_and_flows_are_stored_in_small_letters(names: type[StrEnum]) -> None:
    assert [member.value for member in names] == [member.name.lower() for member in names]


@pytest.mark.parametrize("names", ALL)
def test_a_name_is_letters_and_underscores(names: type[StrEnum]) -> None:
    assert [name for name in names.__members__ if not (name.replace("_", "").isalpha() and name.isascii())] == []


@pytest.mark.parametrize("names", ALL)
def test_a_set_of_names_is_closed_and_says_what_it_is_for(names: type[StrEnum]) -> None:
    assert getattr(names, "__final__", False) is True
    assert names.__doc__ != StrEnum.__doc__


def test_a_state_is_one_of_a_lifecycle() -> None:
    assert set(get_args(State)) == {names for names in ALL if names.__name__.endswith("State")}


def test_an_effective_flow_is_what_a_mode_may_choose() -> None:
    assert {mode.value for mode in ConnectionMode} == {flow.value for flow in Flow}


def test_no_advice_is_called_as_a_reason_is() -> None:
    assert {code.value for code in AdviceCode} & {code.value for code in ReasonCode} == set()
