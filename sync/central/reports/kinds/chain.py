"""Reports in two steps, as a quality management system has them: each office sums up for the secretariat, and
the secretariat for the leaders, with a column for each office and a line for their directions.

Who reports to whom are the plan's own steps of the kind `report`: the first is the offices', the last the
secretariat's. The secretariat's figures are read from the answers, like all others; its words begin with what
the offices wrote in their approved reports.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.reports.asked import Asked
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.cells import NOTHING, count, share
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.final import (
    appendices,
    assessment,
    by_group,
    opening,
    results,
    small,
    until_words,
)
from sync.central.reports.kinds.followed_up import remarks_table, remedies_table
from sync.central.reports.kinds.office_reports import OFFICE, SECRETARIAT, office_reports, report_steps
from sync.central.reports.kinds.survey_figures import SurveyFigures, read_survey
from sync.central.reports.kinds.survey_parts import (
    how_asked,
    objective_lines,
    people_table,
    reached_table,
    with_words,
)
from sync.central.reports.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)


def build_of_office(figures: SurveyFigures, words: Mapping[str, str]) -> Document:
    """What the offices report to the secretariat; of one office if the report is about one group."""
    steps = report_steps(figures.plan)
    to = steps[0].to if steps else figures.plan.report_to
    offices = tuple(dict.fromkeys(group.group.who for group in figures.groups if group.group.who))
    return _document(
        figures, words, _of_office(figures), to=to, sender=offices[0] if len(offices) == 1 else ""
    )


def build_of_secretariat(figures: SurveyFigures, words: Mapping[str, str]) -> Document:
    """What the secretariat reports to the leaders."""
    steps = report_steps(figures.plan)
    to, sender = (steps[-1].to, steps[-1].who) if steps else (figures.plan.report_to, "")
    return _document(figures, words, _of_secretariat(figures), to=to, sender=sender)


def _document(
    figures: SurveyFigures, words: Mapping[str, str], body: Iterator[Block], *, to: str, sender: str
) -> Document:
    """to: who receives it; sender: the office that reports, "" for the plan's authority."""
    frame = figures.frame
    letterhead = frame.letterhead
    if sender:
        above = " ".join(letterhead.body)
        letterhead = replace(letterhead, above=above, body=(sender.upper(),))
    file = tuple(line for line in frame.recipients if line.startswith("Lưu: "))
    return Document(
        kind=figures.asked.kind,
        letterhead=letterhead,
        subject=f"Kết quả {small(frame.title)}",
        addressed_to=(to,) if to else (),
        basis=frame.basis,
        body=with_words(body, words),
        ending=f"Trên đây là báo cáo kết quả {small(frame.title)}./.",
        signatures=(Signature((sender.upper(),) if sender else frame.signer),),
        recipients=(*(("Như trên",) if to else ()), *file),
        appendices=appendices(figures),
    )


def _of_office(figures: SurveyFigures) -> Iterator[Block]:
    yield opening(figures)
    yield from until_words(figures)
    yield Heading(1, "I", "KẾT QUẢ THỰC HIỆN")
    yield from how_asked(figures)
    yield reached_table("bang-1", "Bảng 1. Số phiếu", figures)
    yield Heading(1, "II", "KẾT QUẢ KHẢO SÁT")
    yield from results(figures, "Bảng 2", "bang-2")
    yield Heading(2, "1", "Ý kiến của tổ chức, công dân")
    yield remarks_table("bang-3", "Bảng 3. Ý kiến", figures.remarks)
    yield Words(id="tom-tat-y-kien", hint="Tóm tắt các nhóm vấn đề, không ghi nguyên văn.")
    yield from assessment(figures, "III")
    yield Heading(1, "IV", "ĐỀ XUẤT CẢI TIẾN")
    yield Words(id="cai-tien", hint="Việc cần cải tiến, người làm, thời hạn.")


def _of_secretariat(figures: SurveyFigures) -> Iterator[Block]:
    yield opening(figures)
    yield from until_words(figures)
    yield Heading(1, "I", "KẾT QUẢ THỰC HIỆN")
    yield reached_table("bang-1", "Bảng 1. Số phiếu của từng phòng", figures)
    yield Words(id="cac-phong", text=_reported(figures), hint="Phòng nào đã báo cáo, phòng nào chưa.")
    yield people_table("bang-2", "Bảng 2. Người trả lời", figures)
    yield Heading(1, "II", "KẾT QUẢ KHẢO SÁT")
    yield _side_by_side(figures)
    yield Paragraph("Số lượt chọn từng mức: Phụ lục. Mỗi phòng dùng phiếu riêng nên không cộng với nhau.")
    yield from objective_lines(figures)
    yield from assessment(figures, "III")
    yield Heading(1, "IV", "CẢI TIẾN")
    yield remedies_table("bang-4", "Bảng 4. Biện pháp cải tiến", figures.remedies)
    yield Words(id="cai-tien", text=by_group(figures, "cai-tien"), hint="Đề xuất của Tổ Thư ký.")
    yield Heading(1, "V", "Ý KIẾN CHỈ ĐẠO")
    yield Words(id="chi-dao", hint="Lãnh đạo ghi vào bản giấy; để trống.")


def _reported(figures: SurveyFigures) -> str:
    """Which offices have reported; "" where none did so here."""
    there = dict.fromkeys(each.office for each in figures.offices if each.approved)
    missing = dict.fromkeys(each.office for each in figures.offices if each.office not in there)
    if not there:
        return ""
    without = f" Chưa có báo cáo của: {'; '.join(missing)}." if missing else ""
    return f"Đã có báo cáo của: {'; '.join(there)}.{without}"


def _side_by_side(figures: SurveyFigures) -> Table:
    """A line a criterion, and for each office its n and share."""
    columns = [Column(title="TT", width=0.4, number=True), Column(title="Nội dung", width=2.6)]
    texts: dict[str, str] = {}
    for group in figures.groups:
        office = group.group.who or group.name
        columns.append(Column(title="n", group=office, width=0.7, number=True))
        columns.append(Column(title="Tỷ lệ hài lòng", group=office, width=1, number=True))
        for each in group.ratings:
            texts.setdefault(each.question, each.text)
    rows = []
    for number, (question, text) in enumerate(texts.items(), 1):
        cells: list[Cell] = [str(number), text]
        for group in figures.groups:
            rated = {each.question: each for each in group.ratings}.get(question)
            cells += [NOTHING, NOTHING] if rated is None else [count(rated.n), share(rated.percent)]
        rows.append(Row(cells=tuple(cells)))
    note = next((group.rule for group in figures.groups if group.rule), "")
    return Table(
        id="bang-3",
        caption="Bảng 3. Mức độ hài lòng theo phòng",
        columns=tuple(columns),
        rows=tuple(rows),
        about="offices",
        parts=False,
        note=note,
    )


def read_of_secretariat(connection: Connection, asked: Asked, now: datetime) -> SurveyFigures:
    """The figures of the survey, with what its offices reported. Raises ProblemError as `read_survey`."""
    figures = read_survey(connection, asked, now)
    offices = office_reports(connection, figures.plan, asked.first, asked.last)
    return replace(figures, offices=offices)


OF_OFFICE = Kind(
    name=OFFICE,
    title="Báo cáo của phòng gửi Tổ Thư ký",
    figures=SurveyFigures,
    read=read_survey,
    build=build_of_office,
    period=periods.window,
    grouped=True,
)
OF_SECRETARIAT = Kind(
    name=SECRETARIAT,
    title="Báo cáo của Tổ Thư ký gửi lãnh đạo",
    figures=SurveyFigures,
    read=read_of_secretariat,
    build=build_of_secretariat,
    period=periods.window,
)
