"""What is done to the centre's keys: announced, used, asked of the offline root, and taken in from it.

Keys are files, the log is a table: a file that can't be written takes back its line.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sync.central.office.audit.acts import Act
from sync.central.office.keys import offline
from sync.central.office.keys.stored import activate_key, add_key, load_keys
from sync.contract.bundle import PublicKey
from sync.contract.root import KeyList

ACTIVE = ("sealing", "cases")  # words and cases are sealed to the newest key there is; others sign once known


def announce(
    act: Act, folder: Path, kind: str, id: str, random_bytes: Callable[[int], bytes] = os.urandom
) -> None:
    """Make the next key of a kind; terminals learn of it. Raises ProblemError HL5002, HL1004."""
    act.note("keys-announce", id, kind)
    add_key(folder, kind, id, active=kind in ACTIVE, secret=random_bytes(32))


def use(act: Act, folder: Path, kind: str, id: str) -> None:
    """Sign with an announced key from the next start on. Raises ProblemError HL5002."""
    act.note("keys-use", id, kind)
    activate_key(folder, kind, id)


def request(act: Act, folder: Path, out: Path, revoked: Sequence[str]) -> offline.Request:
    """Write down which keys the root is asked to name, and which to revoke."""
    asked = offline.make_request(load_keys(folder), revoked)
    act.note(
        "keys-request",
        f"list {asked.version}",
        " ".join(["keys", *(key.id for key in asked.keys), "revoked", *asked.revoked]),
    )
    offline.write_document(out, asked)
    return asked


def take_in(act: Act, folder: Path, signed: offline.Signed, *, new_root: bool = False) -> KeyList:
    """Take in a list that the root has signed; raises ProblemError as `offline.take_in` does."""
    found = offline.take_in(folder, signed, now=act.now, new_root=new_root)
    names = ["keys", *(key.id for key in found.keys), "revoked", *found.revoked]
    act.note("keys-import", f"list {found.version}", " ".join([public_line(signed.root), *names]))
    return found


def public_line(public: PublicKey) -> str:
    """A public key for people to compare, with its id."""
    return f"{public.id} {offline.shown(public.public)}"
