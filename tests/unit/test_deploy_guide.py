"""deploy/README.md names only what exists, and what it puts on a machine works together as it is."""

import re
import shutil
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import msgspec
import pytest

from deploy.packaging.parts import PARTS
from kiosk.asking import asked_now
from kiosk.settings import load_settings
from kiosk.usable import checked
from sync.agent.settings import load_settings as load_agent
from sync.central.office.configuration.row_queries import read_rows
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url
from sync.contract.bundle import load_bundle
from sync.contract.plan import VIET_NAM

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
GUIDE = (DEPLOY / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
LINES = [line for block in BLOCKS for line in block.splitlines()]
PROGRAMS = re.findall(r"^(hailong-[a-z]+) =", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)


def installed(bundle: Path) -> Path:
    """The bundle folder as the guide's `install` lines make it."""
    target = "/var/lib/hailong/central-bundle"
    for line in LINES:
        words = line.partition("&& ")[2].split()
        if words[:1] == ["install"] and words[-1].startswith(target):
            folder = bundle / words[-1].removeprefix(target).strip("/")
            folder.mkdir(parents=True, exist_ok=True)
            for word in words:
                if word.endswith(".toml"):
                    shutil.copy(source(word), folder)
    return bundle


def source(path: str) -> Path:
    """The file of the repository that is at `path` in a release."""
    places = {"share/": "deploy/", "lib/kiosk/assets/": "assets/"}
    start, ours = next((start, ours) for start, ours in places.items() if path.startswith(start))
    return ROOT / (ours + path.removeprefix(start))


@pytest.mark.parametrize("line", LINES)
def test_every_file_and_program_that_a_command_names_exists(line: str) -> None:
    for path in re.findall(r"(?:share|lib/kiosk/assets)/[\w./-]+\.\w+", line):
        assert source(path).exists(), path
    for program in re.findall(r"(?:bin/|-- )(hailong-\w+)", line):
        assert program in PROGRAMS


def test_every_package_and_every_service_that_a_command_names_is_there() -> None:
    packages = {part.package for part in PARTS.values()}
    for line in LINES:
        assert set(re.findall(r"\./([\w-]+)_\*\.deb", line)) <= packages
        if line.startswith("systemctl"):
            for unit in re.findall(r"hailong-[\w.-]+", line):
                name = unit if "." in unit else f"{unit}.service"
                assert list(DEPLOY.glob(f"*/{name}")), name


def test_the_sample_bundle_has_what_the_sample_terminal_asks_for(tmp_path: Path) -> None:
    bundle = load_bundle(installed(tmp_path / "bundle"))
    settings = load_settings(DEPLOY / "sample" / "kiosk.toml")
    terminal = checked(msgspec.structs.replace(settings, device="may-01"), bundle)
    asked = asked_now(terminal.agenda, datetime(2026, 3, 2, 8, 0, tzinfo=VIET_NAM))
    assert asked.open
    assert asked.assignment is not None
    assert (asked.assignment.survey, asked.assignment.plan) == ("kien-hung", "phuong-mau")
    assert terminal.settings.office.name["vi"] == "UBND phường Mẫu"


def test_the_sample_agent_watches_what_the_sample_terminal_writes() -> None:
    kiosk = load_settings(DEPLOY / "sample" / "kiosk.toml")
    agent = load_agent(DEPLOY / "sample" / "agent.toml")
    where = (Path(agent.outbox), Path(agent.folder), Path(agent.bundle))
    assert where == (kiosk.data / "outbox", kiosk.data / "agent", kiosk.bundle)


@pytest.mark.programs
def test_one_init_is_enough(tmp_path: Path) -> None:
    """The folder of the guide is taken in at the first try, without a file keys.toml in it."""
    bundle, data = installed(tmp_path / "bundle"), tmp_path / "central"
    command = [sys.executable, "-m", "sync.central", "init", "--data", str(data), "--bundle", str(bundle)]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    wanted = load_bundle(bundle)
    with reading(open_database(database_url(data, None))) as connection:
        rows = read_rows(connection, wanted.catalogue.devices[0].unit, date(2026, 3, 2))
    assert {device.id for device in rows.devices} == {device.id for device in wanted.catalogue.devices}
    assert rows.plans == wanted.plans


def user_of(unit: str) -> str:
    """Who runs this service."""
    (path,) = DEPLOY.glob(f"*/{unit}.service")
    (user,) = re.findall(r"^User=(.*)$", path.read_text("utf-8"), re.MULTILINE)
    return str(user)


def test_every_command_runs_as_the_user_of_its_service() -> None:
    """A file that another user wrote, the service could not read or replace."""
    ran = set()
    for guide in DEPLOY.glob("*.md"):
        ran |= set(re.findall(r"runuser -u (\S+) -- (hailong-\w+)", guide.read_text("utf-8")))
    assert {program for _, program in ran} == {"hailong-central", "hailong-agent", "hailong-kiosk"}
    assert {(user, program) for user, program in ran if user != user_of(program)} == set()
