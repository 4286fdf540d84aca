"""What a mail is made of, and which template has which parts; the same in every language.

A mail is a subject, a greeting, the lead, the facts, a quotation, one link, the closing and the footer, in this order.
Of the variables only the addressee's name and organisation stand inside sentences, so every other value may be missing:
its line is left out, and no sentence has a hole. Free text of persons stands in the quotation and nowhere else.
"""

from enum import StrEnum, unique
from typing import final

import attrs

from kundorder.vocabulary import Template


@final
@unique
class Variable(StrEnum):
    """What is filled in."""

    NAME = "name"  # of the addressee; in the greeting only
    ORGANISATION = "organisation"  # of the addressee
    OFFER = "offer"
    CUSTOMER = "customer"  # who has ordered
    AGENT = "agent"
    CASE_NUMBER = "case_number"
    REASON = "reason"  # a person's own words
    INSTRUCTIONS = "instructions"  # a person's own words


@final
@unique
class Link(StrEnum):
    """What the link of a mail opens."""

    ORDER = "order"
    AGREEMENT = "agreement"
    INVITATION = "invitation"  # the first login; with its code
    PORTAL = "portal"


@final
@attrs.frozen(kw_only=True)
class Layout:
    """Which variable parts a mail has."""

    link: Link
    facts: tuple[Variable, ...] = ()
    quote: Variable | None = None


@final
@attrs.frozen(kw_only=True)
class Text:
    """What one mail says in one language; each text of ``lead`` and ``closing`` is a paragraph."""

    subject: str  # no variable: a subject is read over shoulders and kept in logs
    lead: tuple[str, ...]
    closing: tuple[str, ...] = ()


@final
@attrs.frozen(kw_only=True)
class Words:
    """What is the same in all mails of one language."""

    greeting: str
    labels: dict[Variable, str]  # of facts and quotations
    links: dict[Link, str]  # what the link says
    notes: dict[Link, str]  # what to know before opening it
    footer: str


_ORDER = (Variable.OFFER, Variable.CUSTOMER, Variable.AGENT, Variable.CASE_NUMBER)

LAYOUTS: dict[Template, Layout] = {
    Template.LOGIN_ADMINISTRATOR: Layout(link=Link.INVITATION),
    Template.LOGIN_AGREEMENT_CONTACT: Layout(link=Link.INVITATION),
    Template.LOGIN_USER: Layout(link=Link.INVITATION),
    Template.SIGN_AGREEMENT: Layout(link=Link.AGREEMENT),
    Template.ATTEST_ORDER: Layout(link=Link.ORDER, facts=_ORDER),
    Template.REVIEW_ORDER: Layout(link=Link.ORDER, facts=_ORDER),
    Template.ATTEST_FOR_AGENT: Layout(link=Link.ORDER, facts=_ORDER),
    Template.ORDER_REJECTED: Layout(link=Link.ORDER, facts=_ORDER, quote=Variable.REASON),
    Template.ORDER_REJECTED_BY_AGENT: Layout(link=Link.ORDER, facts=_ORDER, quote=Variable.REASON),
    Template.ORDER_WITHDRAWN: Layout(link=Link.ORDER, facts=_ORDER),
    Template.ORDER_ATTESTED: Layout(link=Link.ORDER, facts=_ORDER),
    Template.HANDED_OVER: Layout(link=Link.ORDER, facts=_ORDER, quote=Variable.INSTRUCTIONS),
    Template.CONNECTION_STARTABLE: Layout(link=Link.ORDER, facts=_ORDER),
    Template.ORDER_COMPLETED: Layout(link=Link.ORDER, facts=_ORDER),
}
"""The parts of every mail; an invitation that has been used already becomes a link to the portal."""
