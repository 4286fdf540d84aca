"""Where everything begins: a provider, two customers and two agents, with people who act in several of them.

Anna orders at both customers; Bo attests at the first and handles for the agent; Hanna handles for the agent and orders
at the second; Cai attests at the second and for the agent. Every name, address, number, id and code is a canary.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Final, final

import attrs
from cast import is_list, tables
from world import AGENT, CUSTOMER, OTHER, OTHER_AGENT, PROVIDER

import kundorder as ko
from closure.canaries import Canaries, What
from kundorder.adapters.memory import MemoryMailer, MemoryStore
from kundorder.codec import document_digest
from kundorder.events import Entry, SigningRequest
from kundorder.evidence import ASSURANCE, Document, Evidence
from kundorder.ports import Done, Failed, Letter, Pending, Progress
from kundorder.sample import CATALOGUE
from kundorder.situation import Fact, Key
from kundorder.testing.surroundings import START, TickingClock
from kundorder.vocabulary import AttestMethod, FailureCode, Role

STRANGER: Final = "okand"
_R = Role
STAFFED: Final[Mapping[str, Mapping[str, tuple[Role, ...]]]] = {
    PROVIDER: {"karin": (_R.CUSTOMER_SERVICE,), "pia": (_R.ADMINISTRATOR,)},
    CUSTOMER: {"anna": (_R.ORDERER,), "bo": (_R.ATTESTANT,), "nora": ()},
    OTHER: {"anna": (_R.ORDERER,), "hanna": (_R.ORDERER,), "cai": (_R.ATTESTANT,)},
    AGENT: {
        "uno": (_R.AGENT_ASSIGNMENT_ORDERER,),
        "hanna": (_R.AGENT_HANDLER,),
        "bo": (_R.AGENT_HANDLER,),
        "aron": (_R.ATTESTANT,),
        "cai": (_R.ATTESTANT,),
        "nils": (),
    },
    OTHER_AGENT: {
        "ulf": (_R.AGENT_ASSIGNMENT_ORDERER,),
        "arvid": (_R.ATTESTANT,),
        "orvar": (_R.AGENT_HANDLER,),
    },
}
"""Who is added by the administrator, and with which roles."""

ADMINISTRATORS: Final = {CUSTOMER: "adam", OTHER: "ada", AGENT: "agda", OTHER_AGENT: "otto"}
SERVICE: Final = "npo"
PERSONAL_NUMBER: Final = "811218-9876"
"""What a signing method may know of somebody; it stands in the proof alone."""


@final
class WrittenIds:
    """Ids, numbers and codes that are canaries; a test says whose the next ones are."""

    def __init__(self, canaries: Canaries) -> None:
        self._canaries = canaries
        self.about_to_order: tuple[str, str] = ("", "")  # the order's id, and its case number
        self.coming: list[str] = []  # ids of users

    def order(self) -> str:
        return self.about_to_order[0]

    def member(self) -> str:
        return self.coming.pop(0)

    def case_number(self) -> str:
        return self.about_to_order[1]

    def code(self, about: str) -> str:
        return self._canaries.word("", What.SECRET, of=about) + "A" * 37


@final
class Signer:
    """Signs at once, and tells of it with canaries; a code by telephone has to be entered first, and never is here."""

    def __init__(self, canaries: Canaries) -> None:
        self._canaries = canaries
        for organisation in (CUSTOMER, OTHER, AGENT, OTHER_AGENT):
            canaries.keep(PERSONAL_NUMBER, organisation, What.PROOF, "proof")

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        document = request.document
        if request.method is AttestMethod.SMS_CODE:
            state = self._canaries.word("", What.SECRET, of=f"signing {document.subject} {document.signer}")
            return Pending(state=state, action=None, ask_again_at=now, ends_at=now.replace(year=now.year + 1))
        return Done(evidence=self._evidence(request.method, document, now))

    def _evidence(self, method: AttestMethod, document: Document, now: datetime) -> Evidence:
        def word(of: str) -> str:
            return self._canaries.word(document.organisation, What.PROOF, document.signer, of=of)

        digest = document_digest(document)
        return Evidence(
            method=method,
            signer=document.signer,
            digest=digest,
            signed_at=now,
            proof=f"{word('proof')}:{PERSONAL_NUMBER}:{digest}",
            signed_by=word("certificate"),
            level=ASSURANCE[method],
            identity=word("identity"),
        )

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        del request, state, now, callback
        return Failed(code=FailureCode.NOTHING_UNDER_WAY)

    def cancel(self, state: str) -> None:
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        return evidence == self._evidence(evidence.method, document, evidence.signed_at)


@final
@attrs.frozen
class Opening:
    """What is there before anything is ordered."""

    canaries: Canaries
    records: Mapping[Key, Fact]
    journal: Mapping[Key, tuple[Entry, ...]]
    actors: Mapping[tuple[str, str], ko.Actor]  # by name and organisation
    members: Mapping[ko.Actor, str]
    letters: tuple[tuple[str, Letter], ...]  # with the organisation each was written to

    def actor(self, name: str, organisation: str) -> ko.Actor:
        """Somebody, acting for one organisation."""
        return self.actors[name, organisation]

    def member(self, name: str, organisation: str) -> str:
        """The id of a user."""
        return self.members[self.actors[name, organisation]]


@cache
def opening() -> Opening:
    """All of it, made through the portal."""
    return _Making().made()


@final
class _Making:
    def __init__(self) -> None:
        self.canaries = Canaries()
        self.ids = WrittenIds(self.canaries)
        self.store, self.mailer = MemoryStore(), MemoryMailer()
        self.portal = ko.Portal(
            store=self.store,
            catalogue=CATALOGUE,
            mailer=self.mailer,
            signing=Signer(self.canaries),
            clock=TickingClock(START),
            ids=self.ids,
        )
        self.actors: dict[tuple[str, str], ko.Actor] = {}
        self.members: dict[ko.Actor, str] = {}
        self.letters: list[tuple[str, Letter]] = []
        self.first: dict[str, tuple[str, str]] = {}  # where a person was met first: login and address

    def made(self) -> Opening:
        self.provider()
        for organisation in (CUSTOMER, OTHER, AGENT, OTHER_AGENT):
            self.organisation(organisation, as_agent=organisation in (AGENT, OTHER_AGENT))
        for organisation in (AGENT, OTHER_AGENT):
            self.assignment(organisation)
        held = tables(self.store)
        records = {Key(str(key)): fact for key, fact in held["records"].items() if isinstance(fact, Fact)}
        entries = ((Key(str(chain)), found) for chain, found in held["journal"].items() if is_list(found))
        return Opening(
            canaries=self.canaries,
            records=records,
            journal={chain: tuple(each for each in found if isinstance(each, Entry)) for chain, found in entries},
            actors=self.actors,
            members=self.members,
            letters=tuple(self.letters),
        )

    def known(self, name: str, organisation: str) -> ko.Actor:
        """Somebody who logs in; the login and the address are the same everywhere, and nothing else is."""
        made = self.canaries
        if name not in self.first:
            short = name.partition(" ")[0]
            login = f"{short}.{made.word(organisation, What.PERSON, name, of='login')}"
            address = f"{short}.{made.word(organisation, What.PERSON, name, of='address')}@prov.example"
            self.first[name] = login, address
        for each in self.first[name]:
            made.share(each, organisation, What.PERSON, name)
        actor = ko.Actor(self.first[name][0], organisation)
        self.actors[name, organisation] = actor
        return actor

    def contact(self, name: str, organisation: str, what: What = What.PERSON) -> ko.Contact:
        """What an organisation has written down of somebody."""
        made = self.canaries
        if what is What.PERSON:
            _ = self.known(name, organisation)
            address = self.first[name][1]
        else:
            address = f"{name}.{made.word(organisation, what, name, of='address')}@prov.example"
        return ko.Contact(
            name=f"{name.partition(' ')[0].capitalize()} {made.word(organisation, what, name, of='name').capitalize()}",
            email=address,
            phone=made.phone(organisation, name) if what is What.PERSON else None,
        )

    def number_of(self, name: str, organisation: str) -> str:
        """The id somebody gets as a user there."""
        return f"m-{'0' * 20}{self.canaries.word(organisation, What.PERSON, name, of='user')}"

    def called(self, organisation: str) -> str:
        """What an organisation is called."""
        _ = self.canaries.organisation(organisation)
        return f"Provbolaget {self.canaries.word(organisation, What.ORGANISATION, of='name').capitalize()}"

    def delivered(self, organisation: str) -> None:
        """What is owed leaves, all of it to one organisation."""
        before = len(self.mailer.letters)
        assert self.portal.deliver().parked == 0
        self.letters += ((organisation, letter) for letter in self.mailer.letters[before:])

    def verified(self, name: str, organisation: str) -> None:
        """Somebody opens the invitation."""
        member, actor = self.number_of(name, organisation), self.known(name, organisation)
        self.portal.execute(ko.VerifyUser(member=member, code=self.ids.code(member)), actor)
        self.members[actor] = member

    def provider(self) -> None:
        person = self.contact("olle", PROVIDER)
        olle = self.known("olle", PROVIDER)
        self.ids.coming.append(self.number_of("olle", PROVIDER))
        establish = ko.EstablishProvider(name=self.called(PROVIDER), person_name=person.name, email=person.email)
        self.portal.execute(establish, olle)
        self.members[olle] = self.number_of("olle", PROVIDER)
        self.people("olle", PROVIDER)

    def people(self, administrator: str, organisation: str) -> None:
        """The administrator adds everybody."""
        by = self.known(administrator, organisation)
        for name, roles in STAFFED[organisation].items():
            person, number = self.contact(name, organisation), self.number_of(name, organisation)
            self.ids.coming.append(number)
            self.portal.execute(ko.AddUser(name=person.name, email=person.email, phone=person.phone), by)
            for role in roles:
                self.portal.execute(ko.AssignRole(member=number, role=role), by)
            self.delivered(organisation)
            self.verified(name, organisation)

    def organisation(self, number: str, *, as_agent: bool) -> None:
        """Somebody applies, the provider approves, the signatory signs, and the people come."""
        administrator, olle = ADMINISTRATORS[number], self.actors["olle", PROVIDER]
        names = (administrator, f"kontakt at {number}")
        contacts = tuple(self.contact(name, number) for name in names)
        application = ko.CustomerApplication(
            administrator=contacts[0],
            agreement_contact=contacts[1],
            signatories=(self.contact("firma", number, What.CONTRACT),),
        )
        applicant = ko.Actor(f"sokande.{self.canaries.word(number, What.CONTRACT, of='applicant')}", number)
        name, category = self.called(number), ko.CustomerCategory.REGION
        apply = (
            ko.ApplyForAgentAgreement(name=name, application=application)
            if as_agent
            else ko.ApplyForCustomerAgreement(name=name, category=category, application=application)
        )
        agreement = self.portal.execute(apply, applicant).id
        self.ids.coming += (self.number_of(each, number) for each in names)
        self.portal.execute(ko.ApproveAgreement(agreement=agreement), olle)
        self.portal.resume_signing(ko.SignAgreement(agreement=agreement), method=AttestMethod.BANKID, signer="s1")
        self.delivered(number)
        for each in names:
            self.verified(each, number)
        self.people(administrator, number)

    def assignment(self, agent: str) -> None:
        """The agent may be ordered through, and its handlers act for it."""
        orderer, attestant = ("uno", "aron") if agent == AGENT else ("ulf", "arvid")
        olle, administrator = self.actors["olle", PROVIDER], self.actors[ADMINISTRATORS[agent], agent]
        assignment = self.portal.execute(ko.ApplyForAssignment(service=SERVICE), self.actors[orderer, agent]).id
        self.portal.execute(ko.PassReview(assignment=assignment), olle)
        attest = ko.AttestAssignment(assignment=assignment, method=AttestMethod.BANKID)
        self.portal.resume_signing(attest, self.actors[attestant, agent], method=AttestMethod.BANKID)
        self.portal.execute(ko.ActivateAssignment(assignment=assignment), olle)
        for name, roles in STAFFED[agent].items():
            if Role.AGENT_HANDLER in roles:
                grant = ko.GrantHandler(member=self.number_of(name, agent), assignment=assignment)
                self.portal.execute(grant, administrator)
        self.delivered(agent)
