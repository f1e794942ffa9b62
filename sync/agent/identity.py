"""This device's identity: its own key, and the keys of the centre that it trusts.

    <folder>/device.key       32 bytes in base64, mode 600; made here, never leaves
    <folder>/identity.json    id, unit and the centre's public keys, from the answer to the enrolment; its
                              address if the code named it; if the centre has an offline root, that root and
                              its newest key list; the ids of all keys that were trusted so far
    <folder>/enrolled.json    id and unit alone, for the kiosk

The key is on disk before it is sent: if the answer gets lost, asking again with the same key is harmless.
The ids of trusted keys outlive the lists that named them, and another enrolment: a key that is revoked after
it was replaced has still signed receipts, configurations and tombstones that are here.
"""

import base64
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from nacl.signing import SigningKey

from sync.contract.bundle import PublicKeys
from sync.contract.enrolment import Enrolled, EnrolReply
from sync.contract.key_list import Trust, follow
from sync.contract.problem import ProblemError
from sync.contract.problem.agent import DEVICE_NOT_ENROLLED
from sync.contract.text import Id
from sync.host.first_start import read_enrolled, write_enrolled
from sync.host.secret_file import write_secret
from sync.outbox import OutboxLocked, Receipts

_KEY = "device.key"
_IDENTITY = "identity.json"


class Identity(Struct, frozen=True):
    """device: the id. key: the device's own. keys: the centre's, as it sent them; trust: as its root signed.

    believed: ids of all keys whose answers were accepted here, without those that were revoked since.
    unit: the device's when it was enrolled. address: the centre's, "" where agent.toml names it.
    certificate: the centre's own for HTTPS (PEM), "" where the system knows who issued it.
    """

    device: Id
    key: SigningKey
    keys: PublicKeys
    trust: Trust | None = None
    believed: frozenset[str] = frozenset()
    unit: str = ""
    address: str = ""
    certificate: str = ""

    def centre(self, now: datetime) -> dict[str, bytes]:
        """The keys that sign the centre's answers now, by id; with a root only those it names."""
        return self.trust.believed("centre", now) if self.trust else centre_keys(self.keys)

    def signers(self) -> dict[str, bytes]:
        """The same keys, whenever they are valid: for the answer that says when it is."""
        if self.trust is None:
            return centre_keys(self.keys)
        return {key.id: base64.b64decode(key.public) for key in self.trust.keys if key.use == "centre"}


class _Stored(Struct, frozen=True, omit_defaults=True):
    device: Id
    unit: Id
    keys: PublicKeys
    trust: Trust | None = None
    believed: tuple[Id, ...] | None = None  # None until it differs from what `keys` and `trust` name
    address: str = ""
    certificate: str = ""

    def whose_counted(self) -> frozenset[str]:
        """See `Identity.believed`."""
        if self.believed is not None:
            return frozenset(self.believed)
        return _signers(self.keys, self.trust)


def load_identity(folder: Path) -> Identity:
    """The identity in the agent's folder.

    Raises ProblemError HL4106 if the device is not enrolled; OSError if the disk can't be read.
    """
    try:
        stored = _stored(folder)
        key = SigningKey(base64.b64decode((folder / _KEY).read_bytes()))
    except (FileNotFoundError, msgspec.DecodeError, ValueError) as error:
        raise ProblemError(DEVICE_NOT_ENROLLED(where=str(folder))) from error
    return Identity(
        stored.device,
        key,
        stored.keys,
        stored.trust,
        stored.whose_counted(),
        stored.unit,
        stored.address,
        stored.certificate,
    )


def centre_keys(keys: PublicKeys) -> dict[str, bytes]:
    """The keys that sign the centre's answers, by id."""
    return {key.id: base64.b64decode(key.public) for key in keys.centre}


def own_key(folder: Path, random_bytes: Callable[[int], bytes] = os.urandom) -> SigningKey:
    """This device's key; made if there is none yet. Raises OSError."""
    path = folder / _KEY
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(path, base64.b64encode(random_bytes(32)))
    return SigningKey(base64.b64decode(path.read_bytes()))


def keep_identity(folder: Path, reply: EnrolReply, address: str = "", certificate: str = "") -> None:
    """Store this device's identity, and the number after which its outbox continues; durable on return.

    address: the centre's, if the code named it. certificate: see `Identity`.

    Raises OSError, StorageFailed, ProblemError HL4109 if the root that the centre names did not sign its
    lists. The device is enrolled all the same, because its code is used up: it trusts only that root, and
    continues by itself once the lists are right.
    """
    root = reply.rooted.root
    trust, wrong = Trust(root=root) if root and reply.rooted.lists else None, None
    try:
        trust = follow(trust, reply.rooted.lists) if trust else None
    except ProblemError as error:
        wrong = error
    try:
        before = _stored(folder).whose_counted()
    except (FileNotFoundError, msgspec.DecodeError):
        before = frozenset()
    believed = tuple(sorted(before | _signers(reply.keys, trust))) if before else None
    _store(folder, _Stored(reply.device, reply.unit, reply.keys, trust, believed, address, certificate))
    _keep_made(folder, reply.made)
    write_enrolled(folder, Enrolled(reply.device, reply.unit, reply.office))
    if wrong is not None:
        raise wrong


def name_to_kiosk(folder: Path, identity: Identity) -> None:
    """Name this terminal to the kiosk, where an older version enrolled it. Raises OSError."""
    if read_enrolled(folder) is None:
        write_enrolled(folder, Enrolled(identity.device, identity.unit))


def _keep_made(folder: Path, made: int) -> None:
    if not made:
        return
    try:
        receipts = Receipts(folder)
    except OutboxLocked:
        return  # the running agent gets it with its next heartbeat
    try:
        if made > receipts.view.notes.begin_after:
            receipts.note(begin_after=made)
    finally:
        receipts.close()


def keep_keys(folder: Path, keys: PublicKeys) -> Identity:
    """Trust these keys of the centre from now on, unless a root is known, which decides; durable on return.

    Raises OSError.
    """
    stored = _stored(folder)
    if stored.keys != keys:
        believed = stored.whose_counted() | _signers(keys, stored.trust)
        _store(folder, msgspec.structs.replace(stored, keys=keys, believed=tuple(sorted(believed))))
    return load_identity(folder)


def keep_trust(folder: Path, trust: Trust) -> Identity:
    """Trust only the keys that this root names from now on; durable on return.

    Call it after everything that its revoked keys signed was marked as doubted: their ids are dropped here.
    Raises OSError.
    """
    stored = _stored(folder)
    believed = (stored.whose_counted() | _signers(stored.keys, trust)) - set(trust.revoked)
    _store(folder, msgspec.structs.replace(stored, trust=trust, believed=tuple(sorted(believed))))
    return load_identity(folder)


def _signers(keys: PublicKeys, trust: Trust | None) -> frozenset[str]:
    """The ids of the keys that are trusted; with a root only those it names."""
    if trust is None:
        return frozenset(key.id for key in keys.centre)
    return frozenset(key.id for key in trust.keys if key.use == "centre")


def _stored(folder: Path) -> _Stored:
    return msgspec.json.decode((folder / _IDENTITY).read_bytes(), type=_Stored)


def _store(folder: Path, stored: _Stored) -> None:
    write_secret(folder / _IDENTITY, msgspec.json.encode(stored))
