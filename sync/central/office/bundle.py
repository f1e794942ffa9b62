"""Taking in a bundle, as files of a folder: it becomes the configuration of the whole centre.

Promises (each has a test of this name):
- what is issued is checked whole first, and a bundle that is refused changes nothing;
- the same folder again changes nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.comparing import Change
from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.fitting import Known
from sync.central.office.configuration.folder import read_files, read_folder
from sync.central.office.configuration.importing import import_configured
from sync.central.office.configuration.scope import read_known
from sync.central.office.configuration.versions import no_lower_than
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import facts
from sync.contract.bundle import BundleVersion
from sync.contract.files import decode_toml, read_text
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.files import BUNDLE_OUTDATED

_VERSION_FILE = "bundle.toml"


class Difference(Struct, frozen=True):
    """The entries in which a configuration differs from the one before it, such as "officers cb-01"."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def import_bundle(act: Act, folder: Path) -> tuple[Configured, Difference]:
    """Take in the bundle in a folder, see `issue`."""
    wanted = read_folder(folder, CENTRE, _known(act))
    numbered = folder / _VERSION_FILE
    return _take_in(act, wanted, read_text(numbered) if numbered.exists() else "", str(numbered))


def issue(act: Act, files: Mapping[str, str]) -> tuple[Configured, Difference]:
    """Make what a bundle says the configuration of the whole centre; terminals get it next.

    Returns it, and the entries that differ from before. Raises ProblemsError as `read_files`, ProblemError
    HL1008 for a bundle that has expired, or for other content in a version that is not newer than the last
    one. Nothing is stored then. A folder without a version is always taken in.
    """
    wanted = read_files(files, Path(), CENTRE, _known(act))
    return _take_in(act, wanted, files.get(_VERSION_FILE, ""), _VERSION_FILE)


def _known(act: Act) -> Known:
    one_at_a_time(act.connection)
    return read_known(act.connection, act.now.astimezone(VIET_NAM).date())


def _take_in(act: Act, wanted: Configured, numbered: str, where: str) -> tuple[Configured, Difference]:
    """numbered: the text of bundle.toml; where: that file."""
    issued = decode_toml(numbered, BundleVersion, where) if numbered else None
    if issued is not None and issued.expires <= act.now:
        raise ProblemError(BUNDLE_OUTDATED(where=where, detail="đã hết hạn"))
    named = f"version {issued.version}" if issued else "no version"
    act.note("bundle", named, f"{len(wanted.surveys)} surveys, {len(wanted.devices)} devices")
    changes = import_configured(act, CENTRE, wanted, named)
    if changes and issued is not None:
        if issued.version <= _last_imported(act.connection):
            raise ProblemError(BUNDLE_OUTDATED(where=where, detail=f"phiên bản {issued.version}"))
        _keep_imported(act.connection, issued.version)
        no_lower_than(act.connection, issued.version)
    return wanted, _difference(changes)


def _difference(changes: Sequence[Change]) -> Difference:
    named = [(change.sign, f"{change.noun} {change.id}") for change in changes]
    added, changed, removed = (tuple(sorted(name for sign, name in named if sign == each)) for each in "+~-")
    return Difference(added, changed, removed)


_IMPORTED = "imported"  # a fact: the version of the last folder that was taken in


def _last_imported(connection: Connection) -> int:
    return int(connection.execute(select(facts.c.value).where(facts.c.name == _IMPORTED)).scalar() or 0)


def _keep_imported(connection: Connection, version: int) -> None:
    connection.execute(delete(facts).where(facts.c.name == _IMPORTED))
    connection.execute(insert(facts).values(name=_IMPORTED, value=str(version)))
