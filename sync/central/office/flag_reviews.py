"""Flagged visits that a person looked at and found valid. This changes no figure.

A review is a line of the audit log about the digest of the response, so what is known of a response that was
forgotten is what every other act on it left.
"""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.office.audit.acts import Act
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import audit
from sync.contract.masking import mask_digits

_CHUNK = 500  # subjects of one statement


class Review(Struct, frozen=True, kw_only=True):
    """Somebody found a response valid. who: as the audit log names them."""

    at: datetime
    who: str
    reason: str


def find_valid(act: Act, id: str, reason: str) -> None:
    """Record that a flagged response was looked at and is valid."""
    act.note("flag-valid", digest_of(id), mask_digits(reason))


def reviews_of(connection: Connection, ids: Collection[str]) -> dict[str, Review]:
    """The newest review of each of these responses that has one."""
    by_digest = {digest_of(id): id for id in ids}
    digests = sorted(by_digest)
    reviews = {}
    for first in range(0, len(digests), _CHUNK):
        about = audit.c.subject.in_(digests[first : first + _CHUNK])
        lines = select(audit).where(about, audit.c.act == "flag-valid").order_by(audit.c.number)
        for row in connection.execute(lines):
            at = datetime.fromisoformat(row.at)
            reviews[by_digest[row.subject]] = Review(at=at, who=row.who, reason=row.detail)
    return reviews
