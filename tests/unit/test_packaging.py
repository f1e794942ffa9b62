"""`make packages`, piece by piece: which wheels, which of their files, and what dpkg is told."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pytest

import sync
from deploy.packaging.__main__ import sources_of
from deploy.packaging.archive import pack
from deploy.packaging.debian import Item, control, enabled, files, make, md5sums, scripts, units, write
from deploy.packaging.locked import Pin, fetch, pins
from deploy.packaging.parts import CENTRAL, KIOSK, PARTS, Part
from deploy.packaging.target import SUITES, Target
from deploy.packaging.tree import WrongMachineError, build, check_machine, place

ROOT = Path(__file__).parents[2]
BOOKWORM = Target(SUITES["bookworm"], "amd64")
TRIXIE_ARM = Target(SUITES["trixie"], "arm64")
LOCK = """annotated==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
windows-only==2 ; sys_platform == 'win32' \\
    --hash=sha256:cc
old-python==3 ; python_version < '3.12' \\
    --hash=sha256:dd
builds==4 \\
    --hash=sha256:ee
"""
MOMENT = 1_790_000_000
parts = pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)


def test_a_machine_needs_what_the_markers_say_and_nothing_that_only_builds() -> None:
    wanted = pins(LOCK, BOOKWORM, {"builds"})
    assert wanted == [
        Pin("annotated", "1.0", ("sha256:aa", "sha256:bb")),
        Pin("old-python", "3", ("sha256:dd",)),
    ]
    assert [pin.name for pin in pins(LOCK, TRIXIE_ARM, set())] == ["annotated", "builds"]


@pytest.mark.parametrize("lock", ["loose>=1\n", "without-hash==1\n", "without-hash==1 \\\n"])
def test_a_line_without_version_or_hash_is_refused(lock: str) -> None:
    with pytest.raises(ValueError, match="not a pin with hashes"):
        pins(lock, BOOKWORM, set())


def test_a_name_that_is_left_out_must_be_in_the_lock() -> None:
    with pytest.raises(ValueError, match="not in the lock: misspelt"):
        pins(LOCK, BOOKWORM, {"misspelt"})


@pytest.mark.programs
@pytest.mark.parametrize(
    ("part", "command"), [(KIOSK, "sync.agent"), (CENTRAL, "sync.central"), (CENTRAL, "sync.pull")]
)
def test_a_command_that_is_asked_for_help_misses_nothing_that_is_left_out(part: Part, command: str) -> None:
    left_out = {name.replace("-", "_"): None for name in part.left_out}
    block = f"import runpy, sys; sys.modules.update({left_out})"
    run = f"{block}; runpy.run_module('{command}', run_name='__main__')"
    said = subprocess.run(
        [sys.executable, "-c", run, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert "--help" in said.stdout


@parts
@pytest.mark.parametrize("target", [BOOKWORM, TRIXIE_ARM], ids=["bookworm", "trixie-arm64"])
def test_the_locks_are_read_whole(part: Part, target: Target) -> None:
    locks = [(ROOT / "requirements" / f"{name}.lock").read_text("utf-8") for name in part.locks]
    wanted = pins("".join(locks), target, part.left_out)
    assert len({pin.name for pin in wanted}) == len(wanted)
    assert {"msgspec", "pynacl", "typer"} <= {pin.name for pin in wanted}
    assert all(pin.hashes for pin in wanted)
    assert not {pin.name for pin in wanted} & {"pywin32", "pyarrow", "hatchling"}


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("kivy/core/window.py", "kivy/core/window.py"),
        ("kivy/_clock.cpython-311-x86_64-linux-gnu.so", "kivy/_clock.cpython-311-x86_64-linux-gnu.so"),
        ("kivy/_clock.pyx", None),
        ("kivy/tests/test_app.py", None),
        ("kivy/", None),
        ("pkg-1.data/purelib/pkg/a.py", "pkg/a.py"),
        ("pkg-1.data/scripts/run", None),
        ("pkg-1.dist-info/METADATA", "pkg-1.dist-info/METADATA"),
        ("pkg-1.dist-info/licenses/LICENSE", "pkg-1.dist-info/licenses/LICENSE"),
        ("pkg-1.dist-info/licenses/", None),
        ("pkg-1.dist-info/RECORD", None),
    ],
)
def test_of_a_wheel_what_runs_and_its_licences_are_taken(name: str, where: str | None) -> None:
    assert place(name, KIOSK.pruned) == where


def wheel(folder: Path, machine: int) -> Path:
    """A wheel with one module, one library for `machine` and files that nothing reads."""
    path = folder / "small-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as packed:
        packed.writestr("small/__init__.py", "VALUE = 7\n")
        packed.writestr("small/part.so", b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little"))
        packed.writestr("small/tests/test_part.py", "")
        packed.writestr("small-1.0.dist-info/METADATA", "Name: small\n")
        packed.writestr("small-1.0.dist-info/RECORD", "")
    return path


def test_a_wheel_that_is_there_is_taken_by_its_hash(tmp_path: Path) -> None:
    """No name decides, and nothing is downloaded for it."""
    there = wheel(tmp_path, 62)
    digest = hashlib.sha256(there.read_bytes()).hexdigest()
    assert fetch([Pin("small", "1.0", ("sha256:00", f"sha256:{digest}"))], BOOKWORM, tmp_path) == [there]


def test_a_library_for_another_architecture_is_found(tmp_path: Path) -> None:
    tree = build(
        CENTRAL, sync.__version__, wheels=[wheel(tmp_path, 62)], sources=ROOT, tree=tmp_path / "tree"
    )
    assert check_machine(tree / "lib", "amd64") == 1
    with pytest.raises(WrongMachineError, match=r"small/part\.so is for machine 62"):
        check_machine(tree / "lib", "arm64")


def test_two_archives_of_the_same_files_are_equal(tmp_path: Path) -> None:
    """Also when the files come in another order, at another time, with other permissions."""
    names = ["lib/a.py", "lib/b/c.py", "bin/run"]
    packed = []
    for which, mode in (("one", 0o644), ("two", 0o600)):
        for name in names if which == "one" else reversed(names):
            path = tmp_path / which / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name, "utf-8")
            path.chmod(0o755 if name == "bin/run" else mode)
            os.utime(path, (mode, mode))
        pack(tmp_path / which, tmp_path / f"{which}.tar.xz", MOMENT, preset=1)
        packed.append((tmp_path / f"{which}.tar.xz").read_bytes())
    assert packed[0] == packed[1]


@pytest.mark.programs
@parts
def test_a_release_runs_from_any_folder(tmp_path: Path, part: Part) -> None:
    tree = build(part, sync.__version__, wheels=[wheel(tmp_path, 62)], sources=ROOT, tree=tmp_path / "tree")
    script = "import small, sync; print(small.VALUE, sync.__file__)"
    said = subprocess.run([tree / "bin" / "python", "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == f"7 {tree}/lib/sync/__init__.py\n"
    for command in part.commands:
        assert (tree / "bin" / command).read_text("utf-8").startswith("#!/usr/bin/python3 -I\n")
    assert not (tree / "lib" / "sync" / ("central" if part is KIOSK else "agent")).exists()


def test_what_dpkg_is_told() -> None:
    said = dict(
        line.split(": ", 1) for line in control(KIOSK, "0.1.0", BOOKWORM, 70_001).splitlines() if ": " in line
    )
    assert said["Package"] == "hailong-kiosk"
    assert said["Version"] == "0.1.0+deb12"
    assert said["Installed-Size"] == "69"
    depends = said["Depends"].split(", ")
    assert {"python3 (>= 3.11)", "python3 (<< 3.12)", "libc6 (>= 2.36)", "xserver-xorg-core"} <= set(depends)
    assert "python3 (<< 3.14)" in control(KIOSK, "0.1.0", TRIXIE_ARM, 1)


def test_the_sums_are_of_every_file() -> None:
    assert md5sums([Item("usr/b", b"x"), Item("usr/a", b"")]) == (
        "d41d8cd98f00b204e9800998ecf8427e  usr/a\n9dd4e461268c8034f5c8564e155c67a6  usr/b\n"
    )


@parts
def test_the_package_has_every_unit_and_what_the_units_need(part: Part) -> None:
    items = {
        item.path: item
        for item in files(part, "0.1.0", BOOKWORM, sources=ROOT, moment=MOMENT, publisher="a key")
    }
    for unit in units(part, ROOT):
        text = items[f"usr/lib/systemd/system/{unit.name}"].content.decode()
        for command in set(_started(text)):
            assert command.startswith(f"/opt/hailong/{part.name}/current/bin/hailong-"), command
            assert command.rpartition("/")[2] in part.commands
    assert f"usr/lib/systemd/system/hailong-.service.d/{part.name}-hardening.conf" in items
    users = items[f"usr/lib/sysusers.d/{part.package}.conf"].content.decode()
    for user in set(_settings(part, "User")) - {"root"}:
        assert f"u {user} " in users
    conffiles = {item.path for item in items.values() if item.conffile}
    assert {f"etc/hailong/{file.name}" for file in part.conffiles} <= conffiles


@pytest.mark.programs
@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users")
@parts
def test_users_and_folders_are_made_of_nothing(tmp_path: Path, part: Part) -> None:
    folder = ROOT / "deploy" / part.folder
    (tmp_path / "etc").mkdir()
    for program in (["systemd-sysusers"], ["systemd-tmpfiles", "--create"]):
        name = f"{program[0].removeprefix('systemd-')}.conf"
        done = subprocess.run(
            [*program, f"--root={tmp_path}", folder / name], capture_output=True, text=True, check=True
        )
        assert "not a valid" not in done.stderr
    users = {line.split(":")[0] for line in (tmp_path / "etc/passwd").read_text("utf-8").splitlines()}
    assert set(_settings(part, "User")) - {"root"} <= users
    assert (tmp_path / "var/lib/hailong").stat().st_mode & 0o7777 == 0o1775


def test_what_both_packages_hold_has_different_names() -> None:
    """Both may be on one machine: a small office has its centre in the terminal."""
    paths = [
        {item.path for item in files(part, "0.1.0", BOOKWORM, sources=ROOT, moment=MOMENT, publisher="a key")}
        for part in PARTS.values()
    ]
    assert paths[0] & paths[1] == set()


def test_who_starts_with_the_machine() -> None:
    assert {"hailong-agent.service", "hailong-display.service", "hailong-kiosk.service"} <= set(
        enabled(KIOSK, ROOT)
    )
    started = set(enabled(CENTRAL, ROOT))
    assert {"hailong-central.service", "hailong-central-backup.timer"} <= started
    assert "hailong-central-backup.service" not in started


@pytest.mark.programs
@parts
def test_the_scripts_are_shell_and_know_their_part(part: Part) -> None:
    for name, text in scripts(part, "0.1.0", ROOT).items():
        assert "@" not in text.replace('"$@"', ""), name
        subprocess.run(["sh", "-n"], input=text, text=True, check=True)


def packed(folder: Path, version: str) -> str:
    """Put an archive of a small release into `folder`, as dpkg does; returns the script that it runs then."""
    tree = folder / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    for name in ("bin/first", "lib/small.py", "share/last"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(f"VERSION = '{version}'\n", "utf-8")
    pack(tree, folder / "root/usr/lib/hailong/kiosk.tar.xz", MOMENT, preset=1)
    return scripts(KIOSK, version, ROOT)["postinst"]


def installing(folder: Path, script: str) -> subprocess.Popen[bytes]:
    """The script at work on `folder`, in a process group of its own."""
    command = ["sh", "-c", script, "postinst", "configure", ""]
    environment = {**os.environ, "DPKG_ROOT": str(folder / "root")}
    return subprocess.Popen(command, env=environment, start_new_session=True)


@pytest.mark.programs
def test_a_machine_never_runs_half_a_release(tmp_path: Path) -> None:
    """Killed at any moment, it has the whole release of before or the whole new one; the next try ends."""
    home = tmp_path / "root/opt/hailong/kiosk"
    assert installing(tmp_path, packed(tmp_path, "0.1")).wait() == 0
    script, chance = packed(tmp_path, "0.2"), Random(17)
    for _ in range(25):
        process = installing(tmp_path, script)
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 0.25))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        names = ("bin/first", "lib/small.py", "share/last")
        texts = {(home / "current" / name).read_text("utf-8") for name in names}
        assert texts in ({"VERSION = '0.1'\n"}, {"VERSION = '0.2'\n"})
    assert installing(tmp_path, script).wait() == 0
    assert (home / "current").readlink() == Path("releases/0.2")
    assert list((home / "current/lib/__pycache__").glob("small.*.pyc"))
    assert {path.name for path in (home / "releases").iterdir()} == {"0.1", "0.2"}
    assert installing(tmp_path, packed(tmp_path, "0.3")).wait() == 0
    assert {path.name for path in (home / "releases").iterdir()} == {"0.2", "0.3"}


@pytest.mark.programs
@parts
def test_two_packages_of_one_commit_are_equal(tmp_path: Path, part: Part) -> None:
    made = []
    archive = tmp_path / "archive"
    archive.write_bytes(b"a release")
    for name in ("one", "two"):
        staging, package = tmp_path / name, tmp_path / f"{name}.deb"
        write(
            part,
            "0.1.0",
            BOOKWORM,
            sources=ROOT,
            archive=archive,
            installed=9,
            moment=MOMENT,
            staging=staging,
        )
        make(staging, package, MOMENT)
        made.append(package.read_bytes())
    assert made[0] == made[1]
    listed = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True)
    assert f"./usr/lib/hailong/{part.name}.tar.xz" in listed.stdout
    assert {line.split()[1] for line in listed.stdout.splitlines()} == {"root/root"}


def _started(unit: str) -> list[str]:
    lines = [line for line in unit.splitlines() if line.startswith("ExecStart=/opt/")]
    return [line.removeprefix("ExecStart=").split()[0] for line in lines]


def _settings(part: Part, name: str) -> list[str]:
    lines = [line for unit in units(part, ROOT) for line in unit.read_text("utf-8").splitlines()]
    return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")]


@pytest.mark.programs
def test_the_sources_of_a_commit_are_taken_out_of_it_whole(tmp_path: Path) -> None:
    """A link to an absolute path, as one that masks a service, would stop every build."""
    assert sources_of("HEAD", tmp_path) > 0
    assert (tmp_path / "pyproject.toml").is_file()
