"""The configuration of one terminal: its unit's newest bundle and case list, and the centre's public keys.

Promises (each has a test of this name):
- what a terminal has already is neither put together nor sent again;
- whatever changes (a row, a list, what was rated, a restored backup) reaches a terminal with its next
  question.
"""

import hashlib
import re
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.office.configuration.versions import Bundles, Issued, files_of
from sync.central.office.keys.stored import Keys
from sync.central.office.rated import MarkedList, RatedCases, list_for
from sync.central.store.storage import Storage
from sync.contract.bundle import PublicKeys
from sync.contract.files import decode_toml
from sync.contract.issue import BundleDocument
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import BUNDLE_NOT_ISSUED

_KEYS = "keys.toml"
_TAG = re.compile(whole('"([0-9]{1,15})-[0-9a-f]+"'), re.ASCII)


class Configuration(Struct, frozen=True):
    """tag: names this configuration (an ETag). body: its document; None if the terminal has it already."""

    tag: str
    body: bytes | None


class Configurations:
    """The configurations of all terminals of one centre; may be asked from several threads.

    Args:
        keys: the centre's; they stay the same while a process runs.

    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._bundles = Bundles()
        self._rated = RatedCases(keys.case_keys())
        self._case_public = keys.case_public()
        # By unit, and whether with its list: the digest of the sources, and the tag.
        self._known: dict[tuple[str, bool], tuple[bytes, str]] = {}

    def version(self, storage: Storage, unit: str, now: datetime, *, reported: int = 0) -> int:
        """The version that terminals of `unit` get now, see `Bundles.newest`; 0 if they get none."""
        issued = self._bundles.newest(storage, unit, now, reported=reported)
        return issued.version if issued else 0

    def of(
        self, storage: Storage, unit: str, now: datetime, *, known: str, with_cases: bool
    ) -> Configuration:
        """The configuration of a terminal of `unit` that has the one with the tag `known`.

        with_cases: whether the terminal may have the unit's case list.

        Raises ProblemError: HL4022 if no form is offered in the unit, HL5002 for a case list that can't be
        used, HL5006.
        """
        issued = self._bundles.newest(storage, unit, now, reported=_version(known))
        if issued is None:
            raise ProblemError(BUNDLE_NOT_ISSUED())
        with storage.reading() as connection:
            listed = self._list(connection, issued, now) if with_cases else None
            source, place = _digest(issued, listed), (unit, listed is not None)
            if known and self._known.get(place) == (source, known):
                return Configuration(known, None)
            files = files_of(connection, issued)
        files[_KEYS] = self._keys_text(files.get(_KEYS, ""))
        if listed is not None:
            cases = replace(listed.cases(), public=self._case_public)
            files["cases.json"] = msgspec.json.encode(cases).decode()
            for name, hashes in listed.by_applicant().items():
                files[name] = msgspec.json.encode(hashes).decode()
        document = BundleDocument(issued.version, issued.issued_at, files)
        body = msgspec.json.encode(document, order="sorted")
        tag = f'"{issued.version}-{hashlib.sha256(body).hexdigest()[:16]}"'
        self._known[place] = (source, tag)
        return Configuration(tag, None if known == tag else body)

    def _list(self, connection: Connection, issued: Issued, now: datetime) -> MarkedList | None:
        since = now.date() - timedelta(days=issued.repeat_days)
        return list_for(connection, issued.unit, keys=self._keys.folder, rated=self._rated, since=since)

    def _keys_text(self, given: str) -> str:
        """The centre's own keys, and the badge keys that the offices have named, without revoked ones."""
        own, named = self._keys.public(), decode_toml(given, PublicKeys, _KEYS)
        ids = {key.id for key in own.badges} | set(self._keys.trust.revoked if self._keys.trust else ())
        badges = (*own.badges, *(key for key in named.badges if key.id not in ids))
        return msgspec.toml.encode(replace(own, badges=badges)).decode()


def _version(tag: str) -> int:
    """The version in a tag that was given out; 0 if there is none."""
    match = _TAG.fullmatch(tag)
    return int(match[1]) if match else 0


def _digest(issued: Issued, listed: MarkedList | None) -> bytes:
    """A digest of everything in which two configurations of a unit can differ while a process runs."""
    parts: list[object] = [issued.version, issued.issued_at, issued.digest]
    if listed is not None:
        parts += [hashlib.sha256(listed.text).digest(), listed.rated]
    return hashlib.sha256(msgspec.json.encode(parts)).digest()
