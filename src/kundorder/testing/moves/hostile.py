"""What anybody could try: any command, put together from what there is and what there is not."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from math import prod
from typing import Final, TypeAlias, final

import attrs

from kundorder.commands import COMMANDS, AttestOrder, Command, SignAgreement
from kundorder.commands.fields import to_answers, to_name
from kundorder.errors import Malformed
from kundorder.evidence import Evidence
from kundorder.identifiers import agreement_id_of, assignment_id_of
from kundorder.model import SYSTEM, Actor, Answer, Contact, CustomerApplication
from kundorder.testing.forms import fitting
from kundorder.testing.moves.cells import STRANGER
from kundorder.testing.moves.on_agreements import unknown_organisation
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import (
    AgreementModel,
    AttestMethod,
    ConnectionMode,
    CustomerCategory,
    Language,
    Party,
    Role,
)

Values: TypeAlias = Mapping[str, tuple[object, ...]]
"""What can be put into fields, by their names; the harmless first."""

NO_ORDER: Final = "o-0" + "0" * 25
NO_MEMBER: Final = "m-0" + "0" * 25
NO_SERVICE: Final = "finns-inte"
NO_CODE: Final = "A" * 43
_SIDES: Final = (Party.CUSTOMER, Party.AGENT)


@final
@attrs.frozen(kw_only=True)
class CommandPool:
    """All commands of one class that can be put together from some values."""

    kind: type[Command]
    values: Values

    def __len__(self) -> int:
        return prod(map(len, self.values.values()))

    def nth(self, number: int) -> Command:
        """One of them; the first field turns fastest.

        Raises:
            IndexError: there are not so many.
        """
        if not 0 <= number < len(self):
            raise IndexError(number)
        chosen: dict[str, object] = {}
        for name, values in self.values.items():
            number, place = divmod(number, len(values))
            chosen[name] = values[place]
        return self.made(chosen)

    def made(self, chosen: Mapping[str, object]) -> Command:
        """The command with these values in its fields."""
        command = _made(self.kind, chosen)
        if not isinstance(command, COMMANDS):
            raise TypeError(type(command).__name__)
        return command


def _made(kind: type[attrs.AttrsInstance], chosen: Mapping[str, object]) -> object:
    return kind(**chosen)


def hostile_commands(scene: Scene, actor: Actor | None = None) -> tuple[CommandPool, ...]:
    """A pool for each class of command.

    Args:
        scene: a portal as it is now.
        actor: who is going to try; evidence in this one's name is among the values then.
    """
    values = _values(scene, actor)
    return tuple(
        CommandPool(kind=kind, values={field.name: values[field.name] for field in attrs.fields(kind)})
        for kind in COMMANDS
    )


def hostile_actors(scene: Scene) -> tuple[Actor, ...]:
    """Everybody there is, the system, and every person acting for every organisation, theirs or not, there or not."""
    persons = (*dict.fromkeys(actor.person for actor in scene.actors), STRANGER)
    organisations = (*(each.number for each in scene.organisations), unknown_organisation(scene))
    strange = (Actor(person, organisation) for organisation in organisations for person in persons)
    return tuple(dict.fromkeys((*scene.actors, SYSTEM, *strange)))


def _values(scene: Scene, actor: Actor | None) -> Values:
    """For every field of every command."""
    nowhere = unknown_organisation(scene)
    organisations = (*(each.number for each in scene.organisations), nowhere)
    orders, members = (*(each.id for each in scene.orders), NO_ORDER), (*(each.id for each in scene.members), NO_MEMBER)
    services = (*(each.id for each in scene.catalogue.services), NO_SERVICE)
    emails = (*dict.fromkeys(each.email for each in scene.members), "okand@prov.example")
    remarks = ("", "För sent.")
    return {
        "agent": (None, *organisations),
        "agreement": tuple(agreement_id_of(party, number) for number in organisations for party in _SIDES),
        "application": tuple(_applications(emails)),
        "assignment": tuple(assignment_id_of(number, service) for number in organisations for service in services),
        "attestant": (None, *members),
        "category": tuple(CustomerCategory),
        "certified": (True, False),
        "code": (*scene.codes.values(), NO_CODE),
        "email": emails,
        "evidence": tuple(dict.fromkeys(_evidence(scene, actor))),
        "fields": tuple(dict.fromkeys(_answers(scene))),
        "instructions": remarks,
        "language": tuple(Language),
        "member": members,
        "method": (None, *AttestMethod),
        "mode": tuple(ConnectionMode),
        "model": tuple(AgreementModel),
        "name": ("Någon Prov",),
        "offer": (*(each.id for each in scene.catalogue.offers), NO_SERVICE),
        "order": orders,
        "organisation": organisations,
        "person_name": ("Någon Prov",),
        "phone": (None, "+46701740605"),
        "reason": remarks,
        "role": tuple(Role),
        "service": services,
        "supplementary_to": (None, *orders),
        "version": tuple(dict.fromkeys(_versions(scene))),
    }


def _applications(emails: tuple[str, ...]) -> Iterator[CustomerApplication]:
    contacts = tuple(Contact(name="Någon Prov", email=email) for email in emails)
    for contact in contacts:
        yield CustomerApplication(administrator=contact, agreement_contact=contact, signatories=(contact,))
    yield CustomerApplication(administrator=contacts[0], agreement_contact=contacts[0], signatories=())
    yield CustomerApplication(administrator=contacts[0], agreement_contact=contacts[0], signatories=contacts)


def _answers(scene: Scene) -> Iterator[tuple[Answer, ...]]:
    yield ()
    for offer in scene.catalogue.offers:
        with suppress(Malformed):  # a catalogue may have what no command can say
            yield to_answers(fitting(offer))
    yield (Answer(name="finns_inte", values=("Teknik Prov",)),)


def _versions(scene: Scene) -> Iterator[str]:
    for offer in scene.catalogue.offers:
        with suppress(Malformed):
            yield to_name(offer.terms.version)
    yield "1999-1"


def _evidence(scene: Scene, actor: Actor | None) -> Iterator[Evidence | None]:
    yield None
    for order in scene.orders:
        yield from order.evidence
    for assignment in scene.assignments:
        yield from assignment.evidence
    for agreement in scene.agreements:
        yield from agreement.given
        for signatory in agreement.signatories:
            bare = SignAgreement(agreement=agreement.id)
            yield scene.evidence(bare, SYSTEM, AttestMethod.BANKID, signer=signatory.id)
    for order in scene.orders:
        for each in () if actor is None else (actor, *scene.actors[:1]):
            made = scene.evidence(AttestOrder(order=order.id), each, AttestMethod.BANKID)
            if made is not None:
                yield made
                yield attrs.evolve(made, proof="förfalskad")
