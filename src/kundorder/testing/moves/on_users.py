"""What can be asked for users, with complete commands."""

from collections.abc import Iterator

from kundorder.commands import (
    AddUser,
    AssignRole,
    Command,
    DeleteUser,
    EstablishProvider,
    GrantHandler,
    RemoveRole,
    RestoreUser,
    RevokeHandler,
    VerifyUser,
)
from kundorder.errors import Malformed
from kundorder.identifiers import person_id
from kundorder.model import Actor, Member
from kundorder.testing.moves.cells import STRANGER
from kundorder.testing.moves.move import Move
from kundorder.testing.moves.scenes import Scene
from kundorder.vocabulary import Role, Trigger, UserState


def establishing(organisation: str) -> Move:
    """A provider; only an empty store accepts it."""
    command = EstablishProvider(name="Leverantören", person_name="Olle Officer", email="olle@provider.example")
    return Move(command, Actor("olle", organisation))


def additions(scene: Scene, actor: Actor) -> Iterator[Command]:
    """Somebody new; and once more whoever has been invited and has not come."""
    domain = f"o{actor.organisation.replace('-', '')}.example"
    taken = {member.email for member in scene.members}
    number = next(number for number in range(1, len(taken) + 2) if f"ny{number}@{domain}" not in taken)
    yield AddUser(name="Ny Prov", email=f"ny{number}@{domain}")
    for member in scene.members:
        if member.organisation == actor.organisation and member.state is UserState.INVITED:
            yield AddUser(name=member.name, email=member.email, phone=member.phone, language=member.language)


def verifications(scene: Scene, member: Member) -> Iterator[Move]:
    """The invitation taken up: by somebody new, or by anybody who is a user elsewhere already."""
    code = scene.codes.get(member.id)
    if code is None:
        return
    known = (actor.person for actor in scene.actors)
    for person in dict.fromkeys((_newcomer(member), *known)):
        yield Move(VerifyUser(member=member.id, code=code), Actor(person, member.organisation))


def _newcomer(member: Member) -> str:
    local = member.email.partition("@")[0].replace("+", ".").replace("'", ".")
    try:
        return person_id(local)
    except Malformed:  # looks like a personal identity number
        return STRANGER


def on_user(scene: Scene, member: Member, trigger: Trigger) -> Iterator[Command]:
    """Every way to pull this trigger."""
    identifier = member.id
    match trigger:
        case Trigger.DELETE:
            yield DeleteUser(member=identifier)
        case Trigger.RESTORE:
            yield RestoreUser(member=identifier)
        case Trigger.ASSIGN_ROLE:
            yield from (AssignRole(member=identifier, role=role) for role in Role if role not in member.roles)
        case Trigger.REMOVE_ROLE:
            yield from (RemoveRole(member=identifier, role=role) for role in member.roles)
        case Trigger.GRANT | Trigger.REVOKE:
            change = GrantHandler if trigger is Trigger.GRANT else RevokeHandler
            for each in scene.assignments:
                granted = (identifier, each.id) in scene.granted
                if each.agent == member.organisation and granted is (trigger is Trigger.REVOKE):
                    yield change(member=identifier, assignment=each.id)
        case _:
            raise LookupError(trigger)
