"""Each unit's key for dossier codes and its list of cases: one file a unit, in `keys/case-lists/`.

Anyone who has a unit's key can try every dossier code, and so find the code of a hash. So key and list are
secrets like the others in `keys/`: files of mode 600, in no database and in no backup, and a terminal is
given only those of its own unit (rated.py).

Promises:
- a unit's key is made once and never changes by itself;
- what a terminal is given as cases.json is a `Cases`; who applied stays out of it, since terminals of release
  0.1.0 refuse what they don't know there;
- no two units share a key: a list whose key another unit has is neither read nor written.
"""

import base64
import binascii
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from sync.contract.bundle import Case
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import CASE_KEY_SHARED, KEY_FILE_UNUSABLE
from sync.contract.response import CaseHash
from sync.host.secret_file import write_secret

FOLDER = "case-lists"
KEY_BYTES = 32


class StoredCases(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A unit's file. key: base64.

    organisations, citizens: the cases among these whose applicant is known to be one.
    """

    key: str = ""
    case: tuple[Case, ...] = ()
    organisations: tuple[CaseHash, ...] = ()
    citizens: tuple[CaseHash, ...] = ()


def listed_units(keys: Path) -> frozenset[str]:
    """The units that have a key in the folder `keys`; their list may be empty."""
    return frozenset(path.stem for path in (keys / FOLDER).glob("*.json"))


def load_list(keys: Path, unit: str) -> StoredCases | None:
    """The unit's key and cases; None if it has none. Raises ProblemError HL5002 for an unusable file."""
    text = read_list(keys, unit)
    return None if text is None else decode_list(text, unit)


def read_list(keys: Path, unit: str) -> bytes | None:
    """The bytes of the unit's file; None if it has none. Raises ProblemError HL5002."""
    path = _file(keys, unit)
    try:
        if path.stat().st_mode & 0o077:
            raise ProblemError(KEY_FILE_UNUSABLE(where=_where(unit), detail="quyền không phải 600"))
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ProblemError(KEY_FILE_UNUSABLE(where=_where(unit))) from error


def decode_list(text: bytes, unit: str) -> StoredCases:
    """The decoded text of a unit's file; raises ProblemError HL5002."""
    try:
        cases = msgspec.json.decode(text, type=StoredCases)
        key = base64.b64decode(cases.key, validate=True)
    except (msgspec.DecodeError, binascii.Error, ValueError) as error:
        raise ProblemError(KEY_FILE_UNUSABLE(where=_where(unit))) from error
    if len(key) != KEY_BYTES:
        raise ProblemError(KEY_FILE_UNUSABLE(where=_where(unit), detail=f"khóa không đủ {KEY_BYTES} byte"))
    return cases


def unit_key(keys: Path, unit: str, random_bytes: Callable[[int], bytes] = os.urandom) -> bytes:
    """The unit's key, or a new one that is not stored yet.

    Raises ProblemError: HL5002 for an unusable file, HL5038 if another unit has the same key.
    """
    cases = load_list(keys, unit)
    if cases is None:
        return random_bytes(KEY_BYTES)
    for other in sorted(listed_units(keys) - {unit}):
        others = load_list(keys, other)
        if others is not None and others.key == cases.key:
            raise ProblemError(CASE_KEY_SHARED(where=unit, detail=other))
    return base64.b64decode(cases.key)


def keep_list(
    keys: Path,
    unit: str,
    key: bytes,
    cases: Sequence[Case],
    organisations: Collection[CaseHash] = (),
    citizens: Collection[CaseHash] = (),
) -> None:
    """Replace the unit's list by this one, durable on return."""
    path = _file(keys, unit)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored = StoredCases(
        base64.b64encode(key).decode(), tuple(cases), tuple(sorted(organisations)), tuple(sorted(citizens))
    )
    write_secret(path, msgspec.json.format(msgspec.json.encode(stored), indent=1))


def _file(keys: Path, unit: str) -> Path:
    return keys / FOLDER / f"{unit}.json"


def _where(unit: str) -> str:
    return f"{FOLDER}/{unit}.json"
