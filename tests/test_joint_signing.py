"""Several sign one agreement: in any order, each once and in person, over one wording, until they bind it together."""

from collections.abc import Callable
from functools import partial
from itertools import permutations

import attrs
import pytest
from faults import Meanwhile
from joint import AGREEMENT, NAMES, Pen, Table
from world import CUSTOMER

import kundorder as ko
from kundorder.authority import AtLeast, Authority, AuthorityQuestion, EverybodyNamed
from kundorder.evidence import follows_of
from kundorder.sample import CATALOGUE
from kundorder.vocabulary import AgreementState, AssuranceLevel, AttestMethod, ReasonCode, Trigger

C, S = ReasonCode, AgreementState
ANOTHER = ko.Terms(version="2026-2", text_sv="Ny ordalydelse.", text_en="Another wording.")
OTHER_WORDING = attrs.evolve(CATALOGUE, customer_agreement=ANOTHER, agent_agreement=ANOTHER)
ORDERS = [order for count in range(1, 5) for order in permutations([f"s{n}" for n in range(1, count + 1)])]


@attrs.define
class Register:
    """A register that is asked who may sign, and what it was asked."""

    answer: bool = True
    fails: bool = False
    asked: list[AuthorityQuestion] = attrs.field(factory=list)

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        self.asked.append(question)
        if self.fails:
            raise ko.Unavailable("the register does not answer")
        return Authority(binds=self.answer, right="entry 7 of the register", on=question.on)


def refused(table: Table, signer: str, portal: ko.Portal | None = None) -> set[ReasonCode]:
    """Why somebody cannot sign."""
    with pytest.raises(ko.Refused) as caught:
        table.sign(signer, portal)
    return {reason.code for reason in caught.value.reasons}


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize("pen", [Pen, partial(Pen, builds=True)], ids=["apart", "on one another"])
def test_in_whatever_order_they_sign_the_agreement_is_signed_with_the_last(
    order: tuple[str, ...], pen: Callable[[], Pen]
) -> None:
    table = Table.of(len(order), pen())
    for place, signer in enumerate(order, 1):
        table.sign(signer)
        assert (table.agreement().state is S.SIGNED) is (place == len(order))
    agreement = table.agreement()
    assert [evidence.signer for evidence in agreement.given] == list(order)
    assert agreement.authority is not None
    assert (agreement.authority.binds, agreement.authority.right) == (True, "everybody named")
    assert set(agreement.authority.by) == set(order)
    if table.pen.builds:
        assert [each.follows for each in agreement.given] == [
            follows_of(agreement.given[:place]) for place in range(len(order))
        ]


@pytest.mark.parametrize("wanted", range(1, 5))
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_where_any_so_many_bind_the_agreement_is_signed_with_that_signature(
    wanted: int, order: tuple[str, ...]
) -> None:
    table = Table.of(len(order))
    portal = table.portal(authority=AtLeast(wanted))
    enough = min(wanted, len(order))
    for place, signer in enumerate(order[:enough], 1):
        table.sign(signer, portal)
        assert (table.agreement().state is S.SIGNED) is (place == enough)
    assert table.agreement().authority == Authority(
        binds=True,
        right=f"any {wanted} of those named",
        on=table.world.clock.time.date(),
        by=tuple(sorted(order[:enough])),
    )


def test_one_person_does_not_count_as_two() -> None:
    table = Table.of(2, Pen(identities={"s1": "one and the same", "s2": "one and the same"}))
    table.sign("s1")
    assert refused(table, "s2") == {C.SAME_SIGNER}
    assert table.agreement().state is S.AWAITING_SIGNATURE


def test_one_person_does_not_count_as_two_where_any_two_bind_either() -> None:
    table = Table.of(3, Pen(identities={"s1": "eva", "s2": "eva", "s3": "bo"}))
    portal = table.portal(authority=AtLeast(2))
    table.sign("s1", portal)
    assert refused(table, "s2", portal) == {C.SAME_SIGNER}
    assert table.sign("s3", portal).state == S.SIGNED


@pytest.mark.parametrize("rule", [EverybodyNamed(), AtLeast(2)])
@pytest.mark.parametrize(
    ("emails", "identities"),
    [(("a@x.example", "A@x.example"), ("", "")), (("a@x.example", "b@x.example"), ("same", "same"))],
)
def test_a_rule_counts_persons_and_not_signatures(
    rule: EverybodyNamed | AtLeast, emails: tuple[str, str], identities: tuple[str, str]
) -> None:
    table = Table.of(1)
    persons = tuple(
        ko.NamedPerson(signatory=f"s{n}", name="Eva Prov", email=email, identity=identity, has_signed=True)
        for n, (email, identity) in enumerate(zip(emails, identities, strict=True), 1)
    )
    question = AuthorityQuestion(
        organisation=CUSTOMER, party=ko.Party.CUSTOMER, persons=persons, on=table.world.clock.time.date()
    )
    assert not rule.may_bind(question).binds
    apart = tuple(attrs.evolve(each, email=f"{each.signatory}@x.example", identity="") for each in persons)
    assert rule.may_bind(attrs.evolve(question, persons=apart)).binds


def test_nobody_at_all_binds_nobody() -> None:
    on = Table.of(1).world.clock.time.date()
    question = AuthorityQuestion(organisation=CUSTOMER, party=ko.Party.CUSTOMER, persons=(), on=on)
    assert not EverybodyNamed().may_bind(question).binds
    assert not AtLeast(1).may_bind(question).binds
    with pytest.raises(ko.Malformed):
        AtLeast(0)


def test_who_has_signed_does_not_sign_again() -> None:
    table = Table.of(2)
    table.sign("s1")
    assert refused(table, "s1") == {C.ALREADY_SIGNED}


def test_a_register_is_asked_with_the_signature_that_is_given_and_its_answer_is_kept() -> None:
    table, register = Table.of(2), Register(answer=False)
    portal = table.portal(authority=register)
    table.sign("s2", portal)
    register.answer = True
    assert table.sign("s1", portal).state == S.SIGNED
    signed = [tuple(each.signatory for each in question.persons if each.has_signed) for question in register.asked]
    assert signed == [("s2",), ("s1", "s2")]
    assert register.asked[0].on == table.world.clock.time.date()
    kept = table.agreement().authority
    assert kept is not None
    assert kept.right == "entry 7 of the register"


def test_those_who_cannot_bind_the_organisation_are_told_with_the_last_signature_and_may_still_decline() -> None:
    table, register = Table.of(2), Register(answer=False)
    portal = table.portal(authority=register)
    table.sign("s1", portal)
    assert refused(table, "s2", portal) == {C.NOT_BINDING}
    assert table.agreement().state is S.AWAITING_SIGNATURE
    decline = ko.DeclineAgreement(agreement=AGREEMENT, reason="Fel företrädare.")
    done = portal.resume_signing(decline, method=AttestMethod.BANKID, signer="s2")
    assert isinstance(done, ko.Outcome)
    assert done.state == S.DECLINED


def test_while_the_register_is_silent_nothing_is_signed() -> None:
    table, register = Table.of(1), Register(fails=True)
    before = table.agreement()
    with pytest.raises(ko.Unavailable):
        table.sign("s1", table.portal(authority=register))
    assert table.agreement() == before


def test_a_signature_that_was_overtaken_is_given_anew_on_top_of_the_other() -> None:
    """Both begin from the unsigned agreement; the second is made again, and follows the first."""
    table = Table.of(2, Pen(builds=True))
    late = ko.Portal(
        store=Meanwhile(table.world.store, lambda: table.sign("s1")),
        catalogue=CATALOGUE,
        signing=table.pen,
        clock=table.world.clock,
        pause=lambda _seconds: None,
    )
    assert table.sign("s2", late).state == S.SIGNED
    first, second = table.agreement().given
    assert (first.signer, second.signer) == ("s1", "s2")
    assert (first.follows, second.follows) == ("", follows_of((first,)))
    assert len(table.pen.signed) == 3


def test_a_signature_that_does_not_follow_the_last_is_refused() -> None:
    table = Table.of(2, Pen(builds=True))
    command = ko.SignAgreement(agreement=AGREEMENT)
    document = table.world.portal.document(command, signer="s2")
    done = table.pen.start(ko.SigningRequest(document=document, method=AttestMethod.BANKID), now=table.world.clock.time)
    assert isinstance(done, ko.Done)
    table.sign("s1")
    with pytest.raises(ko.Refused) as caught:
        table.world.portal.execute(attrs.evolve(command, evidence=done.evidence), ko.SYSTEM)
    assert [reason.code for reason in caught.value.reasons] == [C.SIGNED_MEANWHILE]


@pytest.mark.parametrize("party", [ko.Party.CUSTOMER, ko.Party.AGENT])
def test_when_the_wording_changes_whoever_has_signed_is_asked_to_sign_again(party: ko.Party) -> None:
    table = Table.of(2, party=party)
    table.sign("s1")
    later = table.portal(catalogue=OTHER_WORDING)
    later.deliver()
    letters = len(table.world.mailer.letters)
    assert "Ny ordalydelse." in later.document(ko.SignAgreement(agreement=table.on), signer="s2").text_sv
    assert table.sign("s2", later).state == S.AWAITING_SIGNATURE
    assert [evidence.signer for evidence in table.agreement().given] == ["s2"]
    later.deliver()
    again = table.world.mailer.letters[letters:]
    assert [letter.to.partition("@")[0] for letter in again] == [NAMES[0]]
    (asked_first, *_rest, asked_again) = [
        letter for letter in table.world.mailer.letters if letter.to == again[0].to and letter.role is ko.Role.SIGNATORY
    ]
    assert asked_again.subject == asked_first.subject
    assert table.sign("s1", later).state == S.SIGNED
    assert table.agreement().terms_version == "2026-2"
    documents = [signed.document for signed in later.evidence(table.on, ko.SYSTEM)]
    assert all("Another wording." in document.text_en for document in documents)
    assert len(documents) == 2


def test_evidence_for_another_wording_proves_nothing() -> None:
    table = Table.of(1)
    command = ko.SignAgreement(agreement=AGREEMENT)
    document = table.world.portal.document(command, signer="s1")
    done = table.pen.start(ko.SigningRequest(document=document, method=AttestMethod.BANKID), now=table.world.clock.time)
    assert isinstance(done, ko.Done)
    with pytest.raises(ko.Refused) as caught:
        table.portal(catalogue=OTHER_WORDING).execute(attrs.evolve(command, evidence=done.evidence), ko.SYSTEM)
    assert [reason.code for reason in caught.value.reasons] == [C.EVIDENCE_INVALID]


def test_evidence_that_was_accepted_once_is_not_accepted_again_though_the_wording_has_come_back() -> None:
    table = Table.of(2)
    table.sign("s1")
    (old,) = table.pen.signed
    table.sign("s2", table.portal(catalogue=OTHER_WORDING))
    again = ko.SignAgreement(agreement=AGREEMENT, evidence=old)
    with pytest.raises(ko.Refused) as caught:
        table.world.portal.execute(again, ko.SYSTEM)
    assert [reason.code for reason in caught.value.reasons] == [C.EVIDENCE_USED]
    assert table.sign("s1").state == S.AWAITING_SIGNATURE
    assert table.sign("s2").state == S.SIGNED


def test_a_method_that_is_too_weak_is_refused_before_anybody_is_asked_and_those_that_would_do_are_named() -> None:
    table = Table.of(1, rules=ko.Rules(minimum_assurance=AssuranceLevel.SUBSTANTIAL))
    with pytest.raises(ko.Refused) as caught:
        table.sign("s1", method=AttestMethod.SMS_CODE)
    (reason,) = caught.value.reasons
    assert reason.code is C.METHOD_TOO_WEAK
    assert dict(reason.params)["allowed"] == "BANKID|FREJA|SITHS|CERTIFICATE"
    assert not table.pen.signed


def test_evidence_that_is_less_sure_than_its_method_can_be_counts_for_what_it_is() -> None:
    rules = ko.Rules(minimum_assurance=AssuranceLevel.SUBSTANTIAL)
    assert refused(Table.of(1, Pen(level=AssuranceLevel.LOW), rules), "s1") == {C.METHOD_TOO_WEAK}
    assert Table.of(1, Pen(level=AssuranceLevel.SUBSTANTIAL), rules).sign("s1").state == S.SIGNED


def test_what_evidence_claims_beyond_its_method_does_not_count() -> None:
    table = Table.of(1, Pen(level=AssuranceLevel.HIGH), ko.Rules(minimum_assurance=AssuranceLevel.HIGH))
    assert refused(table, "s1") == {C.METHOD_TOO_WEAK}


def test_the_journal_tells_of_each_signature_method_level_signer_time_and_digest() -> None:
    table = Table.of(2)
    table.sign("s2")
    table.sign("s1")
    events = [each for each in table.world.portal.history(AGREEMENT, ko.SYSTEM).items if each.trigger is Trigger.SIGN]
    for event, evidence in zip(events, table.agreement().given, strict=True):
        assert event.method is evidence.method
        assert event.proven == ko.Proven(
            signer=evidence.signer, level=evidence.assurance, signed_at=evidence.signed_at, digest=evidence.digest
        )
        assert evidence.proof not in repr(event)
    assert table.world.portal.verify_journal().verified


def test_the_signatories_are_asked_once_each() -> None:
    table = Table.of(4)
    asked = [letter.to.partition("@")[0] for letter in table.world.mailer.letters if "#" in letter.text]
    assert sorted(name for name in asked if name in NAMES) == sorted(NAMES)
