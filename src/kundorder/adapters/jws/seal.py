"""The seal of whoever has the private key, which is kept in a file of its own."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final, Self, final

import attrs

from kundorder.adapters.jws.header import ALGORITHM, encoded, header
from kundorder.adapters.jws.public import PublicSeal
from kundorder.errors import Corrupt, Unavailable, malformed

_OWN_FILE: Final = 0o600
_OTHERS: Final = 0o077
_NO_KEY: Final = "this is no unencrypted private key for Ed25519 in PEM; restore it from a copy, or create a new one"


@final
class JwsSeal:
    """Seals with one key, and verifies what that key has sealed."""

    def __init__(self, key: bytes | None = None) -> None:
        """The seal of this key.

        Args:
            key: the private key in PEM (PKCS #8), as in the file; None: a new one, gone with this object.

        Raises:
            Corrupt: no unencrypted private key for Ed25519 in PEM.
            Unavailable: the package ``cryptography`` or ``joserfc`` is not installed.
        """
        self._key = _opened(key)
        self.public = PublicSeal(self._key.x)

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> Self:
        """A seal with a new key, which is kept in a new file that only its owner can read.

        Raises:
            Malformed: there is a file already; load it, for what it sealed cannot be verified by another key.
            Unavailable: the file cannot be written; nothing of it is there.
        """
        seal = cls()
        _keep(Path(path), seal._key.pem)
        return seal

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The seal whose key is in this file.

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

    @property
    def name(self) -> str:
        """See ``ports.Seal``: ``jwk:`` and the thumbprint of the public key (RFC 7638)."""
        return self.public.name

    def seal(self, statement: bytes) -> str:
        """See ``ports.Seal``: a detached JWS (RFC 7515, appendix F). The same statement has always the same proof."""
        return self._key.sealed(statement)

    def holds(self, proof: str, statement: bytes) -> bool:
        """See ``ports.Seal``."""
        return self.public.holds(proof, statement)


@final
@attrs.frozen(kw_only=True)
class _Key:
    """A private key by what it can do, so that no type of the optional packages stands outside ``_opened``."""

    sealed: Callable[[bytes], str]
    x: str  # the public key, as in its JWK
    pem: bytes = attrs.field(repr=False)


def _opened(pem: bytes | None) -> _Key:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    try:
        from joserfc import jws  # noqa: PLC0415 - optional
        from joserfc.jwk import OKPKey  # noqa: PLC0415 - optional
    except ImportError as error:
        raise Unavailable("the package joserfc is missing; install kundorder[sign]") from error
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
    encoding, no_encryption = serialization.Encoding.PEM, serialization.NoEncryption()
    plain = private.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_encryption)
    key, x = OKPKey.import_key(plain), encoded(private.public_key().public_bytes_raw())

    def sealed(statement: bytes) -> str:
        whole = jws.serialize_compact(dict(header(x)), statement, key, algorithms=[ALGORITHM])
        return jws.detach_content(whole)

    return _Key(sealed=sealed, x=x, pem=plain)


def _keep(path: Path, pem: bytes) -> None:
    """Written beside its place and linked to it whole: a link, unlike a rename, never replaces what is there."""
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_FILE), "wb") as file:
            _ = file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
        _keep_names(path.parent)
    except FileExistsError:
        raise malformed("$.path", "must not exist yet; load the key that is there, or choose another path") from None
    except OSError as error:
        raise Unavailable(f"the key file cannot be written ({_why(error)})") from error
    finally:
        with suppress(OSError):  # what is left of it is the owner's alone too
            draft.unlink()


def _keep_names(folder: Path) -> None:
    """A file is only safe when the folder that names it is; where folders cannot be opened, the system sees to it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _why(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno else type(error).__name__
