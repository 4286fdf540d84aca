"""The async portal is the sync one, awaited (law 4)."""

import asyncio
import inspect
from unittest.mock import Mock, call

import pytest
from one_text import MODULES, PACKAGE, awaited, formatted, twin
from world import AGENT, START, World

import kundorder as ko
from kundorder.adapters.memory import MemoryMailer, MemorySigner, MemoryStore
from kundorder.adapters.threads import Thread, ThreadedMailer, ThreadedSigning, ThreadedStore
from kundorder.sample import CATALOGUE


@pytest.mark.parametrize("name", MODULES)
def test_the_async_text_is_the_sync_text(name: str) -> None:
    assert (PACKAGE / f"{twin(name)}.py").read_text("utf-8") == formatted(awaited(name))


def test_both_portals_have_the_same_names() -> None:
    def public(portal: type) -> set[str]:
        return {name for name in vars(portal) if not name.startswith("_")}

    assert public(ko.Portal) == public(ko.AsyncPortal)
    assert all(inspect.iscoroutinefunction(getattr(ko.AsyncPortal, name)) for name in public(ko.AsyncPortal))


def world() -> tuple[World, ko.Actor, ko.Actor]:
    made = World.new(store=MemoryStore(), signing=MemorySigner(), mailer=MemoryMailer())
    adam = made.customer()
    anna = made.user(adam, "anna", ko.Role.ORDERER)
    atle = made.user(adam, "atle", ko.Role.ATTESTANT)
    made.agent()
    return made, anna, atle


def test_an_order_goes_its_way_awaited() -> None:
    made, anna, atle = world()
    draft = made.draft(anna, mode=ko.ConnectionMode.VIA_AGENT, agent=AGENT)

    async def story() -> None:
        thread = Thread()
        portal = ko.AsyncPortal(
            store=ThreadedStore(made.store, thread),
            catalogue=CATALOGUE,
            mailer=ThreadedMailer(made.mailer, thread),
            signing=ThreadedSigning(MemorySigner(), thread),
            clock=made.clock,
            pause=asyncio.sleep,
        )
        hanna, aron = ko.Actor("hanna", AGENT), ko.Actor("aron", AGENT)
        sent, again = await asyncio.gather(
            portal.execute(ko.SendOrder(order=draft.id), anna, key="send"),
            portal.execute(ko.SendOrder(order=draft.id), anna, key="send"),
        )
        assert sent == again
        assert not (await portal.check(ko.AttestOrder(order=draft.id), atle)).allowed
        approve = ko.ApproveOrder(order=draft.id, attestant=made.members[AGENT, "aron"], certified=True)
        await portal.execute(approve, hanna)
        attest = ko.AttestOrder(order=draft.id, method=ko.AttestMethod.BANKID)
        await portal.resume_signing(attest, aron, method=ko.AttestMethod.BANKID)
        await portal.deliver()
        assert [each.id for each in (await portal.pending(atle)).items] == [draft.id]
        await portal.resume_signing(attest, atle, method=ko.AttestMethod.BANKID)
        assert (await portal.order(draft.id, atle)).state is ko.OrderState.ATTESTED
        assert (await portal.path(draft.id, atle))[0].trigger is ko.Trigger.INFORM_AGENT
        assert (await portal.due(draft.id, atle))[0].days == 0
        assert (await portal.orders(anna)).items[0].id == draft.id
        assert (await portal.history(draft.id, anna)).items[0].trigger is ko.Trigger.START
        assert (await portal.notices(anna)).items[0].order == draft.id
        assert await portal.options(draft.id, anna)
        assert (await portal.verify_journal()).verified
        thread.close()

    asyncio.run(story())


def test_a_call_that_is_cancelled_leaves_all_or_nothing() -> None:
    made, anna, _atle = world()
    thread = Thread()

    async def attempt(order: str, turns: int) -> None:
        portal = ko.AsyncPortal(store=ThreadedStore(made.store, thread), catalogue=CATALOGUE, clock=made.clock)
        task = asyncio.ensure_future(portal.execute(ko.SendOrder(order=order), anna, key=f"send-{order}"))
        for _turn in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await portal.execute(ko.SendOrder(order=order), anna, key=f"send-{order}")

    for turns in range(12):
        order = made.draft(anna).id
        asyncio.run(attempt(order, turns))
        sent = [event for event in made.portal.history(order, anna).items if event.trigger is ko.Trigger.SEND]
        assert len(sent) == 1
    thread.close()
    assert made.portal.verify_journal().verified


def test_what_a_port_is_asked_in_its_thread_is_what_was_asked() -> None:
    asked, request, letter, evidence, document = (Mock() for _ in range(5))
    thread = Thread()
    signing, mailer = ThreadedSigning(asked, thread), ThreadedMailer(asked, thread)

    async def calls() -> list[object]:
        first = await signing.start(request, now=START)
        second = await signing.resume(request, "state", now=START, callback="back")
        await signing.cancel("state")
        third = await signing.verify(evidence, document)
        await mailer.send(letter)
        return [first, second, third]

    assert asyncio.run(calls()) == [asked.start.return_value, asked.resume.return_value, asked.verify.return_value]
    thread.close()
    assert asked.mock_calls == [
        call.start(request, now=START),
        call.resume(request, "state", now=START, callback="back"),
        call.cancel("state"),
        call.verify(evidence, document),
        call.send(letter),
    ]
