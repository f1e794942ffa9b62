"""What a person wants to be told, and where: chosen by that person alone.

Promises (each has a test of this name):
- an e-mail address gets messages only after its code was typed by the person who named it;
- a code holds for half an hour and five tries, and no address gets more than five a day from one account;
- nothing is kept from which a code or the address of a feed could be read;
- who has left gets nothing more, and who may no longer see a unit nothing more about it.
"""

import hashlib
import hmac
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.messages.feed import Entry
from sync.central.office.messages.identity import CODE, KINDS, Content, Key, message_id
from sync.central.office.messages.outbox import key_of, milliseconds, moment, put
from sync.central.office.messages.permitted import may_read
from sync.central.office.messages.settings import ADDRESS
from sync.central.office.people.accounts import day_of, read_person
from sync.central.office.people.permissions import Person
from sync.central.store.database import one_at_a_time
from sync.central.store.outgoing import messages, subscriptions
from sync.central.store.schema import accounts
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import MAIL_ADDRESS_INVALID, MAIL_CODES_TOO_MANY

CODE_HOLDS = timedelta(minutes=30)
MOST_TRIES = 5
CODES_A_DAY = 5
ENTRIES = 50
_LONGEST_ADDRESS = 254


class Subscription(Struct, frozen=True, kw_only=True):
    """What a person gets. address: confirmed, proposed: waiting for its code; "" for none."""

    kinds: frozenset[str] = frozenset()
    address: str = ""
    proposed: str = ""
    has_feed: bool = False


def subscription_of(connection: Connection, account: int) -> Subscription:
    """What this person has chosen."""
    row = _row(connection, account)
    if row is None:
        return Subscription()
    return Subscription(
        kinds=_kinds(row),
        address=row.address,
        proposed=row.proposed,
        has_feed=row.feed is not None,
    )


def subscribers(connection: Connection, kind: str) -> list[Person]:
    """The people who want messages of this kind."""
    query = (
        select(subscriptions.c.account, subscriptions.c.kinds)
        .join(accounts, accounts.c.id == subscriptions.c.account)
        .where(accounts.c.ended_at.is_(None))
        .order_by(subscriptions.c.account)
    )
    rows = connection.execute(query).all()
    return [read_person(connection, row.account) for row in rows if kind in _kinds(row)]


def choose_kinds(act: Act, account: int, kinds: Collection[str]) -> None:
    """Get these kinds from now on, and no others; "now" is as before for who adds none."""
    one_at_a_time(act.connection)
    chosen = sorted(set(kinds) & set(KINDS))
    values: dict[str, object] = {"kinds": msgspec.json.encode(chosen).decode()}
    row = _row(act.connection, account)
    if row is None or set(chosen) - _kinds(row):
        values["since"] = milliseconds(act.now)
    _keep(act, account, **values)
    act.note("message-kinds", f"account {account}", " ".join(chosen))


def propose_address(act: Act, account: int, address: str) -> None:
    """Send a code to this address, which counts once the code is typed; raises HL5180 or HL5182."""
    address = address.strip()
    if len(address) > _LONGEST_ADDRESS or not ADDRESS.fullmatch(address):
        raise ProblemError(MAIL_ADDRESS_INVALID(where="address"))
    one_at_a_time(act.connection)
    day, m = day_of(act), messages.c
    sent = select(func.count()).where(m.kind == CODE, m.recipient == account, m.due == day.isoformat())
    if act.connection.execute(sent).scalar_one() >= CODES_A_DAY:
        raise ProblemError(MAIL_CODES_TOO_MANY(where="address"))
    at = milliseconds(act.now)
    _keep(act, account, proposed=address, code_at=at, code_tries=0)
    key = Key(kind=CODE, subject=str(at), due=day, recipient=account)
    # What it says is made when it is sent: the code is stored nowhere.
    put(act.connection, key, Content("Mã xác nhận địa chỉ thư"), fell_due=act.now, now=act.now)
    act.note("message-address-proposed", f"account {account}")


def confirm_address(act: Act, account: int, code: str, secret: bytes) -> bool:
    """Take the proposed address if this is its code; False if it is not, or holds no more."""
    one_at_a_time(act.connection)
    row = _row(act.connection, account)
    right = (
        row is not None
        and row.proposed != ""
        and row.code_tries < MOST_TRIES
        and act.now - moment(row.code_at) <= CODE_HOLDS
        and hmac.compare_digest(
            code_of(secret, account, row.proposed, row.code_at).encode(), "".join(code.split()).encode()
        )
    )
    if row is not None and right:
        _keep(act, account, address=row.proposed, proposed="", code_at=0)
        act.note("message-address", f"account {account}")
    else:
        if row is not None:
            _keep(act, account, code_tries=min(row.code_tries + 1, MOST_TRIES))
        act.note("message-address-refused", f"account {account}")
    return bool(right)


def drop_address(act: Act, account: int) -> None:
    """Send no e-mail any more."""
    _keep(act, account, address="", proposed="", code_at=0)
    act.note("message-address", f"account {account}", "none")


def make_feed(act: Act, account: int, token_text: Callable[[], str]) -> str:
    """A new address of the person's feed, which replaces the one before: this is the only time it is read.

    token_text: 256 random bits as text.
    """
    token = token_text()
    _keep(act, account, feed=_digest(token))
    act.note("message-feed", f"account {account}")
    return token


def drop_feed(act: Act, account: int) -> None:
    """Let the address of the feed lead nowhere."""
    _keep(act, account, feed=None)
    act.note("message-feed", f"account {account}", "none")


def owner_of_feed(connection: Connection, token: str) -> int | None:
    """Whose feed has this token; None for nobody's."""
    query = (
        select(subscriptions.c.account)
        .join(accounts, accounts.c.id == subscriptions.c.account)
        .where(subscriptions.c.feed == _digest(token), accounts.c.ended_at.is_(None))
    )
    return connection.execute(query).scalar()


def entries_of(connection: Connection, account: int, site: str, now: datetime) -> list[Entry]:
    """A person's last messages, the newest first, as far as they may be read now. site: the centre's."""
    m = messages.c
    query = select(messages).where(m.recipient == account, m.body != "", m.kind != CODE)
    rows = connection.execute(query.order_by(m.id.desc()).limit(ENTRIES)).all()
    made = [(row, _content.decode(row.body)) for row in rows]
    about = {(row.kind, content.units): content for row, content in made}
    seen = {
        (kind, units)
        for (kind, units), content in about.items()
        if may_read(connection, account, kind, content, now)
    }
    return [
        Entry(message_id(key_of(row), site), content, moment(row.made_at))
        for row, content in made
        if (row.kind, content.units) in seen
    ]


def code_of(secret: bytes, account: int, address: str, at: int) -> str:
    """Six digits that only the centre can make. secret: a key of the folder `keys`. at: when it was asked."""
    made = hmac.new(secret, f"mail-code|{account}|{address}|{at}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(made[:8]) % 1_000_000:06d}"


def code_content(code: str) -> Content:
    """What the e-mail with a code says."""
    minutes = int(CODE_HOLDS.total_seconds()) // 60
    return Content(
        f"Mã xác nhận địa chỉ thư: {code}",
        (
            f"Nhập mã {code} vào trang “Thư và thông báo” của bạn trong {minutes} phút.",
            "Nếu không phải bạn đã ghi địa chỉ này thì bỏ qua thư: không có mã thì địa chỉ không được dùng.",
        ),
    )


_content = msgspec.json.Decoder(Content)


def _kinds(row: Any) -> frozenset[str]:
    return frozenset(msgspec.json.decode(row.kinds, type=list[str]))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _row(connection: Connection, account: int) -> Any:
    return connection.execute(select(subscriptions).where(subscriptions.c.account == account)).first()


def _keep(act: Act, account: int, **values: object) -> None:
    """Change the person's row, which is made if there is none."""
    one_at_a_time(act.connection)
    if _row(act.connection, account) is None:
        row = {"account": account, "since": milliseconds(act.now), **values}
        act.connection.execute(insert(subscriptions).values(row))
        return
    changed = update(subscriptions).where(subscriptions.c.account == account)
    act.connection.execute(changed.values(values))
