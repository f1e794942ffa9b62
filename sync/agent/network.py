"""What is known of the network before the device is enrolled: is there a way out, and to the centre?

Only looked at while somebody is at the first-start screen; nothing is sent but a connection. Where the code
names the fingerprint of the centre's own certificate, that certificate is fetched, too.
"""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from sync.contract.enrolment import Network, fingerprint
from sync.contract.problem import Problem
from sync.contract.problem.agent import CENTRE_UNREACHABLE, ENROLMENT_CENTRE_WRONG

ROUTES = Path("/proc/net/route"), Path("/proc/net/ipv6_route")
PATIENCE = 3.0  # seconds

# (host, port) -> connects and hangs up; raises OSError, and socket.gaierror where the name is not known.
Connect = Callable[[str, int], None]


def network_state(address: str, connect: Connect, has_route: Callable[[], bool]) -> Network:
    """How far the network goes; `address` of the centre is "" while it is not known."""
    if not address:
        return "up" if has_route() else "down"
    parts = urlsplit(address)
    try:
        connect(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    except socket.gaierror:
        return "unnamed" if has_route() else "down"
    except OSError:
        return "unreachable" if has_route() else "down"
    return "reached"


def connect(host: str, port: int) -> None:
    """Connect to a machine and hang up; raises OSError."""
    socket.create_connection((host, port), timeout=PATIENCE).close()


def own_certificate(address: str, wanted: str, patience: float) -> str | Problem:
    """The certificate (PEM) with which this address answers, if it has the fingerprint `wanted`.

    Nothing else is believed of the answer. Else HL4102 where nobody answers, HL4107 for another certificate.
    """
    parts = urlsplit(address)
    try:
        found = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=patience)
    except OSError as error:  # an SSLError is one
        return CENTRE_UNREACHABLE(where="centre", detail=type(error).__name__)
    if fingerprint(ssl.PEM_cert_to_DER_cert(found)) != wanted:
        return ENROLMENT_CENTRE_WRONG(where="centre", detail="chứng thư HTTPS khác với mã")
    return found


def default_route() -> bool:
    """Whether this machine has a route out of its own network, by what Linux says."""
    four, six = (_lines(path) for path in ROUTES)
    return any(fields[1:2] == ["00000000"] for fields in four) or any(
        fields[:2] == ["0" * 32, "00"] and fields[-1:] != ["lo"] for fields in six
    )


def _lines(path: Path) -> list[list[str]]:
    try:
        return [line.split() for line in path.read_text("ascii").splitlines()]
    except OSError:
        return []
