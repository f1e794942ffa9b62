"""Paper forms that came back on the days of a document: openings of the box, and forms that can't count."""

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.configuration.scope import scope_of
from sync.central.office.paper.listing import LotState, box_openings, spoilt_by_channel
from sync.central.presenting.answering import INVALID_FORMS
from sync.central.reports.kinds.cells import said
from sync.central.reports.kinds.sources import Source
from sync.contract.official import written_day


class BoxOpening(Struct, frozen=True, kw_only=True):
    """An opening of the ballot box. first, last: the numbers on the forms. invalid: how many by reason."""

    day: date
    counted: int
    first: int
    last: int
    valid: int
    invalid: dict[str, int] = {}
    note: str = ""

    @property
    def left(self) -> int:
        """How many of the counted forms are neither keyed nor noted as invalid."""
        return self.counted - self.valid - sum(self.invalid.values())


def read_openings(
    connection: Connection, unit: str, first: date, last: date, plan: str
) -> tuple[BoxOpening, ...]:
    """The openings of a unit's own box, the earliest first. plan: "" for every form."""
    return tuple(map(_opening, box_openings(connection, unit, first, last, plan)))


def read_spoilt(source: Source) -> dict[str, int]:
    """How many forms of the days that are over can't count, by channel; of the units below, too.

    A form without a usable answer has no day of its own: it is of the day on which its lot was counted.
    """
    asked = source.asked
    return spoilt_by_channel(
        source.connection,
        scope_of(source.connection, asked.unit, source.until),
        asked.first,
        source.until,
        plan=asked.plan,
        group=asked.group,
    )


def opening_words(opening: BoxOpening) -> str:
    """An opening in a sentence."""
    spoilt = sum(opening.invalid.values())
    why = f" ({'; '.join(reasons(opening.invalid))})" if spoilt else ""
    left = f", chưa nhập {said(opening.left)}" if opening.left > 0 else ""
    return (
        f"Mở hòm phiếu ngày {written_day(opening.day)}: {said(opening.counted)} phiếu, từ số {opening.first} "
        f"đến số {opening.last}; hợp lệ {said(opening.valid)}, không hợp lệ {said(spoilt)}{why}{left}."
    )


def reasons(invalid: Mapping[str, int]) -> Iterator[str]:
    """Why forms can't count, each with how many."""
    for reason, n in invalid.items():
        yield f"{INVALID_FORMS.get(reason, reason)} {said(n)}"


def _opening(state: LotState) -> BoxOpening:
    lot = state.lot
    return BoxOpening(
        day=lot.day,
        counted=lot.counted,
        first=lot.first,
        last=lot.last,
        valid=state.valid,
        invalid=dict(state.invalid),
        note=lot.note,
    )
