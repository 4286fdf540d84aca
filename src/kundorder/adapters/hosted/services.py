"""What services that sign by redirect have in common; a host maps its own service onto this."""

from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Protocol, final

import attrs

from kundorder.identifiers import moment
from kundorder.model import Contact
from kundorder.vocabulary import Language


@unique
@final
class Stage(StrEnum):
    """How a signing stands at the service."""

    OPEN = "open"
    SIGNED = "signed"
    DECLINED = "declined"  # by the person
    CANCELLED = "cancelled"  # by us, or by somebody at the service
    EXPIRED = "expired"
    FAILED = "failed"


@final
@attrs.frozen(kw_only=True)
class Order:
    """What a service is asked to have signed."""

    key: str  # for what may be the same order once more; of letters and digits, the same for the same order
    digest: str  # of the document; the service has to report it again when it is signed
    title_sv: str
    title_en: str
    text_sv: str  # all that the person has to be shown
    text_en: str
    language: Language
    to: Contact = attrs.field(repr=False)  # who is to sign, and nobody else
    return_url: str = attrs.field(repr=False)  # where the person is sent afterwards
    callback_url: str = attrs.field(repr=False)
    ends_at: datetime = attrs.field(converter=moment)


@final
@attrs.frozen(kw_only=True)
class SignedBy:
    """Who has signed, as the service has found out; None: it does not say."""

    name: str | None = attrs.field(default=None, repr=False)
    email: str | None = attrs.field(default=None, repr=False)
    phone: str | None = attrs.field(default=None, repr=False)  # as in E.164
    identity: str | None = attrs.field(default=None, repr=False)  # the same for the same person, whatever the service


@final
@attrs.frozen(kw_only=True)
class Seen:
    """A signing as the service shows it."""

    id: str  # the service's own, the same for ever
    stage: Stage
    url: str | None = attrs.field(default=None, repr=False)  # where the person signs while it is open; https
    ends_at: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(moment))  # None: as asked
    digest: str | None = None  # of the document that was signed
    artefact: str | None = None  # SHA-256 of what was signed, in hexadecimal; None: the service does not say
    signer: SignedBy | None = None


@final
@attrs.frozen
class Busy:
    """The service asks for patience; nothing is known to have changed."""

    again_in: timedelta


class HostedService(Protocol):
    """One service, asked over a line that is opened from here and that nobody else can write on."""

    def create(self, order: Order) -> Seen:
        """Have it signed; the same order once more is the same signing, as it stands by then.

        Raises:
            Unavailable: it cannot be reached, or makes no sense.
        """
        ...

    def status(self, signing: str) -> Seen | Busy | None:
        """How it stands; None: there is none of this id.

        Raises:
            Unavailable: it cannot be reached, or makes no sense.
        """
        ...

    def cancel(self, signing: str) -> None:
        """Give it up; one that has ended, or that there is not, is left alone.

        Raises:
            Unavailable: it cannot be reached, or makes no sense.
        """
        ...

    def artefact(self, signing: str) -> bytes:
        """What was signed, with all that proves it, such as a PDF.

        Raises:
            Unavailable: it cannot be reached, or hands out less than all of it.
        """
        ...
