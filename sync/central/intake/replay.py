"""A nonce is accepted once within a time window: for enrolment and heartbeat, where a replay could do harm.

Batches need no such check: a repeated batch is a duplicate. So a device whose clock is off by years loses
nothing.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import IntegrityError

from sync.central.store.schema import nonces
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import CLOCK_WRONG, REQUEST_REPLAYED
from sync.contract.signing import WINDOW, RequestSignature


class WrongClockError(ProblemError):
    """HL4019: a request that was not signed within the window around `server_time`."""

    def __init__(self, server_time: datetime) -> None:
        super().__init__(CLOCK_WRONG(where="created"))
        self.server_time = server_time


def check_time(claimed: RequestSignature, now: datetime) -> None:
    """Raise WrongClockError if the request was not signed within the window around `now`."""
    if abs(now.timestamp() - claimed.created) > WINDOW:
        raise WrongClockError(now)


def use_nonce(connection: Connection, claimed: RequestSignature, now: datetime) -> None:
    """Store the nonce in the open write transaction; raises ProblemError HL4020 if it was used before."""
    seconds = int(now.timestamp())
    connection.execute(delete(nonces).where(nonces.c.seen_at < seconds - 2 * WINDOW))
    nonce = f"{claimed.key_id}:{claimed.nonce}"
    try:
        connection.execute(insert(nonces).values(nonce=nonce, seen_at=seconds))
    except IntegrityError as error:
        raise ProblemError(REQUEST_REPLAYED(where="nonce")) from error
