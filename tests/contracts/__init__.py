"""What every implementation of a port has to pass: a class a port, to be subclassed by who implements it."""

import pytest

pytest.register_assert_rewrite(
    "contracts.asking",
    "contracts.chains",
    "contracts.debts",
    "contracts.dropping",
    "contracts.ending",
    "contracts.lists",
    "contracts.reading",
    "contracts.sharing",
    "contracts.signing",
    "contracts.store",
    "contracts.texts",
    "contracts.writing",
)
