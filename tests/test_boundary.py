"""Commands in JSON, and answers: what is taken, what is refused and how, and that nothing of it is written twice."""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import NoneType
from typing import TypeAlias, get_args, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

import kundorder.boundary as edge
from kundorder.boundary import AnyCommand, JsonValue, command_from_json, command_to_json
from kundorder.boundary.replies import fields_to_json
from kundorder.boundary.schemas import object_schema
from kundorder.commands import (
    COMMANDS,
    AddUser,
    ApplyForCustomerAgreement,
    Command,
    FillInOrder,
    RejectOrder,
    SendOrder,
    SignAgreement,
    StartOrder,
    VerifyUser,
)
from kundorder.errors import Malformed, Problem
from kundorder.events import Event
from kundorder.evidence import Evidence
from kundorder.identifiers import (
    AgreementId,
    AssignmentId,
    EmailAddress,
    MemberId,
    OfferId,
    OrderId,
    OrganisationNumber,
    PhoneNumber,
    SecretCode,
    ServiceId,
    agreement_id_of,
    assignment_id_of,
    money,
    token,
)
from kundorder.model import Actor, Answer, Content, Mark, Order, Record, Rules
from kundorder.outcomes import Due, Option, OrderOutcome, Outcome, PathStep, Verdict
from kundorder.reasons import CUSTOMER_SERVICE, SYSTEM, YOU, Advice, Clearer, Reason
from kundorder.vocabulary import (
    AdviceCode,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    Flow,
    Language,
    Lifecycle,
    OrderState,
    Party,
    ReasonCode,
    Role,
    Trigger,
)

Json: TypeAlias = dict[str, JsonValue]
Steps: TypeAlias = tuple[int | str, ...]

ORDER = token("o", 1_796_000_000_000, 2**79)
MEMBER = token("m", 1_796_000_000_000, 2**79)
CODE = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
WHEN = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)
CANARY = "canary"
ADAPTER: TypeAdapter[Command] = TypeAdapter(AnyCommand)

organisations = st.sampled_from(["232100-0131", "556677-8899"])
orders, members = (
    st.builds(token, st.just(prefix), st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1)) for prefix in "om"
)
slugs = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True)
words = st.text("abcåäöÅÄÖéß -09'.{}$\"\\/🏥", max_size=60)
lines = words.filter(str.strip)
names = st.from_regex("[A-ZÅÄÖ][a-zåäö]{0,20}( [A-ZÅÄÖ][a-zåäöé]{1,20})?", fullmatch=True)
remarks = st.text("abcåäö \n{}\"\\", max_size=200)
answers = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    lines | st.integers(-(10**30), 10**30) | st.lists(lines, max_size=4),
)

EXAMPLES: Mapping[object, JsonValue] = {
    AgreementId: "customer/232100-0131",
    AssignmentId: "556677-8899/npo",
    EmailAddress: "anna@region.example",
    MemberId: MEMBER,
    OfferId: "npo-producent",
    OrderId: ORDER,
    OrganisationNumber: "232100-0131",
    PhoneNumber: "+46701740605",
    SecretCode: CODE,
    ServiceId: "npo",
    tuple[Answer, ...]: {"contact": "Åsa", "hours": 24, "units": ["SE2321000131-E000000000001"]},
    bool: True,
    datetime: "2027-01-31T12:00:00Z",
    str: "0123abc",
}
"""What may stand in a field, by what its converter makes of it; an enum's is its last member."""

ALL: Mapping[object, st.SearchStrategy[object]] = {
    AgreementId: st.builds(agreement_id_of, st.sampled_from([Party.CUSTOMER, Party.AGENT]), organisations),
    AssignmentId: st.builds(assignment_id_of, organisations, slugs),
    EmailAddress: st.from_regex(r"[a-z]{1,9}(\.[a-z]{1,9})?@[a-z]{1,9}\.example", fullmatch=True),
    MemberId: members,
    OfferId: slugs,
    OrderId: orders,
    OrganisationNumber: organisations,
    PhoneNumber: st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True),
    SecretCode: st.binary(min_size=32, max_size=32).map(lambda bits: base64.urlsafe_b64encode(bits).decode()[:43]),
    ServiceId: slugs,
    tuple[Answer, ...]: answers,
    bool: st.booleans(),
    datetime: st.datetimes(timezones=st.just(UTC) | st.builds(timezone, st.timedeltas(-DAY, DAY))),
    "to_name": lines,
    "display_name": names,
    "to_remark": remarks,
    str: words,
}
"""All that may be handed to the class for a field; where a converter makes a plain text, by the converter's name."""


@attrs.frozen
class Place:
    """A field of a class."""

    name: str
    form: object  # without None
    optional: bool  # whether None may stand there
    converter: object
    default: object

    @property
    def made(self) -> object:
        """What the converter makes, or what the field is where there is none."""
        made: object = get_type_hints(self.converter).get("return") if callable(self.converter) else self.form
        return made if made == self.form else bare(made)


def bare(form: object) -> object:
    """The form without None."""
    parts: tuple[object, ...] = get_args(form)
    return parts[0] if NoneType in parts else form


def places_of(cls: type[attrs.AttrsInstance]) -> list[Place]:
    hints: dict[str, object] = get_type_hints(cls)
    return [
        Place(name, bare(hints[name]), NoneType in get_args(hints[name]), field.converter, field.default)
        for name, field in attrs.fields_dict(cls).items()
    ]
