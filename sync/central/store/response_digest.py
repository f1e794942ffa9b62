"""What is kept of a response's id where the response may not be named: its SHA-256.

An id begins with the millisecond in which its response was made (a UUIDv7), and that moment can name a
person. The digest recognises an id that comes again, and says nothing to anyone who doesn't have the id: 74
of its bits are random, so nobody finds it by trying all ids of a day. No key is needed for that, and none can
be lost.
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
    """Whether this is a digest; no id of a response is."""
    return _digest.match(text) is not None


def find_ids(connection: Connection, digests: Collection[str]) -> set[str]:
    """The ids of the responses here with these digests. Every id is read for it."""
    found = set[str]()
    if digests:
        for table in (responses, set_aside):
            query = select(table.c.id).execution_options(yield_per=CHUNK)
            found |= {id for id in connection.execute(query).scalars() if digest_of(id) in digests}
    return found
