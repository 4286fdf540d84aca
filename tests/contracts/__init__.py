"""What every implementation of a port has to pass: a class a port, to be subclassed by who implements it."""

import pytest

pytest.register_assert_rewrite("contracts.store")
