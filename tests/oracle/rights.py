"""Cedar judges who sees what and whose step it is; the policies stand in the ``.cedar`` files beside this one."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias, final

import attrs
import cedarpy

from kundorder.vocabulary import ReasonCode, Role

Plain: TypeAlias = "bool | str | list[str] | list[Plain] | dict[str, Plain]"

_HERE: Final = Path(__file__).parent
ME: Final = "me"
NOBODY: Final = "nobody"


def user(name: str) -> Plain:
    """Somebody, for Cedar."""
    return {"__entity": {"type": "User", "id": name}}


@final
@attrs.frozen(cache_hash=True)
class Principal:
    """Who asks."""

    organisation: str
    roles: frozenset[Role]
    active: bool = True
    system: bool = False


@final
class Rights:
    """The policies of one file; each question is put to Cedar once."""

    def __init__(self, text: str) -> None:
        self._policies = cedarpy.PolicySet.from_str(text)
        self._ask = lru_cache(maxsize=None)(self._asked)

    def allows(self, principal: Principal, action: str, resource: str, context: str) -> bool:
        """Whether it is permitted."""
        return self._ask(principal, action, resource, context)[0]

    def objections(self, principal: Principal, action: str, resource: str, context: str) -> frozenset[ReasonCode]:
        """Why it is not.

        Raises:
            LookupError: it is denied and nothing says why, so no policy knows the action.
        """
        allowed, names = self._ask(principal, action, resource, context)
        if not (allowed or names):
            raise LookupError(action)
        return frozenset() if allowed else frozenset(ReasonCode(name) for name in names)

    def _asked(self, principal: Principal, action: str, resource: str, context: str) -> tuple[bool, tuple[str, ...]]:
        entities: list[Plain] = [
            {
                "uid": {"type": "User", "id": ME},
                "attrs": {
                    "organisation": principal.organisation,
                    "roles": sorted(principal.roles),
                    "active": principal.active,
                    "system": principal.system,
                },
                "parents": [],
            },
            {"uid": {"type": "Thing", "id": "it"}, "attrs": json.loads(resource), "parents": []},
        ]
        request: dict[str, str] = {
            "principal": f'User::"{ME}"',
            "action": f'Action::"{action}"',
            "resource": 'Thing::"it"',
            "context": context,
        }
        answer = cedarpy.is_authorized(  # pyright: ignore[reportUnknownMemberType] - as cedarpy types requests
            request, self._policies, json.dumps(entities)
        )
        if answer.diagnostics.errors:
            raise LookupError(answer.diagnostics.errors)
        named: dict[str, str] = answer.diagnostics.id_annotations_by_reason  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - as cedarpy types it
        return answer.allowed, tuple(sorted({named.get(each, "") for each in answer.diagnostics.reasons}))


def text_of(name: str) -> str:
    """The policies as they are written."""
    return (_HERE / f"{name}.cedar").read_text(encoding="utf-8")
