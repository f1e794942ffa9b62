"""The SHA-256 of a response's id, kept instead of the id if the response may not be named.

An id begins with the millisecond in which its response was made (a UUIDv7), and that moment can identify a
person. The digest recognises an id that comes again, and reveals nothing without the id: 74 bits of an id are
random, so trying all ids of a day is not feasible. This needs no key, so none can be lost.
"""

import hashlib
import re
from collections.abc import Collection

from sqlalchemy import Connection, select

from sync.central.store.schema import responses, set_aside
from sync.contract.patterns import whole

CHUNK = 10_000  # ids in memory at once

_digest = re.compile(whole("[0-9a-f]{64}"))


def digest_of(id: str) -> str:
    """The digest of a response's id, in 64 hexadecimal digits."""
    return hashlib.sha256(id.encode()).hexdigest()


def is_digest(text: str) -> bool:
    """Whether this is a digest; an id of a response never is."""
    return _digest.match(text) is not None


def find_ids(connection: Connection, digests: Collection[str]) -> set[str]:
    """The ids of the stored responses with these digests. This reads every id."""
    found = set[str]()
    if digests:
        for table in (responses, set_aside):
            query = select(table.c.id).execution_options(yield_per=CHUNK)
            found |= {id for id in connection.execute(query).scalars() if digest_of(id) in digests}
    return found
