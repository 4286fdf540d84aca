"""Whether it was the person named who has signed, and how that person is known again."""

import hmac
import json
import unicodedata
from collections import Counter
from hashlib import sha256

from kundorder.adapters.hosted.services import SignedBy
from kundorder.model import Contact


def is_person_named(named: Contact, signer: SignedBy) -> bool:
    """Whether a service speaks of the person who was named.

    It has to say the name, with every word of it though there may be more, and the address or the telephone number or
    both; and whatever it says of these has to be what was named.
    """
    if signer.name is None or Counter(_words(named.name)) - Counter(_words(signer.name)):
        return False
    told = [
        (said, known) for said, known in ((signer.email, named.email), (signer.phone, named.phone)) if said is not None
    ]
    return bool(told) and all(known is not None and said.strip().casefold() == known.casefold() for said, known in told)


def identity_of(signer: SignedBy, key: bytes) -> str | None:
    """The person as evidence names them: opaque, and the same again. None: there is nothing to know them by."""
    known = (("identity", signer.identity), ("email", signer.email), ("phone", signer.phone))
    found = next(((kind, value.strip().casefold()) for kind, value in known if value and value.strip()), None)
    if found is None:
        return None
    text = json.dumps(["kundorder hosted 1", *found])  # so that no two kinds make one text
    return hmac.new(key, text.encode(), sha256).hexdigest()


def _words(name: str) -> list[str]:
    return unicodedata.normalize("NFC", name).casefold().split()
