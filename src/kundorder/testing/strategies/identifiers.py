"""Every kind of identifier, amount and moment, each in its one canonical form; all built, none drawn until it fits.

They shrink to the made-up names that the kit uses, such as ``999200-0001`` and ``anna``.
"""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from string import ascii_lowercase, ascii_uppercase, digits, printable

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kundorder.identifiers import (
    AgreementId,
    AssignmentId,
    CaseNumber,
    EmailAddress,
    HsaId,
    IdempotencyKey,
    MemberId,
    Money,
    OfferId,
    OrderId,
    OrganisationNumber,
    PersonId,
    PhoneNumber,
    SecretCode,
    ServiceId,
    agreement_id_of,
    assignment_id_of,
    case_number_from,
    token,
)
from kundorder.identifiers.shape import check_digit
from kundorder.testing.world import AGENT, CUSTOMER, OTHER, OTHER_AGENT
from kundorder.vocabulary import Party

_ALPHANUMERIC = ascii_lowercase + digits
_ORGANISATIONS = (CUSTOMER, AGENT, OTHER, OTHER_AGENT)
_PEOPLE = ("anna", "bo", "cilla", "hanna", "olle")
_PRINTED = "".join(sign for sign in printable if sign.isprintable())
_MOST_CENTS = 99_999_999_999_999


@cache
def organisation_numbers() -> SearchStrategy[OrganisationNumber]:
    """The numbers of legal persons, with the right check digit."""
    head, third, rest = st.integers(0, 99), st.integers(2, 9), st.integers(0, 999_999)
    made = st.builds(_numbered, head, third, rest)
    return st.sampled_from([OrganisationNumber(each) for each in _ORGANISATIONS]) | made


def _numbered(head: int, third: int, rest: int) -> OrganisationNumber:
    nine = f"{head:02}{third}{rest:06}"
    return OrganisationNumber(f"{nine[:6]}-{nine[6:]}{check_digit(nine)}")


@cache
def hsa_ids() -> SearchStrategy[HsaId]:
    """Units in the HSA catalogue, of owners with and without 16 before their number."""
    short = st.text(ascii_uppercase + digits, max_size=8)  # runs of digits too short to be a personal identity number
    own = st.builds("{}{}".format, st.sampled_from(ascii_uppercase), short)
    prefix, both = st.sampled_from(("", "16")), st.tuples(own) | st.tuples(own, own)
    made = st.builds(_unit, prefix, organisation_numbers(), both.map("".join).map(_shortened))
    return st.sampled_from([HsaId("SE9997000006-P01"), HsaId("SE9997000006-E000000000001")]) | made


def _shortened(own: str) -> str:
    return own[:16]


def _unit(prefix: str, owner: str, own: str) -> HsaId:
    return HsaId(f"SE{prefix}{owner.replace('-', '')}-{own}")


@cache
def email_addresses() -> SearchStrategy[EmailAddress]:
    """Plain addresses in small letters, of domains that cannot exist."""
    atom = st.builds("{}{}".format, st.sampled_from(_ALPHANUMERIC), st.text(f"{_ALPHANUMERIC}_+'-", max_size=12))
    local = st.lists(atom, min_size=1, max_size=4).map(".".join)
    label = st.builds(
        "{}{}{}".format,
        st.sampled_from(_ALPHANUMERIC),
        st.text(f"{_ALPHANUMERIC}-", max_size=20),
        st.sampled_from(_ALPHANUMERIC),
    )
    domain = st.lists(label, min_size=1, max_size=3).map(".".join)
    usual = st.builds("{}@region.example".format, st.sampled_from(_PEOPLE))
    made = st.builds("{}@{}.example".format, local, domain)
    longest = st.just(f"{'a' * 64}@{'.'.join(['b' * 63] * 2)}.example")
    return (st.just("anna@region.example") | usual | made | longest).map(EmailAddress)


@cache
def phone_numbers() -> SearchStrategy[PhoneNumber]:
    """Telephone numbers of all countries, 7 to 15 digits."""
    usual = st.builds("+46701740{}".format, st.integers(605, 699))
    made = st.builds("+{}{}".format, st.sampled_from(digits[1:]), st.text(digits, min_size=6, max_size=14))
    return (st.just("+46701740605") | usual | made).map(PhoneNumber)


@cache
def person_ids() -> SearchStrategy[PersonId]:
    """Ids of persons as hosts make them up; capitals count."""
    letters = ascii_lowercase + ascii_uppercase
    few = st.text(digits, max_size=3)  # so few that they never look like a personal identity number
    word = st.builds("{}{}".format, st.text(letters, min_size=1, max_size=8), few)
    made = st.builds(
        "{}{}{}".format, word, st.sampled_from(("", ".", "_", "@", "-", "--")), st.lists(word, max_size=8).map(".".join)
    )
    longest = st.just("x" * 128)
    return (st.just("anna") | st.sampled_from(_PEOPLE) | made | longest).map(PersonId)


@cache
def order_ids() -> SearchStrategy[OrderId]:
    """Ids of orders."""
    return st.builds(token, st.just("o"), _moments_ms(), _random_bits()).map(OrderId)


@cache
def member_ids() -> SearchStrategy[MemberId]:
    """Ids of users."""
    return st.builds(token, st.just("m"), _moments_ms(), _random_bits()).map(MemberId)


@cache
def _moments_ms() -> SearchStrategy[int]:
    return st.integers(0, (1 << 48) - 1)


@cache
def _random_bits() -> SearchStrategy[int]:
    return st.integers(0, (1 << 80) - 1)


@cache
def case_numbers() -> SearchStrategy[CaseNumber]:
    """Numbers of sent orders."""
    return st.builds(case_number_from, st.integers(0, 799_999_999))


@cache
def agreement_ids() -> SearchStrategy[AgreementId]:
    """Agreements of customers and of agents."""
    return st.builds(agreement_id_of, st.sampled_from((Party.CUSTOMER, Party.AGENT)), organisation_numbers())


@cache
def assignment_ids() -> SearchStrategy[AssignmentId]:
    """Assignments of agents."""
    return st.builds(assignment_id_of, organisation_numbers(), service_ids())


@cache
def service_ids() -> SearchStrategy[ServiceId]:
    """Services, those of the sample catalogue and others."""
    return (st.just("npo") | st.sampled_from(("webcert", "siths")) | _slugs()).map(ServiceId)


@cache
def offer_ids() -> SearchStrategy[OfferId]:
    """Offers, those of the sample catalogue and others."""
    return (st.just("npo-producent") | st.sampled_from(("npo-konsument-tgp", "webcert-integrerad")) | _slugs()).map(
        OfferId
    )


@cache
def _slugs() -> SearchStrategy[str]:
    word = st.text(_ALPHANUMERIC, min_size=1, max_size=12)
    return st.lists(word, min_size=1, max_size=4).map("-".join) | st.just("x" * 64)


@cache
def idempotency_keys() -> SearchStrategy[IdempotencyKey]:
    """Names that hosts give to an act."""
    end = st.sampled_from(_PRINTED.replace(" ", ""))
    made = st.builds("{}{}{}".format, end, st.text(_PRINTED, max_size=40), end)
    return (st.just("key 1") | st.just("key 2") | end | made | st.just("k" * 200)).map(IdempotencyKey)


@cache
def secret_codes() -> SearchStrategy[SecretCode]:
    """Codes of links: 256 bits."""
    return st.binary(min_size=32, max_size=32).map(_in_base64)


def _in_base64(bits: bytes) -> SecretCode:
    return SecretCode(urlsafe_b64encode(bits).decode().rstrip("="))


@cache
def digests() -> SearchStrategy[str]:
    """Digests, SHA-256 in hexadecimal."""
    return st.binary(min_size=32, max_size=32).map(bytes.hex)


@cache
def moments() -> SearchStrategy[datetime]:
    """Moments in UTC, of the years 1 to 9999."""
    return st.datetimes(timezones=st.just(UTC))


@cache
def money() -> SearchStrategy[Money]:
    """Amounts from nothing to the most there can be."""
    cents = st.integers(0, _MOST_CENTS).map(_in_crowns)
    currency = st.just("SEK") | st.text(ascii_uppercase, min_size=3, max_size=3)
    return st.builds(Money, amount=cents, currency=currency)


def _in_crowns(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
