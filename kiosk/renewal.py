"""A new configuration, noticed between two visits: taken whole, or not at all.

The agent puts a bundle in place by moving one link, so what is read here is the old one whole or the new one
whole. Its mark is taken before it is read: one that is placed meanwhile, also while the terminal starts, is
noticed by the next look. A bundle that does not load, or is older than the one in use, changes nothing. An
older one counts only where it names a key as revoked that the one in use does not: that may have come from
who had stolen the key.
"""

from pathlib import Path

from msgspec import Struct

from sync.contract.bundle import Bundle, BundleVersion, PublicKeys, load_bundle
from sync.contract.files import decode_toml, read_text
from sync.contract.problem import ProblemError
from sync.contract.problem.files import BUNDLE_OUTDATED


class Mark(Struct, frozen=True):
    """Which bundle is in place.

    link: where the link leads. folder: which folder that is. written: when a file in there was last written.
    """

    link: str = ""
    folder: str = ""
    written: int = 0


def mark_of(folder: Path) -> Mark:
    """The mark of the bundle that is there now."""
    link = _target(folder)
    files = [path for path in folder.rglob("*") if path.suffix in (".toml", ".json")]
    return Mark(link, str(folder.resolve()), max((_written(path) for path in files), default=0))


class BundleWatcher:
    """Watches the bundle folder of a terminal that started with version `version` and these keys.

    seen: the mark before that version was read.
    """

    def __init__(self, folder: Path, version: int, seen: Mark, keys: PublicKeys | None = None) -> None:
        self._folder = folder
        self._version = version
        self._seen = seen
        self._revoked = frozenset(keys.revoked if keys else ())

    def moved(self) -> bool:
        """Whether the link leads elsewhere than last time: a cheap look, blind to files changed by hand."""
        return _target(self._folder) != self._seen.link

    def newer(self) -> Bundle | None:
        """The bundle where it is another one than last time, else None.

        Raises ProblemError where it does not load (HL1001 … HL1007) or is older than the one in use (HL1008);
        asked again, it says None until the folder changes.
        """
        mark = mark_of(self._folder)
        if mark == self._seen:
            return None
        self._seen = mark
        bundle = load_bundle(self._folder)
        version = bundle.version.version
        if version < self._version and self._revoked.issuperset(bundle.keys.revoked):
            raise ProblemError(
                BUNDLE_OUTDATED(where=str(self._folder), detail=f"{version} < {self._version}")
            )
        return bundle

    def took(self, bundle: Bundle) -> None:
        """This one is in use now; a bundle that was refused is no measure for the next."""
        self._version, self._revoked = bundle.version.version, frozenset(bundle.keys.revoked)


def _target(folder: Path) -> str:
    """Where the link leads; "" for a folder, or none."""
    try:
        return str(folder.readlink())
    except OSError:
        return ""


def version_at(folder: Path) -> int:
    """The version that a bundle says it is, also where the rest of it can't be used; 0 where it says none."""
    try:
        return decode_toml(read_text(folder / "bundle.toml"), BundleVersion, "").version
    except ProblemError:
        number = folder.resolve().name.partition("-")[0]  # as the agent names it
        return int(number) if number.isdecimal() else 0


def _written(path: Path) -> int:
    """When it was last written, in nanoseconds; 0 where it has just been taken away."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
