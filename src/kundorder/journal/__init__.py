"""The journal: for every record a chain of entries, each bound to the one before, so that tampering shows.

Of free text only the digest is chained; the text lies beside and may be erased. A chain alone cannot show that its
tail was cut: that takes heads kept elsewhere.
"""

from kundorder.journal.chains import Checking as Checking
from kundorder.journal.chains import facts_used as facts_used
from kundorder.journal.chains import linked as linked
from kundorder.journal.chains import problems_in as problems_in
from kundorder.journal.exports import FORMAT_VERSION as FORMAT_VERSION
from kundorder.journal.exports import LONGEST_LINE as LONGEST_LINE
from kundorder.journal.exports import Scribe as Scribe
from kundorder.journal.exports import verify_export as verify_export
