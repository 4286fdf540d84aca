"""The kit's laws, under the names that the tests use."""

import kundorder as ko
from kundorder.sample import CATALOGUE
from kundorder.testing import laws
from kundorder.testing.laws import Kept, check_mails, check_new

__all__ = ["Kept", "check_mails", "check_new", "check_orders"]


def check_orders(kept: Kept, rules: ko.Rules) -> None:
    """The laws of orders, with what can be ordered in the tests."""
    laws.check_orders(kept, rules, CATALOGUE)
