"""What pytest hands to the tests of bound stores."""

from collections.abc import Iterator

import pytest

from hosts.ground import Grounds


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    """All databases of hosts, each made when it is first asked for."""
    made = Grounds(tmp_path_factory.mktemp("grounds"))
    yield made
    made.close()
