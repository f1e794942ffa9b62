"""What a centre reports to programs that watch servers, as Prometheus reads it.

Promises (each has a test of this name):
- it is a listener of its own on this machine's loopback, so no route of the centre and no proxy in front of
  it leads there; a request that a proxy has passed on, or that names another host, is refused;
- no name or id of a person, an officer, a procedure or a response is in it: counts, sizes and moments only;
- while the database can't be read, `hailong_up` is 0 and everything else is missing, never 0.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from sync.central.office.attention import Need
from sync.central.office.condition import Condition, Point, Waiting, concerns
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import METRICS_PORT_TAKEN
from sync.contract.ranges import count

LOOPBACK = "127.0.0.1"
PATH = "/metrics"
READ_SECONDS = 10
"""How long a request may take to arrive."""
_HOSTS = (LOOPBACK, "localhost")
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")

Read = Callable[[], Condition]


class Metrics(Collector):
    """The metrics of a centre, read again for each request.

    Args:
        read: the state now; raises ProblemError if the database can't be read.
        now: the time, with its offset.

    """

    def __init__(self, read: Read, now: Callable[[], datetime]) -> None:
        self._read = read
        self._now = now

    def collect(self) -> Iterable[Metric]:
        """All metrics at this moment."""
        try:
            condition = self._read()
        except ProblemError:
            return [_gauge("up", "Whether the centre's database can be read", 0)]
        return [
            _gauge("up", "Whether the centre's database can be read", 1),
            *families(condition, self._now()),
        ]

    def describe(self) -> Iterable[Metric]:
        """Nothing: which metrics there are is known only once the state was read."""
        return []


def families(condition: Condition, now: datetime) -> Iterator[Metric]:
    """The metrics of this state. Pure."""
    yield from _of_data(condition)
    yield from _of_devices(condition)
    yield from _waiting("set_aside_responses", "Responses set aside for a person", condition.aside)
    yield from _waiting("erasures", "Erasures that devices have still to do", condition.erasures)
    found = {concern.point for concern in concerns(condition, now)}
    needs_person = GaugeMetricFamily(
        "hailong_needs_person", "Whether a person has to look at this", labels=["point"]
    )
    for point in Point:
        needs_person.add_metric([point.value], int(point in found))
    yield needs_person


def _of_data(condition: Condition) -> Iterator[Metric]:
    build = GaugeMetricFamily("hailong_build_info", "What runs", labels=["release", "database"])
    build.add_metric([condition.release, condition.database], 1)
    yield build
    yield _gauge("epoch", "Raised by each restore", condition.epoch)
    yield _gauge("database_bytes", "Size of the database", condition.database_bytes)
    yield _gauge("disk_free_bytes", "Free on the disk of the data folder", condition.disk.free)
    yield _gauge("disk_total_bytes", "Size of that disk", condition.disk.total)
    yield _gauge("lag_seconds", "How late pulls are", condition.lag_seconds)
    yield _gauge("audit_lines", "Lines of the audit log", condition.log.lines)
    yield _gauge("audit_intact", "Whether the log since its last seal is unbroken", not condition.log.problem)
    if condition.backup is not None:
        made = condition.backup.at.timestamp()
        yield _gauge("backup_timestamp_seconds", "When the last checked backup was made", made)
    ends = GaugeMetricFamily(
        "hailong_key_ends_timestamp_seconds", "Until when the root says a key counts", labels=["key", "use"]
    )
    for key in condition.keys:
        if key.until is not None:
            ends.add_metric([key.id, key.use], key.until.timestamp())
    yield ends


def _of_devices(condition: Condition) -> Iterator[Metric]:
    devices = [attended.device for attended in condition.devices]
    states = GaugeMetricFamily("hailong_devices", "Devices by state", labels=["state"])
    enrolled = sum(device.enrolled and device.state == "active" for device in devices)
    revoked = sum(device.state != "active" for device in devices)
    waiting = len(devices) - enrolled - revoked
    for state, number in (("enrolled", enrolled), ("revoked", revoked), ("waiting", waiting)):
        states.add_metric([state], number)
    yield states
    reasons = GaugeMetricFamily(
        "hailong_devices_needing", "Devices that need a person, by reason", labels=["reason"]
    )
    needs = condition.needs()
    for need in Need:
        reasons.add_metric([need.name.lower()], needs[need])
    yield reasons
    releases = GaugeMetricFamily("hailong_devices_by_release", "Devices by release", labels=["release"])
    for release, number in sorted(condition.releases.items()):
        releases.add_metric([release], number)
    yield releases
    held = sum(device.held for device in devices)
    yield _gauge("responses_held", "Responses of all devices that are here", held)
    unsent = sum(device.unsent for device in devices)
    yield _gauge("responses_unsent", "Responses that devices still hold", unsent)
    missing = sum(max(0, count(device.gaps) - device.unsent) for device in devices)
    yield _gauge("responses_missing", "Responses that are neither here nor on a device", missing)


def _waiting(name: str, words: str, waiting: Waiting) -> Iterator[Metric]:
    yield _gauge(name, words, waiting.number)
    if waiting.since is not None:
        yield _gauge(f"{name}_oldest_timestamp_seconds", f"{words}: the oldest", waiting.since.timestamp())


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"hailong_{name}", words, value=value)


@contextmanager
def listening(metrics: Metrics, port: int) -> Iterator[int]:
    """Answer on this port of the loopback (0: any that is free) while the context is open; yields the port.

    Raises ProblemError HL5125 if the port is taken.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)

    class Handler(_Handler):
        def metrics(self) -> bytes:
            return generate_latest(registry)

    try:
        server = ThreadingHTTPServer((LOOPBACK, port), Handler)
    except OSError as error:
        detail = error.strerror or ""
        raise ProblemError(METRICS_PORT_TAKEN(where=f"{LOOPBACK}:{port}", detail=detail)) from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Answers GET /metrics from this machine, and nothing else."""

    timeout = READ_SECONDS
    server_version = "hailong"
    sys_version = ""

    def metrics(self) -> bytes:
        """The text of all metrics."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer one request."""
        if not is_from_here(self.headers.items()):
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            text = self.metrics()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Write nothing: a watcher asks every few seconds."""


def is_from_here(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a request with these headers was addressed to the loopback, and passed on by nobody."""
    found = {name.lower(): value for name, value in headers}
    host, _, _ = found.get("host", LOOPBACK).partition(":")
    return host in _HOSTS and not any(name in found for name in _PASSED_ON)
