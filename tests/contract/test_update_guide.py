"""deploy/cap-nhat.md, command by command: a key, a signed build, the stages, and a terminal that takes it."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from deploy.packaging.__main__ import Order, make_package, publisher_of
from deploy.packaging.parts import KIOSK
from deploy.packaging.target import SUITES, Target
from sync.updates.applying import Helper
from tests.contract.conftest import Run
from tests.support.releases import MACHINE, Terminal, publisher
from tests.support.wire import CentreUnderTest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "deploy" / "cap-nhat.md").read_text("utf-8")
MAKE, ADD, STAGES = (block.splitlines() for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
(KEY,) = {line.partition("KEY=")[2] for line in MAKE}
BOOKWORM = Target(SUITES["bookworm"], "amd64")


def made(line: str, key: Path) -> list[str]:
    """The command that `make` would run in the end, for a key that is here."""
    command = shlex.split(line.replace(KEY, str(key)))
    command += ["--dry-run", "--no-print-directory"]  # below `make test`, make prints its folder last
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return shlex.split(said.stdout.splitlines()[-1])


def small_sources(folder: Path) -> Path:
    """Sources with everything that is put on a machine, and next to nothing that runs there."""
    for name in ("kiosk", "sync", "assets"):
        (folder / name).mkdir(parents=True)
    for name in ("deploy", "requirements"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "kiosk" / "__init__.py").write_text("VERSION = '0.2.0'\n")
    return folder


@pytest.mark.programs
@pytest.mark.parametrize("central", ["sqlite"], indirect=True)
def test_what_the_guide_builds_and_signs_is_offered_and_taken(
    run: Run, central: CentreUnderTest, tmp_path: Path
) -> None:
    """The build has one program, which no library has to be downloaded for."""
    key = tmp_path / "hailong.key"
    new_key, packages = (made(line, key) for line in MAKE)
    line = subprocess.run(new_key, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert packages[-2:] == ["--key", str(key)]
    assert key.stat().st_mode & 0o777 == 0o600

    order = Order(
        version="0.2.0",
        sources=small_sources(tmp_path / "sources"),
        moment=1_790_000_000,
        folder=tmp_path / "built",
        preset=0,
        key=publisher_of(key),
    )
    package = make_package(replace(KIOSK, locks=(), left_out=frozenset()), BOOKWORM, order)
    carried = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True).stdout
    keys = subprocess.run(
        ["tar", "-xO", "./etc/hailong/release-keys"], input=carried, check=True, capture_output=True
    ).stdout.decode()
    assert keys == line

    (tmp_path / "release-keys").write_text(keys)
    trusted = ["--keys", str(tmp_path / "release-keys")]
    (add,) = (shlex.split(line)[1:] for line in ADD)
    (release,) = package.parent.glob("*.release")
    assert add[-1] == release.name
    run(*add[:-1], str(release), *trusted)
    said = [run(*shlex.split(line.replace("may-01", "kiosk-1"))[1:]) for line in STAGES]
    assert [each.split(":")[0] for each in said] == ["~ 0.2.0", "0.2.0", "~ 0.2.0", "~ 0.2.0", "- 0.2.0"]

    terminal = Terminal(tmp_path / "terminal", publisher(tmp_path, "other"), runs=False)
    terminal.uses("0.1.0")
    terminal.places.keys.write_text(keys)
    terminal.hand_over(release)
    assert Helper(terminal.places, MACHINE, terminal.supervisor, terminal.clock).run() is None
    assert "0.2.0" in terminal.unpacked()


def test_a_key_in_the_sources_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the sources"):
        publisher_of(ROOT / "publisher.key")
