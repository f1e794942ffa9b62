"""`make guides`: deploy/README.md executed word by word on an empty, running Debian, to the first response.

The machine has what Debian's base system has, and the packages of build/packages. Each command is printed
with its seconds; those of the guide up to the first response are counted. Steps that the guide gives in words
are done here for this machine: the address of the centre, a panel that exists in memory only, a scanner that
types. Then citizens answer on the screen, the responses are pulled as in the guide to hailong-pull, every
unit starts once, and the steps for a tablet that was installed from sources are taken, after which everything
has to work as before. Needs root.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import Any

import httpx
import msgspec
from rich.console import Console
from Xlib import display

from tests.support.booted import Booted
from tests.support.chroot import ROOT, Chroot, end_at_sigterm, suites
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.followed import as_typed, is_followed
from tests.support.office import until
from tests.support.services import every_unit

HOME = "/srv"  # the folder with the packages, where the service's user reads files, too
PACKAGES = ROOT / "build" / "packages"
DATA = "/var/lib/hailong/central"
HEALTH = "http://127.0.0.1:8700/health"
ROOT_CERTIFICATE = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
SERVICES = ("hailong-central", "hailong-agent", "hailong-display", "hailong-kiosk")
DESCRIBED = "/var/lib/hailong/described.jsonl"
# A tablet that was installed from sources, when terminal and agent were still one user.
BEFORE = f"""cd /usr/lib/systemd/system
cp hailong-agent.* hailong-display.* hailong-kiosk.* hailong-prompts.* /etc/systemd/system/
apt-get remove -y -qq hailong-kiosk
systemctl daemon-reload
chown -R hailong:hailong /var/lib/hailong
chmod 700 /var/lib/hailong
chmod -R g-s,go= /var/lib/hailong/outbox /var/lib/hailong/agent
mv /var/lib/hailong/agent/bundle /var/lib/hailong/bundle
sed -i 's|^bundle = .*|bundle = "/var/lib/hailong/bundle"|' /etc/hailong/*.toml
chown root:root /etc/hailong/*.toml
chmod 644 /etc/hailong/*.toml
rm -f {DESCRIBED}"""
CASES = """Mã hồ sơ,Mã thủ tục,Cán bộ xử lý,Đối tượng nộp,Ngày trả kết quả
000.00.12.H29-260302-0001,Khai sinh,N.T. Mẫu,Cá nhân,02/03/2026
000.00.12.H29-260302-0002,1.000894,Cán bộ Hai,Doanh nghiệp,"""
JOURNAL = "journalctl --no-pager --lines 80 --unit 'hailong-*'"
# A panel that only exists in memory, for a machine without a graphics card.
PANEL = """mkdir -p /etc/X11/xorg.conf.d
cat >/etc/X11/xorg.conf.d/panel.conf <<'END'
Section "ServerFlags"
    Option "AutoAddDevices" "false"
EndSection
Section "Device"
    Identifier "memory"
    Driver "dummy"
    VideoRam 16384
EndSection
Section "Screen"
    Identifier "panel"
    Device "memory"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Modes "1280x800"
    EndSubSection
EndSection
END"""
# The terminal writes what it shows to a file, so that a finger finds its targets.
DESCRIBE = f"""mkdir -p /etc/systemd/system/hailong-kiosk.service.d
cat >/etc/systemd/system/hailong-kiosk.service.d/described.conf <<'END'
[Service]
ExecStart=
ExecStart=/opt/hailong/kiosk/current/bin/hailong-kiosk --config /etc/hailong/kiosk.toml --describe {DESCRIBED}
END"""


def bring(suite: str, chroot: Chroot, folder: Path = PACKAGES) -> None:
    """Put the packages for this machine into its folder, in place of those that are there."""
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    home = chroot.root / HOME.lstrip("/")
    for package in home.glob("*.deb"):
        package.unlink()
    for package in (folder / suite).glob(f"*_{architecture}.deb"):
        shutil.copy(package, home)


def commands(guide: str, kind: str = "sh") -> list[list[str]]:
    """The commands of a guide, block by block."""
    text = (ROOT / "deploy" / guide).read_text("utf-8")
    blocks = re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [[re.sub(r"\s+# .*", "", line) for line in block.splitlines()] for block in blocks]


class Panel(Display):
    """The screen of `machine`, from outside: a display of this machine, by its socket and its key."""

    def __init__(self, machine: Booted, folder: Path) -> None:
        inside = Path(f"/proc/{machine.pid}/root")
        self.name = f":{machine.pid}"
        self._socket = Path(f"/tmp/.X11-unix/X{machine.pid}")
        self._socket.parent.mkdir(mode=0o1777, exist_ok=True)
        self._socket.symlink_to(inside / "tmp/.X11-unix/X0")
        listed = machine.run("xauth -f /run/hailong-display/authority list")
        (secret,) = re.findall(r"MIT-MAGIC-COOKIE-1 +(\w+)", listed)
        key = folder / "authority"
        subprocess.run(["xauth", "-q", "-f", key, "add", self.name, ".", secret], check=True)
        os.environ["XAUTHORITY"] = str(key)
        self._display: Any = display.Display(self.name)
        screen = self._display.screen()
        self.size = (screen.width_in_pixels, screen.height_in_pixels)
        self._root: Any = screen.root
        self._file = None  # the machine's memory is not ours: pictures come through X

    def close(self) -> None:
        """Disconnect; the machine's screen stays."""
        self._display.close()
        self._socket.unlink()


class Follower:
    """Executes a guide on `machine`."""

    def __init__(self, machine: Booted, console: Console) -> None:
        self._machine = machine
        self._console = console
        self.commands = 0
        self.seconds = 0.0

    def does(self, line: str) -> str:
        """One command; raises CalledProcessError where it fails."""
        started = time.monotonic()
        self._console.print(f"$ {line}", markup=False, highlight=False, soft_wrap=True)
        said = self._machine.run(line)
        seconds = time.monotonic() - started
        self.commands += 1
        self.seconds += seconds
        self._console.print(f"  {seconds:.1f} s", highlight=False)
        return said

    def all(self, lines: list[str]) -> str:
        """All of them; returns what they print."""
        return "".join(self.does(line) for line in lines)


def follow(machine: Booted, console: Console) -> int:
    """The whole guide; returns how many responses the centre has then.

    Raises if the guide can't be followed or has another result.
    """
    guide = Follower(machine, console)
    centre, catalogue, token_line, tablet, enrol, from_sources = commands("README.md")
    inside = Path(f"/proc/{machine.pid}/root")
    guide.all([line.replace("hailong.example.vn", "localhost") for line in centre])
    until(answers, "the centre")
    in_memory(machine)
    guide.all(tablet)
    adapted(machine)
    first_start(machine, guide.all(enrol).split()[-1])
    running(machine)
    answer(machine, console)
    said = f"{guide.commands} commands, {guide.seconds / 60:.1f} minutes of their own"
    console.print(f"From a clean Debian to the first response: {said}", highlight=False)

    guide.all(catalogue)
    (token,) = re.findall(r"hl_[\w.-]+", guide.all(token_line))
    machine.run(f"umask 077; echo {token} >ma.txt")
    *_, pull = [here(line) for line in commands("lay-so-lieu.md", "")[0]]
    until_pulled(guide, pull, inside / HOME[1:] / "phieu.jsonl", 1)
    for _ in range(2):
        answer(machine, console)
    until_pulled(guide, pull, inside / HOME[1:] / "phieu.jsonl", 3)
    every_unit(machine, guide.does)
    cards_and_lists(machine, guide)
    server_guide(guide)
    machine.run(BEFORE)
    guide.all(from_sources)
    machine.run(DESCRIBE)
    machine.run("systemctl daemon-reload && systemctl restart hailong-kiosk")
    running(machine)
    answer(machine, console)
    until_pulled(guide, pull, inside / HOME[1:] / "phieu.jsonl", 4)
    return 4


def in_memory(machine: Booted) -> None:
    """The machine has a panel, in its memory, and the terminal writes down what it shows."""
    machine.run("apt-get install -y -qq --no-install-recommends xserver-xorg-video-dummy")
    machine.run(PANEL)
    machine.run(DESCRIBE)


def adapted(machine: Booted) -> None:
    """What no public name needs: Caddy's own root certificate. And a visit that a touch starts."""
    machine.run(f"install -m 644 {ROOT_CERTIFICATE} /etc/hailong/ca.pem")
    machine.run("sed -i '1i ca = \"ca.pem\"' /etc/hailong/agent.toml")
    machine.run("sed -i 's|^start_by_touch = .*|start_by_touch = true|' /etc/hailong/kiosk.toml")
    machine.run("systemctl restart hailong-agent hailong-kiosk")


def cards_and_lists(machine: Booted, guide: Follower) -> None:
    """The guide to cards, codes and lists of cases, and a configuration that has changed."""
    cards, case_key, import_cases, flags = commands("the-va-ma.md")
    (columns,) = (lines for lines in commands("the-va-ma.md", "toml") if lines[0].startswith("dossier"))
    machine.run("cat >cot.toml <<'END'\n" + "\n".join(columns) + "\nEND")
    machine.run(f"cat >danh-sach.csv <<'END'\n{CASES}\nEND")
    guide.all([*cards, *case_key, *import_cases, *flags])
    (change,) = (line for line in chain(*commands("cau-hinh.md")) if "officers change" in line)
    bundle = Path(f"/proc/{machine.pid}/root/var/lib/hailong/agent/bundle")
    before = bundle.readlink()
    guide.does(change)
    machine.run("systemctl restart hailong-agent")  # it would look by itself within a minute
    until(lambda: bundle.readlink() != before, "the new configuration")


def server_guide(guide: Follower) -> None:
    """The guide of the server, as far as this machine can follow it (`tests.support.followed`)."""
    guide.all([as_typed(line, DATA) for line in chain(*commands("server/README.md")) if is_followed(line)])
    until(answers, "the centre")


def here(line: str) -> str:
    """A command of the guide to hailong-pull, as it is typed on this machine."""
    for theirs, ours in {
        "https://hailong.example.vn": "https://localhost",
        "--token-file ma.txt": "--token-file ma.txt --ca /etc/hailong/ca.pem",
        "phieu.xlsx": "phieu.jsonl",
    }.items():
        line = line.replace(theirs, ours)
    return line


def first_start(machine: Booted, code: str) -> None:
    """The code of the guide is scanned on the new tablet's screen, which serves then."""
    described = Path(f"/proc/{machine.pid}/root{DESCRIBED}")
    with tempfile.TemporaryDirectory() as folder, Panel(machine, Path(folder)) as panel:
        finger = Finger(panel, described)
        finger.until("FirstStartView", 60)
        panel.settle()
        finger.scan_until(code, lambda picture: picture.page.endswith("enrolled"), "enrolled")
        finger.until("IdleView", 60)


def answer(machine: Booted, console: Console) -> None:
    """A citizen touches the screen: two answers, nothing written."""
    described = Path(f"/proc/{machine.pid}/root{DESCRIBED}")
    with tempfile.TemporaryDirectory() as folder, Panel(machine, Path(folder)) as panel:
        finger = Finger(panel, described)
        finger.until("IdleView")
        finger.choose("Bắt đầu", "RatingView")
        finger.choose("Rất hài lòng", "RatingView")
        finger.choose("Hài lòng", "GateView")
        finish(finger)
        console.print("  ThanksView")


def finish(finger: Finger) -> None:
    """Leave out what is asked at the end, until the thanks, seen or gone again already.

    Raises AssertionError where the visit ends without them.
    """
    before = len(finger.pictures())
    while True:
        pictures = finger.pictures()
        since = [picture.screen for picture in pictures[before:]]
        if "ThanksView" in since:
            return
        assert "IdleView" not in since
        names = {place.name for place in pictures[-1].targets}
        for name in ("Gửi", "Không để lại", "Bỏ qua"):
            if name in names:
                finger.press(name)
                finger.display.settle()
                break


def until_pulled(guide: Follower, line: str, file: Path, wanted: int) -> None:
    """Pull by the guide's command until that many whole responses are there, each once, or TimeoutError."""

    def there() -> bool:
        guide.does(line)
        responses = [msgspec.json.decode(row)["response"] for row in file.read_bytes().splitlines()]
        assert len({response["id"] for response in responses}) == len(responses)
        return [response["outcome"] for response in responses].count("complete") == wanted

    until(there, f"{wanted} responses")


def answers() -> bool:
    """Whether the centre does."""
    try:
        return httpx.get(HEALTH).status_code == 200
    except httpx.ConnectError:
        return False


def running(machine: Booted, *, central: bool = True) -> None:
    """Every service runs, and none had to be started a second time; not `central`: those of the tablet."""
    for service in SERVICES if central else SERVICES[1:]:
        said = machine.run(f"systemctl show -p ActiveState,NRestarts {service}")
        assert set(said.split()) == {"NRestarts=0", "ActiveState=active"}, f"{service}: {said}"


def renewed(machine: Booted) -> bool:
    """Whether the terminal was started once more after an upgrade, by itself, and runs."""
    said = machine.run("systemctl show -p ActiveState,NRestarts hailong-kiosk")
    return set(said.split()) == {"NRestarts=1", "ActiveState=active"}


def main() -> int:
    """Follow the guide on each release; raises at the first command that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", nargs="*", help="Debian releases; all that debootstrap knows by default")
    parser.add_argument(
        "--stay", action="store_true", help="leave the machine running at the end or an error"
    )
    asked = parser.parse_args()
    end_at_sigterm()
    console = Console()
    for suite in asked.suite or suites():
        started = time.monotonic()
        with Chroot(suite, HOME, sources=False) as chroot, Booted(chroot) as machine:
            try:
                bring(suite, chroot)
                follow(machine, console)
            except BaseException:
                console.print(machine.run(JOURNAL), markup=False, highlight=False, soft_wrap=True)
                raise
            finally:
                if asked.stay:
                    console.print(f"nsenter -t {machine.pid} -a; Ctrl-C ends it")
                    time.sleep(100_000)
        console.print(f"make guides: {suite}, {(time.monotonic() - started) / 60:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
