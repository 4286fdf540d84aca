"""Changes that no test notices, and why that is no hole in the tests; whoever reads the page of proof reads these.

A change of a row is called by its place and what was changed, a change of a function by its name and what stands there.
"""

from collections.abc import Mapping
from typing import Final

EXPLAINED: Final[Mapping[str, str]] = {
    "agreement.py:23: notice True": "notices stand on orders only; a signatory has no login and no list",
    "agreement.py:24: notice True": "notices stand on orders only; a signatory has no login and no list",
    "policies.is_granted: if case.me is None and Role.AGENT_HANDLER not in case.me.roles:": (
        "the short way out for those without the role; the list of holders, looked at next, says the same"
    ),
    (
        "decisions.explaining._of_member: themselves = Clearer(party=mine[0] if (mine) or True else Party.CUSTOMER, "
        "organisation=member.organisation)"
    ): "whoever sees a user stands on some side",
    """decisions.explaining._already: ("role", "" if (mark.role is None) and False else mark.role.value),""": (
        "only who applies does so without a role, and applying again is told in another way"
    ),
    (
        "decisions.showing._in_the_way: return known_administrators(case, tuple(dict.fromkeys(found))) "
        "if (found) or True else ()"
    ): "of nothing nothing is made; the condition saves the look for administrators",
    (
        "decisions.showing._unheld: administrator = attrs.evolve(administrator, role=Role.AGENT_HANDLER) "
        "if (not holders) or True else administrator"
    ): "who is picked was eligible then, and stays so: there is no reason to be cleared",
    (
        "decisions.following_up.tell_pending: addressees = [each for each in owes.to(case_of(situation, act, None), "
        "order) if each.member == member.id]"
    ): "those who are asked are found by the order that is handed over beside the case",
    "decisions.following_up.tell_pending: key=None,": "the key is for the outcome, and here is none",
    "decisions.following_up.tell_pending: key=key_of(None),": "the key is for the outcome, and here is none",
    "decisions.following_up.tell_pending: lifecycle=None,": "it belongs to the outcome, and here is none",
    "decisions.following_up.tell_pending: advice=None,": "it belongs to the outcome, and here is none",
    "decisions.deciding._nothing_to_do: raise TypeError(None)": "what creates always changes something",
    "decisions.deciding._nothing_to_do: raise TypeError(type(None).__name__)": (
        "the subject is none there, so it is the same"
    ),
}
