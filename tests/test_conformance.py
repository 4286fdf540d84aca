"""A system of somebody's own beside the model: one that is right agrees, and each mistake is told as a short story."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import attrs
import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test
from own_portal.as_system import UNSUPPORTED, OwnSystem
from own_portal.faults import FAULTY
from proof import count

import kundorder as ko
from kundorder.testing.conformance import (
    COVERED,
    EVERYDAY,
    FOUR_EYES,
    SCENARIOS,
    SEVERAL_HATS,
    Accepted,
    Answer,
    Aspect,
    Codes,
    Compare,
    Differs,
    Hidden,
    Refusal,
    Report,
    Scenario,
    Sent,
    Setting,
    Shown,
    conformance_machine,
    first_difference,
)
from kundorder.testing.conformance.comparing import SystemFactory
from kundorder.testing.conformance.labels import label
from kundorder.testing.conformance.modelled import Model

ASPECTS: Final[Mapping[str, tuple[Aspect, int]]] = {  # in what it shows, and after how many acts
    "SignersHearAtOnce": (Aspect.MAIL, 4),
    "AnyReviewerReviews": (Aspect.VERDICT, 5),
    "OldContractsCount": (Aspect.VERDICT, 1),
    "AnyBuyerCancels": (Aspect.VERDICT, 2),
    "LoginsForHumans": (Aspect.VERDICT, 5),
    "AgentsAlwaysAct": (Aspect.STATE, 4),
    "CancelledIsSigned": (Aspect.VERDICT, 3),
    "SignedTwice": (Aspect.VERDICT, 6),
    "CustomersSeeEachOther": (Aspect.VISIBILITY, 1),
    "AgentsSeeDrafts": (Aspect.VISIBILITY, 1),
    "SentWithoutSigner": (Aspect.VERDICT, 5),
    "CancelledInSilence": (Aspect.MAIL, 5),
    "EverybodyIsNamed": (Aspect.PERSONS, 4),
    "AnySignerOfTheAgent": (Aspect.WAITS, 5),
    "CopiesKeepTheTerms": (Aspect.VERDICT, 6),
    "NothingIsCertified": (Aspect.VERDICT, 5),
    "AskedOnceActsForEver": (Aspect.VERDICT, 6),
    "NewSignersHearNothing": (Aspect.MAIL, 5),
    "AnswersAreMixed": (Aspect.ANSWERS, 3),
    "CopiesAreEmpty": (Aspect.ANSWERS, 4),
}

BY_CHANCE: Final = (  # at most so many acts, for the machine does not go through everything short first
    ("SignersHearAtOnce", {Aspect.MAIL}, 4),
    ("OldContractsCount", {Aspect.VERDICT}, 1),
    ("AnyBuyerCancels", {Aspect.VERDICT}, 2),
    ("LoginsForHumans", {Aspect.VERDICT}, 6),
    ("AgentsAlwaysAct", {Aspect.STATE}, 4),
    ("CancelledIsSigned", {Aspect.VERDICT}, 4),
    ("SignedTwice", {Aspect.VERDICT}, 9),
    ("CustomersSeeEachOther", {Aspect.VISIBILITY}, 1),
    ("AgentsSeeDrafts", {Aspect.VISIBILITY}, 1),
    ("CancelledInSilence", {Aspect.MAIL}, 7),
    ("EverybodyIsNamed", {Aspect.PERSONS}, 7),
    ("AnySignerOfTheAgent", {Aspect.WAITS, Aspect.MAIL}, 7),
)

RARELY: Final = (  # what takes more than one coincidence
    ("AnyReviewerReviews", {Aspect.VERDICT}, 7),
    ("SentWithoutSigner", {Aspect.VERDICT}, 7),
)

ONLY_THERE: Final[Mapping[str, tuple[Scenario, ...]]] = {  # so that the others need not be gone through before
    "LoginsForHumans": (FOUR_EYES,),
    "AskedOnceActsForEver": (SEVERAL_HATS,),
}


def compared(factory: SystemFactory, scenarios: tuple[Scenario, ...] = SCENARIOS) -> Report:
    return first_difference(factory, unsupported=UNSUPPORTED, scenarios=scenarios)


def run(factory: SystemFactory, *, examples: int = 80, scenarios: tuple[Scenario, ...] = SCENARIOS) -> Report:
    """What a machine has found; always the same."""
    machine = conformance_machine(factory, unsupported=UNSUPPORTED, scenarios=scenarios)
    chosen = settings(machine.TestCase.settings, derandomize=True, database=None, max_examples=examples)
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except Differs as differs:
        return differs.report
    return machine.host.report()


class Recorded(OwnSystem):
    """Counts what it is asked."""

    asked: Final[list[type[ko.Command]]] = []

    def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
        self.asked.append(type(command))
        return super().perform(command, actor)


def test_a_portal_that_is_right_agrees_with_the_model_in_every_situation_of_an_order() -> None:
    Recorded.asked.clear()
    report = compared(Recorded, (EVERYDAY,))
    assert report.conforms, report
    assert set(Recorded.asked) == set(COVERED) - set(UNSUPPORTED)
    count("acts put to a portal of somebody's own and to the model, one situation after the other", report.tally.acts)


@pytest.mark.long
def test_a_portal_that_is_right_agrees_with_the_model_in_every_scenario() -> None:
    report = compared(OwnSystem)
    assert report.conforms, report
    assert tuple(report.tally.scenarios) == SCENARIOS


def test_a_portal_that_is_right_agrees_with_the_model_whatever_people_do() -> None:
    report = run(OwnSystem, examples=25)
    assert report.conforms, report
    assert report.tally.acts - report.tally.refusals > 200  # acts that lead somewhere
    assert set(report.tally.scenarios) == set(SCENARIOS)


@pytest.mark.parametrize("fault", FAULTY)
def test_each_mistake_is_found_as_soon_as_it_can_show(fault: str) -> None:
    report = compared(FAULTY[fault], ONLY_THERE.get(fault, (EVERYDAY,)))
    difference = report.difference
    assert difference is not None
    assert not report.conforms
    assert (difference.aspect, len(difference.steps)) == ASPECTS[fault]
    assert compared(FAULTY[fault], ONLY_THERE.get(fault, (EVERYDAY,))) == report  # the same in every run
    count("mistakes in a portal of somebody's own, each found", 1)


@pytest.mark.parametrize(
    ("fault", "aspects", "acts"), [*BY_CHANCE, *(pytest.param(*each, marks=pytest.mark.long) for each in RARELY)]
)
def test_the_machine_finds_a_mistake_and_tells_it_shortly(fault: str, aspects: set[Aspect], acts: int) -> None:
    difference = run(FAULTY[fault], examples=2000, scenarios=ONLY_THERE.get(fault, (EVERYDAY,))).difference
    assert difference is not None
    assert difference.aspect in aspects
    assert len(difference.steps) <= acts


def test_every_mistake_of_the_example_is_told_here() -> None:
    assert set(ASPECTS) == set(FAULTY)
    assert {aspect for aspect, _acts in ASPECTS.values()} >= {
        Aspect.VERDICT,
        Aspect.STATE,
        Aspect.VISIBILITY,
        Aspect.MAIL,
    }


@pytest.mark.parametrize(("fault", "is_extra"), [("SignersHearAtOnce", True), ("CancelledInSilence", False)])
def test_a_mail_that_is_too_much_or_not_sent_stands_in_the_difference(fault: str, *, is_extra: bool) -> None:
    difference = compared(FAULTY[fault], (EVERYDAY,)).difference
    assert difference is not None
    sent, other = (difference.found, difference.expected) if is_extra else (difference.expected, difference.found)
    assert isinstance(sent, Sent)
    assert other is None


def test_the_story_says_in_swedish_who_was_mailed_too_early() -> None:
    assert compared(FAULTY["SignersHearAtOnce"]).story(ko.Language.SV) == (
        "Systemet skiljer sig från modellen (alla i en roll).\n"
        "\n"
        "Till att börja med:\n"
        "   anna hos 999200-0001 är beställare\n"
        "   bo hos 999200-0001 är attestant\n"
        "\n"
        " 1. anna hos 999200-0001 påbörjar beställning 1: npo-producent, via agent, agent 556677-8899.\n"
        " 2. anna hos 999200-0001 fyller i beställning 1.\n"
        " 3. anna hos 999200-0001 godkänner villkoren för beställning 1.\n"
        " 4. anna hos 999200-0001 skickar beställning 1.\n"
        "\n"
        "Systemet: mejlade bo hos 999200-0001 att beställning 1 väntar på kundens attest\n"
        "Modellen: mejlade inte bo hos 999200-0001 att beställning 1 väntar på kundens attest\n"
        "Se R10, R36, R39."
    )


_FILLED: Final = "care_units: SE9997000006-P01; technical_contact: Teknik Prov"


@pytest.mark.parametrize(
    ("fault", "language", "ending"),
    [
        (
            "AnswersAreMixed",
            "en",
            [
                " 3. anna at 999200-0001 fills in order 1, with an empty form.",
                "",
                f"Your system: anna at 999200-0001 sees that order 1 is filled in with {_FILLED}",
                "The model:   anna at 999200-0001 sees that order 1 is not filled in",
            ],
        ),
        (
            "CopiesAreEmpty",
            "sv",
            [
                " 4. anna hos 999200-0001 kopierar beställning 1 som utkast: beställning 2.",
                "",
                "Systemet: anna hos 999200-0001 ser att beställning 2 inte är ifylld",
                f"Modellen: anna hos 999200-0001 ser att beställning 2 är ifylld med {_FILLED}",
            ],
        ),
    ],
)
def test_the_story_says_how_an_order_should_have_been_filled_in(fault: str, language: str, ending: list[str]) -> None:
    assert compared(FAULTY[fault], (EVERYDAY,)).story(language).splitlines()[-4:] == ending


def test_the_report_tells_the_story_with_the_reasons_and_what_was_left_out() -> None:
    report = compared(FAULTY["AnyBuyerCancels"])
    acts = f"{report.tally.acts} acts, {report.tally.refusals} of them not permitted"
    assert str(report) == (
        "Your system differs from the model (everybody in one role).\n"
        "\n"
        "To begin with:\n"
        "   anna at 999200-0001 is orderer\n"
        "   olof at 999200-0001 is orderer\n"
        "\n"
        " 1. anna at 999200-0001 starts order 1: npo-producent, direct connection.\n"
        " 2. olof at 999200-0001 withdraws order 1.\n"
        "\n"
        "Your system: did it (status: withdrawn)\n"
        "The model:   refused: NOT_YOUR_ORDER\n"
        "- NOT_YOUR_ORDER: Only the orderer who made the order can do this."
        " Can help: orderer at 999200-0001, customer service at the provider.\n"
        "\n"
        f"{acts}; scenarios: everybody in one role.\n"
        "Not compared: reasons of refusals (the system has not always said it);"
        " DeleteUser (not supported); RestoreUser (not supported)."
    )


def test_the_story_of_the_tutorial_is_the_one_that_is_printed() -> None:
    page = Path(__file__).resolve().parents[1] / "docs" / "tutorial" / "test-your-portal.md"
    story = compared(FAULTY["SignersHearAtOnce"]).story("en")
    assert f"```text\n{story}\n```" in page.read_text("utf-8")


def test_the_machine_prints_the_story_and_what_was_left_out_in_the_language_asked_for() -> None:
    machine = conformance_machine(
        FAULTY["AnyBuyerCancels"], unsupported=UNSUPPORTED, scenarios=(EVERYDAY,), language="sv"
    )
    with pytest.raises(Differs) as caught:
        run_state_machine_as_test(machine, settings=settings(machine.TestCase.settings, database=None))
    told = str(caught.value)
    assert "Systemet skiljer sig från modellen (alla i en roll).\n" in told
    assert (
        " återtar beställning 1.\n\nSystemet: gjorde det (status: återtagen)\nModellen: avböjde: NOT_YOUR_ORDER" in told
    )
    assert "\n 3." not in told
    assert "DeleteUser (stöds inte); RestoreUser (stöds inte)." in told


class Stubborn:
    """Says the same to everything."""

    answer: Answer = Refusal()

    def begin(self, setting: Setting) -> Mapping[ko.Actor, str]:
        return {person.actor: f"user {number}" for number, person in enumerate(setting.people)}

    def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
        del command, actor
        return self.answer

    def show(self, order: str, actor: ko.Actor) -> Shown | None:
        del order, actor
        return None

    def sent(self) -> Sequence[Sent]:
        return ()


class AlwaysYes(Stubborn):
    answer: Answer = Accepted(id="1", state=ko.OrderState.DRAFT)


class AlwaysHidden(Stubborn):
    answer: Answer = Hidden()


class AlwaysFails(Stubborn):
    def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
        raise NotImplementedError(type(command).__name__)


@pytest.mark.parametrize("system", [Stubborn, AlwaysYes, AlwaysHidden, AlwaysFails])
def test_a_system_that_always_says_the_same_does_not_pass(system: type[Stubborn]) -> None:
    for report in (compared(system), run(system)):
        assert report.difference is not None
        assert report.difference.aspect in {Aspect.VERDICT, Aspect.STATE}
        assert len(report.difference.steps) <= 4


def test_a_command_that_is_not_there_is_a_difference_unless_it_is_named() -> None:
    report = first_difference(OwnSystem, scenarios=(EVERYDAY,))
    assert "Your system: did not answer, but fell: NotImplementedError: DeleteUser\n" in report.story()
    told = compared(OwnSystem, (attrs.evolve(EVERYDAY, starts=(), oddities=()),)).told(ko.Language.SV)
    assert "DeleteUser (stöds inte); RestoreUser (stöds inte)." in told


def test_what_is_named_as_not_there_is_never_asked_for() -> None:
    unsupported = (*UNSUPPORTED, ko.WithdrawOrder, ko.CopyOrderAsDraft, ko.AssignRole)
    asked: set[type[ko.Command]] = set()

    class Lacking(OwnSystem):
        def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
            asked.add(type(command))
            return super().perform(command, actor)

    report = first_difference(Lacking, unsupported=unsupported, scenarios=(EVERYDAY,), depth=3)
    assert report.conforms, report
    assert asked.isdisjoint(unsupported)
    assert {ko.StartOrder, ko.RemoveRole} < asked


class Silent(OwnSystem):
    """Says nothing that it need not say."""

    def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
        answer = super().perform(command, actor)
        return Refusal() if isinstance(answer, Refusal) else answer

    def show(self, order: str, actor: ko.Actor) -> Shown | None:
        shown = super().show(order, actor)
        return None if shown is None else Shown(state=shown.state)


def test_what_a_system_does_not_say_is_told_as_not_compared() -> None:
    report = first_difference(Silent, unsupported=UNSUPPORTED, scenarios=(FOUR_EYES,), depth=4)
    assert report.conforms
    assert report.left_out()[:4] == (
        "reasons of refusals (the system has not always said it)",
        "for whom an order waits (the system has not always said it)",
        "which persons are named (the system has not always said it)",
        "what is filled in in an order (the system has not always said it)",
    )


@pytest.mark.parametrize(
    ("fault", "compare", "left_out"),
    [
        ("CancelledInSilence", Compare(mail=frozenset()), "mail"),
        (
            "SignersHearAtOnce",
            Compare(mail=frozenset({ko.Template.REVIEW_ORDER})),
            "mail of the kind attest_order",
        ),
        ("AnySignerOfTheAgent", Compare(waits=False, mail=frozenset()), "for whom an order waits"),
        ("EverybodyIsNamed", Compare(persons=False), "which persons are named"),
        ("CopiesAreEmpty", Compare(answers=False), "what is filled in in an order"),
    ],
)
def test_what_is_switched_off_is_not_compared_and_the_report_says_so(
    fault: str, compare: Compare, left_out: str
) -> None:
    _aspect, acts = ASPECTS[fault]
    for chosen, conforms in ((Compare(), False), (compare, True)):
        report = first_difference(
            FAULTY[fault], compare=chosen, unsupported=UNSUPPORTED, scenarios=(EVERYDAY,), depth=acts
        )
        assert report.conforms is conforms
        assert (left_out in report.left_out()) is conforms


def test_reasons_may_be_asked_for_in_full() -> None:
    report = first_difference(
        OwnSystem, compare=Compare(codes=Codes.ALL), unsupported=UNSUPPORTED, scenarios=(EVERYDAY,)
    )
    assert report.difference is not None
    assert report.difference.aspect is Aspect.CODES


def test_a_system_that_answers_no_where_there_is_nothing_differs_unless_that_is_switched_off() -> None:
    class Frank(OwnSystem):
        def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
            answer = super().perform(command, actor)
            return Refusal() if isinstance(answer, Hidden) else answer

    told = first_difference(Frank, unsupported=UNSUPPORTED, scenarios=(EVERYDAY,), depth=2)
    assert told.difference is not None
    assert told.difference.aspect is Aspect.VERDICT
    silent = first_difference(
        Frank, compare=Compare(hiding=False), unsupported=UNSUPPORTED, scenarios=(EVERYDAY,), depth=2
    )
    assert silent.conforms


class TheModel:
    """The model itself, behind the protocol."""

    model: Model

    def begin(self, setting: Setting) -> Mapping[ko.Actor, str]:
        self.model = Model(setting)
        return self.model.members

    def perform(self, command: ko.Command, actor: ko.Actor) -> Answer:
        coming = label(len(self.model.orders) + 1)
        return self.model.perform(command, actor, coming).answer

    def show(self, order: str, actor: ko.Actor) -> Shown | None:
        return self.model.views((actor,)).get((order, actor))

    def sent(self) -> Sequence[Sent]:
        return self.model.sent()


def test_the_model_agrees_with_itself_to_the_last_reason() -> None:
    report = first_difference(TheModel, compare=Compare(codes=Codes.ALL), scenarios=(FOUR_EYES,), depth=3)
    assert report.conforms, report
    assert report.left_out() == ()


def test_every_user_of_the_setting_has_to_be_known() -> None:
    class Forgetful(OwnSystem):
        def begin(self, setting: Setting) -> Mapping[ko.Actor, str]:
            return dict(list(super().begin(setting).items())[1:])

    with pytest.raises(LookupError, match="anna at 999200-0001"):
        compared(Forgetful)


def test_a_setting_the_model_cannot_come_to_is_refused() -> None:
    people = tuple(each for each in EVERYDAY.setting.people if each.actor.person != "hugo")
    wrong = attrs.evolve(people[-1], roles=frozenset({ko.Role.ADMINISTRATOR, ko.Role.AGENT_HANDLER}))
    setting = attrs.evolve(EVERYDAY.setting, people=(*people[:-1], wrong))
    with pytest.raises(ko.Refused):
        Model(setting)


@pytest.mark.parametrize(
    ("roles", "why"),
    [
        ({ko.Role.ADMINISTRATOR}, "999100-0002: the roles come to .*PROVIDER_OFFICER.* and not to "),
        ({ko.Role.PROVIDER_OFFICER}, "999100-0002: somebody has to be ADMINISTRATOR there"),
    ],
)
def test_a_setting_with_other_roles_than_the_model_gives_is_refused_with_what_to_mend(
    roles: set[ko.Role], why: str
) -> None:
    setting = EVERYDAY.setting
    people = [
        attrs.evolve(each, roles=frozenset(roles)) if each.actor.person == "olle" else each for each in setting.people
    ]
    with pytest.raises(ValueError, match=why):
        Model(attrs.evolve(setting, people=tuple(people)))
