"""Identifiers, amounts, moments and texts: one canonical form each, and everything else refused.

All numbers are made up. Personal identity numbers are put together as the tests run, so that none stands in this file.
"""

import base64
import hashlib
import inspect
import itertools
import secrets
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, localcontext
from typing import Final, Protocol, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kundorder import identifiers
from kundorder.errors import Malformed
from kundorder.identifiers import (
    Money,
    agent_of,
    agreement_id,
    agreement_id_of,
    assignment_id,
    assignment_id_of,
    case_number,
    case_number_from,
    display_name,
    hsa_id,
    language,
    long_text,
    member_id,
    moment,
    money,
    order_id,
    organisation_number,
    organisation_of,
    party_of,
    person_id,
    plain_text,
    secret_code,
    service_of,
    token,
)
from kundorder.vocabulary import Language, Party

Parser: TypeAlias = Callable[[object], object]


class LimitedParser(Protocol):
    """A parser that is told how much is too much."""

    def __call__(self, given: object, /, *, limit: int) -> object: ...


class MoneyMaker(Protocol):
    """The class of amounts as a host without types sees it."""

    def __call__(self, *, amount: object, currency: object) -> object: ...


MEMBER: Final = token("m", 1_796_000_000_000, 0x0123456789ABCDEF0123)
ORDER: Final = token("o", 1_796_000_000_000, 0xFEDCBA98765432100FED)
SECRET: Final = base64.urlsafe_b64encode(hashlib.sha256(b"made up").digest()).decode().rstrip("=")
EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "agreement_id": ("customer/999700-0006", "agent/556677-8899"),
    "assignment_id": ("556677-8899/npo-producent", "556677-8899/a"),
    "case_number": ("KO1554567899", "KO0020000006"),
    "display_name": ("Åsa Öberg", "Vårdcentralen Lönnen AB", "Анна Иванова", "Ελένη", "Anna-Lena O’Neill 2"),
    "email_address": ("anna@region.example", "a.b+c_d-e'f@x-1.y.example", "1@2.se", f"{'a' * 64}@b.example"),
    "hsa_id": ("SE9997000006-E000000000001", "SE165566778899-1000", "SE5566778899-A"),
    "idempotency_key": ("2f1c9d7e-send", "a key with blanks", "~", "k" * 200),
    "language": ("sv", "en"),
    "long_text": ("Hej!\n\nVi ansluter i höst.", "en rad"),
    "member_id": (MEMBER,),
    "money": ("1200.00 SEK", "0.00 EUR", "999999999999.99 SEK"),
    "offer_id": ("npo-producent", "a", "2-b-3", "x" * 64),
    "order_id": (ORDER,),
    "organisation_number": ("999700-0006", "556677-8899", "999400-0009"),
    "person_id": ("anna", "Anna.B_c-d@region", "0d9f7b9c-58c3-4c8e-9d33-6a1f7f3b8a11", "p" * 128),
    "phone_number": ("+46701740605", "+1234567", "+123456789012345"),
    "plain_text": ("Åsa 北京 \U0001f600", "x\u00a0y"),
    "secret_code": (SECRET, "A" * 43),
    "service_id": ("npo", "elektronisk-remiss"),
}
"""Canonical forms, by parser: each comes back as it is."""

BUILDERS: Final = {
    "agent_of",
    "agreement_id_of",
    "assignment_id_of",
    "case_number_from",
    "moment",
    "organisation_of",
    "party_of",
    "service_of",
    "token",
}
"""What has no text to parse; tested one by one."""

FREE_TEXTS: Final = {"display_name", "long_text", "plain_text"}
FOLDED: Final = {"email_address", "hsa_id"}
"""Where capitals do not distinguish, so that both spellings become one text."""

CANONICAL: Final = [(name, text) for name, texts in EXAMPLES.items() for text in texts]
CANONICAL_IDS: Final = [(name, text) for name, text in CANONICAL if name not in FREE_TEXTS]


def parser(name: str) -> Parser:
    """The parser as a host without types sees it: it takes anything."""
    found: Parser = getattr(identifiers, name)
    if "limit" not in inspect.signature(found).parameters:
        return found
    limited: LimitedParser = getattr(identifiers, name)
    return lambda given: limited(given, limit=60)


def parsed(name: str, text: object) -> str | None:
    """The canonical text, or nothing where the input is refused; any other error is the test's failure."""
    try:
        return str(parser(name)(text))
    except Malformed as refusal:
        check(refusal, text)
        return None


def check(refusal: Malformed, text: object) -> None:
    """A refusal is one line about the whole input, and does not repeat it."""
    assert [problem.path for problem in refusal.problems] == ["$"]
    assert str(refusal).isprintable()
    assert not isinstance(text, str) or len(text) < 6 or text not in str(refusal)


def refusal_of(parse: Callable[[str], object], text: str) -> str:
    with pytest.raises(Malformed) as caught:
        parse(text)
    return str(caught.value)


def luhn(digits: str) -> str:
    """The digits and their check digit, by the textbook and not by our own code."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return f"{digits}{(10 - total % 10) % 10}"


def personal_numbers() -> Iterator[str]:
    """Ten digits as persons have them: dates, leap days, co-ordination days, each with its check digit."""
    for date in ("900101", "000229", "851231", "120430", "120190"):
        yield luhn(f"{date}001")
    for coordination in ("900161", "851291"):
        yield luhn(f"{coordination}239")


PERSONAL: Final = list(personal_numbers())


def test_every_public_parser_has_examples_here() -> None:
    functions = {name for name in identifiers.__all__ if inspect.isfunction(getattr(identifiers, name))}
    assert functions == set(EXAMPLES) | BUILDERS


@pytest.mark.parametrize(("name", "text"), CANONICAL)
def test_a_canonical_form_comes_back_as_it_is(name: str, text: str) -> None:
    assert parsed(name, text) == text


@pytest.mark.parametrize(
    ("name", "spelling", "canonical"),
    [
        ("organisation_number", "9997000006", "999700-0006"),
        ("organisation_number", "169997000006", "999700-0006"),
        ("organisation_number", "5566778899", "556677-8899"),
        ("hsa_id", "se9997000006-e000000000001", "SE9997000006-E000000000001"),
        ("email_address", "Anna.B@Region.EXAMPLE", "anna.b@region.example"),
        ("money", "1200 SEK", "1200.00 SEK"),
        ("money", "0.5 SEK", "0.50 SEK"),
        ("plain_text", "  A\u030asa\u3000", "Åsa"),
        ("plain_text", "\u212b", "Å"),
        ("long_text", "\n a \n b\n\n", "a \n b"),
        ("display_name", " Åsa ", "Åsa"),
    ],
)
def test_other_spellings_become_the_canonical_form(name: str, spelling: str, canonical: str) -> None:
    assert parsed(name, spelling) == canonical


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "organisation_number",
            [
                "",
                "999700-00060",
                "23210-00131",
                "232100 0131",
                "16999700-0006",
                "179997000006",
                "SE9997000006",
                "2321O00131",
            ],
        ),
        ("organisation_number", ["0000000000", "232100+0131", "232100--0131", "-9997000006", "232100\u20130131"]),
        (
            "hsa_id",
            [
                "",
                "SE9997000006",
                "SE9997000006-",
                "SE9997000006-Å",
                "SE9997000006-A@",
                "NO9997000006-A",
                "9997000006-A",
            ],
        ),
        (
            "hsa_id",
            ["SE999700-0006-A", "SE9997000006-A-B", "SE9997000006-" + "1" * 19, "SE179997000006-A", "SE0000000000-1"],
        ),
        ("email_address", ["", "anna", "@b.example", "anna@", "anna@localhost", "anna@b..example", "anna@.example"]),
        ("email_address", ["anna@b.example.", ".a@b.example", "a.@b.example", "a..b@c.example", "-a@b.example"]),
        ("email_address", ['"a b"@c.example', "a@[127.0.0.1]", "a@127.0.0.1", "a@b.c", "a@-b.example", "a@b-.example"]),
        (
            "email_address",
            ["a@b@c.example", "a%b@c.example", "a!b@c.example", "=?utf-8?q?a?=@b.example", "a@b.example\0"],
        ),
        ("email_address", ["Anna <a@b.example>", "a@b.example,c@d.example", "a@b_c.example", f"a@{'b' * 64}.example"]),
        (
            "email_address",
            [f"{'a' * 65}@b.example", f"a@{'b.' * 123}example", "å@b.example", "a@å.example", "\u212a@b.example"],
        ),
        ("phone_number", ["", "+", "0701740605", "0046701740605", "+0701740605", "+46 70 174 06 05", "+46-701740605"]),
        ("phone_number", ["+123456", "+1234567890123456", "++46701740605", "+4670174060a", "tel:+46701740605"]),
        ("person_id", ["", "p" * 129, "a b", "a/b", "a:b", "a|b", "å", "a+b", "a\\b", "a'b"]),
        ("member_id", ["", "m-", ORDER, MEMBER[2:], MEMBER + "0", MEMBER[:-1], "m-8" + MEMBER[3:], MEMBER[:-1] + "u"]),
        ("order_id", ["", "o-", MEMBER, ORDER[2:], ORDER + "0", ORDER[:-1], "o-8" + ORDER[3:], ORDER[:-1] + "i"]),
        ("case_number", ["", "KO", "1554567899", "KO155456789", "KO15545678990", "KO0000000000", "OK1554567899"]),
        (
            "agreement_id",
            ["", "/", "customer", "customer/", "provider/999700-0006", "system/999700-0006", "/999700-0006"],
        ),
        (
            "agreement_id",
            ["customer/9997000006", "customer/169997000006", "customer//999700-0006", "agent/999700-0006/"],
        ),
        (
            "assignment_id",
            ["", "/", "npo", "556677-8899", "556677-8899/", "/npo", "5566778899/npo", "556677-8899/npo/a"],
        ),
        ("service_id", ["", "-", "a-", "-a", "a--b", "a_b", "a.b", "å", "a b", "x" * 65]),
        ("offer_id", ["", "-", "a-", "-a", "a--b", "a_b", "a.b", "å", "a b", "x" * 65]),
        ("idempotency_key", ["", " ", " a", "a ", "a\tb", "å", "k" * 201, "a\x7f"]),
        ("secret_code", ["", SECRET[:-1], SECRET + "A", SECRET[:-1] + "B", "+" + SECRET[1:], SECRET[:-1] + "="]),
        ("language", ["", "se", "swe", "sv-SE", "s", "de"]),
        (
            "money",
            ["", "1200", "SEK", "1200SEK", "1,200.00 SEK", "1200,00 SEK", "-1 SEK", "+1 SEK", "1.234 SEK", "01 SEK"],
        ),
        ("money", ["1. SEK", ".5 SEK", "1e3 SEK", "NaN SEK", "Infinity SEK", "1 SE", "1 SEKK", "1  SEK", "1 000 SEK"]),
        ("money", ["1000000000000 SEK", "0" * 20 + " SEK"]),
        ("plain_text", ["", " ", "\u3000\u00a0", "a\nb", "a\tb", "\n", "x" * 61]),
        ("long_text", ["", "\n", " \n ", "a\r\nb", "a\tb", "a\x0bb", "a\x85b", "x" * 61]),
        ("display_name", ["", "\u0430nna", "Ann\u0430", "Vård\u0441entral", "\u0391BC", "\u0391\u0432", "x" * 121]),
    ],
)
def test_what_breaks_the_rule_is_refused(name: str, texts: list[str]) -> None:
    assert [text for text in texts if parsed(name, text) is not None] == []


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("thing", [None, 5, 1.5, True, b"sv", ["sv"], {"sv"}, Decimal(1), str], ids=repr)
def test_what_is_no_text_is_refused_and_not_found_out_later(name: str, thing: object) -> None:
    assert parsed(name, thing) is None


class HostText(str):
    """A text as template engines and form libraries hand them over."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, text in CANONICAL if name not in {"language", "money"}]
)
def test_records_get_plain_texts_whatever_subclass_the_host_has(name: str, text: str) -> None:
    assert type(parser(name)(HostText(text))) is str


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\x0b", "\x00", "\x85", "\u2028", "\u2029"], ids=repr)
@pytest.mark.parametrize(("name", "text"), CANONICAL)
def test_a_line_end_after_it_is_refused_everywhere(name: str, text: str, ending: str) -> None:
    if (name, ending) == ("long_text", "\n"):  # the one place where lines end
        assert parsed(name, text + ending) == text
    else:
        assert parsed(name, text + ending) is None


@pytest.mark.parametrize("zero", ["\u0660", "\u06f0", "\u0966", "\uff10", "\U0001d7d8"], ids=ascii)
@pytest.mark.parametrize(("name", "text"), [pair for pair in CANONICAL_IDS if any(map(str.isdigit, pair[1]))])
def test_digits_of_other_scripts_are_no_digits(name: str, text: str, zero: str) -> None:
    digits = [place for place, character in enumerate(text) if character.isdigit()]
    for place in digits:
        other = chr(ord(zero) + int(text[place]))
        assert parsed(name, text[:place] + other + text[place + 1 :]) is None


def look_alikes(text: str) -> Iterator[str]:
    """Texts that equal this one but for case, accent, width or blank."""
    yield from {text.upper(), text.lower(), text.swapcase(), text.title(), text[:1].swapcase() + text[1:]}
    for place, character in enumerate(text[:30]):
        before, after = text[:place], text[place + 1 :]
        yield before + character.swapcase() + after
        yield before + character + "\u0301" + after  # an accent
        if character.isalpha():
            yield before + unicodedata.normalize("NFC", character + "\u0308") + after
        if "!" <= character <= "~":
            yield before + chr(ord(character) + 0xFEE0) + after  # full width
        for blank in (" ", "\u00a0", "\u200b", "\u00ad", "\ufeff"):
            yield before + blank + character + after
    yield from (text + blank for blank in (" ", "\u00a0", "\u200b", "\t"))


@pytest.mark.parametrize(("name", "text"), CANONICAL_IDS)
def test_ids_that_look_alike_are_different_or_refused_t20(name: str, text: str) -> None:
    for other in look_alikes(text):
        if other == text:
            continue
        result = parsed(name, other)
        if name in FOLDED and other.isascii() and other.casefold() == text.casefold():
            assert result == text  # one text, so the same in every store
        else:
            assert result != text
            assert result is None or result == other  # never bent into a third


def test_there_are_pairs_enough_for_t20() -> None:
    pairs = {(text, other) for _, text in CANONICAL_IDS for other in look_alikes(text) if other != text}
    assert len(pairs) >= 200


def damaged(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Anything at all, and canonical forms with a few characters changed, dropped or put in."""

    def damage(text: str, cut: tuple[int, int], put: str) -> str:
        start = cut[0] % (len(text) + 1)
        return text[:start] + put + text[start + cut[1] :]

    cuts = st.tuples(st.integers(0, 200), st.integers(0, 3))
    puts = st.text(max_size=3) | st.text("0123456789abcABC-@./ \n\u0661\uff11", max_size=3)
    anything = st.text(max_size=300) | st.text(st.characters(), max_size=20)
    return anything | st.builds(damage, st.sampled_from(texts), cuts, puts)


@pytest.mark.parametrize("name", EXAMPLES)
@settings(max_examples=600, deadline=None, print_blob=True)
@given(data=st.data())
def test_a_parser_refuses_or_finds_a_form_that_stays(name: str, data: st.DataObject) -> None:
    canonical = parsed(name, data.draw(damaged(EXAMPLES[name])))
    if canonical is not None:
        assert parsed(name, canonical) == canonical
        assert name in FREE_TEXTS or canonical.isascii()


@pytest.mark.parametrize(
    ("name", "text", "digits"),
    [
        ("organisation_number", "9997000006", range(10)),
        ("organisation_number", "5566778899", range(10)),
        ("organisation_number", "162120000142", range(2, 12)),
        ("hsa_id", "SE9997000006-A", range(2, 12)),
        ("case_number", "KO1554567899", range(2, 12)),
    ],
)
def test_one_wrong_digit_is_always_noticed(name: str, text: str, digits: range) -> None:
    for place, digit in itertools.product(digits, "0123456789"):
        changed = text[:place] + digit + text[place + 1 :]
        assert (parsed(name, changed) is None) == (changed != text)


@given(st.integers(0, 10**9 - 1))
def test_an_organisation_number_is_known_by_its_third_digit_and_its_check_digit(number: int) -> None:
    digits = luhn(f"{number:09}")
    assert (parsed("organisation_number", digits) is not None) == (digits[2] >= "2")


@pytest.mark.parametrize("number", PERSONAL)
@pytest.mark.parametrize("dress", ["{0}", "{0:.6}-{1}", "19{0}", "20{0}"])
def test_a_sole_traders_number_is_refused_and_the_text_says_why(number: str, dress: str) -> None:
    assert "personal identity number" in refusal_of(organisation_number, dress.format(number, number[6:]))


@pytest.mark.parametrize("number", PERSONAL)
def test_no_unit_is_owned_by_a_sole_trader_or_numbered_as_a_person(number: str) -> None:
    assert "personal identity number" in refusal_of(hsa_id, f"SE{number}-A")
    assert "personal identity number" in refusal_of(hsa_id, f"SE9997000006-{number}")
    assert "personal identity number" in refusal_of(hsa_id, f"SE9997000006-p19{number}")


@pytest.mark.parametrize("number", PERSONAL)
@pytest.mark.parametrize(
    "dress",
    [
        "{d}{n}",
        "{d}-{n}",
        "18{d}{n}",
        "19{d}{n}",
        "20{d}{n}",
        "19{d}-{n}",
        "19{d}.{n}",
        "{d}_{n}",
        "u{d}{n}x",
        "u-19{d}{n}",
        "{d}-{n}@a",
    ],
)
def test_a_personal_identity_number_is_no_person_id(number: str, dress: str) -> None:
    assert "personal identity number" in refusal_of(person_id, dress.format(d=number[:6], n=number[6:]))


@pytest.mark.parametrize("number", PERSONAL)
def test_a_person_over_a_hundred_is_not_let_in_by_the_plus_sign(number: str) -> None:
    assert parsed("person_id", f"{number[:6]}+{number[6:]}") is None


@pytest.mark.parametrize(
    "number",
    [luhn("901301001"), luhn("900100001"), luhn("900132001"), luhn("900160001"), luhn("900192001"), luhn("900001001")],
)
def test_ten_digits_that_are_no_date_may_be_a_person_id(number: str) -> None:
    assert parsed("person_id", number) == number


@pytest.mark.parametrize("number", PERSONAL)
def test_a_number_of_another_length_or_check_digit_may_be_a_person_id(number: str) -> None:
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    for text in (wrong, f"19{wrong}", f"1{number}", f"{number}0", f"21{number}", f"{number[:5]}-{number[5:]}"):
        assert parsed("person_id", text) == text


@given(st.integers(0, 2**128 - 1))
def test_a_random_uuid_is_a_person_id(number: int) -> None:
    text = str(uuid.UUID(int=number, version=4))
    assert parsed("person_id", text) == text


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1), st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1))
def test_tokens_sort_by_time_and_keep_all_their_bits(ms: int, random: int, other_ms: int, other: int) -> None:
    first, second = token("o", ms, random), token("o", other_ms, other)
    assert order_id(first) == first
    assert member_id(token("m", ms, random)) == f"m{first[1:]}"
    assert (first < second) == ((ms, random) < (other_ms, other))
    number = 0
    for character in first[2:]:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(character)
    assert divmod(number, 2**80) == (ms, random)


@pytest.mark.parametrize(
    ("prefix", "ms", "random"),
    [
        *((prefix, 0, 0) for prefix in ("", "oo", "O", "1", "å", "o\n")),
        ("o", -1, 0),
        ("o", 2**48, 0),
        ("o", 0, -1),
        ("o", 0, 2**80),
    ],
)
def test_a_token_out_of_range_is_not_built(prefix: str, ms: int, random: int) -> None:
    with pytest.raises(Malformed):
        token(prefix, ms, random)


@given(st.integers(0, 2**80))
def test_a_case_number_can_be_read_back_and_looks_like_no_person(random: int) -> None:
    number = case_number_from(random)
    assert case_number(number) == number
    assert luhn(number[2:-1]) == number[2:]
    assert parsed("person_id", number[2:]) is not None
    assert number == case_number_from(random + 800_000_000)


def test_different_random_numbers_give_different_case_numbers() -> None:
    some = [*range(2000), *range(7_999_000, 8_001_000), *range(799_998_000, 800_000_000)]
    assert len({case_number_from(number) for number in some}) == len(some)


@pytest.mark.parametrize("party", [Party.CUSTOMER, Party.AGENT])
def test_an_agreement_says_whose_it_is_and_as_what(party: Party) -> None:
    agreement = agreement_id_of(party, "556677-8899")
    assert agreement_id(agreement) == agreement == f"{party.value}/556677-8899"
    assert (party_of(agreement), organisation_of(agreement)) == (party, "556677-8899")
    assert party_of(agreement) is party


@pytest.mark.parametrize("party", [Party.PROVIDER, Party.SYSTEM])
def test_the_provider_and_the_system_have_no_agreement(party: Party) -> None:
    with pytest.raises(Malformed):
        agreement_id_of(party, "556677-8899")


def test_an_assignment_says_whose_it_is_and_for_what() -> None:
    assignment = assignment_id_of("556677-8899", "npo-producent")
    assert assignment_id(assignment) == assignment
    assert (agent_of(assignment), service_of(assignment)) == ("556677-8899", "npo-producent")


def test_the_longest_ids_fit_in_what_is_put_together_of_them() -> None:
    assert assignment_id(assignment_id_of("556677-8899", "x" * 64))
    assert parsed("assignment_id", assignment_id_of("556677-8899", "x" * 65)) is None


def test_a_secret_of_the_standard_library_is_a_secret_code() -> None:
    for _ in range(100):
        code = secrets.token_urlsafe(32)
        assert secret_code(code) == code


def test_two_texts_never_carry_the_same_secret() -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    good = [last for last in alphabet if parsed("secret_code", SECRET[:-1] + last)]
    assert good == list(alphabet[::4])


def test_a_language_is_one_of_the_closed_set() -> None:
    assert [language(tongue.value) for tongue in Language] == list(Language)
    assert language(Language.EN) is Language.EN


@given(st.decimals(0, 999_999_999_999, places=2))
def test_an_amount_survives_being_written_and_read(amount: Decimal) -> None:
    price = Money(amount=amount, currency="SEK")
    assert money(str(price)) == price
    assert price.amount == amount


def test_equal_amounts_are_written_alike_however_they_came() -> None:
    spellings = ("12", "12.0", "12.00", "12.000", "1.2e1", "0.0012e4")
    assert {str(Money(amount=Decimal(text), currency="SEK")) for text in spellings} == {"12.00 SEK"}


def test_the_hosts_own_decimal_context_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert str(money("123456.78 SEK")) == "123456.78 SEK"


@pytest.mark.parametrize(
    "amount", ["-0.01", "-0", "0.001", "NaN", "sNaN", "Infinity", "-Infinity", "1e12", "1e999999", "1e-999999"]
)
def test_an_amount_nobody_can_pay_is_refused(amount: str) -> None:
    with pytest.raises(Malformed):
        Money(amount=Decimal(amount), currency="SEK")


@pytest.mark.parametrize("currency", ["", "sek", "SE", "SEKK", "SEK\n", "S3K", "ŠEK"])
def test_a_currency_is_three_capitals(currency: str) -> None:
    with pytest.raises(Malformed):
        Money(amount=Decimal(1), currency=currency)


@pytest.mark.parametrize(("amount", "currency"), [(1, "SEK"), (1.5, "SEK"), ("1", "SEK"), (Decimal(1), None)])
def test_money_is_no_float(amount: object, currency: object) -> None:
    build: MoneyMaker = identifiers.__dict__["Money"]
    with pytest.raises(Malformed):
        build(amount=amount, currency=currency)


def test_a_moment_is_the_same_in_every_zone_and_written_in_utc() -> None:
    noon = datetime(2026, 7, 1, 12, 0, 0, 5, tzinfo=UTC)
    zones = [timezone(timedelta(hours=hours, minutes=30)) for hours in range(-12, 13)]
    assert {moment(noon.astimezone(zone)).isoformat() for zone in zones} == {noon.isoformat()}


class HostMoment(datetime):
    """A moment as calendar libraries have it."""


def test_records_get_plain_moments_whatever_subclass_the_host_has() -> None:
    theirs = HostMoment(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert type(moment(theirs)) is datetime
    assert moment(theirs) == theirs
    assert moment(theirs).tzinfo is UTC


@pytest.mark.parametrize(
    "when",
    [
        datetime(2026, 7, 1, 12),  # noqa: DTZ001 -- the point
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))),
        datetime(2026, 7, 1, tzinfo=UTC).date(),
        "2026-07-01T12:00:00Z",
        1_796_000_000,
        None,
    ],
    ids=str,
)
def test_a_moment_without_a_zone_or_out_of_the_calendar_is_refused(when: object) -> None:
    assert parsed("moment", when) is None


IGNORABLE: Final = """
    00AD 034F 061C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8
    1BCA0-1BCA3 1D173-1D17A E0000-E0FFF
"""
"""Default_Ignorable_Code_Point, as DerivedCoreProperties.txt of Unicode 15 lists it."""


def ignorable() -> set[int]:
    ranges = [part.partition("-") for part in IGNORABLE.split()]
    return {point for low, _, high in ranges for point in range(int(low, 16), int(high or low, 16) + 1)}


def test_a_free_text_holds_what_can_be_seen_and_nothing_else() -> None:
    hidden = ignorable() | {0x2800}
    wrong: list[str] = []
    for point in itertools.chain(range(0x20000), range(0xE0000, 0xE1000), range(0x10FFF0, 0x110000)):
        bad = unicodedata.category(chr(point))[0] == "C" or point in hidden or point in {0x2028, 0x2029}
        if (parsed("plain_text", f"a{chr(point)}b") is None) != bad:
            wrong.append(f"{point:04X}")
    assert wrong == []


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\r", "\x1b", "\x7f", "\x9b"),  # controls
        *("\u2028", "\u2029"),  # line ends
        *("\u202e", "\u2066", "\u2069", "\u200e"),  # direction
        *("\u00ad", "\u180e", "\u200d", "\u2060", "\u3164", "\ufe0f", "\ufeff", "\U000e0041"),  # invisible
        *("\ud800", "\udfff", "\ufdd0", "\ufffe", "\U0010ffff", "\ue000", "\u0378"),  # no characters, or nobody's
    ],
    ids=ascii,
)
@pytest.mark.parametrize("name", sorted(FREE_TEXTS))
def test_no_text_hides_turns_or_breaks_what_stands_round_it(name: str, character: str) -> None:
    assert [parsed(name, text) for text in (f"a{character}b", f"{character}ab", f"ab{character}", character)] == [
        None
    ] * 4


@pytest.mark.parametrize("character", ["x", "ö", "北"])
def test_a_free_text_has_room_for_its_limit_in_any_living_script(character: str) -> None:
    assert plain_text(character * 60, limit=60) == character * 60
    assert parsed("plain_text", character * 61) is None


def test_a_free_text_is_limited_in_bytes_too() -> None:
    assert plain_text("\U0001f600" * 45, limit=60)
    assert parsed("plain_text", "\U0001f600" * 46) is None


@pytest.mark.parametrize("character", ["\u0958", "\ufb2c", "\U0001d15f"], ids=ascii)
def test_a_text_that_grows_by_its_canonical_form_is_measured_again(character: str) -> None:
    assert len(unicodedata.normalize("NFC", character)) > 1
    assert parsed("plain_text", character * 30) != character * 30
    assert parsed("plain_text", character * 31) is None


def test_marks_are_not_piled_on_one_letter() -> None:
    assert plain_text("q" + "\u0323\u0307" * 15, limit=60)
    assert parsed("plain_text", "q" + "\u0323\u0307" * 15 + "\u0307") is None
    assert parsed("plain_text", "q" + "\u0344" * 16) is None  # two marks each, once normalised


def test_the_limit_counts_before_blanks_are_taken_off() -> None:
    assert parsed("plain_text", "a" + " " * 60) is None


@pytest.mark.parametrize("name", ["Anna Анна", "Лена-Lena", "Ελένη Berg", "ABC 北京", "Ærø", "Mötley Crüe", "№ 5"])
def test_a_name_may_have_words_of_several_scripts(name: str) -> None:
    assert display_name(name) == name


def test_a_long_text_keeps_its_lines() -> None:
    assert long_text("Hej!\n\n  Två rader.", limit=2000) == "Hej!\n\n  Två rader."
