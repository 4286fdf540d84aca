"""A store in a host's transaction: whatever kind of host, the order and the host's own rows stand or fall together."""

from traceback import format_exception
from typing import Final

import pytest
from faults import Meanwhile
from hosts.ground import Ground, Grounds, Kind
from hosts.inside import Host, Inside
from hosts.kinds import HOSTS, names
from proof import count

import kundorder as ko
from kundorder.outcomes import Changes
from kundorder.situation import order_key

pytest_plugins = ("hosts.fixtures",)

COUNTED: Final = "a host's transaction with ours in it: kinds of hosts x situations"


WRITTEN: Final = "remark_digest"
"""A word of what is written of an order, beside the people in it."""


class HostError(Exception):
    """Something of the host's own that has failed."""


@pytest.fixture(params=HOSTS, ids=names(HOSTS))
def asked(request: pytest.FixtureRequest) -> tuple[Kind, type[Host]]:
    found: tuple[Kind, type[Host]] = request.param
    return found


@pytest.fixture
def ground(asked: tuple[Kind, type[Host]], grounds: Grounds) -> Ground:
    return grounds.of(asked[0])


@pytest.fixture
def host(asked: tuple[Kind, type[Host]], ground: Ground) -> Host:
    return asked[1](ground)


@pytest.fixture
def order(ground: Ground) -> str:
    """A draft of Berta's that is ready to be sent."""
    return ground.cast.draft()


def send(ground: Ground, inside: Inside, order: str, *, key: str | None = None) -> ko.OrderOutcome:
    return ground.portal(inside.store()).execute(ko.SendOrder(order=order), ground.cast.berta, key=key)


def fill_in(ground: Ground, portal: ko.Portal, order: str) -> None:
    """An answer changes, and with it the order."""
    fields: dict[str, str | int | list[str]] = {"care_units": ["SE9997000006-P01"], "technical_contact": "Ny Kontakt"}
    portal.execute(ko.FillInOrder(order=order, fields=fields), ground.cast.berta)


def contact(ground: Ground, order: str) -> tuple[str, ...]:
    content = ground.cast.portal.order(order, ko.SYSTEM).content
    return next(answer.values for answer in content.answers if answer.name == "technical_contact")


def test_the_hosts_row_and_the_order_are_kept_together(host: Host, ground: Ground, order: str) -> None:
    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        assert send(ground, inside, order).order.state is ko.OrderState.AWAITING_CUSTOMER_ATTEST
        inside.note(f"{order} after")
        assert ground.notes(order) == []
        assert ground.state(order) is ko.OrderState.DRAFT  # nobody else sees it yet
        assert ground.portal(inside.store()).order(order, ko.SYSTEM).state is ko.OrderState.AWAITING_CUSTOMER_ATTEST

    host.run(body)
    assert ground.notes(order) == ["after", "before"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    assert ground.owed(order) == [ko.Template.ATTEST_ORDER]
    count(COUNTED, 1)


@pytest.mark.parametrize("writes_first", [False, True])
def test_what_goes_wrong_in_the_host_undoes_both(
    host: Host,
    ground: Ground,
    order: str,
    writes_first: bool,  # noqa: FBT001
) -> None:
    before = ground.trace(order)

    def body(inside: Inside) -> None:
        if writes_first:
            inside.note(f"{order} before")
        send(ground, inside, order)
        inside.note(f"{order} after")
        raise HostError

    with pytest.raises(HostError):
        host.run(body)
    assert ground.notes(order) == []
    assert ground.trace(order) == before
    count(COUNTED, 1)


def test_a_row_from_before_survives_a_refusal(host: Host, ground: Ground, order: str) -> None:
    ground.cast.portal.execute(ko.SendOrder(order=order), ground.cast.berta)
    before = ground.trace(order)

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        with pytest.raises(ko.Refused):
            send(ground, inside, order)
        inside.note(f"{order} after")

    host.run(body)
    assert ground.notes(order) == ["after", "before"]
    assert ground.trace(order) == before
    count(COUNTED, 1)


@pytest.mark.parametrize("attempts", [1, 3])
def test_a_row_from_before_survives_a_fact_that_has_moved(
    host: Host, ground: Ground, order: str, attempts: int
) -> None:
    """Where statements see what others commit, it can be decided anew in the same transaction."""

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        other = ground.cast.portal if ground.is_postgres else ground.portal(inside.store())  # SQLite has one writer
        moving = Meanwhile(inside.store(), lambda: fill_in(ground, other, order))
        portal = ground.portal(moving, attempts=attempts)
        try:
            portal.execute(ko.SendOrder(order=order), ground.cast.berta)
        except ko.Conflict:
            assert attempts == 1
        else:
            assert attempts > 1
        inside.note(f"{order} after")

    host.run(body)
    assert ground.notes(order) == ["after", "before"]
    assert contact(ground, order) == ("Ny Kontakt",)
    assert (ground.state(order) is ko.OrderState.DRAFT) == (attempts == 1)
    assert len(ground.owed(order)) == attempts // 3
    count(COUNTED, 1)


def test_a_row_from_before_survives_a_statement_that_fails(host: Host, ground: Ground, order: str) -> None:
    """Whether ours or its own; and so does what we had written before."""
    other = ground.cast.draft()
    before = ground.trace(other)

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        send(ground, inside, order)
        veto(inside, other)
        for _ in range(2):
            with pytest.raises(ko.Corrupt) as caught:
                send(ground, inside, other)
            assert WRITTEN not in "".join(format_exception(caught.value))  # whoever logs it
        inside.note(f"{order} after")

    host.run(body)
    assert ground.notes(order) == ["after", "before"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    assert ground.trace(other) == before
    assert ground.owed(order) == [ko.Template.ATTEST_ORDER]
    count(COUNTED, 1)


def veto(inside: Inside, order: str) -> None:
    """The next statement of ours about this order fails."""
    inside.note(f"veto {order_key(order)}")
    assert inside.notes()  # by now it has been written


def test_a_savepoint_of_the_hosts_takes_our_part_along_and_nothing_else(host: Host, ground: Ground, order: str) -> None:
    other = ground.cast.draft()
    before = ground.trace(other)

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        with inside.saved():
            send(ground, inside, order)
            inside.note(f"{order} saved")
        with pytest.raises(HostError):
            spoilt(inside)
        inside.note(f"{order} after")

    def spoilt(inside: Inside) -> None:
        with inside.saved():
            inside.note(f"{order} never")
            send(ground, inside, other)
            raise HostError

    host.run(body)
    assert ground.notes(order) == ["after", "before", "saved"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    assert ground.trace(other) == before
    assert ground.owed(order) == [ko.Template.ATTEST_ORDER]
    count(COUNTED, 1)


def test_our_part_fails_inside_a_savepoint_and_the_savepoint_goes_on(host: Host, ground: Ground, order: str) -> None:
    other = ground.cast.draft()

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        with inside.saved():
            inside.note(f"{order} saved")
            veto(inside, other)
            with pytest.raises(ko.Corrupt):
                send(ground, inside, other)
            send(ground, inside, order)

    host.run(body)
    assert ground.notes(order) == ["before", "saved"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    assert ground.state(other) is ko.OrderState.DRAFT
    assert ground.owed(order) == [ko.Template.ATTEST_ORDER]
    count(COUNTED, 1)


@pytest.mark.parametrize("ends_well", [False, True])
def test_two_calls_in_one_transaction_are_one(
    host: Host,
    ground: Ground,
    order: str,
    ends_well: bool,  # noqa: FBT001
) -> None:
    before = ground.trace(order)

    def body(inside: Inside) -> None:
        portal = ground.portal(inside.store())
        portal.execute(ko.SendOrder(order=order), ground.cast.berta)
        inside.note(f"{order} between")
        portal.execute(ko.WithdrawOrder(order=order), ground.cast.berta)
        assert portal.order(order, ko.SYSTEM).state is ko.OrderState.WITHDRAWN
        if not ends_well:
            raise HostError

    if ends_well:
        host.run(body)
        assert ground.state(order) is ko.OrderState.WITHDRAWN
        assert ground.notes(order) == ["between"]
    else:
        with pytest.raises(HostError):
            host.run(body)
        assert ground.trace(order) == before
        assert ground.notes(order) == []
    count(COUNTED, 1)


def test_a_key_is_forgotten_with_the_hosts_transaction_and_remembered_with_it(
    host: Host, ground: Ground, order: str
) -> None:
    seen: list[ko.OrderOutcome] = []

    def body(inside: Inside) -> None:
        seen.append(send(ground, inside, order, key=order))
        assert send(ground, inside, order, key=order) == seen[-1]  # within the transaction it is known already

    def failing(inside: Inside) -> None:
        body(inside)
        raise HostError

    with pytest.raises(HostError):
        host.run(failing)
    assert ground.state(order) is ko.OrderState.DRAFT
    host.run(body)
    host.run(lambda inside: send(ground, inside, order, key=order))
    first, second = seen
    assert first.at < second.at  # it has acted anew
    assert ground.cast.portal.execute(ko.SendOrder(order=order), ground.cast.berta, key=order) == second
    assert ground.owed(order) == [ko.Template.ATTEST_ORDER]
    count(COUNTED, 1)


@pytest.mark.parametrize("ends_well", [False, True])
def test_what_is_delivered_in_the_hosts_transaction_counts_as_sent_when_the_host_commits(
    host: Host,
    ground: Ground,
    order: str,
    ends_well: bool,  # noqa: FBT001
) -> None:
    while ground.cast.portal.deliver().sent:
        pass
    ground.cast.portal.execute(ko.SendOrder(order=order), ground.cast.berta)

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        report = ground.portal(inside.store()).deliver()
        assert (report.sent, report.cancelled, report.later) == (1, 0, 0)
        if not ends_well:
            raise HostError

    letters = len(ground.cast.world.mailer.letters)
    if ends_well:
        host.run(body)
        assert ground.cast.portal.deliver().sent == 0
    else:
        with pytest.raises(HostError):
            host.run(body)
        assert ground.owed(order) == [ko.Template.ATTEST_ORDER]
        assert ground.cast.portal.deliver().sent == 1  # a copy, which has the same message id
    assert len({letter.message_id for letter in ground.cast.world.mailer.letters[letters:]}) == 1
    count(COUNTED, 1)


def test_a_transaction_that_only_looks_leaves_nothing_behind(host: Host, ground: Ground, order: str) -> None:
    def body(inside: Inside) -> None:
        portal = ground.portal(inside.store())
        assert portal.check(ko.SendOrder(order=order), ground.cast.berta).allowed
        assert next(each.id for each in portal.orders(ground.cast.berta).items) == order
        assert portal.pending(ground.cast.berta).items
        assert portal.options(order, ground.cast.berta)
        inside.note(f"{order} after")

    before = ground.trace(order)
    host.run(body)
    assert ground.trace(order) == before
    assert ground.notes(order) == ["after"]
    count(COUNTED, 1)


def test_nothing_is_done_in_a_block_of_ours_that_has_ended(host: Host, ground: Ground, order: str) -> None:
    """Though the host's transaction still stands."""

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        with inside.store().transaction() as transaction:
            transaction.read((order_key(order),))
        with pytest.raises(ko.Unavailable, match="over"):
            transaction.write(Changes(guards=(), records=(), entries=(), owed=()))
        with pytest.raises(ko.Unavailable, match="over"):
            transaction.read((order_key(order),))

    host.run(body)
    assert ground.notes(order) == ["before"]
    count(COUNTED, 1)


def test_a_look_that_fails_leaves_the_hosts_row(host: Host, ground: Ground, order: str) -> None:
    """PostgreSQL gives up a transaction for any error in it; SQLite does not."""

    def body(inside: Inside) -> None:
        inside.note(f"{order} before")
        portal = ground.portal(inside.store())
        assert portal.order(order, ko.SYSTEM).id == order
        inside.do("ALTER TABLE kundorder_records RENAME TO elsewhere")
        with pytest.raises((ko.Unavailable, ko.Corrupt)):
            portal.order(order, ko.SYSTEM)
        with pytest.raises((ko.Unavailable, ko.Corrupt)):
            send(ground, inside, order)
        inside.do("ALTER TABLE elsewhere RENAME TO kundorder_records")
        send(ground, inside, order)
        inside.note(f"{order} after")

    host.run(body)
    assert ground.notes(order) == ["after", "before"]
    assert ground.state(order) is ko.OrderState.AWAITING_CUSTOMER_ATTEST
    count(COUNTED, 1)
