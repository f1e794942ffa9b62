"""What is installed for production is what was tested: a lock for each extra, taken from the tested one."""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EXTRAS = ("kiosk", "central", "pull", "parquet", "xlsform")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
GUIDES = sorted((ROOT / "deploy").rglob("*.md"))


def pinned(path: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """By package, what a lock asks for here: the version and the hashes."""
    pins = {}
    for block in re.split(r"\n(?=\S)", path.read_text("utf-8")):
        wanted = Requirement(block.partition("\\\n")[0].strip())
        if wanted.marker is None or wanted.marker.evaluate():
            pins[wanted.name] = (str(wanted.specifier), frozenset(re.findall(r"--hash=(\S+)", block)))
    return pins


def needed(wanted: list[str]) -> set[str]:
    """The packages that these requirements bring onto this machine, as the installed ones say."""
    names: set[str] = set()
    waiting = [Requirement(each) for each in wanted]
    while waiting:
        one = waiting.pop()
        for extra in ("", *one.extras):
            key = f"{canonicalize_name(one.name)}[{extra}]"
            if key not in names:
                names.add(key)
                further = [Requirement(each) for each in requires(one.name) or []]
                waiting += [
                    each for each in further if not each.marker or each.marker.evaluate({"extra": extra})
                ]
    return {key.partition("[")[0] for key in names}


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_lock_names_what_was_tested_and_nothing_else(extra: str) -> None:
    tested = pinned(ROOT / "requirements.lock")
    lock = pinned(ROOT / "requirements" / f"{extra}.lock")
    assert {name: pin for name, pin in lock.items() if tested.get(name) != pin} == {}
    assert all(hashes for _, hashes in lock.values())


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_lock_is_complete_for_its_extra_and_for_making_the_package(extra: str) -> None:
    optional = PROJECT["optional-dependencies"]
    wanted = needed([*PROJECT["dependencies"], *optional[extra], *optional["build"]])
    assert set(pinned(ROOT / "requirements" / f"{extra}.lock")) == wanted


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_guide_installs_what_was_tested(guide: Path) -> None:
    for line in re.findall(r"^.*pip install.*$", guide.read_text("utf-8"), re.MULTILINE):
        locked = re.search(r"--require-hashes -r requirements/(\w+)\.lock", line)
        assert locked or re.search(r"--no-deps --no-build-isolation (--force-reinstall )?\.($|\s)", line), (
            line
        )
        assert locked is None or locked[1] in EXTRAS, line
