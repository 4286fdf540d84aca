"""Agreements as PDF, signed with certificates (PAdES); needs the extra ``sign``.

``PadesSigner`` signs and verifies, and ``archived_in`` says under which digest the PDF is kept. ``Key`` is what people
sign with; ``TestAuthority`` hands such out for trials. ``TimeStamps`` asks an authority for time. ``report_on`` says of
any PDF who has signed it, and whether that holds. What is heavy is loaded when it is first needed.
"""

from kundorder.adapters.pades.asking import Stamping as Stamping
from kundorder.adapters.pades.authority import TestAuthority as TestAuthority
from kundorder.adapters.pades.certificates import Certificate as Certificate
from kundorder.adapters.pades.findings import Damage as Damage
from kundorder.adapters.pades.findings import Doubt as Doubt
from kundorder.adapters.pades.findings import Examined as Examined
from kundorder.adapters.pades.findings import Flaw as Flaw
from kundorder.adapters.pades.findings import Form as Form
from kundorder.adapters.pades.findings import Signature as Signature
from kundorder.adapters.pades.fonts import Fonts as Fonts
from kundorder.adapters.pades.keys import Key as Key
from kundorder.adapters.pades.paper import agreement_pdf as agreement_pdf
from kundorder.adapters.pades.report import PdfReport as PdfReport
from kundorder.adapters.pades.report import report_on as report_on
from kundorder.adapters.pades.signer import PadesSigner as PadesSigner
from kundorder.adapters.pades.signer import archived_in as archived_in
from kundorder.adapters.pades.stamps import TimeStamps as TimeStamps
