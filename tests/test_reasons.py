"""Every refusal and every advice can be read, in each language, with who can clear it."""

import ast
from collections.abc import Iterator
from enum import StrEnum
from itertools import product
from pathlib import Path
from string import Formatter
from typing import TypeAlias

import pytest

import kundorder
from kundorder import reasons
from kundorder.reasons import CUSTOMER_SERVICE, OFFICER, PARAMS, SYSTEM, YOU, Advice, Clearer, Params, Reason, word
from kundorder.reasons.sentences import ADVICE, REASONS
from kundorder.reasons.words import WORDS, Texts
from kundorder.vocabulary import (
    AdviceCode,
    AgreementState,
    AssignmentState,
    AttestMethod,
    ConnectionMode,
    Language,
    OrderState,
    Party,
    ProviderState,
    ReasonCode,
    Role,
    Trigger,
    UserState,
)

Code: TypeAlias = ReasonCode | AdviceCode

CODES: tuple[Code, ...] = (*ReasonCode, *AdviceCode)
EACH_TEXT = [pytest.param(code, language, id=f"{code}-{language}") for code, language in product(CODES, Language)]
NAMES: dict[str, tuple[type[StrEnum], ...]] = {
    "role": (Role,),
    "party": (Party,),
    "state": (OrderState, AgreementState, AssignmentState, UserState, ProviderState),
    "trigger": (Trigger,),
    "method": (AttestMethod,),
    "mode": (ConnectionMode,),
}
"""What a blank of each kind stands for."""

AS_THEY_ARE = {"agent", "fee", "field", "moment", "offer", "organisation", "service", "version"}
ORGANISATION = "556677-8899"
CLEARERS = [
    Clearer(role=role, party=party, organisation=organisation)
    for role, party, organisation in product((None, *Role), (None, *Party), (None, ORGANISATION))
]


def texts_of(code: Code) -> Texts:
    return REASONS[code] if isinstance(code, ReasonCode) else ADVICE[code]


def blanks(text: str) -> Iterator[tuple[str, str]]:
    """The blanks of a sentence: the param, and what kind of value it is."""
    for _, name, kind, _ in Formatter().parse(text):
        if name is not None:
            yield name, kind or name


def told(code: Code, params: Params, language: Language) -> str:
    if isinstance(code, ReasonCode):
        return Reason(code, params, cleared_by=(YOU,)).text(language)
    return Advice(code, params).text(language)


def test_every_code_has_its_sentences() -> None:
    assert set(REASONS) == set(ReasonCode)
    assert set(ADVICE) == set(AdviceCode)
    assert set(PARAMS) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_one_sentence_a_language_and_they_differ(code: Code) -> None:
    assert len(set(texts_of(code))) == len(Language)


@pytest.mark.parametrize("code", CODES)
def test_the_languages_tell_the_same(code: Code) -> None:
    swedish, english = texts_of(code)
    assert sorted(blanks(swedish)) == sorted(blanks(english))
    assert {name for name, _ in blanks(swedish)} == PARAMS[code]


@pytest.mark.parametrize(("code", "language"), EACH_TEXT)
def test_a_sentence_tells_each_of_its_params(code: Code, language: Language) -> None:
    text = told(code, tuple((name, f"<{name}>") for name in PARAMS[code]), language)
    assert [name for name in PARAMS[code] if f"<{name}>" not in text] == []
    assert not {"{", "}"} & set(text)


@pytest.mark.parametrize(("code", "language"), EACH_TEXT)
def test_a_sentence_is_one(code: Code, language: Language) -> None:
    text = told(code, tuple((name, f"<{name}>") for name in PARAMS[code]), language)
    assert text == " ".join(text.split())
    assert text[0].isupper() or text.startswith(("<organisation>", "<agent>"))
    assert text.endswith(".")
    assert not text.endswith("..")


@pytest.mark.parametrize("code", CODES)
def test_a_blank_is_of_a_kind_there_is(code: Code) -> None:
    kinds = {kind for text in texts_of(code) for _, kind in blanks(text)}
    assert kinds - set(WORDS) - AS_THEY_ARE == set()


@pytest.mark.parametrize("code", CODES)
def test_a_param_that_is_missing_shows_as_a_dash(code: Code) -> None:
    for language in Language:
        assert ("–" in told(code, (), language)) is bool(PARAMS[code])


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in NAMES for names in NAMES[kind] for name in names])
def test_every_name_has_a_word_in_each_language(kind: str, name: StrEnum) -> None:
    words = WORDS[kind][name]
    assert len(words) == len(Language)
    assert [text for text in words if not text or "_" in text or text != " ".join(text.split())] == []
    assert words == tuple(word(name, language) for language in Language)


def test_a_name_that_is_none_of_ours_is_left_as_it_is() -> None:
    assert word("npo-producent", Language.SV) == "npo-producent"


@pytest.mark.parametrize("kind", NAMES)
def test_two_names_of_a_kind_never_share_a_word(kind: str) -> None:
    shared = {("avsluta", "complete"), ("avsluta", "end"), ("avslutad", "completed"), ("avslutad", "ended")}
    words = [words for words in WORDS[kind].values() if words not in shared]
    for place in range(len(Language)):
        assert len({each[place] for each in words}) == len(words)


def test_several_values_are_listed() -> None:
    reason = Reason(ReasonCode.MODE_NOT_ALLOWED, (("offer", "a"), ("allowed", "direct|via_agent")), cleared_by=(YOU,))
    assert reason.text().endswith("möjligt är: direktanslutning, via agent.")
    assert reason.text("en").endswith("possible: direct connection, via agent.")


def test_an_offer_that_is_called_as_something_of_ours_keeps_its_name() -> None:
    assert "direct " in Reason(ReasonCode.OFFER_UNKNOWN, (("offer", "direct"),), cleared_by=(YOU,)).text()
    choices = (("field", "$.fields.a"), ("allowed", "direct|sign"))
    assert Reason(ReasonCode.FIELD_INVALID, choices, cleared_by=(YOU,)).text().endswith(": direct, sign.")


def test_a_decision_is_told_with_who_and_when() -> None:
    params = (("trigger", "reject"), ("role", "ATTESTANT"), ("party", "customer"), ("at", "2026-03-01T08:00:05+00:00"))
    reason = Reason(ReasonCode.ALREADY_DECIDED, params, cleared_by=(YOU,))
    assert reason.text() == "Det är redan avgjort: attestant hos kunden valde att avvisa (2026-03-01 08:00:05 UTC)."


@pytest.mark.parametrize("clearer", CLEARERS, ids=str)
def test_whoever_can_help_is_named_in_each_language(clearer: Clearer) -> None:
    for language in Language:
        text = clearer.text(language)
        assert text
        assert text == " ".join(text.split())
        assert not any(name in text for name in ("None", "_", "{"))
        assert clearer.is_you or clearer.organisation is None or text.endswith(f" {ORGANISATION}")


@pytest.mark.parametrize(
    ("clearer", "swedish", "english"),
    [
        (YOU, "du", "you"),
        (SYSTEM, "systemet", "the system"),
        (OFFICER, "handläggare hos leverantören", "officer at the provider"),
        (CUSTOMER_SERVICE, "kundservice hos leverantören", "customer service at the provider"),
        (Clearer(party=Party.CUSTOMER, organisation=ORGANISATION), "kunden 556677-8899", "the customer 556677-8899"),
        (
            Clearer(role=Role.ADMINISTRATOR, party=Party.AGENT, organisation=ORGANISATION),
            "administratör hos 556677-8899",
            "administrator at 556677-8899",
        ),
    ],
)
def test_helpers_are_called_as_people_call_them(clearer: Clearer, swedish: str, english: str) -> None:
    assert (clearer.text(), clearer.text("en")) == (swedish, english)


def test_the_public_names_are_sorted_and_listed_once() -> None:
    assert reasons.__all__ == sorted(set(reasons.__all__))


class Given:
    """What the code of a function hands to one reason or advice, read off without running it."""

    def __init__(self, function: ast.FunctionDef, call: ast.Call) -> None:
        self.function = function
        self.call = call

    def assigned(self, name: str) -> Iterator[ast.expr]:
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id == name:
                        yield node.value
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                        for left, right in zip(target.elts, node.value.elts, strict=True):
                            if isinstance(left, ast.Name) and left.id == name:
                                yield right

    def codes(self, node: ast.expr) -> set[str]:
        match node:
            case ast.Attribute(value=ast.Name(id="ReasonCode" | "AdviceCode"), attr=name):
                return {name}
            case ast.IfExp(body=one, orelse=other):
                return self.codes(one) | self.codes(other)
            case ast.Name(id=name):
                return {code for value in self.assigned(name) for code in self.codes(value)}
            case _:
                return set()

    def params(self, node: ast.expr) -> set[str]:
        match node:
            case ast.Tuple(elts=[ast.Constant(value=str(name)), _]):
                return {name}
            case ast.Tuple(elts=parts):
                return {name for part in parts for name in self.params(part)}
            case ast.Starred(value=inner):
                return self.params(inner)
            case ast.Name(id=name):
                first, *others = [self.params(value) for value in self.assigned(name)] or [set[str]()]
                return first.intersection(*others)
            case _:
                return set()


def given() -> Iterator[tuple[str, Given]]:
    """Every place of the library where a reason or an advice is made."""
    package = Path(kundorder.__file__).parent
    for path in sorted(package.rglob("*.py")):
        if path.is_relative_to(package / "testing"):
            continue  # there any reason at all is made, of what its sentence takes
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        for function in (node for node in nodes if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if isinstance(call.func, ast.Name) and call.func.id in ("Reason", "Advice"):
                    yield f"{path.relative_to(package).as_posix()}:{call.lineno}", Given(function, call)


PLACES = dict(given())


@pytest.mark.parametrize("place", PLACES)
def test_whoever_gives_a_reason_gives_what_its_sentence_takes(place: str) -> None:
    made = PLACES[place]
    code, *rest = made.call.args
    codes, params = made.codes(code), {name for part in rest for name in made.params(part)}
    assert codes, "no code is found; teach `Given` to read it"
    assert {name: PARAMS[ReasonCode(name) if name in REASONS else AdviceCode(name)] - params for name in codes} == {
        name: frozenset() for name in codes
    }
