"""Messages for who looks after the centre: what was sent, waits or failed, and why; and acts on them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.messages.identity import CENTRE_ITSELF, Content
from sync.central.office.messages.outbox import milliseconds, moment
from sync.central.office.messages.retries import State
from sync.central.store.outgoing import deliveries, messages
from sync.central.store.schema import accounts
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import MESSAGE_NOT_STOPPED

PAGE = 50
LATE = timedelta(hours=1)
"""Something that still waits after this needs a person: the server is away, or never was there."""
Choice = Literal["all", "stopped", "waiting"]
_STOPPED = (State.FAILED, State.UNSURE)
_OPEN = (State.WAITING, State.CLAIMED, State.HANDING)


class MessageRow(Struct, frozen=True, kw_only=True):
    """A message with its delivery. recipient: the name of a person, "" for the webhook. title: "" where there
    was nothing to report. state: None if no channel carries it; next_at: of its next try.
    """

    id: int
    kind: str
    due: date
    recipient: str
    title: str
    made: datetime
    channel: str
    state: State | None
    why: str
    changed: datetime
    next_at: datetime | None


class Undelivered(Struct, frozen=True):
    """How many deliveries need a person, and since when the first was to be sent."""

    number: int
    since: datetime | None


def list_messages(
    connection: Connection,
    accounts_seen: Collection[int] | None,
    choice: Choice,
    *,
    now: datetime,
    before: int = 0,
) -> tuple[list[MessageRow], int]:
    """One page, the newest first, and the number after which the next one begins; 0 without any.

    accounts_seen: those whose messages are listed; None: all, with the webhook's. before: of the page before.
    """
    m, d = messages.c, deliveries.c
    query = (
        select(messages, accounts.c.name, d.channel, d.state, d.why, d.changed_at, d.next_at)
        .select_from(messages)
        .outerjoin(deliveries, d.message == m.id)
        .outerjoin(accounts, accounts.c.id == m.recipient)
    )
    if accounts_seen is not None:
        query = query.where(m.recipient.in_(accounts_seen))
    if before:
        query = query.where(m.id < before)
    if choice == "stopped":
        query = query.where(_needs_person(now))
    elif choice == "waiting":
        query = query.where(d.state.in_(_OPEN))
    rows = connection.execute(query.order_by(m.id.desc()).limit(PAGE + 1)).all()
    return [_shown(row) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else 0


def undelivered(connection: Connection, now: datetime) -> Undelivered:
    """What needs a person: refused for good, unsure, or waiting too long."""
    m, d = messages.c, deliveries.c
    query = (
        select(func.count(), func.min(m.made_at))
        .select_from(deliveries)
        .join(messages, m.id == d.message)
        .where(_needs_person(now))
    )
    number, since = connection.execute(query).one()
    return Undelivered(number, moment(since) if since else None)


def send_again(act: Act, message: int) -> None:
    """Let a delivery that failed, or is unsure, be tried again now; raises ProblemError HL5183."""
    at = milliseconds(act.now)
    _stopped(act, message, {"state": State.WAITING, "tries": 0, "next_at": at, "why": "", "changed_at": at})
    act.note("message-again", f"message {message}")


def leave(act: Act, message: int) -> None:
    """Note that a person has seen it and that it is not sent again; raises ProblemError HL5183."""
    _stopped(act, message, {"state": State.LEFT, "changed_at": milliseconds(act.now)})
    act.note("message-left", f"message {message}")


def recipient_of(connection: Connection, message: int) -> int | None:
    """Whose message this is; None if there is none."""
    return connection.execute(select(messages.c.recipient).where(messages.c.id == message)).scalar()


def _stopped(act: Act, message: int, values: dict[str, Any]) -> None:
    d = deliveries.c
    changed = update(deliveries).where(d.message == message, d.state.in_(_STOPPED)).values(values)
    if not act.connection.execute(changed).rowcount:
        raise ProblemError(MESSAGE_NOT_STOPPED(where=str(message)))


def _needs_person(now: datetime) -> ColumnElement[bool]:
    m, d = messages.c, deliveries.c
    late = and_(d.state.in_(_OPEN), m.made_at < milliseconds(now - LATE))
    return or_(d.state.in_(_STOPPED), late)


_content = msgspec.json.Decoder(Content)


def _shown(row: Any) -> MessageRow:
    waits = row.state in _OPEN
    return MessageRow(
        id=row.id,
        kind=row.kind,
        due=date.fromisoformat(row.due),
        recipient="" if row.recipient == CENTRE_ITSELF else row.name or str(row.recipient),
        title=_content.decode(row.body).title if row.body else "",
        made=moment(row.made_at),
        channel=row.channel or "",
        state=State(row.state) if row.state else None,
        why=row.why or "",
        changed=moment(row.changed_at or row.made_at),
        next_at=moment(row.next_at) if waits else None,
    )
