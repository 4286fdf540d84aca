"""Making ``st.from_type`` know the types of `kundorder`, for hosts that want it."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

import kundorder as ko
from kundorder import identifiers
from kundorder.testing.moves import Move
from kundorder.testing.strategies.drawn_moves import anything
from kundorder.testing.strategies.identifiers import (
    agreement_ids,
    assignment_ids,
    case_numbers,
    email_addresses,
    hsa_ids,
    idempotency_keys,
    member_ids,
    offer_ids,
    order_ids,
    organisation_numbers,
    person_ids,
    phone_numbers,
    secret_codes,
    service_ids,
)
from kundorder.testing.strategies.people import StaffedOrganisation, staffed_organisations
from kundorder.testing.strategies.reached import Reached
from kundorder.testing.strategies.situations import situations
from kundorder.testing.strategies.values import values_of

_T = TypeVar("_T")

IDENTIFIERS: Final[Mapping[str, Callable[[], SearchStrategy[str]]]] = {
    "AgreementId": agreement_ids,
    "AssignmentId": assignment_ids,
    "CaseNumber": case_numbers,
    "EmailAddress": email_addresses,
    "HsaId": hsa_ids,
    "IdempotencyKey": idempotency_keys,
    "MemberId": member_ids,
    "OfferId": offer_ids,
    "OrderId": order_ids,
    "OrganisationNumber": organisation_numbers,
    "PersonId": person_ids,
    "PhoneNumber": phone_numbers,
    "SecretCode": secret_codes,
    "ServiceId": service_ids,
}
"""What each new type of text is, by its name in ``identifiers``."""


def public_values() -> tuple[type[attrs.AttrsInstance], ...]:
    """Every public class of `kundorder` that is a value, commands among them."""
    found: tuple[object, ...] = tuple(getattr(ko, name) for name in ko.__all__)
    return tuple(each for each in found if isinstance(each, type) and attrs.has(each))


def register() -> None:
    """Let ``st.from_type`` know every public value of `kundorder`; ``st.from_type(ko.Command)`` draws any command.

    It holds for the whole process, so a host says so once, in its ``conftest.py`` for instance. Repeating is harmless.
    """
    for kind in public_values():
        st.register_type_strategy(kind, values_of)
    for name, strategy in IDENTIFIERS.items():
        st.register_type_strategy(getattr(identifiers, name), _whatever_is_asked(strategy))
    st.register_type_strategy(Move, _whatever_is_asked(anything))
    st.register_type_strategy(Reached, _whatever_is_asked(situations))
    st.register_type_strategy(StaffedOrganisation, _whatever_is_asked(staffed_organisations))


def _whatever_is_asked(strategy: Callable[[], SearchStrategy[_T]]) -> Callable[[type[_T]], SearchStrategy[_T]]:
    # A strategy that is handed over is looked at and printed at once, which warns of its size in a ``conftest.py``.
    return lambda _kind: strategy()
