"""Messages and their deliveries: made once, carried by one process at a time.

Promises (each has a test of this name):
- a message is made once for its key, by however many processes;
- a delivery is carried by one process at a time; a process that was stopped and goes on after its claim was
  given up hands nothing over;
- no e-mail is handed over twice. Between the last byte of an e-mail and the server's answer nobody can know
  whether it was accepted, so that a delivery is about to be handed over is durable before that last byte is
  sent. A process that dies later leaves it `handing`; it then becomes `unsure` and is not sent again by
  itself: a person sees it, and sends it again or not. Everything before the last byte is tried again, because
  a server delivers nothing of an e-mail whose end it did not get (RFC 5321, 4.1.1.4);
- what fell due before a restore is not made again (restored.py), nor what fell due before somebody asked.

Failure table:
    killed before the last byte            claimed again after the lease; delivered once
    killed between commit and last byte    unsure, not delivered: microseconds
    killed after the last byte             delivered once, unsure until a person looks
    no answer to the last byte             unsure
    the database fails after the answer    delivered once, unsure
"""

import secrets
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Select, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sync.central.office.messages.identity import CENTRE_ITSELF, CODE, Content, Key
from sync.central.office.messages.retries import LEASE, After, Channel, State, while_handing
from sync.central.store.outgoing import deliveries, messages, subscriptions
from sync.central.store.schema import accounts, facts

_SINCE = "messages-since"
_OPEN = (State.WAITING, State.CLAIMED)
KEPT = timedelta(days=400)
"""How long a message is kept: longer than any of its kind could be made again."""


class Claimed(Struct, frozen=True, kw_only=True):
    """A delivery that this process carries. token: proof of the claim. to: "" if there is no address now."""

    message: int
    channel: Channel
    token: str
    key: Key
    content: Content
    made: datetime
    tries: int
    to: str
    code_at: int = 0


def put(
    connection: Connection,
    key: Key,
    content: Content | None,
    *,
    fell_due: datetime,
    now: datetime,
    webhook: bool = False,
) -> bool:
    """Make a message and what delivers it; False if it was made before, or fell due before it may be made.

    content: None where there is nothing to report, which is kept so that it is not asked again. fell_due: the
    moment at which it was first due. webhook: the centre has one, for messages to CENTRE_ITSELF.
    """
    wanted = _subscription(connection, key.recipient)
    if not _is_in_time(connection, wanted, fell_due):
        return False
    at = milliseconds(now)
    new = _insert(connection)(messages).values(
        kind=key.kind,
        subject=key.subject,
        due=key.due.isoformat(),
        recipient=key.recipient,
        body=msgspec.json.encode(content).decode() if content else "",
        made_at=at,
    )
    number = connection.execute(new.on_conflict_do_nothing().returning(messages.c.id)).scalar()
    if number is None:
        return False
    channel: Channel | None = None
    if key.recipient == CENTRE_ITSELF:
        channel = "webhook" if webhook else None
    elif wanted and (wanted.proposed if key.kind == CODE else wanted.address):
        channel = "mail"
    if content and channel:
        row = {"message": number, "channel": channel, "next_at": at, "changed_at": at}
        connection.execute(insert(deliveries).values(row))
    return True


def is_wanted(connection: Connection, key: Key, fell_due: datetime) -> bool:
    """Whether `put` would make this message: so that nobody works out what it says for nothing."""
    if connection.execute(select(messages.c.id).where(*_same(key))).first() is not None:
        return False
    return _is_in_time(connection, _subscription(connection, key.recipient), fell_due)


def is_due(connection: Connection, channels: Collection[Channel], now: datetime) -> bool:
    """Whether something is to be claimed, or a claim to be given up."""
    d = deliveries.c
    open_now = (d.state.in_((*_OPEN, State.HANDING)), d.next_at <= milliseconds(now))
    return (
        connection.execute(select(d.message).where(*open_now, d.channel.in_(channels)).limit(1)).first()
        is not None
    )


def claim(
    connection: Connection, channels: Collection[Channel], now: datetime, lease: timedelta = LEASE
) -> Claimed | None:
    """The next delivery that is due, for this process alone; None without any."""
    at, d, m, s = milliseconds(now), deliveries.c, messages.c, subscriptions.c
    silent = update(deliveries).where(d.state == State.HANDING, d.next_at <= at)
    connection.execute(
        silent.values(state=State.UNSURE, changed_at=at, why="chưa biết nơi nhận đã nhận chưa")
    )
    query = (
        select(messages, d.channel, d.tries, s.address, s.proposed, s.code_at)
        .select_from(deliveries)
        .join(messages, m.id == d.message)
        .outerjoin(subscriptions, s.account == m.recipient)
        .where(d.state.in_(_OPEN), d.next_at <= at, d.channel.in_(channels))
        .order_by(d.next_at, d.message)
        .limit(1)
        # Another process's claim is passed over; on SQLite there is one writer.
        .with_for_update(of=deliveries, skip_locked=True)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    token = secrets.token_hex(16)
    mine = (d.message == row.id, d.channel == row.channel)
    until = milliseconds(now + lease)
    values = {"state": State.CLAIMED, "claim": token, "next_at": until, "changed_at": at}
    connection.execute(update(deliveries).where(*mine).values(values))
    return Claimed(
        message=row.id,
        channel=row.channel,
        token=token,
        key=key_of(row),
        content=_content.decode(row.body),
        made=moment(row.made_at),
        tries=row.tries,
        to=(row.proposed if row.kind == CODE else row.address) or "",
        code_at=row.code_at or 0,
    )


def hand_over(connection: Connection, claimed: Claimed, now: datetime, lease: timedelta = LEASE) -> bool:
    """Note that the far side may have accepted it from now on; False if the claim was given up."""
    values = {"state": while_handing(claimed.channel), "next_at": milliseconds(now + lease)}
    done = connection.execute(
        update(deliveries).where(*_claimed(claimed), deliveries.c.state == State.CLAIMED).values(values)
    )
    return done.rowcount == 1


def settle(connection: Connection, claimed: Claimed, after: After, now: datetime, why: str = "") -> None:
    """What became of it. why: of a refusal; an answer that comes after the lease counts too."""
    at = milliseconds(now)
    refused = after.state in (State.WAITING, State.FAILED)
    values = {
        "state": after.state,
        "next_at": milliseconds(now + after.pause),
        "tries": claimed.tries + refused,
        "why": why,
        "changed_at": at,
        "claim": "",
    }
    connection.execute(update(deliveries).where(*_claimed(claimed)).values(values))


def begin_anew(connection: Connection, now: datetime) -> None:
    """After a restore: nothing that fell due until now is made or sent any more, but what is carried over."""
    at = milliseconds(now)
    connection.execute(delete(facts).where(facts.c.name == _SINCE))
    connection.execute(insert(facts).values(name=_SINCE, value=str(at)))
    still_open = update(deliveries).where(deliveries.c.state.in_((*_OPEN, State.HANDING)))
    why = "có thể đã gửi trước khi khôi phục bản sao"
    connection.execute(still_open.values(state=State.UNSURE, claim="", changed_at=at, why=why))


def restored_at(connection: Connection) -> datetime | None:
    """When messages began again after a restore; None if they never did."""
    since = _since(connection)
    return moment(since) if since else None


def has_old(connection: Connection, now: datetime) -> bool:
    """Whether there are messages that are older than KEPT."""
    return connection.execute(_old(now).limit(1)).first() is not None


def drop_old(connection: Connection, now: datetime) -> int:
    """Delete messages that are older than KEPT; how many."""
    connection.execute(delete(deliveries).where(deliveries.c.message.in_(_old(now))))
    return connection.execute(delete(messages).where(messages.c.id.in_(_old(now)))).rowcount


def key_of(row: Any) -> Key:
    """The key of a row of `messages`."""
    due = date.fromisoformat(row.due)
    return Key(kind=row.kind, subject=row.subject, due=due, recipient=row.recipient)


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return int(at.timestamp() * 1000)


def moment(at: int) -> datetime:
    """The moment that is `at` milliseconds after the beginning of 1970."""
    return datetime.fromtimestamp(at / 1000, UTC)


_content = msgspec.json.Decoder(Content)


def _claimed(claimed: Claimed) -> tuple[Any, ...]:
    d = deliveries.c
    return d.message == claimed.message, d.channel == claimed.channel, d.claim == claimed.token


def _same(key: Key) -> tuple[Any, ...]:
    m = messages.c
    return (
        m.kind == key.kind,
        m.subject == key.subject,
        m.due == key.due.isoformat(),
        m.recipient == key.recipient,
    )


def _old(now: datetime) -> Select[tuple[int]]:
    return select(messages.c.id).where(messages.c.made_at < milliseconds(now - KEPT))


def _since(connection: Connection) -> int:
    return int(connection.execute(select(facts.c.value).where(facts.c.name == _SINCE)).scalar() or 0)


def _is_in_time(connection: Connection, subscription: Any, fell_due: datetime) -> bool:
    """Whether it fell due after the last restore, and after its recipient asked."""
    since = max(_since(connection), subscription.since if subscription else 0)
    return milliseconds(fell_due) >= since


def _subscription(connection: Connection, account: int) -> Any:
    return connection.execute(
        select(subscriptions)
        .join(accounts, accounts.c.id == subscriptions.c.account)
        .where(subscriptions.c.account == account, accounts.c.ended_at.is_(None))
    ).first()


def _insert(connection: Connection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
