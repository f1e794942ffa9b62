"""The address of a centre. It has to be https: otherwise tokens and responses could be read in transit."""

from urllib.parse import urlsplit

from sync.contract.problem import ProblemError
from sync.contract.problem.agent import ADDRESS_UNENCRYPTED

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check_encrypted(address: str, where: str, *, plain_http: bool) -> None:
    """Refuse http:// to another machine than this one, unless plain HTTP is allowed. Raises HL4101."""
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not plain_http:
        raise ProblemError(ADDRESS_UNENCRYPTED(where=where))
