"""Law 12: an error travels between processes, is one line that says what to do, and carries nobody's data."""

import copy
import pickle
from collections.abc import Callable

import attrs
import pytest
from cast import Cast
from faults import Forgetting
from world import AGENT, CUSTOMER, World

import kundorder as ko
from kundorder import errors
from kundorder.adapters.memory import MemoryStore
from kundorder.codec import decode, decode_entry, decode_outcome, decode_owed
from kundorder.identifiers import (
    agreement_id,
    assignment_id,
    case_number,
    display_name,
    email_address,
    hsa_id,
    idempotency_key,
    language,
    long_text,
    member_id,
    money,
    offer_id,
    order_id,
    organisation_number,
    person_id,
    phone_number,
    plain_text,
    secret_code,
    service_id,
)
from kundorder.reasons import OFFICER, YOU
from kundorder.sample import CATALOGUE
from kundorder.situation import Key, Kind
from kundorder.vocabulary import AttestMethod, ConnectionMode, CustomerCategory, ReasonCode, Role

REASONS = (
    ko.Reason(ReasonCode.NO_ATTESTANT, (("organisation", CUSTOMER),), cleared_by=(YOU, OFFICER)),
    ko.Reason(ReasonCode.REASON_MISSING, cleared_by=(YOU,)),
)
ERRORS: list[ko.KundorderError] = [
    ko.Malformed((ko.Problem("$.email", "must be an address"), ko.Problem("$", "must not be empty"))),
    errors.malformed("$", "must not be empty"),
    ko.Refused(REASONS),
    ko.NotFound(Kind.ORDER),
    ko.KeyReused(),
    ko.Conflict(),
    ko.Unavailable("the store does not answer"),
    ko.Corrupt("a stored order cannot be read"),
    ko.Undeliverable("the address does not exist"),
    ko.Postponed("the server answered 451"),
    ko.RelayStopped("the server refuses the login"),
]
KINDS = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)}


def test_every_error_there_is_is_looked_at_here() -> None:
    assert {type(error) for error in ERRORS} | {ko.KundorderError} == KINDS
    assert all(issubclass(kind, ko.KundorderError) for kind in KINDS)


def test_an_error_says_whether_to_mend_to_look_again_to_try_again_or_to_stop() -> None:
    said = {type(error): error.next_step for error in ERRORS}
    assert {kind for kind, step in said.items() if step is ko.NextStep.RELOAD} == {ko.Conflict}
    assert {kind for kind, step in said.items() if step is ko.NextStep.RETRY} == {ko.Unavailable, ko.Postponed}
    assert {kind for kind, step in said.items() if step is ko.NextStep.STOP} == {ko.Corrupt}


def facts(error: ko.KundorderError) -> tuple[object, ...]:
    """All that an error says."""
    return type(error), error.args, vars(error), str(error)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_travels_between_processes(error: ko.KundorderError, protocol: int) -> None:
    assert facts(pickle.loads(pickle.dumps(error, protocol))) == facts(error)  # noqa: S301 - our own bytes


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_an_error_can_be_copied(
    error: ko.KundorderError, copied: Callable[[ko.KundorderError], ko.KundorderError]
) -> None:
    assert facts(copied(error)) == facts(error)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_one_line_in_small_letters_without_a_full_stop(error: ko.KundorderError) -> None:
    text = str(error)
    assert text == " ".join(text.split())
    assert text[0] == "$" or text[0].islower()
    assert not text.endswith(".")


@pytest.mark.parametrize(
    ("error", "way_out"),
    [
        (ko.NotFound(Kind.ORDER), "check the id and the organisation you act for"),
        (ko.KeyReused(), "use a new key"),
        (ko.Conflict(), "try again"),
        (ko.Unavailable("the store does not answer"), "try again later with the same key"),
        (ko.Corrupt("a stored order cannot be read"), "call the maintainer"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_error_ends_with_the_way_out(error: ko.KundorderError, way_out: str) -> None:
    assert str(error).endswith(way_out)


def test_a_refusal_cannot_be_built_without_a_reason() -> None:
    with pytest.raises(ValueError, match="at least one reason"):
        ko.Refused(())


def test_a_refusal_tells_every_code_and_what_is_malformed_every_place() -> None:
    assert str(ko.Refused(REASONS)) == "refused: NO_ATTESTANT, REASON_MISSING"
    assert str(ERRORS[0]) == "$.email: must be an address; $: must not be empty"


CANARY = "Kanariefågeln 811218-9876 kanarie@prov.example\n+46701740605"
PARSERS = [
    agreement_id,
    assignment_id,
    case_number,
    display_name,
    email_address,
    hsa_id,
    idempotency_key,
    language,
    member_id,
    money,
    offer_id,
    order_id,
    organisation_number,
    person_id,
    phone_number,
    secret_code,
    service_id,
]


PIECES = ("Kanariefågeln", "811218-9876", "kanarie@prov.example", "+46701740605")
TEXTS = (CANARY, *PIECES, "SE9997000006-8112189876", "8112189876")


def is_readable(parser: Callable[[str], object], text: str) -> bool:
    """Whether a parser takes it."""
    try:
        parser(text)
    except ko.Malformed:
        return False
    return True


UNREADABLE = [(parser, text) for parser in PARSERS for text in TEXTS if not is_readable(parser, text)]


def says_nothing_of(error: BaseException, *canaries: str) -> bool:
    """Whether neither the error nor what led to it holds any of these."""
    told: list[str] = []
    here: BaseException | None = error
    while here is not None:
        told += [str(here), repr(here), repr(here.args), repr(vars(here))]
        here = here.__cause__ or (None if here.__suppress_context__ else here.__context__)
    return not any(canary in text for canary in canaries for text in told)


def test_every_parser_refuses_some_of_it() -> None:
    assert {parser for parser, _text in UNREADABLE} == set(PARSERS)


@pytest.mark.parametrize(("parser", "text"), UNREADABLE)
def test_what_cannot_be_read_is_not_repeated(parser: Callable[[str], object], text: str) -> None:
    with pytest.raises(ko.Malformed) as caught:
        parser(text)
    assert says_nothing_of(caught.value, text, *PIECES, "8112189876")
    assert "\n" not in str(caught.value)


def test_a_text_that_is_too_long_is_not_repeated() -> None:
    with pytest.raises(ko.Malformed) as of_one_line:
        plain_text("Kanariefågeln" * 1000, limit=2000)
    with pytest.raises(ko.Malformed) as of_several:
        long_text(CANARY * 1000, limit=2000)
    assert says_nothing_of(of_one_line.value, *PIECES)
    assert says_nothing_of(of_several.value, *PIECES)


def decode_member(text: str) -> object:
    """A user, as stored."""
    return decode(Key("member:x"), 1, text)


@pytest.mark.parametrize("read", [decode_entry, decode_owed, decode_outcome, decode_member])
def test_what_is_stored_and_cannot_be_read_is_not_repeated_in_the_text(read: Callable[[str], object]) -> None:
    with pytest.raises(ko.Corrupt) as caught:
        read('{"name": "Kanariefågeln", "email": "kanarie@prov.example"}')
    assert not any(piece in str(caught.value) + repr(caught.value) for piece in PIECES)


def refused(ask: Callable[[], object]) -> ko.Refused:
    """Somebody is refused."""
    with pytest.raises(ko.Refused) as caught:
        ask()
    return caught.value


def test_no_refusal_carries_the_data_of_a_person() -> None:
    """Names, addresses, numbers, answers and the ids of persons, in whatever is asked; every sentence, too."""
    cast = Cast.new()
    email, phone = "kanarie@prov.example", "+46701740605"
    cast.portal.execute(ko.AddUser(name="Kanariefågeln", email=email, phone=phone), cast.adam)
    kanarie = cast.world.verify(CUSTOMER, "kanarie-person", email)
    contact = ko.Contact(name="Kanariefågeln", email=email, phone=phone)
    named = ko.CustomerApplication(administrator=contact, agreement_contact=contact, signatories=(contact, contact))
    order, draft, approved = cast.sent(), cast.draft(), cast.approved()
    cast.assign(kanarie, Role.ATTESTANT)
    applying = ko.ApplyForCustomerAgreement(name="Kanariefågeln", category=CustomerCategory.REGION, application=named)
    wrong = {"care_units": ["Kanariefågeln"], "technical_contact": "Kanariefågeln" * 20}
    asked: list[tuple[ko.Command, ko.Actor]] = [
        (ko.AddUser(name="Kanariefågeln", email=email, phone=phone), cast.adam),
        (ko.AddUser(name="Kanariefågeln", email="ny@prov.example"), kanarie),
        (applying, kanarie),
        (ko.StartOrder(offer="finns-inte", mode=ConnectionMode.DIRECT), kanarie),
        (ko.FillInOrder(order=draft, fields=wrong), kanarie),
        (ko.FillInOrder(order=draft, fields={"hiss": "Kanariefågeln"}), cast.berta),
        (ko.RejectOrder(order=approved, reason="Kanariefågeln"), kanarie),
        (ko.ApproveOrder(order=approved, attestant=cast.id(kanarie), certified=True), cast.hanna),
        (ko.PickAttestant(order=approved, attestant=cast.id(kanarie)), cast.hanna),
        (ko.HandOverOrder(order=order, instructions="Kanariefågeln"), kanarie),
        (ko.AttestOrder(order=order, method=AttestMethod.FREJA), kanarie),
        (ko.WithdrawOrder(order=order, reason="Kanariefågeln"), kanarie),
        (ko.AssignRole(member=cast.id(kanarie), role=Role.SIGNATORY), kanarie),
        (ko.GrantHandler(member=cast.id(cast.nils), assignment=f"{AGENT}/npo"), cast.agda),
        (ko.VerifyUser(member=cast.id(kanarie), code="A" * 43), kanarie),
        (ko.DeleteUser(member=cast.id(cast.adam)), kanarie),
    ]
    canaries = (*PIECES, "kanarie-person", cast.id(kanarie), "A" * 43)
    for command, actor in asked:
        error = refused(lambda command=command, actor=actor: cast.portal.execute(command, actor))  # type: ignore[misc]
        assert says_nothing_of(error, *canaries), command
        for reason in error.reasons:
            for tongue in ko.Language:
                text = reason.text(tongue) + "".join(clearer.text(tongue) for clearer in reason.cleared_by)
                assert not any(canary in text for canary in canaries), command
                assert "\n" not in text


def test_no_other_error_does_either() -> None:
    cast = Cast.new(agent=False)
    frida = ko.Actor("kanarie-person", CUSTOMER)
    store = Forgetting(cast.world.store, times=9, kept_first=False)
    broken = ko.Portal(store=store, catalogue=CATALOGUE, clock=cast.world.clock, attempts=1)
    adding = ko.AddUser(name="Kanariefågeln", email="kanarie@prov.example", phone="+46701740605")
    cast.portal.execute(ko.RemoveRole(member=cast.id(cast.nora), role=Role.ORDERER), cast.adam, key="k")
    asked: list[Callable[[], object]] = [
        lambda: cast.portal.orders(frida),
        lambda: cast.portal.members(frida),
        lambda: cast.portal.agreement(f"customer/{CUSTOMER}", frida),
        lambda: cast.portal.execute(ko.WithdrawOrder(order=cast.draft()), frida),
        lambda: cast.portal.execute(adding, cast.adam, key="k"),
        lambda: broken.execute(adding, cast.adam),
        lambda: cast.portal.execute(adding, cast.adam, key="Kanariefågeln 811218-9876"),
        lambda: ko.Actor("811218-9876", CUSTOMER),
    ]
    for ask in asked:
        with pytest.raises(ko.KundorderError) as caught:
            ask()
        assert says_nothing_of(caught.value, *PIECES, "kanarie-person")


SECRETS = (ko.VerifyUser(member=ko.token("m", 1, 1), code="A" * 43),)


def test_a_secret_shows_in_no_repr() -> None:
    cast = Cast(World.new(store=MemoryStore()))
    adam = cast.world.customer()
    cast.portal.execute(ko.AddUser(name="Ny Prov", email="ny@prov.example"), adam)
    _member, code = cast.world.code("ny@prov.example")
    assert all("A" * 43 not in repr(each) for each in SECRETS)
    secret = [mail for mail in cast.mails(ko.OwedState.SENT) if mail.member is not None]
    assert secret
    assert all(code not in repr(mail) for mail in secret)
    held = attrs.evolve(secret[0], secret=code)
    assert code not in repr(held)
