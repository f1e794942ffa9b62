"""The number on a paper form that was keyed in, and when that was, for the tables of responses."""

from datetime import date, datetime

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, LargeBinary, case, literal

from sync.central.office.corrections import DEVICE
from sync.central.pulling.rows.totals import Find
from sync.central.store.schema import responses
from sync.contract.plan import VIET_NAM

# Canonical bytes: the quotes of a text are escaped, so this mark is never a part of one.
_MARK = literal(b'"entered":{', LargeBinary)
KEYED: ColumnElement[bytes | None] = case(
    (Find(responses.c.body, _MARK) > 0, responses.c.body), else_=None
).label("form_no")
"""The body of a response that was keyed in; null for one that a person gave at a terminal."""


class _Entered(Struct, gc=False):
    by: str
    at: str
    form_no: str


class _Body(Struct, gc=False):
    entered: _Entered | None = None


_decode = msgspec.json.Decoder(_Body).decode


def form_no(keyed: bytes | None) -> str | None:
    """The number on the form; None if no form was keyed in, and for a correction made at the centre."""
    entered = _entered(keyed)
    return entered.form_no if entered else None


def keyed_on(keyed: bytes | None) -> date | None:
    """The day in Viet Nam on which the form was keyed in; None as of `form_no`."""
    entered = _entered(keyed)
    return datetime.fromisoformat(entered.at).astimezone(VIET_NAM).date() if entered else None


def _entered(keyed: bytes | None) -> _Entered | None:
    entered = None if keyed is None else _decode(keyed).entered
    return entered if entered and entered.by != DEVICE else None
