"""Signing at a service that the person is sent to, and that calls back: by redirect; needs the extra ``hosted``.

The theory, in every file of this package:

- What the service says when it is asked over a line that we have opened counts; what comes in by itself does not. A
  callback is a hint to ask, and nothing of its content is read. One that is not authentic is not even that.
- Nothing is signed before all of it has been seen: the service says that it is, of the document we mean, by the person
  who is named, and hands out an artefact that is what it says. The artefact is archived, and only then is evidence
  sealed over both. A fault anywhere before that leaves the signing under way.
- To begin is harmless to repeat: what is asked for has a key of its own, made of what is asked for.

Services differ in their words and not in what they do. ``HostedService`` is what they have in common, in four calls, so
a host maps another one onto it in a few lines. ``JsonService`` speaks to one that has these very words:

``POST {url}/signings`` with the headers ``Authorization: Bearer {token}`` and ``Idempotency-Key: {key}``, and ::

    {"title": {"sv": …, "en": …}, "text": {"sv": …, "en": …}, "language": "sv", "document_digest": …,
     "signer": {"name": …, "email": …, "phone": … or null},
     "return_url": …, "callback_url": …, "expires_at": "2026-11-23T09:00:00Z"}

answers 200 or 201 with a signing. Created again under its key, a signing is answered as it stands by then, and there is
still but one. ``GET {url}/signings/{id}`` answers the same at any time, or 404::

    {"id": …, "status": "open", "url": "https://…", "expires_at": …}
    {"id": …, "status": "signed", "document_digest": …, "artefact_digest": …,
     "signer": {"identity": … or null, "name": …, "email": … or null, "phone": … or null}}

``url`` is where the person signs. Other statuses are ``declined``, ``cancelled``, ``expired`` and ``failed``. Digests
are SHA-256 in hexadecimal; ``document_digest`` is the one that was sent, ``artefact_digest`` that of the bytes that
``GET {url}/signings/{id}/artefact`` answers. ``POST {url}/signings/{id}/cancel`` gives up what is open, and is harmless
otherwise. 429, with or without ``Retry-After`` in seconds, asks for patience.

When something has happened, the service posts to ``callback_url``, with any body and two headers:
``Signing-Timestamp``, the time in whole seconds since 1970, and ``Signing-Signature``, the HMAC-SHA256 in hexadecimal,
by a secret that both know, of that time, a full stop and the body as it is, byte for byte.
"""

from kundorder.adapters.hosted.callbacks import callback_of as callback_of
from kundorder.adapters.hosted.json_service import JsonService as JsonService
from kundorder.adapters.hosted.persons import is_person_named as is_person_named
from kundorder.adapters.hosted.services import Busy as Busy
from kundorder.adapters.hosted.services import HostedService as HostedService
from kundorder.adapters.hosted.services import Order as Order
from kundorder.adapters.hosted.services import Seen as Seen
from kundorder.adapters.hosted.services import SignedBy as SignedBy
from kundorder.adapters.hosted.services import Stage as Stage
from kundorder.adapters.hosted.signing import HostedSigning as HostedSigning

__all__ = [
    "Busy",
    "HostedService",
    "HostedSigning",
    "JsonService",
    "Order",
    "Seen",
    "SignedBy",
    "Stage",
    "callback_of",
    "is_person_named",
]
