"""The configuration of one terminal: the newest bundle, the centre's public keys, its unit's case list.

Promises (each has a test of this name):
- what a terminal has already is neither put together nor sent again;
- whatever changes (a bundle, a list, what was rated, a restored backup) reaches a terminal with its next
  question.
"""

import hashlib
from datetime import date, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.office.bundle import Contents, Issued, newest
from sync.central.office.keys.stored import Keys
from sync.central.office.rated import MarkedList, RatedCases, list_for
from sync.contract.bundle import PublicKeys
from sync.contract.issue import BundleDocument
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import BUNDLE_NOT_ISSUED


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
        self._rated = RatedCases(keys.case_keys())
        self._case_public = keys.case_public()
        # The bundle's digest, and keys.toml for it.
        self._keys_file = ("", "")
        # By the unit whose list it has ("" without one): the digest of its sources, and its tag.
        self._known: dict[str, tuple[bytes, str]] = {}

    def of(self, connection: Connection, *, unit: str | None, known: str, today: date) -> Configuration:
        """The configuration of a terminal that has the one with the tag `known`.

        unit: the terminal's; None for a terminal that may not have a case list.

        Raises ProblemError: HL4022 if no bundle was issued yet, HL5002 for a case list that can't be used.
        """
        issued = newest(connection)
        if issued is None:
            raise ProblemError(BUNDLE_NOT_ISSUED())
        contents = issued.contents
        listed = None
        if unit is not None:
            since = today - timedelta(days=contents.settings.repeat_days)
            listed = list_for(
                connection, unit, keys=self._keys.folder, rated=self._rated, since=since, today=today
            )
        source = _digest(issued, listed)
        owner = listed.unit if listed else ""
        if known and self._known.get(owner) == (source, known):
            return Configuration(known, None)
        files = {**contents.files, "keys.toml": self._keys_text(contents)}
        if listed is not None:
            cases = replace(listed.cases(), public=self._case_public)
            files["cases.json"] = msgspec.json.encode(cases).decode()
            organisations = listed.organisations()
            if organisations:
                files["organisations.json"] = msgspec.json.encode(organisations).decode()
        document = BundleDocument(issued.version, issued.issued_at, files)
        body = msgspec.json.encode(document, order="sorted")
        tag = f'"{issued.version}-{hashlib.sha256(body).hexdigest()[:16]}"'
        self._known[owner] = (source, tag)
        return Configuration(tag, None if known == tag else body)

    def _keys_text(self, contents: Contents) -> str:
        digest, text = self._keys_file
        if digest != contents.digest:
            text = msgspec.toml.encode(self._public_keys(contents.keys)).decode()
            self._keys_file = (contents.digest, text)
        return text

    def _public_keys(self, given: PublicKeys) -> PublicKeys:
        """The centre's own keys, and the badge keys that came with the bundle, without revoked ones."""
        own = self._keys.public()
        ids = {key.id for key in own.badges} | set(self._keys.trust.revoked if self._keys.trust else ())
        return replace(own, badges=(*own.badges, *(key for key in given.badges if key.id not in ids)))


def _digest(issued: Issued, listed: MarkedList | None) -> bytes:
    """A digest of everything in which two configurations can differ while a process runs."""
    parts: list[object] = [issued.version, issued.issued_at, issued.contents.digest]
    if listed is not None:
        parts += [listed.unit, hashlib.sha256(listed.text).digest(), listed.rated]
    return hashlib.sha256(msgspec.json.encode(parts)).digest()
