"""Whether those who answered are like those who got a result, by field: what a report may conclude depends on
it. Pure.

Shares of a field less those of its shown procedures would say what the copy for others hides, so the table
stays in the office, and the copy names fields alone.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from sync.central.figures.summary import percent
from sync.central.reports.kinds.cells import NOTHING, count, difference, share
from sync.central.reports.kinds.levels import ENOUGH
from sync.central.reports.model import Block, Column, Paragraph, Row, Table

FAR = 10
"""Points of a percentage from which on shares of a field are far apart."""
_OTHER = "Khác"


class FieldShare(Struct, frozen=True, kw_only=True):
    """One field: its results returned, and its answers."""

    field: str
    returned: int
    answered: int


def field_shares(counts: Iterable[tuple[str, int | None, int]]) -> tuple[FieldShare, ...]:
    """The fields of procedures: field, returned, answered. None where it is not known what was returned."""
    returned, answered = Counter[str](), Counter[str]()
    for field, back, asked in counts:
        if back is None:
            return ()
        returned[field or _OTHER] += back
        answered[field or _OTHER] += asked
    return tuple(
        FieldShare(field=field, returned=returned[field], answered=answered[field])
        for field in sorted(returned, key=lambda field: (field == _OTHER, field))
    )


def representing(id: str, caption: str, fields: tuple[FieldShare, ...]) -> tuple[Block, ...]:
    """The table of the office, and a sentence for everybody where shares are far apart."""
    returned, answered = sum(each.returned for each in fields), sum(each.answered for each in fields)
    if len(fields) < 2 or not returned or not answered:
        return ()
    rows = []
    less: list[str] = []
    more: list[str] = []
    for each in fields:
        of_all, of_answers = percent(each.returned, returned), percent(each.answered, answered)
        points = Decimal(of_answers or 0) - Decimal(of_all or 0)
        if abs(points) > FAR:
            (less if points < 0 else more).append(each.field)
        cells = (count(each.returned), share(of_all), count(each.answered), share(of_answers))
        rows.append(Row(cells=(each.field, *cells, difference(str(points)) if points else NOTHING)))
    table = Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Lĩnh vực", width=2.4),
            Column(title="Đã trả", number=True),
            Column(title="Tỷ trọng", number=True),
            Column(title="Trả lời", number=True),
            Column(title="Tỷ trọng", number=True),
            Column(title="Chênh lệch (điểm %)", number=True),
        ),
        rows=tuple(rows),
        note="Chỉ tính phiếu có ghi thủ tục. Bảng này không có trong bản gửi ra ngoài.",
        internal=True,
    )
    if not (less or more) or answered < ENOUGH:
        return (table,)
    return (table, Paragraph(_far_apart(less, more)))


def _far_apart(less: list[str], more: list[str]) -> str:
    named = []
    if less:
        named.append(f"được trả lời ít hơn tỷ trọng kết quả đã trả: {', '.join(less)}")
    if more:
        named.append(f"được trả lời nhiều hơn: {', '.join(more)}")
    return (
        f"Lĩnh vực {'; '.join(named)} (lệch trên {FAR} điểm %). Kết quả chung nghiêng về lĩnh vực được trả "
        "lời nhiều."
    )
