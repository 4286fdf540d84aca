"""Signing at a service, through the portal: it binds when the service has been asked, and at no other moment."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hosted_stand_in import Service
from joint import AGREEMENT, Pen, Table
from test_hosted import METHOD, HostedBench
from world import CUSTOMER

import kundorder as ko
from kundorder.adapters.archive import MemoryArchive
from kundorder.adapters.jws import JwsSeal
from kundorder.ports import Signing
from kundorder.sample import CATALOGUE
from kundorder.situation import signing_key
from kundorder.vocabulary import AgreementState, Index, SigningStage

SIGN = ko.SignAgreement(agreement=AGREEMENT)


@pytest.fixture
def bench() -> Iterator[HostedBench]:
    with Service() as service:
        yield HostedBench(service=service, seal=JwsSeal(), archive=MemoryArchive())


def portal_of(table: Table, signing: Signing) -> ko.Portal:
    """A portal that was just started."""
    return ko.Portal(
        store=table.world.store, catalogue=CATALOGUE, signing=signing, clock=table.world.clock, pause=lambda _: None
    )


def begun(table: Table, bench: HostedBench, signer: str) -> ko.Pending:
    """Somebody is taken to the service."""
    pending = portal_of(table, bench.signing).resume_signing(SIGN, method=METHOD, signer=signer)
    assert isinstance(pending, ko.Pending)
    assert isinstance(pending.action, ko.OpenUrl)
    return pending


def go_on(
    table: Table, bench: HostedBench, signer: str, callback: str | None = None
) -> ko.Outcome | ko.Pending | ko.Failed:
    """Another process goes on."""
    bench.now = table.world.clock.time
    return portal_of(table, bench.signing).resume_signing(SIGN, method=METHOD, signer=signer, callback=callback)


def test_two_signatories_sign_at_a_service_one_with_a_callback_and_one_by_asking(bench: HostedBench) -> None:
    table = Table.of(2, Pen())
    table.world.clock.time = bench.now
    first, second = begun(table, bench, "s1"), begun(table, bench, "s2")
    bench.now = table.world.clock.time
    callback = bench.person_signs(first)
    assert isinstance(go_on(table, bench, "s1", callback), ko.Outcome)
    assert isinstance(go_on(table, bench, "s2"), ko.Pending)
    bench.person_signs(second)  # and its callback is lost
    assert isinstance(go_on(table, bench, "s2"), ko.Outcome)
    agreement = portal_of(table, bench.signing).agreement(AGREEMENT, ko.SYSTEM)
    assert agreement.state is AgreementState.SIGNED
    assert [evidence.signer for evidence in agreement.given] == ["s1", "s2"]


def test_a_forged_callback_leaves_the_step_pending(bench: HostedBench) -> None:
    table = Table.of(1, Pen())
    table.world.clock.time = bench.now
    begun(table, bench, "s1")
    found = go_on(table, bench, "s1", '1767600000.0.{"status":"signed"}')
    assert isinstance(found, ko.Pending)
    assert table.agreement().state is AgreementState.AWAITING_SIGNATURE


def test_while_the_service_is_down_nothing_is_signed_and_afterwards_it_goes_on(bench: HostedBench) -> None:
    table = Table.of(1, Pen())
    table.world.clock.time = bench.now
    with bench.down(), pytest.raises(ko.Unavailable):
        go_on(table, bench, "s1")
    pending = begun(table, bench, "s1")
    bench.person_signs(pending)
    with bench.down(), pytest.raises(ko.Unavailable):
        go_on(table, bench, "s1")
    assert table.agreement().given == ()
    assert isinstance(go_on(table, bench, "s1"), ko.Outcome)


def test_what_is_signed_after_the_other_has_declined_is_refused_and_journalled(bench: HostedBench) -> None:
    table = Table.of(2, Pen())
    table.world.clock.time = bench.now
    pending = begun(table, bench, "s1")
    decline = ko.DeclineAgreement(agreement=AGREEMENT, reason="Nej.")
    assert isinstance(table.world.portal.resume_signing(decline, method=METHOD, signer="s2"), ko.Outcome)
    bench.now = table.world.clock.time
    callback = bench.person_signs(pending)
    with pytest.raises(ko.Refused):
        go_on(table, bench, "s1", callback)
    assert table.agreement().state is AgreementState.DECLINED
    key = signing_key(AGREEMENT, 1, ko.Trigger.SIGN, CUSTOMER, "s1")
    with table.world.store.transaction() as transaction:
        page = transaction.select(Index.JOURNAL, (key,), after=None, limit=9)
    (event,) = [line.entry.event for line in page.items if line.entry is not None]
    assert event.after == SigningStage.LATE
    assert event.proven is not None
    assert table.world.portal.verify_journal().verified


def test_a_signing_that_is_given_up_is_given_up_at_the_service(bench: HostedBench) -> None:
    table = Table.of(1, Pen())
    table.world.clock.time = bench.now
    pending = begun(table, bench, "s1")
    portal_of(table, bench.signing).cancel_signing(SIGN, signer="s1")
    assert bench.signing_of(pending).status == "cancelled"
    assert portal_of(table, bench.signing).signings(AGREEMENT, ko.SYSTEM) == ()


def test_what_nobody_signs_in_time_ends(bench: HostedBench) -> None:
    table = Table.of(1, Pen())
    table.world.clock.time = bench.now
    begun(table, bench, "s1")
    table.world.clock.time += timedelta(hours=1)
    portal = portal_of(table, bench.signing)
    assert portal.signings(AGREEMENT, ko.SYSTEM) == ()
    portal.deliver()
    again = begun(table, bench, "s1")
    assert again.ends_at > table.world.clock.time
