"""What closes the machine at the counter: each file says why, and its readers know every key."""

import configparser
import re
import subprocess
from pathlib import Path

import pytest

ETC = Path(__file__).parents[2] / "deploy" / "tablet" / "etc"
MASKED = {
    "ctrl-alt-del.target", "apt-daily.timer", "apt-daily-upgrade.timer", "man-db.timer",
    "dpkg-db-backup.timer", "e2scrub_all.timer",
}  # fmt: skip
FILES = sorted(path for path in ETC.rglob("*") if path.is_file())
# Settings of systemd's parts, and the program that reads them.
READ_BY = {
    "logind.conf.d": "systemd-logind",
    "system.conf.d": "systemd",
    "journald.conf.d": "systemd-journald",
    "timesyncd.conf.d": "systemd-timesyncd",
}


def settings(folder: str) -> dict[str, str]:
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ETC / "systemd" / folder / "hailong.conf", "utf-8")
    (section,) = parser.sections()
    return dict(parser[section])


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ETC)))
def test_each_file_is_short_and_says_why(path: Path) -> None:
    """An empty unit is a masked one (systemd.unit(5))."""
    text = path.read_text("utf-8")
    if path.name in MASKED:
        assert text == ""
        return
    lines = text.splitlines()
    assert lines[0].startswith(("# ", "// "))
    assert len(lines) <= 25


def test_what_is_masked() -> None:
    assert {path.name for path in FILES if not path.stat().st_size} == MASKED


@pytest.mark.parametrize("folder", READ_BY)
def test_systemd_knows_every_key(folder: str) -> None:
    programs = [Path("/lib/systemd") / READ_BY[folder], *Path("/lib/systemd").glob("libsystemd-*.so")]
    known = b"".join(program.read_bytes() for program in programs if program.exists())
    if READ_BY[folder] == "systemd-timesyncd" and not programs[0].exists():
        known = b"PollIntervalMaxSec SaveIntervalSec"  # a package of its own, see timesyncd.conf(5)
    assert [key for key in settings(folder) if key.encode() not in known] == []


def test_no_key_reaches_anything_but_the_terminal() -> None:
    sysctl = (ETC / "sysctl.d" / "90-hailong.conf").read_text("utf-8")
    assert "kernel.sysrq = 0" in sysctl
    logind = settings("logind.conf.d")
    handled = {key: value for key, value in logind.items() if key.startswith("Handle")}
    assert {key for key, value in handled.items() if value != "ignore"} == {"HandlePowerKeyLongPress"}
    assert (logind["NAutoVTs"], logind["ReserveVT"]) == ("0", "0")
    xorg = (ETC / "X11" / "xorg.conf.d" / "90-hailong.conf").read_text("utf-8")
    options = dict(re.findall(r'Option "(\w+)" "([^"]*)"', xorg))
    assert {key for key, value in options.items() if value == "true"} == {
        "DontVTSwitch",
        "DontZap",
        "DontZoom",
    }
    assert {value for key, value in options.items() if key.endswith("Time")} == {"0"}


def test_what_is_for_a_while_is_in_memory() -> None:
    """A plain file says so: a link would be lost on the way through an archive that has none."""
    units = ETC / "systemd" / "system"
    assert "\n[Unit]\nWants=tmp.mount\n" in (units / "local-fs.target.d" / "hailong.conf").read_text("utf-8")
    assert (units / "tmp.mount").exists()
    assert not [path for path in ETC.rglob("*") if path.is_symlink()]


def test_no_console_asks_for_a_name() -> None:
    """Not by a unit of that name: Debian lets no package put one there (lintian)."""
    dropped = (ETC / "systemd" / "system" / "getty@.service.d" / "hailong.conf").read_text("utf-8")
    assert "\n[Unit]\nConditionPathExists=!/\n" in dropped
    assert not list(ETC.glob("systemd/system/*.service"))


def test_a_machine_that_hangs_starts_again_and_its_logs_stay_small_and_in_memory() -> None:
    assert settings("system.conf.d")["RuntimeWatchdogSec"] == "30"
    journal = settings("journald.conf.d")
    assert (journal["Storage"], journal["RuntimeMaxUse"]) == ("volatile", "16M")


@pytest.mark.programs
def test_the_way_to_wifi_is_a_socket_that_the_terminal_alone_may_open(tmp_path: Path) -> None:
    socket = (ETC.parent / "hailong-wifi.socket").read_text("utf-8")
    assert {"SocketUser=hailong", "SocketMode=0600", "Accept=yes"} <= set(socket.splitlines())
    rule = (ETC / "polkit-1" / "rules.d" / "50-hailong-wifi.rules").read_text("utf-8")
    allowed = re.findall(r'case "([\w.-]+)":', rule)
    assert {action.removeprefix("org.freedesktop.NetworkManager.") for action in allowed} == {
        "enable-disable-wifi", "network-control", "settings.modify.system", "wifi.scan",
    }  # fmt: skip
    assert 'subject.user != "hailong-wifi"' in rule


@pytest.mark.programs
def test_memory_and_mount_units_are_whole(tmp_path: Path) -> None:
    """systemd itself reads them, as the package installs them."""
    units = [ETC / "systemd" / "system" / "tmp.mount", ETC.parent / "hailong-wifi.socket"]
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, units)]
    said = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    assert [line for line in said.splitlines() if "tmp.mount" in line or "hailong-wifi.socket" in line] == []
