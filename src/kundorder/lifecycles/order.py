"""The lifecycle of an order, as rows. What a row does not permit is not permitted."""

from kundorder.commands import (
    AcceptTerms,
    ApproveOrder,
    AttestOrder,
    CompleteOrder,
    CopyOrderAsDraft,
    FillInOrder,
    HandOverOrder,
    InformAgent,
    PickAttestant,
    RejectOrder,
    SendOrder,
    StartOrder,
    WithdrawOrder,
)
from kundorder.lifecycles import audiences as told
from kundorder.lifecycles import drafts
from kundorder.lifecycles import order_guards as must
from kundorder.lifecycles import order_sets as becomes
from kundorder.lifecycles.rows import AnyRow, By, Owes, Row, Table
from kundorder.vocabulary import Flow, Lifecycle, Party, Role, Template
from kundorder.vocabulary import OrderState as S

ORDERER = By(Role.ORDERER, Party.CUSTOMER)
OWN_ORDERER = By(Role.ORDERER, Party.CUSTOMER, only=must.is_own_order)
CUSTOMERS_ATTESTANT = By(Role.ATTESTANT, Party.CUSTOMER)
HANDLER = By(Role.AGENT_HANDLER, Party.AGENT, only=must.is_granted_handler)
PICKED = By(Role.ATTESTANT, Party.AGENT, only=must.is_picked)
CUSTOMER_SERVICE = By(Role.CUSTOMER_SERVICE, Party.PROVIDER)
AUTOMATIC = By(None, Party.SYSTEM, only=must.informs_automatically)

ASK_ATTESTANTS = Owes(Template.ATTEST_ORDER, told.customers_attestants, notice=True)
ASK_HANDLERS = Owes(Template.REVIEW_ORDER, told.reviewing_handlers, notice=True)
ASK_PICKED = Owes(Template.ATTEST_FOR_AGENT, told.picked_attestant, notice=True)
TELL_STARTABLE = Owes(Template.CONNECTION_STARTABLE, told.all_granted_handlers, notice=True)
TELL_WITHDRAWN = Owes(Template.ORDER_WITHDRAWN, told.those_asked)

BEFORE_SENDING = (must.start_guards_hold, must.form_is_complete, must.terms_are_accepted)
TELL_COMPLETED = Owes(Template.ORDER_COMPLETED, told.the_orderer, mail=False, notice=True)

ROWS: tuple[AnyRow, ...] = (
    Row(
        at=None,
        command=StartOrder,
        by=(ORDERER,),
        to=S.DRAFT,
        given=drafts.startable,
        sets=drafts.started,
    ),
    Row(
        at=None,
        command=CopyOrderAsDraft,
        by=(ORDERER,),
        to=S.DRAFT,
        when=(drafts.is_closed,),
        sets=drafts.copied,
    ),
    Row(
        at=S.DRAFT,
        command=FillInOrder,
        by=(ORDERER,),
        to=S.DRAFT,
        given=drafts.fillable,
        sets=drafts.filled_in,
    ),
    Row(
        at=S.DRAFT,
        command=AcceptTerms,
        by=(ORDERER,),
        to=S.DRAFT,
        given=drafts.acceptable,
        sets=drafts.accepted,
    ),
    Row(
        at=S.DRAFT,
        command=SendOrder,
        by=(ORDERER,),
        to=S.AWAITING_CUSTOMER_ATTEST,
        flow=Flow.DIRECT,
        when=BEFORE_SENDING,
        sets=drafts.sent,
        owes=(ASK_ATTESTANTS,),
        also=drafts.case_file,
    ),
    Row(
        at=S.DRAFT,
        command=SendOrder,
        by=(ORDERER,),
        to=S.AWAITING_AGENT_APPROVAL,
        flow=Flow.VIA_AGENT,
        when=BEFORE_SENDING,
        sets=drafts.sent,
        owes=(ASK_HANDLERS,),
        also=drafts.case_file,
    ),
    Row(
        at=S.AWAITING_AGENT_APPROVAL,
        command=ApproveOrder,
        by=(HANDLER,),
        to=S.AWAITING_AGENT_ATTEST,
        flow=Flow.VIA_AGENT,
        when=(must.assignment_still_active, must.approver_is_another),
        given=becomes.approvable,
        sets=becomes.approved,
        owes=(ASK_PICKED,),
    ),
    Row(
        at=S.AWAITING_AGENT_APPROVAL,
        command=RejectOrder,
        by=(HANDLER,),
        to=S.REJECTED_BY_AGENT,
        flow=Flow.VIA_AGENT,
        given=becomes.has_reason,
        sets=becomes.rejected_by_agent,
        owes=(Owes(Template.ORDER_REJECTED_BY_AGENT, told.the_orderer),),
    ),
    Row(
        at=S.AWAITING_AGENT_ATTEST,
        command=AttestOrder,
        by=(PICKED,),
        to=S.AWAITING_CUSTOMER_ATTEST,
        flow=Flow.VIA_AGENT,
        when=(must.assignment_still_active, must.agents_attestant_is_another),
        given=becomes.attestable,
        sets=becomes.attested_by_agent,
        owes=(ASK_ATTESTANTS,),
    ),
    Row(
        at=S.AWAITING_AGENT_ATTEST,
        command=PickAttestant,
        by=(HANDLER,),
        to=S.AWAITING_AGENT_ATTEST,
        flow=Flow.VIA_AGENT,
        when=(must.assignment_still_active,),
        given=becomes.pickable,
        sets=becomes.picked,
        owes=(ASK_PICKED,),
        changes=becomes.picks_another,
    ),
    Row(
        at=S.AWAITING_AGENT_ATTEST,
        command=RejectOrder,
        by=(PICKED,),
        to=S.REJECTED_BY_AGENT,
        flow=Flow.VIA_AGENT,
        given=becomes.has_reason,
        sets=becomes.rejected_by_agent,
        owes=(
            Owes(Template.ORDER_REJECTED_BY_AGENT, told.the_orderer),
            Owes(Template.ORDER_REJECTED_BY_AGENT, told.the_handler),
        ),
    ),
    Row(
        at=S.AWAITING_CUSTOMER_ATTEST,
        command=AttestOrder,
        by=(CUSTOMERS_ATTESTANT,),
        to=S.ATTESTED,
        when=(must.agreement_still_holds, must.assignment_still_active, must.customers_attestant_is_another),
        given=becomes.attestable,
        sets=becomes.attested,
        owes=(Owes(Template.ORDER_ATTESTED, told.the_orderer, mail=False, notice=True),),
        also=becomes.informing,
    ),
    Row(
        at=S.AWAITING_CUSTOMER_ATTEST,
        command=RejectOrder,
        by=(CUSTOMERS_ATTESTANT,),
        to=S.REJECTED,
        given=becomes.has_reason,
        sets=becomes.rejected,
        owes=(Owes(Template.ORDER_REJECTED, told.the_orderer), Owes(Template.ORDER_REJECTED, told.the_handler)),
    ),
    *(
        Row(
            at=at,
            command=WithdrawOrder,
            by=(OWN_ORDERER, CUSTOMER_SERVICE),
            to=S.WITHDRAWN,
            flow=flow,
            sets=becomes.withdrawn,
            owes=(TELL_WITHDRAWN,),
        )
        for at, flow in (
            (S.DRAFT, None),
            (S.AWAITING_AGENT_APPROVAL, Flow.VIA_AGENT),
            (S.AWAITING_AGENT_ATTEST, Flow.VIA_AGENT),
            (S.AWAITING_CUSTOMER_ATTEST, None),
        )
    ),
    Row(
        at=S.ATTESTED,
        command=HandOverOrder,
        by=(CUSTOMER_SERVICE,),
        to=S.HANDED_OVER,
        flow=Flow.DIRECT,
        given=becomes.has_instructions,
        sets=becomes.handed_over,
        owes=(Owes(Template.HANDED_OVER, told.the_orderer),),
    ),
    Row(
        at=S.ATTESTED,
        command=InformAgent,
        by=(CUSTOMER_SERVICE, AUTOMATIC),
        to=S.CONNECTION_STARTABLE,
        flow=Flow.VIA_AGENT,
        sets=becomes.startable_connection,
        owes=(TELL_STARTABLE,),
    ),
    Row(
        at=S.HANDED_OVER,
        command=CompleteOrder,
        by=(CUSTOMER_SERVICE,),
        to=S.COMPLETED,
        flow=Flow.DIRECT,
        sets=becomes.completed,
        owes=(TELL_COMPLETED,),
    ),
    Row(
        at=S.CONNECTION_STARTABLE,
        command=CompleteOrder,
        by=(CUSTOMER_SERVICE, HANDLER),
        to=S.COMPLETED,
        flow=Flow.VIA_AGENT,
        sets=becomes.completed,
        owes=(TELL_COMPLETED,),
    ),
)

ORDER = Table(
    lifecycle=Lifecycle.ORDER,
    states=S,
    flows=(Flow.DIRECT, Flow.VIA_AGENT),
    final=frozenset((S.COMPLETED, S.REJECTED, S.REJECTED_BY_AGENT, S.WITHDRAWN)),
    rows=ROWS,
)
