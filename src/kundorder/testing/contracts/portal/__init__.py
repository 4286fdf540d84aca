"""What a portal promises, put to a whole one: ours, or a host's with adapters, catalogue and settings of its own."""

from kundorder.testing.contracts.portal.agreements import AgreementPromises
from kundorder.testing.contracts.portal.eyes import EyePromises
from kundorder.testing.contracts.portal.mail import MailPromises
from kundorder.testing.contracts.portal.moments import MomentPromises
from kundorder.testing.contracts.portal.people import PeoplePromises
from kundorder.testing.contracts.portal.proofs import ProofPromises
from kundorder.testing.contracts.portal.refusals import RefusalPromises
from kundorder.testing.contracts.portal.stage import Given as Given
from kundorder.testing.contracts.portal.stories import StoryPromises


class PortalContract(
    StoryPromises,
    MailPromises,
    RefusalPromises,
    EyePromises,
    PeoplePromises,
    AgreementPromises,
    ProofPromises,
    MomentPromises,
):
    """The contract; subclass it, and say of what the portal is made.

    Override ``make_store`` or ``make_ids`` to put it to adapters, and ``make_portal`` to put it to a portal that is
    made in another way.
    """
