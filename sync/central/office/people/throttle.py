"""How many wrong tries an account and an address may have, and which address a request comes from. Pure.

A try counts before it is examined, and is taken back if it was right: of many at once, MOST are examined.
The people of a whole province may share one address (NAT), so an address has more tries than an account.
"""

import hashlib
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import PROXY_INVALID

MOST = 5
MOST_OF_ADDRESS = 50
WINDOW = 15 * 60  # seconds

# A proxy on the same machine, as the guide sets it up.
THIS_HOST = ("127.0.0.1", "::1")

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def wait_seconds(tries: Iterable[int], now: int, most: int = MOST) -> int:
    """Seconds until the next try is allowed; 0: now.

    tries: the moments of those that were not right. most: how many of them are allowed in WINDOW.
    """
    within = sorted(moment for moment in tries if moment > now - WINDOW)
    return within[-most] + WINDOW - now if len(within) >= most else 0


def of_login(login: str) -> bytes:
    """The subject of tries with this name for signing in, whether or not there is such an account."""
    return hashlib.sha256(b"login\0" + login.strip().lower().encode()).digest()


def of_code(account: int) -> bytes:
    """The subject of tries with a second factor."""
    return hashlib.sha256(b"code\0%d" % account).digest()


def of_address(address: str) -> bytes:
    """The subject of tries from this address; an IPv6 network of 64 bits, which one customer has, is one."""
    found = _address(address)
    if isinstance(found, IPv6Address):
        address = str(ip_network((found, 64), strict=False))
    return hashlib.sha256(b"address\0" + address.encode()).digest()


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Addresses and networks such as "10.0.0.5" or "10.0.0.0/24"; raises ProblemError HL5150."""
    networks = []
    for text in texts:
        try:
            networks.append(ip_network(text, strict=False))
        except ValueError as error:
            raise ProblemError(PROXY_INVALID(where="--proxy", detail=text)) from error
    return tuple(networks)


def client_address(peer: str, header: str, proxies: Sequence[Network]) -> str:
    """The address of the browser: the peer's, unless that is a proxy of ours that says for whom it asks.

    header: X-Forwarded-For, in which every proxy adds its own peer at the end; so what the browser itself
    wrote is on the left, and is never believed.
    """
    client = _address(peer)
    if client is None:
        return peer
    for said in reversed([part.strip() for part in header.split(",")] if header else []):
        if not any(client in network for network in proxies):
            break
        before = _address(said)
        if before is None:
            break
        client = before
    return str(client)


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
