"""What the parsers take: things out of a portal that has been used, the same each time."""

import json
from functools import cache
from pathlib import Path
from typing import Final

import attrs
import bankid_stand_in
import msgspec
from cast import Cast
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import kundorder as ko
from kundorder.adapters.bankid.state import State as BankIdState
from kundorder.adapters.bankid.state import written as bankid_written
from kundorder.adapters.hosted.states import State as HostedState
from kundorder.adapters.hosted.states import written as hosted_written
from kundorder.adapters.jws import JwsSeal, SealedSigner
from kundorder.adapters.memory import MemoryStore
from kundorder.boundary import command_to_json
from kundorder.codec import encode
from kundorder.events import OwedState, SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.evidence_files import written
from kundorder.outcomes import Outcome
from kundorder.ports import Done
from kundorder.sample import CATALOGUE
from kundorder.situation import Fact, Key, Kind, kind_of
from kundorder.testing.surroundings import START
from kundorder.vocabulary import Index, Lifecycle, Role, Trigger

GOLDEN: Final = Path(__file__).parents[1] / "golden"
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
DOCUMENT: Final = Document(
    subject="o-01",
    number=1,
    step=4,
    act=Trigger.ATTEST,
    organisation="999200-0001",
    capacity=Role.ATTESTANT,
    signer="p-åsa",
    content="ab" * 32,
    text_sv="Attest av beställning",
    text_en="Attest of an order",
)


@cache
def _used() -> MemoryStore:
    """A store after a direct order and one via an agent."""
    cast = Cast.new()
    cast.handed_over()
    cast.informed()
    rejected = cast.sent()
    cast.portal.execute(ko.RejectOrder(order=rejected, reason="Fel tjänst."), cast.atle)
    cast.portal.execute(ko.CopyOrderAsDraft(order=rejected), cast.berta, key="copy")
    cast.told()
    assert isinstance(cast.world.store, MemoryStore)
    return cast.world.store


def records(kind: Kind) -> tuple[bytes, ...]:
    """Some that were stored."""
    tables: object = vars(_used())["_tables"]
    facts: dict[Key, Fact] = vars(tables)["records"]
    found = [fact.record for key, fact in facts.items() if fact.record is not None and kind_of(key) is kind]
    return tuple(encode(record).encode() for record in found[:4])


def commands() -> tuple[bytes, ...]:
    """Some, with fields of every type."""
    contact = ko.Contact(name="Anna Prov", email="anna@clinic.example", phone="+46701740605", language=ko.Language.EN)
    named = ko.CustomerApplication(administrator=contact, agreement_contact=contact, signatories=(contact, contact))
    category, order = ko.CustomerCategory.PRIVATE_CARE_PROVIDER, "o-01m8mz2a00g000000000000000"
    evidence = _signed()
    made: tuple[ko.Command, ...] = (
        ko.ApplyForCustomerAgreement(name="Kliniken", category=category, application=named),
        ko.StartOrder(offer="npo-producent", mode=ko.ConnectionMode.VIA_AGENT, agent="556677-8899"),
        ko.FillInOrder(order=order, fields={"care_units": ("SE9997000006-P01",), "number": 3, "text": "Teknik"}),
        ko.AttestOrder(order=order, method=ko.AttestMethod.BANKID, evidence=evidence),
        ko.ApproveOrder(order=order, attestant="m-01m8mz2a00g000000000000000", certified=True),
        ko.AssignRole(member="m-01m8mz2a00g000000000000000", role=Role.ADMINISTRATOR),
    )
    return tuple(json.dumps(command_to_json(command)).encode() for command in made)


def _signed() -> Evidence:
    signer = SealedSigner(JwsSeal(_pem()))
    done = signer.start(SigningRequest(document=DOCUMENT, method=ko.AttestMethod.CERTIFICATE), now=START)
    assert isinstance(done, Done)
    return done.evidence


def _pem() -> bytes:
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def catalogues() -> tuple[bytes, ...]:
    """The sample, but for most of its offers."""
    short = attrs.evolve(
        CATALOGUE, offers=tuple(attrs.evolve(each, start_up_fee=None) for each in CATALOGUE.offers[:2])
    )
    written: dict[str, list[dict[str, object]]] = msgspec.to_builtins(short)
    for name in [name for name in written if name.startswith("_")]:
        del written[name]
    for offer in written["offers"]:
        del offer["takes_care_units"]
        offer["start_up_fee"] = "12000.00 SEK"
    return (json.dumps(written).encode(),)


def entries() -> tuple[bytes, ...]:
    """Some of the journal."""
    with _used().transaction() as transaction:
        page = transaction.select(Index.JOURNAL, ("",), after=None, limit=4)
    return tuple(encode(line.entry).encode() for line in page.items if line.entry is not None)


def debts() -> tuple[bytes, ...]:
    """Some mails and follow-ups."""
    with _used().transaction() as transaction:
        page = transaction.select(Index.OWED, tuple(OwedState), after=None, limit=200)
    found = [line.owed for line in page.items if line.owed is not None]
    return tuple(encode(owed).encode() for owed in (found[0], found[-1]))


def outcomes() -> tuple[bytes, ...]:
    """One of an act on an agreement."""
    outcome = Outcome(
        id="customer/999200-0001",
        lifecycle=Lifecycle.CUSTOMER_AGREEMENT,
        state=ko.AgreementState.APPLIED,
        at=START,
    )
    return (encode(outcome).encode(),)


def exports() -> tuple[bytes, ...]:
    """A journal."""
    return ((GOLDEN / "journal_export_1.jsonl").read_bytes()[:20_000],)


def evidence_files() -> tuple[bytes, ...]:
    """One with an attachment would be too long to be changed in a place that matters."""
    return (written(DOCUMENT, _signed()),)


def keys() -> tuple[bytes, ...]:
    """A public key."""
    return (JwsSeal(_pem()).public.jwk.encode(),)


def proofs() -> tuple[bytes, ...]:
    """A seal."""
    return (JwsSeal(_pem()).seal(b"x").encode(),)


def signatures() -> tuple[bytes, ...]:
    """What BankID hands out."""
    anna = bankid_stand_in.person(bankid_stand_in.ANNA)
    return (bankid_stand_in.signed_by(anna, "VGV4dA==", "ZA==").encode(),)


def markup() -> tuple[bytes, ...]:
    """XML in the narrow form."""
    return (*signatures(), b'<a xmlns="b">c<d e="f"/></a>')


def bankid_states() -> tuple[bytes, ...]:
    """A signing under way."""
    masked = "d2"
    state = BankIdState(
        order="131daac9", app="7c40b5c9", qr="67df3917", secret=masked, digest="ab" * 32, begun_at=START, ends_at=START
    )
    return (bankid_written(state).encode(),)


def hosted_states() -> tuple[bytes, ...]:
    """A signing under way."""
    return (hosted_written(HostedState(digest="ab" * 32, ends_at=START, id="s-17")).encode(),)


def callbacks() -> tuple[bytes, ...]:
    """What somebody might send."""
    return (b"1767600000." + json.dumps({"signing": "s-17", "status": "signed"}).encode(),)
