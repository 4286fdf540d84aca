"""The links in mails: nobody can guess one, opening one changes nothing, and each says what it is for while it is."""

import re
from datetime import timedelta
from urllib.parse import unquote

import attrs
import pytest
from cast import Cast, snapshot, tables
from joint import AGREEMENT, Table
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer
from kundorder.ports import Letter
from kundorder.sample import CATALOGUE
from kundorder.situation import Key
from kundorder.vocabulary import Lifecycle, LinkClosed, Party, Role, Template

_LINK = re.compile(r"https://portal\.example/(?:orders/|agreement\?id=)([^#\s\"]+)#([A-Za-z0-9_-]+)")


def references(letters: tuple[Letter, ...]) -> list[str]:
    """What stands in their links."""
    return [found.group(2) for letter in letters if (found := _LINK.search(letter.text)) is not None]


def sent() -> tuple[Cast, str, str]:
    """An order that waits for Atle, and the reference in the mail Atle got."""
    cast = Cast.new(agent=False)
    order = cast.sent()
    cast.portal.deliver()
    (letter,) = [each for each in cast.world.mailer.letters if each.to.startswith("atle@") and "#" in each.text][-1:]
    (reference,) = references((letter,))
    return cast, order, reference


def test_a_link_says_what_it_is_for_and_for_whom_and_that_it_is_open() -> None:
    cast, order, reference = sent()
    target = cast.portal.link(reference)
    assert target.is_open
    assert (target.purpose, target.lifecycle, target.id) == (Template.ATTEST_ORDER, Lifecycle.ORDER, order)
    assert (target.organisation, target.person, target.signatory) == (CUSTOMER, "atle", None)
    assert (target.role, target.party) == (Role.ATTESTANT, Party.CUSTOMER)
    assert cast.portal.link(reference, cast.atle) == target


def test_a_link_for_a_signatory_names_the_signatory_who_has_no_login() -> None:
    table = Table.of(2)
    letters = [each for each in table.world.mailer.letters if "agreement?id=" in each.text]
    found = [_LINK.search(letter.text) for letter in letters]
    assert [unquote(each.group(1)) for each in found if each is not None] == [
        f"{AGREEMENT}&signatory=s1",
        f"{AGREEMENT}&signatory=s2",
    ]
    targets = [table.world.portal.link(reference) for reference in references(tuple(letters))]
    assert [(each.id, each.signatory, each.person) for each in targets] == [
        (AGREEMENT, "s1", None),
        (AGREEMENT, "s2", None),
    ]
    assert {each.lifecycle for each in targets} == {Lifecycle.CUSTOMER_AGREEMENT}
    agents = Table.of(1, party=Party.AGENT)
    (reference,) = references(tuple(each for each in agents.world.mailer.letters if "agreement?id=" in each.text))[-1:]
    assert agents.world.portal.link(reference).lifecycle is Lifecycle.AGENT_AGREEMENT
    table.sign("s1")
    again = [table.world.portal.link(reference) for reference in references(tuple(letters))]
    assert [each.closed for each in again] == [LinkClosed.DECIDED, None]


def test_opening_a_link_a_thousand_times_changes_nothing() -> None:
    """As the scanners of mail servers do."""
    cast, _order, reference = sent()
    before = snapshot(cast.world.store)
    assert {cast.portal.link(reference).closed for _ in range(1000)} == {None}
    assert snapshot(cast.world.store) == before


@pytest.mark.parametrize("actor", ["berta", "nora", "adam"])
def test_anothers_link_is_as_one_that_does_not_exist(actor: str) -> None:
    cast, _order, reference = sent()
    with pytest.raises(ko.NotFound) as caught:
        cast.portal.link(reference, ko.Actor(actor, CUSTOMER))
    with pytest.raises(ko.NotFound) as unknown:
        cast.portal.link("x" * 43, ko.Actor(actor, CUSTOMER))
    assert str(caught.value) == str(unknown.value)
    with pytest.raises(ko.NotFound):
        cast.portal.link(reference, ko.Actor("atle", AGENT))  # the same person for another organisation


@pytest.mark.parametrize("wrong", ["", " ", "x" * 43, "x" * 10_000, "é", "\0", "..", "a" * 42 + "=", "\ud800"])
def test_what_is_no_reference_leads_nowhere(wrong: str) -> None:
    cast = Cast.new(agent=False)
    with pytest.raises(ko.NotFound):
        cast.portal.link(wrong)


def test_a_reference_that_is_one_character_off_leads_nowhere() -> None:
    cast, _order, reference = sent()
    for place in range(len(reference)):
        wrong = f"{reference[:place]}{'A' if reference[place] != 'A' else 'B'}{reference[place + 1 :]}"
        with pytest.raises(ko.NotFound):
            cast.portal.link(wrong)


def test_a_link_is_closed_once_the_step_is_taken_and_says_so() -> None:
    cast, order, reference = sent()
    cast.portal.resume_signing(
        ko.AttestOrder(order=order, method=ko.AttestMethod.BANKID), cast.atle, method=ko.AttestMethod.BANKID
    )
    target = cast.portal.link(reference)
    assert (target.is_open, target.closed) == (False, LinkClosed.DECIDED)


def test_a_link_is_closed_when_the_order_is_taken_back() -> None:
    cast, order, reference = sent()
    cast.portal.execute(ko.WithdrawOrder(order=order), cast.berta)
    assert cast.portal.link(reference).closed is LinkClosed.DECIDED


def test_a_link_is_closed_for_who_has_lost_the_right() -> None:
    cast, _order, reference = sent()
    cast.remove(cast.atle, Role.ATTESTANT)
    assert cast.portal.link(reference).closed is LinkClosed.NOT_YOURS


def test_a_link_has_an_end() -> None:
    cast, _order, reference = sent()
    ends = cast.portal.link(reference).ends_at
    cast.world.clock.time = ends - timedelta(seconds=2)
    assert cast.portal.link(reference).is_open
    cast.world.clock.time = ends
    assert cast.portal.link(reference).closed is LinkClosed.ENDED


def test_how_long_a_link_lasts_is_the_hosts_to_say() -> None:
    cast = Cast.new(agent=False)
    order = cast.sent()
    portal = ko.Portal(
        store=cast.world.store,
        catalogue=CATALOGUE,
        mailer=cast.world.mailer,
        clock=cast.world.clock,
        post=ko.Post(links_last=timedelta(hours=1)),
    )
    portal.deliver()
    target = portal.link(references(cast.world.mailer.letters)[-1])
    assert target.id == order
    assert target.ends_at - cast.world.clock.time < timedelta(hours=1)


def test_a_reference_has_256_bits_and_stands_in_the_mail_alone() -> None:
    cast, _order, reference = sent()
    assert len(reference) == 43
    held = repr(tables(cast.world.store))
    assert reference not in held
    assert reference not in repr(cast.portal.link(reference))
    assert all(reference not in repr(letter) for letter in cast.world.mailer.letters)


def test_every_mail_has_a_reference_of_its_own() -> None:
    cast = Cast.new()
    for _ in range(5):
        cast.sent(via=AGENT)
        cast.sent()
    cast.portal.deliver()
    found = references(cast.world.mailer.letters)
    assert len(set(found)) == len(found) > 8


def test_the_subject_of_a_mail_holds_no_reference() -> None:
    cast, _order, reference = sent()
    assert all(reference not in letter.subject for letter in cast.world.mailer.letters)


@attrs.define
class Silent:
    """A relay that does not answer."""

    tried: int = 0

    def send(self, letter: Letter) -> None:
        del letter
        self.tried += 1
        raise ko.Unavailable("no answer")


def links_in(cast: Cast) -> set[Key]:
    """What links stand for, in the store."""
    return {Key(str(key)) for key in tables(cast.world.store)["records"] if str(key).startswith("link:")}


def test_while_the_relay_is_down_no_references_pile_up() -> None:
    silent = Silent()
    cast = Cast.new(agent=False)
    for _ in range(30):
        cast.sent()
    before = links_in(cast)
    for _ in range(20):
        portal = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=silent, clock=cast.world.clock)
        portal.deliver()
        cast.world.clock.time += timedelta(seconds=10)
    assert silent.tried >= 3
    assert len(links_in(cast) - before) <= silent.tried


def test_a_link_works_as_soon_as_its_mail_may_have_left() -> None:
    """Also when the answer of the relay is lost."""
    cast = Cast.new(agent=False)
    order = cast.sent()
    opened: list[ko.LinkTarget] = []

    class Lost:
        def send(self, letter: Letter) -> None:
            opened.extend(portal.link(reference) for reference in references((letter,)))
            raise ko.Unavailable("the line went dead")

    portal = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=Lost(), clock=cast.world.clock)
    portal.deliver()
    assert [(target.id, target.is_open) for target in opened] == [(order, True)]
    portal.deliver()
    assert all(target.is_open for target in opened)


def test_a_host_without_references_has_links_as_it_likes() -> None:
    cast = Cast.new(agent=False)
    cast.sent()
    before = links_in(cast)
    mailer = MemoryMailer()
    post = ko.Post(order_link="https://portal.example/orders/{order}")
    portal = ko.Portal(store=cast.world.store, catalogue=CATALOGUE, mailer=mailer, clock=cast.world.clock, post=post)
    portal.deliver()
    assert mailer.letters
    assert "#" not in mailer.letters[0].text
    assert links_in(cast) == before


def test_what_ended_links_stood_for_is_pruned() -> None:
    cast, _order, reference = sent()
    held = len(links_in(cast))
    old = timedelta(days=30)
    assert cast.portal.prune(receipts_older_than=old, mail_older_than=old).links == 0
    cast.world.clock.time += timedelta(days=121)
    report = cast.portal.prune(receipts_older_than=old, mail_older_than=old)
    assert report.links == held > 0
    assert links_in(cast) == set()
    with pytest.raises(ko.NotFound):
        cast.portal.link(reference)
