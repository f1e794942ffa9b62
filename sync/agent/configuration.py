"""The signed configuration: fetched, checked completely, then put in place in one step, or not at all.

    <folder>/bundles/<version>-<digest>/    the bundles that were applied; kept are the last two and the one
                                            that the terminal serves with, which may be older where it
                                            refused the later ones. All but the one in use are without their
                                            case lists, which may name erased cases
    <bundle>                                a symbolic link to the one in use: what the kiosk reads

Promises: never an older version than the one in use; a bundle that does not load changes nothing and is
reported; a kiosk that reads while the link moves sees the old one whole or the new one whole.
"""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from sync.contract.bundle import Bundle, load_bundle
from sync.contract.issue import BundleDocument, check_paths
from sync.contract.problem import ProblemError
from sync.contract.problem.files import BUNDLE_OUTDATED, BUNDLE_PLACED_BY_HAND

KEPT = 2
_OF_CASES = ("cases.json", "organisations.json", "citizens.json")


class BundleKeeper:
    """The bundles of a device.

    Args:
        folder: the agent's own folder.
        link: where the kiosk looks for its bundle.
        serving: the version that the terminal reports to serve with; 0 where it reports none.

    """

    def __init__(self, folder: Path, link: Path, serving: Callable[[], int] = lambda: 0) -> None:
        self._bundles = folder / "bundles"
        self._link = link
        self._serving = serving

    def version(self) -> int:
        """The version in use; 0 if none was applied here."""
        if not self._link.is_symlink():
            return 0
        return _version(self._link.readlink())

    def apply(self, document: BundleDocument, *, older: bool = False) -> Bundle:
        """Put this bundle in place of the one in use.

        older: accept an older version too, because the key that signed the one in use is no longer trusted.

        Raises ProblemError HL1008 if it is older than the one in use, HL1001 … HL1007 if it does not load,
        HL1009 if a folder that was put there by hand is in the way; nothing has changed then. Raises OSError.
        """
        check_paths(document)
        if document.version < self.version() and not older:
            raise ProblemError(BUNDLE_OUTDATED(where="version", detail=str(document.version)))
        if self._link.exists() and not self._link.is_symlink():
            raise ProblemError(BUNDLE_PLACED_BY_HAND(where=str(self._link)))
        name = f"{document.version}-{hashlib.sha256(msgspec.json.encode(document)).hexdigest()[:12]}"
        target = self._bundles / name
        draft = self._bundles / f"{name}.new"
        shutil.rmtree(draft, ignore_errors=True)
        for name, text in document.files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)  # the terminal reads it as a group
            path.write_text(text, "utf-8")
        try:
            bundle = load_bundle(draft)
        except ProblemError as error:
            shutil.rmtree(draft)
            wrong = error.problem
            raise ProblemError(replace(wrong, where=wrong.where.removeprefix(f"{draft}/"))) from error
        os.sync()  # once per configuration: the contents are durable before the rename
        if target == self._used() and target.exists():
            shutil.rmtree(draft)
        else:
            shutil.rmtree(target, ignore_errors=True)  # an earlier copy of the same content has no case list
            draft.rename(target)
        self._point(target)
        self._forget(target)
        return bundle

    def _used(self) -> Path | None:
        return self._link.readlink() if self._link.is_symlink() else None

    def _point(self, target: Path) -> None:
        new = self._link.with_name(self._link.name + ".new")
        new.unlink(missing_ok=True)
        new.symlink_to(target)
        new.replace(self._link)

    def _forget(self, used: Path) -> None:
        """Delete all bundles but three: in use, the newest of the others, and what the terminal serves with.

        Delete the case lists of the latter two.
        """
        others = [path for path in self._bundles.iterdir() if path.is_dir() and path != used]
        applied = sorted((path for path in others if path.suffix != ".new"), key=_version)
        serving = self._serving()
        kept = {*applied[-(KEPT - 1) :], *(path for path in applied if serving and _version(path) == serving)}
        for path in others:
            if path not in kept:
                shutil.rmtree(path)
        for path in kept:
            for name in _OF_CASES:
                (path / name).unlink(missing_ok=True)


def _version(path: Path) -> int:
    number = path.name.partition("-")[0]
    return int(number) if number.isdigit() else 0
