"""An authority for tests, trials and demonstrations: it hands a key to anybody, and says so in every certificate.

Every certificate of it has the organisation "kundorder test" and the unit "TEST – not a real authority", and what is
signed with one shows TEST. Nobody is to trust its root in earnest; the password of its files is no secret.

It lives in memory, and in a folder once it was saved there. A file is written beside its place and linked to it whole,
so a process that is killed leaves nothing half: whoever loads the folder finds the same authority and the same keys,
and what is missing is put there again.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import ClassVar, Final, Self, final

import attrs

from kundorder.adapters.pades.keys import Key
from kundorder.errors import Corrupt, Malformed, Unavailable, malformed
from kundorder.events import SigningRequest
from kundorder.identifiers import moment

PASSWORD: Final = "TEST"  # noqa: S105 - of files that hold nothing to be kept secret
"""Of every PKCS#12 file of a test authority, for whoever wants to open one."""

_OWN_FOLDER: Final = 0o700
_OWN_FILE: Final = 0o600
_AUTHORITY: Final = "authority.p12"
_ROOT: Final = "root.pem"
_KEYS: Final = "keys"


@final
class TestAuthority:
    """Issues one key to each address that asks; may be used by any number of threads and processes."""

    __test__: ClassVar = False  # it is none of pytest's

    def __init__(self, root: Key, folder: Path | None = None) -> None:
        """Use ``create``, ``load`` or ``kept_in``.

        Args:
            root: its own key.
            folder: where it is kept; None: nowhere.
        """
        self._root = root
        self._folder = folder
        self._issued: dict[str, Key] = {}
        self._turn = Lock()

    @classmethod
    def create(cls, now: datetime) -> Self:
        """A new one, in memory; its certificates are valid from the day before, for ten years.

        Raises:
            Unavailable: the package ``cryptography`` is not installed.
        """
        return cls(_issuing().root_key(moment(now)))

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Self:
        """The one that was saved there; what is missing in the folder is put there again.

        Raises:
            Unavailable: none was, or the folder cannot be read or written.
            Corrupt: its key is damaged.
        """
        path = Path(folder)
        try:
            root = Key.load(path / _AUTHORITY, PASSWORD)
        except Malformed as error:
            raise Corrupt("the key of the test authority is damaged; delete its folder to begin anew") from error
        authority = cls(root, path)
        authority._complete()
        return authority

    @classmethod
    def kept_in(cls, folder: str | os.PathLike[str], now: datetime) -> Self:
        """The one that was saved there, or a new one that is saved there now."""
        if not (Path(folder) / _AUTHORITY).exists():
            with suppress(Malformed):  # somebody else has saved one meanwhile
                cls.create(now).save(folder)
        return cls.load(folder)

    def save(self, folder: str | os.PathLike[str]) -> None:
        """Keep it and its keys in this folder from now on; what is there already stays.

        Raises:
            Malformed: another authority is saved there.
            Unavailable: the folder cannot be written.
        """
        path = Path(folder)
        _keep(path / _AUTHORITY, _issuing().pkcs12_of(self._root, PASSWORD))
        if Key.load(path / _AUTHORITY, PASSWORD).certificate != self._root.certificate:
            raise malformed("$.folder", "holds another test authority; load that, or choose another folder")
        self._folder = path
        for email, key in self._issued.items():
            _keep(path / self._place(email), _issuing().pkcs12_of(key, PASSWORD))
        self._complete()

    @property
    def root_pem(self) -> bytes:
        """Its root certificate, for whoever is to trust it."""
        return _issuing().pem_of(self._root)

    def keys(self, request: SigningRequest) -> Key | None:
        """The key of whoever is asked to sign, issued when there is none; without a contact nobody has one.

        Raises:
            Unavailable: the folder cannot be read or written.
        """
        return None if request.to is None else self.key_of(request.to.name, request.to.email)

    def key_of(self, name: str, email: str) -> Key:
        """The key of a person, issued when there is none; the address counts, however it is capitalised."""
        address = email.casefold()
        with self._turn:
            if address not in self._issued:
                self._issued[address] = self._kept(name, address)
            return self._issued[address]

    def time_key(self) -> Key:
        """A new key for an authority for time, with RSA."""
        return _issuing().time_key(self._root)

    def crl(self, now: datetime, revoked: Iterable[Key] = ()) -> bytes:
        """The list of revoked certificates as of now, in DER; without it nobody knows of any."""
        return _issuing().crl_of(self._root, moment(now), [key.certificate.der for key in revoked])

    def _kept(self, name: str, address: str) -> Key:
        if self._folder is None:
            return _issuing().person_key(name, self._root)
        place = self._place(address)
        if not (self._folder / place).exists():
            _keep(self._folder / place, _issuing().pkcs12_of(_issuing().person_key(name, self._root), PASSWORD))
        return Key.load(self._folder / place, PASSWORD)

    def _place(self, address: str) -> str:
        """A name that tells nobody the address, and is another for another authority."""
        return f"{_KEYS}/{sha256(f'{self._root.certificate.fingerprint} {address}'.encode()).hexdigest()[:32]}.p12"

    def _complete(self) -> None:
        """What others read is there, as it has to be."""
        if self._folder is not None and not _holds(self._folder / _ROOT, self.root_pem):
            _keep(self._folder / _ROOT, self.root_pem, anew=True)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False
    except OSError as error:
        raise Unavailable("the folder of the test authority cannot be read") from error


def _keep(place: Path, content: bytes, *, anew: bool = False) -> None:
    """In its place, whole or not at all; what is there already stays, unless it is to be written anew."""
    draft = place.with_name(f".{place.name}.{token_hex(8)}")
    try:
        place.parent.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_FILE), "wb") as file:
            _ = file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if anew:
            _ = draft.replace(place)
        else:
            with suppress(FileExistsError):
                place.hardlink_to(draft)
    except OSError as error:
        raise Unavailable("the folder of the test authority cannot be written") from error
    finally:
        with suppress(OSError):
            draft.unlink()


@attrs.frozen
class _Issuing:
    """Issuing by what it can do, since it needs an optional package."""

    root_key: Callable[[datetime], Key]
    person_key: Callable[[str, Key], Key]  # name, root
    time_key: Callable[[Key], Key]
    crl_of: Callable[[Key, datetime, Iterable[bytes]], bytes]
    pkcs12_of: Callable[[Key, str], bytes]
    pem_of: Callable[[Key], bytes]


def _issuing() -> _Issuing:
    try:
        from kundorder.adapters.pades.issuing import (  # noqa: PLC0415 - optional
            crl_of,
            pem_of,
            person_key,
            pkcs12_of,
            root_key,
            time_key,
        )
    except ImportError as error:
        raise Unavailable("the package cryptography is missing; install kundorder[sign]") from error
    return _Issuing(root_key, person_key, time_key, crl_of, pkcs12_of, pem_of)
