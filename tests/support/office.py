"""A whole office on one machine: centre, agent and terminal as three real processes in one folder.

office/centre/      the centre's data            office/bundle/     what the terminal is configured with
office/terminal/    outbox and agent's receipts  office/logs/       one file a process
"""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import msgspec
import tomli_w
from nacl.signing import SigningKey

from sync.central.office.keys.stored import load_keys
from sync.contract.bundle import Case, Cases
from sync.contract.codes import Code, CodeKind, case_hash, sign_code
from tests.support.processes import free_port

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy" / "sample"
CASE_KEY = bytes(range(32))
DOSSIER = "000.00.12.H29-260302-0004"
FALLBACKS: dict[str, object] = {
    "device": "may-01",
    "unit": "phuong-mau",
    "counter": "quay-1",
    "survey": "kien-hung",
    "plan": "kien-hung-2020",
    "office": {
        "name": {"vi": "UBND phường Mẫu", "en": "Mẫu Ward People's Committee"},
        "primary": "#0B5D63",
        "accent": "#B23A5B",
    },
}
"""What kiosk.toml says of a terminal where the configuration does not, as those of release 0.1.0."""

LAST_LINES = 30
"""Of a log, printed when a test fails."""


def until(done: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Wait until `done()` is true; raises TimeoutError naming `what` after this many seconds."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of the loopback address."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Processes:
    """A centre over the folder `data`, the agent and the terminal of one device; settings are in `folder`."""

    def __init__(self, folder: Path, data: Path, device: str, port: int | None = None) -> None:
        self.folder = folder
        self.data = data
        self.device = device
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        (folder / "logs").mkdir(parents=True, exist_ok=True)

    def run(self, module: str, *arguments: str) -> str:
        """Run `python -m sync.<module> …` to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", f"sync.{module}", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"sync.{module} {arguments[0]} ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def start_centre(self) -> None:
        """Start the centre, and wait until it answers."""
        data = str(self.data)
        self._start("centre", "sync.central", "serve", "--data", data, "--port", str(self.port))
        until(self._is_healthy, "the centre answers /health")

    def _is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health").status_code == 200
        except httpx.TransportError:
            return False

    def start_agent(self, *, enrol: bool = True) -> None:
        """Start the agent; the first time the device is enrolled, for which the centre has to run.

        enrol: False leaves that to the terminal's first-start screen.
        """
        config = str(self.folder / "agent.toml")
        if enrol and not (self.folder / "terminal" / "agent" / "identity.json").exists():
            data = str(self.data)
            code = self.run("central", "enrol-token", "--data", data, "--device", self.device, "--plain")
            self.run("agent", "--config", config, "enrol", code.strip())
        self._start("agent", "sync.agent", "--config", config)

    def make_prompts(self) -> None:
        """Let espeak-ng speak every text of this office; shows the progress."""
        config = str(self.folder / "kiosk.toml")
        command = [sys.executable, "-m", "kiosk", "voices", "make", "--config", config]
        subprocess.run(command, cwd=ROOT, check=True)

    def start_kiosk(
        self,
        environment: dict[str, str],
        *options: str,
        keypad: Path | None = None,
        module: Sequence[str] = ("kiosk",),
    ) -> None:
        """Start the terminal on the screen that `environment` names.

        Args:
            keypad: the pipe of a `Keypad`.
            module: runs it instead of the product's module; with its arguments.
        """
        command = module if keypad is None else ("tests.support.keypad", str(keypad))
        config = str(self.folder / "kiosk.toml")
        self._start("kiosk", *command, "--config", config, *options, environment=environment)

    def _start(
        self, name: str, module: str, *arguments: str, environment: dict[str, str] | None = None
    ) -> None:
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=environment or dict(os.environ),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_running(self, name: str) -> bool:
        """Whether the process "centre", "agent" or "kiosk" lives."""
        return name in self._processes and self._processes[name].poll() is None

    def exit_code(self, name: str) -> int:
        """How a process ended by itself."""
        return self._processes.pop(name).wait(20)

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """End one process with all its workers and return its exit code."""
        process = self._processes.pop(name)
        os.killpg(process.pid, how)
        return process.wait(20)

    def log(self, name: str) -> str:
        """What one process wrote so far."""
        return (self.folder / "logs" / f"{name}.log").read_text("utf-8", "replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._print_states()
        for name in list(self._processes):
            self.stop(name)

    def _print_states(self) -> None:
        """What became of each process, and its last lines: a test that fails elsewhere can be understood."""
        for name, process in self._processes.items():
            code = process.poll()
            print(f"--- {name} {'runs' if code is None else f'ended with {code}'}")
            print("\n".join(self.log(name).splitlines()[-LAST_LINES:]))


class Office(Processes):
    """Made from `deploy/sample` in `folder`; `kiosk` are changes to kiosk.toml, such as {"screen": {…}}."""

    def __init__(self, folder: Path, kiosk: dict[str, object] | None = None) -> None:
        super().__init__(folder, folder / "centre", str((kiosk or {}).get("device", FALLBACKS["device"])))
        self.badge_key = SigningKey(bytes(range(1, 33)))
        self._write_bundle()
        self.run("central", "init", "--data", str(folder / "centre"), "--bundle", str(folder / "bundle"))
        self._write_keys()
        self.token = self._token("--role", "admin")
        self._write_terminal(kiosk or {})

    # --- made once -----------------------------------------------------------------------------------

    def _write_bundle(self) -> None:
        bundle = self.folder / "bundle"
        shutil.copytree(ROOT / "assets" / "surveys", bundle / "surveys", dirs_exist_ok=True)
        shutil.copytree(ROOT / "assets" / "plans", bundle / "plans", dirs_exist_ok=True)
        shutil.copy(SAMPLE / "catalogue.toml", bundle / "catalogue.toml")
        issued = datetime.now(UTC)
        version = {"version": 1, "issued": issued, "expires": issued + timedelta(days=365)}
        (bundle / "bundle.toml").write_text(tomli_w.dumps(version), "utf-8")

    def cases(self, *cases: Case) -> Cases:
        """A case list of this office's unit, as its terminal gets it."""
        public = load_keys(self.folder / "centre" / "keys").case_public()
        return Cases(base64.b64encode(CASE_KEY).decode(), public, cases)

    def _write_keys(self) -> None:
        """The centre's public keys, the one that signs this office's cards, and the unit's for dossiers."""
        cases = self.cases(Case(case_hash(DOSSIER, CASE_KEY), "2.000815", "cb-02"))
        (self.folder / "bundle" / "cases.json").write_bytes(msgspec.json.encode(cases))
        keys = tomllib.loads((self.folder / "centre" / "keys.toml").read_text("utf-8"))
        public = base64.b64encode(self.badge_key.verify_key.encode()).decode()
        keys["badges"] = [{"id": "the-1", "public": public}]
        (self.folder / "bundle" / "keys.toml").write_text(tomli_w.dumps(keys), "utf-8")

    def _write_terminal(self, changes: dict[str, object]) -> None:
        settings = {**tomllib.loads((SAMPLE / "kiosk.toml").read_text("utf-8")), **FALLBACKS}
        here = {"data": "terminal", "bundle": "bundle"}
        for key, value in {**here, **changes}.items():
            old = settings.get(key)
            settings[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
        (self.folder / "kiosk.toml").write_text(tomli_w.dumps(settings), "utf-8")
        agent = {
            "centre": self.address,
            "device": self.device,
            "outbox": "terminal/outbox",
            "folder": "terminal/agent",
        }
        (self.folder / "agent.toml").write_text(tomli_w.dumps(agent), "utf-8")

    def _token(self, *options: str) -> str:
        return self.run(
            "central", "tokens", "create", "--data", str(self.folder / "centre"), *options
        ).strip()

    def card(self, kind: CodeKind, subject: str) -> str:
        """The signed code on an officer's badge or a procedure's card."""
        code = Code(
            kind=kind,
            unit="phuong-mau",
            subject=subject,
            serial="K7QX2M4P" if kind == "badge" else "PROC2345",
            expires=date(datetime.now(UTC).year + 1, 12, 31),
        )
        return sign_code(code, self.badge_key)

    # --- what an administrator does ------------------------------------------------------------------

    def pull(self, after: str = "", form: str = "json") -> httpx.Response:
        """`GET /v1/responses` with an administrator's token."""
        return httpx.get(
            f"{self.address}/v1/responses",
            params={"after": after, "format": form} if after else {"format": form},
            headers={"Authorization": f"Bearer {self.token}"},
        )
