"""Both ends of the wire for tests: a centre with a small bundle, and terminals with a real outbox."""

import secrets
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import httpx
from litestar import Litestar
from msgspec.structs import replace
from sqlalchemy import Engine, delete, inspect

from sync.agent.identity import keep_identity, load_identity, own_key
from sync.agent.sending import Sender, Wire, enrol
from sync.central.app import Centre, routed, serving
from sync.central.http.signed import SignedReplies
from sync.central.intake.forms import load_forms
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office.access import create_token
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.backup import restore
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import create_enrolment, find_device
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.store.database import open_database, reading, writing
from sync.central.store.facts import ensure_facts
from sync.central.store.schema import audit, facts
from sync.central.store.upgrade import migrate
from sync.contract.canonical import canonical_bytes
from sync.contract.enrolment import SECRET_BYTES, EnrolmentCode, EnrolReply
from sync.contract.ids import uuid7
from sync.contract.response import Response, SurveyRef, Tag
from sync.outbox import Outbox

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DEVICES = ("kiosk-1", "kiosk-2", "desk-1")

CATALOGUE = """
[[units]]
code = "phuong-mot"
name.vi = "Phường Một"
[[procedures]]
code = "1.001193"
name.vi = "Đăng ký khai sinh"
[[officers]]
id = "a01"
name = "Cán bộ Một"
unit = "phuong-mot"
"""


def write_bundle(folder: Path, *, version: int = 1, devices: tuple[str, ...] = DEVICES) -> Path:
    """A bundle folder with the Kiến Hưng survey and these devices; each version revokes another badge."""
    (folder / "surveys").mkdir(parents=True)
    shutil.copy(ROOT / "assets" / "surveys" / "kien-hung.toml", folder / "surveys")
    (folder / "bundle.toml").write_text(
        f"version = {version}\nissued = 2026-03-01T00:00:00Z\nexpires = 2046-03-01T00:00:00Z\n"
    )
    tables = [
        f'[[devices]]\nid = "{device}"\nkind = "terminal"\nunit = "phuong-mot"\ncounter = "1"\n'
        for device in devices
    ]
    (folder / "catalogue.toml").write_text(CATALOGUE + "".join(tables), "utf-8")
    (folder / "revoked.toml").write_text(f'serials = ["the-{version}"]\n')
    return folder


def _set_up(engine: Engine, bundle: Path, at: datetime) -> None:
    migrate(engine, at)
    with writing(engine) as connection:
        ensure_facts(connection)
        import_bundle(Act(connection, By("test", at)), bundle)
        connection.execute(delete(audit))  # a test's log begins with what the test does


@lru_cache(maxsize=8)
def _sqlite_file(devices: tuple[str, ...], at: datetime) -> bytes:
    """The database of a centre that was set up; made once a process, because that takes half a second."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "central.db"
        engine = open_database(f"sqlite:///{file}")
        _set_up(engine, write_bundle(Path(folder) / "bundle", devices=devices), at)
        engine.dispose()
        return file.read_bytes()


IDLE: list[Litestar] = []
"""Applications whose centre was closed."""


class CentreUnderTest:
    """A centre in `folder`, set up, over SQLite or the database at `url`; `centre` and `app` are it.

    A database at `url` that is a copy of one that was set up for these devices stays as it is.
    """

    def __init__(
        self,
        folder: Path,
        *,
        url: str | None = None,
        now: Callable[[], datetime] = lambda: NOW,
        devices: tuple[str, ...] = DEVICES,
    ) -> None:
        self.folder = folder
        self.now = now
        self._app: SignedReplies | None = None
        folder.mkdir(parents=True, exist_ok=True)
        make_keys(folder / "keys", "20260302")
        bundle = write_bundle(folder / "bundle", devices=devices)
        self.url = url
        if url is None:
            (folder / "central.db").write_bytes(_sqlite_file(devices, now()))
        self.engine: Engine = open_database(self.address)
        if not inspect(self.engine).has_table(facts.name):
            _set_up(self.engine, bundle, now())
        self.open()

    @property
    def address(self) -> str:
        """The URL of its database."""
        return self.url or f"sqlite:///{self.folder / 'central.db'}"

    def copied(self, folder: Path, backup: Path) -> "CentreUnderTest":
        """A second centre in `folder`, over SQLite: this one's keys, and what a backup of it holds."""
        copy = CentreUnderTest(folder, now=self.now)
        copy.close()
        shutil.rmtree(folder / "keys")
        shutil.copytree(self.folder / "keys", folder / "keys")
        restore(backup, copy.address, By("test", self.now()))
        copy.open()
        return copy

    def open(self) -> None:
        """Start the centre afresh over what is stored."""
        self._give_back()
        self.keys = load_keys(self.folder / "keys")
        self.centre = Centre(self.engine, now=lambda: self.now(), keys=self.keys)

    @property
    def app(self) -> SignedReplies:
        """Its application: one that no centre needs any more, as building one takes half a second."""
        if self._app is None:
            self._app = serving(IDLE.pop() if IDLE else routed(), self.centre)
        return self._app

    def _give_back(self) -> None:
        if self._app is not None:
            IDLE.append(cast("Litestar", self._app.app))
            self._app = None

    def token(self, *, role: str = "", device: str = "", unit: str | None = None) -> str:
        """A new token."""
        with acting(self.engine, By("test", self.now())) as act:
            return create_token(
                act,
                token_text=lambda: secrets.token_urlsafe(32),
                role=role,
                device=device,
                unit=unit,
            )

    def code(self, device: str) -> EnrolmentCode:
        """A new enrolment code for a device."""
        _, key = self.keys.signing_key()
        with acting(self.engine, By("test", self.now())) as act:
            return create_enrolment(
                act,
                device=device,
                secret=secrets.token_bytes(SECRET_BYTES),
                centre_key=bytes(key.verify_key),
            )

    def stored(self) -> list[bytes]:
        """The bytes of every response that is stored, in the order of arrival."""
        with reading(self.engine) as connection:
            rows = connection.exec_driver_sql("SELECT body FROM responses ORDER BY position")
            return [bytes(row.body) for row in rows]

    def enrolled(self, client: httpx.Client, device: str, folder: Path) -> Sender:
        """A device that was enrolled over `client`, and can speak."""
        wire = Wire(client, self.now)
        key = own_key(folder)
        reply = enrol(wire, self.code(device), device, key)
        assert isinstance(reply, EnrolReply), reply
        keep_identity(folder, reply)
        return Sender(wire, load_identity(folder))

    def close(self) -> None:
        """Close the database."""
        self._give_back()
        self.engine.dispose()


def store_unasked(
    central: CentreUnderTest, responses: Sequence[Response], device: str = "kiosk-1"
) -> list[str]:
    """Store this as a device that is trusted for every unit, name and day; returns the statuses."""
    received_at = int(central.now().timestamp() * 1000)
    with writing(central.engine) as connection:
        place, forms = find_device(connection, device), load_forms(connection)
        judged = [
            judge(
                canonical_bytes(each),
                device=device,
                unit=place.unit,
                forms=forms,
                received_at=received_at,
                moves=place.moves,
            )
            for each in responses
        ]
        receipts, _ = store(connection, device, judged, received_at, revoked=False)
    return [receipt.status for receipt in receipts]


def visit(number: int, *, device: str = "kiosk-1", result: int = 5, seq: int = 0) -> Response:
    """Visit `number` in the Kiến Hưng form, complete, tagged."""
    at = NOW + timedelta(seconds=40 * number)
    salt = int.from_bytes(device.encode()[-3:], "big")
    return Response(
        id=uuid7(at, lambda size: (number * 2**24 + salt).to_bytes(size, "big")),
        device=device,
        seq=seq,
        survey=SurveyRef("kien-hung", 1),
        tag=Tag(unit="phuong-mot", counter="1", procedure="1.001193", officer="a01", scanned_at=at),
        channel="kiosk",
        answers={"result": result, "service": 4},
        timing={"result": 2300, "service": 1800},
        outcome="complete",
        started_at=at,
        finished_at=at + timedelta(seconds=12),
        boot="b0074a7e",
        monotonic_ms=1000 * number,
        app="0.1.0",
    )


def numbered(count: int, *, device: str = "kiosk-1") -> list[Response]:
    """Visits 1 … count as an outbox would have numbered them."""
    return [replace(visit(number, device=device), seq=number) for number in range(1, count + 1)]


def fill_outbox(folder: Path, count: int, *, device: str = "kiosk-1") -> list[Response]:
    """A real outbox with `count` visits; returns them as stored."""
    outbox = Outbox(folder, device, clock=lambda: NOW)
    try:
        return [outbox.append(visit(number, device=device)) for number in range(1, count + 1)]
    finally:
        outbox.close()
