"""Every unit of the packages on a booted machine: started once from nothing, and scored by systemd."""

import re
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.support.booted import Booted
from tests.support.chroot import ROOT

DEPLOY = ROOT / "deploy"
LIMIT = 1.5
"""Of `systemd-analyze security`, the lower the better."""
# A kernel may know no FAT: a folder is the stick.
STICK = """mkdir -p /etc/systemd/system/run-hailongusb.mount.d
install -d -o hailong-agent -g hailong-agent /srv/stick
cat >/etc/systemd/system/run-hailongusb.mount.d/folder.conf <<'END'
[Mount]
What=/srv/stick
Type=none
Options=bind
END
systemctl daemon-reload"""
# As the terminal asks for networks. This machine has no Wi-Fi; the helper's answer is that.
ASK_WIFI = """/opt/hailong/kiosk/current/bin/python -c 'from pathlib import Path
from sync.host.wifi import Look, ask
print(ask(Path("/run/hailong-wifi.sock"), Look()).problem.number)'"""
NO_WIFI, NO_ANSWER = "HL2030", "HL2034"


def services() -> list[str]:
    """Those of both packages."""
    return sorted(path.name for path in DEPLOY.glob("*/hailong-*.service"))


def every_unit(machine: Booted, does: Callable[[str], str]) -> None:
    """Start each service that a timer, a path or a socket starts; raises where one fails.

    does: runs one line on the machine, and says so.
    """
    machine.run(STICK)
    for path in sorted(DEPLOY.glob("*/*.service")):
        if "\n[Install]\n" not in path.read_text("utf-8") and "@." not in path.name:
            does(f"systemctl start {path.stem}")
    does("systemctl start hailong-central-failed@check")
    assert NO_WIFI in does(f"runuser -u hailong -- {ASK_WIFI}")
    assert NO_ANSWER in does(f"runuser -u hailong-agent -- {ASK_WIFI}")  # the terminal alone may ask
    inside = Path(f"/proc/{machine.pid}/root")
    assert list((inside / "var/backups/hailong").glob("central-*"))
    assert list((inside / "srv/stick").iterdir())
    failed = machine.run("systemctl list-units --failed --plain --no-legend 'hailong-*'")
    assert failed == "", failed
    waiting = machine.run("systemctl list-units --plain --no-legend 'hailong-*.timer' 'hailong-*.path'")
    assert waiting.count(" active ") == waiting.count("\n"), waiting


def scored(machine: Booted, console: Console) -> None:
    """Print what systemd says of each service as it is on the machine; raises where one may do too much."""
    table = Table("service", "exposure", title="systemd-analyze security")
    worst = 0.0
    for name in services():
        said = machine.run(f"systemd-analyze security --no-pager {name.replace('@.', '@trial.')} || true")
        (score,) = re.findall(r"exposure level for \S+: ([\d.]+)", said)
        table.add_row(name, score)
        worst = max(worst, float(score))
    console.print(table)
    assert worst <= LIMIT, worst
