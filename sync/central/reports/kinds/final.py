"""The report about a whole survey: “báo cáo kết quả đợt khảo sát”, when its plan has been carried out."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sync.central.figures.periods import Period
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.followed_up import remarks_table, remedies_table
from sync.central.reports.kinds.levels import Rated, strengths, weaknesses
from sync.central.reports.kinds.survey_figures import SurveyFigures, read_survey
from sync.central.reports.kinds.survey_parts import (
    factors_table,
    forms_used,
    group_table,
    how_asked,
    how_chosen,
    lettered,
    levels_of_group,
    objective_lines,
    people_table,
    quality_checks,
    ranked_table,
    reached_table,
    rechecks_table,
    source_of_figures,
    with_words,
)
from sync.central.reports.model import Appendix, Block, Document, Heading, Paragraph, Signature, Words
from sync.contract.official import written_day


def build(figures: SurveyFigures, words: Mapping[str, str]) -> Document:
    """The report of these figures; words: of an official, by id."""
    frame = figures.frame
    return Document(
        kind=figures.asked.kind,
        letterhead=frame.letterhead,
        subject=f"Kết quả {small(frame.title)}",
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
    yield Heading(1, "I", "MỤC ĐÍCH, PHẠM VI, ĐỐI TƯỢNG")
    for purpose in figures.plan.purposes:
        yield Paragraph(purpose, item=True)
    yield Paragraph(f"Đối tượng: {'; '.join(group.name for group in figures.groups)}.")
    yield from method(figures, "II")
    yield Heading(2, "4", "Kiểm soát chất lượng")
    yield from quality_checks(figures)
    yield Heading(1, "III", "KẾT QUẢ THỰC HIỆN")
    yield reached_table("bang-1", "Bảng 1. Số phiếu theo đơn vị", figures)
    if any(each.checked for each in figures.checked):
        yield rechecks_table("bang-1a", "Bảng 1a. Phúc tra theo mã điều tra viên", figures)
    yield Words(id="thuc-hien", hint="Thuận lợi, khó khăn khi phát, thu phiếu; lý do của phần chưa đạt.")
    yield Heading(1, "IV", "KẾT QUẢ KHẢO SÁT")
    yield from source_of_figures(figures)
    yield Heading(2, "1", "Đặc điểm người trả lời")
    yield people_table("bang-2", "Bảng 2. Người trả lời", figures)
    yield Heading(2, "2", "Mức độ hài lòng")
    yield from results(figures, "Bảng 3", "bang-3")
    number = 3
    if any(group.ranked for group in figures.groups):
        yield Heading(2, str(number), "Theo đơn vị")
        for end, point, group in lettered([group for group in figures.groups if group.ranked]):
            caption = f"Bảng 4{point}. Thứ bậc các đơn vị: {group.name}"
            yield ranked_table(f"bang-4{end}", caption, group)
        number += 1
    with_factors = [group for group in figures.groups if group.factors]
    if with_factors:
        yield Heading(2, str(number), "Các yếu tố liên quan")
        for end, point, group in lettered(with_factors):
            yield factors_table(f"bang-5{end}", f"Bảng 5{point}. Các yếu tố: {group.name}", group)
        number += 1
    yield Heading(2, str(number), "Ý kiến của người dân, tổ chức")
    yield remarks_table("bang-6", "Bảng 6. Ý kiến", figures.remarks)
    yield Words(id="tom-tat-y-kien", hint="Tóm tắt các nhóm vấn đề, không ghi nguyên văn.")
    yield from assessment(figures, "V")
    yield Heading(1, "VI", "GIẢI PHÁP, PHÂN CÔNG")
    yield remedies_table("bang-7", "Bảng 7. Biện pháp khắc phục", figures.remedies)
    yield Words(id="giai-phap", hint="Giải pháp, đơn vị chủ trì, thời hạn.")
    yield Heading(1, "VII", "KIẾN NGHỊ")
    yield Words(id="kien-nghi", hint="Kiến nghị với cấp trên. Ghi “Không” nếu không có.")


# --- what shorter reports share -----------------------------------------------------------------------------


def opening(figures: SurveyFigures) -> Paragraph:
    """What is carried out, who reports, about which days."""
    days = periods.from_to(Period(figures.asked.first, figures.asked.last))
    carried_out = "; ".join((*figures.frame.carried_out, f"Thực hiện {figures.frame.plan}"))
    return Paragraph(f"{carried_out}; {figures.frame.name} báo cáo kết quả khảo sát {days} như sau:")


def until_words(figures: SurveyFigures) -> Iterator[Block]:
    """That not all days are counted yet, if they aren't."""
    if figures.until < figures.asked.last:
        yield Paragraph(f"Số liệu tính đến hết ngày {written_day(figures.until)}.")


def method(figures: SurveyFigures, number: str) -> Iterator[Block]:
    """The section about forms, choice, ways and days."""
    yield Heading(1, number, "PHƯƠNG PHÁP")
    yield Heading(2, "1", "Mẫu phiếu")
    yield from forms_used(figures)
    yield Heading(2, "2", "Cách chọn, cỡ mẫu")
    yield from how_chosen(figures)
    if figures.plan.design == "random":
        yield Words(id="chon-mau", hint="Danh sách, hạt giống và biên bản chọn mẫu.")
    yield Heading(2, "3", "Hình thức, thời gian")
    yield from how_asked(figures)


def results(figures: SurveyFigures, caption: str, id: str) -> Iterator[Block]:
    """A table for each group, and the objectives."""
    for end, point, group in lettered(figures.groups):
        yield group_table(f"{id}{end}", f"{caption}{point}. Mức độ hài lòng: {group.name}", group)
    yield Paragraph("Số lượt chọn từng mức: Phụ lục. Các nhóm dùng phiếu khác nhau nên không cộng với nhau.")
    yield from objective_lines(figures)


def assessment(figures: SurveyFigures, number: str) -> Iterator[Block]:
    """Strengths and weaknesses, group by group, and their causes."""
    yield Heading(1, number, "ĐÁNH GIÁ")
    yield Heading(2, "1", "Mặt mạnh")
    text = by_group(figures, "mat-manh", strengths)
    yield Words(id="mat-manh", text=text, hint="Nội dung có tỷ lệ cao, việc làm tốt.")
    yield Heading(2, "2", "Điểm yếu")
    text = by_group(figures, "diem-yeu", weaknesses)
    yield Words(id="diem-yeu", text=text, hint="Nội dung có tỷ lệ thấp, ý kiến được nêu nhiều.")
    yield Heading(2, "3", "Nguyên nhân")
    text = by_group(figures, "nguyen-nhan")
    yield Words(id="nguyen-nhan", text=text, hint="Nguyên nhân khách quan, chủ quan của từng điểm yếu.")


def appendices(figures: SurveyFigures) -> tuple[Appendix, ...]:
    """How often each level was chosen."""
    return (
        Appendix(
            number="",
            title="SỐ LƯỢT CHỌN TỪNG MỨC",
            blocks=tuple(
                levels_of_group(f"phu-luc-muc{end}", f"Số lượt chọn từng mức: {group.name}", group)
                for end, _, group in lettered(figures.groups)
            ),
            landscape=True,
        ),
    )


def small(title: str) -> str:
    """A title within a sentence: “khảo sát …”."""
    return title[:1].lower() + title[1:]


def by_group(
    figures: SurveyFigures, words: str, propose: Callable[[Sequence[Rated]], str] = lambda _: ""
) -> str:
    """What the office of each group wrote in this text of its report, else what its ratings propose."""
    texts = [figures.reported(group, words) or propose(group.ratings) for group in figures.groups]
    if len(texts) == 1:
        return texts[0]
    named = zip(figures.groups, texts, strict=True)
    return "\n".join(f"{group.name}. {text}" for group, text in named if text)


FINAL = Kind(
    name="bao-cao-dot-khao-sat",
    title="Báo cáo kết quả đợt khảo sát",
    figures=SurveyFigures,
    read=read_survey,
    build=build,
    period=periods.window,
    grouped=True,
    public=("bang-3", "bang-4"),
)
