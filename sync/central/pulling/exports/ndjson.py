"""Responses as JSON: a page of items, or one item a line. Administrators get the stored bytes unchanged."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Row

from sync.central.office.keys.unsealing import Opener
from sync.central.pulling.rows.form_number import form_no
from sync.central.pulling.rows.views import FOR_ALL, View
from sync.central.store.arrival import Place, cursor_text
from sync.central.store.schema import responses
from sync.contract.sealing import Words

MEDIA_TYPE = "application/x-ndjson"


class Item(Struct, frozen=True, omit_defaults=True):
    """One response as a pull gives it. response: its canonical bytes, or less below the role `admin`.

    counts, voids, corrects: see pulling/rows/totals.py.
    """

    cursor: str
    received_at: int
    counts: bool
    response: msgspec.Raw
    words: Words = {}
    voids: int | None = None
    corrects: int | None = None


class Page(Struct, frozen=True):
    """Responses in the order of a role. next: the cursor for the page behind; more: it is not empty."""

    items: tuple[Item, ...]
    next: str
    more: bool


class _Answers(Struct, gc=False):
    answers: msgspec.Raw = msgspec.Raw(b"{}")


class _Form(Struct, gc=False):
    id: str
    version: int


class _Reduced(Struct, gc=False):
    """The part of a response that roles below `admin` get. counter: see days_over.py."""

    survey: _Form
    plan: str | None
    unit: str
    counter: str
    procedure: str | None
    channel: str
    respondent: str
    form_no: str | None
    outcome: str
    day: str
    answers: msgspec.Raw


class _ReducedItem(Struct, gc=False, omit_defaults=True):
    cursor: str
    received_at: int
    counts: bool
    response: _Reduced
    voids: int | None = None
    corrects: int | None = None


_answers = msgspec.json.Decoder(_Answers)
_encode = msgspec.json.Encoder().encode


def read(view: View) -> tuple[ColumnElement[Any], ...]:
    """The columns that `write` and `page` need."""
    c, counting = responses.c, view.counting
    shown: tuple[ColumnElement[Any], ...] = (
        counting.counts,
        counting.voids,
        counting.corrects,
        *view.place,
    )
    if view.admin:
        return (*shown, c.received_at, c.sealed_key, c.sealed_box, c.body)
    return (*shown, view.counter, *(c[name] for name in FOR_ALL), c.body)


def write(chunks: Iterable[Sequence[Row[Any]]], *, epoch: int, opener: Opener | None) -> Iterator[bytes]:
    """One item a line; opener: for administrators, else None."""
    for rows in chunks:
        if opener:
            yield b"".join([_whole(row, epoch, opener) + b"\n" for row in rows])
        else:
            yield b"".join([_reduced(row, epoch) + b"\n" for row in rows])


def page(rows: Sequence[Row[Any]], *, epoch: int, last: str, more: bool, opener: Opener | None) -> bytes:
    """The rows as a `Page`."""
    items = [_whole(row, epoch, opener) if opener else _reduced(row, epoch) for row in rows]
    more_text = b"true" if more else b"false"
    return b'{"items":[%b],"next":"%b","more":%b}' % (b",".join(items), last.encode(), more_text)


def _whole(row: Any, epoch: int, opener: Opener) -> bytes:
    counts, voids, corrects, position, xid, received_at, key, box, body = row
    if box is None and voids is None and corrects is None:
        # Written inline, because a pull of millions of rows spends its time here.
        if xid:
            return _ON_POSTGRESQL % (epoch, xid, position, received_at, _TRUTH[counts], body)
        return _ON_SQLITE % (epoch, position, received_at, _TRUTH[counts], body)
    words, cursor = opener.words(key, box), cursor_text(epoch, Place(xid, position))
    return _encode(Item(cursor, received_at, counts, msgspec.Raw(body), words, voids, corrects))


_TRUTH = (b"false", b"true")
_ON_SQLITE = b'{"cursor":"%d-%d","received_at":%d,"counts":%b,"response":%b}'
_ON_POSTGRESQL = b'{"cursor":"%d-%d-%d","received_at":%d,"counts":%b,"response":%b}'


def _reduced(row: Any, epoch: int) -> bytes:
    counts, voids, corrects, position, _, counter, survey, version, *middle, body = row
    plan, unit, procedure, channel, respondent, outcome, day = middle
    response = _Reduced(
        _Form(survey, version),
        plan,
        unit,
        counter,
        procedure,
        channel,
        respondent,
        form_no(body),
        outcome,
        day,
        _answers.decode(body).answers,
    )
    return _encode(_ReducedItem(f"{epoch}-0-{position}", 0, counts, response, voids, corrects))
