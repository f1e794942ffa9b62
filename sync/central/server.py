"""The centre as a process: granian, with one worker over SQLite and as many as wanted over PostgreSQL."""

import gc
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from litestar.types import ASGIApp, Receive, Send
from sqlalchemy.exc import DBAPIError

from sync.central.api import metrics
from sync.central.app import Centre, build_app
from sync.central.http.admission import Limits
from sync.central.http.attendance import Callers
from sync.central.http.signed import SignedReplies
from sync.central.office.condition import Condition, read_condition
from sync.central.office.keys.stored import load_keys
from sync.central.office.machine import machine_reader
from sync.central.office.people.throttle import Network
from sync.central.store import reserve
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url, scratch_of
from sync.central.store.storage import not_usable
from sync.host.clock import local_now
from sync.host.single import only_server

# Connections a worker holds open at once. An idle one costs a few kilobytes, but takes a place.
CONNECTIONS = 4096
# Connections to the database that a worker has for administrators, apart from those for devices.
PULL_CONNECTIONS = 8
METRICS_CONNECTIONS = 2
# How long a page of figures is given again to all who may see the same.
KEPT_SECONDS = 1.0
# How long a worker may take to end. Then it is killed, which is safe: every write is one transaction.
STOP_SECONDS = 20
# How long the head of a request may take, and an open connection may be silent between two requests.
HEAD_MILLISECONDS = 10_000
# How long a thread that computes may keep the interpreter to itself while others wait for it. Storing a batch
# waits for it after every statement: with Python's 5 ms, one summary next to it would delay it by far more
# than the summary takes.
SWITCH_SECONDS = 0.0005


def load_app(
    data: Path,
    url: str | None,
    limits: Limits,
    callers: Callers | None = None,
    proxies: Sequence[Network] = (),
) -> SignedReplies:
    """The application over a data folder that `init` has made."""
    address = database_url(data, url)
    centre = Centre(
        open_database(address),
        now=local_now,
        keys=load_keys(data / "keys"),
        pulls=open_database(address, PULL_CONNECTIONS),
        scratch=scratch_of(data),
        proxies=proxies,
        machine=machine_reader(os.environ, data),
        kept=KEPT_SECONDS,
    )
    return build_app(centre, limits, callers)


def run(
    data: Path,
    url: str | None,
    host: str,
    port: int,
    workers: int,
    limits: Limits,
    proxies: Sequence[Network],
    metrics_port: int | None = None,
    *,
    first: Callable[[], object] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are finished, except exports.

    first: is done while no other server can serve this folder, and before this one does.
    metrics_port: of the loopback, where this process answers Prometheus for all workers; None: nowhere.
    Raises ProblemError HL5027 or HL5125.
    """
    _allow_connections()
    # A forked worker would inherit what set-up left in memory, including open connections to the database.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "sync.central.server:load_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        # If HTTP/2 were offered too, a connection that never sends anything would have no time limit.
        http=HTTPModes.http1,
        workers=workers,
        websockets=False,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS),
        log_access=False,
        workers_kill_timeout=STOP_SECONDS,
    )
    with only_server(data, host, port):
        first()
        with _watched(data, url, metrics_port):
            scratch_of(data).sweep()
            if url is None:
                reserve.keep(data)
            server.serve(target_loader=partial(_load, data, url, limits, proxies), wrap_loader=False)


@contextmanager
def _watched(data: Path, url: str | None, port: int | None) -> Iterator[None]:
    """Answer Prometheus while this context is open, if a port is given."""
    if port is None:
        yield
        return
    engine = open_database(database_url(data, url), METRICS_CONNECTIONS)
    keys, machine = load_keys(data / "keys"), machine_reader(os.environ, data)

    def condition() -> Condition:
        try:
            with reading(engine) as connection:
                return read_condition(connection, keys, data, local_now(), whole_log=False, machine=machine)
        except DBAPIError as error:
            raise not_usable(error) from error

    try:
        with metrics.listening(metrics.Metrics(condition, local_now), port):
            yield
    finally:
        engine.dispose()


def _allow_connections() -> None:
    """Raise this process's limit of open files to what CONNECTIONS need, where the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _load(
    data: Path, url: str | None, limits: Limits, proxies: Sequence[Network], *_: object, **__: object
) -> ASGIApp:
    sys.setswitchinterval(SWITCH_SECONDS)
    callers = Callers()
    app = load_app(data, url, limits, callers, proxies)
    # What was imported never becomes garbage. Looking through it takes an eighth of a second, in which no
    # batch is stored.
    gc.collect()
    gc.freeze()

    async def heeding(scope: Any, receive: Receive, send: Send) -> None:
        # Granian waits for all requests before it announces that it stops; an export can take minutes.
        if scope["type"] == "lifespan":
            for number in (signal.SIGTERM, signal.SIGINT):
                # The event loop still gets the signal: it reads signals from its own file descriptor.
                signal.signal(number, lambda *_: callers.stop())
                signal.siginterrupt(number, False)
        await app(scope, receive, send)

    return heeding
