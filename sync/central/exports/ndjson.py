"""Responses as JSON: a page of items, or one item a line. What was stored is given out byte for byte."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Row

from sync.central.arrival import Place, cursor_text, place_of
from sync.central.exports.table import opened
from sync.central.schema import responses
from sync.contract.sealing import Words

MEDIA_TYPE = "application/x-ndjson"

# What is read of a response, in this order: for administrators, and for other roles.
_WHOLE = ("position", "xid", "received_at", "sealed_key", "sealed_box", "body")
_REDUCED = (
    "position",
    "xid",
    "device",
    "seq",
    "survey",
    "survey_version",
    "plan",
    "unit",
    "counter",
    "procedure",
    "channel",
    "outcome",
    "day",
    "body",
)


class Item(Struct, frozen=True, omit_defaults=True):
    """One response as a pull gives it. response: its canonical bytes, or less below the role `admin`."""

    cursor: str
    received_at: int
    response: msgspec.Raw
    words: Words = {}


class Page(Struct, frozen=True):
    """Responses in the order of arrival. next: the cursor for the page behind; more: it is not empty."""

    items: tuple[Item, ...]
    next: str
    more: bool


class _Answers(Struct):
    answers: msgspec.Raw = msgspec.Raw(b"{}")


_answers = msgspec.json.Decoder(_Answers)


def read(*, admin: bool) -> tuple[ColumnElement[Any], ...]:
    """What `write` and `page` need of a response."""
    return tuple(responses.c[name] for name in (_WHOLE if admin else _REDUCED))


def write(
    chunks: Iterable[Sequence[Row[Any]]], *, epoch: int, admin: bool, keys: Mapping[str, bytes]
) -> Iterator[bytes]:
    """One item a line."""
    for rows in chunks:
        if admin:
            yield b"".join([_whole(row, epoch, keys) + b"\n" for row in rows])
        else:
            yield b"".join([_reduced(row, epoch) + b"\n" for row in rows])


def page(
    rows: Sequence[Row[Any]], *, epoch: int, last: str, more: bool, admin: bool, keys: Mapping[str, bytes]
) -> bytes:
    """The rows as a `Page`."""
    items = [_whole(row, epoch, keys) if admin else _reduced(row, epoch) for row in rows]
    more_text = b"true" if more else b"false"
    return b'{"items":[%b],"next":"%b","more":%b}' % (b",".join(items), last.encode(), more_text)


def _whole(row: Any, epoch: int, keys: Mapping[str, bytes]) -> bytes:
    position, xid, received_at, key, box, body = row
    if box is None:
        # Written out, for this is where a pull of millions spends its time.
        if xid:
            return _ON_POSTGRESQL % (epoch, xid, position, received_at, body)
        return _ON_SQLITE % (epoch, position, received_at, body)
    words, cursor = opened(key, box, keys), cursor_text(epoch, Place(xid, position))
    return msgspec.json.encode(Item(cursor, received_at, msgspec.Raw(body), words))


_ON_SQLITE = b'{"cursor":"%d-%d","received_at":%d,"response":%b}'
_ON_POSTGRESQL = b'{"cursor":"%d-%d-%d","received_at":%d,"response":%b}'


def _reduced(row: Row[Any], epoch: int) -> bytes:
    response = {
        "device": row.device,
        "seq": row.seq,
        "survey": {"id": row.survey, "version": row.survey_version},
        "plan": row.plan,
        "unit": row.unit,
        "counter": row.counter,
        "procedure": row.procedure,
        "channel": row.channel,
        "outcome": row.outcome,
        "answers": _answers.decode(row.body).answers,
        "day": row.day,
    }
    return msgspec.json.encode(
        {"cursor": cursor_text(epoch, place_of(row)), "received_at": 0, "response": response}
    )
