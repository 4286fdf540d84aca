"""Letters to put a mailer to the proof with: ordinary ones, and what people write who mean no good."""

from typing import Final, TypeAlias

import attrs

from kundorder.ports import Letter
from kundorder.vocabulary import Language, Party

CODE: Final = "c0deC0deC0deC0deC0deC0deC0deC0deC0deC0deQUA"
"""As it stands in an invitation."""

EVIL: Final = "eve@evil.example"
"""Somebody who is meant by nobody."""


def a_letter(number: int = 1, *, to: str | None = None) -> Letter:
    """One to anybody, as the library composes them; each number is another letter to another address."""
    return Letter(
        message_id=f"<letter{number}@portal.example>",
        sender="Kundportalen <noreply@portal.example>",
        to=f"person{number}@region.example" if to is None else to,
        language=Language.SV,
        subject=f"Beställning att attestera (KO{number})",
        text=f"Hej Prov Person {number}!\n\nDin kod: {CODE}\n",
        html=f"<!DOCTYPE html>\n<p>Hej Prov Person {number}!</p>\n<p>{CODE}</p>\n",
        thread=f"<thread{number}@portal.example>",
        role=None,
        party=Party.CUSTOMER,
    )


_ONE: Final = a_letter()

ORDINARY: Final[tuple[Letter, ...]] = (
    _ONE,
    attrs.evolve(_ONE, language=Language.EN, subject="An order to attest", sender="noreply@portal.example"),
    attrs.evolve(_ONE, subject="Åtgärd krävs: " + "vårdenheter och läkemedel, " * 12 + "slut"),
    attrs.evolve(_ONE, text="Hej!\n.\n..\n.dold\nFrom här\n\n\n--\n", html="<p>.</p>\n.\n"),
    attrs.evolve(_ONE, text="lång rad " * 300 + "\n", html=f"<p>{'å' * 2000}</p>\n"),
    attrs.evolve(_ONE, text="".join(f"{number}\n" for number in range(5000))),
    attrs.evolve(_ONE, text="北京 \U0001f600 e\u0301 = =3D =\n", subject="北京 \U0001f600"),
    attrs.evolve(_ONE, sender="Öst, Väst & Co: portalen; (prov) <noreply@portal.example>"),
    attrs.evolve(_ONE, to="asa.oberg+prov@region.example"),
)
"""What has to arrive."""

_ENDS: Final = ("\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x1c", "\x00")
_ENCODED: Final = (
    f"=?utf-8?q?x=0ABcc:_{EVIL}?=",
    f"=?utf-8?q?x=0D=0ABcc:_{EVIL}?=",
    "=?utf-8?b?eApCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
)

HOSTILE: Final[tuple[Letter, ...]] = (
    *(attrs.evolve(_ONE, subject=f"Svar{end}Bcc: {EVIL}") for end in _ENDS),
    *(attrs.evolve(_ONE, subject=f"Svar {word}") for word in _ENCODED),
    attrs.evolve(_ONE, subject=f"Svar\r\n\r\n.\r\nMAIL FROM:<{EVIL}>"),
    *(attrs.evolve(_ONE, sender=f"Portalen{end}Bcc: {EVIL} <noreply@portal.example>") for end in _ENDS),
    *(attrs.evolve(_ONE, sender=f"{word} <noreply@portal.example>") for word in _ENCODED),
    *(attrs.evolve(_ONE, to=f"person1@region.example{end}Bcc: {EVIL}") for end in _ENDS),
    attrs.evolve(_ONE, to=f"person1@region.example, {EVIL}"),
    attrs.evolve(_ONE, to=f"person1@region.example>\r\nRCPT TO:<{EVIL}"),
    attrs.evolve(_ONE, message_id=f"<x@portal.example>\r\nBcc: {EVIL}"),
    attrs.evolve(_ONE, thread=f"<x@portal.example>\nBcc: {EVIL}"),
    attrs.evolve(_ONE, text=f"a\r\n.\r\nMAIL FROM:<{EVIL}>\r\nRCPT TO:<{EVIL}>\r\nDATA\r\n"),
    attrs.evolve(_ONE, text="en halv: \ud800\n"),
)
"""What has to be refused, or to arrive as nothing more than it is."""

Canaries: TypeAlias = tuple[str, ...]


def canaries_of(letter: Letter) -> Canaries:
    """Pieces of a letter that must show nowhere else: addresses, names, the code, the subject."""
    local = letter.to.partition("@")[0]
    return (local, EVIL, CODE, "Prov Person", letter.subject[:24], "Bcc:")
