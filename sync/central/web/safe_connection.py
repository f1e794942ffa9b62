"""Whether a password may travel over a connection: it is encrypted, or does not leave the machine.

Pure. A proxy in front of the centre ends the encryption and reports it in X-Forwarded-Proto; the report is
believed only if it comes from a configured proxy.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from msgspec import Struct

Network = IPv4Network | IPv6Network


class Connection(Struct, frozen=True, kw_only=True):
    """How a request came. scheme: "http" or "https"; peer: the address it came from, "" if unknown.

    forwarded: its X-Forwarded-Proto. host: its Host header.
    """

    scheme: str
    peer: str
    forwarded: str
    host: str


def is_safe(connection: Connection, proxies: Sequence[Network]) -> bool:
    """Whether a session may be begun over it."""
    if connection.scheme == "https":
        return True
    if connection.forwarded and _is_proxy(connection.peer, proxies):
        return connection.forwarded.split(",")[0].strip().lower() == "https"
    return _is_here(connection.peer) and _is_here(urlsplit(f"//{connection.host}").hostname or "")


def _is_proxy(peer: str, proxies: Sequence[Network]) -> bool:
    try:
        return any(ip_address(peer) in network for network in proxies)
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
