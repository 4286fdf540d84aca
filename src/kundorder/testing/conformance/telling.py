"""A difference as a story in words: who is there, who does what, and what is not as it should be in the end."""

from collections.abc import Iterator
from typing import final

import attrs

from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AssignRole,
    AttestOrder,
    Command,
    EndAssignment,
    FillInOrder,
    GrantHandler,
    HandOverOrder,
    MemberCommand,
    OrderCommand,
    PickAttestant,
    RejectOrder,
    RemoveRole,
    RevokeHandler,
    StartOrder,
    TerminateAgreement,
)
from kundorder.model import Actor
from kundorder.reasons import Reason, word
from kundorder.testing.conformance.differences import Aspect, Crashed, Difference, Step, strangers_named
from kundorder.testing.conformance.founding import founded
from kundorder.testing.conformance.system import Accepted, Answer, Hidden, Refusal, Sent, Shown
from kundorder.testing.conformance.words import (
    ACCEPTED,
    ACTS,
    AT,
    BECAUSE,
    BOTH,
    CRASHED,
    FOUR_EYES,
    GRANTED,
    HIDDEN,
    HIDDEN_THERE,
    HOLDS,
    LEGACY,
    MAILS,
    MAILS_NOT,
    NAMES,
    NAMES_NOT,
    NO_LOGIN,
    NO_METHOD,
    NO_ROLE,
    NO_SUCH_ORDER,
    NOBODY,
    NOW,
    OPENING,
    ORDER,
    READS,
    READS_NOTHING,
    REASON,
    REFUSED,
    RULES,
    RULES_OF_ASPECT,
    RULES_OF_MAIL,
    RULES_OF_ROLES,
    SEE,
    SEES,
    SEES_NOT,
    TO_BEGIN_WITH,
    TOLD,
    VIA,
    WAITS,
    WAITS_NOT,
    WITHOUT,
    WITHOUT_ID,
    Pair,
)
from kundorder.vocabulary import AgreementModel, Language, ReasonCode

_WHERE = tuple(Language)


def story(difference: Difference, language: Language = Language.EN) -> str:
    """The whole story.

    Args:
        difference: where a system differs from the model.
        language: Swedish or English.
    """
    return "\n".join(_Telling(difference, language).lines())


def in_language(pair: Pair, language: Language) -> str:
    """The one that is in this language."""
    return pair[_WHERE.index(language)]


@final
@attrs.frozen
class _Telling:
    difference: Difference
    language: Language

    def lines(self) -> Iterator[str]:
        scenario = self.difference.scenario
        yield self.said(OPENING, scenario=in_language((scenario.name_sv, scenario.name_en), self.language))
        yield ""
        yield self.said(TO_BEGIN_WITH)
        yield from (f"   {each}" for each in self.beginning())
        yield ""
        for number, step in enumerate(self.difference.steps, 1):
            yield f"{number:2}. {self.who(step.move.actor)} {self.act(step)}."
        yield ""
        yield from self.ending()

    def said(self, pair: Pair, **params: str) -> str:
        return in_language(pair, self.language).format(**params)

    def who(self, actor: Actor) -> str:
        return f"{actor.person} {self.said(AT)} {actor.organisation}"

    def beginning(self) -> Iterator[str]:
        """What is worth knowing of those who appear."""
        setting = self.difference.scenario.setting
        people = {each.actor: each for each in setting.people}
        for actor in self.appearing():
            person = people.get(actor)
            if person is None:
                yield self.said(HOLDS, who=self.who(actor), roles=self.said(NO_LOGIN))
                continue
            roles = ", ".join(word(role, self.language) for role in sorted(person.roles)) or self.said(NO_ROLE)
            granted = self.said(GRANTED, services=", ".join(sorted(person.grants))) if person.grants else ""
            yield self.said(HOLDS, who=self.who(actor), roles=roles) + granted
        here = {actor.organisation for actor in self.appearing()}
        for agreed in setting.agreements:
            if agreed.model is AgreementModel.LEGACY and agreed.organisation in here:
                yield self.said(LEGACY, organisation=agreed.organisation)
        if setting.rules.four_eyes:
            yield self.said(FOUR_EYES)

    def appearing(self) -> tuple[Actor, ...]:
        """Everybody who does something, is named, looks, or is told; each once."""
        found: list[Actor] = []
        for step in self.difference.steps:
            named = _member_in(step.move.command)
            found += [step.move.actor, *(() if named is None else self.named(named))]
        for each in (self.difference.expected, self.difference.found):
            found += [each.to] if isinstance(each, Sent) else []
        reader = self.difference.reader
        return tuple(dict.fromkeys((*found, *(() if reader is None else (reader,)))))

    def named(self, member: str) -> tuple[Actor, ...]:
        members = founded(self.difference.scenario.setting).members
        return tuple(actor for actor, each in members.items() if each == member)

    def order(self, identifier: str | None) -> str:
        coming = [step.coming for step in self.difference.steps if step.coming]
        if identifier not in coming:
            return self.said(NO_SUCH_ORDER)
        return f"{self.said(ORDER)} {coming.index(identifier) + 1}"

    def act(self, step: Step) -> str:
        command = step.move.command
        member = _member_in(command)
        actors = () if member is None else self.named(member)
        params = {
            "order": self.order(command.order if isinstance(command, OrderCommand) else step.coming),
            "copy": self.order(step.coming),
            "who": self.who(actors[0]) if actors else self.said(NOBODY),
            "lacking": self.lacking(command),
        }
        match command:
            case StartOrder(offer=offer, mode=mode, agent=agent):
                via = "" if agent is None else self.said(VIA, agent=agent)
                params |= {"offer": offer, "mode": word(mode, self.language), "agent": via}
                params["order"] = self.order(step.coming) if step.coming else self.said(ORDER)
            case AttestOrder(method=method):
                params["method"] = self.said(NO_METHOD) if method is None else word(method, self.language)
            case AssignRole(role=role) | RemoveRole(role=role):
                params["role"] = word(role, self.language)
            case (
                GrantHandler(assignment=assignment)
                | RevokeHandler(assignment=assignment)
                | EndAssignment(assignment=assignment)
            ):
                params["assignment"] = assignment
            case TerminateAgreement(agreement=agreement):
                params["agreement"] = agreement
            case _:
                pass
        return self.said(ACTS[command.trigger], **params)

    def lacking(self, command: Command) -> str:
        match command:
            case FillInOrder(fields=fields):
                if not fields:
                    return self.said(WITHOUT["nothing"])
                offers = self.difference.scenario.setting.catalogue.offers
                known = {field.name for offer in offers for field in offer.form}
                return "" if {each.name for each in fields} <= known else self.said(WITHOUT["unknown"])
            case AcceptTerms(version=version):
                versions = {offer.terms.version for offer in self.difference.scenario.setting.catalogue.offers}
                return "" if version in versions else self.said(WITHOUT["version"], version=version)
            case ApproveOrder(certified=False):
                return self.said(WITHOUT["uncertified"])
            case RejectOrder(reason=""):
                return self.said(WITHOUT["reason"])
            case HandOverOrder(instructions=""):
                return self.said(WITHOUT["instructions"])
            case _:
                return ""

    def ending(self) -> Iterator[str]:
        difference = self.difference
        found, expected = (
            self.outcome(difference.found, is_model=False),
            self.outcome(difference.expected, is_model=True),
        )
        yield self.said(BOTH, found=found, expected=expected)
        yield from (self.reason(each) for each in difference.reasons)
        rule = RULES_OF_ASPECT.get(difference.aspect)
        for each in (difference.expected, difference.found):
            if isinstance(each, Sent):
                rule = RULES_OF_MAIL.get(each.kind)
        if rule is not None:
            yield self.said(SEE, rule=rule).strip()

    def outcome(self, answer: Answer | Crashed | Shown | Sent | None, *, is_model: bool) -> str:
        difference = self.difference
        if difference.aspect is Aspect.MAIL:
            sent = difference.expected or difference.found
            if isinstance(sent, Sent):
                what = self.said(TOLD[sent.kind], order=self.order(sent.order))
                return self.said(MAILS if answer else MAILS_NOT, who=self.who(sent.to), what=what)
        if difference.reader is not None and not isinstance(answer, Crashed | Accepted | Refusal | Hidden | Sent):
            return self.seen(difference.reader, answer)
        match answer:
            case Accepted(state=state):
                if difference.aspect is Aspect.VERDICT and not is_model and isinstance(difference.expected, Accepted):
                    return self.said(WITHOUT_ID)
                done = self.said(ACCEPTED)
                return done if state is None else self.said(NOW, answer=done, state=word(state, self.language))
            case Refusal(codes=codes):
                refused = self.said(REFUSED)
                return self.said(BECAUSE, answer=refused, codes=", ".join(sorted(codes))) if codes else refused
            case Crashed(text=text):
                return self.said(CRASHED, text=text)
            case _:
                return self.said(HIDDEN if is_model else HIDDEN_THERE)

    def seen(self, reader: Actor, shown: Shown | None) -> str:
        difference, who, order = self.difference, self.who(reader), self.order(self.difference.order)
        if shown is None:
            return self.said(SEES_NOT, who=who, order=order)
        if difference.aspect is Aspect.WAITS:
            return self.said(WAITS if shown.waits else WAITS_NOT, who=who, order=order)
        if difference.aspect is Aspect.PERSONS and isinstance(difference.expected, Shown):
            named = strangers_named(difference.scenario, reader, difference.expected, shown)
            persons = ", ".join(sorted(named))
            return self.said(NAMES, who=who, persons=persons) if named else self.said(NAMES_NOT, who=who)
        if difference.aspect is Aspect.ANSWERS:
            given = sorted((shown.answers or {}).items())
            answers = "; ".join(f"{name}: {', '.join(values)}" for name, values in given)
            return self.said(READS if answers else READS_NOTHING, who=who, order=order, answers=answers)
        return self.said(SEES, who=who, order=order, state=word(shown.state, self.language))

    def reason(self, reason: Reason) -> str:
        who = ", ".join(each.text(self.language) for each in reason.cleared_by)
        rule = RULES.get(reason.code)
        if reason.code is ReasonCode.ROLE_MISSING:
            rule = RULES_OF_ROLES.get(self.difference.steps[-1].move.trigger, rule)
        see = "" if rule is None else self.said(SEE, rule=rule)
        text = reason.text(self.language)
        return self.said(REASON, code=reason.code.value, text=text, who=who, rule=see)


def _member_in(command: Command) -> str | None:
    match command:
        case ApproveOrder(attestant=attestant) | PickAttestant(attestant=attestant):
            return attestant
        case MemberCommand(member=member):
            return member
        case _:
            return None
