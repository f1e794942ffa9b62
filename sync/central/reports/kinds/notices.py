"""THÔNG BÁO: the result of a period, within the office, and for everybody.

Both have the figures of the periodic report. The internal one names no officer: all staff read what is to be
put right, not whose result is lowest. The public one shows no figure of fewer than five answers, and none
from which such a figure could be calculated.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.figures.guarded import hidden_parts
from sync.central.figures.periods import Period
from sync.central.figures.summary import SMALLEST
from sync.central.office.plans import plan_named
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import monthly, periods
from sync.central.reports.kinds.cells import HIDDEN, count, said, share, with_n
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.followed_up import RemedyLine, remarks_table, remedies_table
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.kinds.levels import Rated, RatedForm, quoted, shares_table
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.kinds.sections import sections
from sync.central.reports.model import (
    Appendix,
    Block,
    Cell,
    Column,
    Document,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)

_ALL_STAFF = "Toàn thể cán bộ, công chức"


def read(connection: Connection, asked: Asked, now: datetime) -> PeriodicFigures:
    """The figures of the periodic report, in the frame of a notice."""
    figures = monthly.read(connection, asked, now)
    plan = plan_named(connection, asked.plan) if asked.plan else None
    frame = read_frame(connection, asked.unit, plan, asked.last, "TB")
    return replace(figures, frame=replace(frame, addressed_to=()))


def main_rating(figures: PeriodicFigures) -> Rated | None:
    """The rating that speaks for all; None if nobody answered it."""
    ratings = (each for form in figures.forms for each in form.ratings)
    return next((each for each in ratings if each.text == figures.main and each.n), None)


# --- within the office --------------------------------------------------------------------------------------


def _internal(figures: PeriodicFigures, words: Mapping[str, str]) -> Document:
    tables = tuple(
        shares_table(_numbered("bang-1", at, figures.forms), _caption(at, figures.forms), form)
        for at, form in enumerate(figures.forms, 1)
    )
    none = (Paragraph("Trong kỳ không có lượt trả lời nào."),)
    body = sections(
        ("Kết quả", (_answers(figures), *(tables or none))),
        ("Ý kiến của người dân, tổ chức", (remarks_table("bang-2", "Bảng 2. Ý kiến", figures.remarks),)),
        (
            "Việc khắc phục",
            (
                remedies_table("bang-3", "Bảng 3. Việc khắc phục", figures.remedies),
                _words("yeu-cau", words, hint="Việc các bộ phận phải làm, thời hạn."),
            ),
        ),
    )
    return _notice(
        figures,
        f"Kết quả khảo sát sự hài lòng của người dân, tổ chức {figures.period} trong cơ quan",
        (Paragraph(f"{figures.frame.name} thông báo kết quả khảo sát {_days(figures)} như sau:"), *body),
        "Yêu cầu cán bộ, công chức đọc Thông báo này và thực hiện các việc được giao./.",
        (_ALL_STAFF,),
    )


# --- for everybody ------------------------------------------------------------------------------------------


class _UnitLine(Struct, frozen=True):
    code: str
    name: str
    n: int
    percent: str | None


def _public(figures: PeriodicFigures, words: Mapping[str, str]) -> Document:
    tables = tuple(
        _public_shares(_numbered("bang-1", at, figures.forms), _caption(at, figures.forms), form)
        for at, form in enumerate(figures.forms, 1)
    )
    body: tuple[Block, ...] = (
        Paragraph(f"{figures.frame.name} công bố kết quả khảo sát {_days(figures)} như sau:"),
        _answers(figures),
        *tables,
        Paragraph(f"{figures.chosen} Kết quả theo đơn vị: Phụ lục kèm theo."),
        _words(
            "da-khac-phuc",
            words,
            text=_done(figures.remedies),
            hint="Việc đã làm sau khi nghe ý kiến; không nêu tên người. Ghi “Không” nếu không có.",
        ),
        Paragraph(
            "Thông báo này được niêm yết tại bộ phận Một cửa và đăng trên trang thông tin điện tử. Việc cho "
            "ý kiến là tự nguyện, không phải ghi tên."
        ),
    )
    document = _notice(
        figures,
        f"Công bố kết quả khảo sát sự hài lòng của người dân, tổ chức {figures.period}",
        body,
        f"{figures.frame.name} thông báo để người dân, tổ chức được biết./.",
        ("Trang thông tin điện tử", "Niêm yết tại bộ phận Một cửa"),
    )
    appendix = Appendix(number="", title="Kết quả theo đơn vị", blocks=(_units_table(figures),))
    return replace(document, appendices=(appendix,))


def _public_shares(id: str, caption: str, form: RatedForm) -> Table:
    table = shares_table(id, caption, form, before=False)
    rows = tuple(
        replace(row, cells=(*row.cells[:2], HIDDEN, HIDDEN)) if 0 < rating.n < SMALLEST else row
        for row, rating in zip(table.rows, form.ratings, strict=True)
    )
    return replace(table, rows=rows)


def _units_table(figures: PeriodicFigures) -> Table:
    lines = [_UnitLine(cut.code, cut.name, cut.n, cut.percent) for cut in figures.units]
    if not lines:
        main = main_rating(figures)
        n, percent = (main.n, main.percent) if main else (0, None)
        lines = [_UnitLine(figures.asked.unit, figures.frame.name, n, percent)]
    sizes = {at: line.n for at, line in enumerate(lines)}
    hidden = hidden_parts(sizes, {at for at, n in sizes.items() if 0 < n < SMALLEST})
    return Table(
        id="phu-luc-don-vi",
        caption="Số phiếu và tỷ lệ hài lòng của từng đơn vị",
        columns=(
            Column(title="TT", width=0.4, number=True),
            Column(title="Đơn vị", width=3.0),
            Column(title="Số phiếu", width=0.9, number=True),
            Column(title="Tỷ lệ hài lòng", width=1.0, number=True),
            Column(title="Ghi chú", width=1.8),
        ),
        rows=tuple(
            Row(cells=(str(at), line.name, *_figures_of(line, at - 1 in hidden)), unit=line.code)
            for at, line in enumerate(lines, 1)
        ),
        about="unit",
        rated=figures.main_row,
        note=f"Số phiếu và tỷ lệ hài lòng: của câu hỏi {quoted(figures.main)}." if figures.main else "",
    )


def _figures_of(line: _UnitLine, hidden: bool) -> tuple[Cell, ...]:
    if hidden:
        few = f"Dưới {SMALLEST} phiếu" if line.n < SMALLEST else "Không nêu, để không lộ số của đơn vị khác"
        return HIDDEN, HIDDEN, few
    return count(line.n), share(line.percent), "" if line.n else "Chưa có phiếu"


def _done(remedies: Sequence[RemedyLine]) -> str:
    """What was put right; "" if nothing was."""
    done = [f"- {each.measure}: {each.result.rstrip('.;')}" for each in remedies if each.result]
    if not done:
        return ""
    return "Việc đã làm theo ý kiến của người dân, tổ chức:\n" + ";\n".join(done) + "."


# --- of both ------------------------------------------------------------------------------------------------


def _notice(
    figures: PeriodicFigures, subject: str, body: tuple[Block, ...], ending: str, first: tuple[str, ...]
) -> Document:
    frame = figures.frame
    return Document(
        kind=figures.asked.kind,
        letterhead=frame.letterhead,
        subject=subject,
        body=body,
        ending=ending,
        signatures=(Signature(frame.signer),),
        recipients=(*first, *_kept(frame)),
    )


def _kept(frame: Frame) -> tuple[str, ...]:
    return tuple(line for line in frame.recipients if line.startswith("Lưu")) or ("Lưu: VT",)


def _answers(figures: PeriodicFigures) -> Paragraph:
    main = main_rating(figures)
    shared = ""
    if main is not None and main.n >= SMALLEST:
        shared = f" Tỷ lệ hài lòng ở câu hỏi {quoted(main.text)}: {with_n(main.percent, main.n)}."
    answered = said(figures.valid) if not 0 < figures.valid < SMALLEST else f"dưới {SMALLEST}"
    alone = f"Số phiếu đã trả lời: {answered}."
    return Paragraph(alone + shared, says=figures.main_row if shared else None, instead=alone)


def _days(figures: PeriodicFigures) -> str:
    return periods.from_to(Period(figures.asked.first, figures.asked.last))


def _numbered(id: str, at: int, forms: Sequence[RatedForm]) -> str:
    return id if len(forms) == 1 else f"{id}-{at}"


def _caption(at: int, forms: Sequence[RatedForm]) -> str:
    if len(forms) == 1:
        return "Bảng 1. Mức độ hài lòng"
    return f"Bảng 1.{at}. Mức độ hài lòng ({forms[at - 1].title})"


def _words(id: str, words: Mapping[str, str], *, text: str = "", hint: str) -> Words:
    return Words(id=id, text=words.get(id, text), hint=hint)


INTERNAL_NOTICE = Kind(
    name="thong-bao-noi-bo",
    title="Thông báo nội bộ",
    figures=PeriodicFigures,
    read=read,
    build=_internal,
)
PUBLIC_NOTICE = Kind(
    name="thong-bao-cong-bo",
    title="Thông báo công bố kết quả",
    figures=PeriodicFigures,
    read=read,
    build=_public,
)
