"""What a host may choose."""

from collections.abc import Iterable
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kundorder.evidence import reaches
from kundorder.identifiers import OfferId
from kundorder.model import Rules
from kundorder.testing.strategies.choosing import subsets
from kundorder.testing.strategies.identifiers import offer_ids
from kundorder.vocabulary import AssuranceLevel, AttestMethod


@cache
def rules() -> SearchStrategy[Rules]:
    """Rules as they may be; with some of them nobody can attest anything."""
    levels = st.lists(st.tuples(offer_ids(), st.sampled_from(AssuranceLevel)), max_size=3)
    return st.builds(
        Rules,
        four_eyes=st.booleans(),
        attest_methods=subsets(AttestMethod),
        minimum_assurance=st.sampled_from(AssuranceLevel),
        minimum_assurance_of=levels.map(_each_once),
        inform_agent_automatically=st.booleans(),
        roles_require_signed_agreement=st.booleans(),
    )


def _each_once(levels: list[tuple[OfferId, AssuranceLevel]]) -> tuple[tuple[str, AssuranceLevel], ...]:
    return tuple(dict(levels).items())


@st.composite
def workable_rules(draw: DrawFn, offers: Iterable[str]) -> Rules:
    """Rules with which every order can be attested in some way; the default ones are the simplest.

    Args:
        draw: given by Hypothesis.
        offers: ids of those for which more assurance may be asked.
    """
    some = draw(subsets(tuple(offers)[:3]))
    levels = tuple((offer, draw(st.sampled_from(AssuranceLevel))) for offer in some)
    least = draw(st.sampled_from(AssuranceLevel))
    highest = max((least, *(level for _offer, level in levels)), key=list(AssuranceLevel).index)
    strong = draw(st.sampled_from([method for method in AttestMethod if reaches(method, highest)]))
    others = draw(st.sampled_from((Rules().attest_methods, ())) | subsets(AttestMethod))
    return Rules(
        four_eyes=draw(st.booleans()),
        attest_methods=tuple(method for method in AttestMethod if method is strong or method in others),
        minimum_assurance=least,
        minimum_assurance_of=levels,
        inform_agent_automatically=draw(st.booleans()),
        roles_require_signed_agreement=draw(st.booleans()),
    )
