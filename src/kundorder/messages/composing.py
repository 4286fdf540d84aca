"""From what is owed to a letter: which words, values and link; refused if anything in it is not what it seems."""

import re
from hashlib import sha256
from typing import Final, final

import attrs

from kundorder.errors import Malformed, Undeliverable
from kundorder.events import Mail
from kundorder.identifiers import email_address, long_text
from kundorder.messages.lines import one_line, undeliverable
from kundorder.messages.post import REFERENCE, Post, mailbox
from kundorder.messages.rendering import Sheet, as_html, as_text
from kundorder.ports import Letter
from kundorder.templates import LAYOUTS, TEXTS, WORDS, Layout, Link, Variable
from kundorder.vocabulary import Language

_LONGEST_LINE: Final = 400
_LONGEST_QUOTE: Final = 20_000
_ID: Final = re.compile(r"[A-Za-z0-9._~/-]{1,200}", re.ASCII)
_KINDS: Final = {Link.ORDER: "order:", Link.AGREEMENT: "agreement:", Link.INVITATION: "member:"}


@final
@attrs.frozen(kw_only=True)
class Recipient:
    """The one person a letter goes to."""

    name: str = attrs.field(repr=False)
    email: str = attrs.field(repr=False)
    language: Language


@final
@attrs.frozen(kw_only=True)
class About:
    """What there is to say; None or empty: nothing, and the line is left out."""

    organisation: str  # name of the addressee's
    customer: str | None = None  # name of who has ordered
    agent: str | None = None  # its name
    case_number: str | None = None
    offer_sv: str | None = None
    offer_en: str | None = None
    reason: str | None = None  # a person's own words
    instructions: str | None = None  # a person's own words


def compose(mail: Mail, recipient: Recipient, about: About, post: Post, reference: str | None = None) -> Letter:
    """The letter for a debt; the same debt always gives the same ``message_id``, whatever else has changed.

    Args:
        mail: what is owed.
        recipient: to whom.
        about: what there is to say.
        post: sender and links.
        reference: what stands in the link; needed where ``takes_reference``.

    Raises:
        Undeliverable: a value is missing, has several lines where one is meant, or holds what cannot be seen; mend the
            record it comes from and requeue.
    """
    layout, language = _layout(mail), recipient.language
    values = _values(recipient, about)
    text, words = TEXTS[language][mail.template], WORDS[language]
    facts = tuple((words.labels[each], values[each]) for each in layout.facts if each in values)
    quoted = None if layout.quote is None else values.get(layout.quote)
    sheet = Sheet(
        language=language,
        title=text.subject,
        greeting=words.greeting.format_map(values),
        lead=tuple(paragraph.format_map(values) for paragraph in text.lead),
        facts=facts,
        quote=None if layout.quote is None or quoted is None else (words.labels[layout.quote], quoted),
        link=words.links[layout.link],
        address=_address(mail, layout.link, post, reference),
        note=words.notes[layout.link],
        closing=tuple(paragraph.format_map(values) for paragraph in text.closing),
        footer=words.footer,
    )
    number = values.get(Variable.CASE_NUMBER) if Variable.CASE_NUMBER in layout.facts else None
    sender = mailbox(post.sender)
    domain = sender.address.rpartition("@")[2]
    return Letter(
        message_id=_named(mail.id, domain),
        sender=str(sender),
        to=_to(recipient),
        language=language,
        subject=text.subject if number is None else f"{text.subject} ({number})",
        text=as_text(sheet),
        html=as_html(sheet),
        thread=_named(mail.subject, domain),
        role=mail.role,
        party=mail.party,
    )


def _layout(mail: Mail) -> Layout:
    layout = LAYOUTS[mail.template]
    used = layout.link is Link.INVITATION and mail.secret is None
    return attrs.evolve(layout, link=Link.PORTAL) if used else layout


def _values(recipient: Recipient, about: About) -> dict[str, str]:
    """What can be filled in; what is missing is not there, and a text that asks for it fails."""
    offer = about.offer_sv if recipient.language is Language.SV else about.offer_en
    values: dict[str, str] = {
        Variable.NAME: _line(Variable.NAME, recipient.name),
        Variable.ORGANISATION: _line(Variable.ORGANISATION, about.organisation),
    }
    lines = (
        (Variable.OFFER, offer),
        (Variable.CUSTOMER, about.customer),
        (Variable.AGENT, about.agent),
        (Variable.CASE_NUMBER, about.case_number),
    )
    values |= {variable: _line(variable, given) for variable, given in lines if given}
    quotes = ((Variable.REASON, about.reason), (Variable.INSTRUCTIONS, about.instructions))
    return values | {variable: _lines(variable, given) for variable, given in quotes if given}


def _line(variable: Variable, given: str) -> str:
    return one_line(variable.value, given, limit=_LONGEST_LINE)


def _lines(variable: Variable, given: str) -> str:
    try:
        return long_text(given, limit=_LONGEST_QUOTE)
    except Malformed as refusal:
        raise undeliverable(variable.value, refusal) from None


def _to(recipient: Recipient) -> str:
    try:
        return email_address(recipient.email)
    except Malformed as refusal:
        raise undeliverable("the address", refusal) from None


def takes_reference(mail: Mail, post: Post) -> bool:
    """Whether the link in the mail holds a reference."""
    return f"{{{REFERENCE}}}" in post.pattern(_layout(mail).link)


def _address(mail: Mail, link: Link, post: Post, reference: str | None) -> str:
    subject = mail.subject.removeprefix(_KINDS.get(link, ""))  # of another kind it keeps its colon, and is refused
    parts: dict[Link, dict[str, str | None]] = {
        Link.ORDER: {"order": subject, REFERENCE: reference},
        Link.AGREEMENT: {"agreement": subject, "signatory": mail.signatory, REFERENCE: reference},
        Link.INVITATION: {"member": subject, "code": mail.secret},
        Link.PORTAL: {},
    }
    pattern = post.pattern(link)
    filled = {name: _in_link(name, part) for name, part in parts[link].items() if f"{{{name}}}" in pattern}
    return pattern.format_map(filled)


def _in_link(name: str, part: str | None) -> str:
    """An id as it stands in an address: ours are of unreserved characters and slashes (RFC 3986)."""
    if part is None or _ID.fullmatch(part) is None:
        raise Undeliverable(f"the link needs an id as {name}")
    return part.replace("/", "%2F")


def _named(about: str, domain: str) -> str:
    """An id of RFC 5322: tells nothing about what it was made of, and is always made the same."""
    return f"<{sha256(about.encode()).hexdigest()[:40]}@{domain}>"
