"""On what an adapter is examined: its provider, its person and the time, all played by who puts it to the contract."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final, Protocol

from kundorder.events import SigningRequest
from kundorder.evidence import Document
from kundorder.model import Contact
from kundorder.ports import Pending, Signing
from kundorder.vocabulary import AttestMethod, Language, Role, Trigger

DOCUMENT: Final = Document(
    subject="customer/999200-0001",
    number=1,
    step=0,
    act=Trigger.SIGN,
    organisation="999200-0001",
    capacity=Role.SIGNATORY,
    signer="s1",
    content="ab" * 32,
    text_sv="Kundavtal\n\nOrganisation: Vårdcentralen Åsen AB (999200-0001)\n\nDen som signerar godkänner avtalet.",
    text_en="Customer agreement\n\nOrganisation: Vårdcentralen Åsen AB (999200-0001)\n\nWho signs accepts it.",
)
"""What is signed unless a contract says otherwise."""

CONTACT: Final = Contact(
    name="Ålice Kanariefågel", email="kanarie.post@customer.example", phone="+46701740605", language=Language.SV
)
"""Who is to sign, for a bench that knows nobody better. None of it may be told by any answer."""

IP: Final = "192.0.2.177"
"""Where that person is."""


class Bench(Protocol):
    """What an adapter is examined on: its provider, its person and the time, all played."""

    now: datetime  # aware; the contract moves it

    @property
    def methods(self) -> tuple[AttestMethod, ...]:
        """What it serves; the first is the one that ``request`` asks for."""
        ...

    @property
    def can_be_down(self) -> bool:
        """Whether there is a provider that can be out of reach."""
        ...

    @property
    def signing(self) -> Signing:
        """The adapter, made anew from its configuration at every access, as after a restart."""
        ...

    def request(self, document: Document) -> SigningRequest:
        """How this document is asked for, with whom to reach and whatever else the method wants filled in."""
        ...

    def person_signs(self, pending: Pending) -> str | None:
        """The person does what is asked; again, or when it has been cancelled, it changes nothing.

        Returns:
            The callback to hand to ``resume``; None: there is none.
        """
        ...

    def person_gives_up(self, pending: Pending) -> bool:
        """The person refuses. False: the method knows no such thing."""
        ...

    def down(self) -> AbstractContextManager[None]:
        """The provider is out of reach within."""
        ...
