"""What was loaded for one command: a record of the kind asked for, or nothing; to ask for more is a mistake of ours."""

from collections.abc import Callable
from typing import Final

import pytest
from cast import Cast
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.model import Record
from kundorder.situation import (
    ABSENT,
    THE_PROVIDER,
    Fact,
    Key,
    Situation,
    account_key,
    agreement_key,
    assignment_key,
    evidence_key,
    holders_key,
    login_key,
    mailbox_key,
    member_key,
    order_key,
    organisation_key,
)
from kundorder.vocabulary import Role

BERTA: Final = ko.Actor("berta", CUSTOMER)
NPO: Final = f"{AGENT}/npo"
ASKED: Final[dict[str, tuple[Key, Callable[[Situation], object], object]]] = {
    "order": (order_key("o"), lambda held: held.order("o"), None),
    "organisation": (organisation_key(CUSTOMER), lambda held: held.organisation(CUSTOMER), None),
    "agreement": (agreement_key(f"customer/{CUSTOMER}"), lambda held: held.agreement(f"customer/{CUSTOMER}"), None),
    "assignment": (assignment_key(NPO), lambda held: held.assignment(NPO), None),
    "member": (member_key("m"), lambda held: held.member("m"), None),
    "holders": (holders_key(CUSTOMER, Role.ORDERER), lambda held: held.holders(CUSTOMER, Role.ORDERER), ()),
    "account": (account_key(CUSTOMER, "a@b.example"), lambda held: held.account(CUSTOMER, "a@b.example"), None),
    "mailbox": (mailbox_key("a@b.example"), lambda held: held.mailbox("a@b.example"), None),
    "login": (login_key(CUSTOMER, "berta"), lambda held: held.login(BERTA), None),
    "me": (login_key(CUSTOMER, "berta"), lambda held: held.me(BERTA), None),
    "signed": (evidence_key("ab"), lambda held: held.signed("ab"), None),
    "provider": (THE_PROVIDER, Situation.provider, None),
}


def others() -> tuple[Record, ...]:
    """A record of several kinds."""
    cast = Cast.new()
    with cast.world.store.transaction() as transaction:
        keys = (organisation_key(CUSTOMER), member_key(cast.id(cast.berta)))
        facts = transaction.read(keys)
    return tuple(fact.record for fact in facts.values() if fact.record is not None)


@pytest.mark.parametrize("name", ASKED)
def test_a_record_of_another_kind_and_one_that_is_not_there_are_nothing(name: str) -> None:
    key, asked, nothing = ASKED[name]
    assert asked(Situation({key: ABSENT})) == nothing
    found = [asked(Situation({key: Fact(version=1, record=record)})) for record in others()]
    own = 1 if name in {"organisation", "member"} else 0
    assert found.count(nothing) == len(found) - own


@pytest.mark.parametrize("name", ASKED)
def test_to_ask_for_what_was_not_loaded_is_a_mistake_of_ours(name: str) -> None:
    key, asked, _nothing = ASKED[name]
    with pytest.raises(KeyError):
        asked(Situation({}))
    assert not Situation({}).knows(key)
    assert Situation({key: ABSENT}).knows(key)
