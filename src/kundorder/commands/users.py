"""What may be asked of users, their roles and their grants."""

from typing import ClassVar, TypeAlias, final

import attrs

from kundorder.commands.fields import to_name
from kundorder.identifiers import assignment_id, email_address, language, member_id, phone_number, secret_code
from kundorder.vocabulary import Language, Role, Trigger


@attrs.frozen(kw_only=True)
class MemberCommand:
    """Something done to a user."""

    trigger: ClassVar[Trigger]
    member: str = attrs.field(converter=member_id)


@final
@attrs.frozen(kw_only=True)
class AddUser:
    """Add a person as a user of the organisation acted for (R5)."""

    trigger: ClassVar[Trigger] = Trigger.ADD
    name: str = attrs.field(converter=to_name)
    email: str = attrs.field(converter=email_address)
    phone: str | None = attrs.field(default=None, converter=attrs.converters.optional(phone_number))
    language: Language = attrs.field(default=Language.SV, converter=language)


@final
@attrs.frozen(kw_only=True)
class VerifyUser(MemberCommand):
    """Take up an invitation: binds the person who acts to the user."""

    trigger: ClassVar[Trigger] = Trigger.VERIFY
    code: str = attrs.field(converter=secret_code, repr=False)  # from the invitation mail


@final
@attrs.frozen(kw_only=True)
class DeleteUser(MemberCommand):
    """Remove a user; the roles and grants go too."""

    trigger: ClassVar[Trigger] = Trigger.DELETE


@final
@attrs.frozen(kw_only=True)
class RestoreUser(MemberCommand):
    """Bring a deleted user back, without roles (R27)."""

    trigger: ClassVar[Trigger] = Trigger.RESTORE


@final
@attrs.frozen(kw_only=True)
class AssignRole(MemberCommand):
    """Give a user a role; giving one that is held already is a no-op (R15)."""

    trigger: ClassVar[Trigger] = Trigger.ASSIGN_ROLE
    role: Role


@final
@attrs.frozen(kw_only=True)
class RemoveRole(MemberCommand):
    """Take a role from a user (R39)."""

    trigger: ClassVar[Trigger] = Trigger.REMOVE_ROLE
    role: Role


@final
@attrs.frozen(kw_only=True)
class GrantHandler(MemberCommand):
    """Let a handler act in an assignment (R21)."""

    trigger: ClassVar[Trigger] = Trigger.GRANT
    assignment: str = attrs.field(converter=assignment_id)


@final
@attrs.frozen(kw_only=True)
class RevokeHandler(MemberCommand):
    """No longer let a handler act in an assignment."""

    trigger: ClassVar[Trigger] = Trigger.REVOKE
    assignment: str = attrs.field(converter=assignment_id)


AnyUserCommand: TypeAlias = (
    AddUser | VerifyUser | DeleteUser | RestoreUser | AssignRole | RemoveRole | GrantHandler | RevokeHandler
)
"""Concerns a user."""
