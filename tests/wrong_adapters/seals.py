"""Wrong seals."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Final, final

import attrs

from kundorder.ports import Seal
from kundorder.testing.contracts.seal import SealContract
from wrong_adapters.examining import Wrong


@attrs.frozen
class Careful:
    """A seal that only whoever has the key can verify; to be extended by what is wrong."""

    key: bytes

    @property
    def name(self) -> str:
        return sha256(self.key).hexdigest()

    def seal(self, statement: bytes) -> str:
        return hmac.new(self.key, statement, sha256).hexdigest()

    def holds(self, proof: str, statement: bytes) -> bool:
        return proof.isascii() and hmac.compare_digest(proof, self.seal(statement))


@final
class MadeContract(SealContract):
    """The contract for a seal that is made of a key."""

    def __init__(self, making: Callable[[bytes], Seal]) -> None:
        self.making = making

    def make_seal(self) -> Seal:
        return self.making(b"one key")

    def make_other_seal(self) -> Seal:
        return self.making(b"another")


class OfTheMoment(Careful):
    def holds(self, proof: str, statement: bytes) -> bool:
        return super().holds(proof, statement) and statement != b""


class Trimming(Careful):
    def seal(self, statement: bytes) -> str:
        return super().seal(statement.strip())


class WithoutKey(Careful):
    def seal(self, statement: bytes) -> str:
        return sha256(statement).hexdigest()


class Trusting(Careful):
    def holds(self, proof: str, statement: bytes) -> bool:
        return proof == "" or super().holds(proof, statement)


class Fragile(Careful):
    def holds(self, proof: str, statement: bytes) -> bool:
        return hmac.compare_digest(proof.encode(), self.seal(statement).encode())


class Lenient(Careful):
    def holds(self, proof: str, statement: bytes) -> bool:
        return proof.isascii() and hmac.compare_digest(proof[:-1], self.seal(statement)[:-1])


class Attached(Careful):
    def seal(self, statement: bytes) -> str:
        return f"{urlsafe_b64encode(statement).decode()}.{super().seal(statement)}"


class SameName(Careful):
    @property
    def name(self) -> str:
        return "the key"


_HOLDS: Final = "test_a_proof_holds_for_its_statement"
_NO_OTHER: Final = "test_a_proof_holds_for_no_other_statement"
_KEY: Final = "test_a_proof_by_another_key_does_not_hold"
_NO_PROOF: Final = "test_what_is_no_proof_does_not_hold"
_LETTERS: Final = "test_no_letter_of_a_proof_can_be_another"
_DETACHED: Final = "test_the_statement_does_not_stand_in_the_proof"
_NAME: Final = "test_another_key_has_another_name_and_the_same_has_the_same"


def _wrong(lie: str, making: Callable[[bytes], Seal], *caught_by: str) -> Wrong:
    return Wrong(lie, partial(MadeContract, making), caught_by)


TRUE: Final = partial(MadeContract, Careful)

WRONG: tuple[Wrong, ...] = (
    _wrong("does not vouch for nothing", OfTheMoment, _HOLDS),
    _wrong("takes no notice of blanks", Trimming, _NO_OTHER),
    _wrong("seals without its key", WithoutKey, _KEY),
    _wrong("takes no proof for one", Trusting, _NO_PROOF),
    _wrong("falls over what is no text", Fragile, _NO_PROOF),
    _wrong("does not look at the last letter", Lenient, _LETTERS),
    _wrong("puts the statement into the proof", Attached, _DETACHED),
    _wrong("calls every key the same", SameName, _NAME),
)
