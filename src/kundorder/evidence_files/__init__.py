"""The evidence for one attest or signature as a file, with what was attested, to be verified anywhere and years later.

One line of canonical JSON (RFC 8259, UTF-8; names sorted, no blanks, ended by a newline): the document that was shown,
in both languages, the evidence for it with its proof, and what was kept with the signature, if the proof is for that
too. So the file can be understood without a database, a catalogue or a release of ours.

What can be read can be written in one way only: a file that our own writer would have written otherwise, be it by a
blank, is not one of ours. And everything in it is bound: format and version are fixed, the evidence has the digest of
the document, the proof is for the evidence, an attachment has the digest that the proof names. Which key made the proof
stands in the file as well; whose key that is, no file can say of itself.
"""

from kundorder.evidence_files.files import FORMAT, FORMAT_VERSION, LARGEST, Attachment, EvidenceFile, read, written
from kundorder.evidence_files.reports import EvidenceReport, Flaw, Holds, KeyStanding, verified

__all__ = [
    "Attachment",
    "EvidenceFile",
    "EvidenceReport",
    "FORMAT",
    "FORMAT_VERSION",
    "Flaw",
    "Holds",
    "KeyStanding",
    "LARGEST",
    "read",
    "verified",
    "written",
]
