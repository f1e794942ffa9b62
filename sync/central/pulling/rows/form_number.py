"""The number on a paper form that was keyed in, for the tables of responses."""

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, LargeBinary, case, literal

from sync.central.office.corrections import DEVICE
from sync.central.pulling.rows.totals import Find
from sync.central.store.schema import responses

# Canonical bytes: the quotes of a text are escaped, so this mark is never a part of one.
_MARK = literal(b'"entered":{', LargeBinary)
KEYED: ColumnElement[bytes | None] = case(
    (Find(responses.c.body, _MARK) > 0, responses.c.body), else_=None
).label("form_no")
"""The body of a response that was keyed in; null for one that a person gave at a terminal."""


class _Entered(Struct, gc=False):
    by: str
    form_no: str


class _Body(Struct, gc=False):
    entered: _Entered | None = None


_decode = msgspec.json.Decoder(_Body).decode


def form_no(keyed: bytes | None) -> str | None:
    """The number on the form; None if no form was keyed in, and for a correction made at the centre."""
    if keyed is None:
        return None
    entered = _decode(keyed).entered
    return entered.form_no if entered and entered.by != DEVICE else None
