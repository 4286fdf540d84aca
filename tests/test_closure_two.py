"""Laws 14 and 15, and R10, in every situation of two orders and of people who act in several organisations.

``closure.walk`` tells what a situation is and what this may miss; ``closure.rights`` has the table of who may see what.
"""

import logging

import pytest
from closure.canaries import Canary, What, found_in, told_by
from closure.opening import opening
from closure.planted import LEAKS, UNASKED, Planted
from closure.rights import PUBLIC, permitted
from closure.scenarios import DIRECT, TGP, VIA, WAYS, Scenario
from closure.situations import People
from closure.stage import Stage
from closure.walk import Walk
from proof import count
from world import AGENT, CUSTOMER, OTHER, PROVIDER

import kundorder as ko
from kundorder.vocabulary import Flow

BOTH, SAME = (CUSTOMER, OTHER), (CUSTOMER, CUSTOMER)
FOUR_EYES = ko.Rules(four_eyes=True, inform_agent_automatically=True)
HANNA, BO, ANNA = "grant hanna at agent", "attestant bo at first", "orderer anna at first"

SCENARIOS = (
    Scenario(
        name="two customers, via agent and TGP, a handler goes", customers=BOTH, ways=((VIA,), (TGP,)), changes=(HANNA,)
    ),
    Scenario(
        name="two customers, direct and via agent, four eyes", customers=BOTH, ways=((DIRECT,), (VIA,)), rules=FOUR_EYES
    ),
    Scenario(
        name="two customers, direct and TGP, the attestant goes",
        customers=BOTH,
        ways=((DIRECT,), (TGP,)),
        changes=(BO,),
    ),
    Scenario(
        name="one customer, direct and TGP, four eyes, the orderer goes",
        customers=SAME,
        ways=((DIRECT,), (TGP,)),
        rules=FOUR_EYES,
        changes=(ANNA,),
    ),
)
CHANGES = (
    HANNA,
    BO,
    ANNA,
    "attestant anna at first",
    "attestant cai at agent",
    "orderer hanna at second",
    "user bo at first",
    "assignment",
    "agreement first",
)
LARGER = (
    Scenario(name="one customer, both via agent", customers=SAME, ways=((VIA,), (VIA,))),
    *(
        Scenario(
            name=f"{'two customers' if customers == BOTH else 'one customer'}{', four eyes' * rules.four_eyes}, {name}",
            customers=customers,
            ways=(WAYS, WAYS),
            rules=rules,
            changes=changes,
            whole=not changes,
        )
        for customers in (BOTH, SAME)
        for rules in (ko.Rules(), FOUR_EYES)
        for name, changes in (("nobody comes or goes", ()), *((change, (change,)) for change in CHANGES))
    ),
)


def walked(scenario: Scenario, caplog: pytest.LogCaptureFixture) -> Walk:
    """The whole walk; what has been logged meanwhile tells nobody anything."""
    caplog.set_level(logging.DEBUG)
    walk = Walk(scenario, opening())
    counts = walk.walked()
    print(f"{scenario.name}: {dict(counts)}")  # noqa: T201 - seen with -rP
    assert not found_in(caplog.text), "something of this is logged"
    return walk


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whoever_can_act_is_asked_and_nobody_is_shown_what_is_anothers(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    walk = walked(scenario, caplog)
    check_found(walk)
    count("situations of two orders and two organisations, all readers", walk.counts["situations"])
    count("steps between situations of two orders", walk.counts["edges"])
    count("answers searched for what is another's", walk.counts["answers"] + walk.counts["lists"])
    count("letters searched for what is another's", walk.counts["letters"])


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scenario", LARGER, ids=lambda scenario: scenario.name)
def test_it_is_the_same_with_all_flows_and_whoever_comes_or_goes(
    scenario: Scenario, caplog: pytest.LogCaptureFixture
) -> None:
    check_found(walked(scenario, caplog))


def check_found(walk: Walk) -> None:
    """What was searched for is there to be found: all of it was shown to somebody, and secrets to their readers."""
    known, shown = walk.stage.opening.canaries.known, walk.laws.shown
    for one in walk.slots:
        found = {each.what for word in shown for each in known[word] if each.owner == one.order}
        direct = any(way.flow is Flow.DIRECT for way in one.ways)
        assert found == {What.ORDER, What.CONTENT, What.REASON} | ({What.INSTRUCTIONS} if direct else set())
    for organisation in (CUSTOMER, OTHER, AGENT, PROVIDER):
        found = {each.what for word in shown for each in known[word] if each.owner == organisation}
        assert {What.ORGANISATION, What.PERSON} <= found
    assert {each.what for word in shown for each in known[word]} >= {What.CONTRACT, What.PROOF, What.SECRET}
    assert {word for word in shown if word not in known} == set()


@pytest.mark.parametrize("planted", [*LEAKS, *UNASKED], ids=lambda planted: planted.name)
def test_the_walk_finds_what_is_made_wrong_on_purpose(
    planted: Planted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    opening()  # before anything is wrong
    planted.put(monkeypatch)
    with pytest.raises(AssertionError, match=planted.said):
        walked(planted.scenario, caplog)
    count("mistakes planted, and found by looking at everything", 1)


def test_an_invitation_tells_its_reader_and_nobody_on_the_way() -> None:
    held = opening()
    secret, people = held.canaries.words(What.SECRET), held.canaries.words(What.PERSON, "name", "address", "phone")
    codes: list[frozenset[str]] = []
    for organisation, letter in held.letters:
        words = found_in(f"{letter.to} {letter.text} {letter.html}")
        assert not found_in(f"{letter.subject} {letter.message_id} {letter.thread} {letter!r}")
        owners = {each.owner for word in words - secret for each in held.canaries.known[word]}
        assert organisation in owners
        addressee = {each.person for word in found_in(letter.to) for each in held.canaries.known[word]}
        named = {each.person for word in words & people for each in held.canaries.known[word]}
        assert named == addressee
        codes.append(words & secret)
    assert {len(each) for each in codes} <= {0, 1}  # a signatory's link holds none here
    assert len(set(codes)) > len(held.members) / 2


def test_the_journal_knows_persons_by_opaque_ids_and_holds_no_secret() -> None:
    held = opening()
    said, _text_form = told_by(tuple(entry for entries in held.journal.values() for entry in entries))
    hidden = held.canaries.words(What.SECRET) | held.canaries.words(What.PROOF, "proof")
    assert not said & (hidden | held.canaries.words(What.PERSON, "name", "address", "phone"))
    assert said & held.canaries.words(What.PERSON, "login")  # so it is there to be found
    kept, _text_form = told_by(tuple(fact.record for fact in held.records.values()))
    assert kept >= held.canaries.words(What.PERSON, "name", "address")


def test_what_the_table_does_not_say_is_permitted_to_nobody() -> None:
    stage = Stage(SCENARIOS[0], opening())
    people = People.standing(stage.start)
    orders = {each.order: each.customer for each in stage.slots}
    known = opening().canaries.known
    for reader in stage.readers:
        may = permitted(opening().canaries, reader, people.of(reader), orders, frozenset())
        whats = {each.what for word in may for each in known[word]}
        assert (
            not whats & {What.ORDER, What.CONTENT, What.REASON, What.INSTRUCTIONS, What.SECRET}
            or people.of(reader).is_staff
        )
        if not people.of(reader).is_user:
            assert may == {word for word, found in known.items() if any(is_public(each) for each in found)}


def is_public(canary: Canary) -> bool:
    """Whether everybody knows of it."""
    return canary.what is What.ORGANISATION and canary.owner in PUBLIC
