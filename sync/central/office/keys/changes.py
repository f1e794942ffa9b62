"""Changes to the centre's keys: announcing and using them, requests to the offline root, and its lists.

Keys are files, the log is a table: if the file can't be written, the line in the log is rolled back.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sync.central.office.audit.acts import Act
from sync.central.office.keys import offline
from sync.central.office.keys.stored import activate_key, add_key, load_keys
from sync.contract.bundle import PublicKey
from sync.contract.key_list import KeyList

ACTIVE = ("sealing", "cases")  # these seal as soon as they exist; signing keys wait until terminals know them


def announce(
    act: Act, folder: Path, kind: str, id: str, random_bytes: Callable[[int], bytes] = os.urandom
) -> None:
    """Make the next key of a kind, and announce it to terminals. Raises ProblemError HL5002, HL1004."""
    act.note("keys-announce", id, kind)
    add_key(folder, kind, id, active=kind in ACTIVE, secret=random_bytes(32))


def use(act: Act, folder: Path, kind: str, id: str) -> None:
    """Sign with an announced key from the next start of the centre on. Raises ProblemError HL5002."""
    act.note("keys-use", id, kind)
    activate_key(folder, kind, id)


def request(act: Act, folder: Path, out: Path, revoked: Sequence[str]) -> offline.Request:
    """Write the request file: which keys the root is asked to name, and which to revoke."""
    asked = offline.make_request(load_keys(folder), revoked)
    act.note(
        "keys-request",
        f"list {asked.version}",
        " ".join(["keys", *(key.id for key in asked.keys), "revoked", *asked.revoked]),
    )
    offline.write_document(out, asked)
    return asked


def take_in(act: Act, folder: Path, signed: offline.Signed, *, new_root: bool = False) -> KeyList:
    """Import a list that the root has signed; raises ProblemError as `offline.take_in` does."""
    found = offline.take_in(folder, signed, now=act.now, new_root=new_root)
    names = ["keys", *(key.id for key in found.keys), "revoked", *found.revoked]
    act.note("keys-import", f"list {found.version}", " ".join([public_line(signed.root), *names]))
    return found


def public_line(public: PublicKey) -> str:
    """A public key for people to compare, with its id."""
    return f"{public.id} {offline.shown(public.public)}"
