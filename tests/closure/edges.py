"""What must hold of every step: who is told, in which order, and what is written down of it."""

from functools import partial
from typing import Final, final

from world import AGENT

import kundorder as ko
from closure.answers import answered
from closure.canaries import What, found_in, told_by
from closure.laws import ASKS, TEMPLATES, Laws
from closure.letters import Sent
from closure.moves import Accepted, Step
from closure.rights import Reader
from closure.scenarios import Slot
from closure.stage import Stage
from kundorder.vocabulary import Flow, Party, Role, Template

_IN_JOURNAL: Final = ("login", "user")
"""What the journal holds of a person: opaque ids."""


@final
class Edges:
    """The laws of steps, on one walk."""

    def __init__(self, stage: Stage, laws: Laws) -> None:
        self._stage, self._laws = stage, laws
        canaries = stage.opening.canaries
        self._open = canaries.words(What.PERSON, *_IN_JOURNAL)  # a person's opaque ids
        self._closed = canaries.words(What.PERSON, "name", "address", "phone")
        self._looked_at = set[object]()

    def check(self, one: Slot, step: Step) -> None:
        """All of them, on one step."""
        self._agent_first(step)
        self._asked_once(step)
        for accepted in step.accepted:
            self._written(accepted)
            if accepted.told is not None and step.actor is not ko.SYSTEM:
                reader = self._laws.reader[step.actor]
                seen = self._laws.with_supplement(reader, step.people, step.reached)
                self._laws.show(accepted.told, reader, step.people, seen)
        for sent in step.letters:
            self._letter(step, sent)
        events = {entry.event for entry in step.reached.journal}
        if not self._looked_at.issuperset(events):
            self._looked_at |= events
            self._look(one, step)

    def _agent_first(self, step: Step) -> None:
        """The customer's attestants hear nothing of an order via an agent before the agent is done (R10)."""
        trace = step.reached.trace
        if trace.flow is not Flow.VIA_AGENT or trace.agent_done:
            return
        mails = [mail for each in step.accepted for mail in each.mails]
        early = [mail for mail in mails if mail.template is Template.ATTEST_ORDER or _is_customers_attestant(mail)]
        assert not early, f"the customer's attestants are written to before the agent is done: {early}"
        order = step.reached.order
        notices = [each for each in order.notices if each.organisation == trace.customer and each.template in TEMPLATES]
        assert not notices, f"the customer's attestants have notices before the agent is done: {notices}"

    def _asked_once(self, step: Step) -> None:
        """Whoever is newly asked by a notice gets a mail; nobody is asked twice, and no agent in the direct flow."""
        before, after = None if step.before is None else step.before.order, step.reached.order
        mails = [mail for each in step.accepted for mail in each.mails]
        assert len({mail.id for mail in mails}) == len(mails)
        direct = step.reached.trace.flow is Flow.DIRECT
        assert not direct or all(mail.organisation != AGENT for mail in mails), "an agent is told of a direct order"
        _act, template = ASKS.get(after.state, (None, None))
        asked = {notice.member for notice in after.notices if notice.template is template}
        earlier = set[str]()
        if before is not None and before.state is after.state:
            earlier = {notice.member for notice in before.notices if notice.template is template}
        asking = [mail for mail in mails if mail.template in TEMPLATES]
        mailed = {str(mail.member) for mail in asking}
        assert {mail.template for mail in asking} <= {template}
        assert len(mailed) == len(asking)
        assert asked - earlier <= mailed <= asked, f"asked {asked}, earlier {earlier}, by mail {mailed}"
        if step.actor is not ko.SYSTEM:
            assert not mailed & earlier, f"asked twice: {mailed & earlier}"

    def _written(self, accepted: Accepted) -> None:
        """The journal knows persons by opaque ids only, and nothing that is written shows a secret in its text form."""
        for entry in accepted.entries:
            said, _in_text_form = told_by(entry)
            personal = said & (self._closed - self._open)
            assert not personal, self._laws.leak("the journal holds", personal)
            assert not said & self._laws.secret, self._laws.leak("the journal holds", said & self._laws.secret)
            beside = found_in(repr(entry.event.remark))
            assert not beside, self._laws.leak("the chain itself holds", beside)
        said = found_in(repr(accepted.changes))
        assert not said & self._laws.secret, self._laws.leak("what is written shows", said & self._laws.secret)

    def _letter(self, step: Step, sent: Sent) -> None:
        """A letter holds what its reader may be shown, and the reader's own link; its subject and its link no more."""
        mail, order = sent.mail, step.reached.order
        (reader,) = (each for each in self._stage.readers if self._stage.opening.members.get(each.actor) == mail.member)
        assert reader.actor.organisation == mail.organisation
        own = found_in(self._stage.ids.code(f"link/{mail.id}"))
        seen = self._laws.sees(reader, step.people, step.reached)
        may = self._laws.may_be_shown(reader, step.people, seen) | own
        assert sent.words <= may, self._laws.leak(f"{mail.template} tells {reader}", sent.words - may)
        numbers = found_in(f"{order.id} {order.case_number}")
        assert sent.in_subject <= numbers, self._laws.leak(f"the subject of {mail.template}", sent.in_subject - numbers)
        assert sent.in_links <= numbers | own, self._laws.leak("an address", sent.in_links - numbers - own)
        self._laws.shown |= sent.words
        self._stage.counts["letters"] += 1
        place = (mail.template, mail.member, step.reached.shape)
        if place not in self._looked_at:
            self._looked_at.add(place)
            self._open_link(step, sent, reader, may)

    def _open_link(self, step: Step, sent: Sent, addressee: Reader, may: frozenset[str]) -> None:
        """A link is there for its addressee, and for nobody else."""
        stage = self._stage
        code = stage.ids.code(f"link/{sent.mail.id}")
        stage.stand(step.people, step.reached)
        stage.store.facts = {**stage.store.facts, **sent.references}
        for reader in stage.readers:
            told = answered("link", partial(stage.portal.link, code, reader.actor))
            if reader == addressee:
                assert told.words <= may, self._laws.leak(f"a link tells {reader}", told.words - may)
            else:
                assert not told.words, self._laws.leak(f"another's link tells {reader}", told.words)
        stage.stand(step.people, step.reached)

    def _look(self, one: Slot, step: Step) -> None:
        """Something has happened that nobody has looked at yet."""
        for reader, questions in self._stage.answers.orders[one.number].items():
            seen = self._laws.with_supplement(reader, step.people, step.reached)
            for question in questions:
                self._laws.show(question.on(self._stage.store), reader, step.people, seen)


def _is_customers_attestant(mail: ko.Mail) -> bool:
    return mail.party is Party.CUSTOMER and mail.role is Role.ATTESTANT
