"""Both sides of the offline root: the machine that holds it, and the centre that imports what it signed.

    centre                            offline machine
    keys request ─► request.json ───► keys root sign ─► list.json ─► keys import

The root is one file of mode 600, {"id", "secret"}, and a few groups of letters on paper. The offline machine
stores nothing else: everything it signs is in the request, which a person reads before signing.

Promises:
- a list is imported only if the root signed it, it is newer than the last one, it names the key that the
  centre would sign with, that key has not expired, and every key id that it shares with the centre has the
  same key: else nothing changes;
- a revoked key is in every later request as revoked, and not among its keys.
"""

import base64
import hashlib
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct
from nacl.signing import SigningKey

from sync.central.office.keys.stored import Keys, SecretKey, keep_lists, load_keys
from sync.contract.bundle import PublicKey
from sync.contract.enrolment import fingerprint
from sync.contract.key_list import (
    KeyList,
    KeysReply,
    NamedKey,
    SignedList,
    Trust,
    Use,
    follow,
    read_list,
    sign_list,
)
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import KEY_FILE_UNUSABLE, KEY_LIST_UNUSABLE, PAPER_ROOT_WRONG
from sync.contract.problem.files import FILE_MALFORMED, FILE_UNREADABLE
from sync.contract.text import Id
from sync.host.secret_file import write_secret

T = TypeVar("T")
DAYS = 1095  # of validity, unless given otherwise
WARN = timedelta(days=60)
_CHECK = 3  # bytes of the digest that follow the secret on paper
_GROUP = 4


class RequestedKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be named. public: 32 bytes in base64."""

    id: Id
    use: Use
    public: str


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """What the centre asks the root to sign."""

    version: int
    keys: tuple[RequestedKey, ...]
    revoked: tuple[Id, ...] = ()


class Signed(Struct, frozen=True, forbid_unknown_fields=True):
    """The root's answer: the list, and the root that signed it."""

    root: PublicKey
    list: SignedList


# --- at the centre -----------------------------------------------------------------------------------


def make_request(keys: Keys, revoke: Collection[str]) -> Request:
    """A request to name the keys at hand, except those in `revoke`, which are revoked from now on.

    Raises ProblemError HL5017 for an unknown id, or if no key would be left to sign with.
    """
    public = keys.public()
    here: list[RequestedKey] = []
    uses: tuple[Use, ...] = ("centre", "badges", "sealing")
    for use in uses:
        here += [RequestedKey(key.id, use, key.public) for key in getattr(public, use)]
    trust = keys.trust
    # Ids from all earlier lists are allowed: a key replaced long ago can turn out to have been stolen.
    lists = [msgspec.json.decode(each.text, type=KeyList) for each in keys.rooted.lists]
    known = {key.id for key in here} | {key.id for each in lists for key in each.keys}
    for id in revoke:
        if id not in known:
            raise _not_signable(f"no key '{id}'")
    kept = tuple(key for key in here if key.id not in revoke)
    active = {key.id for key in keys.signing if key.active}
    if not any(key.use == "centre" and key.id in active for key in kept):
        raise _not_signable("no active signing key would be left: announce and use a new one first")
    before = trust.revoked if trust else ()
    revoked = tuple(dict.fromkeys([*before, *revoke]))
    return Request((trust.version if trust else 0) + 1, kept, revoked)


def take_in(folder: Path, signed: Signed, *, now: datetime, new_root: bool = False) -> KeyList:
    """Store a list that the root has signed in `folder`; it is used from the next start of the centre on.

    new_root: the old root is lost or stolen, and a new one begins with this list; terminals must enrol again.

    Raises ProblemError HL4109, HL5002, HL5017; nothing has changed then.
    """
    keys = load_keys(folder)
    expected = keys.trust.version + 1 if keys.trust else 1
    rooted = KeysReply(signed.root) if new_root or keys.rooted.root is None else keys.rooted
    before = Trust(root=signed.root) if new_root or keys.trust is None else keys.trust
    found = read_list(signed.list, before.root)
    if found.version != expected:
        raise _not_signable(f"version {found.version}, expected is {expected}")
    own = {key.id: key.public for key in make_request(keys, ()).keys}
    for key in found.keys:
        if own.get(key.id, key.public) != key.public:
            raise _not_signable(f"'{key.id}' is another key here")
    trust = follow(before, (signed.list,))
    named = {key.id: key.until for key in trust.keys if key.use == "centre"}
    ends = [named[key.id] for key in keys.signing if key.active and key.id in named]
    if not ends:
        raise _not_signable("it names no key that the centre can sign with")
    if max(ends) <= now:
        # The offline machine's clock was wrong: no terminal would trust the centre any more.
        raise _not_signable(f"its keys count until {max(ends):%Y-%m-%d}: over already, look at both clocks")
    keep_lists(folder, KeysReply(rooted.root, (*rooted.lists, signed.list)))
    return found


def ends_soon(trust: Trust, now: datetime) -> list[NamedKey]:
    """The keys that have expired or expire within two months."""
    return [key for key in trust.keys if key.until <= now + WARN]


# --- at the offline machine --------------------------------------------------------------------------


def make_root(path: Path, id: str, secret: bytes) -> PublicKey:
    """Write a new root; raises ProblemError HL5017 if the file exists already."""
    if path.exists():
        raise ProblemError(KEY_LIST_UNUSABLE(where=str(path), detail="đã có tệp tên này"))
    root = SecretKey(id, base64.b64encode(secret).decode())
    write_secret(path, msgspec.json.encode(root))
    return public_root(root)


def load_root(path: Path) -> SecretKey:
    """The root in a file; raises ProblemError HL5002."""
    try:
        if path.stat().st_mode & 0o077:
            raise ProblemError(KEY_FILE_UNUSABLE(where=str(path), detail="quyền tệp không phải 600"))
        root = msgspec.json.decode(path.read_bytes(), type=SecretKey)
        SigningKey(root.raw)
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise ProblemError(KEY_FILE_UNUSABLE(where=str(path))) from error
    return root


def public_root(root: SecretKey) -> PublicKey:
    """The public key of the root, which terminals get."""
    return PublicKey(root.id, base64.b64encode(bytes(SigningKey(root.raw).verify_key)).decode())


def sign_request(
    root: SecretKey, request: Request, *, now: datetime, days: int, following: SecretKey | None = None
) -> Signed:
    """Sign a request; the keys are valid for `days`. following: the root from the next list on."""
    until = (now + timedelta(days=days)).replace(microsecond=0)
    keys = KeyList(
        version=request.version,
        issued=now.replace(microsecond=0),
        keys=tuple(NamedKey(id=key.id, use=key.use, public=key.public, until=until) for key in request.keys),
        revoked=request.revoked,
        root=public_root(following) if following else None,
    )
    return Signed(public_root(root), sign_list(keys, SigningKey(root.raw)))


def on_paper(root: SecretKey) -> str:
    """The root in groups of letters and digits with a check sum, to be kept on paper in a safe."""
    raw = root.raw + hashlib.sha256(root.raw).digest()[:_CHECK]
    text = base64.b32encode(raw).decode().rstrip("=")
    return f"{root.id} " + "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def from_paper(text: str) -> tuple[str, bytes]:
    """The id and the secret written on paper; raises ProblemError HL5018 if a letter is wrong."""
    id, _, letters = text.strip().partition(" ")
    plain = letters.upper().replace("-", "").replace(" ", "")
    try:
        raw = base64.b32decode(plain + "=" * (-len(plain) % 8))
    except ValueError as error:
        raise ProblemError(PAPER_ROOT_WRONG()) from error
    secret, check = raw[:-_CHECK], raw[-_CHECK:]
    if len(secret) != 32 or hashlib.sha256(secret).digest()[:_CHECK] != check:
        raise ProblemError(PAPER_ROOT_WRONG())
    return id, secret


# --- files and words ---------------------------------------------------------------------------------


def read_request(path: Path) -> Request:
    """Raises ProblemError HL1001, HL1002."""
    return _read(path, Request)


def read_signed(path: Path) -> Signed:
    """Raises ProblemError HL1001, HL1002."""
    return _read(path, Signed)


def write_document(path: Path, document: Struct) -> None:
    """Write a file for the other machine, legible for people too. Raises ProblemError HL1001."""
    text = json.dumps(msgspec.to_builtins(document), indent=2, ensure_ascii=False) + "\n"
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=error.strerror or "")) from error


def shown(public: str) -> str:
    """A public key for people to compare: the first 60 bits of its SHA-256."""
    text = fingerprint(base64.b64decode(public))
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _read(path: Path, type: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=type)
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=error.strerror or "")) from error
    except msgspec.DecodeError as error:
        raise ProblemError(FILE_MALFORMED(where=str(path))) from error


def _not_signable(detail: str) -> ProblemError:
    return ProblemError(KEY_LIST_UNUSABLE(where="keys", detail=detail))
