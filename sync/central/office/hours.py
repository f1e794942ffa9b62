"""Which units are closed, by the opening hours that their terminals have."""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select

from sync.central.store.schema import bundles
from sync.contract.files import decode_toml
from sync.contract.office import OfficeSettings
from sync.contract.opening import is_open
from sync.contract.plan import VIET_NAM

_OFFICE = "office.toml"


def closed_units(
    connection: Connection, units: Collection[str], now: datetime, opened_for: timedelta
) -> set[str]:
    """Those of `units` that are closed, or have been open for less than `opened_for`.

    A unit whose terminals were never given a configuration counts as open.
    """
    newest = select(func.max(bundles.c.version)).where(bundles.c.unit.in_(units)).group_by(bundles.c.unit)
    rows = connection.execute(select(bundles.c.unit, bundles.c.files).where(bundles.c.version.in_(newest)))
    moments = (now.astimezone(VIET_NAM), (now - opened_for).astimezone(VIET_NAM))
    closed = set()
    for row in rows:
        files = msgspec.json.decode(row.files, type=dict[str, str])
        office = decode_toml(files.get(_OFFICE, ""), OfficeSettings, _OFFICE)
        if not all(is_open(office.opening, office.special_days, moment) for moment in moments):
            closed.add(row.unit)
    return closed
