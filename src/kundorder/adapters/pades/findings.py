"""What there is to say of a signed PDF, as facts; ``examining`` finds them, ``words`` has the words for them."""

from datetime import datetime
from enum import Enum, auto, unique
from typing import Final, final

import attrs
import msgspec

from kundorder.adapters.pades.certificates import Certificate

_CLAIMS: Final = msgspec.json.Decoder(dict[str, object])


@final
@unique
class Doubt(Enum):
    """Why a certificate is not believed."""

    EXPIRED = auto()  # at the moment that counts
    NOT_YET_VALID = auto()
    REVOKED = auto()
    STATUS_UNKNOWN = auto()  # the list of those revoked is out of date, or cannot be read
    UNKNOWN_ISSUER = auto()  # no way from it to a trusted root
    NOT_FOR_SIGNING = auto()  # its issuer does not allow it to be used for this
    WEAK = auto()  # made by a method that is not held for safe any more
    OTHER = auto()


@final
@unique
class Flaw(Enum):
    """What is wrong with one signature."""

    BROKEN = auto()  # it is not one of this content, or not by this certificate
    PARTIAL = auto()  # it does not cover all that was there when it was made
    CHANGED_AFTER = auto()  # something else than signatures was added, changed or removed after it
    TIME_UNKNOWN = auto()  # nothing says when it was made
    STAMP = auto()  # its time-stamp is broken, or not by a trusted authority
    CLAIM = auto()  # what it says of itself is not so


@final
@unique
class Damage(Enum):
    """What is wrong with the whole file."""

    NOT_READABLE = auto()  # damaged, cut off, or no PDF
    ENCRYPTED = auto()
    NO_SIGNATURES = auto()
    UNREADABLE_SIGNATURE = auto()  # it is damaged, or of a kind that is not known here
    ADDED_LAST = auto()  # something was added after the last signature


@final
@unique
class Form(Enum):
    """How long a signature can be validated (ETSI EN 319 142-1, PAdES baseline)."""

    B = "PAdES-B-B"  # while its certificate is known not to be revoked
    T = "PAdES-B-T"  # and a time-stamp shows when it was made
    LT = "PAdES-B-LT"  # and all that is needed to validate it is in the file
    LTA = "PAdES-B-LTA"  # and that is time-stamped too


@final
@attrs.frozen(kw_only=True)
class Signature:
    """One signature, or one time-stamp of the whole file."""

    field: str
    certificate: Certificate
    is_stamp: bool  # of the whole file, by an authority: shows when it was, and binds nobody
    claimed_at: datetime | None  # by the signer's own clock
    stamped_at: datetime | None  # by a time-stamp, whether it is good or not
    doubt: Doubt | None
    flaws: tuple[Flaw, ...]
    form: Form
    is_last: bool  # it covers the whole file
    claim: str  # what it says of itself, in the form of ``codec.claim_bytes``; empty: nothing

    @property
    def holds(self) -> bool:
        """Whether there is nothing to object to."""
        return self.doubt is None and not self.flaws

    @property
    def at(self) -> datetime | None:
        """When it was made, as well as that is known."""
        return self.stamped_at or self.claimed_at


@final
@attrs.frozen(kw_only=True)
class Examined:
    """A whole PDF."""

    damage: tuple[Damage, ...] = ()
    signatures: tuple[Signature, ...] = ()  # the first first, time-stamps of the whole file among them
    grown: bool = False  # from what it was compared with, by nothing but signatures

    @property
    def holds(self) -> bool:
        """Whether somebody has signed, every signature holds, and nothing was changed after any of them."""
        return not self.damage and all(each.holds for each in self.signatures)


def claimed(claim: str, name: str) -> str:
    """What a claim says under a name; empty: nothing."""
    try:
        value = _CLAIMS.decode(claim).get(name)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def is_so(claim: str, certificate: Certificate, at: datetime | None) -> bool:
    """Whether a claim names the certificate and, to the second, the time of the signature it stands in."""
    try:
        when = datetime.fromisoformat(claimed(claim, "signed_at"))
    except ValueError:
        return False
    same_second = at is not None and when.tzinfo is not None and when.replace(microsecond=0) == at
    return same_second and claimed(claim, "signed_by") == certificate.fingerprint
