"""What was refused: a refusal leaves no trace in the store, so a resumed demo could not find it there again."""

import json
from typing import Final, final

import attrs
import msgspec

from kundorder.boundary import command_to_json
from kundorder.command_line.folder import REFUSALS, Folder
from kundorder.command_line.stopping import Status, StoppedError
from kundorder.commands import Command
from kundorder.reasons import Reasons

LANGUAGE: Final = "sv"


@final
@attrs.frozen(kw_only=True)
class Objection:
    """One reason, as it was shown."""

    code: str
    text: str
    cleared_by: tuple[str, ...]


@final
@attrs.frozen(kw_only=True)
class Refusal:
    """One refusal, as it was shown."""

    key: str  # of the act that was refused
    command: str  # as it is called in JSON
    objections: tuple[Objection, ...]


def refusal_of(key: str, command: Command, reasons: Reasons) -> Refusal:
    """What to keep of a refusal."""
    return Refusal(
        key=key,
        command=str(command_to_json(command)["command"]),
        objections=tuple(
            Objection(
                code=reason.code.value,
                text=reason.text(LANGUAGE),
                cleared_by=tuple(clearer.text(LANGUAGE) for clearer in reason.cleared_by),
            )
            for reason in reasons
        ),
    )


@final
class Refusals:
    """The refusals so far; each is kept before the story goes on, for afterwards it could not be asked for again."""

    def __init__(self, folder: Folder) -> None:
        """Those that are kept in a folder.

        Raises:
            StoppedError: what is kept there cannot be read.
        """
        self._folder = folder
        self._kept = self._read()

    def _read(self) -> dict[str, Refusal]:
        try:
            lines = self._folder.read(REFUSALS).splitlines()
            found = (msgspec.json.decode(line, type=Refusal) for line in lines)
            return {refusal.key: refusal for refusal in found}
        except msgspec.MsgspecError as error:
            path = self._folder.path / REFUSALS
            raise StoppedError(
                f"{path}: is not as the demo wrote it; begin anew with --fresh", Status.FAILED
            ) from error

    def find(self, key: str) -> Refusal | None:
        """The refusal of an act, if it was asked for before; be it by another run, just now."""
        if key not in self._kept:
            self._kept |= self._read()
        return self._kept.get(key)

    def keep(self, refusal: Refusal) -> Refusal:
        """Remember it."""
        self._kept[refusal.key] = refusal
        lines = (json.dumps(attrs.asdict(each), ensure_ascii=False) + "\n" for each in self.all())
        self._folder.write(REFUSALS, "".join(lines))
        return refusal

    def all(self) -> tuple[Refusal, ...]:
        """All of them, in the order of the story."""
        return tuple(self._kept[key] for key in sorted(self._kept))
