"""What leaves by mail: each letter as it is rendered where it leaves, with the secret its link holds."""

import re
from datetime import datetime
from typing import Final, final

import attrs

import kundorder as ko
from closure.canaries import found_in
from closure.standing import Facts, Standing
from kundorder.ports import Letter
from kundorder.situation import Fact, Key, Kind, kind_of

_LINK: Final = re.compile(r"https://\S+")


@final
class Box:
    """Keeps the letter that was sent last."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


@final
@attrs.frozen(kw_only=True)
class Sent:
    """A letter that has left, to whom, and what its link stands for."""

    mail: ko.Mail
    letter: Letter
    references: Facts

    @property
    def words(self) -> frozenset[str]:
        """The canary values that stand anywhere in it."""
        letter = self.letter
        return found_in(f"{letter.to}\n{letter.subject}\n{letter.text}\n{letter.html}\n{letter.message_id}")

    @property
    def in_subject(self) -> frozenset[str]:
        """Those in the line that everybody on the way can read."""
        return found_in(f"{self.letter.subject} {self.letter.message_id} {self.letter.thread} {self.letter!r}")

    @property
    def in_links(self) -> frozenset[str]:
        """Those in addresses of pages."""
        return found_in(" ".join(_LINK.findall(self.letter.text + " " + self.letter.html)))


def delivered(
    portal: ko.Portal, store: Standing, box: Box, mails: tuple[ko.Mail, ...], now: datetime
) -> tuple[Sent, ...]:
    """The letters that leave of what is owed; what nobody wants any more does not."""
    found: list[Sent] = []
    for mail in mails:
        box.letters.clear()
        store.written.clear()
        store.owed = (ko.Owed(id=mail.id, mail=mail, owed_at=now, due_at=now),)
        report = portal.deliver()
        assert (report.parked, report.later) == (0, 0)
        references: dict[Key, Fact] = {
            stored.key: Fact(1, stored.record)
            for changes in store.written
            for stored in changes.records
            if kind_of(stored.key) is Kind.LINK
        }
        found += (Sent(mail=mail, letter=letter, references=references) for letter in box.letters)
    return tuple(found)
