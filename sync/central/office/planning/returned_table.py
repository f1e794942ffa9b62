"""The table of figures that comes back of a closed plan's data, from who analysed it: a line for each item.

What its lines mean, and how far they are from our figures: reports/kinds/returned.py.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.handed_over import Source, checked_source
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.sheets.reader import Row, Sheet, heading_text
from sync.central.store.database import one_at_a_time
from sync.central.store.handed_tables import returned_tables
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.handing_over import RETURNED_EMPTY
from sync.contract.problem.planning import PLAN_NOT_CLOSED

MOST_LINES = 5000
HEADINGS = {
    "group": ("Nhóm", "nhom", "group"),
    "unit": ("Đơn vị", "don vi", "unit"),
    "item": ("Nội dung", "noi dung", "câu hỏi", "item"),
    "n": ("Số phiếu", "so phieu", "n"),
    "percent": ("Tỷ lệ hài lòng (%)", "tỷ lệ hài lòng", "tỷ lệ (%)", "ty le hai long (%)", "percent"),
}
"""What each column may be called; first what the empty table calls it."""


class Line(Struct, frozen=True, kw_only=True):
    """One line. number: of the file. group, unit, item: as they were written. n, percent: None where empty.

    percent: with one decimal.
    """

    number: int
    group: str
    unit: str
    item: str
    n: int | None
    percent: str | None


class Returned(Struct, frozen=True, kw_only=True):
    """The table that came back, and from whom."""

    source: Source
    lines: tuple[Line, ...]
    taken_at: str
    taken_by: int


def read_lines(sheet: Sheet) -> tuple[Line, ...]:
    """The lines of a table, with everything that is wrong with them at once; raises ProblemError HL4367.

    Shares that are all at most 1 are fractions, as a spreadsheet keeps percentages: 0.905 is 90.5 %.
    """
    wrong, lines = Wrong(), []
    for row in sheet.rows[: MOST_LINES + 1]:
        with wrong:
            line = _line(row)
            if line.n is not None or line.percent is not None:
                lines.append(line)
    wrong.check()
    if not lines or len(lines) > MOST_LINES:
        detail = "không dòng nào có số" if not lines else f"hơn {MOST_LINES} dòng"
        raise ProblemError(RETURNED_EMPTY(where=sheet.name, detail=detail))
    shares = [Decimal(line.percent) for line in lines if line.percent is not None]
    scale = Decimal(100) if shares and max(shares) <= 1 and any(shares) else Decimal(1)
    return tuple(msgspec.structs.replace(line, percent=_rounded(line.percent, scale)) for line in lines)


def _rounded(percent: str | None, scale: Decimal) -> str | None:
    if percent is None:
        return None
    return str((Decimal(percent) * scale).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _line(row: Row) -> Line:
    cells = {name: _cell(row, names) for name, names in HEADINGS.items()}
    digits = cells["n"].replace(".", "").replace(" ", "").replace("\u00a0", "")
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        raise ProblemError(RETURNED_EMPTY(where=f"{row.line}: Số phiếu", detail="không phải số"))
    return Line(
        number=row.line,
        group=cells["group"],
        unit=cells["unit"],
        item=cells["item"],
        n=int(digits) if digits else None,
        percent=_share(cells["percent"], row.line),
    )


def _cell(row: Row, names: tuple[str, ...]) -> str:
    found = (row.cells.get(heading_text(name), "") for name in names)
    return next(filter(None, found), "")


def _share(text: str, line: int) -> str | None:
    written = text.replace("%", "").replace(",", ".").strip()
    if not written:
        return None
    try:
        share = Decimal(written)
    except InvalidOperation as error:
        raise ProblemError(RETURNED_EMPTY(where=f"{line}: Tỷ lệ", detail="không phải số")) from error
    if not share.is_finite() or not 0 <= share <= 100:
        raise ProblemError(RETURNED_EMPTY(where=f"{line}: Tỷ lệ", detail="không phải tỷ lệ từ 0 đến 100"))
    return str(share)


def take_table(act: Act, plan: str, source: Source, lines: tuple[Line, ...], *, account: int) -> None:
    """Keep the table that came back of this plan, in place of the one before.

    Raises ProblemError HL4299 for an open plan, HL4366 without who made it.
    """
    one_at_a_time(act.connection)
    if not is_closed(act.connection, plan):
        raise ProblemError(PLAN_NOT_CLOSED(where=plan))
    source = checked_source(source)
    act.connection.execute(delete(returned_tables).where(returned_tables.c.plan == plan))
    values = {
        "plan": plan,
        "body": source.body,
        "file": source.file,
        "sha256": source.sha256,
        "lines": msgspec.json.encode(lines).decode(),
        "taken_by": account,
        "changed_at": act.now.isoformat(),
    }
    act.connection.execute(insert(returned_tables).values(values))
    act.note("plan-returned", plan, f"lines: {len(lines)}, sha256: {source.sha256}")


def returned_of(connection: Connection, plan: str) -> Returned | None:
    """The table that came back of this plan; None before."""
    row = connection.execute(select(returned_tables).where(returned_tables.c.plan == plan)).first()
    if row is None:
        return None
    return Returned(
        source=Source(body=row.body, file=row.file, sha256=row.sha256),
        lines=msgspec.json.decode(row.lines, type=tuple[Line, ...]),
        taken_at=row.changed_at,
        taken_by=row.taken_by,
    )
