"""What our services may do to the machine they run on, as systemd itself scores it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = sorted(DEPLOY.glob("*/hailong-*.service"))
LIMIT = 1.5


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine's folder with our units as the guide puts them there."""
    root = tmp_path_factory.mktemp("machine")
    units = root / "etc" / "systemd" / "system"
    shutil.copytree(DEPLOY / "hailong-.service.d", units / "hailong-.service.d")
    for service in SERVICES:
        shutil.copy(service, units)
    return root


@pytest.mark.programs
@pytest.mark.parametrize("service", [path.name for path in SERVICES])
def test_every_service_is_confined(machine: Path, service: str) -> None:
    command = ["systemd-analyze", "security", "--offline=yes", f"--root={machine}", service]
    said = subprocess.run(command, check=False, capture_output=True, text=True)
    scores = re.findall(r"exposure level for \S+: ([\d.]+)", said.stdout)
    assert scores, said.stderr
    assert float(scores[0]) <= LIMIT, said.stdout


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_every_service_is_bounded(service: Path) -> None:
    """What people say goes to no swap (for all in one place), and no service takes the machine with it."""
    settings = dict(re.findall(r"^(\w+)=(.*)$", service.read_text("utf-8"), re.MULTILINE))
    assert {"MemoryMax", "TasksMax", "User"} <= set(settings)
    common = (DEPLOY / "hailong-.service.d" / "hardening.conf").read_text("utf-8")
    assert {"MemorySwapMax=0", "LimitCORE=0"} <= set(common.splitlines())


def test_terminal_agent_and_screen_are_users_of_their_own() -> None:
    users = {
        service.name: re.findall(r"^User=(.*)$", service.read_text("utf-8"), re.MULTILINE)
        for service in SERVICES
        if service.parent.name == "tablet"
    }
    assert users == {
        "hailong-agent.service": ["hailong-agent"],
        "hailong-clock.service": ["root"],
        "hailong-display.service": ["hailong-display"],
        "hailong-kiosk.service": ["hailong"],
        "hailong-prompts.service": ["hailong"],
        "hailong-usb.service": ["hailong-agent"],
        "hailong-update-watch.service": ["root"],
        "hailong-update.service": ["root"],
        "hailong-wifi@.service": ["hailong-wifi"],
    }
