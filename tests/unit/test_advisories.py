"""No locked version, and no version that pyproject.toml would take, has a known hole."""

import subprocess
import tomllib
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.advisories import LOCK, ROOT, Advisory, Listed, hits, load, locked, renewed

ENTRY = """id: PYSEC-2025-1
aliases: [CVE-2025-1, GHSA-aaaa-bbbb-cccc]
published: "2025-03-01T00:00:00Z"
affected:
- package: {name: Msgspec, ecosystem: PyPI}
  ranges:
  - type: GIT
    events: [{introduced: "0"}]
  - type: ECOSYSTEM
    events: [{introduced: "0"}, {fixed: 0.9.1}, {introduced: 0.10.0}, {last_affected: 0.11.2}]
  versions: [0.9.0, 0.10.0]
"""


def test_no_locked_version_has_a_known_hole() -> None:
    listed = load()
    assert len(listed.advisories) > 100
    assert hits(listed.advisories, locked(LOCK.read_text("utf-8"))) == []


def test_no_floor_lets_a_known_hole_in() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    floors: dict[str, str] = {}
    for wanted in chain(project["dependencies"], *project["optional-dependencies"].values()):
        requirement = Requirement(wanted)
        for specifier in requirement.specifier:
            floors[canonicalize_name(requirement.name)] = specifier.version
    assert {"litestar", "granian", "pillow", "pynacl"} <= set(floors)
    assert hits(load().advisories, floors) == []


def test_a_locked_version_with_a_hole_is_found() -> None:
    lock = "litestar==2.19.0 \\\n    --hash=sha256:00\nmsgspec==0.22.0 ; sys_platform == 'win32' \\\n"
    assert locked(lock) == {"litestar": "2.19.0", "msgspec": "0.22.0"}
    found = hits(load().advisories, locked(lock))
    assert {advisory.id for advisory in found} >= {"CVE-2026-25478", "CVE-2026-25479"}


@pytest.mark.programs
def test_the_list_is_renewed_from_the_database_and_keeps_what_that_does_not_know(tmp_path: Path) -> None:
    folder = tmp_path / "vulns" / "msgspec"
    folder.mkdir(parents=True)
    (folder / "PYSEC-2025-1.yaml").write_text(ENTRY, "utf-8")
    withdrawn = ENTRY.replace("2025-1\n", "2025-2\n").replace("CVE-2025-1,", "CVE-2025-2,")
    (folder / "PYSEC-2025-2.yaml").write_text(f"{withdrawn}withdrawn: 2025-04-01T00:00:00Z\n", "utf-8")
    day = {"GIT_COMMITTER_DATE": "2025-05-01T00:00:00Z", "PATH": "/usr/bin:/bin"}
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    for command in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "--message", "all")):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True, env=day)
    own = Advisory(package="msgspec", known=date(2025, 4, 1), id="CVE-2025-9", affected="<0.12")
    taken_over = Advisory(
        package="msgspec", known=date(2025, 1, 1), id="GHSA-aaaa-bbbb-cccc", affected="<0.9"
    )

    after = renewed(Listed(date(2024, 1, 1), (own, taken_over)), tmp_path, ["msgspec"])

    assert after.as_of == date(2025, 5, 1)
    assert [(each.id, each.affected) for each in after.advisories] == [
        ("CVE-2025-1", "<0.9.1"),
        ("CVE-2025-1", ">=0.10.0,<=0.11.2"),
        ("CVE-2025-9", "<0.12"),
    ]
