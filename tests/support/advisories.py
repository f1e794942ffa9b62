"""Checks locked versions for known holes: `make check` compares requirements.lock with a stored list.

The list is requirements/advisories.toml; its head says how it is renewed:
`python -m tests.support.advisories FOLDER`, where FOLDER is a clone of the PyPA's advisory database. Entries
of the list that the clone does not have (yet) are kept.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LIST = ROOT / "requirements" / "advisories.toml"
LOCK = ROOT / "requirements.lock"


class Advisory(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True, kw_only=True):
    """A known hole: versions of `package` in the range `affected` have it. known: since when."""

    package: str
    known: date
    id: str
    affected: str

    @property
    def line(self) -> str:
        """As it is written in the list."""
        return (
            f'    {{ package = "{self.package}", known = {self.known}, id = "{self.id}", '
            f'affected = "{self.affected}" }},'
        )


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The stored list. as_of: the day of the database that it was last renewed from."""

    as_of: date
    advisories: tuple[Advisory, ...]


def load(path: Path = LIST) -> Listed:
    """The stored list; raises msgspec.ValidationError where it is not one."""
    return msgspec.toml.decode(path.read_bytes(), type=Listed)


def locked(lock: str) -> dict[str, str]:
    """Package and version of every line of a lock."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9-]*)==([^\s;]+)", lock, re.MULTILINE))


def hits(advisories: Iterable[Advisory], versions: dict[str, str]) -> list[Advisory]:
    """The advisories that concern one of these versions."""
    return [
        advisory
        for advisory in advisories
        if advisory.package in versions
        and SpecifierSet(advisory.affected).contains(versions[advisory.package], prereleases=True)
    ]


def _ranges(affected: dict[str, Any]) -> Iterator[str]:
    """The ranges of an entry of the database as version specifiers."""
    newest = max((Version(str(each)) for each in affected.get("versions", ())), default=None)
    for spans in affected.get("ranges", ()):
        if spans["type"] != "ECOSYSTEM":
            continue
        first = ""
        for event in spans["events"]:
            ((kind, version),) = event.items()
            if kind == "introduced":
                first = "" if str(version) == "0" else f">={version},"
                continue
            yield first + {"fixed": "<", "last_affected": "<="}[kind] + str(version)
            first = "closed"
        if first != "closed" and newest is not None:
            yield f"{first}<={newest}"


def _entries(database: Path, packages: Iterable[str]) -> Iterator[tuple[set[str], Advisory]]:
    """All ids of each advisory of these packages, and a line for each of its ranges."""
    for package in packages:
        for path in sorted((database / "vulns" / package).glob("*.yaml")):
            entry = yaml.safe_load(path.read_text("utf-8"))
            if "withdrawn" in entry:
                continue
            names = [entry["id"], *entry.get("aliases", ())]
            name = next((each for each in names if each.startswith("CVE-")), names[0])
            known = datetime.fromisoformat(str(entry.get("published") or entry["modified"])).date()
            for affected in entry["affected"]:
                if canonicalize_name(affected["package"]["name"]) == package:
                    for span in _ranges(affected):
                        yield (
                            set(names),
                            Advisory(package=package, known=known, id=name, affected=span),
                        )


def renewed(old: Listed, database: Path, packages: Iterable[str]) -> Listed:
    """The list with the database's entries for these packages; other entries are kept."""
    command = ["git", "-C", str(database), "log", "-1", "--format=%cs"]
    day = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    new = list(_entries(database, packages))
    known = {name for names, _ in new for name in names}
    stays = [advisory for advisory in old.advisories if advisory.id not in known]
    return Listed(
        as_of=date.fromisoformat(day), advisories=tuple(sorted({*stays, *(advisory for _, advisory in new)}))
    )


def main() -> int:
    """Compare, or renew the list; 1 where a locked version is affected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path, nargs="?", help="a clone of github.com/pypa/advisory-database")
    database = parser.parse_args().database
    versions = locked(LOCK.read_text("utf-8"))
    listed = load()
    if database is not None:
        listed = renewed(listed, database, sorted(versions))
        head = "".join(re.findall(r"^#.*\n", LIST.read_text("utf-8"), re.MULTILINE))
        lines = "\n".join(advisory.line for advisory in listed.advisories)
        LIST.write_text(f"{head}as_of = {listed.as_of}\nadvisories = [\n{lines}\n]\n", "utf-8")
    affected = hits(listed.advisories, versions)
    for advisory in affected:
        print(f"{advisory.package} {versions[advisory.package]}: {advisory.id}, affected {advisory.affected}")
    print(f"advisories: {len(listed.advisories)} known on {listed.as_of}, {len(affected)} hit the lock")
    return 1 if affected else 0


if __name__ == "__main__":
    sys.exit(main())
