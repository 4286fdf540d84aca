"""Who acts, on whose side, and in which language they are spoken to."""

from enum import unique
from typing import final

from kundorder.vocabulary.names import Name


@final
@unique
class Role(Name):
    """A right held by a person in one organisation; none implies another."""

    SIGNATORY = "SIGNATORY"  # signs the agreement; has no login
    AGREEMENT_CONTACT = "AGREEMENT_CONTACT"  # views, changes nothing
    ADMINISTRATOR = "ADMINISTRATOR"
    ORDERER = "ORDERER"
    ATTESTANT = "ATTESTANT"
    AGENT_HANDLER = "AGENT_HANDLER"  # agent organisations only
    AGENT_ASSIGNMENT_ORDERER = "AGENT_ASSIGNMENT_ORDERER"  # agent organisations only
    PROVIDER_OFFICER = "PROVIDER_OFFICER"  # the provider's organisation only
    CUSTOMER_SERVICE = "CUSTOMER_SERVICE"  # the provider's organisation only


@final
@unique
class Party(Name):
    """On whose side of the matter somebody acts."""

    CUSTOMER = "customer"
    AGENT = "agent"
    PROVIDER = "provider"
    SYSTEM = "system"


@final
@unique
class CustomerCategory(Name):
    """What kind of organisation a customer is."""

    REGION = "REGION"
    MUNICIPALITY = "MUNICIPALITY"
    STATE_AGENCY = "STATE_AGENCY"
    PRIVATE_CARE_PROVIDER = "PRIVATE_CARE_PROVIDER"


@final
@unique
class Language(Name):
    """What texts are written in."""

    SV = "sv"
    EN = "en"
