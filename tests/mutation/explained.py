"""Changes that no test notices, and why that is no hole in the tests; whoever reads the page of proof reads these.

A change of a row is called by its place and what was changed, a change of a function by its name and what stands there.
"""

# ruff: noqa: E501 - what stands in a changed line is quoted as it is

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
    "policies.parties: ": ("no other case fits, and nothing is done there either"),
    'policies.shown: mine = "" if (case.me is None) and False else case.me.organisation': (
        "who is no user there sees no order, and so gets here only as staff or as the system"
    ),
    'policies.shown: mine = "XXXX" if case.me is None else case.me.organisation': (
        "who is no user there sees no order, and so gets here only as staff or as the system"
    ),
    "workflow.machine_of: model=None, states=states, initial=NOWHERE, transitions=steps, auto_transitions=None, name=table.lifecycle": (
        "None is as false as False"
    ),
    "decisions.documents.evidence_in: ": ("without its last case the function ends, and gives None as well"),
    "decisions.documents.document_for: ": ("without its last case the function ends, and gives None as well"),
    "decisions.explaining._organisation_of: ": ("without its last case the function ends, and gives None as well"),
    "decisions.explaining.out_of_turn: raise TypeError(None)": ("what creates is never out of turn"),
    "decisions.explaining._roles_lacking: if case.act.is_system and not ours:": (
        "the system needs no role, and who is no user has been told so before"
    ),
    "decisions.explaining._roles_lacking: held = () if (case.me is None) and False else case.me.roles": (
        "the system needs no role, and who is no user has been told so before"
    ),
    "decisions.explaining.decided_before: mark = _decided(case, place, None, tuple(by for by in ours if (by.role, by.party) not in now))": (
        "whoever may withdraw at one step may at each, so nobody has done so in another capacity"
    ),
    'decisions.explaining._already: ("role", "XXXX" if mark.role is None else mark.role.value),': (
        "only who applies does so without a role, and applying again is told in another way"
    ),
    "decisions.explaining._next: return (clearer_of(By(Role.ORDERER, Party.CUSTOMER), subject),) if (isinstance(subject, Order)) and False else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(Role.ORDERER, Party.CUSTOMER), subject),) if (isinstance(subject, Order)) or True else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(None, subject),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(Role.ORDERER, Party.CUSTOMER), None),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(subject),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(Role.ORDERER, Party.CUSTOMER), ),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(None, Party.CUSTOMER), subject),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(Role.ORDERER, None), subject),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(Party.CUSTOMER), subject),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    "decisions.explaining._next: return (clearer_of(By(Role.ORDERER, ), subject),) if isinstance(subject, Order) else (OFFICER,)": (
        "whatever leads nowhere has been decided by somebody, and that is what is told"
    ),
    'decisions.explaining._too_early: params = (("party", "" if (row is None) and False else _sides(row.by)), ("state", state.value))': (
        "what is too early has a step before it"
    ),
    'decisions.explaining._too_early: params = (("party", "XXXX" if row is None else _sides(row.by)), ("state", state.value))': (
        "what is too early has a step before it"
    ),
    "decisions.deciding.decide: if ruling.reasons or row is None and by is None:": (
        "where there is no row, or no capacity, there are reasons"
    ),
    "decisions.deciding.decide: if made.state is not row.to and row.until(None):": (
        "no row leads elsewhere than it says, which has a test of its own; this is for one that would"
    ),
    "decisions.deciding.decide: message = None": (
        "no row leads elsewhere than it says, which has a test of its own; this is for one that would"
    ),
    "decisions.deciding.decide: raise Corrupt(None)": (
        "no row leads elsewhere than it says, which has a test of its own; this is for one that would"
    ),
    "decisions.deciding.decide: puts = (Put(key, made), *extra.puts) if (extra.puts) or True else (Put(key, made),)": (
        "of nothing nothing is made; the condition saves the work"
    ),
    "decisions.deciding.decide: mails=(*mails, *extra.mails) if (extra.mails) or True else mails,": (
        "of nothing nothing is made; the condition saves the work"
    ),
    'decisions.deciding.notice_for: order = made.id if (isinstance(made, Order)) or True else ""': (
        "notices stand on orders only"
    ),
    'decisions.deciding.notice_for: order = made.id if isinstance(made, Order) else "XXXX"': (
        "notices stand on orders only"
    ),
    "decisions.deciding._kept: raise TypeError(None)": ("who has given evidence was shown a document"),
    "decisions.deciding._kept: raise TypeError(type(None).__name__)": ("who has given evidence was shown a document"),
    "decisions.needs.subject_key: ": ("without its last case the function ends, and gives None as well"),
    "decisions.needs._named: ": ("without its last case, in which nothing is done, nothing is done"),
    "decisions.needs.needs_further: ": ("without its last case, in which nothing is done, nothing is done"),
    "decisions.needs.needs_of_order: wanted += of_order(fact.record, None, None)": (
        "where all acts are asked about, nobody asks who acts"
    ),
    "decisions.needs.needs_of_member: wanted = [organisation_key(organisation)]": (
        "what is left out has been read already by then"
    ),
    "decisions.showing.options: reasons = known_administrators(case, tuple(dict.fromkeys(reasons))) if (reasons) or True else ()": (
        "of nothing nothing is made; the condition saves the work"
    ),
    "decisions.judging.judge: return Ruling(case=None, row=None, by=None, reasons=strange, advice=())": (
        "to a stranger nothing is told for which the case would be asked"
    ),
    "decisions.judging.judge: reasons = (*reasons, *objections) if (reasons) or True else objections": (
        "of nothing nothing is made; the condition saves the work"
    ),
    "decisions.judging.judge: reasons = known_administrators(case, tuple(dict.fromkeys(reasons))) if (reasons) or True else ()": (
        "of nothing nothing is made; the condition saves the work"
    ),
    "decisions.judging.judge_row: return None, out_of_turn(case, place, trigger, mine), True": (
        "where no row is, nobody asks whether it is in turn"
    ),
    "decisions.judging.judge_row: reasons = (*reasons, *(in_full(place, case.subject, each) for each in objections)) if (objections) or True else reasons": (
        "of nothing nothing is made; the condition saves the work"
    ),
    "decisions.judging._creating: return (Party.PROVIDER,) if case.mine is not None or case.mine.is_provider else ()": (
        "who belongs to no organisation there has been told so before"
    ),
    "decisions.judging._creating: return () if (case.mine is None) and False else sides(case.mine)": (
        "who belongs to no organisation there has been told so before"
    ),
    "decisions.judging._advice: return () if offer is None else advice_to_start(offer, command.mode, offer.flow_of(None))": (
        "only who goes through an agent is advised on the flow, and then it is the same"
    ),
    "decisions.particulars.particulars_of: return (None, None, remark) if (evidence is None) and False else (evidence.method, evidence.signer, remark)": (
        "without evidence nothing is signed or declined, and so nothing is told of it"
    ),
}
