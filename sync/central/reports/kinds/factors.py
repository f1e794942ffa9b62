"""The report about what satisfaction depends on, of an office with a quality management system (ISO 9001).

Internal and external customers are apart, each with the code of the form that they were asked with.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from sync.central.reports.kinds import periods
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.final import (
    appendices,
    assessment,
    method,
    opening,
    results,
    small,
    until_words,
)
from sync.central.reports.kinds.followed_up import remarks_table
from sync.central.reports.kinds.survey_figures import SurveyFigures, read_survey
from sync.central.reports.kinds.survey_parts import factors_table, lettered, reached_table, with_words
from sync.central.reports.model import Block, Document, Heading, Signature, Words


def build(figures: SurveyFigures, words: Mapping[str, str]) -> Document:
    """The report of these figures; words: of an official, by id."""
    frame = figures.frame
    codes = ", ".join(
        dict.fromkeys(group.group.form_code for group in figures.groups if group.group.form_code)
    )
    form_code = frame.letterhead.form_code or (f"Mã hiệu: {codes}" if codes else "")
    return Document(
        kind=figures.asked.kind,
        letterhead=replace(frame.letterhead, form_code=form_code),
        subject=f"Các yếu tố ảnh hưởng đến sự hài lòng: {small(frame.title)}",
        addressed_to=frame.addressed_to,
        basis=frame.basis,
        body=with_words(_body(figures), words),
        ending=f"Trên đây là báo cáo kết quả {small(frame.title)}, {frame.name} trân trọng báo cáo./.",
        signatures=(Signature(frame.signer),),
        recipients=frame.recipients,
        appendices=appendices(figures),
    )


def _body(figures: SurveyFigures) -> Iterator[Block]:
    yield opening(figures)
    yield from until_words(figures)
    yield from method(figures, "I")
    yield Heading(1, "II", "KẾT QUẢ")
    yield Heading(2, "1", "Số phiếu")
    yield reached_table("bang-1", "Bảng 1. Số phiếu", figures)
    yield Heading(2, "2", "Mức độ hài lòng")
    yield from results(figures, "Bảng 2", "bang-2")
    yield Heading(2, "3", "Các yếu tố ảnh hưởng")
    for end, point, group in lettered(figures.groups):
        yield factors_table(f"bang-3{end}", f"Bảng 3{point}. Các yếu tố: {group.name}", group)
    yield Words(id="yeu-to", text=_first_of_all(figures), hint="Yếu tố cần cải thiện trước, và lý do.")
    yield Heading(2, "4", "Ý kiến")
    yield remarks_table("bang-4", "Bảng 4. Ý kiến", figures.remarks)
    yield from assessment(figures, "III")
    yield Heading(1, "IV", "GIẢI PHÁP")
    yield Words(id="giai-phap", hint="Giải pháp, đơn vị chủ trì, thời hạn.")


def _first_of_all(figures: SurveyFigures) -> str:
    """The factors to improve first, group by group."""
    lines = []
    for group in figures.groups:
        first = [each for each in group.factors if each.priority == 1]
        if first:
            named = "; ".join(f"“{each.question}”" for each in first)
            lines.append(f"{group.name}: cần cải thiện trước {named}.")
    return "\n".join(lines)


FACTORS = Kind(
    name="bao-cao-yeu-to",
    title="Báo cáo các yếu tố ảnh hưởng",
    figures=SurveyFigures,
    read=read_survey,
    build=build,
    period=periods.window,
    grouped=True,
    public=("bang-2",),
)
