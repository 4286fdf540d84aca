"""Who may sign for an organisation, as a host provides it: a rule, or a register that is asked."""

from typing import Protocol

from kundorder.authority import Authority, AuthorityQuestion


class SigningAuthority(Protocol):
    """Tells whether persons together may bind an organisation."""

    def may_bind(self, question: AuthorityQuestion) -> Authority:
        """Whether those who have signed may, on that date, and by which right; the same person twice is one person.

        The answer is kept as evidence: by which right stands there in one line, and no name. In which order they are
        named does not matter. Asking again is harmless.

        Raises:
            Unavailable: it cannot be told now; nothing is signed, and signing again is harmless.
        """
        ...
