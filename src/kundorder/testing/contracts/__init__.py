"""What every implementation of a port has to pass: a class a port, to be subclassed by who implements it.

A contract is put by pytest, which finds its ``test_`` methods, or by ``examine``, which needs nothing but Python.
"""

from kundorder.testing.contracts.promising import Contract as Contract
from kundorder.testing.contracts.promising import PromiseBroken as PromiseBroken
from kundorder.testing.contracts.promising import Report as Report
from kundorder.testing.contracts.promising import examine as examine
from kundorder.testing.contracts.promising import promise as promise
from kundorder.testing.contracts.promising import promise_for as promise_for
from kundorder.testing.contracts.promising import promises_of as promises_of
from kundorder.testing.contracts.promising import raises as raises
from kundorder.testing.contracts.promising import same as same
