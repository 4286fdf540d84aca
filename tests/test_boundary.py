"""Commands in JSON, and answers: what is taken, what is refused and how, and that nothing of it is written twice."""

import base64
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from operator import attrgetter, methodcaller
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Final, TypeAlias, get_args, get_type_hints

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError, create_model
from pydantic_core import SchemaValidator

import kundorder.boundary as edge
from kundorder.boundary import AnyCommand, JsonValue, command_from_json, command_to_json
from kundorder.boundary.replies import fields_to_json
from kundorder.boundary.schemas import object_schema
from kundorder.commands import (
    COMMANDS,
    AddUser,
    ApplyForCustomerAgreement,
    ApproveOrder,
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
    Lifecycle,
    OrderState,
    Party,
    ReasonCode,
    Role,
    Trigger,
)

SCHEMA: Final = Path(__file__).parent / "golden" / "commands.json"
Json: TypeAlias = dict[str, JsonValue]
Steps: TypeAlias = tuple[int | str, ...]

ORDER = token("o", 1_796_000_000_000, 2**79)
MEMBER = token("m", 1_796_000_000_000, 2**79)
CODE = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
WHEN = datetime(2027, 1, 31, 12, 0, tzinfo=UTC)
CANARY = "canary"
DAY = timedelta(hours=23)
ADAPTER: TypeAdapter[Command] = TypeAdapter(AnyCommand)

organisations = st.sampled_from(["999700-0006", "556677-8899"])
orders, members = (
    st.builds(token, st.just(prefix), st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1)) for prefix in "om"
)
slugs = st.from_regex(r"[a-z0-9]{1,9}(-[a-z0-9]{1,9}){0,3}", fullmatch=True)
words = st.text("abcåäöÅÄÖéß -09'.{}$\"\\/🏥", max_size=60)
lines = words.filter(str.strip)
names = st.from_regex("[A-ZÅÄÖ][a-zåäö]{0,20}( [A-ZÅÄÖ][a-zåäöé]{1,20})?", fullmatch=True)
remarks = st.text('abcåäö \n{}"\\', max_size=200)
answers = st.dictionaries(
    st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    lines | st.integers(-(10**30), 10**30) | st.lists(lines, max_size=4),
)

EXAMPLES: Mapping[object, JsonValue] = {
    AgreementId: "customer/999700-0006",
    AssignmentId: "556677-8899/npo",
    EmailAddress: "anna@region.example",
    MemberId: MEMBER,
    OfferId: "npo-producent",
    OrderId: ORDER,
    OrganisationNumber: "999700-0006",
    PhoneNumber: "+46701740605",
    SecretCode: CODE,
    ServiceId: "npo",
    tuple[Answer, ...]: {"contact": "Åsa", "hours": 24, "units": ["SE9997000006-E000000000001"]},
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
    made: object  # by its converter, without None; the form where there is none
    parser: str  # the name of its converter


def bare(form: object) -> object:
    """The form without None."""
    parts: tuple[object, ...] = get_args(form)
    return parts[0] if NoneType in parts else form


def places_of(cls: type[attrs.AttrsInstance]) -> Iterator[Place]:
    """The fields of a class."""
    hints: dict[str, object] = get_type_hints(cls)
    for name, field in attrs.fields_dict(cls).items():
        converter: object = attrgetter("converter")(field)
        made: object = get_type_hints(converter).get("return") if callable(converter) else hints[name]
        optional = NoneType in get_args(hints[name])
        yield Place(name, bare(hints[name]), optional, bare(made), getattr(converter, "__name__", ""))


def in_full(cls: type[attrs.AttrsInstance]) -> Json:
    """An object of a class in JSON, with every field filled in."""
    return {place.name: example(place.made) for place in places_of(cls)}


def example(made: object) -> JsonValue:
    if made in EXAMPLES:
        return EXAMPLES[made]
    if isinstance(made, type) and issubclass(made, StrEnum):
        return list(made)[-1].value
    if isinstance(made, type) and attrs.has(made):
        return in_full(made)
    return [example(get_args(made)[0]), example(get_args(made)[0])]


def anything(cls: type[attrs.AttrsInstance]) -> st.SearchStrategy[attrs.AttrsInstance]:
    """All objects of a class."""
    return st.builds(cls, **{place.name: whatever(place) for place in places_of(cls)})


def whatever(place: Place) -> st.SearchStrategy[object]:
    made, items = place.made, get_args(place.made)
    if place.parser in ALL or made in ALL:
        found = ALL[place.parser if place.parser in ALL else made]
    elif isinstance(made, type) and issubclass(made, StrEnum):
        found = st.sampled_from(made)
    elif isinstance(made, type) and attrs.has(made):
        found = anything(made)
    else:
        found = st.lists(anything(items[0]), max_size=3).map(tuple)
    return st.none() | found if place.optional else found


def kinds_of(cls: type[attrs.AttrsInstance], at: Steps = ()) -> Iterator[tuple[Steps, set[str]]]:
    """Every place in an object of a class that is filled in in full, and what kinds of JSON may stand there."""
    for place in places_of(cls):
        here, items = (*at, place.name), get_args(place.form)
        also = {"null"} if place.optional else set[str]()
        if place.form == tuple[Answer, ...]:
            yield here, {"object"}
            yield from (((*here, name), {"text", "number", "list"}) for name in ("contact", "hours", "units"))
            yield (*here, "units", 0), {"text"}
        elif items:
            yield here, {"list"} | also
            yield (*here, 1), {"object"}
            yield from kinds_of(items[0], (*here, 1))
        elif isinstance(place.form, type) and attrs.has(place.form):
            yield here, {"object"} | also
            yield from kinds_of(place.form, here)
        else:
            yield here, {"truth" if place.form is bool else "text"} | also


WRONG: Json = {
    "text": CANARY,
    "number": 4711,
    "fraction": 4711.5,
    "truth": True,
    "null": None,
    "list": [CANARY],
    "object": {CANARY: CANARY},
}


def path(steps: Steps) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def put(value: JsonValue, steps: Steps, new: JsonValue) -> JsonValue:
    """The value with something else, or something more, in one place."""
    if not steps:
        return new
    step, *rest = steps
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: put(value.get(step), tuple(rest), new)}
    assert isinstance(value, list)
    return [put(part, tuple(rest), new) if number == step else part for number, part in enumerate(value)]


def name_of(cls: type[Command]) -> str:
    return re.sub(r"\B([A-Z])", r"_\1", cls.__name__).lower()


FULL: Mapping[type[Command], Json] = {cls: {"command": name_of(cls), **in_full(cls)} for cls in COMMANDS}
of_every_command = pytest.mark.parametrize("cls", COMMANDS, ids=name_of)
PLACES = [(cls, steps, kinds) for cls in COMMANDS for steps, kinds in kinds_of(cls)]
at_every_place = pytest.mark.parametrize(
    ("cls", "steps", "kinds"), PLACES, ids=[f"{name_of(cls)}{path(steps)[1:]}" for cls, steps, _ in PLACES]
)


def read(value: JsonValue) -> Command:
    return command_from_json(json.dumps(value))


def problems(text: bytes | str) -> dict[str, str]:
    """What is objected to, by place; in no case what was given."""
    with pytest.raises(Malformed) as caught:
        command_from_json(text)
    assert caught.value.problems
    assert caught.value.__context__ is None  # or what was given would hang on to it
    for said in (str(caught.value), repr(caught.value)):
        assert CANARY not in said
        assert "4711" not in said
    assert "\n" not in str(caught.value)
    return {problem.path: problem.message for problem in caught.value.problems}


def problems_with(value: JsonValue) -> dict[str, str]:
    return problems(json.dumps(value))


def fits(schema: JsonValue, value: JsonValue, root: Json) -> bool:
    """Whether a value is as a JSON Schema says, as far as our schemas go."""
    assert isinstance(schema, dict)
    return all(_fits(word, rule, schema, value, root) for word, rule in schema.items())


TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": NoneType,
}


def _fits(word: str, rule: JsonValue, schema: Json, value: JsonValue, root: Json) -> bool:
    match word, rule:
        case "$ref", str():
            definitions = root["$defs"]
            assert isinstance(definitions, dict)
            return fits(definitions[rule.removeprefix("#/$defs/")], value, root)
        case "oneOf", list():
            return [fits(one, value, root) for one in rule].count(True) == 1
        case "anyOf", list():
            return any(fits(one, value, root) for one in rule)
        case "const", _:
            return value == rule
        case "enum", list():
            return value in rule
        case "type", str():
            return isinstance(value, TYPES[rule]) and (rule == "boolean" or not isinstance(value, bool))
        case "required", list():
            return not isinstance(value, dict) or all(name in value for name in rule)
        case "properties", dict():
            return not isinstance(value, dict) or all(
                fits(rule[name], part, root) for name, part in value.items() if name in rule
            )
        case "patternProperties", dict():
            return not isinstance(value, dict) or all(
                fits(inner, part, root)
                for name, part in value.items()
                for pattern, inner in rule.items()
                if re.search(pattern, name)
            )
        case "additionalProperties", False:
            known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
            assert isinstance(known, dict)
            assert isinstance(patterns, dict)
            return not isinstance(value, dict) or all(
                name in known or any(re.search(pattern, name) for pattern in patterns) for name in value
            )
        case "items", _:
            return not isinstance(value, list) or all(fits(rule, item, root) for item in value)
        case _:
            assert word in {
                "$schema",
                "$defs",
                "default",
                "description",
                "discriminator",
                "format",
                "title",
                "writeOnly",
            }
            return True


@of_every_command
def test_a_command_can_be_written_in_json_with_every_field_filled_in(cls: type[Command]) -> None:
    assert type(read(FULL[cls])) is cls


@of_every_command
def test_a_command_can_be_written_in_json_with_its_required_fields_only(cls: type[Command]) -> None:
    required = {name for name, field in attrs.fields_dict(cls).items() if field.default is attrs.NOTHING}
    command = read({name: value for name, value in FULL[cls].items() if name in {"command", *required}})
    assert all(
        getattr(command, name) == field.default
        for name, field in attrs.fields_dict(cls).items()
        if name not in required
    )


@given(st.one_of([anything(cls) for cls in COMMANDS]))
def test_what_is_written_is_read_again_as_it_was(command: Command) -> None:
    written = command_to_json(command)
    assert read(written) == command
    assert command_from_json(json.dumps(written, ensure_ascii=False).encode()) == command
    assert ADAPTER.validate_python(written) == command
    assert json.loads(ADAPTER.dump_json(command)) == written
    assert fits(edge.command_json_schema(type(command)), written, edge.command_json_schema(type(command)))


def test_identifiers_come_in_in_their_canonical_form() -> None:
    command = read({"command": "start_order", "offer": "npo", "mode": "via_agent", "agent": "5566778899"})
    assert command == StartOrder(offer="npo", mode=ConnectionMode.VIA_AGENT, agent="556677-8899")


def test_answers_are_texts_whole_numbers_or_lists_of_texts() -> None:
    command = read(
        {"command": "fill_in_order", "order": ORDER, "fields": {"b": " x ", "a": 5, "c": ["x", "y"], "d": ""}}
    )
    assert command == FillInOrder(order=ORDER, fields={"a": "5", "b": "x", "c": ("x", "y"), "d": ()})


def test_a_time_in_another_zone_comes_in_in_utc() -> None:
    value = put(FULL[SignAgreement], ("evidence", "signed_at"), "2027-01-31T13:00:00.25+01:00")
    command = read(value)
    assert isinstance(command, SignAgreement)
    assert command.evidence is not None
    assert command.evidence.signed_at == WHEN + timedelta(microseconds=250_000)
    assert command.evidence.signed_at.tzinfo is UTC


@at_every_place
def test_a_value_of_a_wrong_kind_is_refused_where_it_stands(cls: type[Command], steps: Steps, kinds: set[str]) -> None:
    for kind, value in WRONG.items():
        if kind not in kinds:
            assert list(problems_with(put(FULL[cls], steps, value))) == [path(steps)]


@at_every_place
def test_the_json_schema_refuses_a_value_of_a_wrong_kind_too(cls: type[Command], steps: Steps, kinds: set[str]) -> None:
    schema = edge.command_json_schema(cls)
    for kind, value in WRONG.items():
        if kind not in kinds:
            assert not fits(schema, put(FULL[cls], steps, value), schema)


@at_every_place
def test_what_may_be_left_open_may_be_null(cls: type[Command], steps: Steps, kinds: set[str]) -> None:
    if "null" in kinds:
        assert type(read(put(FULL[cls], steps, None))) is cls


@at_every_place
@pytest.mark.parametrize(
    "text", ["\ud800", "\x00", "\x1b", "\u2028", "\u202e", f"{CANARY}\r\nBcc: x@y.example"], ids=ascii
)
def test_no_text_hides_anything(cls: type[Command], steps: Steps, kinds: set[str], text: str) -> None:
    if "text" in kinds:
        assert list(problems_with(put(FULL[cls], steps, f"a{text}b"))) == [path(steps)]


@at_every_place
def test_no_text_can_be_given_as_bytes(cls: type[Command], steps: Steps, kinds: set[str]) -> None:
    if "text" in kinds:
        value = put(FULL[cls], steps, methodcaller("encode")("npo"))
        with pytest.raises(ValidationError) as caught:
            ADAPTER.validate_python(value)
        assert [problem["loc"] for problem in caught.value.errors()] == [steps]


FOREIGN = sorted(
    {name for record in get_args(Record) for name in attrs.fields_dict(record)}
    | {name for cls in (Actor, Content, Mark, Rules, Order) for name in attrs.fields_dict(cls)}
    | {"Command", "__class__", "actor", "cls", "key", "kind", "now", "organization", "schema", "system", "trigger"}
)


@pytest.mark.parametrize("name", FOREIGN)
@of_every_command
def test_a_command_has_no_field_but_its_own(cls: type[Command], name: str) -> None:
    if name not in FULL[cls]:
        value = {**FULL[cls], name: CANARY}
        assert problems_with(value) == {f"$.{name}": f"is not a field here; there are: {', '.join(FULL[cls])}"}
        schema = edge.command_json_schema(cls)
        assert not fits(schema, value, schema)
        with pytest.raises(ValidationError):
            ADAPTER.validate_python(value)


@of_every_command
def test_every_field_that_is_missing_is_named(cls: type[Command]) -> None:
    required = [name for name, field in attrs.fields_dict(cls).items() if field.default is attrs.NOTHING]
    if required:
        assert problems_with({"command": name_of(cls)}) == {f"$.{name}": "is required" for name in required}


def test_all_objections_come_at_once_each_with_its_place() -> None:
    contact: JsonValue = {"name": "Åsa", "email": CANARY, "language": "fi", "title": CANARY}
    value: JsonValue = {
        "command": "apply_for_customer_agreement",
        "category": CANARY,
        "application": {
            "administrator": contact,
            "agreement_contact": None,
            "signatories": [in_full_contact(), contact],
        },
        "state": "SIGNED",
    }
    email = "must be a plain e-mail address in ASCII: at most 64 characters, an @, and a domain with a dot in it"
    unknown = "is not a field here; there are: name, email, phone, language"
    assert problems_with(value) == {
        "$.name": "is required",
        "$.category": "must be one of REGION, MUNICIPALITY, STATE_AGENCY, PRIVATE_CARE_PROVIDER",
        "$.application.administrator.email": email,
        "$.application.administrator.language": "must be one of sv, en",
        "$.application.administrator.title": unknown,
        "$.application.agreement_contact": "must be an object",
        "$.application.signatories[1].email": email,
        "$.application.signatories[1].language": "must be one of sv, en",
        "$.application.signatories[1].title": unknown,
        "$.state": "is not a field here; there are: command, name, category, application",
    }


def in_full_contact() -> JsonValue:
    application = FULL[ApplyForCustomerAgreement]["application"]
    assert isinstance(application, dict)
    return application["administrator"]


def test_every_answer_that_is_wrong_is_named() -> None:
    fields: JsonValue = {
        "a": ["x", "", 5, True],
        "b": False,
        "c": 1.0,
        "d": f"{CANARY}\t",
        "e": {"f": 1},
        "f g": "x",
        "hours": 10**4000,
        "care_units": ["x", f"{CANARY}\n"],
    }
    one = "must be a text, a whole number or a list of texts"
    hidden = "must not hold control, format, invisible, private or unassigned characters"
    assert problems_with({"command": "fill_in_order", "order": ORDER, "fields": fields}) == {
        "$.fields.a[1]": "must not be empty",
        "$.fields.a[2]": "must be a text",
        "$.fields.a[3]": "must be a text",
        "$.fields.b": one,
        "$.fields.c": one,
        "$.fields.d": hidden,
        "$.fields.e": one,
        "$.fields.*": "must have a name of at most 64 ASCII letters, digits, - and _",
        "$.fields.hours": "must have at most 2000 characters",
        "$.fields.care_units[1]": hidden,
    }


@pytest.mark.parametrize("name", ["", "a b", "a\n", f"{CANARY}.", "å", "a" * 65, "[key]", "\ud800", "'", '"', "\x00"])
def test_the_name_of_an_answer_is_plain(name: str) -> None:
    value: JsonValue = {"command": "fill_in_order", "order": ORDER, "fields": {name: "x"}}
    assert list(problems_with(value)) == ["$.fields.*"]
    schema = edge.command_json_schema(FillInOrder)
    if name != "a\n":  # as ECMA 262 reads the pattern, and Python does not
        assert not fits(schema, value, schema)


@pytest.mark.parametrize("value", ["true", "True", "yes", "on", "1", "", 1, 0, 1.0])
def test_a_truth_value_is_true_or_false_and_nothing_like_it(value: JsonValue) -> None:
    assert problems_with({**FULL[ApproveOrder], "certified": value}) == {"$.certified": "must be true or false"}


@pytest.mark.parametrize(
    "name", ["", f"{CANARY} ", "a\n", "å", "a" * 65, "[key]", "8001019876", "x198001019876", "$", "a.b"]
)
def test_the_name_of_an_unknown_field_is_repeated_only_if_it_is_plain(name: str) -> None:
    assert list(problems_with({**FULL[SendOrder], name: 1})) == ["$.*"]


@pytest.mark.parametrize(
    "tag",
    [None, 1, True, ["send_order"], {"a": CANARY}, "", CANARY, "SendOrder", "send_order ", "\ud800", "order_command"],
)
def test_an_unknown_command_is_told_which_there_are(tag: JsonValue) -> None:
    allowed = f"must be one of {', '.join(map(name_of, COMMANDS))}"
    assert problems_with({"command": tag, "order": CANARY}) == {"$.command": allowed}
    assert problems_with({"order": CANARY}) == {"$.command": allowed}


@pytest.mark.parametrize("value", [None, 1, True, CANARY, [], [FULL[SendOrder]], 1.5])
def test_a_command_is_an_object(value: JsonValue) -> None:
    assert problems_with(value) == {"$": "must be an object"}


@pytest.mark.parametrize(
    "time",
    [
        "2027-01-31T12:00:00",
        "2027-01-31T12:00:00z",
        "2027-01-31 12:00:00Z",
        "2027-01-31",
        "2027-02-30T12:00:00Z",
        "2027-01-31T24:00:01Z",
        "2027-01-31T12:00:60Z",
        "2027-01-31T12:00:00+0100",
        "2027-01-31T12:00:00+24:00",
        "2027-01-31T12:00:00.1234567Z",
        "1801396800",
        "0001-01-01T00:00:00+01:00",
        "\N{ARABIC-INDIC DIGIT TWO}027-01-31T12:00:00Z",
        "2027-01-31T12:00:00Z\n",
    ],
)
def test_a_time_is_written_in_one_way_and_has_a_zone(time: str) -> None:
    assert list(problems_with(put(FULL[SignAgreement], ("evidence", "signed_at"), time))) == ["$.evidence.signed_at"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "{}{}",
        '{"a":1,}',
        "{'a':1}",
        '{"a":NaN}',
        '{"a":Infinity}',
        '{"a":-Infinity}',
        '{"a":01}',
        '{"a":"\n"}',
        f'{{"a":{"9" * 5000}}}',
        "\ufeff{}",
        b"\xef\xbb\xbf{}",
        "// x\n{}",
    ],
)
def test_what_is_no_json_is_refused(text: bytes | str) -> None:
    (message,) = problems(text).values()
    number = "which knows no NaN, Infinity or endless number"
    assert re.fullmatch(rf"must be JSON \(RFC 8259\)(, {number}|; it stops being so at line \d+, column \d+)", message)
    assert (number in message) == any(each in str(text) for each in ("NaN", "Infinity", "9" * 99))


def test_where_a_text_stops_being_json_is_said() -> None:
    assert problems('{"command": "start_order",\n "offer": }') == {
        "$": "must be JSON (RFC 8259); it stops being so at line 2, column 11"
    }


@pytest.mark.parametrize(
    "text", [b"\xff", '{"a":"å"}'.encode("latin-1"), "{}".encode("utf-16"), b"\xed\xa0\x80", '"\ud800"', b"\xc0\xaf"]
)
def test_what_is_no_utf_8_is_refused(text: bytes | str) -> None:
    assert problems(text) == {"$": "must be UTF-8"}


def test_a_number_too_large_for_a_computer_is_refused_where_it_stands() -> None:
    text = f'{{"command":"fill_in_order","order":"{ORDER}","fields":{{"hours":1e999}}}}'
    assert list(problems(text)) == ["$.fields.hours"]


def test_a_name_that_stands_twice_is_refused_with_all_else_that_is_wrong() -> None:
    contact = json.dumps(in_full_contact())
    twice = contact.replace('"name"', '"name": "A", "email": "b@c.example", "name"')
    text = f"""{{"command": "approve_order", "command": "apply_for_agent_agreement", "name": 1, "name": "x",
        "application": {{"administrator": {twice}, "agreement_contact": {contact},
            "signatories": [{contact}, {twice}], "signatories": [{contact}, {contact}, {twice}]}},
        "x": 0, "x": 0, "x": 0}}"""
    once = dict.fromkeys(
        [
            "$.command",
            "$.name",
            "$.x",
            "$.application.signatories",
            "$.application.administrator.name",
            "$.application.administrator.email",
            "$.application.signatories[2].name",
            "$.application.signatories[2].email",
        ],
        "must stand once",
    )
    assert problems(text) == once


def test_a_command_in_which_only_a_name_stands_twice_is_refused() -> None:
    assert problems(f'{{"command":"send_order","order":"{ORDER}","order":"{ORDER}"}}') == {"$.order": "must stand once"}
    assert problems(f'{{"command":"send_order","order":"{ORDER}","\\u006frder":"{ORDER}"}}') == {
        "$.order": "must stand once"
    }


def test_a_name_of_half_a_character_is_refused_with_all_else_that_is_wrong() -> None:
    assert problems('{"command":"send_order","\\ud800":1,"x":2}') == {
        "$.*": "must not have half a surrogate pair in its name",
        "$.order": "is required",
        "$.x": "is not a field here; there are: command, order",
    }


def nested(depth: int) -> Json:
    """An object so many deep."""
    value: JsonValue = 0
    for level in range(depth - 1):
        value = [value] if level % 2 else {"a": value}
    return {"command": "send_order", "order": ORDER, "x": value}


def test_json_may_not_be_too_deep() -> None:
    at_most = nested(edge.MAXIMUM_DEPTH)
    assert list(problems_with(at_most)) == ["$.x"]
    assert list(problems_with({**at_most, "y": [{}]})) == ["$.x", "$.y"]
    too_deep = {"$": "must be at most 32 objects and lists deep"}
    assert problems_with(nested(edge.MAXIMUM_DEPTH + 1)) == too_deep
    assert problems("[" * edge.MAXIMUM_BYTES) == too_deep
    assert problems('{"a":' * 10_000) == too_deep


@pytest.mark.parametrize("reason", ["[" * 100, '["{\\\\' * 50, "\\" * 100 + '"[{' * 20])
def test_brackets_in_a_text_are_not_deep(reason: str) -> None:
    assert read({"command": "reject_order", "order": ORDER, "reason": reason}) == RejectOrder(
        order=ORDER, reason=reason
    )


def test_many_answers_are_not_deep() -> None:
    fields: JsonValue = {f"f{number}": ["x"] for number in range(100)}
    assert type(read({"command": "fill_in_order", "order": ORDER, "fields": fields})) is FillInOrder


def test_json_may_not_be_too_large() -> None:
    text = json.dumps(FULL[SendOrder])
    full = text + " " * (edge.MAXIMUM_BYTES - len(text))
    too_large = {"$": "must have at most 65536 bytes"}
    assert type(command_from_json(full)) is SendOrder
    assert type(command_from_json(full.encode())) is SendOrder
    assert problems(full + " ") == too_large
    assert problems(full.encode() + b" ") == too_large
    assert problems(full.replace("  ", "å ")) == too_large


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_whatever_arrives_is_a_command_or_malformed(text: bytes | str) -> None:
    with pytest.raises(Malformed):
        command_from_json(text)


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
)


@given(st.sampled_from(PLACES), values)
def test_whatever_stands_in_a_place_is_taken_or_refused_there(
    case: tuple[type[Command], Steps, set[str]], new: JsonValue
) -> None:
    cls, steps, _kinds = case
    try:
        command = read(put(FULL[cls], steps, new))
    except Malformed as refusal:
        assert all(problem.path.startswith(path(steps)) for problem in refusal.problems)  # noqa: PT017
    else:
        assert read(command_to_json(command)) == command


def test_no_json_makes_an_actor() -> None:
    described = json.dumps(edge.commands_json_schema())
    assert "Actor" not in described
    assert "person_name" in described
    assert '"person"' not in described


def test_all_commands_are_described_once_and_told_apart_by_their_name() -> None:
    schema = edge.commands_json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["discriminator"] == {
        "propertyName": "command",
        "mapping": {name_of(cls): f"#/$defs/{cls.__name__}" for cls in COMMANDS},
    }
    assert schema["oneOf"] == [{"$ref": f"#/$defs/{cls.__name__}"} for cls in COMMANDS]
    assert all(fits(schema, value, schema) for value in FULL.values())
    assert json.loads(json.dumps(schema)) == schema


def test_the_json_schema_is_the_one_that_hosts_have() -> None:
    """Who changes it on purpose writes it anew: ``cd tests && PYTHONPATH=. ../.venv/bin/python test_boundary.py``."""
    assert edge.commands_json_schema() == json.loads(SCHEMA.read_text("utf-8"))


@of_every_command
def test_a_json_schema_says_what_its_class_says(cls: type[Command]) -> None:
    schema = edge.command_json_schema(cls)
    fields = attrs.fields_dict(cls)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    assert list(properties) == ["command", *fields]
    assert schema["required"] == [
        "command",
        *(name for name, field in fields.items() if field.default is attrs.NOTHING),
    ]
    assert schema["title"] == cls.__name__
    assert schema["description"] == inspect.getdoc(cls)
    for name, field in fields.items():
        shown = properties[name]
        assert isinstance(shown, dict)
        assert shown.get("default", attrs.NOTHING) == field.default


def test_a_json_schema_says_what_a_form_should_know() -> None:
    said = {name: json.dumps(edge.command_json_schema(cls)) for name, cls in (("add", AddUser), ("verify", VerifyUser))}
    assert '"format": "email"' in said["add"]
    assert '"writeOnly": true' in said["verify"]
    assert '"format": "date-time"' in json.dumps(edge.command_json_schema(SignAgreement))


def test_a_host_can_change_the_schema_it_was_given() -> None:
    edge.command_json_schema(SendOrder).clear()
    assert edge.command_json_schema(SendOrder)["title"] == "SendOrder"


@of_every_command
def test_pydantic_takes_a_command_as_fastapi_hands_it_over(cls: type[Command]) -> None:
    command = read(FULL[cls])
    assert ADAPTER.validate_python(FULL[cls]) == command
    assert ADAPTER.validate_json(json.dumps(FULL[cls])) == command
    assert ADAPTER.validate_python(command) is command
    assert ADAPTER.dump_python(command) == ADAPTER.dump_python(command, mode="json") == command_to_json(command)
    assert json.loads(ADAPTER.dump_json(command)) == command_to_json(command)


Body = create_model("Body", command=(AnyCommand, ...))


def test_pydantic_describes_a_command_in_a_model_of_the_host() -> None:
    for schema in (Body.model_json_schema(), Body.model_json_schema(mode="serialization")):
        assert schema["$defs"]["SendOrder"] == {
            name: part for name, part in edge.command_json_schema(SendOrder).items() if name != "$schema"
        }
        assert schema["properties"]["command"]["discriminator"]["propertyName"] == "command"
    body = Body.model_validate_json(json.dumps({"command": FULL[SendOrder]}))
    assert json.loads(body.model_dump_json()) == {"command": FULL[SendOrder]}


def test_pydantic_takes_what_python_has_for_it() -> None:
    evidence = FULL[SignAgreement]["evidence"]
    assert isinstance(evidence, dict)
    value = {**FULL[SignAgreement], "evidence": {**evidence, "method": AttestMethod.CERTIFICATE, "signed_at": WHEN}}
    assert ADAPTER.validate_python(value) == read(FULL[SignAgreement])
    naive = {**value, "evidence": {**evidence, "signed_at": WHEN.replace(tzinfo=None)}}
    with pytest.raises(ValidationError, match="must be a time with a zone"):
        ADAPTER.validate_python(naive)
    with pytest.raises(ValidationError, match="must be one of direct, via_agent"):
        ADAPTER.validate_python({**FULL[StartOrder], "mode": Flow.DIRECT})
    with pytest.raises(ValidationError, match="must be an object"):
        ADAPTER.validate_python(MappingProxyType({**FULL[SendOrder], "state": "ATTESTED"}))
    with pytest.raises(ValidationError, match="is not a field here; there are: command, order"):
        ADAPTER.validate_python({**FULL[SendOrder], 1: 2})


def test_pydantic_says_where_without_names_of_its_own_and_repeats_nothing() -> None:
    wrong = put(FULL[ApplyForCustomerAgreement], ("application", "signatories", 1, "email"), CANARY)
    with pytest.raises(ValidationError) as caught:
        Body.model_validate({"command": put(wrong, ("state",), CANARY)})
    assert [problem["loc"] for problem in caught.value.errors()] == [
        ("command", "application", "signatories", 1, "email"),
        ("command", "state"),
    ]
    assert all(set(problem) == {"type", "loc", "msg", "input"} for problem in caught.value.errors())
    assert CANARY not in str(caught.value)
    assert CANARY not in caught.value.json()
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python(put(FULL[FillInOrder], ("fields", "units"), ["x", 4711]))
    assert [problem["loc"] for problem in caught.value.errors()] == [("fields", "units", 1)]
    with pytest.raises(ValidationError) as caught:
        ADAPTER.validate_python({**FULL[SendOrder], f"{CANARY} 8001019876": 1})
    assert CANARY not in caught.value.json()


def test_a_field_of_a_type_without_a_form_in_json_is_found_before_it_is_used() -> None:
    @attrs.frozen
    class Odd:
        amount: float

    with pytest.raises(TypeError, match="no form in JSON is known for <class 'float'>"):
        object_schema(Odd)
    with pytest.raises(TypeError, match="no form in JSON is known for <class 'decimal"):
        fields_to_json(money("1 SEK"))


def test_a_class_that_objects_as_a_whole_is_heard() -> None:
    @attrs.frozen
    class Pair:
        low: int
        high: int

        def __attrs_post_init__(self) -> None:
            if self.low > self.high:
                raise Malformed((Problem("$.high", "must not be less than the lowest"),))

    adapter = SchemaValidator(object_schema(Pair))
    assert adapter.validate_python({"low": 1, "high": 2}) == Pair(1, 2)
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python({"low": 2, "high": 1})
    assert [(problem["loc"], problem["msg"]) for problem in caught.value.errors()] == [
        (("high",), "must not be less than the lowest")
    ]


def python(code: str) -> str:
    """What a new interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def test_importing_the_library_does_not_import_the_boundary() -> None:
    assert python("import sys, kundorder; print('kundorder.boundary' in sys.modules)") == "False\n"


def test_importing_the_boundary_builds_nothing() -> None:
    code = (
        "import kundorder.boundary as b, kundorder.boundary.schemas as s; print(s.object_schema.cache_info().currsize)"
    )
    assert python(code) == "0\n"


attestant = Clearer(role=Role.ATTESTANT, party=Party.CUSTOMER, organisation="999700-0006")
reason = Reason(
    ReasonCode.NO_ATTESTANT, (("organisation", "999700-0006"),), cleared_by=(attestant, CUSTOMER_SERVICE, SYSTEM, YOU)
)
advice = Advice(AdviceCode.START_UP_FEE, (("fee", "1200.00 SEK"),))


def texts(spoken: Reason | Advice | Clearer) -> Json:
    return {"sv": spoken.text("sv"), "en": spoken.text("en")}


REASON: Json = {
    "code": "NO_ATTESTANT",
    "params": {"organisation": "999700-0006"},
    "cleared_by": [
        {"role": "ATTESTANT", "party": "customer", "organisation": "999700-0006", "text": texts(attestant)},
        {"role": "CUSTOMER_SERVICE", "party": "provider", "organisation": None, "text": texts(CUSTOMER_SERVICE)},
        {"role": None, "party": "system", "organisation": None, "text": texts(SYSTEM)},
        {"role": None, "party": None, "organisation": None, "text": texts(YOU)},
    ],
    "text": texts(reason),
}
ADVICE: Json = {"code": "START_UP_FEE", "params": {"fee": "1200.00 SEK"}, "text": texts(advice)}


def test_a_reason_is_shown_with_its_sentences_and_who_can_clear_it() -> None:
    assert edge.reason_to_json(reason) == REASON


def test_an_advice_is_shown_with_its_sentences() -> None:
    assert edge.advice_to_json(advice) == ADVICE


def test_a_verdict_is_shown_with_all_reasons() -> None:
    no, yes = Verdict(reasons=(reason,), advice=(advice,)), Verdict(reasons=())
    assert edge.verdict_to_json(no) == {"allowed": False, "reasons": [REASON], "advice": [ADVICE]}
    assert edge.verdict_to_json(yes) == {"allowed": True, "reasons": [], "advice": []}


def order(answers: tuple[Answer, ...] = ()) -> Order:
    mark = Mark(
        trigger=Trigger.SEND,
        role=Role.ORDERER,
        party=Party.CUSTOMER,
        organisation="999700-0006",
        person="anna",
        member=MEMBER,
        at=WHEN,
    )
    content = Content(
        organisation="999700-0006",
        orderer=MEMBER,
        orderer_person="anna",
        offer="npo-producent",
        service="npo",
        mode=ConnectionMode.DIRECT,
        flow=Flow.DIRECT,
        answers=answers,
    )
    evidence = Evidence(
        method=AttestMethod.BANKID,
        signer="anna",
        digest="00",
        signed_at=datetime(2027, 1, 31, 13, 0, 0, 5, tzinfo=timezone(timedelta(hours=1))),
        proof="x",
    )
    return Order(
        id=ORDER,
        state=OrderState.AWAITING_CUSTOMER_ATTEST,
        step=3,
        since=WHEN,
        created=WHEN,
        content=content,
        course=(mark,),
        evidence=(evidence,),
    )


def test_an_order_is_shown_with_all_its_fields() -> None:
    shown = edge.order_to_json(order((Answer(name="units", values=("a", "b")), Answer(name="empty", values=()))))
    content, course, evidence = shown["content"], shown["course"], shown["evidence"]
    assert isinstance(content, dict)
    assert set(shown) == set(attrs.fields_dict(Order))
    assert (shown["id"], shown["state"], shown["step"]) == (ORDER, "AWAITING_CUSTOMER_ATTEST", 3)
    assert (shown["since"], shown["case_number"]) == ("2027-01-31T12:00:00Z", None)
    assert content["answers"] == {"units": ["a", "b"], "empty": []}
    assert course == [
        {
            "trigger": "send",
            "role": "ORDERER",
            "party": "customer",
            "organisation": "999700-0006",
            "person": "anna",
            "member": MEMBER,
            "at": "2027-01-31T12:00:00Z",
        }
    ]
    assert isinstance(evidence, list)
    assert [set(attrs.fields_dict(Evidence))] == [set(one) for one in evidence if isinstance(one, dict)]
    assert "2027-01-31T12:00:00.000005Z" in json.dumps(evidence)
    assert json.loads(json.dumps(shown)) == shown


def test_an_order_without_answers_shows_an_empty_form() -> None:
    content = edge.order_to_json(order())["content"]
    assert isinstance(content, dict)
    assert content["answers"] == {}


def test_the_answers_of_an_order_can_be_filled_in_again() -> None:
    given_answers = (Answer(name="a", values=("1",)), Answer(name="b", values=("x", "y")), Answer(name="c", values=()))
    content = edge.order_to_json(order(given_answers))["content"]
    assert isinstance(content, dict)
    again = read({"command": "fill_in_order", "order": ORDER, "fields": content["answers"]})
    assert again == FillInOrder(order=ORDER, fields=given_answers)


def test_an_outcome_is_shown_with_its_order_and_advice() -> None:
    plain = Outcome(lifecycle=Lifecycle.USER, id=MEMBER, state="ACTIVE", at=WHEN, advice=(advice,))
    shown: Json = {
        "lifecycle": "user",
        "id": MEMBER,
        "state": "ACTIVE",
        "at": "2027-01-31T12:00:00Z",
        "advice": [ADVICE],
    }
    assert edge.outcome_to_json(plain) == shown
    full = OrderOutcome(lifecycle=Lifecycle.ORDER, id=ORDER, state="DRAFT", at=WHEN, order=order())
    assert edge.outcome_to_json(full)["order"] == edge.order_to_json(order())


def test_an_event_is_shown_with_all_its_fields() -> None:
    event = Event(
        subject=f"order/{ORDER}",
        lifecycle=Lifecycle.ORDER,
        trigger=Trigger.ATTEST,
        before="AWAITING_CUSTOMER_ATTEST",
        after="ATTESTED",
        step=4,
        person=None,
        member=None,
        role=Role.ATTESTANT,
        party=Party.CUSTOMER,
        organisation="999700-0006",
        on_behalf="999700-0006",
        at=WHEN,
    )
    shown = edge.event_to_json(event)
    assert set(shown) == set(attrs.fields_dict(Event))
    assert (shown["trigger"], shown["at"], shown["person"]) == ("attest", "2027-01-31T12:00:00Z", None)


def test_what_else_a_portal_answers_is_shown_too() -> None:
    option = Option(trigger=Trigger.SEND, verdict=Verdict(reasons=(reason,)))
    assert edge.to_json(option) == {
        "trigger": "send",
        "verdict": {"allowed": False, "reasons": [REASON], "advice": []},
    }
    step = PathStep(trigger=Trigger.ATTEST, by=(YOU,), to=OrderState.ATTESTED, reasons=(reason,))
    you: Json = {"role": None, "party": None, "organisation": None, "text": texts(YOU)}
    shown = edge.to_json(step)
    assert (shown["trigger"], shown["by"], shown["to"]) == ("attest", [you], "ATTESTED")
    assert shown["reasons"] == [REASON]
    due = Due(trigger=Trigger.ATTEST, by=(YOU,), since=WHEN, days=3, reminder=True)
    assert edge.to_json(due)["reminder"] is True
    assert edge.to_json(Problem("$.x", "is required")) == {"path": "$.x", "message": "is required"}


def test_evidence_with_a_time_without_a_zone_cannot_be_made() -> None:
    with pytest.raises(Malformed):
        Evidence(method=AttestMethod.BANKID, signer="anna", digest="00", signed_at=WHEN.replace(tzinfo=None), proof="x")


@pytest.mark.parametrize(
    "fields",
    [
        (Answer(name="a", values=("1",)), Answer(name="a", values=("2",))),
        (Answer(name="a b", values=("1",)),),
        (Answer(name="a", values=("\x00",)),),
        {"": "1"},
        {"a" * 65: "1"},
        {"a": 10**5000},
    ],
)
def test_answers_made_in_python_are_as_strict_as_those_in_json(
    fields: tuple[Answer, ...] | dict[str, str | int],
) -> None:
    with pytest.raises(Malformed):
        FillInOrder(order=ORDER, fields=fields)


def test_the_categories_of_a_customer_are_those_of_the_vocabulary() -> None:
    for category in CustomerCategory:
        command = read(put(FULL[ApplyForCustomerAgreement], ("category",), category.value))
        assert isinstance(command, ApplyForCustomerAgreement)
        assert command.category is category


if __name__ == "__main__":
    written = json.dumps(edge.commands_json_schema(), indent=1, ensure_ascii=False) + "\n"
    sys.exit(0 if SCHEMA.write_text(written, "utf-8") else 1)
