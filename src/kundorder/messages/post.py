"""Who the mail comes from, and where its links lead: what a host decides once."""

import re
from datetime import timedelta
from typing import Final, final

import attrs

from kundorder.errors import Malformed, Problem, malformed
from kundorder.identifiers import email_address, plain_text
from kundorder.messages.lines import ENCODED_WORD
from kundorder.templates import Link

_LONGEST_NAME: Final = 120
_LONGEST_LINK: Final = 500
# The characters of RFC 3986, or a placeholder; so no other brace, no blank or quotation mark, and no brace in the host.
_PATTERN: Final = re.compile(
    r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#](?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]|\{[a-z]+\})*)?", re.ASCII
)
_PLACEHOLDER: Final = re.compile(r"\{([a-z]+)\}", re.ASCII)
REFERENCE: Final = "reference"
_MAY_REFER: Final = ("order_link", "agreement_link")
_LONGEST_LIFE: Final = timedelta(days=366)
_LINKS: Final[dict[str, tuple[str, ...]]] = {
    "order_link": ("order",),
    "agreement_link": ("agreement", "signatory"),
    "login_link": ("member", "code"),
    "portal_link": (),
}


@final
@attrs.frozen(kw_only=True)
class Mailbox:
    """An address, with or without the name of who is behind it; written as RFC 5322 does."""

    name: str  # empty: none
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def mailbox(text: str) -> Mailbox:
    """A mailbox as it is written: ``anna@region.example`` or ``Kundportalen <noreply@portal.example>``.

    Raises:
        Malformed: no plain address, or a name with quotation marks, angle brackets or anything that cannot be seen.
    """
    if not text.endswith(">"):
        return Mailbox(name="", address=email_address(text))
    name, _, address = text[:-1].rpartition(" <")
    name = plain_text(name, limit=_LONGEST_NAME)
    if ENCODED_WORD in name or not {'"', "<", ">", "\\"}.isdisjoint(name):
        raise malformed("$", 'must be a name without any of " < > \\ =? and an address in angle brackets')
    return Mailbox(name=name, address=email_address(address))


@final
@attrs.frozen(kw_only=True)
class Post:
    """The sender of all mail, and the pages its links open; a page that is opened must not decide anything.

    Each link is a pattern of an https address with all its placeholders. The code of an invitation is best put behind a
    ``#``: browsers keep that part to themselves, so it stands in no log of a server. So is ``{reference}``, which the
    links to orders and agreements may hold: a secret of 256 bits, for ``Portal.link`` to tell what it is for.

    Raises:
        Malformed: every field that is wrong, by its path.
    """

    sender: str = "Kundportalen <noreply@portal.example>"
    order_link: str = "https://portal.example/orders/{order}#{reference}"
    agreement_link: str = "https://portal.example/agreement?id={agreement}&signatory={signatory}#{reference}"
    login_link: str = "https://portal.example/invitation/{member}#{code}"
    portal_link: str = "https://portal.example/"
    links_last: timedelta = timedelta(days=90)  # how long a reference is good for; at most 366 days

    def __attrs_post_init__(self) -> None:
        problems: list[Problem] = []
        try:
            _ = mailbox(self.sender)
        except Malformed as refusal:
            problems += (Problem("$.sender", problem.message) for problem in refusal.problems)
        patterns = (self.order_link, self.agreement_link, self.login_link, self.portal_link)
        for (name, placeholders), pattern in zip(_LINKS.items(), patterns, strict=True):
            problems += _link_problems(f"$.{name}", pattern, placeholders, refers=name in _MAY_REFER)
        if not timedelta(0) < self.links_last <= _LONGEST_LIFE:
            problems.append(Problem("$.links_last", f"must be more than nothing and at most {_LONGEST_LIFE.days} days"))
        if problems:
            raise Malformed(tuple(problems))

    def pattern(self, link: Link) -> str:
        """Where a link leads."""
        patterns = {
            Link.ORDER: self.order_link,
            Link.AGREEMENT: self.agreement_link,
            Link.INVITATION: self.login_link,
            Link.PORTAL: self.portal_link,
        }
        return patterns[link]


def _link_problems(path: str, pattern: str, placeholders: tuple[str, ...], *, refers: bool) -> list[Problem]:
    if len(pattern) > _LONGEST_LINK or _PATTERN.fullmatch(pattern) is None:
        return [Problem(path, f"must be an https address of at most {_LONGEST_LINK} ASCII characters")]
    found: list[str] = _PLACEHOLDER.findall(pattern)
    if refers and found.count(REFERENCE) == 1:
        found.remove(REFERENCE)
    if sorted(found) != sorted(placeholders):
        wanted = " and ".join(f"{{{name}}}" for name in placeholders)
        more = " and may hold {reference} once" if refers else ""
        return [Problem(path, f"must hold {wanted} once{more}" if wanted else "must hold no placeholder")]
    return []
