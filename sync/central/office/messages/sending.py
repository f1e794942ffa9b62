"""Carries what is due, one delivery after the other; several processes may do it at once."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from sync.central.office.messages.carriers import (
    Carrier,
    NotOursError,
    Parcel,
    RefusedError,
    UnreachableError,
    UnsureError,
)
from sync.central.office.messages.identity import CODE, Content, message_id
from sync.central.office.messages.outbox import Claimed, claim, hand_over, is_due, settle
from sync.central.office.messages.permitted import may_read
from sync.central.office.messages.retries import LEASE, After, Channel, State, after_refusal
from sync.central.store.storage import Storage


class Sender(Struct, frozen=True, kw_only=True):
    """What sending needs. site: the centre's address. office: who says it. code: says what a code is.

    lease: how long this process may carry one delivery.
    """

    storage: Storage
    carriers: Mapping[Channel, Carrier]
    now: Callable[[], datetime]
    site: str
    office: str
    code: Callable[[Claimed], Content]
    lease: timedelta = LEASE


def send_waiting(sender: Sender) -> Counter[State]:
    """Carry everything that is due now; how many became what."""
    done: Counter[State] = Counter()
    channels = set(sender.carriers)
    while channels and (claimed := _next(sender, channels)) is not None:
        try:
            after, why = _carry(sender, claimed)
        except UnreachableError as error:
            # The others of this channel would fail alike; they keep their turn.
            channels.discard(claimed.channel)
            after, why = after_refusal(claimed.tries + 1, for_good=False), error.why
        except NotOursError:
            continue
        with sender.storage.changing() as connection:
            settle(connection, claimed, after, sender.now(), why)
        done[after.state] += 1
    return done


def _next(sender: Sender, channels: set[Channel]) -> Claimed | None:
    with sender.storage.reading() as connection:
        if not is_due(connection, channels, sender.now()):
            return None
    with sender.storage.changing() as connection:
        return claim(connection, channels, sender.now(), sender.lease)


def _carry(sender: Sender, claimed: Claimed) -> tuple[After, str]:
    if claimed.channel == "mail" and not claimed.to:
        # A code whose address was dropped meanwhile is wanted by nobody.
        state = State.LEFT if claimed.key.kind == CODE else State.FAILED
        return After(state), "không còn địa chỉ thư"
    with sender.storage.reading() as connection:
        if not may_read(connection, claimed.key.recipient, claimed.key.kind, claimed.content, sender.now()):
            return After(State.LEFT), "người nhận không còn quyền xem đơn vị này"

    def handing() -> None:
        with sender.storage.changing() as connection:
            ours = hand_over(connection, claimed, sender.now(), sender.lease)
        if not ours:
            raise NotOursError

    parcel = Parcel(
        id=message_id(claimed.key, sender.site),
        kind=claimed.key.kind,
        content=sender.code(claimed) if claimed.key.kind == CODE else claimed.content,
        made=claimed.made,
        to=claimed.to,
        site=sender.site,
        office=sender.office,
    )
    try:
        sender.carriers[claimed.channel].carry(parcel, handing)
    except RefusedError as error:
        return after_refusal(claimed.tries + 1, for_good=error.for_good), error.why
    except UnsureError as error:
        return After(State.UNSURE), error.why
    return After(State.SENT), ""
