"""A release of the terminal's software, as the centre offers it to a device; see sync/updates/.

The centre offers and withdraws; whether a release may be used, only its publisher's signature decides.
"""

from typing import Annotated

from msgspec import Meta, Struct

from sync.contract.patterns import whole

PIECE_LIMIT = 1024 * 1024  # bytes of one piece
OFFERS_LIMIT = 16
WITHDRAWN_LIMIT = 32

Sha256 = Annotated[str, Meta(pattern=whole("[0-9a-f]{64}"))]
ReleaseVersion = Annotated[str, Meta(pattern=whole(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}"))]


class Offer(Struct, frozen=True, kw_only=True):
    """One file of the offered version. arch, python: its machine. size: bytes. sha256: of the whole file."""

    version: ReleaseVersion
    arch: str
    python: str
    size: int
    sha256: Sha256
