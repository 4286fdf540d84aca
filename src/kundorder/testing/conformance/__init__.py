"""Compare a system of one's own with the model: whatever is asked of both, they must answer alike.

``first_difference`` goes through everything short in order; ``conformance_machine`` is a Hypothesis test that goes on
at random. Both print the shortest difference as a story.
"""

from kundorder.testing.conformance.checking import first_difference as first_difference
from kundorder.testing.conformance.differences import EVERYTHING as EVERYTHING
from kundorder.testing.conformance.differences import Aspect as Aspect
from kundorder.testing.conformance.differences import Codes as Codes
from kundorder.testing.conformance.differences import Compare as Compare
from kundorder.testing.conformance.differences import Difference as Difference
from kundorder.testing.conformance.machine import ConformanceMachine as ConformanceMachine
from kundorder.testing.conformance.machine import Differs as Differs
from kundorder.testing.conformance.machine import conformance_machine as conformance_machine
from kundorder.testing.conformance.proposals import COVERED as COVERED
from kundorder.testing.conformance.reporting import Report as Report
from kundorder.testing.conformance.scenarios import EVERYDAY as EVERYDAY
from kundorder.testing.conformance.scenarios import FOUR_EYES as FOUR_EYES
from kundorder.testing.conformance.scenarios import SCENARIOS as SCENARIOS
from kundorder.testing.conformance.scenarios import SEVERAL_HATS as SEVERAL_HATS
from kundorder.testing.conformance.scenarios import Scenario as Scenario
from kundorder.testing.conformance.settings import Agreed as Agreed
from kundorder.testing.conformance.settings import Assigned as Assigned
from kundorder.testing.conformance.settings import Person as Person
from kundorder.testing.conformance.settings import Setting as Setting
from kundorder.testing.conformance.system import Accepted as Accepted
from kundorder.testing.conformance.system import Answer as Answer
from kundorder.testing.conformance.system import Hidden as Hidden
from kundorder.testing.conformance.system import Refusal as Refusal
from kundorder.testing.conformance.system import Sent as Sent
from kundorder.testing.conformance.system import Shown as Shown
from kundorder.testing.conformance.system import SystemUnderTest as SystemUnderTest
