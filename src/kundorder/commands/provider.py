"""What may be asked of an empty store."""

from typing import ClassVar, final

import attrs

from kundorder.commands.fields import to_name
from kundorder.identifiers import email_address
from kundorder.vocabulary import Trigger


@final
@attrs.frozen(kw_only=True)
class EstablishProvider:
    """Make the organisation acted for the provider, and the person who acts its administrator and officer.

    Once, in an empty store.
    """

    trigger: ClassVar[Trigger] = Trigger.ESTABLISH
    name: str = attrs.field(converter=to_name)  # of the organisation
    person_name: str = attrs.field(converter=to_name)
    email: str = attrs.field(converter=email_address)
