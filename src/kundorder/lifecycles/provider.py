"""How a store gets its provider: one row, taken once."""

from kundorder.commands import EstablishProvider
from kundorder.directory import Login, Mailbox
from kundorder.lifecycles.people import account_of, holding, sorted_roles
from kundorder.lifecycles.rows import By, Extra, Row, Side, Table
from kundorder.model import Member, Organisation, Provider, Subject
from kundorder.outcomes import Put
from kundorder.reasons import OFFICER, Reason, Reasons
from kundorder.situation import Case, login_key, mailbox_key, member_key, organisation_key
from kundorder.vocabulary import Language, Lifecycle, Party, ProviderState, ReasonCode, Role, Trigger, UserState

FIRST_ROLES = sorted_roles((Role.ADMINISTRATOR, Role.PROVIDER_OFFICER))


def store_is_empty(case: Case, _command: EstablishProvider) -> Reasons:
    """There is no provider yet."""
    return () if case.situation.provider() is None else (Reason(ReasonCode.NOT_EMPTY, cleared_by=(OFFICER,)),)


def established(case: Case, _command: EstablishProvider, _by: By) -> Provider:
    """The provider."""
    return Provider(
        organisation=case.act.actor.organisation, state=ProviderState.ESTABLISHED, step=1, since=case.act.now
    )


def with_first_person(case: Case, command: EstablishProvider, _made: Subject) -> Extra:
    """Its organisation, and its first person as administrator and officer."""
    actor = case.act.actor
    member = Member(
        id=case.act.fresh.member(),
        organisation=actor.organisation,
        state=UserState.ACTIVE,
        step=1,
        since=case.act.now,
        name=command.person_name,
        email=command.email,
        phone=None,
        language=Language.SV,
        roles=FIRST_ROLES,
        person=actor.person,
    )
    organisation = Organisation(number=actor.organisation, name=command.name, is_provider=True)
    puts = (
        Put(organisation_key(actor.organisation), organisation),
        Put(member_key(member.id), member),
        account_of(member),
        Put(
            login_key(actor.organisation, actor.person),
            Login(organisation=actor.organisation, person=actor.person, member=member.id),
        ),
        Put(mailbox_key(command.email), Mailbox(email=command.email, person=actor.person)),
        *holding(case, member, FIRST_ROLES),
    )
    side = Side(
        key=member_key(member.id),
        lifecycle=Lifecycle.USER,
        trigger=Trigger.ADD,
        before=None,
        after=member.state,
        step=member.step,
        on_behalf=actor.organisation,
        about="|".join(FIRST_ROLES),
    )
    return Extra(puts=puts, sides=(side,))


PROVIDER = Table(
    lifecycle=Lifecycle.PROVIDER,
    states=ProviderState,
    final=frozenset(ProviderState),
    rows=(
        Row(
            at=None,
            command=EstablishProvider,
            by=(By(None, Party.PROVIDER),),
            to=ProviderState.ESTABLISHED,
            given=store_is_empty,
            sets=established,
            also=with_first_person,
        ),
    ),
)
