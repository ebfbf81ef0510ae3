"""Secrets at rest: a keyed look-up for finding them, and a sealed copy where we must be able to read them."""

import hmac
import os
import secrets
import struct
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from trackway.domain.errors import ConfigError, StorageError

_VERSION = "v1"
_NONCE = 12
_TWO_NUMBERS = struct.Struct(">QQ")
_KEY_BYTES = 32


class Vault:
    """HMAC-SHA256 look-ups and AES-256-GCM sealing under one master key. Neither key nor secret is ever shown."""

    def __init__(self, master: bytes) -> None:
        self._lookup = hmac.new(self._derive(master, b"lookup"), digestmod="sha256")
        self._cipher = AESGCM(self._derive(master, b"seal"))
        self._marks = AESSIV(self._derive(master, b"link") + self._derive(master, b"link again"))
        self.token_key = self._derive(master, b"token")

    @staticmethod
    def _derive(master: bytes, purpose: bytes) -> bytes:
        return hmac.digest(master, b"trackway/" + purpose, "sha512")[:_KEY_BYTES]

    def lookup(self, secret: str) -> str:
        """The hexadecimal digest under which a secret is found; the secret does not follow from it."""
        digest = self._lookup.copy()  # hmac.digest lets go of the interpreter for it, and then waits to get it again
        digest.update(secret.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def seal(self, secret: str, owner: str) -> str:
        """The secret, readable only with the master key and only as `owner`'s."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, secret.encode(), owner.encode())
        return f"{_VERSION}:{b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, owner: str) -> str:
        """The secret again.

        Raises:
            StorageError: it was sealed under another master key or for another owner.
        """
        raw = b64decode(sealed.removeprefix(f"{_VERSION}:"))
        try:
            return self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode()).decode()
        except InvalidTag:
            raise StorageError(
                "a stored secret cannot be opened: the master key is not the one it was made with"
            ) from None

    def mark(self, purpose: str, number: int, serial: int) -> str:
        """43 characters that stand for the two numbers: the same each time, and nobody can guess or read them."""
        sealed = self._marks.encrypt(_TWO_NUMBERS.pack(number, serial), [purpose.encode()])
        return urlsafe_b64encode(sealed).decode().rstrip("=")

    def read_mark(self, purpose: str, mark: str) -> tuple[int, int] | None:
        """The two numbers again; None where we have made no such mark for that purpose."""
        try:
            opened = self._marks.decrypt(urlsafe_b64decode(f"{mark}="), [purpose.encode()])
            number, serial = _TWO_NUMBERS.unpack(opened)
        except (ValueError, InvalidTag, struct.error):
            return None
        return number, serial


def load_master_key(given: str, file: Path | None, data: Path) -> bytes:
    """The master key: as given (64 hexadecimal digits), from a file, or from `master.key` in the data folder.

    The last is made on first use, with mode 0600.

    Raises:
        ConfigError: it is not 64 hexadecimal digits, or a file that was named is not there.
    """
    if given:
        return _parse(given, "master_key")
    path = file or data / "master.key"
    if file is None and not path.exists():
        _create(path)
    try:
        return _parse(path.read_text(encoding="ascii"), str(path))
    except OSError as error:
        raise ConfigError(f"master_key_file {path}: {error.strerror}") from None


def _parse(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{where}: the master key must be 64 hexadecimal digits")
    return key


def _create(path: Path) -> None:
    """Write a new key; whoever comes second reads what the first wrote."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".master.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
