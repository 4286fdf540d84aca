"""What every implementation of a port has to pass; each contract is a class, and who implements the port subclasses it."""

import pytest

pytest.register_assert_rewrite("contracts.store")
