"""What the journal tells of each step: the golden text is read by people, and compared here.

``python tests/test_events.py`` writes it anew; whoever changes it reads each line that differs.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
from cast import Cast
from world import AGENT, CUSTOMER

import kundorder as ko
from kundorder.testing.surroundings import NumberedIds
from kundorder.vocabulary import CustomerCategory, Index, Role

GOLDEN: Final = Path(__file__).parent / "golden" / "events.txt"
_BOUND: Final = ("subject", "at", "digest", "proven")  # tested where they are bound and where they are proven


def happen(cast: Cast) -> None:
    """Everything that can."""
    done, ended, rejected = cast.informed(), cast.sent(via=AGENT), cast.sent()
    cast.portal.execute(ko.CompleteOrder(order=done), cast.karin)
    cast.portal.execute(ko.RejectOrder(order=rejected, reason="Fel tjänst."), cast.atle)
    cast.portal.execute(ko.CopyOrderAsDraft(order=rejected), cast.berta)
    cast.portal.execute(ko.WithdrawOrder(order=ended), cast.berta)
    _ = cast.handed_over()
    cast.approved()
    revoke = ko.RevokeHandler(member=cast.id(cast.hanna), assignment=f"{AGENT}/npo")
    cast.portal.execute(revoke, cast.agda)
    cast.remove(cast.astrid, Role.ATTESTANT)
    applied = cast.portal.execute(ko.ApplyForAssignment(service="webcert"), ko.Actor("uno", AGENT))
    cast.portal.execute(ko.RejectAssignment(assignment=applied.id, reason="Inte nu."), cast.olle)
    other = cast.world.application("999300-0000", "annika")
    agreed = cast.portal.execute(
        ko.ApplyForCustomerAgreement(name="Provkommunen", category=CustomerCategory.MUNICIPALITY, application=other),
        ko.Actor("sokande", "999300-0000"),
    )
    cast.portal.execute(ko.ApproveAgreement(agreement=agreed.id), cast.olle)
    decline = ko.DeclineAgreement(agreement=agreed.id, reason="Vi avstår.")
    cast.portal.resume_signing(decline, method=ko.AttestMethod.BANKID, signer="s1")
    cast.portal.execute(ko.DeleteUser(member=cast.id(cast.nora)), cast.administrator(cast.nora))
    cast.portal.execute(ko.RestoreUser(member=cast.id(cast.nora)), cast.olle)
    cast.portal.execute(ko.EndAssignment(assignment=f"{AGENT}/npo", reason="Uppsagt."), cast.olle)
    cast.portal.execute(ko.TerminateAgreement(agreement=f"agent/{AGENT}"), cast.olle)
    cast.portal.execute(ko.TerminateAgreement(agreement=f"customer/{CUSTOMER}", reason="Uppsagt."), cast.olle)


def told() -> Iterator[str]:
    """Each event, with all that is fixed about it."""
    cast = Cast.new(ids=NumberedIds())
    happen(cast)
    with cast.world.store.transaction() as transaction:
        lines = transaction.select(Index.JOURNAL, ("",), after=None, limit=10_000).items
    for line in sorted(lines, key=lambda line: (line.key, line.sort)):
        if line.entry is not None:
            held = {**attrs.asdict(line.entry.event, recurse=False), "remark": line.entry.remark}
            fixed = {name: value for name, value in held.items() if name not in _BOUND and value is not None}
            yield f"{line.key} | " + " ".join(f"{name}={value}" for name, value in fixed.items())


def test_what_the_journal_tells_is_what_people_have_read() -> None:
    assert list(told()) == GOLDEN.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(0 if GOLDEN.write_text("\n".join(told()) + "\n", "utf-8") else 1)
