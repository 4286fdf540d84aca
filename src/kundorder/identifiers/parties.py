"""Who: organisations and their units, persons, and where they are reached."""

import re
from typing import Final, NewType

from kundorder.errors import malformed
from kundorder.identifiers.shape import checks, impersonal, matched

OrganisationNumber = NewType("OrganisationNumber", str)  # a legal person: 999700-0006
HsaId = NewType("HsaId", str)  # a care unit: SE9997000006-E000000000001
EmailAddress = NewType("EmailAddress", str)  # where mail goes: anna@region.example
PhoneNumber = NewType("PhoneNumber", str)  # where a code goes: +46701740605
PersonId = NewType("PersonId", str)  # a person, as the host knows them; opaque to us

_ORGANISATION: Final = re.compile(r"[0-9]{6}-?[0-9]{4}|[0-9]{12}", re.ASCII)
_HSA: Final = re.compile(r"[Ss][Ee](?:16)?[0-9]{10}-[A-Za-z0-9]+", re.ASCII)
# Less than RFC 5322: no "=" and "?" (encoded words make headers), no "%" and "!" (routes), no "-" first (an option).
_LOCAL: Final = r"(?=[^@]{1,64}@)(?!-)[A-Za-z0-9_+'-]+(?:\.[A-Za-z0-9_+'-]+)*"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]{{0,61}}[A-Za-z0-9]", re.ASCII)
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_PERSON: Final = re.compile(r"[A-Za-z0-9._@-]+", re.ASCII)


def organisation_number(text: str) -> OrganisationNumber:
    """The number of a legal person, canonical with its hyphen (lag 1974:174; Skatteverket, SKV 709).

    >>> organisation_number("169997000006")
    '999700-0006'

    Raises:
        Malformed: not ten digits (or 16 and ten) with the right check digit, or a sole trader's number: that is a
            personal identity number and is never kept; ask for the number of a legal person.
    """
    given = matched(text, 12, _ORGANISATION, "must be ten digits, with or without a hyphen before the last four")
    ten = _legal_person(given.replace("-", ""))[-10:]
    return OrganisationNumber(f"{ten[:6]}-{ten[6:]}")


def hsa_id(text: str) -> HsaId:
    """A unit in Inera's HSA catalogue, canonical in capitals: SE, its owner's number, a hyphen, its own part.

    The owner's is an organisation number, of Inera itself with 16 before it; with and without are two ids.
    Capitals do not distinguish units.

    >>> hsa_id("se9997000006-e000000000001")
    'SE9997000006-E000000000001'

    Raises:
        Malformed: not of this form, longer than 31 characters, or holding a personal identity number; copy it from the
            catalogue.
    """
    rule = "must be SE, the ten digits of an organisation number, a hyphen, then letters A-Z or digits"
    owner, _, own = matched(text, 31, _HSA, rule).upper().partition("-")
    return HsaId(f"SE{_legal_person(owner.removeprefix('SE'))}-{impersonal(own)}")


def email_address(text: str) -> EmailAddress:
    """An address for mail, canonical in small letters (RFC 5321 for the lengths, a sober part of RFC 5322's dot-atom).

    RFC 5321 lets capitals before the ``@`` count; no provider in use does, and one mailbox must not become two persons.

    >>> email_address("Anna@Region.example")
    'anna@region.example'

    Raises:
        Malformed: not a plain ``name@domain`` in ASCII; quoted names, IP addresses and bare host names are not taken.
    """
    rule = "must be a plain e-mail address in ASCII: at most 64 characters, an @, and a domain with a dot in it"
    return EmailAddress(matched(text, 254, _EMAIL, rule).lower())


def phone_number(text: str) -> PhoneNumber:
    """A telephone number of any country, canonical as given (ITU-T E.164).

    >>> phone_number("+46701740605")
    '+46701740605'

    Raises:
        Malformed: not a plus sign and 7 to 15 digits; write it with its country code, without blanks and hyphens.
    """
    return PhoneNumber(matched(text, 16, _PHONE, "must be + and 7 to 15 digits, country code first, no blanks"))


def person_id(text: str) -> PersonId:
    """The host's own id of a person, canonical as given; capitals count.

    It enters the journal, which cannot forget: so no personal identity number, not even with something round it.

    Raises:
        Malformed: not 1 to 128 of ``A-Z a-z 0-9 . _ @ -``, or holding a personal identity number; use a random id.
    """
    return PersonId(impersonal(matched(text, 128, _PERSON, "must be 1 to 128 ASCII letters, digits and . _ @ -")))


def _legal_person(digits: str) -> str:
    """The digits, if they number a legal person: the third of the ten is then 2 or more, where a date has 0 or 1."""
    ten = digits[-10:]
    if digits[:-10] not in {"", "16"} or ten[2] < "2":
        raise malformed("$", "must be a legal person's; a sole trader's is a personal identity number, never taken")
    if not checks(ten):
        raise malformed("$", "must have the right check digit; look for a mistyped digit")
    return digits
