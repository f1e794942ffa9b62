"""The units above a unit, for which a role at one of them counts as well."""

from datetime import date

from sqlalchemy import Connection, select

from sync.central.store.schema import unit_spans


def above(connection: Connection, unit: str, day: date) -> frozenset[str]:
    """The codes of the units above `unit` on `day`; empty for the whole centre or an unknown unit.

    A unit that is not in force on `day` counts as in `units_from`; here it takes one query.
    """
    if not unit:
        return frozenset()
    c, at = unit_spans.c, day.isoformat()
    spans = connection.execute(select(c.root, c.first_day, c.last_day).where(c.unit == unit)).all()
    # A unit belongs to itself while it is in force.
    own = [span for span in spans if span.root == unit]
    if not any(span.first_day <= at <= span.last_day for span in own):
        over = max((span.last_day for span in own if span.last_day < at), default=at)
        at = min((span.first_day for span in own if span.first_day > at), default=over)
    return frozenset(span.root for span in spans if span.first_day <= at <= span.last_day) - {unit}
