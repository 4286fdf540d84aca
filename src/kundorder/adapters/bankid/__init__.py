"""Signing with BankID: the relying party's interface, version 6; needs the extras ``bankid`` and ``sign``.

The theory, in every file of this package:

- BankID is told who has to sign; nobody else's BankID is good, also if somebody else holds the telephone. What comes
  back is compared once more: the number it names, and the one in the certificate that the signature is made with.
- What is signed is the document and nothing about it: its text as it is shown, whole, and its canonical form beside it.
  Both stand in the signature itself, so it says what was signed also without us.
- BankID hands out a signature once. It is archived before anything else is done with it, and the state that says where
  is kept before evidence is made of it.
- A personal identity number is sent to BankID and stands in the archived signature, since it is in the certificate. It
  stands nowhere else: not in states, evidence, errors or hints. What tells one person from another is a keyed hash.

Not checked here: the signature and the nonce of the OCSP response (that it says "good" of the certificate is), whether
a certificate has been revoked since, and the fields about app and device. All of it is in the archive for whoever wants
to. Without ``roots``, that a certificate is BankID's rests on the line it came by.
"""

from kundorder.adapters.bankid.line import PRODUCTION as PRODUCTION
from kundorder.adapters.bankid.line import TEST as TEST
from kundorder.adapters.bankid.line import ClientCertificate as ClientCertificate
from kundorder.adapters.bankid.qr import qr_svg as qr_svg
from kundorder.adapters.bankid.signing import BankId as BankId

__all__ = ["PRODUCTION", "TEST", "BankId", "ClientCertificate", "qr_svg"]
