"""Special days: holidays, and days that are worked instead of others, set each year by decision."""

from collections.abc import Iterable, Iterator
from datetime import date

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import not_there
from sync.central.office.configuration.office_settings import change_office, office_of
from sync.central.office.configuration.spans import SpanError, read_hours
from sync.central.office.sheets.reader import Sheet
from sync.contract.days import read_day
from sync.contract.opening import SpecialDay
from sync.contract.problem import Problem, ProblemsError
from sync.contract.problem.files import ENTRY_INVALID

# What the columns of a table may be called, in small letters.
COLUMNS = {
    "day": ("ngày", "day", "date"),
    "name": ("tên", "tên ngày", "nội dung", "name"),
    "hours": ("giờ", "giờ làm việc", "làm việc", "hours"),
}
HEADINGS = {heading: column for column, headings in COLUMNS.items() for heading in headings}


def set_special_days(act: Act, unit: str, days: Iterable[SpecialDay], why: str) -> tuple[SpecialDay, ...]:
    """Decide these days for a unit and those below it, each in place of what was decided for it before.

    Returns all special days of the unit. Raises ProblemError as `change_office`.
    """
    by_day = {special.day: special for special in office_of(act.connection, unit).special_days}
    by_day |= {special.day: special for special in days}
    after = tuple(by_day[day] for day in sorted(by_day))
    return change_office(act, unit, {"special_days": after}, why).special_days


def remove_special_day(act: Act, unit: str, day: date, why: str) -> None:
    """Let a day be an ordinary one again. Raises ProblemError HL5072, and as `change_office`."""
    before = office_of(act.connection, unit).special_days
    after = tuple(special for special in before if special.day != day)
    if after == before:
        raise not_there("special_days", day.isoformat())
    change_office(act, unit, {"special_days": after}, why)


def read_special_days(sheet: Sheet) -> tuple[SpecialDay, ...]:
    """The days of a table with the columns ngày, tên, giờ; raises ProblemsError with every wrong cell.

    Hours such as "07:30-11:30, 13:30-17:00": the day is worked; without hours it is a holiday.
    """
    problems: list[Problem] = []
    days: dict[date, SpecialDay] = {}
    meaning = {HEADINGS[heading]: heading for heading in sheet.headings if heading in HEADINGS}
    if "day" not in meaning:
        problems.append(ENTRY_INVALID(where=f"{sheet.name}:{sheet.line}", detail="thiếu cột “ngày”"))
    for row in sheet.rows if not problems else ():
        where = f"{sheet.name}:{row.line}"
        cells = {column: row.cells.get(heading, "") for column, heading in meaning.items()}
        problems += _wrong_cells(where, cells)
        day = read_day(cells["day"])
        if day is not None and not problems:
            if day in days:
                problems.append(ENTRY_INVALID(where=f"{where}: day", detail="ngày này đã có ở dòng trên"))
            days[day] = SpecialDay(day, cells.get("name", ""), read_hours(cells.get("hours", "")))
    if problems:
        raise ProblemsError(problems)
    return tuple(days[day] for day in sorted(days))


def _wrong_cells(where: str, cells: dict[str, str]) -> Iterator[Problem]:
    if read_day(cells["day"]) is None:
        detail = "không phải ngày: viết 2025-07-01 hoặc 01/07/2025"
        yield ENTRY_INVALID(where=f"{where}: day", detail=detail)
    try:
        read_hours(cells.get("hours", ""))
    except SpanError as error:
        yield ENTRY_INVALID(where=f"{where}: hours", detail=error.reason)
