"""What must hold in any store and portal, whatever people have done: each law by name, with the rule it comes from.

``Kept.of(store)`` is all that is in a store; ``check_kept`` judges it, ``check_new`` what has been done since, and
``check_lists`` what a portal shows to somebody.
"""

from kundorder.catalogue import Catalogue
from kundorder.model import Rules
from kundorder.testing.laws.acts import check_new as check_new
from kundorder.testing.laws.breaking import Law as Law
from kundorder.testing.laws.breaking import LawBroken as LawBroken
from kundorder.testing.laws.breaking import must as must
from kundorder.testing.laws.kept import Kept as Kept
from kundorder.testing.laws.kept import Shown as Shown
from kundorder.testing.laws.lists import check_lists as check_lists
from kundorder.testing.laws.lists import check_ways_on as check_ways_on
from kundorder.testing.laws.mails import check_mails as check_mails
from kundorder.testing.laws.mails import check_told as check_told
from kundorder.testing.laws.orders import check_orders as check_orders
from kundorder.testing.laws.people import check_people as check_people
from kundorder.testing.laws.steps import check_steps as check_steps
from kundorder.testing.laws.steps import check_times as check_times


def check_kept(kept: Kept, rules: Rules, catalogue: Catalogue) -> None:
    """All that can be told from a store alone.

    Raises:
        LawBroken: which law, on which subject.
    """
    check_steps(kept)
    check_orders(kept, rules, catalogue)
    check_mails(kept)
    check_people(kept)
