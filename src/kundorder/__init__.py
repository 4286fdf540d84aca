"""The ordering of Swedish national e-health services: types, lifecycles, rights and explained decisions.

Everything public has one name here; adapters, the boundary for JSON and the sample catalogue are imported from their
modules.
"""

from kundorder.authority import AtLeast as AtLeast
from kundorder.authority import Authority as Authority
from kundorder.authority import AuthorityQuestion as AuthorityQuestion
from kundorder.authority import EverybodyNamed as EverybodyNamed
from kundorder.authority import NamedPerson as NamedPerson
from kundorder.catalogue import Catalogue as Catalogue
from kundorder.catalogue import Field as Field
from kundorder.catalogue import Offer as Offer
from kundorder.catalogue import Service as Service
from kundorder.catalogue import Terms as Terms
from kundorder.codec import claim_bytes as claim_bytes
from kundorder.codec import document_bytes as document_bytes
from kundorder.codec import document_digest as document_digest
from kundorder.commands import AcceptTerms as AcceptTerms
from kundorder.commands import ActivateAssignment as ActivateAssignment
from kundorder.commands import AddUser as AddUser
from kundorder.commands import ApplyForAgentAgreement as ApplyForAgentAgreement
from kundorder.commands import ApplyForAssignment as ApplyForAssignment
from kundorder.commands import ApplyForCustomerAgreement as ApplyForCustomerAgreement
from kundorder.commands import ApproveAgreement as ApproveAgreement
from kundorder.commands import ApproveOrder as ApproveOrder
from kundorder.commands import AssignRole as AssignRole
from kundorder.commands import AttestAssignment as AttestAssignment
from kundorder.commands import AttestOrder as AttestOrder
from kundorder.commands import Command as Command
from kundorder.commands import CompleteOrder as CompleteOrder
from kundorder.commands import CopyOrderAsDraft as CopyOrderAsDraft
from kundorder.commands import DeclineAgreement as DeclineAgreement
from kundorder.commands import DeleteUser as DeleteUser
from kundorder.commands import EndAssignment as EndAssignment
from kundorder.commands import EstablishProvider as EstablishProvider
from kundorder.commands import FillInOrder as FillInOrder
from kundorder.commands import GrantHandler as GrantHandler
from kundorder.commands import HandOverOrder as HandOverOrder
from kundorder.commands import InformAgent as InformAgent
from kundorder.commands import PassReview as PassReview
from kundorder.commands import PickAttestant as PickAttestant
from kundorder.commands import RegisterAgentAgreement as RegisterAgentAgreement
from kundorder.commands import RegisterCustomerAgreement as RegisterCustomerAgreement
from kundorder.commands import RejectAgreement as RejectAgreement
from kundorder.commands import RejectAssignment as RejectAssignment
from kundorder.commands import RejectOrder as RejectOrder
from kundorder.commands import RemoveRole as RemoveRole
from kundorder.commands import RestoreUser as RestoreUser
from kundorder.commands import RevokeHandler as RevokeHandler
from kundorder.commands import SendOrder as SendOrder
from kundorder.commands import SignAgreement as SignAgreement
from kundorder.commands import StartOrder as StartOrder
from kundorder.commands import TerminateAgreement as TerminateAgreement
from kundorder.commands import VerifyUser as VerifyUser
from kundorder.commands import WithdrawOrder as WithdrawOrder
from kundorder.delivery import DeliveryReport as DeliveryReport
from kundorder.errors import Conflict as Conflict
from kundorder.errors import Corrupt as Corrupt
from kundorder.errors import KeyReused as KeyReused
from kundorder.errors import KundorderError as KundorderError
from kundorder.errors import Malformed as Malformed
from kundorder.errors import NotFound as NotFound
from kundorder.errors import Postponed as Postponed
from kundorder.errors import Problem as Problem
from kundorder.errors import Refused as Refused
from kundorder.errors import RelayStopped as RelayStopped
from kundorder.errors import Unavailable as Unavailable
from kundorder.errors import Undeliverable as Undeliverable
from kundorder.events import Entry as Entry
from kundorder.events import Event as Event
from kundorder.events import FollowUp as FollowUp
from kundorder.events import Mail as Mail
from kundorder.events import Owed as Owed
from kundorder.events import OwedState as OwedState
from kundorder.events import Proven as Proven
from kundorder.events import Settlement as Settlement
from kundorder.events import SigningRequest as SigningRequest
from kundorder.evidence import ASSURANCE as ASSURANCE
from kundorder.evidence import Document as Document
from kundorder.evidence import Evidence as Evidence
from kundorder.evidence import SignedDocument as SignedDocument
from kundorder.evidence import follows_of as follows_of
from kundorder.identifiers import Money as Money
from kundorder.identifiers import token as token
from kundorder.journal import verify_export as verify_export
from kundorder.messages import Post as Post
from kundorder.model import SYSTEM as SYSTEM
from kundorder.model import Actor as Actor
from kundorder.model import AgentAssignment as AgentAssignment
from kundorder.model import Agreement as Agreement
from kundorder.model import Answer as Answer
from kundorder.model import Contact as Contact
from kundorder.model import Content as Content
from kundorder.model import CustomerApplication as CustomerApplication
from kundorder.model import HandlerGrant as HandlerGrant
from kundorder.model import Mark as Mark
from kundorder.model import Member as Member
from kundorder.model import Notice as Notice
from kundorder.model import Order as Order
from kundorder.model import Organisation as Organisation
from kundorder.model import Rules as Rules
from kundorder.model import Signatory as Signatory
from kundorder.outcomes import Due as Due
from kundorder.outcomes import ExportReport as ExportReport
from kundorder.outcomes import Head as Head
from kundorder.outcomes import JournalReport as JournalReport
from kundorder.outcomes import LineProblem as LineProblem
from kundorder.outcomes import LinkTarget as LinkTarget
from kundorder.outcomes import NeedsAction as NeedsAction
from kundorder.outcomes import Option as Option
from kundorder.outcomes import OrderOutcome as OrderOutcome
from kundorder.outcomes import Outcome as Outcome
from kundorder.outcomes import PathStep as PathStep
from kundorder.outcomes import PruneReport as PruneReport
from kundorder.outcomes import UnderWay as UnderWay
from kundorder.outcomes import Verdict as Verdict
from kundorder.portal import AsyncPortal as AsyncPortal
from kundorder.portal import EventPage as EventPage
from kundorder.portal import MemberPage as MemberPage
from kundorder.portal import NoticePage as NoticePage
from kundorder.portal import OrderPage as OrderPage
from kundorder.portal import PendingPage as PendingPage
from kundorder.portal import Portal as Portal
from kundorder.ports import Archive as Archive
from kundorder.ports import AsyncMailer as AsyncMailer
from kundorder.ports import AsyncSigning as AsyncSigning
from kundorder.ports import AsyncSigningAuthority as AsyncSigningAuthority
from kundorder.ports import AsyncStore as AsyncStore
from kundorder.ports import AsyncTransaction as AsyncTransaction
from kundorder.ports import Clock as Clock
from kundorder.ports import Done as Done
from kundorder.ports import EnterCode as EnterCode
from kundorder.ports import Failed as Failed
from kundorder.ports import Ids as Ids
from kundorder.ports import Letter as Letter
from kundorder.ports import Mailer as Mailer
from kundorder.ports import OpenUrl as OpenUrl
from kundorder.ports import Pending as Pending
from kundorder.ports import Progress as Progress
from kundorder.ports import Seal as Seal
from kundorder.ports import ShowQr as ShowQr
from kundorder.ports import Signing as Signing
from kundorder.ports import SigningAuthority as SigningAuthority
from kundorder.ports import Store as Store
from kundorder.ports import TextMessages as TextMessages
from kundorder.ports import Transaction as Transaction
from kundorder.reasons import Advice as Advice
from kundorder.reasons import Clearer as Clearer
from kundorder.reasons import Reason as Reason
from kundorder.vocabulary import AdviceCode as AdviceCode
from kundorder.vocabulary import AgreementModel as AgreementModel
from kundorder.vocabulary import AgreementState as AgreementState
from kundorder.vocabulary import AssignmentState as AssignmentState
from kundorder.vocabulary import AssuranceLevel as AssuranceLevel
from kundorder.vocabulary import AttestMethod as AttestMethod
from kundorder.vocabulary import ConnectionMode as ConnectionMode
from kundorder.vocabulary import CustomerCategory as CustomerCategory
from kundorder.vocabulary import FailureCode as FailureCode
from kundorder.vocabulary import FieldKind as FieldKind
from kundorder.vocabulary import Flow as Flow
from kundorder.vocabulary import Index as Index
from kundorder.vocabulary import Language as Language
from kundorder.vocabulary import Lifecycle as Lifecycle
from kundorder.vocabulary import LinkClosed as LinkClosed
from kundorder.vocabulary import NextStep as NextStep
from kundorder.vocabulary import OrderState as OrderState
from kundorder.vocabulary import Party as Party
from kundorder.vocabulary import ReasonCode as ReasonCode
from kundorder.vocabulary import Role as Role
from kundorder.vocabulary import Template as Template
from kundorder.vocabulary import Trigger as Trigger
from kundorder.vocabulary import UserState as UserState
from kundorder.workflow import GRANTS as GRANTS
from kundorder.workflow import MACHINES as MACHINES
from kundorder.workflow import Cell as Cell

# fmt: off
__all__ = [  # a paragraph, and not a column longer than all that is above it
    "ASSURANCE", "AcceptTerms", "ActivateAssignment", "Actor", "AddUser", "Advice", "AdviceCode", "AgentAssignment",
    "Agreement", "AgreementModel", "AgreementState", "Answer", "ApplyForAgentAgreement", "ApplyForAssignment",
    "ApplyForCustomerAgreement", "ApproveAgreement", "ApproveOrder", "Archive", "AssignRole", "AssignmentState",
    "AssuranceLevel", "AsyncMailer", "AsyncPortal", "AsyncSigning", "AsyncSigningAuthority", "AsyncStore",
    "AsyncTransaction", "AtLeast", "AttestAssignment", "AttestMethod", "AttestOrder", "Authority", "AuthorityQuestion",
    "Catalogue", "Cell", "Clearer", "Clock", "Command", "CompleteOrder", "Conflict", "ConnectionMode", "Contact",
    "Content", "CopyOrderAsDraft", "Corrupt", "CustomerApplication", "CustomerCategory", "DeclineAgreement",
    "DeleteUser", "DeliveryReport", "Document", "Done", "Due", "EndAssignment", "EnterCode", "Entry",
    "EstablishProvider", "Event", "EventPage", "EverybodyNamed", "Evidence", "ExportReport", "Failed", "FailureCode",
    "Field", "FieldKind", "FillInOrder", "Flow", "FollowUp", "GRANTS", "GrantHandler", "HandOverOrder", "HandlerGrant",
    "Head", "Ids", "Index", "InformAgent", "JournalReport", "KeyReused", "KundorderError", "Language", "Letter",
    "Lifecycle", "LineProblem", "LinkClosed", "LinkTarget", "MACHINES", "Mail", "Mailer", "Malformed", "Mark", "Member",
    "MemberPage", "Money", "NamedPerson", "NeedsAction", "NextStep", "NotFound", "Notice", "NoticePage", "Offer",
    "OpenUrl", "Option", "Order", "OrderOutcome", "OrderPage", "OrderState", "Organisation", "Outcome", "Owed",
    "OwedState", "Party", "PassReview", "PathStep", "Pending", "PendingPage", "PickAttestant", "Portal", "Post",
    "Postponed", "Problem", "Progress", "Proven", "PruneReport", "Reason", "ReasonCode", "Refused",
    "RegisterAgentAgreement", "RegisterCustomerAgreement", "RejectAgreement", "RejectAssignment", "RejectOrder",
    "RelayStopped", "RemoveRole", "RestoreUser", "RevokeHandler", "Role", "Rules", "SYSTEM", "Seal", "SendOrder",
    "Service", "Settlement", "ShowQr", "SignAgreement", "Signatory", "SignedDocument", "Signing", "SigningAuthority",
    "SigningRequest", "StartOrder", "Store", "Template", "TerminateAgreement", "Terms", "TextMessages", "Transaction",
    "Trigger", "Unavailable", "Undeliverable", "UnderWay", "UserState", "Verdict", "VerifyUser", "WithdrawOrder",
    "claim_bytes", "document_bytes", "document_digest", "follows_of", "token", "verify_export",
]
# fmt: on
