"""A centre as its callers see it: a process of its own, over SQLite or PostgreSQL, with two wards."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from msgspec.structs import replace

from sync.agent.identity import keep_identity, load_identity, own_key
from sync.agent.sending import Refused, Sender, Wire, enrol
from sync.central.office.access import create_token
from sync.central.office.audit.acts import By, acting
from sync.central.office.devices import create_enrolment
from sync.central.office.keys.stored import load_keys
from sync.central.store.facts import existing_database
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.enrolment import SECRET_BYTES, EnrolReply
from sync.contract.ids import uuid7
from sync.contract.response import Response, Tag
from sync.host.clock import local_now
from sync.outbox import StoredResponse
from tests.support.office import until
from tests.support.processes import free_port
from tests.support.wire import visit

ROOT = Path(__file__).parents[2]
WARDS = ("phuong-mot", "phuong-hai")
DEVICES = 60
"""Devices of each ward in the catalogue: enough for each test to use its own."""

CATALOGUE = """
[[units]]
code = "phuong-mot"
name.vi = "Phường Một"
[[units]]
code = "phuong-hai"
name.vi = "Phường Hai"
[[procedures]]
code = "1.001193"
name.vi = "Đăng ký khai sinh"
[[officers]]
id = "a01"
name = "Cán bộ Một"
unit = "phuong-mot"
[[officers]]
id = "b01"
name = "Cán bộ Hai"
unit = "phuong-hai"
"""


OFFICERS = {"phuong-mot": "a01", "phuong-hai": "b01"}


class Tablet:
    """An enrolled device of a ward, whose `sender` speaks over a real connection."""

    def __init__(self, device: str, ward: str, sender: Sender) -> None:
        self.device = device
        self.ward = ward
        self.sender = sender
        self._seq = 0

    @classmethod
    def again(cls, folder: Path, address: str, device: str, ward: str) -> "Tablet":
        """A device that a ServedCentre in `folder` has enrolled, in another process; nothing sent yet."""
        client = httpx.Client(base_url=address, timeout=60)
        return cls(device, ward, Sender(Wire(client, local_now), load_identity(folder / "devices" / device)))

    def visit(self, result: int = 5) -> Response:
        """The next visit, of this minute, complete, of its own ward and officer; not sent yet."""
        self._seq += 1
        at = local_now().replace(microsecond=0)
        tag = Tag(self.ward, "1", procedure="1.001193", officer=OFFICERS[self.ward], scanned_at=at)
        return replace(
            visit(1, device=self.device, result=result),
            id=uuid7(at, os.urandom),
            seq=self._seq,
            tag=tag,
            started_at=at,
            finished_at=at,
        )

    def push(self, *visits: Response) -> BatchReply | Refused:
        """Send these in one batch."""
        bodies = [(each, canonical_bytes(each)) for each in visits]
        return self.sender.push(
            [StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies]
        )


class ServedCentre:
    """A centre that was set up in `folder` by its own commands; serves between `start` and `stop`."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.data = folder / "centre"
        self.url = url
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.address, timeout=60)
        self._numbers: dict[str, Iterator[int]] = {ward: count(1) for ward in WARDS}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.write_bundle(folder / "bundle")
        self.command("init", "--bundle", str(folder / "bundle"))
        # Next to the process, as the commands are: a command of its own for each token would take a second.
        self.engine = existing_database(self.data, url)

    def write_bundle(self, bundle: Path, version: int = 1) -> None:
        """A bundle folder with the Kiến Hưng survey, both wards and all devices."""
        (bundle / "surveys").mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "assets" / "surveys" / "kien-hung.toml", bundle / "surveys")
        (bundle / "bundle.toml").write_text(
            f"version = {version}\nissued = 2026-03-01T00:00:00Z\nexpires = 2046-03-01T00:00:00Z\n"
        )
        tables = [
            f'[[devices]]\nid = "{ward}-{number}"\nkind = "terminal"\nunit = "{ward}"\ncounter = "1"\n'
            for ward in WARDS
            for number in range(1, DEVICES + 1)
        ]
        (bundle / "catalogue.toml").write_text(CATALOGUE + "".join(tables), "utf-8")

    def command(self, *arguments: str, code: int = 0) -> str:
        """What `hailong-central …` printed; raises AssertionError for another exit code."""
        database = ["--database", self.url] if self.url else []
        done = subprocess.run(
            [sys.executable, "-m", "sync.central", *arguments, "--data", str(self.data), *database],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def start(self, *options: str) -> None:
        """Serve, and wait until it answers."""
        database = ["--database", self.url] if self.url else []
        command = [sys.executable, "-m", "sync.central", "serve", "--data", str(self.data)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port), *options, *database],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._is_healthy, "the centre answers", 60)

    def _is_healthy(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log()
        try:
            return self.client.get("/health").is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """End the process and all its workers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
            self._process = None

    @property
    def process(self) -> int:
        """The number of the process that `start` began; its workers are its children."""
        assert self._process is not None
        return self._process.pid

    def log(self) -> str:
        """What the process has written so far."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def token(self, role: str, unit: str | None = None) -> str:
        """A new token of an administrator."""
        with acting(self.engine, By("test", local_now())) as act:
            return create_token(
                act,
                token_text=lambda: secrets.token_urlsafe(32),
                role=role,
                device="",
                unit=unit,
            )

    def get(self, path: str, token: str, **headers: str) -> httpx.Response:
        """The centre's answer to a request with this token."""
        return self.client.get(path, headers={"Authorization": f"Bearer {token}", **headers})

    def next_device(self, ward: str) -> str:
        """A device of this ward that nobody has used yet, not enrolled."""
        return f"{ward}-{next(self._numbers[ward])}"

    def device(self, ward: str) -> Tablet:
        """A device of this ward that nobody has used yet, enrolled."""
        name = self.next_device(ward)
        wire = Wire(self.client, local_now)
        _, centre = load_keys(self.data / "keys").signing_key()
        with acting(self.engine, By("test", local_now())) as act:
            code = create_enrolment(
                act,
                device=name,
                secret=secrets.token_bytes(SECRET_BYTES),
                centre_key=bytes(centre.verify_key),
            )
        key = own_key(self.folder / "devices" / name)
        reply = enrol(wire, code, name, key)
        assert isinstance(reply, EnrolReply), reply
        keep_identity(self.folder / "devices" / name, reply)
        return Tablet(name, ward, Sender(wire, load_identity(self.folder / "devices" / name)))

    def raw(self, sent: bytes, seconds: float = 20.0) -> bytes:
        """The whole answer to these bytes, sent over a connection of their own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(sent)
            received = b""
            while part := connection.recv(65536):
                received += part
        return received

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.client.close()
        self.engine.dispose()
