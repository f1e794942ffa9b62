"""The centre without HTTP: every call that devices and administrators can make, as a plain method.

Clock, database and keys come in through the constructor. Methods block; whoever calls them from an event loop
uses a thread.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from sync.central import pull
from sync.central.access import Caller, find_caller
from sync.central.database import reading, writing
from sync.central.ingest import store
from sync.central.judge import Form, form, judge
from sync.central.schema import devices
from sync.central.setup import read_epoch
from sync.contract.batch import BATCH_LIMIT, Batch, BatchReply
from sync.contract.problem import ProblemError, problem
from sync.contract.survey import Survey


class Centre:
    """One centre over one database.

    Args:
        engine: from `open_database`, migrated.
        now: the time, with its offset.
        sealing_keys: key id -> 32 bytes; may be empty.

    """

    def __init__(
        self, engine: Engine, *, now: Callable[[], datetime], sealing_keys: Mapping[str, bytes]
    ) -> None:
        self._engine = engine
        self._now = now
        self._sealing_keys = sealing_keys
        self._batch = msgspec.json.Decoder(Batch)
        with reading(engine) as connection:
            self._epoch = read_epoch(connection)
            self._surveys: dict[tuple[str, int], Survey] = pull.load_surveys(connection)
        self._forms: dict[tuple[str, int], Form] = {key: form(each) for key, each in self._surveys.items()}

    def caller(self, authorization: str) -> Caller:
        """Who calls with this `Authorization` header; raises ProblemError HL4001."""
        with reading(self._engine) as connection:
            return find_caller(connection, authorization, self._now())

    def administrator(self, authorization: str) -> Caller:
        """The administrator who calls; raises ProblemError HL4001 or HL4002."""
        caller = self.caller(authorization)
        if caller.role == "device":
            raise ProblemError(problem("HL4002", where="Authorization", detail="a device's token"))
        return caller

    def device(self, authorization: str) -> Caller:
        """The device that calls; raises ProblemError HL4001 or HL4002."""
        caller = self.caller(authorization)
        if caller.role != "device":
            raise ProblemError(problem("HL4002", where="Authorization", detail="not a device's token"))
        return caller

    def receive(self, device: str, body: bytes, request: str) -> BatchReply:
        """Store a batch of `device` and return its receipts once they are durable.

        body: JSON, unpacked. request: SHA-256 of the body as it was sent, hex; goes back in the answer.

        Raises ProblemError: HL4003 unreadable, HL4007 too many, HL4009 another device's, HL5006 not writable.
        """
        try:
            batch = self._batch.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise ProblemError(problem("HL4003", where="body")) from error
        if len(batch.responses) > BATCH_LIMIT:
            raise ProblemError(problem("HL4007", where="responses", detail=f"more than {BATCH_LIMIT}"))
        if batch.device != device:
            raise ProblemError(problem("HL4009", where="device"))
        now = self._now()
        received_at = int(now.timestamp() * 1000)
        place = self._place(device)
        judged = [
            judge(bytes(raw), device=device, unit=place.unit, forms=self._forms, received_at=received_at)
            for raw in batch.responses
        ]
        try:
            with writing(self._engine) as connection:
                receipts, held = store(
                    connection, device, judged, received_at, revoked=place.state == "revoked"
                )
        except DBAPIError as error:
            raise ProblemError(problem("HL5006", detail=type(error.orig).__name__)) from error
        return BatchReply(tuple(receipts), request, self._epoch, held, now)

    def _place(self, device: str) -> "Place":
        with reading(self._engine) as connection:
            query = select(devices.c.unit, devices.c.state).where(devices.c.id == device)
            row = connection.execute(query).one()
            return Place(row.unit, row.state)

    def page(self, caller: Caller, after: str, limit: int) -> pull.Page:
        """A page of JSON items; raises ProblemError HL4013, HL4014."""
        position = pull.parse_cursor(after, self._epoch)
        admin = caller.role == "admin"
        with reading(self._engine) as connection:
            rows = pull.rows_after(connection, position, limit)
        return pull.json_page(
            rows, epoch=self._epoch, after=position, limit=limit, admin=admin, keys=self._sealing_keys
        )

    def table(self, caller: Caller, after: str, limit: int) -> tuple[str, str]:
        """The same page as CSV, and the cursor behind it; raises ProblemError HL4013, HL4014."""
        position = pull.parse_cursor(after, self._epoch)
        with reading(self._engine) as connection:
            rows = pull.rows_after(connection, position, limit)
            names = pull.load_names(connection, self._surveys)
        lines = pull.csv_table(rows, names, admin=caller.role == "admin", keys=self._sealing_keys)
        return "".join(lines), f"{self._epoch}-{rows[-1].position if rows else position}"

    def healthy(self) -> int:
        """The epoch, read from the database; raises ProblemError HL5006 where that fails."""
        try:
            with reading(self._engine) as connection:
                return read_epoch(connection)
        except DBAPIError as error:
            raise ProblemError(problem("HL5006", detail=type(error.orig).__name__)) from error


class Place(msgspec.Struct, frozen=True):
    """Where a device stands, and whether it is trusted (`active` or `revoked`)."""

    unit: str
    state: str
