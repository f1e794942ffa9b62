"""Every command of the guide to the configuration runs as it is written, in its order, on a real database."""

import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.configuration.scope import read_configured
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from tests.support.postgres import Postgres, programs
from tests.unit.test_deploy_guide import LINES, installed

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "deploy" / "cau-hinh.md").read_text("utf-8")
HOME, PREFIX = "/var/lib/hailong", "runuser -u hailong -- hailong-central "
EXPORTED = f"{HOME}/cau-hinh"


def steps(guide: str) -> Iterator[tuple[str, str]]:
    """Each command line of the guide, and what it reads: the lines up to END."""
    for block in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL):
        for line, content in re.findall(r"^(.+)\n((?:(?<=<<'END'\n)(?:.*\n)*?END\n)?)", block, re.MULTILINE):
            yield line, content.removesuffix("END\n")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """No URL, or the URL of an empty database."""
    if request.param == "sqlite":
        yield None
        return
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    server: Postgres = request.getfixturevalue("server")
    url = server.fresh()
    yield url
    server.drop(url)


def test_the_guide_works_in_its_order(tmp_path: Path, database: str | None) -> None:
    installed(tmp_path / "central-bundle")
    shutil.copy(ROOT / "tests" / "support" / "emblem.png", tmp_path / "bieu-trung.png")
    (setup,) = (line for line in LINES if "hailong-central setup" in line)
    (import_,) = (line for line in LINES if "hailong-central config import" in line)

    def runs(line: str) -> str:
        words = shlex.split(line.removeprefix(PREFIX).replace(HOME, str(tmp_path)))
        place = ["--database", database] if database else []
        done = CliRunner().invoke(app, [*words, *place], catch_exceptions=False)
        assert done.exit_code == 0, f"{line}\n{done.output}"
        return done.output

    # The folder of the data alone: no services and no HTTPS of this machine.
    alone = setup.removeprefix("hailong-central ").replace("--https public", f"--data {HOME}/central")
    assert alone != setup
    runs(alone)
    runs(import_)
    said = {}
    for line, content in steps(GUIDE):
        if line.startswith("cat >"):
            path, _ = line.removeprefix("cat >").split(" <<")
            Path(path.replace(HOME, str(tmp_path))).write_text(content, "utf-8")
        else:
            assert line.startswith(PREFIX), line
            said[line.removeprefix(PREFIX).partition(" --data")[0]] = runs(line)
    assert "thu-bay-12" in said["assignments list"]
    for same in ("config diff", "config import"):
        assert said[f"{same} {EXPORTED}"].strip() == "Không có gì khác."
    with reading(existing_database(tmp_path / "central", database)) as connection:
        left = read_configured(connection, "", date(2026, 11, 1))
    assert [officer.title for officer in left.officers if officer.id == "cb-02"] == [
        "Công chức Văn hóa - Xã hội"
    ]
    assert [special.name for special in left.office.special_days] == [
        *("Tết Nguyên đán", "Tết Nguyên đán", "Làm bù", "Quốc khánh", "Tết Dương lịch")
    ]
    assert ("may-01", "quay-2") in [(device.id, device.counter) for device in left.devices]


def test_every_noun_of_the_configuration_is_in_the_guide() -> None:
    nouns = ("officers", "procedures", "counters", "offices", "holidays", "assignments", "serials", "config")
    groups = {group.name: group.typer_instance for group in app.registered_groups}
    for noun in nouns:
        instance = groups[noun]
        assert instance is not None
        verbs = {str(command.name) for command in instance.registered_commands}
        used = set(re.findall(rf"hailong-central {noun} ([a-z]+)", GUIDE))
        assert used <= verbs
        assert used, noun
