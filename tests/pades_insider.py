"""What only somebody with a trusted key can do to a PDF: a signature that leaves something out."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# since pyHanko is typed in part, and asn1crypto is not

import asyncio
import re
from hashlib import sha256

from asn1crypto import keys, x509  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
from pades_forger import gaps, put
from pyhanko.sign.signers.pdf_cms import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kundorder.adapters.pades import Key


def with_a_hole(pdf: bytes, key: Key, hole: int) -> bytes:
    """The last signature made anew, over all but some bytes before it; by its lengths it is over the whole file."""
    found = list(re.finditer(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\] *", pdf))[-1]
    lead, start, length = (int(each) for each in found.groups())
    new = b"/ByteRange [0 %d %d %d]" % (lead - hole, start, length + hole)
    pdf = put(pdf, found.start(), new.ljust(len(found[0])))
    signer = SimpleSigner(
        x509.Certificate.load(key.certificate.der),
        keys.PrivateKeyInfo.load(key.private),
        SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
    digest = sha256(pdf[: lead - hole] + pdf[start:]).digest()
    content = asyncio.run(signer.async_sign(digest, "sha256", use_pades=True)).dump().hex().encode()
    begin, end = gaps(pdf)[-1]
    return put(pdf, begin, content.ljust(end - begin, b"0"))
