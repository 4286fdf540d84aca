"""What may stand in a field of a record or a command, by the name of the field: a text means what its name says.

A field that is new and has a type of its own needs nothing here; a text that is new does, and a test says so.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kundorder.lifecycles.tables import TABLES
from kundorder.situation import agreement_key, assignment_key, member_key, order_key
from kundorder.testing.strategies.identifiers import (
    agreement_ids,
    assignment_ids,
    case_numbers,
    digests,
    email_addresses,
    member_ids,
    offer_ids,
    order_ids,
    organisation_numbers,
    person_ids,
    phone_numbers,
    secret_codes,
    service_ids,
)
from kundorder.testing.strategies.texts import display_names, long_texts, plain_texts, remarks
from kundorder.vocabulary import Role, Trigger

SIGNATORIES: Final = ("s1", "s2", "s3")


@cache
def keys() -> SearchStrategy[str]:
    """What records are stored under."""
    return (
        order_ids().map(order_key)
        | agreement_ids().map(agreement_key)
        | assignment_ids().map(assignment_key)
        | member_ids().map(member_key)
    )


@cache
def subject_ids() -> SearchStrategy[str]:
    """Ids of what has a lifecycle."""
    return order_ids() | agreement_ids() | assignment_ids() | member_ids()


@cache
def states() -> SearchStrategy[str]:
    """Every state of every lifecycle."""
    return st.sampled_from([state for table in TABLES for state in table.states])


@cache
def links() -> SearchStrategy[str]:
    """Addresses of pages."""
    return st.builds("https://portal.example/{}".format, offer_ids())


@cache
def _signers() -> SearchStrategy[str]:
    return st.sampled_from(SIGNATORIES) | person_ids()


NAMED: Final[Mapping[str, SearchStrategy[str]]] = {
    "about": st.sampled_from(Role) | assignment_ids() | member_ids(),
    "act": st.sampled_from((Trigger.ATTEST, Trigger.SIGN, Trigger.DECLINE)).map(str),
    "after": states(),
    "agent": organisation_numbers(),
    "agreement": agreement_ids(),
    "agreement_link": st.just("https://portal.example/agreements/{agreement}?signatory={signatory}"),
    "assignment": assignment_ids(),
    "attestant": member_ids(),
    "before": states(),
    "by": st.sampled_from(SIGNATORIES),
    "case_number": case_numbers(),
    "chain": keys(),
    "choices": plain_texts(40),
    "code": secret_codes(),
    "content": digests(),
    "copied_from": order_ids(),
    "currency": st.just("SEK"),
    "digest": digests(),
    "else_open": links(),
    "email": email_addresses(),
    "facts": digests(),
    "follows": st.just("") | digests(),
    "hint": plain_texts(),
    "html": st.builds("<p>{}</p>".format, offer_ids()),
    "identity": st.just("") | digests(),
    "instructions": remarks(),
    "invitation": digests(),
    "ip": st.ip_addresses().map(str),
    "login_link": st.just("https://portal.example/login/{member}#{code}"),
    "member": member_ids(),
    "message": plain_texts(),
    "message_id": st.builds("<{}@portal.example>".format, digests()),
    "name": display_names(),
    "note": plain_texts(),
    "number": organisation_numbers(),
    "offer": offer_ids(),
    "on_behalf": organisation_numbers(),
    "order": order_ids(),
    "order_link": st.just("https://portal.example/orders/{order}"),
    "orderer": member_ids(),
    "orderer_person": person_ids(),
    "organisation": organisation_numbers(),
    "path": st.sampled_from(("$", "$.fields.technical_contact", "$.form[0]")),
    "person": person_ids(),
    "person_name": display_names(),
    "phone": phone_numbers(),
    "picked": member_ids(),
    "portal_link": st.just("https://portal.example/"),
    "previous": st.just("") | digests(),
    "problem": plain_texts(),
    "proof": plain_texts() | long_texts(),
    "reason": remarks(),
    "remark": long_texts(),
    "remark_digest": digests(),
    "right": plain_texts(),
    "rules": digests(),
    "secret": secret_codes(),
    "sender": st.just("Kundportalen <noreply@portal.example>"),
    "service": service_ids(),
    "signatory": st.sampled_from(SIGNATORIES),
    "signed_by": st.just("") | person_ids(),
    "signer": _signers(),
    "state": states(),
    "stopped": plain_texts(),
    "subject": keys(),
    "supplementary_to": order_ids(),
    "terms_digest": digests(),
    "terms_version": st.just("2026-1") | plain_texts(),
    "text": long_texts(),
    "text_en": long_texts(),
    "text_sv": long_texts(),
    "thread": st.builds("<{}@portal.example>".format, digests()),
    "to": email_addresses(),
    "url": links(),
    "values": plain_texts(),
    "version": st.just("2026-1") | plain_texts(),
    "why": plain_texts(),
}
"""Texts, each in the form it has when it has come in."""
