"""The pages of a centre over an invented province: as a process for a browser, or in this process."""

import hashlib
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from sync.central.app import Centre, build_app
from sync.central.http.signed import SignedReplies
from sync.central.http.token_bucket import Rates
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url
from sync.central.store.schema import metadata
from sync.central.web.visit import SESSION
from sync.host.clock import local_now
from tests.support.people import quick_passwords
from tests.support.processes import free_port, running, wait_until
from tests.support.province import Province

ROOT = Path(__file__).parents[2]
FORM = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of the same site."""


class ServedPages:
    """`hailong-central serve` over a province."""

    def __init__(self, province: Province, environment: dict[str, str] | None = None) -> None:
        self.province = province
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = environment or {}
        self._held = ExitStack()

    def __enter__(self) -> Self:
        data = str(self.province.data)
        command = [sys.executable, "-m", "sync.central", "serve", "--data", data, "--port", str(self.port)]
        if self.province.url:
            command += ["--database", self.province.url]
        log = self._held.enter_context((self.province.data / "serve.log").open("ab"))
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TZ": "UTC", **self._environment}
        self._held.enter_context(running(command, environment, log=log))
        wait_until(self._answers)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def link(self, login: str) -> str:
        """An address that signs this person in once."""
        return self.address + self.province.sign_in_path(login, local_now())

    def log(self) -> str:
        """What the process has written."""
        return (self.province.data / "serve.log").read_text("utf-8", "replace")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health").is_success
        except httpx.TransportError:
            return False


def without_end() -> Rates:
    """As many pages as a test asks for."""
    return Rates(burst=10**9, a_second=10**6)


class PageCentre:
    """The same in this process: `client` is a person's browser without a window."""

    def __init__(
        self,
        province: Province,
        now: Callable[[], datetime] = local_now,
        views: Callable[[], Rates] = without_end,
    ) -> None:
        self.province = province
        self.engine = open_database(database_url(province.data, province.url))
        keys = load_keys(province.data / "keys")
        self.centre = Centre(self.engine, now=now, keys=keys, passwords=quick_passwords(), views=views())
        self.centre.house.open_remarks()  # what the centre would do within seconds
        self.app = build_app(self.centre)
        self.application: Litestar = self.app.app  # type: ignore[assignment]
        self._held = ExitStack()
        self._clients: dict[str, TestClient[SignedReplies]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()
        self.engine.dispose()

    def stranger(self) -> TestClient[SignedReplies]:
        """A browser in which nobody is signed in, over HTTPS."""
        client = TestClient(self.app, base_url="https://centre.example")
        client.follow_redirects = False
        client.headers.update({"Accept": "text/html", "Accept-Language": "vi"})
        return self._held.enter_context(client)

    def client(self, login: str) -> TestClient[SignedReplies]:
        """A browser in which this person is signed in and has shown lately who it is."""
        known = self._clients.get(login)
        there = known and self.centre.web.find(known.cookies.get(SESSION) or "")
        # Another test may have ended all sessions of this person, or minutes have passed since.
        if not there or not there.stepped_up:
            client = self.stranger()
            path = self.province.sign_in_path(login, self.centre.now())
            answer = client.post(path, headers=FORM)
            assert answer.status_code == 303, answer.text
            self._clients[login] = client
        return self._clients[login]

    def csrf(self, login: str) -> str:
        """What every form of this person's session carries."""
        visitor = self.centre.web.find(self.client(login).cookies[SESSION])
        assert visitor is not None
        return visitor.csrf

    def digest(self) -> dict[str, str]:
        """Of each table; sessions, the audit log and its seal aside: a look may leave a line."""
        digests = {}
        with reading(self.engine) as connection:
            for table in metadata.sorted_tables:
                if table.name not in ("audit", "facts", "sessions", "sign_in_tries"):
                    rows = connection.execute(select(table).order_by(*table.primary_key)).all()
                    digests[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return digests

    def send(self, login: str, path: str, **fields: str) -> httpx.Response:
        """Send a form as this person's browser does."""
        data = {"_csrf": self.csrf(login), **fields}
        return self.client(login).post(path, data=data, headers=FORM)
