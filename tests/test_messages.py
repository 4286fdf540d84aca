"""Mail: what it says in both languages, where its links lead, and that nothing in it becomes a header (T70, law 10)."""

import email
import email.header
import email.policy
import itertools
import re
import string
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message
from html.parser import HTMLParser

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kundorder.errors import KundorderError, Malformed, Undeliverable
from kundorder.events import Mail
from kundorder.identifiers import plain_text
from kundorder.messages import About, Mailbox, Post, Recipient, compose, mailbox
from kundorder.messages.mime import message_bytes
from kundorder.ports import Letter
from kundorder.templates import LAYOUTS, TEXTS, WORDS, Link, Text, Variable
from kundorder.vocabulary import Language, Party, Role, Template

REFERENCE = "r" * 43
"""What stands in a link."""

SENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CODE = "Q" * 42 + "A"
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
SUBJECTS = {
    Link.ORDER: "order:o-01",
    Link.AGREEMENT: "agreement:customer/999700-0006",
    Link.INVITATION: "member:m-01",
    Link.PORTAL: "member:m-01",
}
FULL = About(
    organisation="Vårdbolaget <Lönnen> & Co",
    customer="Region <em>Björken</em>",
    agent="Journalverket & Söner AB",
    case_number="KO0020000006",
    offer_sv="NPÖ, konsument",
    offer_en="NPÖ, consumer",
    reason="Fel enhet <E1>.\n\nVälj om.",
    instructions='1. Öppna "kontot".\n2. Vänta.',
)
BARE = About(organisation=FULL.organisation)
RECIPIENT = Recipient(name="Åsa O’Neill & Berg", email="asa@region.example", language=Language.SV)
ENCODED_WORDS = ["=?utf-8?q?x=0ABcc:_eve@evil.example?=", "=?utf-8?b?eApCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=", "a =?x"]
MORE_LINES = [
    "x\nBcc: eve@evil.example",
    "x\r\nBcc: eve@evil.example",
    "x\ry",
    "x\u2028y",
    "x\u2029y",
    "x\x85y",
    "x\x0by",
]
HIDDEN = ["x\x00y", "x\u202ey", "x\u200by", "x\ud800y", "\u00ad"]

each_mail = pytest.mark.parametrize(("template", "language"), list(itertools.product(Template, Language)), ids=str)
each_amount = pytest.mark.parametrize("about", [FULL, BARE], ids=["all values", "no optional value"])


def owed(template: Template, *, secret: str | None = CODE) -> Mail:
    """A mail as the core owes it."""
    link = LAYOUTS[template].link
    return Mail(
        id=f"{SUBJECTS[link]}/1.4/{template.value}/m-01",
        template=template,
        subject=SUBJECTS[link],
        step=4,
        role=Role.ATTESTANT,
        party=Party.CUSTOMER,
        organisation="999700-0006",
        member=None if link is Link.AGREEMENT else "m-01",
        signatory="s1" if link is Link.AGREEMENT else None,
        secret=secret if link is Link.INVITATION else None,
    )


def letter_of(template: Template, language: Language = Language.SV, about: About = FULL) -> Letter:
    return compose(owed(template), attrs.evolve(RECIPIENT, language=language), about, Post(), REFERENCE)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def value_of(variable: Variable, language: Language) -> str:
    values = {
        Variable.NAME: RECIPIENT.name,
        Variable.ORGANISATION: FULL.organisation,
        Variable.OFFER: FULL.offer_sv if language is Language.SV else FULL.offer_en,
        Variable.CUSTOMER: FULL.customer,
        Variable.AGENT: FULL.agent,
        Variable.CASE_NUMBER: FULL.case_number,
        Variable.REASON: FULL.reason,
        Variable.INSTRUCTIONS: FULL.instructions,
    }
    return values[variable] or ""


class Page(HTMLParser):
    """A page as a reader meets it: its elements, its links and its words; refuses what is not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" not in self.open:
            self.words += data.split()

    @property
    def links(self) -> list[str | None]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def said(text: str) -> str:
    """The words of a plain text, without its link and its marks."""
    return " ".join(re.sub(r"^(https://.*|\* \* \*)$|^> ?", "", text, flags=re.MULTILINE).split())


def parts(data: bytes) -> list[Message]:
    return list(email.message_from_bytes(data).walk())


def unfolded(message: Message, name: str) -> str:
    """A header as an old mail program decodes it."""
    return str(email.header.make_header(email.header.decode_header(message[name].replace("\r\n", ""))))


def body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


def test_every_mail_has_a_layout_and_a_text_in_every_language() -> None:
    assert set(LAYOUTS) == set(Template)
    assert set(TEXTS) == set(WORDS) == set(Language)
    assert all(set(texts) == set(Template) for texts in TEXTS.values())


@pytest.mark.parametrize("language", Language)
def test_the_common_words_name_every_link_and_every_optional_value(language: Language) -> None:
    words = WORDS[language]
    assert set(words.links) == set(words.notes) == set(Link)
    assert set(words.labels) == set(Variable) - {Variable.NAME, Variable.ORGANISATION}
    assert placeholders(words.greeting) == {Variable.NAME}
    assert placeholders(words.footer) == set()


def test_every_variable_is_used_by_some_mail() -> None:
    used = {variable for layout in LAYOUTS.values() for variable in (*layout.facts, layout.quote)}
    assert used == {*Variable, None} - {Variable.NAME, Variable.ORGANISATION}


@pytest.mark.parametrize("template", Template)
def test_both_languages_say_the_same_about_the_same_things(template: Template) -> None:
    def shape(text: Text) -> list[list[set[str]]]:
        return [[placeholders(paragraph) for paragraph in paragraphs] for paragraphs in (text.lead, text.closing)]

    swedish, english = (TEXTS[language][template] for language in (Language.SV, Language.EN))
    assert shape(swedish) == shape(english)
    assert {variable for paragraphs in shape(swedish) for paragraph in paragraphs for variable in paragraph} <= {
        Variable.ORGANISATION
    }


@pytest.mark.parametrize("language", Language)
def test_no_two_mails_have_the_same_subject_and_no_subject_has_a_variable(language: Language) -> None:
    subjects = [text.subject for text in TEXTS[language].values()]
    assert len(set(subjects)) == len(subjects)
    assert all(placeholders(subject) == set() and len(subject) <= 60 for subject in subjects)


@each_mail
@each_amount
def test_every_mail_can_be_rendered_and_leaves_as_it_is_meant(
    template: Template, language: Language, about: About
) -> None:
    letter = letter_of(template, language, about)
    data = message_bytes(letter, sent_at=SENT)
    whole, text, html = parts(data)
    assert whole.keys() == HEADERS
    assert unfolded(whole, "Subject") == letter.subject
    assert email.message_from_bytes(data, policy=email.policy.default)["Subject"] == letter.subject
    assert unfolded(whole, "From") == "Kundportalen <noreply@portal.example>"
    assert whole["To"] == "asa@region.example"
    assert (whole["Auto-Submitted"], whole["Content-Language"]) == ("auto-generated", language.value)
    assert (whole["Message-ID"], whole["References"]) == (letter.message_id, letter.thread)
    assert whole["In-Reply-To"] == whole["References"]
    assert whole.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert (body(text), body(html)) == (letter.text, letter.html)


@each_mail
def test_a_mail_says_what_its_layout_lists_and_nothing_else(template: Template, language: Language) -> None:
    letter, layout = letter_of(template, language), LAYOUTS[template]
    listed = {Variable.NAME, *layout.facts, layout.quote}
    text, page = said(letter.text), " ".join(Page(letter.html).words)
    for variable in set(Variable) - {Variable.ORGANISATION}:
        words = " ".join(value_of(variable, language).split())
        assert (words in text) is (words in page) is (variable in listed)


@each_mail
@each_amount
def test_the_page_says_the_same_as_the_text(template: Template, language: Language, about: About) -> None:
    letter = letter_of(template, language, about)
    page = Page(letter.html)
    title = TEXTS[language][template].subject
    link = WORDS[language].links[LAYOUTS[template].link]
    assert " ".join(page.words) == f"{title} {said(letter.text)}".replace(f"{link}:", link)


@each_mail
@each_amount
def test_a_page_can_be_read_by_anybody_and_fetches_nothing(
    template: Template, language: Language, about: About
) -> None:
    letter = letter_of(template, language, about)
    page = Page(letter.html)
    names = {tag for tag, _ in page.elements}
    known = {
        "html",
        "head",
        "meta",
        "title",
        "body",
        "main",
        "h1",
        "p",
        "ul",
        "li",
        "strong",
        "blockquote",
        "br",
        "a",
        "hr",
    }
    assert letter.html.startswith("<!DOCTYPE html>\n")
    assert page.elements[0] == ("html", {"lang": language.value})
    assert names <= known
    assert {attribute for _, found in page.elements for attribute in found} <= {
        "lang",
        "charset",
        "name",
        "content",
        "style",
        "href",
    }
    assert "url(" not in letter.html
    assert len(page.links) == 1
    assert [tag for tag, _ in page.elements].count("h1") == 1


@each_mail
@each_amount
def test_the_lines_of_a_text_are_short_and_its_link_is_whole(
    template: Template, language: Language, about: About
) -> None:
    letter = letter_of(template, language, about)
    lines = letter.text.split("\n")
    assert all(len(line) <= 72 and line == line.rstrip() for line in lines if not line.startswith("https://"))
    assert [line for line in lines if line.startswith("https://")] == Page(letter.html).links
    assert "\n\n\n" not in letter.text
    assert letter.text.endswith("\n")


@each_mail
def test_a_subject_tells_no_name_no_reason_and_no_secret(template: Template, language: Language) -> None:
    letter = letter_of(template, language)
    number = f" ({FULL.case_number})" if Variable.CASE_NUMBER in LAYOUTS[template].facts else ""
    assert letter.subject == TEXTS[language][template].subject + number


@pytest.mark.parametrize("template", Template)
def test_the_code_of_an_invitation_stands_in_its_link_and_nowhere_else(template: Template) -> None:
    letter = letter_of(template)
    invites = LAYOUTS[template].link is Link.INVITATION
    for text in (letter.text, letter.html):
        assert text.count(CODE) == (1 if invites else 0)
    assert CODE not in f"{letter.subject}{letter.message_id}{letter.thread}{letter.sender}{letter.to}"


@pytest.mark.parametrize(
    ("template", "secret", "address"),
    [
        (Template.LOGIN_USER, CODE, f"https://portal.example/invitation/m-01#{CODE}"),
        (Template.LOGIN_USER, None, "https://portal.example/"),
        (Template.LOGIN_ADMINISTRATOR, None, "https://portal.example/"),
        (Template.LOGIN_AGREEMENT_CONTACT, None, "https://portal.example/"),
        (Template.ATTEST_ORDER, None, f"https://portal.example/orders/o-01#{REFERENCE}"),
        (
            Template.SIGN_AGREEMENT,
            None,
            f"https://portal.example/agreement?id=customer%2F999700-0006&signatory=s1#{REFERENCE}",
        ),
    ],
)
def test_the_link_opens_what_the_mail_is_about(template: Template, secret: str | None, address: str) -> None:
    letter = compose(owed(template, secret=secret), RECIPIENT, FULL, Post(), REFERENCE)
    assert Page(letter.html).links == [address]
    assert f"\n{address}\n" in letter.text


def test_an_address_is_escaped_as_an_attribute_wants_it() -> None:
    assert f'<a href="https://portal.example/agreement?id=customer%2F999700-0006&amp;signatory=s1#{REFERENCE}">' in (
        letter_of(Template.SIGN_AGREEMENT).html
    )


def test_who_has_a_login_already_is_told_to_use_it() -> None:
    letter = compose(owed(Template.LOGIN_USER, secret=None), RECIPIENT, FULL, Post(), REFERENCE)
    assert WORDS[Language.SV].notes[Link.PORTAL] in letter.text
    assert WORDS[Language.SV].notes[Link.INVITATION] not in letter.text


def test_the_pages_and_the_sender_are_the_hosts_own() -> None:
    post = Post(
        sender="Beställningsportalen, Öst <no-reply@öst.example>".replace("ö", "o"),
        order_link="https://east.example:8443/case?id={order}&tab=attest#top",
    )
    letter = compose(owed(Template.ATTEST_ORDER), RECIPIENT, FULL, post, REFERENCE)
    whole = parts(message_bytes(letter, sent_at=SENT))[0]
    assert Page(letter.html).links == ["https://east.example:8443/case?id=o-01&tab=attest#top"]
    assert unfolded(whole, "From") == "Beställningsportalen, Öst <no-reply@ost.example>"
    assert letter.message_id.endswith("@ost.example>")


def test_the_same_debt_has_the_same_message_id_whatever_else_has_changed() -> None:
    mail = owed(Template.ATTEST_ORDER)
    moved = attrs.evolve(RECIPIENT, email="asa@other.example", language=Language.EN)
    assert (
        compose(mail, moved, BARE, Post(), REFERENCE).message_id
        == compose(mail, RECIPIENT, FULL, Post(), REFERENCE).message_id
    )


def test_different_debts_have_different_message_ids_and_those_about_one_thing_one_thread() -> None:
    letters = [letter_of(template) for template in Template]
    assert len({letter.message_id for letter in letters}) == len(letters)
    for letter, template in zip(letters, Template, strict=True):
        same = [other.thread == letter.thread for other in letters]
        assert same == [owed(other).subject == owed(template).subject for other in Template]
    assert {letter.thread for letter in letters}.isdisjoint(letter.message_id for letter in letters)


def test_an_id_in_the_headers_tells_nothing_of_what_it_is_about() -> None:
    letter = letter_of(Template.SIGN_AGREEMENT)
    assert "232100" not in letter.message_id + letter.thread
    assert re.fullmatch(r"<[0-9a-f]{40}@portal\.example>", letter.message_id)


@pytest.mark.parametrize("given", ["", None])
def test_an_empty_value_is_a_missing_one(given: str | None) -> None:
    about = About(organisation="x", customer=given, agent=given, case_number=given, offer_sv=given, reason=given)
    letter = letter_of(Template.ORDER_REJECTED, about=about)
    assert letter == letter_of(Template.ORDER_REJECTED, about=About(organisation="x"))


def test_braces_in_a_value_are_only_braces() -> None:
    about = attrs.evolve(FULL, organisation="{name} {0} {code.__class__}")
    assert "{name} {0} {code.__class__}" in " ".join(letter_of(Template.ATTEST_ORDER, about=about).text.split())


@pytest.mark.parametrize("field", ["organisation", "customer", "agent", "case_number", "offer_sv"])
@pytest.mark.parametrize("text", [*ENCODED_WORDS, *MORE_LINES, *HIDDEN], ids=ascii)
def test_a_value_that_is_not_one_plain_line_stops_this_mail_and_is_not_repeated(field: str, text: str) -> None:
    with pytest.raises(Undeliverable) as caught:
        letter_of(Template.ATTEST_ORDER, about=attrs.evolve(FULL, **{field: text}))
    assert_calm(caught.value, text)


@pytest.mark.parametrize("text", ["", " ", *ENCODED_WORDS, *MORE_LINES, *HIDDEN], ids=ascii)
def test_an_addressees_name_that_is_not_one_plain_line_stops_this_mail(text: str) -> None:
    with pytest.raises(Undeliverable) as caught:
        compose(owed(Template.ATTEST_ORDER), attrs.evolve(RECIPIENT, name=text), FULL, Post(), REFERENCE)
    assert_calm(caught.value, text)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "asa",
        "asa@region.example\nBcc: eve@evil.example",
        "a@b.example, c@d.example",
        "Åsa <a@b.example>",
        "å@b.example",
    ],
)
def test_an_address_that_is_not_one_plain_address_stops_this_mail(address: str) -> None:
    with pytest.raises(Undeliverable) as caught:
        compose(owed(Template.ATTEST_ORDER), attrs.evolve(RECIPIENT, email=address), FULL, Post(), REFERENCE)
    assert_calm(caught.value, address)


@pytest.mark.parametrize("text", ["x\ry", "x\u2028y", *HIDDEN], ids=ascii)
def test_a_reason_in_which_something_hides_stops_this_mail(text: str) -> None:
    with pytest.raises(Undeliverable) as caught:
        letter_of(Template.ORDER_REJECTED, about=attrs.evolve(FULL, reason=text))
    assert_calm(caught.value, text)


def test_a_reason_stands_as_it_was_written_and_cannot_pass_for_our_own_words() -> None:
    about = attrs.evolve(FULL, reason="Rad 1\n\n<a href='https://evil.example'>Logga in</a>\n" + "ord " * 40)
    letter = letter_of(Template.ORDER_REJECTED, about=about)
    assert len(Page(letter.html).links) == 1
    quoted = letter.text[letter.text.index("Orsak:\n") : letter.text.index("\n\nÖppna")].split("\n")[1:]
    assert all(line.startswith("> ") or line == ">" for line in quoted)


@pytest.mark.parametrize(
    "subject", ["assignment:556677-8899/npo", "order:", "order:o 1", "order:o-1\n", "order:å"], ids=ascii
)
def test_a_mail_about_something_no_link_can_name_stops(subject: str) -> None:
    with pytest.raises(Undeliverable):
        compose(attrs.evolve(owed(Template.ATTEST_ORDER), subject=subject), RECIPIENT, FULL, Post(), REFERENCE)


def test_an_agreement_can_only_be_opened_for_a_named_signatory() -> None:
    with pytest.raises(Undeliverable):
        compose(attrs.evolve(owed(Template.SIGN_AGREEMENT), signatory=None), RECIPIENT, FULL, Post(), REFERENCE)


def assert_calm(error: KundorderError, text: str) -> None:
    """An error is one printable line and does not repeat what was given."""
    assert str(error).isprintable()
    assert len(text) < 6 or text not in str(error)


POSTS: dict[str, Callable[[str], Post]] = {
    "sender": lambda wrong: Post(sender=wrong),
    "order_link": lambda wrong: Post(order_link=wrong),
    "agreement_link": lambda wrong: Post(agreement_link=wrong),
    "login_link": lambda wrong: Post(login_link=wrong),
    "portal_link": lambda wrong: Post(portal_link=wrong),
}


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(
            ("sender", wrong)
            for wrong in ("", "portal", "<a@b.example>", "A <a@b.example", "A <a@b.example>, <c@d.example>")
        ),
        *(
            ("sender", f"{name} <a@b.example>")
            for name in ('"A"', "A\nB", "=?utf-8?q?a?=", "A <x@y.example>", "x" * 121)
        ),
        *(
            ("order_link", wrong)
            for wrong in (
                "",
                "http://portal.example/{order}",
                "https://portal.example/",
                "https://{order}.example/",
                "https://portal.example/{order}/{order}",
                "https://portal.example/{order}/{code}",
                "https://portal.example/{reference}",
                "https://portal.example/{order}/{reference}/{reference}",
                "https://portal.example/{order!r}",
                "https://portal.example/{order.__class__}",
                "https://portal.example/{order:>999999999}",
                "https://portal.example/{}{order}",
                "https://portal.example/{{order}}",
                "https://eve@portal.example/{order}",
                "https://portal.example/{order}\n",
                "https://portal.example/ {order}",
                'https://portal.example/"{order}',
                "https://portal.example/ö/{order}",
                "https://portal.example/{order}" + "x" * 500,
                "javascript:alert({order})",
            )
        ),
        ("agreement_link", "https://portal.example/{agreement}"),
        ("login_link", "https://portal.example/{member}"),
        ("login_link", "https://portal.example/{member}/{code}#{reference}"),
        ("portal_link", "https://portal.example/#{reference}"),
        ("portal_link", "https://portal.example/{member}"),
    ],
)
def test_a_wrong_setting_is_refused_when_it_is_made_and_named_by_its_path(field: str, wrong: str) -> None:
    with pytest.raises(Malformed) as caught:
        POSTS[field](wrong)
    assert [problem.path for problem in caught.value.problems] == [f"$.{field}"]
    assert_calm(caught.value, wrong)


def test_all_wrong_settings_are_named_at_once() -> None:
    with pytest.raises(Malformed) as caught:
        Post(sender="x", order_link="x", agreement_link="x", login_link="x", portal_link="x", links_last=timedelta(0))
    assert [problem.path for problem in caught.value.problems] == [f"$.{field.name}" for field in attrs.fields(Post)]


def test_a_mailbox_is_read_as_it_is_written() -> None:
    for text in ("a@b.example", "Kundportalen, Öst (prov) <a@b.example>"):
        assert str(mailbox(text)) == text
    assert mailbox("A B <A@B.example>") == Mailbox(name="A B", address="a@b.example")


@pytest.mark.parametrize("subject", ["", *ENCODED_WORDS, *MORE_LINES, *HIDDEN], ids=ascii)
def test_a_letter_of_anybodys_making_leaves_with_a_plain_subject_or_not_at_all(subject: str) -> None:
    with pytest.raises(Undeliverable) as caught:
        message_bytes(attrs.evolve(letter_of(Template.ATTEST_ORDER), subject=subject), sent_at=SENT)
    assert_calm(caught.value, subject)


GOOD = letter_of(Template.ATTEST_ORDER)


@pytest.mark.parametrize(
    "letter",
    [
        attrs.evolve(GOOD, to="a@b.example, c@d.example"),
        attrs.evolve(GOOD, to="a@b.example\nBcc: c@d.example"),
        attrs.evolve(GOOD, sender="=?utf-8?q?x=0ABcc:_y?= <a@b.example>"),
        attrs.evolve(GOOD, message_id="<a@b>\nBcc: c@d.example"),
        attrs.evolve(GOOD, message_id="a@b"),
        attrs.evolve(GOOD, message_id="<\ud800@b>"),
        attrs.evolve(GOOD, thread="<a b@c>"),
        attrs.evolve(GOOD, text="one\r\ntwo\n"),
        attrs.evolve(GOOD, text="\ud800\n"),
        attrs.evolve(GOOD, html="\ud800\n"),
    ],
)
def test_a_letter_that_would_not_arrive_as_it_is_meant_does_not_leave(letter: Letter) -> None:
    with pytest.raises(Undeliverable) as caught:
        message_bytes(letter, sent_at=SENT)
    assert str(caught.value).isprintable()


FRAGMENTS = (
    *(
        "=?utf-8?q?",
        "=0A",
        "?=",
        "=?",
        "=_",
        "--",
        "\r\n",
        "\n",
        "\r",
        "\u2028",
        "\x00",
        "\t",
        "\u202e",
        "Bcc: a@b.example",
    ),
    *(" ", ":", '"', "<", ">", "\\", "(", ")", ",", ";", "@", "{", "}", "%", "å", "北京", "e\u0301", "\U0001f600"),
)
NASTY = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
    st.text(alphabet="åx ", max_size=300),
)
SEEN = st.one_of(
    st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60),
    st.lists(st.sampled_from([each for each in FRAGMENTS if each.isprintable() and each != "=?"]), max_size=9).map(
        lambda found: f"x{' '.join(found)}"
    ),
)
WRITTEN = st.integers(0, 19).flatmap(lambda number: NASTY if number == 0 else SEEN)
"""Mostly what a person may write, so that most letters leave; each part is nasty now and then."""

SPLIT = About(organisation="A", case_number="=?utf-8?q?x=0ABcc:_eve@evil.example?=")


@given(
    template=st.sampled_from(Template),
    name=WRITTEN,
    about=st.builds(
        About,
        organisation=WRITTEN,
        customer=WRITTEN,
        agent=WRITTEN,
        case_number=WRITTEN,
        reason=WRITTEN,
        instructions=WRITTEN,
    ),
    sender=st.one_of(st.just("Kundportalen"), WRITTEN),
)
@example(Template.ATTEST_ORDER, "B", SPLIT, "C")
def test_whatever_is_written_the_headers_are_those_that_are_meant(
    template: Template, name: str, about: About, sender: str
) -> None:
    try:
        post = Post(sender=f"{sender} <a@b.example>")
        letter = compose(owed(template), attrs.evolve(RECIPIENT, name=name), about, post, REFERENCE)
        data = message_bytes(letter, sent_at=SENT)
    except (Undeliverable, Malformed):
        return
    whole, text, html = parts(data)
    assert whole.keys() == HEADERS
    assert text.keys() == html.keys() == ["Content-Type", "Content-Transfer-Encoding"]
    assert unfolded(whole, "Subject") == letter.subject
    assert (whole["To"], body(text), body(html)) == ("asa@region.example", letter.text, letter.html)
    assert Page(letter.html).links == [line for line in letter.text.split("\n") if line.startswith("https://")]


@given(subject=NASTY)
def test_whatever_subject_a_letter_has_it_arrives_as_it_is_or_not_at_all(subject: str) -> None:
    letter = attrs.evolve(letter_of(Template.ATTEST_ORDER), subject=subject)
    try:
        data = message_bytes(letter, sent_at=SENT)
    except Undeliverable:
        return
    whole = parts(data)[0]
    assert whole.keys() == HEADERS
    assert unfolded(whole, "Subject") == plain_text(subject, limit=500)


@pytest.mark.parametrize("subject", ["å" * 200, "x" * 300, "北京" * 60], ids=lambda text: text[:8])
def test_a_long_subject_arrives_whole(subject: str) -> None:
    letter = attrs.evolve(letter_of(Template.ATTEST_ORDER), subject=subject)
    assert unfolded(parts(message_bytes(letter, sent_at=SENT))[0], "Subject") == subject


def test_a_message_is_the_same_every_time_and_safe_on_any_line() -> None:
    letter = letter_of(Template.ORDER_REJECTED)
    data = message_bytes(letter, sent_at=SENT)
    assert data == message_bytes(letter, sent_at=SENT)
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 78
    assert b"Date: Mon, 02 Mar 2026 09:30:00 +0000\r\n" in data


def test_a_long_domain_does_not_garble_the_ids() -> None:
    domain = ".".join(["x" * 60] * 3) + ".example"
    letter = compose(owed(Template.ATTEST_ORDER), RECIPIENT, FULL, Post(sender=f"Portalen <a@{domain}>"), REFERENCE)
    data = message_bytes(letter, sent_at=SENT)
    assert b"References: " + letter.thread.encode() in data
    assert b"In-Reply-To: " + letter.thread.encode() in data


def test_a_moment_without_a_zone_is_no_date() -> None:
    with pytest.raises(Malformed):
        message_bytes(letter_of(Template.ATTEST_ORDER), sent_at=SENT.replace(tzinfo=None))


def test_the_addressee_is_not_shown_in_a_trace() -> None:
    assert RECIPIENT.name not in repr(RECIPIENT)
    assert RECIPIENT.email not in repr(RECIPIENT)


def test_composing_loads_no_mail_library() -> None:
    code = "import sys, kundorder.messages; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "kundorder.messages" in loaded
    assert {"email", "jinja2", "smtplib", "socket"}.isdisjoint(loaded)
