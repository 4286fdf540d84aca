"""Which: the records and things of the catalogue that a command names, and the keys and codes that come with it.

What builds an id or takes it apart wants parts that a parser has passed, as records keep them: plain texts, not
looked at again.
"""

import re
from typing import Final, NewType

from kundorder.errors import malformed
from kundorder.identifiers.parties import OrganisationNumber, organisation_number
from kundorder.identifiers.shape import capped, check_digit, checks, matched
from kundorder.vocabulary import Party

MemberId = NewType("MemberId", str)  # a user of one organisation: "m-" and 26 characters
OrderId = NewType("OrderId", str)  # an order: "o-" and 26 characters
CaseNumber = NewType("CaseNumber", str)  # a sent order, as people say it: "KO" and ten digits
AgreementId = NewType("AgreementId", str)  # of which party and organisation: customer/999700-0006
AssignmentId = NewType("AssignmentId", str)  # of which agent, for which service: 556677-8899/npo
ServiceId = NewType("ServiceId", str)  # a service of the catalogue: npo
OfferId = NewType("OfferId", str)  # an offer of the catalogue: npo-producent
IdempotencyKey = NewType("IdempotencyKey", str)  # one intended act, named by the host
SecretCode = NewType("SecretCode", str)  # 256 random bits in a link; only its hash is stored

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u; in ASCII's order, so texts sort as numbers do
_PREFIX: Final = re.compile(r"[a-z]", re.ASCII)
_MEMBER: Final = re.compile(rf"m-[0-7][{_CROCKFORD}]{{25}}", re.ASCII)
_ORDER: Final = re.compile(rf"o-[0-7][{_CROCKFORD}]{{25}}", re.ASCII)
_CASE: Final = re.compile(r"KO[0-9]{2}[2-9][0-9]{7}", re.ASCII)
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_SLUG_RULE: Final = "must be small letters a-z and digits, in words joined by single hyphens"
_KEY: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?", re.ASCII)
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)  # the last one carries four bits only
_SIDES: Final = (Party.CUSTOMER, Party.AGENT)


def member_id(text: str) -> MemberId:
    """A user of one organisation, canonical as ``token("m", ...)`` makes it.

    Raises:
        Malformed: nothing this library handed out; take the id from a member.
    """
    return MemberId(matched(text, 28, _MEMBER, "must be the id of a member: m- and 26 characters"))


def order_id(text: str) -> OrderId:
    """An order, canonical as ``token("o", ...)`` makes it.

    Raises:
        Malformed: nothing this library handed out; take the id from an order.
    """
    return OrderId(matched(text, 28, _ORDER, "must be the id of an order: o- and 26 characters"))


def token(prefix: str, moment_ms: int, random: int) -> str:
    """An id nobody can guess, whose texts sort by time: the layout of a ULID, in small letters of Crockford's base 32.

    >>> token("o", 1_796_000_000_000, 2**79)
    'o-01m8mz2a00g000000000000000'

    Args:
        prefix: one small letter that says of what.
        moment_ms: milliseconds since 1970, 48 bits.
        random: 80 fresh random bits.

    Raises:
        Malformed: an argument out of its range; mend the clock or the source of ids.
    """
    if not (_PREFIX.fullmatch(prefix) and 0 <= moment_ms < 1 << 48 and 0 <= random < 1 << 80):
        raise malformed("$", "must be one small letter, 48 bits of time and 80 random bits")
    number = moment_ms << 80 | random
    return f"{prefix}-" + "".join([_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)])


def case_number(text: str) -> CaseNumber:
    """The number of a sent order, canonical ``KO``, nine digits and a Luhn digit, which catches every slip of one.

    Raises:
        Malformed: not of this form, or mistyped; ask for the number again.
    """
    given = matched(text, 12, _CASE, "must be KO and ten digits, the third of them 2 or more")
    if not checks(given.removeprefix("KO")):
        raise malformed("$", "must have the right check digit; look for a mistyped digit")
    return CaseNumber(given)


def case_number_from(random: int) -> CaseNumber:
    """The case number of a random number, of which some 30 bits count; whether it has been used, the store knows.

    The third digit is never 0 or 1: the number stands in mail and must not look like a personal identity number.

    >>> case_number_from(123_456_789)
    'KO1554567899'
    """
    head, tail = divmod(random % 800_000_000, 8_000_000)
    digits = f"{head:02}{tail + 2_000_000}"
    return CaseNumber(f"KO{digits}{check_digit(digits)}")


def agreement_id(text: str) -> AgreementId:
    """The agreement of an organisation as one party, canonical ``customer/999700-0006`` or ``agent/556677-8899``.

    Raises:
        Malformed: another party, or a number not in its canonical form; build it with ``agreement_id_of``.
    """
    side, _, number = capped(text, 20).partition("/")
    if side not in _SIDES or organisation_number(number) != number:
        raise malformed("$", "must be customer or agent, a slash, and an organisation number with its hyphen")
    return AgreementId(f"{side}/{number}")


def agreement_id_of(party: Party, organisation: str) -> AgreementId:
    """The id of an organisation's agreement as customer or as agent.

    Raises:
        Malformed: the provider and the system have no agreement; name one of the parties that have.
    """
    if party not in _SIDES:
        raise malformed("$", "must be the agreement of a customer or an agent")
    return AgreementId(f"{party}/{organisation}")


def party_of(agreement: str) -> Party:
    """As what the organisation has the agreement."""
    return Party(agreement.partition("/")[0])


def organisation_of(agreement: str) -> OrganisationNumber:
    """Whose agreement it is."""
    return OrganisationNumber(agreement.partition("/")[2])


def assignment_id(text: str) -> AssignmentId:
    """The assignment of an agent for one service, canonical ``556677-8899/npo``.

    Raises:
        Malformed: not a canonical organisation number, a slash and a service; build it with ``assignment_id_of``.
    """
    number, _, service = capped(text, 76).partition("/")
    if organisation_number(number) != number:
        raise malformed("$", "must be an organisation number with its hyphen, a slash, and a service")
    return assignment_id_of(number, service_id(service))


def assignment_id_of(agent: str, service: str) -> AssignmentId:
    """The id of an agent's assignment for a service."""
    return AssignmentId(f"{agent}/{service}")


def agent_of(assignment: str) -> OrganisationNumber:
    """Whose assignment it is."""
    return OrganisationNumber(assignment.partition("/")[0])


def service_of(assignment: str) -> ServiceId:
    """What the assignment is for."""
    return ServiceId(assignment.partition("/")[2])


def service_id(text: str) -> ServiceId:
    """A service of the catalogue, canonical as given: words of small letters and digits, joined by single hyphens.

    Raises:
        Malformed: anything else, or more than 64 characters; take the id from the catalogue.
    """
    return ServiceId(matched(text, 64, _SLUG, _SLUG_RULE))


def offer_id(text: str) -> OfferId:
    """An offer of the catalogue, canonical as given: words of small letters and digits, joined by single hyphens.

    Raises:
        Malformed: anything else, or more than 64 characters; take the id from the catalogue.
    """
    return OfferId(matched(text, 64, _SLUG, _SLUG_RULE))


def idempotency_key(text: str) -> IdempotencyKey:
    """The host's name for one intended act, canonical as given; capitals count, and blanks, of which none at an end.

    Raises:
        Malformed: not 1 to 200 printable ASCII characters; a UUID is a good key.
    """
    return IdempotencyKey(matched(text, 200, _KEY, "must be 1 to 200 printable ASCII characters, no blank at an end"))


def secret_code(text: str) -> SecretCode:
    """The secret in a link, canonical as given: 256 bits in base64url without padding (RFC 4648, section 5).

    Raises:
        Malformed: not 43 characters as ``secrets.token_urlsafe(32)`` makes them; follow the link in the mail again.
    """
    return SecretCode(matched(text, 43, _SECRET, "must be the whole code of the link"))
