"""Every value that can be drawn is one: parsers, the codec and the edge take it, and nothing is thrown away."""

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import attrs
import pytest
from drawing import drawn, endings, simplest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from proof import count

import kundorder as ko
import kundorder.testing.strategies as ours
from kundorder import identifiers
from kundorder.boundary import command_from_json, command_to_json
from kundorder.codec import decode, encode
from kundorder.commands import COMMANDS, MAXIMUM_TEXT
from kundorder.commands.fields import to_remark
from kundorder.decisions.deciding import key_of
from kundorder.lifecycles.forms import missing, unfit
from kundorder.model import Subject
from kundorder.testing.moves import pasted
from kundorder.testing.moves.paths import states_of
from kundorder.testing.strategies.derived import of_form
from kundorder.testing.strategies.named import NAMED
from kundorder.testing.strategies.people import ROLES
from kundorder.testing.strategies.registering import IDENTIFIERS, public_values
from kundorder.testing.strategies.texts import BLANKS

EXAMPLES = 12

PARSERS: Mapping[str, tuple[Callable[[str], str], str]] = {
    "AgreementId": (identifiers.agreement_id, "customer/999200-0001"),
    "AssignmentId": (identifiers.assignment_id, "999200-0001/npo"),
    "CaseNumber": (identifiers.case_number, "KO0020000006"),
    "EmailAddress": (identifiers.email_address, "anna@region.example"),
    "HsaId": (identifiers.hsa_id, "SE9997000006-P01"),
    "IdempotencyKey": (identifiers.idempotency_key, "key 1"),
    "MemberId": (identifiers.member_id, "m-" + "0" * 26),
    "OfferId": (identifiers.offer_id, "npo-producent"),
    "OrderId": (identifiers.order_id, "o-" + "0" * 26),
    "OrganisationNumber": (identifiers.organisation_number, "999200-0001"),
    "PersonId": (identifiers.person_id, "anna"),
    "PhoneNumber": (identifiers.phone_number, "+46701740605"),
    "SecretCode": (identifiers.secret_code, "A" * 43),
    "ServiceId": (identifiers.service_id, "npo"),
}
"""Of each new type of text, what reads it, and what a failure shrinks to."""

RECORDS: Mapping[str, Callable[[], SearchStrategy[Subject]]] = {
    "agreement": ours.agreements,
    "assignment": ours.assignments,
    "member": ours.members,
    "order": ours.order_records,
}


def name_of(kind: type) -> str:
    return kind.__name__


def test_every_kind_of_identifier_has_a_strategy_and_a_parser() -> None:
    types = {name for name in identifiers.__all__ if hasattr(getattr(identifiers, name), "__supertype__")}
    assert types == set(IDENTIFIERS) == set(PARSERS)


@pytest.mark.parametrize("name", sorted(IDENTIFIERS))
def test_identifiers_are_canonical_and_shrink_to_what_can_be_read(name: str) -> None:
    parse, shortest = PARSERS[name]
    examples = drawn(IDENTIFIERS[name](), 4 * EXAMPLES)
    assert [parse(each) for each in examples] == examples
    assert len(set(examples)) > 4
    assert simplest(IDENTIFIERS[name]()) == shortest


@pytest.mark.parametrize("kind", public_values(), ids=name_of)
def test_every_public_value_can_be_drawn_and_pickled(kind: type[object]) -> None:
    for each in drawn(ours.values_of(kind), EXAMPLES):
        assert type(each) is kind
        again: object = pickle.loads(pickle.dumps(each))  # noqa: S301 - our own bytes
        assert again == each
    count("values drawn, of every public class", EXAMPLES)


def test_a_text_of_a_name_that_means_nothing_is_not_guessed() -> None:
    with pytest.raises(LookupError):
        of_form(str, "nonsense", {})
    with pytest.raises(LookupError):
        of_form(bytes, "name", {})
    assert "name" in NAMED


@pytest.mark.parametrize("kind", COMMANDS, ids=name_of)
def test_commands_of_every_class_come_through_json_as_they_were(kind: type[ko.Command]) -> None:
    seen: dict[str, set[object]] = {field.name: set() for field in attrs.fields(kind)}
    for command in drawn(ours.commands(kind), EXAMPLES):
        assert isinstance(command, kind)
        assert command_from_json(json.dumps(command_to_json(command))) == command
        for name, values in seen.items():
            values.add(getattr(command, name))
    assert all(len(values) > 1 for values in seen.values()), seen
    count("commands drawn that came through JSON as they were", EXAMPLES)


@pytest.mark.parametrize("kind", COMMANDS, ids=name_of)
def test_commands_of_every_class_shrink_to_what_can_be_pasted(kind: type[ko.Command]) -> None:
    shortest = drawn(ours.commands(kind), 1)[0]
    made: object = eval(pasted(shortest), {"ko": ko, "datetime": __import__("datetime").datetime})  # noqa: S307 - our own
    assert made == shortest


def test_bodies_are_taken_or_refused_as_they_are_meant() -> None:
    for body in drawn(ours.command_bodies(), 2 * EXAMPLES):
        assert isinstance(command_from_json(body), COMMANDS)
    for body in drawn(ours.refused_bodies(), 5 * EXAMPLES):
        with pytest.raises(ko.Malformed):
            command_from_json(body)
    count("bodies with one fault, all refused", 5 * EXAMPLES)


def test_texts_that_hurt_are_taken_as_they_are() -> None:
    for text in drawn(ours.plain_texts(), 8 * EXAMPLES):
        assert identifiers.plain_text(text, limit=120) == text
    for text in drawn(ours.long_texts(), 4 * EXAMPLES):
        assert identifiers.long_text(text, limit=MAXIMUM_TEXT) == text == to_remark(text)
    for name in drawn(ours.display_names(), 4 * EXAMPLES):
        assert identifiers.display_name(name) == name


def test_texts_that_must_not_come_in_do_not() -> None:
    for text in drawn(ours.refused_texts(), 8 * EXAMPLES):
        for parse in (identifiers.plain_text, identifiers.long_text):
            with pytest.raises(ko.Malformed):
                parse(text, limit=MAXIMUM_TEXT)
    for text in (*BLANKS, *drawn(ours.look_alikes(), 4 * EXAMPLES)):
        with pytest.raises(ko.Malformed):
            identifiers.display_name(text)


def test_amounts_moments_and_digests_are_canonical() -> None:
    for amount in drawn(ours.money(), EXAMPLES):
        assert identifiers.money(str(amount)) == amount
    for moment in drawn(ours.moments(), EXAMPLES):
        assert identifiers.moment(moment) == moment
    assert all(len(digest) == 64 for digest in drawn(ours.digests(), EXAMPLES))
    assert str(simplest(ours.money(), lambda _: True)) == "0.00 SEK"


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_records_are_read_back_as_they_were_kept(name: str) -> None:
    for record in drawn(RECORDS[name](), 2 * EXAMPLES):
        assert decode(key_of(record), 1, encode(record)) == record
    count("records drawn that were read back as they were kept", 2 * EXAMPLES)


@pytest.mark.parametrize(("flow", "state"), [(flow, state) for flow in ko.Flow for state in states_of(flow)])
def test_orders_as_records_are_of_one_piece_in_every_state(flow: ko.Flow, state: ko.OrderState) -> None:
    for order in drawn(ours.order_records(state=state, flow=flow), 5):
        assert (order.state, order.content.flow) == (state, flow)
        assert (order.case_number is None) == (order.digest is None)
        assert order.case_number is not None or state in {ko.OrderState.DRAFT, ko.OrderState.WITHDRAWN}
        assert (order.content.agent is not None) >= (flow is ko.Flow.VIA_AGENT)


@pytest.mark.parametrize("state", ko.AgreementState)
def test_agreements_are_drawn_in_every_state(state: ko.AgreementState) -> None:
    for agreement in drawn(ours.agreements(state=state), 5):
        assert agreement.state is state
        assert agreement.authority is None or len(agreement.given) == len(agreement.signatories)


@pytest.mark.parametrize("state", ko.AssignmentState)
def test_assignments_are_drawn_in_every_state(state: ko.AssignmentState) -> None:
    assert {each.state for each in drawn(ours.assignments(state=state), 5)} == {state}


@pytest.mark.parametrize("state", ko.UserState)
def test_users_are_drawn_in_every_state(state: ko.UserState) -> None:
    for member in drawn(ours.members(state=state), 5):
        assert member.state is state
        assert (member.person is None) == (member.invitation is not None) == (state is ko.UserState.INVITED)


def test_organisations_have_an_administrator_and_only_roles_that_there_are_in_them() -> None:
    for staffed in drawn(ours.staffed_organisations(), 2 * EXAMPLES):
        organisation, members = staffed.organisation, staffed.members
        sides = {
            ko.Party.CUSTOMER: organisation.category is not None,
            ko.Party.AGENT: organisation.is_agent,
            ko.Party.PROVIDER: organisation.is_provider,
        }
        roles = {role for party, is_one in sides.items() if is_one for role in ROLES[party]}
        assert all(set(member.roles) <= roles for member in members)
        assert ko.Role.ADMINISTRATOR in members[0].roles
        assert len({member.email for member in members}) == len(members)


def test_catalogues_have_every_kind_of_field_mode_override_category_and_fee() -> None:
    offers = [offer for catalogue in drawn(ours.catalogues(), 4 * EXAMPLES) for offer in catalogue.offers]
    fields = [field for offer in offers for field in offer.form]
    assert {field.kind for field in fields} == set(ko.FieldKind)
    assert {mode for offer in offers for mode in offer.modes} == set(ko.ConnectionMode)
    assert {offer.flow for offer in offers} == {None, *ko.Flow}
    assert {category for offer in offers for category in offer.categories} == set(ko.CustomerCategory)
    assert {offer.start_up_fee is None for offer in offers} == {True, False}
    assert {field.required for field in fields} == {True, False}
    assert drawn(ours.catalogues(workable=False), EXAMPLES)


def test_answers_fit_or_do_not_as_they_are_meant() -> None:
    fitting = ours.offers().flatmap(lambda offer: st.tuples(st.just(offer), ours.fitting_answers(offer)))
    for offer, answers in drawn(fitting, 4 * EXAMPLES):
        assert unfit(offer, answers) == missing(offer, answers) == ()
    spoilt = ours.offers().flatmap(lambda offer: st.tuples(st.just(offer), ours.unfit_answers(offer)))
    for offer, answers in drawn(spoilt, 4 * EXAMPLES):
        assert unfit(offer, answers), (offer, answers)


def test_the_simplest_catalogue_has_one_offer_of_one_service() -> None:
    (offer,) = (catalogue := simplest(ours.catalogues())).offers
    assert (offer.id, offer.service, offer.form, offer.flow) == ("npo-producent", "npo", (), None)
    assert [service.id for service in catalogue.services] == ["npo"]
    assert len(pasted(catalogue)) < 1000


def test_the_simplest_rules_are_those_by_default() -> None:
    assert simplest(ours.workable_rules(())) == ko.Rules()


@pytest.mark.parametrize(
    "strategy",
    [
        ours.commands,
        ours.catalogues,
        ours.order_records,
        ours.agreements,
        ours.refused_bodies,
        ours.staffed_organisations,
    ],
    ids=lambda strategy: str(strategy.__name__),
)
def test_nothing_is_thrown_away(strategy: Callable[[], SearchStrategy[object]]) -> None:
    found = endings(strategy(), EXAMPLES)
    assert (found["passed"], found["gave_up"]) == (EXAMPLES, 0)


def test_what_is_thrown_away_is_counted() -> None:
    picky = ours.organisation_numbers().filter(lambda number: number.endswith("1"))
    assert endings(picky, EXAMPLES)["gave_up"] > 0


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(ours.commands(), EXAMPLES, chance=7) == drawn(ours.commands(), EXAMPLES, chance=7)
    assert drawn(ours.commands(), EXAMPLES, chance=7) != drawn(ours.commands(), EXAMPLES, chance=8)


def test_hypothesis_knows_our_types_once_it_is_told() -> None:
    ours.register()
    ours.register()
    assert drawn(st.from_type(ko.Order), 2)
    assert {type(each) for each in drawn(st.builds(kept), 4 * EXAMPLES)} < set(COMMANDS)
    assert drawn(st.builds(known), 1) == ["999200-0001"]


def kept(command: ko.Command) -> ko.Command:
    """What Hypothesis has found out from the annotation that it has to draw."""
    return command


def known(number: identifiers.OrganisationNumber) -> str:
    """As ``kept``, of a new type of text."""
    return number


CONFTEST: Final = "import kundorder.testing.strategies as ours\n\nours.register()\n"
REGISTERED: Final = """
from hypothesis import given, settings, strategies as st
import kundorder as ko
import kundorder.testing.strategies as ours
from kundorder.testing.moves import Move

@settings(max_examples=5, database=None, deadline=None)
@given(st.from_type(ko.Rules), st.from_type(Move))
def test_they_are_known(rules, move):
    assert isinstance(rules, ko.Rules)

@settings(max_examples=20, database=None, derandomize=True, deadline=None)
@given(ours.situations())
def test_a_failure_is_told_shortly(reached):
    assert reached.state != "DRAFT"
"""


def test_a_host_registers_in_its_conftest_and_reads_what_fails(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST, "utf-8")
    (tmp_path / "test_registered.py").write_text(REGISTERED, "utf-8")
    call = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "--tb=short"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "Move(ko.StartOrder(" in done.stdout
    assert len(done.stdout.splitlines()) < 60, done.stdout
