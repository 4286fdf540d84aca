"""A signer with a key of its own (Ed25519, RFC 8032), in a file; needs the extra ``sign``.

It is honest about little: a proof shows that this key signed this document in the name of this person at this time, and
that nothing has been changed since. It does not show who the person is, or that the person was asked. It serves
development, demonstrations and tests until a real method of identification is plugged in.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Final, Self, final

import attrs

from kundorder.codec import document_digest
from kundorder.errors import Corrupt, Malformed, Unavailable, malformed
from kundorder.events import SigningRequest
from kundorder.evidence import Document, Evidence
from kundorder.identifiers import moment
from kundorder.ports import Done, Failed, Progress

_OWN_FILE: Final = 0o600
_OTHERS: Final = 0o077
_NO_KEY: Final = "this is no unencrypted private key for Ed25519 in PEM; restore it from a copy, or create a new one"
_PURPOSE: Final = "kundorder evidence 1"
"""What the key signs and nothing else; a signature for another purpose is not one for this."""


@final
class LocalSigner:
    """Signs at once whatever it is asked to, and verifies what this key has signed."""

    def __init__(self, key: bytes | None = None) -> None:
        """A signer for this key.

        Args:
            key: the private key in PEM (PKCS #8), as in the file; None: a new one, gone with this object.

        Raises:
            Corrupt: no unencrypted private key for Ed25519 in PEM.
            Unavailable: the package ``cryptography`` is not installed.
        """
        self._key = _opened(key)
        self.fingerprint = f"ed25519:{sha256(self._key.public).hexdigest()}"
        self.public_key = b64encode(self._key.public).decode()

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Self:
        """A signer with a new key, which is kept in a new file that only its owner can read.

        Raises:
            Malformed: there is a file already; load it, for what it signed cannot be verified by another key.
            Unavailable: the file cannot be written; nothing of it is there.
        """
        signer = cls()
        _keep(Path(path), signer._key.pem)
        return signer

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The signer whose key is in this file.

        Raises:
            Unavailable: the file cannot be read, or others than its owner can read it.
            Corrupt: it holds no unencrypted private key for Ed25519 in PEM.
        """
        try:
            with Path(path).open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                key = file.read()
        except OSError as error:
            raise Unavailable(f"the key file cannot be read ({_why(error)})") from error
        if os.name == "posix" and mode & _OTHERS:
            raise Unavailable("the key file is open to others; make it the owner's alone (mode 600)")
        return cls(key)

    def start(self, request: SigningRequest, *, now: datetime) -> Progress:
        """See ``ports.Signing``; done at once."""
        signer, signed_at = request.document.signer, moment(now)
        digest = document_digest(request.document)
        signature = self._key.sign(_statement(digest, request.method, signer, signed_at))
        return Done(
            evidence=Evidence(
                method=request.method,
                signer=signer,
                digest=digest,
                signed_at=signed_at,
                proof=b64encode(signature).decode(),
                signed_by=self.fingerprint,
            )
        )

    def resume(self, request: SigningRequest, state: str, *, now: datetime, callback: str | None = None) -> Progress:
        """See ``ports.Signing``; nothing is ever pending here, so a state can only be made up and signs nothing."""
        del request, state, now, callback
        return Failed(why="nothing is under way; start anew")

    def cancel(self, state: str) -> None:
        """See ``ports.Signing``; there is nothing to give up."""
        del state

    def verify(self, evidence: Evidence, document: Document) -> bool:
        """See ``ports.Signing``; evidence by another key proves nothing here."""
        digest = document_digest(document)
        if (evidence.signed_by, evidence.signer, evidence.digest) != (self.fingerprint, document.signer, digest):
            return False
        try:
            signature, signed_at = b64decode(evidence.proof), moment(evidence.signed_at)
        except (ValueError, TypeError, Malformed):
            return False
        if b64encode(signature).decode() != evidence.proof:  # decoding ignores the last bits, and what is no base64
            return False
        return self._key.verifies(signature, _statement(digest, evidence.method, document.signer, signed_at))


def statement_of(evidence: Evidence) -> str:
    """The very text, in UTF-8, that the proof is an Ed25519 signature of; with the public key anybody can verify it."""
    signed_at = moment(evidence.signed_at)
    return _statement(evidence.digest, evidence.method, evidence.signer, signed_at).decode()


def _statement(digest: str, method: str, signer: str, signed_at: datetime) -> bytes:
    """What is signed: every field of the evidence, so that none can be exchanged."""
    parts = {
        "digest": digest,
        "method": method,
        "purpose": _PURPOSE,
        "signed_at": signed_at.isoformat(timespec="microseconds"),
        "signer": signer,
    }
    return json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()


def _keep(path: Path, pem: bytes) -> None:
    """Written beside its place and linked to it whole: a link, unlike a rename, never replaces what is there."""
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_FILE), "wb") as file:
            _ = file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        raise malformed("$.path", "must not exist yet; load the key that is there, or choose another path") from None
    except OSError as error:
        raise Unavailable(f"the key file cannot be written ({_why(error)})") from error
    finally:
        with suppress(OSError):  # what is left of it is the owner's alone too
            draft.unlink()


def _why(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__


@attrs.frozen(kw_only=True)
class _Key:
    """A private key by what it can do, so that no type of the optional package stands outside ``_opened``."""

    sign: Callable[[bytes], bytes]
    verifies: Callable[[bytes, bytes], bool]  # signature, statement
    public: bytes
    pem: bytes = attrs.field(repr=False)


def _opened(pem: bytes | None) -> _Key:
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    if pem is None:
        private = Ed25519PrivateKey.generate()
    else:
        try:
            found = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise Corrupt(_NO_KEY) from error
        if not isinstance(found, Ed25519PrivateKey):
            raise Corrupt(_NO_KEY)
        private = found
    public = private.public_key()

    def verifies(signature: bytes, statement: bytes) -> bool:
        try:
            public.verify(signature, statement)
        except InvalidSignature:
            return False
        return True

    encoding, no_encryption = serialization.Encoding.PEM, serialization.NoEncryption()
    return _Key(
        sign=private.sign,
        verifies=verifies,
        public=public.public_bytes_raw(),
        pem=private.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_encryption),
    )
