"""What a seal promises: its proof holds for the very statement that was sealed, by the very key."""

from typing import ClassVar, Final

from kundorder.ports import Seal
from kundorder.testing.contracts.promising import Contract, promise, promise_for

_STATEMENTS: Final = (b"", b"one", b"\x00\xff" * 300, "å\r\n".encode(), b"{" + b" " * 9000 + b"}")
_ONE: Final = b"somebody has signed this"
_NO_PROOFS: Final = ("", ".", "..", "a.b.c", "{}", "\x00", "å", "\ud800", "=" * 100, "e30..e30")


class SealContract(Contract):
    """The contract."""

    port: ClassVar[str] = "Seal"

    def make_seal(self) -> Seal:
        """The seal; asked again, another object with the same key."""
        raise NotImplementedError

    def make_other_seal(self) -> Seal:
        """A seal with another key."""
        raise NotImplementedError

    @promise_for(Seal.seal, _STATEMENTS)
    def test_a_proof_holds_for_its_statement(self, statement: bytes) -> None:
        proof = self.make_seal().seal(statement)
        assert self.make_seal().holds(proof, statement)

    @promise_for(Seal.holds, _STATEMENTS)
    def test_a_proof_holds_for_no_other_statement(self, statement: bytes) -> None:
        seal = self.make_seal()
        proof = seal.seal(statement)
        others = (statement + b" ", b" " + statement, statement[1:] or b"x", statement.swapcase() + b"\x00")
        for other in others:
            assert not seal.holds(proof, other), f"it holds for {other[:20]!r}, too"

    @promise(Seal.holds)
    def test_a_proof_by_another_key_does_not_hold(self) -> None:
        seal, other = self.make_seal(), self.make_other_seal()
        assert not seal.holds(other.seal(_ONE), _ONE)
        assert not other.holds(seal.seal(_ONE), _ONE)

    @promise_for(Seal.holds, _NO_PROOFS)
    def test_what_is_no_proof_does_not_hold(self, proof: str) -> None:
        assert not self.make_seal().holds(proof, _ONE)

    @promise(Seal.holds)
    def test_no_letter_of_a_proof_can_be_another(self) -> None:
        seal = self.make_seal()
        proof = seal.seal(_ONE)
        for place, letter in enumerate(proof):
            changed = proof[:place] + ("A" if letter != "A" else "B") + proof[place + 1 :]
            assert not seal.holds(changed, _ONE), f"letter {place} may be another"

    @promise(Seal.seal)
    def test_the_statement_does_not_stand_in_the_proof(self) -> None:
        short, long = self.make_seal().seal(b""), self.make_seal().seal(b"x" * 10_000)
        assert len(long) - len(short) < 1000, "the longer the statement, the longer the proof"

    @promise(Seal)
    def test_another_key_has_another_name_and_the_same_has_the_same(self) -> None:
        assert self.make_seal().name == self.make_seal().name
        assert self.make_seal().name != self.make_other_seal().name
