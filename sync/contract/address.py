"""The address of a centre. It has to be https: otherwise tokens and responses could be read in transit."""

import re
from urllib.parse import urlsplit

from sync.contract.problem import ProblemError
from sync.contract.problem.agent import ADDRESS_UNENCRYPTED, CENTRE_ADDRESS_WRONG

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SECURE = "https://"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def check_encrypted(address: str, where: str, *, plain_http: bool) -> None:
    """Refuse http:// to another machine than this one, unless plain HTTP is allowed. Raises HL4101."""
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise ProblemError(ADDRESS_UNENCRYPTED(where=where))


def read_address(text: str, where: str) -> str:
    """The address that a person typed or scanned, https:// where no scheme is named.

    It is a scheme, a host and perhaps a port, in any letters. Raises ProblemError HL4116.
    """
    address = text.strip().lower().removesuffix("/")
    if "://" not in address:
        address = _SECURE + address
    scheme, _, rest = address.partition("://")
    host, _, port = rest.rpartition(":") if re.search(r":[0-9]*\Z", rest) else (rest, "", "443")
    if scheme not in ("http", "https"):
        raise ProblemError(
            CENTRE_ADDRESS_WRONG(where=where, detail="không bắt đầu bằng http:// hay https://")
        )
    if _HOST.fullmatch(host) is None:
        raise ProblemError(CENTRE_ADDRESS_WRONG(where=where, detail="không có dạng của một tên máy"))
    if not port or not 0 < int(port[:6]) < 65536:
        raise ProblemError(CENTRE_ADDRESS_WRONG(where=where, detail="số cổng không đúng"))
    return address


def short_address(address: str) -> str:
    """The address as it is printed in a code: without https://, which `read_address` adds again."""
    return address.removeprefix(_SECURE)
