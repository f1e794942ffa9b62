"""Units in the database, and which responses a unit's token may see.

An imported list is the authority. A bundle names a few units too: they are used until a list names them.

A token at a unit sees the responses of its subtree: of every unit that belonged to it on the day of the
response, before and after a reform. This is checked for every row, so `unit_spans` holds it precomputed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, true

from sync.central.office.audit.acts import Act
from sync.central.office.sheets.reader import Sheet
from sync.central.office.units.above import unit_of
from sync.central.office.units.importing import UnitImport, try_units
from sync.central.office.units.revisions import all_changed
from sync.central.office.units.tree import CENTRE, UnitTree
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import responses, unit_spans, units
from sync.contract.catalogue import Unit
from sync.contract.masking import mask_digits
from sync.contract.text import Text

_FIRST_DAY, _LAST_DAY = "0001-01-01", "9999-12-31"


def load_units(connection: Connection) -> tuple[Unit, ...]:
    """Every period of every unit, by code and first day."""
    query = select(units).order_by(units.c.code, units.c.valid_from)
    return tuple(map(unit_of, connection.execute(query)))


def preview_units(connection: Connection, sheet: Sheet) -> UnitImport:
    """What importing a list of units would change, or every problem of it."""
    only_bundled, named = _bundled(connection), _named(sheet)
    known = [unit for unit in load_units(connection) if unit.code not in only_bundled & named]
    return try_units(sheet, known)


def import_units(act: Act, sheet: Sheet, why: str = "") -> UnitImport:
    """Import a list of units: all of it, or nothing if it has problems. why: the reason, if it was asked."""
    connection = act.connection
    one_at_a_time(connection)
    only_bundled = _bundled(connection)
    found = preview_units(connection, sheet)
    if found.problems:
        act.undo()
    else:
        _replace(connection, found.units, only_bundled - _named(sheet), act.now)
        counts = f"{len(found.added)} added, {len(found.changed)} changed"
        act.note("units", Path(sheet.name).name, f"{counts}; {mask_digits(why)}" if why else counts)
    return found


def _bundled(connection: Connection) -> set[str]:
    """The units that no list has named yet."""
    return set(connection.execute(select(units.c.code).where(units.c.source == "bundle")).scalars())


def _named(sheet: Sheet) -> set[str]:
    return {row.cells.get(heading, "") for row in sheet.rows for heading in ("code", "mã", "mã đơn vị")}


def put_bundled_units(connection: Connection, fresh: Iterable[Unit], now: datetime) -> None:
    """Store these periods of units that no list has named, in place of all that those units had."""
    sources = {row.code: row.source for row in connection.execute(select(units.c.code, units.c.source))}
    given = [unit for unit in fresh if sources.get(unit.code) != "list"]
    codes = {unit.code for unit in given}
    kept = [unit for unit in load_units(connection) if unit.code not in codes]
    bundled = codes | {code for code, source in sources.items() if source == "bundle"}
    _replace(connection, [*kept, *given], bundled, now)


def _replace(connection: Connection, every: Sequence[Unit], bundled: set[str], now: datetime) -> None:
    all_changed(connection, _changed(load_units(connection), every), now)
    rows = [
        {
            "code": unit.code,
            "valid_from": _text(unit.valid_from),
            "valid_to": _text(unit.valid_to),
            "name": msgspec.json.encode(unit.name).decode(),
            "kind": unit.kind,
            "parent": unit.parent,
            "source": "bundle" if unit.code in bundled else "list",
        }
        for unit in every
    ]
    tree = UnitTree(every)
    spans = [
        {
            "root": root,
            "unit": span.unit,
            "first_day": _text(span.first) or _FIRST_DAY,
            "last_day": _text(span.last) or _LAST_DAY,
        }
        for root in sorted({unit.code for unit in every})
        for span in tree.spans(root)
    ]
    connection.execute(delete(unit_spans))
    connection.execute(delete(units))
    if rows:
        connection.execute(insert(units), rows)
        connection.execute(insert(unit_spans), spans)


def _changed(before: Sequence[Unit], after: Sequence[Unit]) -> set[str]:
    """The codes of units of which a period was added, changed or removed."""
    old, new = ({(unit.code, unit.valid_from): unit for unit in units} for units in (before, after))
    return {code for code, day in old.keys() | new.keys() if old.get((code, day)) != new.get((code, day))}


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


# --- who sees what -------------------------------------------------------------------------------------


def visible(unit: str | None) -> ColumnElement[bool]:
    """The condition for rows of `responses` that a token at `unit` may see; None: the token sees all rows."""
    if unit is None:
        return true()
    return exists().where(
        unit_spans.c.root == unit,
        unit_spans.c.unit == responses.c.unit,
        unit_spans.c.first_day <= responses.c.day,
        responses.c.day <= unit_spans.c.last_day,
    )


def in_subtree(root: str, unit: ColumnElement[str], day: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition for rows of a unit, and of those below it on the day of each; CENTRE: for all rows."""
    if root == CENTRE:
        return true()
    spans = unit_spans.c
    below = exists().where(
        spans.root == root, spans.unit == unit, spans.first_day <= day, day <= spans.last_day
    )
    return or_(unit == root, below)


def units_above(connection: Connection, unit: str, day: date) -> frozenset[str]:
    """The unit itself and those above it on `day`."""
    spans = unit_spans.c
    query = select(spans.root).where(spans.unit == unit, _on(day))
    return frozenset(connection.execute(query).scalars()) | {unit}


def units_below(connection: Connection, unit: str, day: date) -> frozenset[str]:
    """The unit itself and those below it on `day`."""
    spans = unit_spans.c
    query = select(spans.unit).where(spans.root == unit, _on(day))
    return frozenset(connection.execute(query).scalars()) | {unit}


def _on(day: date) -> ColumnElement[bool]:
    return (unit_spans.c.first_day <= day.isoformat()) & (day.isoformat() <= unit_spans.c.last_day)


def unit_name(connection: Connection, code: str) -> Text:
    """The newest name of a unit; empty if there never was one."""
    query = select(units.c.name).where(units.c.code == code).order_by(units.c.valid_from.desc()).limit(1)
    name = connection.execute(query).scalar()
    return msgspec.json.decode(name, type=Text) if name else {}


def is_unit(connection: Connection, code: str) -> bool:
    """Whether there is or was a unit with this code."""
    return connection.execute(select(units.c.code).where(units.c.code == code)).first() is not None
