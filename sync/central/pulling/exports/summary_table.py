"""A summary as a table, for reports: CSV or an Excel workbook.

One line for each question under each value of the axes. Every line also has the three figures of the same
place and time: results returned (empty if unknown), handovers tagged, visits answered.
"""

import io
from collections.abc import Iterator, Mapping

from msgspec import Struct

from sync.central.figures.summary import HandoverRow, SummaryRow
from sync.central.figures.summary_query import HandoverFigures, SummaryReply
from sync.central.office.names import Names
from sync.contract.survey import Survey
from sync.contract.text import pick
from sync.tables.column import Column, Headings, Value, headings
from sync.tables.csv_table import write_csv
from sync.tables.workbook import small_workbook

_DAYS = (Column("from", "day", "Từ ngày"), Column("to", "day", "Đến ngày"))
_AXES = {
    "unit": "Mã đơn vị",
    "procedure": "Mã thủ tục",
    "field": "Lĩnh vực",
    "officer": "Mã cán bộ",
    "counter": "Mã quầy",
    "channel": "Kênh",
    "respondent": "Người trả lời",
    "day": "Ngày",
}
_NAMES = {"unit": "Đơn vị", "procedure": "Thủ tục", "officer": "Cán bộ"}
_RATING = (
    Column("survey", label="Mẫu phiếu"),
    Column("survey_version", "whole", "Phiên bản mẫu phiếu"),
    Column("question", label="Mã câu hỏi"),
    Column("question_text", label="Câu hỏi"),
    Column("n", "whole", "Số lượt có chọn mức"),
    Column("satisfied_percent", "decimal", "Hài lòng (%)"),
    Column("mean", "decimal", "Điểm trung bình"),
)
_HANDOVERS = (
    Column("returned", "whole", "Kết quả đã trả"),
    Column("tagged", "whole", "Kết quả đã quét"),
    Column("tagged_percent", "decimal", "Đã quét trên đã trả (%)"),
    Column("visits", "whole", "Lượt giao kết quả"),
    Column("answered", "whole", "Lượt đã trả lời"),
    Column("answered_percent", "decimal", "Đã trả lời trên lượt giao (%)"),
)


class Rates(Struct, frozen=True):
    """A table: its columns, and its lines under them."""

    columns: tuple[Column, ...]
    lines: tuple[tuple[Value, ...], ...]


def rates(reply: SummaryReply, axes: tuple[str, ...], names: Names, *, admin: bool) -> Rates:
    """The summary by these axes as a table; hidden figures are empty.

    Means have two decimals.

    admin: officers are shown with their names.
    """
    levels = sorted({level for one in reply.surveys for row in one.rows for level in row.counts or ()})[::-1]
    books: dict[str, Mapping[str, str]] = {"unit": names.units, "procedure": names.procedures}
    if admin:
        books["officer"] = names.officers
    named = tuple(axis for axis in axes if axis in books)
    handed: dict[tuple[str, ...], HandoverFigures | HandoverRow] = {
        tuple(row.by[axis] for axis in axes): row for row in reply.handovers.rows
    }
    if not axes:
        handed[()] = reply.handovers
    left = dict.fromkeys(handed)

    def line(place: tuple[str, ...], rating: tuple[Value, ...], row: SummaryRow | None) -> tuple[Value, ...]:
        by = dict(zip(axes, place, strict=True))
        figures = handed.get(place)
        marked = [each for each in (row, figures) if isinstance(each, SummaryRow | HandoverRow)]
        return (
            reply.first.isoformat(),
            reply.last.isoformat(),
            *by.values(),
            *(books[axis].get(by[axis]) for axis in named),
            *rating,
            any(each.hidden for each in marked),
            any(each.small for each in marked),
            *_handovers(figures),
        )

    lines: list[tuple[Value, ...]] = []
    for survey in reply.surveys:
        form = names.surveys[survey.survey, survey.version]
        for row in survey.rows:
            place = tuple(row.by[axis] for axis in axes)
            left.pop(place, None)
            lines.append(line(place, (form.id, form.version, *_rating(row, form, levels)), row))
    nothing = (None,) * (len(_RATING) + len(levels) + 1)
    lines += [line(place, nothing, None) for place in left]
    forms = [names.surveys[survey.survey, survey.version] for survey in reply.surveys]
    columns = (
        *_DAYS,
        *(Column(axis, "day" if axis == "day" else "text", _AXES[axis]) for axis in axes),
        *(Column(f"{axis}_name", label=_NAMES[axis]) for axis in named),
        *_RATING,
        *(Column(f"level_{level}", "whole", _level(level, forms)) for level in levels),
        Column("not_applicable", "whole", "Không áp dụng"),
        Column("hidden", "truth", "Ẩn vì ít phiếu"),
        Column("small", "truth", "Ít phiếu"),
        *_HANDOVERS,
    )
    return Rates(columns, tuple(lines))


def _level(level: int, forms: list[Survey]) -> str:
    """The name of a level, if all these forms agree on it."""
    called = {pick(one.label, "vi") for form in forms for one in form.levels if one.value == level}
    return f"{called.pop()} ({level})" if len(called) == 1 else f"Mức {level}"


def _rating(row: SummaryRow, form: Survey, levels: list[int]) -> Iterator[Value]:
    yield from (row.question, pick(form.question(row.question).text, "vi"))
    yield from (row.n, _number(row.percent), None if row.mean is None else round(row.mean, 2))
    yield from ((row.counts or {}).get(level) for level in levels)
    yield row.not_applicable


def _handovers(figures: HandoverFigures | HandoverRow | None) -> tuple[Value, ...]:
    if figures is None:
        return (None,) * len(_HANDOVERS)
    return (
        figures.returned,
        figures.tagged,
        _number(figures.tagged_percent),
        figures.visits,
        figures.answered,
        _number(figures.percent),
    )


def _number(percent: str | None) -> float | None:
    return None if percent is None else float(percent)


def as_csv(table: Rates, above: Headings, *, mark: bool = False) -> bytes:
    """The table as CSV (RFC 4180) in UTF-8; mark: for Excel."""
    out = io.StringIO()
    write_csv(out, headings(table.columns, above), table.lines, mark=mark)
    return out.getvalue().encode()


def as_xlsx(table: Rates, above: Headings) -> bytes:
    """The table as an Excel workbook of one sheet."""
    return small_workbook(table.columns, above, table.lines, "rates")
