"""What a restore keeps of messages from the database that it replaces.

Promises:
- what was sent after the backup is not sent again, and what was waiting there is sent;
- where the replaced database can't be read, nothing that fell due before the restore is sent by itself: a
  person sends it again;
- who has stopped or changed what they get after the backup does not get the old things again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.messages.retries import State
from sync.central.store.outgoing import deliveries, messages, subscriptions

_FALLBACK = {State.CLAIMED: State.WAITING, State.HANDING: State.UNSURE}


class MessagesDecided(Struct, frozen=True):
    """Rows of the replaced database."""

    messages: Sequence[Any]
    deliveries: Sequence[Any]
    subscriptions: Sequence[Any]


def read_messages(connection: Connection) -> MessagesDecided:
    """What this database holds of messages."""
    return MessagesDecided(
        connection.execute(select(messages).order_by(messages.c.id)).all(),
        connection.execute(select(deliveries)).all(),
        connection.execute(select(subscriptions)).all(),
    )


def carry_messages(connection: Connection, decided: MessagesDecided, numbers: Mapping[int, int]) -> int:
    """Repeat here what is missing. numbers: of each account there, its number here. How many messages."""
    here = {_key(row, row.recipient): row.id for row in connection.execute(select(messages))}
    by_message: dict[int, list[Any]] = {}
    for delivery in decided.deliveries:
        by_message.setdefault(delivery.message, []).append(delivery)
    count = 0
    for row in decided.messages:
        recipient = numbers.get(row.recipient, row.recipient if row.recipient == 0 else None)
        if recipient is None:
            continue
        number = here.get(_key(row, recipient))
        if number is None:
            values = {**row._mapping, "recipient": recipient}
            del values["id"]
            number = connection.execute(insert(messages).values(values).returning(messages.c.id)).scalar_one()
        connection.execute(delete(deliveries).where(deliveries.c.message == number))
        for each in by_message.get(row.id, ()):
            state = _FALLBACK.get(State(each.state), each.state)
            values = {**each._mapping, "message": number, "state": state, "claim": ""}
            connection.execute(insert(deliveries).values(values))
        count += 1
    for account in numbers.values():
        connection.execute(delete(subscriptions).where(subscriptions.c.account == account))
    for row in decided.subscriptions:
        if row.account in numbers:
            values = {**row._mapping, "account": numbers[row.account]}
            connection.execute(insert(subscriptions).values(values))
    return count


def _key(row: Any, recipient: int) -> tuple[str, str, str, int]:
    return row.kind, row.subject, row.due, recipient
