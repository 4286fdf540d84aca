"""Changes that no test notices, and why that is no hole in the tests; whoever reads the page of proof reads these.

A change of a row is called by its place and what was changed, a change of a function by its name and what stands there.
"""

from collections.abc import Mapping
from typing import Final

EXPLAINED: Final[Mapping[str, str]] = {
    "policies.is_granted: if case.me is None and Role.AGENT_HANDLER not in case.me.roles:": (
        "the short way out for those without the role; the list of holders, looked at next, says the same"
    ),
}
