"""The lifecycle of a user, as rows; roles and grants are acts that change no state."""

from kundorder.commands import (
    AddUser,
    AssignRole,
    DeleteUser,
    GrantHandler,
    RemoveRole,
    RestoreUser,
    RevokeHandler,
    VerifyUser,
)
from kundorder.lifecycles import grants
from kundorder.lifecycles import user_sets as becomes
from kundorder.lifecycles.rows import AnyRow, By, Row, Table
from kundorder.vocabulary import Lifecycle, Party, Role
from kundorder.vocabulary import UserState as S

PARTIES = (Party.CUSTOMER, Party.AGENT, Party.PROVIDER)
ANY_ADMINISTRATOR = tuple(By(Role.ADMINISTRATOR, party) for party in PARTIES)  # of the organisation acted for
ADMINISTRATOR = tuple(By(Role.ADMINISTRATOR, party, at_home=True) for party in PARTIES)
AGENTS_ADMINISTRATOR = (By(Role.ADMINISTRATOR, Party.AGENT),)
THE_USER = tuple(By(None, party, at_home=True) for party in PARTIES)
OFFICER = (By(Role.PROVIDER_OFFICER, Party.PROVIDER),)

ROWS: tuple[AnyRow, ...] = (
    Row(
        at=None,
        command=AddUser,
        by=ANY_ADMINISTRATOR,
        to=S.INVITED,
        given=becomes.new_here,
        sets=becomes.added,
        also=becomes.invited,
    ),
    Row(
        at=S.INVITED,
        command=VerifyUser,
        by=THE_USER,
        to=S.ACTIVE,
        given=becomes.may_verify,
        sets=becomes.verified,
        also=becomes.bound,
    ),
    Row(
        at=S.ACTIVE,
        command=DeleteUser,
        by=ADMINISTRATOR,
        to=S.DELETED,
        given=becomes.is_not_last,
        sets=becomes.deleted,
        also=becomes.stripped,
    ),
    Row(at=S.DELETED, command=RestoreUser, by=OFFICER, to=S.ACTIVE, sets=becomes.restored),
    *(
        Row(
            at=at,
            command=AssignRole,
            by=ADMINISTRATOR,
            to=at,
            given=becomes.may_have_role,
            sets=becomes.with_role,
            also=becomes.counted,
            changes=becomes.lacks_role,
        )
        for at in (S.INVITED, S.ACTIVE)
    ),
    *(
        Row(
            at=at,
            command=RemoveRole,
            by=ADMINISTRATOR,
            to=at,
            given=becomes.may_lose_role,
            sets=becomes.without_role,
            also=becomes.uncounted,
            changes=becomes.has_role,
        )
        for at in (S.INVITED, S.ACTIVE)
    ),
    Row(
        at=S.ACTIVE,
        command=GrantHandler,
        by=AGENTS_ADMINISTRATOR,
        to=S.ACTIVE,
        given=grants.may_be_granted,
        sets=grants.stepped,
        also=grants.granted,
        changes=grants.is_not_granted,
    ),
    Row(
        at=S.ACTIVE,
        command=RevokeHandler,
        by=AGENTS_ADMINISTRATOR,
        to=S.ACTIVE,
        given=grants.may_be_revoked,
        sets=grants.stepped,
        also=grants.revoked,
        changes=grants.has_grant,
    ),
)

USER = Table(lifecycle=Lifecycle.USER, states=S, final=frozenset(), rows=ROWS)
