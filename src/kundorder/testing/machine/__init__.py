"""The machine: a portal on a host's own adapters, driven by people who mean well and by others who try anything.

``TestMyStore = portal_machine(factory).TestCase`` is a test for pytest and unittest.
"""

from kundorder.catalogue import Catalogue
from kundorder.sample import CATALOGUE
from kundorder.testing.machine.adapters import Adapters as Adapters
from kundorder.testing.machine.adapters import Factory as Factory
from kundorder.testing.machine.playing import PortalMachine as PortalMachine
from kundorder.testing.machine.stage import Plans as Plans


def portal_machine(factory: Factory, *, catalogue: Catalogue = CATALOGUE) -> type[PortalMachine]:
    """A test of any sequence of acts, faults, restarts and deliveries, with every law looked at after each step.

    Args:
        factory: makes an empty store, or ``Adapters`` round one, for each example.
        catalogue: what can be ordered; at least one offer in either mode.

    Returns:
        A machine of Hypothesis; its ``TestCase`` is what pytest finds, and ``TestCase.settings`` how much it tries.
    """

    class OnYourAdapters(PortalMachine):
        """Each example has adapters of its own."""

        def __init__(self) -> None:
            super().__init__(factory, catalogue)

    return OnYourAdapters
