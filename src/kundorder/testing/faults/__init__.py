"""What goes wrong outside: wrappers round complete adapters, one a port, each with a plan of what fails at which call.

A plan is made from a seed or written by hand, and prints itself as Python that makes it again. With an empty plan, and
while it is switched off, a wrapper is the adapter that is in it.
"""

from kundorder.testing.faults.authority import FaultyAuthority as FaultyAuthority
from kundorder.testing.faults.clock import FaultyClock as FaultyClock
from kundorder.testing.faults.ids import FaultyIds as FaultyIds
from kundorder.testing.faults.mailer import FaultyMailer as FaultyMailer
from kundorder.testing.faults.meanwhile import Meanwhile as Meanwhile
from kundorder.testing.faults.plan import NOTHING_FAILS as NOTHING_FAILS
from kundorder.testing.faults.plan import Course as Course
from kundorder.testing.faults.plan import Fault as Fault
from kundorder.testing.faults.plan import Plan as Plan
from kundorder.testing.faults.plan import Slip as Slip
from kundorder.testing.faults.plan import planned as planned
from kundorder.testing.faults.signing import FaultySigning as FaultySigning
from kundorder.testing.faults.store import FaultyStore as FaultyStore
from kundorder.testing.faults.text_messages import FaultyTextMessages as FaultyTextMessages
