"""Whether a column of days has the day or the month first: decided from the whole column, and reported.

`11/10/2026` is a day of November for an English spreadsheet and of October for a Vietnamese one. A number
above 12 decides the order for the column. If there is none, the day comes first, as in Viet Nam, unless a day
would then be before its dossier's own date or after today: the order is then unknown, and the list is refused
(HL5035).
"""

from collections.abc import Sequence
from datetime import date
from typing import get_args

from msgspec import Struct

from sync.contract.days import Order, has_order, read_day
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DAY_ORDER_UNCLEAR

_SHOWN = 5


class Written(Struct, frozen=True, kw_only=True):
    """A day as it is in the file. received: the dossier's own date. real: a spreadsheet's date."""

    line: int
    text: str
    received: date | None = None
    real: bool = False

    def reads_as(self) -> list[Order]:
        """The orders in which the text is a valid day."""
        return [order for order in get_args(Order) if read_day(self.text, order)]

    def fits(self, order: Order, today: date) -> bool:
        """Whether the day, read in this order, is neither before its dossier nor after today."""
        day = read_day(self.text, order)
        return day is not None and (self.received or day) <= day <= today


def day_order(days: Sequence[Written], today: date, where: str) -> tuple[Order, str]:
    """The order in these days, and a sentence that reports it; raises HL5035 if it is unknown."""
    texts = [day for day in days if has_order(day.text)]
    only_day = [day for day in texts if day.reads_as() == ["day-first"]]
    only_month = [day for day in texts if day.reads_as() == ["month-first"]]
    if only_day and only_month:
        detail = f"{_lines(only_day)} có ngày đứng trước, {_lines(only_month)} có tháng đứng trước"
        raise _unknown(where, detail)
    real = [day for day in days if day.real]
    if real and only_day == texts != [] and all(int(day.text[8:10]) <= 12 for day in real):
        # An English spreadsheet reads each day up to the 12th as a month, and leaves the others as text.
        detail = f"{_lines(real)} là ngày thật, {_lines(only_day)} là chữ: bảng tính đã đổi chỗ ngày và tháng"
        raise _unknown(where, detail)
    if only_month:
        return "month-first", f"Ngày đọc theo tháng/ngày/năm ({_lines(only_month)})."
    if only_day:
        return "day-first", f"Ngày đọc theo ngày/tháng/năm ({_lines(only_day)})."
    wrong = [day for day in texts if not day.fits("day-first", today)]
    if wrong and all(day.fits("month-first", today) for day in texts):
        detail = (
            f"đọc theo ngày/tháng thì {_lines(wrong)} trả trước ngày của hồ sơ hoặc sau hôm nay; "
            "đọc theo tháng/ngày thì hợp"
        )
        raise _unknown(where, detail)
    return "day-first", "Ngày đọc theo ngày/tháng/năm, như thường lệ."


def _lines(days: Sequence[Written]) -> str:
    more = f" và {len(days) - _SHOWN} dòng khác" if len(days) > _SHOWN else ""
    return "dòng " + ", ".join(str(day.line) for day in days[:_SHOWN]) + more


def _unknown(where: str, detail: str) -> ProblemError:
    return ProblemError(DAY_ORDER_UNCLEAR(where=where, detail=detail))
