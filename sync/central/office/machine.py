"""What is known of the machine that a centre runs on: clock, zone, certificate, and who may read what.

Read only where `hailong-central setup` installed the centre. What can't be found out is None, and judged by
nobody: a service may not ask everything.
"""

import ctypes
import socket
import ssl
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

SYNCHRONIZED = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd makes it as soon as the clock was set by a time server."""
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronized
_TIMEX = 256  # bytes, more than struct timex has
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The end of a certificate of which only that is known: it is over."""
PATIENCE = 1.0  # seconds, for the proxy on this machine
SERVED = 8700  # the port of hailong-central.service
MOST_NAMED = 3

# When the certificate with which the centre's address is served ends; None if that is not known.
Probe = Callable[[str, Path], datetime | None]


class Installed(Struct, frozen=True, kw_only=True):
    """Where `setup` put things. environment: central.env. certificate: of its own, if it has one.

    https: whether set-up let a proxy on this machine end HTTPS.
    """

    data: Path
    backups: Path = Path("/var/backups/hailong")
    environment: Path = Path("/etc/hailong/central.env")
    https: bool = False
    certificate: Path = Path("/etc/hailong/tls/centre.pem")


class Machine(Struct, frozen=True, kw_only=True):
    """The machine under a centre.

    synchronized: whether its clock follows a time server. offset: of its zone from UTC. certificate: when
    the one of its address ends. exposed: secret files that others may read. foreign: files of the centre
    that belong to another user, so the service can't use them. Both name the first few alone. unanswered:
    nothing answers at its address with a certificate that counts, although set-up took care of that. idle:
    the service itself doesn't listen.
    """

    synchronized: bool | None
    offset: timedelta
    certificate: datetime | None
    exposed: tuple[str, ...]
    foreign: tuple[str, ...]
    unanswered: bool = False
    idle: bool = False


# The address of the centre, and the time with the offset of the machine's zone.
ReadMachine = Callable[[str, datetime], Machine | None]


def machine_reader(environment: Mapping[str, str], data: Path) -> ReadMachine:
    """Reads the machine if `setup` installed the centre of this folder here: central.env names it."""
    named = environment.get("HAILONG_DATA", "")
    if not named or Path(named).resolve() != data.resolve():
        return no_machine
    installed = Installed(data=data, https=environment.get("HAILONG_HTTPS", "none") != "none")

    def read(address: str, now: datetime) -> Machine:
        return read_machine(
            installed,
            address,
            now,
            synchronized=clock_synchronized,
            probe=certificate_end,
            listens=is_served,
        )

    return read


def no_machine(_: str, __: datetime) -> None:
    """Nothing is known of the machine."""
    return


def read_machine(
    installed: Installed,
    address: str,
    now: datetime,
    *,
    synchronized: Callable[[], bool | None],
    probe: Probe,
    listens: Callable[[], bool],
) -> Machine:
    """The machine now; now: with the offset of the machine's zone. address: the centre's own."""
    until = probe(address, installed.certificate) if address.startswith("https://") else None
    return Machine(
        synchronized=synchronized(),
        offset=now.utcoffset() or timedelta(0),
        certificate=until,
        exposed=tuple(_exposed(installed))[:MOST_NAMED],
        foreign=tuple(_foreign(installed))[:MOST_NAMED],
        unanswered=installed.https and until is None,
        idle=not listens(),
    )


def is_served() -> bool:
    """Whether something listens where the service of set-up does."""
    try:
        with socket.create_connection(("127.0.0.1", SERVED), PATIENCE):
            return True
    except OSError:
        return False


def clock_synchronized() -> bool | None:
    """Whether the clock follows a time server, by what the system says; None if it does not say."""
    if SYNCHRONIZED.exists():
        return True
    state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX))
    return None if state < 0 else state != _TIME_ERROR


def certificate_end(address: str, own: Path) -> datetime | None:
    """When the certificate ends that the proxy on this machine shows for this address.

    own: a certificate to trust next to those of the system, if there is such a file.
    """
    parts = urlsplit(address)
    context = ssl.create_default_context()
    if own.exists():
        context.load_verify_locations(own)
    try:
        with (
            socket.create_connection(("127.0.0.1", parts.port or 443), PATIENCE) as line,
            context.wrap_socket(line, server_hostname=parts.hostname) as wrapped,
        ):
            ends = dict(wrapped.getpeercert() or {}).get("notAfter", "")
    except ssl.SSLCertVerificationError as error:
        return LONG_AGO if "expired" in error.verify_message else None
    except OSError:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), UTC)


def _exposed(installed: Installed) -> Iterator[str]:
    """Secret folders and keys that others than their owner may read, and settings that everybody may."""
    keys = installed.data / "keys"
    secret = [installed.data, keys, *(sorted(keys.iterdir()) if keys.is_dir() else ()), installed.backups]
    yield from (str(path) for path in secret if path.exists() and _mode(path) & 0o077)
    if installed.environment.exists() and _mode(installed.environment) & 0o007:
        yield str(installed.environment)


def _foreign(installed: Installed) -> Iterator[str]:
    if not installed.data.exists():
        return
    owner = installed.data.stat().st_uid
    folders = (installed.data, installed.data / "keys", installed.backups)
    for path in (each for folder in folders if folder.is_dir() for each in sorted(folder.iterdir())):
        if path.lstat().st_uid != owner:
            yield str(path)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
