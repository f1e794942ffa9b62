"""One command sets a machine up: what it writes and starts, what it leaves alone, and how it goes on."""

import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

from sync.agent.identity import load_identity
from sync.agent.network import own_certificate
from sync.central.__main__ import app
from sync.central.office import installing
from sync.central.office.central_env import read_env
from sync.central.office.installing import TIMERS, Host
from sync.contract.enrolment import read_invitation
from sync.contract.problem import Problem, ProblemError
from sync.host.clock import local_now
from sync.outbox import Outbox
from tests.support.own_process import exit_code
from tests.support.processes import free_port, running, wait_until
from tests.support.wire import ROOT

SAID = ("--name", "UBND phường Mẫu", "--person", "Nguyễn Thị Mẫu", "--plain")
PUBLIC = (*SAID, "--address", "hailong.example.vn", "--https", "public")
DEBIANS = "# A remark.\n\n:80 {\n\t# Another.\n\troot * /usr/share/caddy\n\n\tfile_server\n\t# More.\n}\n"
UNITS = {"hailong-central.service", *TIMERS, "caddy.service"}


class Machine:
    """A machine in a folder. Its systemd only remembers; what `kill` says ends the set-up at that effect."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.enabled: set[str] = set()
        self.commands: list[str] = []
        self.programs = {"caddy", "openssl"}
        self.effects = 0
        self.kill = -1
        self.host = Host(root=root, run=self._run, give=self._give, found=self._found)
        (root / "etc" / "caddy").mkdir(parents=True)
        (root / "etc" / "caddy" / "Caddyfile").write_text(DEBIANS)

    def _found(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.programs else None

    def _effect(self) -> None:
        self.effects += 1
        if self.effects - 1 == self.kill:
            raise KeyboardInterrupt

    def _run(self, command: Sequence[str]) -> int:
        if command[:2] == ["systemctl", "--quiet"]:
            return 0 if command[-1] in self.enabled else 3
        self._effect()
        self.commands.append(" ".join(command))
        if command[0] == "openssl":
            return subprocess.run(command, capture_output=True, check=False).returncode
        if command[1] == "enable":
            self.enabled.add(command[-1])
        return 0

    def _give(self, path: Path, user: str, group: str) -> None:
        self._effect()

    def set_up(self, *options: str, typed: str = "") -> str:
        """What `hailong-central setup` prints, or the number of its problem."""
        self.commands.clear()
        done = CliRunner().invoke(app, ["setup", *options], obj=self.host, input=typed)
        if isinstance(done.exception, ProblemError):
            return done.exception.problem.number
        assert done.exit_code == 0 or self.kill >= 0, done.output
        return done.output

    def files(self) -> dict[str, bytes]:
        """Every file of the machine that SQLite does not change by being read."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not path.name.endswith(("-wal", "-shm", "central.db"))
        }

    def text(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")


def test_a_machine_is_set_up_running_and_encrypted_and_one_address_signs_in(machine: Machine) -> None:
    printed = machine.set_up(*PUBLIC).splitlines()
    assert printed[-1].startswith("https://hailong.example.vn/bat-dau/")
    assert [line for line in printed if line.startswith("http")] == printed[-1:], "one address"
    assert machine.enabled == UNITS
    assert read_env(machine.root / "etc/hailong/central.env") == {
        "HAILONG_DATA": "/var/lib/hailong/central",
        "HAILONG_HTTPS": "public",
    }
    assert (machine.root / "etc/hailong/central.env").stat().st_mode & 0o777 == 0o640
    assert machine.text("etc/caddy/hailong.caddy").startswith("hailong.example.vn {\n")
    assert machine.text("etc/caddy/Caddyfile") == "import hailong.caddy\n"
    assert (machine.root / "var/backups/hailong").stat().st_mode & 0o777 == 0o700
    assert (machine.root / "var/lib/hailong/central/central.db").exists()
    invitation = read_invitation(next(line for line in printed if "@" in line))
    assert (invitation.address, invitation.code.certificate) == ("https://hailong.example.vn", "")


def test_a_second_set_up_changes_nothing_and_says_so(machine: Machine) -> None:
    machine.set_up(*PUBLIC)
    before = machine.files()
    printed = machine.set_up()
    assert "Không có gì phải đổi." in printed
    assert "dựng từ trước: phuong-mau, https://hailong.example.vn" in printed
    assert machine.files() == before
    assert machine.commands == ["systemctl reload caddy.service"]


def test_a_set_up_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    own = (*SAID, "--address", "https://10.0.0.5", "--https", "own")
    whole = Machine(tmp_path / "whole")
    whole.set_up(*own)
    wanted = {name for name in whole.files() if "tls/" in name or "etc/" in name}
    for number in range(0, whole.effects, 3):
        machine = Machine(tmp_path / str(number))
        machine.kill = number
        machine.set_up(*own)
        machine.kill = -1
        machine.set_up(*own)
        assert machine.enabled == UNITS, number
        assert {name for name in machine.files() if "tls/" in name or "etc/" in name} == wanted, number
        assert machine.text("etc/caddy/Caddyfile") == "import hailong.caddy\n"


@pytest.mark.parametrize(
    ("lacks", "address", "https"),
    [
        ("caddy", "hailong.example.vn", "public"),
        ("openssl", "10.0.0.5", "own"),
        ("", "http://10.0.0.5", "own"),
    ],
)
def test_nothing_is_changed_on_a_machine_that_is_not_ready(
    machine: Machine, lacks: str, address: str, https: str
) -> None:
    machine.programs.discard(lacks)
    before = machine.files()
    assert machine.set_up(*SAID, "--address", address, "--https", https) == "HL5203"
    assert machine.files() == before


def test_what_somebody_else_wrote_into_the_caddyfile_stays(machine: Machine) -> None:
    (machine.root / "etc" / "caddy" / "Caddyfile").write_text("wiki.example.vn {\n\trespond hi\n}")
    machine.set_up(*PUBLIC)
    assert machine.text("etc/caddy/Caddyfile") == (
        "wiki.example.vn {\n\trespond hi\n}\nimport hailong.caddy\n"
    )


def test_a_site_next_to_the_page_of_caddys_package_stays(machine: Machine) -> None:
    (machine.root / "etc/caddy/Caddyfile").write_text(f"{DEBIANS}\nwiki.example.vn {{\n\trespond hi\n}}\n")
    machine.set_up(*PUBLIC)
    assert "wiki.example.vn {" in machine.text("etc/caddy/Caddyfile")
    assert machine.text("etc/caddy/Caddyfile").endswith("\nimport hailong.caddy\n")


def test_a_centre_that_is_there_is_not_doubled_in_another_database(machine: Machine) -> None:
    machine.set_up(*PUBLIC)
    before = machine.files()
    other = f"sqlite:///{machine.root / 'other.db'}"
    assert machine.set_up(*PUBLIC, "--database", other) == "HL5203"
    assert machine.files() == before
    assert not (machine.root / "other.db").exists()


def test_a_command_that_fails_is_named(machine: Machine) -> None:
    machine.host = msgspec.structs.replace(machine.host, run=lambda command: 4)
    assert machine.set_up(*PUBLIC) == "HL5204"


def test_what_no_option_says_is_asked_and_the_usual_way_to_https_is_offered(machine: Machine) -> None:
    printed = machine.set_up("--plain", typed="UBND xã Mẫu\nhttps://10.0.0.5\nTrần Văn Mẫu\n\n")
    assert "[own]" in printed
    assert read_env(machine.root / "etc/hailong/central.env")["HAILONG_HTTPS"] == "own"
    assert machine.text("etc/caddy/hailong.caddy").startswith(":443 {\n\ttls /etc/hailong/tls/centre.pem")
    invitation = read_invitation(next(line for line in printed.splitlines() if "@10.0.0.5" in line))
    assert len(invitation.code.certificate) == 12


def test_a_certificate_of_its_own_is_made_once_and_put_into_codes_of_a_centre_that_was_there(
    machine: Machine,
) -> None:
    """A centre that was made by hand, without central.env."""
    data = machine.root / "var/lib/hailong/central"
    words = ["--data", str(data), *SAID, "--address", "10.0.0.5"]
    assert CliRunner().invoke(app, ["setup", *words]).exit_code == 0
    machine.set_up("--https", "own")
    made = machine.text("etc/hailong/tls/centre.pem")
    code = ["enrol-token", "--data", str(data), "--unit", "phuong-mau", "--counter", "quay-1", "--plain"]
    printed = CliRunner().invoke(app, code).output
    assert len(read_invitation(printed.splitlines()[-1]).code.certificate) == 12
    machine.set_up()
    assert machine.text("etc/hailong/tls/centre.pem") == made


def test_an_agent_enrols_over_the_centres_own_certificate_and_trusts_no_other(
    machine: Machine, tmp_path: Path
) -> None:
    """Real processes: centre, Caddy with the file that was written, and the agent."""
    inner, outer, plain = free_port(), free_port(), free_port()
    own = ("--address", f"https://127.0.0.1:{outer}", "--https", "own")
    invitation = next(line for line in machine.set_up(*SAID, *own).splitlines() if "@" in line)
    data = machine.root / "var/lib/hailong/central"
    site = machine.text("etc/caddy/hailong.caddy").replace("/etc/hailong", str(machine.root / "etc/hailong"))
    caddyfile = tmp_path / "Caddyfile"
    caddyfile.write_text(
        f"{{\n\tadmin off\n\thttp_port {plain}\n}}\n" + site.replace("127.0.0.1:8700", f"127.0.0.1:{inner}")
    )
    settings = tmp_path / "agent.toml"
    settings.write_text('outbox = "outbox"\nfolder = "agent"\n')

    def agent(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "sync.agent", "--config", str(settings), *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    home = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    serve = [sys.executable, "-m", "sync.central", "serve", "--data", str(data), "--port", str(inner)]
    with running(serve, os.environ), running(["caddy", "run", "--config", str(caddyfile)], home):
        pem = machine.root / "etc/hailong/tls/centre.pem"
        wait_until(answers(f"https://127.0.0.1:{outer}/health", str(pem)))
        foreign = own_certificate(f"https://127.0.0.1:{outer}", "0" * 12, 3)
        assert isinstance(foreign, Problem)
        assert foreign.number == "HL4107"
        done = agent("enrol", invitation)
        assert done == (0, "phuong-mau-quay-1: phuong-mau\n")
        assert load_identity(tmp_path / "agent").certificate == pem.read_text()
        strict = ssl.create_default_context(cafile=pem)
        strict.verify_flags |= ssl.VERIFY_X509_STRICT  # as newer Pythons do by themselves
        assert httpx.get(f"https://127.0.0.1:{outer}/health", verify=strict).status_code == 200
        Outbox(tmp_path / "outbox", "phuong-mau-quay-1", clock=local_now).close()
        assert agent("--once")[0] == 0


def answers(address: str, pem: str) -> Callable[[], bool]:
    def ask() -> bool:
        try:
            return httpx.get(address, verify=ssl.create_default_context(cafile=pem)).status_code == 200
        except httpx.TransportError:
            return False

    return ask


def touch_theirs_and_roots(folder: Path) -> None:
    """In a process of its own: as the service's user, and then as root."""
    installing.USER = "nobody"
    with installing.this_machine().as_service():
        (folder / "theirs").touch()
    (folder / "roots").touch()


@pytest.mark.root
def test_what_set_up_writes_as_root_belongs_to_the_service() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)  # pytest's own folders let nobody in
        folder.chmod(0o777)
        assert exit_code(touch_theirs_and_roots, folder) == 0
        owners = {path.name: path.stat().st_uid for path in folder.iterdir()}
        assert owners == {"theirs": 65534, "roots": 0}
