"""What a way of signing promises (``ports.Signing``), as a contract: subclass it, and make a bench for it.

No promise knows what kind of signing it has: it asks through the port, and the bench plays the provider and the person.
Whatever comes back is looked at before anything else is asked: no answer may tell who the person is, and every time is
in UTC. What is never under way has nothing to promise about that: those promises are not put to it.
"""

from kundorder.testing.contracts.signing.bench import CONTACT as CONTACT
from kundorder.testing.contracts.signing.bench import DOCUMENT as DOCUMENT
from kundorder.testing.contracts.signing.bench import IP as IP
from kundorder.testing.contracts.signing.bench import Bench as Bench
from kundorder.testing.contracts.signing.driving import drive as drive
from kundorder.testing.contracts.signing.driving import finish as finish
from kundorder.testing.contracts.signing.driving import resume as resume
from kundorder.testing.contracts.signing.driving import start as start
from kundorder.testing.contracts.signing.ending import EndContract
from kundorder.testing.contracts.signing.faults import FaultContract
from kundorder.testing.contracts.signing.outages import OutageContract
from kundorder.testing.contracts.signing.vouching import VouchContract
from kundorder.testing.contracts.signing.waiting import WaitContract


class SigningContract(VouchContract, WaitContract, EndContract, OutageContract, FaultContract):
    """All of it. Whoever signs passes if it keeps every promise here."""
