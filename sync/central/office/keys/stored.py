"""The centre's secret keys: files of mode 600 in the folder `keys`, never in the database or a backup of it.

    keys/signing.json   Ed25519; signs receipts and bundles
    keys/badges.json    Ed25519; signs officer badges and procedure cards
    keys/sealing.json   X25519; opens what citizens wrote; may be kept elsewhere, then pulls show no text
    keys/cases.json     X25519; opens the cases that a response rated, so that no terminal asks for them again
    keys/accounts.json  seals the secrets of people's second factors
    keys/case-lists/    each unit's key for dossier codes and its list of cases, see by_unit.py
    keys/lists.json     what the offline root has signed, which of these keys count (offline.py)

Each of the first five is a JSON list of {"id", "secret"}, newest last. Old sealing keys stay, because they
open old text. A new key is first announced ("active": false) and signs only once terminals know it.

With a root, the newest active key that the newest list names signs; without, the newest active one. A key
that the root has revoked signs nothing and is not published; a revoked sealing key still opens.
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
from sync.contract.key_list import KeysReply, Trust, follow
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import KEY_FILE_UNUSABLE
from sync.contract.problem.files import ID_REPEATED
from sync.contract.text import Id
from sync.host.secret_file import write_secret

KINDS = ("signing", "badges", "sealing", "cases", "accounts")
LISTS = "lists.json"


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
    """All secret keys that are at hand, newest last. All but `signing` are empty if they are kept elsewhere.

    folder: where the files are. rooted: all lists of the offline root. trust: the result of following them;
    None without a root.
    """

    signing: tuple[SecretKey, ...]
    badges: tuple[SecretKey, ...]
    sealing: tuple[SecretKey, ...]
    cases: tuple[SecretKey, ...]
    accounts: tuple[SecretKey, ...]
    folder: Path
    rooted: KeysReply = KeysReply()
    trust: Trust | None = None

    def signing_key(self) -> tuple[str, SigningKey]:
        """The id of the key that signs answers, and the key; raises ProblemError HL5002 without one."""
        return self._signs(self.signing, "signing.json")

    def badge_key(self) -> SigningKey:
        """The key that signs badges and cards; raises ProblemError HL5002 without one."""
        return self._signs(self.badges, "badges.json")[1]

    def _signs(self, keys: tuple[SecretKey, ...], where: str) -> tuple[str, SigningKey]:
        counting = [key for key in self._counting(keys) if key.active]
        named = {key.id for key in self.trust.keys} if self.trust else set()
        for key in [*(key for key in reversed(counting) if key.id in named), *reversed(counting)]:
            return key.id, SigningKey(key.raw)
        raise ProblemError(KEY_FILE_UNUSABLE(where=where, detail="không có khóa nào còn giá trị"))

    def _counting(self, keys: tuple[SecretKey, ...]) -> tuple[SecretKey, ...]:
        """Those that are not revoked."""
        revoked = self.trust.revoked if self.trust else ()
        return tuple(key for key in keys if key.id not in revoked)

    def trusted(self) -> dict[str, bytes]:
        """The public keys of the valid signing keys, by id: they verify what this centre signed."""
        return {key.id: bytes(SigningKey(key.raw).verify_key) for key in self._counting(self.signing)}

    def sealing_keys(self) -> dict[str, bytes]:
        """Every key that opens sealed text, by its id."""
        return {key.id: key.raw for key in self.sealing}

    def case_keys(self) -> tuple[bytes, ...]:
        """Every key that opens the cases of a response, the newest first."""
        return tuple(key.raw for key in reversed(self.cases))

    def account_keys(self) -> dict[str, bytes]:
        """Every key that opens the secrets of second factors, by its id, the newest last."""
        return {key.id: key.raw for key in self.accounts}

    def account_secret(self) -> bytes:
        """The newest of these keys; raises ProblemError HL5002 without one."""
        if not self.accounts:
            raise ProblemError(KEY_FILE_UNUSABLE(where="accounts.json", detail="không có khóa nào trong đó"))
        return self.accounts[-1].raw

    def case_public(self) -> str:
        """The public key of the newest case key, in base64; "" without one."""
        return _text(bytes(PrivateKey(self.cases[-1].raw).public_key)) if self.cases else ""

    def public(self) -> PublicKeys:
        """The public keys of all valid keys, as a terminal gets them."""
        return PublicKeys(
            sealing=tuple(
                PublicKey(key.id, _text(bytes(PrivateKey(key.raw).public_key)))
                for key in self._counting(self.sealing)
            ),
            badges=_verify_keys(self._counting(self.badges)),
            centre=_verify_keys(self._counting(self.signing)),
        )


def _verify_keys(keys: tuple[SecretKey, ...]) -> tuple[PublicKey, ...]:
    return tuple(PublicKey(key.id, _text(bytes(SigningKey(key.raw).verify_key))) for key in keys)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def make_keys(folder: Path, today: str, random_bytes: Callable[[int], bytes] = os.urandom) -> list[str]:
    """Make the keys missing in `folder`, one of each kind, named after `today`; returns their ids."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for kind in KINDS:
        path = folder / f"{kind}.json"
        if not path.exists():
            key = SecretKey(f"{kind}-{today}", _text(random_bytes(32)))
            write_secret(path, msgspec.json.encode([key]))
            made.append(key.id)
    return made


def add_key(folder: Path, kind: str, id: str, *, active: bool, secret: bytes) -> None:
    """Add a key of a kind; `secret` is 32 random bytes. Raises ProblemError HL5002, HL1004 (an id in use)."""
    path = folder / f"{kind}.json"
    keys = _load(path)
    if id in [key.id for key in keys]:
        raise ProblemError(ID_REPEATED(where=str(path), detail=f"'{id}'"))
    write_secret(path, msgspec.json.encode([*keys, SecretKey(id, _text(secret), active)]))


def activate_key(folder: Path, kind: str, id: str) -> None:
    """Let an announced key sign from the next start on. Raises ProblemError HL5002."""
    path = folder / f"{kind}.json"
    keys = _load(path)
    if id not in [key.id for key in keys]:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path), detail=f"không có khóa “{id}”"))
    changed = [SecretKey(key.id, key.secret, key.active or key.id == id) for key in keys]
    write_secret(path, msgspec.json.encode(changed))


def load_keys(folder: Path) -> Keys:
    """The keys in `folder`, and the lists that the root has signed.

    Raises ProblemError: HL5002 if a key is missing, unreadable or open to others, or the lists are
    unreadable; HL4109 if one of the lists is not signed by the root before it.
    """
    rooted = load_lists(folder)
    return Keys(
        signing=_load(folder / "signing.json"),
        badges=_load(folder / "badges.json", needed=False),
        sealing=_load(folder / "sealing.json", needed=False),
        cases=_load(folder / "cases.json", needed=False),
        accounts=_load(folder / "accounts.json", needed=False),
        folder=folder,
        rooted=rooted,
        trust=follow(Trust(root=rooted.root), rooted.lists) if rooted.root else None,
    )


def load_lists(folder: Path) -> KeysReply:
    """The lists that the root has signed, empty without a root; `follow` checks the signatures, not this.

    Raises ProblemError HL5002 if the file is there but unreadable.
    """
    path = folder / LISTS
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeysReply)
    except FileNotFoundError:
        return KeysReply()
    except (OSError, msgspec.DecodeError) as error:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path))) from error


def keep_lists(folder: Path, rooted: KeysReply) -> None:
    """Replace the stored lists by these; durable on return. Raises OSError."""
    write_secret(folder / LISTS, msgspec.json.encode(rooted))


def _load(path: Path, *, needed: bool = True) -> tuple[SecretKey, ...]:
    if not needed and not path.exists():
        return ()
    try:
        if path.stat().st_mode & 0o077:
            raise ProblemError(KEY_FILE_UNUSABLE(where=str(path), detail="quyền tệp không phải 600"))
        keys = msgspec.json.decode(path.read_bytes(), type=tuple[SecretKey, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path))) from error
    if not keys:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path), detail="không có khóa nào trong đó"))
    return keys
