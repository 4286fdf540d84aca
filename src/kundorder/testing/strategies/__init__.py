"""Strategies for Hypothesis: any value of ours, any situation that can be reached, and what can be done in it.

Everything is built so that it fits; nothing is drawn, looked at and thrown away. What fails shrinks to something that
can be read: commands print as Python, organisations are ``999200-0001``, persons are ``anna``.

>>> import kundorder.testing.strategies as ours
>>> from hypothesis import find
>>> find(ours.organisation_numbers(), lambda number: True)
'999200-0001'
"""

from kundorder.testing.strategies.agreed import agreements, assignments
from kundorder.testing.strategies.answers import (
    answers,
    fitting_answers,
    fitting_values,
    unfit_answers,
    unfit_values,
)
from kundorder.testing.strategies.bodies import command_bodies, refused_bodies
from kundorder.testing.strategies.catalogues import catalogues, field_names, fields, offers, services, terms
from kundorder.testing.strategies.choosing import subsets
from kundorder.testing.strategies.detours import Detour
from kundorder.testing.strategies.drawn_moves import anything, hostile_moves, legal_moves
from kundorder.testing.strategies.identifiers import (
    agreement_ids,
    assignment_ids,
    case_numbers,
    digests,
    email_addresses,
    hsa_ids,
    idempotency_keys,
    member_ids,
    moments,
    money,
    offer_ids,
    order_ids,
    organisation_numbers,
    person_ids,
    phone_numbers,
    secret_codes,
    service_ids,
)
from kundorder.testing.strategies.people import (
    StaffedOrganisation,
    actors,
    applications,
    contacts,
    members,
    organisations,
    staffed_organisations,
)
from kundorder.testing.strategies.reached import Reached
from kundorder.testing.strategies.records import contents, documents, evidence, marks, order_records
from kundorder.testing.strategies.registering import register
from kundorder.testing.strategies.rules import rules, workable_rules
from kundorder.testing.strategies.situations import orders, situations
from kundorder.testing.strategies.texts import (
    display_names,
    hurtful_texts,
    long_texts,
    look_alikes,
    plain_texts,
    refused_texts,
    remarks,
)
from kundorder.testing.strategies.values import advice, commands, reasons, values_of

__all__ = [
    "Detour",
    "Reached",
    "StaffedOrganisation",
    "actors",
    "advice",
    "agreement_ids",
    "agreements",
    "answers",
    "anything",
    "applications",
    "assignment_ids",
    "assignments",
    "case_numbers",
    "catalogues",
    "command_bodies",
    "commands",
    "contacts",
    "contents",
    "digests",
    "display_names",
    "documents",
    "email_addresses",
    "evidence",
    "field_names",
    "fields",
    "fitting_answers",
    "fitting_values",
    "hostile_moves",
    "hsa_ids",
    "hurtful_texts",
    "idempotency_keys",
    "legal_moves",
    "long_texts",
    "look_alikes",
    "marks",
    "member_ids",
    "members",
    "moments",
    "money",
    "offer_ids",
    "offers",
    "order_ids",
    "order_records",
    "orders",
    "organisation_numbers",
    "organisations",
    "person_ids",
    "phone_numbers",
    "plain_texts",
    "reasons",
    "refused_bodies",
    "refused_texts",
    "register",
    "remarks",
    "rules",
    "secret_codes",
    "service_ids",
    "services",
    "situations",
    "staffed_organisations",
    "subsets",
    "terms",
    "unfit_answers",
    "unfit_values",
    "values_of",
    "workable_rules",
]
