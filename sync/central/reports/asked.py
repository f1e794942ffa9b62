"""Which document somebody wants. Pure."""

from datetime import date

from msgspec import Struct


class Asked(Struct, frozen=True, kw_only=True):
    """Which document. kind: a `Kind.name`. first, last: the period, both days counted. plan: "" for none.

    group: the one group of the plan that a report is about, "" for all.
    """

    kind: str
    unit: str
    first: date
    last: date
    plan: str = ""
    group: str = ""
