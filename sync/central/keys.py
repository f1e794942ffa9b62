"""The centre's secret keys: files of mode 600 in the folder `keys`, never in the database or a backup of it.

    keys/signing.json   Ed25519; signs receipts and bundles
    keys/badges.json    Ed25519; signs officer badges and procedure cards
    keys/sealing.json   X25519; opens what citizens wrote; may be kept elsewhere, pulls then show no text

Each file is a JSON list of {"id", "secret"}, newest last. Old sealing keys stay: they open old text. A new
signing key is first announced ("active": false): terminals get it with their next configuration, signed by
the old one, and it signs only once they have it.
"""

import base64
import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from sync.contract.bundle import PublicKey, PublicKeys
from sync.contract.problem import ProblemError, problem
from sync.contract.text import Id
from sync.secret_file import write_secret


class SecretKey(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One secret key of 32 bytes in base64, under the id that its public half travels with."""

    id: Id
    secret: str
    active: bool = True

    @property
    def raw(self) -> bytes:
        """The 32 bytes."""
        return base64.b64decode(self.secret)


class Keys(Struct, frozen=True):
    """All secret keys that are at hand, newest last. All but `signing` are empty where kept elsewhere."""

    signing: tuple[SecretKey, ...]
    badges: tuple[SecretKey, ...]
    sealing: tuple[SecretKey, ...]

    def signing_key(self) -> tuple[str, SigningKey]:
        """The id of the newest signing key that is active, and the key."""
        newest = [key for key in self.signing if key.active][-1]
        return newest.id, SigningKey(newest.raw)

    def trusted(self) -> dict[str, bytes]:
        """The public halves of the signing keys, by id: what we may have signed."""
        return {key.id: bytes(SigningKey(key.raw).verify_key) for key in self.signing}

    def sealing_keys(self) -> dict[str, bytes]:
        """Every key that opens sealed text, by its id."""
        return {key.id: key.raw for key in self.sealing}

    def public(self) -> PublicKeys:
        """The public halves, as a terminal gets them."""
        return PublicKeys(
            sealing=tuple(
                PublicKey(key.id, _text(bytes(PrivateKey(key.raw).public_key))) for key in self.sealing
            ),
            badges=_verify_keys(self.badges),
            centre=_verify_keys(self.signing),
        )


def _verify_keys(keys: tuple[SecretKey, ...]) -> tuple[PublicKey, ...]:
    return tuple(PublicKey(key.id, _text(bytes(SigningKey(key.raw).verify_key))) for key in keys)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def make_keys(folder: Path, today: str, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
    """Make what is missing in `folder`: one key of each kind, named after `today` (YYYYMMDD)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for kind in ("signing", "badges", "sealing"):
        path = folder / f"{kind}.json"
        if not path.exists():
            key = SecretKey(f"{kind}-{today}", _text(random_bytes(32)))
            write_secret(path, msgspec.json.encode([key]))


def add_key(folder: Path, kind: str, id: str, *, active: bool, secret: bytes) -> None:
    """Add a key of a kind; `secret` is 32 random bytes. Raises ProblemError HL5002."""
    path = folder / f"{kind}.json"
    write_secret(path, msgspec.json.encode([*_load(path), SecretKey(id, _text(secret), active)]))


def activate_key(folder: Path, kind: str, id: str) -> None:
    """Let an announced key sign from the next start on. Raises ProblemError HL5002."""
    path = folder / f"{kind}.json"
    keys = _load(path)
    if id not in [key.id for key in keys]:
        raise ProblemError(problem("HL5002", where=str(path), detail=f"no key '{id}'"))
    changed = [SecretKey(key.id, key.secret, key.active or key.id == id) for key in keys]
    write_secret(path, msgspec.json.encode(changed))


def load_keys(folder: Path) -> Keys:
    """The keys in `folder`; raises ProblemError HL5002 where one is missing, unreadable or open to others."""
    return Keys(
        signing=_load(folder / "signing.json"),
        badges=_load(folder / "badges.json", needed=False),
        sealing=_load(folder / "sealing.json", needed=False),
    )


def _load(path: Path, *, needed: bool = True) -> tuple[SecretKey, ...]:
    if not needed and not path.exists():
        return ()
    try:
        if path.stat().st_mode & 0o077:
            raise ProblemError(problem("HL5002", where=str(path), detail="mode is not 600"))
        keys = msgspec.json.decode(path.read_bytes(), type=tuple[SecretKey, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise ProblemError(problem("HL5002", where=str(path))) from error
    if not keys:
        raise ProblemError(problem("HL5002", where=str(path), detail="no key in it"))
    return keys
