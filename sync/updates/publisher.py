"""Who publishes releases: one key, in a file of mode 600 on a machine that is no centre and no tablet.

    {"id": "publisher-2026", "secret": "<32 bytes in base64>"}

A tablet knows its public half as a line of `/etc/hailong/release-keys`.
"""

import base64
from pathlib import Path

import msgspec
from msgspec import Struct
from nacl.signing import SigningKey

from sync.contract.encoded import read_key
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import KEY_FILE_UNUSABLE
from sync.contract.text import Id
from sync.host.secret_file import write_secret


class PublisherKey(Struct, frozen=True, forbid_unknown_fields=True):
    """The key that signs releases. secret: 32 bytes in base64."""

    id: Id
    secret: str

    @property
    def seed(self) -> bytes:
        """The 32 bytes."""
        return read_key(self.secret) or b""

    def public_line(self) -> str:
        """Its line in `release-keys`."""
        return f"{self.id} {base64.b64encode(bytes(SigningKey(self.seed).verify_key)).decode()}"


def make_publisher(path: Path, id: str, secret: bytes) -> PublisherKey:
    """Write a new key; raises ProblemError HL5002 if there is such a file already."""
    if path.exists():
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path), detail="đã có tệp tên này"))
    key = PublisherKey(id, base64.b64encode(secret).decode())
    write_secret(path, msgspec.json.encode(key))
    return key


def load_publisher(path: Path) -> PublisherKey:
    """The key in a file; raises ProblemError HL5002."""
    try:
        if path.stat().st_mode & 0o077:
            raise ProblemError(KEY_FILE_UNUSABLE(where=str(path), detail="quyền tệp không phải 600"))
        key = msgspec.json.decode(path.read_bytes(), type=PublisherKey)
    except (OSError, msgspec.DecodeError) as error:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path))) from error
    if not key.seed:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path)))
    return key
