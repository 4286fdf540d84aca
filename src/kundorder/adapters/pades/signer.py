"""Signs agreements as PDF (PAdES) with a key for each person, at once, and verifies what it has signed.

What is signed is the agreement as people read it, which is made from the document alone; and in the signed part stands
everything that the evidence says, so no field of it can be another. Signatories sign one after the other on the same
PDF: each signature covers all before it. Every state of the PDF is kept in the archive; nothing is replaced.

It is honest about what it knows: a signature shows that the key has signed. Whether the person alone can use the key is
for the host to see to, and to say with ``level``.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, final

import attrs

from kundorder.adapters.pades.asking import Entry, Stamping, Trust
from kundorder.adapters.pades.certificates import certificates_in, revoked_in
from kundorder.adapters.pades.findings import Doubt
from kundorder.adapters.pades.fonts import Faces, Fonts, faces_of
from kundorder.adapters.pades.hanko import append, doubt_about, examine
from kundorder.adapters.pades.keys import Key
from kundorder.adapters.pades.paper import Box, Paper, box_pdf, paper_of
from kundorder.adapters.pades.words import DOUBTS, told
from kundorder.codec import claim_bytes, document_digest
from kundorder.errors import Corrupt, Malformed, NotFound
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence, at_least, follows_of
from kundorder.identifiers import moment
from kundorder.ports import Archive, Done, Failed, Progress
from kundorder.vocabulary import AssuranceLevel, AttestMethod, FailureCode, Language

_PROOF: Final = '{{"archived":"{digest}"}}'
_PROOFS: Final = re.compile(r'\{"archived":"([0-9a-f]{64})"\}')
"""SHA-256 of the PDF that ends with the signature, in canonical form; in no other, so there is one spelling only."""

_LOST: Final = "the agreement as it was signed before is not in the archive, or was changed there; restore the archive"


@final
class PadesSigner:
    """Serves ``AttestMethod.CERTIFICATE``; may be used by any number of threads, also within a running event loop."""

    def __init__(
        self,
        keys: Callable[[SigningRequest], Key | None],
        archive: Archive,
        *,
        trust: Sequence[bytes],
        level: AssuranceLevel = AssuranceLevel.LOW,
        timestamps: Stamping | None = None,
        revoked: Callable[[], Sequence[bytes]] | None = None,
        fonts: Fonts | None = None,
    ) -> None:
        """Nothing is loaded or asked yet.

        Args:
            keys: the key of the person who is to sign; None: there is none.
            archive: where signed agreements are kept.
            trust: root certificates of those who issue certificates and time-stamps, in PEM or DER.
            level: how sure it is that the person, and nobody else, can sign with the key.
            timestamps: asks an authority for time; None: the time is what we say.
            revoked: current lists of revoked certificates (CRL, in PEM or DER) of those who issue; with ``timestamps``
                they are kept in the PDF, so that it can be validated when nobody can be asked any more (PAdES-B-LTA).
            fonts: what the agreement is set in; None: Bitstream Vera, for the languages of western and northern Europe.

        Raises:
            Malformed: one of the trusted is no certificate.
            Unavailable: a package is not installed.
        """
        self._keys = keys
        self._archive = archive
        self._roots = tuple(each for content in trust for each in certificates_in(content))
        self._level = level
        self._timestamps = timestamps
        self._revoked = revoked
        self._fonts = fonts

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; done at once.

        Raises:
            Malformed: the text has a character that cannot be shown; which, and what to do.
            Corrupt: what was signed before is not in the archive as it was kept.
            Unavailable: the archive or the time-stamp authority does not answer, or a package is not installed.
        """
        if request.method is not AttestMethod.CERTIFICATE:
            return Failed(why="this method is not served here; ask for a signature by certificate")
        key, at = self._keys(request), moment(now)
        if key is None:
            return Failed(code=FailureCode.PERSON_UNKNOWN, why="there is no key for this person")
        trust = self._trust()
        objection = key.objection(at) or _why(doubt_about(key, trust, at))
        if objection is not None:
            return Failed(code=FailureCode.METHOD_NOT_READY, why=objection)
        return Done(evidence=self._signed(request, key, trust, at))

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; nothing is ever pending here, so a state can only be made up and signs nothing."""
        del request, state, now, callback
        return Failed(code=FailureCode.NOTHING_UNDER_WAY, why="nothing is under way; start anew")

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; there is nothing to give up."""
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; what the archive does not have as it was kept proves nothing."""
        bound = (evidence.method, evidence.signer, evidence.digest)
        if bound != (AttestMethod.CERTIFICATE, document.signer, document_digest(document)):
            return False
        if not at_least(self._level, evidence.level):
            return False
        archived = archived_in(evidence)
        if archived is None:
            return False
        try:
            pdf, paper = self._archive.fetch(archived), paper_of(document, self._faces())
        except (NotFound, Corrupt, Malformed):
            return False
        found = examine(pdf, self._trust(), grown_from=paper.pdf)
        signatures = [each for each in found.signatures if not each.is_stamp]
        if not (found.holds and found.grown and signatures):
            return False
        by = signatures[-1].certificate
        named = (evidence.signed_by, evidence.identity) == (by.fingerprint, by.identity)
        return named and signatures[-1].claim == _claim(evidence)

    def _signed(self, request: SigningRequest, key: Key, trust: Trust, at: datetime) -> Evidence:
        document, faces = request.document, self._faces()
        paper = paper_of(document, faces)
        before, number = self._grown(request.before, paper, trust)
        evidence = Evidence(
            method=request.method,
            signer=document.signer,
            digest=document_digest(document),
            signed_at=at,
            proof="",
            signed_by=key.certificate.fingerprint,
            level=self._level,
            identity=key.certificate.identity,
            follows=follows_of(request.before),
        )
        entry = Entry(
            key=key,
            field=f"Signature{number + 1}",
            place=paper.places[number] if number < len(paper.places) else None,
            picture=box_pdf(_box(key, at), faces),
            reason=f"{paper.title}: SHA-256 {evidence.digest}",
            claim=claim_bytes(evidence).decode(),
            now=at,
            trust=trust,
            stamping=self._timestamps,
            lasting=self._timestamps is not None and self._revoked is not None,
        )
        archived = self._archive.keep(append(before, entry))
        return attrs.evolve(evidence, proof=_PROOF.format(digest=archived))

    def _grown(self, given: tuple[Evidence, ...], paper: Paper, trust: Trust) -> tuple[bytes, int]:
        """The PDF as the last one before has signed it, and how many have; anew if it is none that can be added to.

        It is none if it is another agreement, such as one that is declined now, if it was made by another version, or
        if somebody who signed is not trusted any more.
        """
        archived = [digest for each in given if (digest := archived_in(each)) is not None]
        if not archived:
            return paper.pdf, 0
        try:
            pdf = self._archive.fetch(archived[-1])
        except (NotFound, Corrupt) as error:
            raise Corrupt(_LOST) from error
        found = examine(pdf, trust, grown_from=paper.pdf)
        if not (found.holds and found.grown):
            return paper.pdf, 0
        return pdf, sum(not each.is_stamp for each in found.signatures)

    def _faces(self) -> Faces:
        return faces_of(self._fonts)

    def _trust(self) -> Trust:
        lists = () if self._revoked is None else self._revoked()
        return Trust(self._roots, tuple(revoked_in(each) for each in lists))


def archived_in(evidence: Evidence) -> str | None:
    """The digest under which the archive has the PDF that ends with this signature; None: it is no evidence of ours."""
    found = _PROOFS.fullmatch(evidence.proof)
    return None if found is None or evidence.method is not AttestMethod.CERTIFICATE else found[1]


def _claim(evidence: Evidence) -> str | None:
    """What a signature says that proves this evidence; None: nothing can be signed that says so."""
    try:
        return claim_bytes(evidence).decode()
    except (ValueError, OverflowError):
        return None


def _box(key: Key, at: datetime) -> Box:
    certificate = key.certificate
    number = certificate.fingerprint.partition(":")[2][:16]
    return Box(
        name=certificate.name or number,
        when=f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC",
        by=f"{number} · {certificate.issuer}",
        is_test=certificate.is_test,
    )


def _why(doubt: Doubt | None) -> str | None:
    return None if doubt is None else told(DOUBTS[doubt], Language.EN)
