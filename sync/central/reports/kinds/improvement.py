"""KẾ HOẠCH CẢI TIẾN: what an office puts right after a period, by whom, until when, and how it is measured.

It is made of the weakest ratings of the period and of the remedies that the office keeps.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.figures.periods import Period
from sync.central.office.plans import plan_named
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import monthly, periods
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.followed_up import remedies_table
from sync.central.reports.kinds.frame import read_frame
from sync.central.reports.kinds.levels import shares_table, weaknesses
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.kinds.sections import sections
from sync.central.reports.model import Document, Paragraph, Signature, Words


def read(connection: Connection, asked: Asked, now: datetime) -> PeriodicFigures:
    """The figures of the periodic report, in the frame of a plan."""
    figures = monthly.read(connection, asked, now)
    plan = plan_named(connection, asked.plan) if asked.plan else None
    return replace(figures, frame=read_frame(connection, asked.unit, plan, asked.last, "KH"))


def build(figures: PeriodicFigures, words: Mapping[str, str]) -> Document:
    """The plan."""
    frame = figures.frame
    ratings = [each for form in figures.forms for each in form.ratings]
    days = periods.from_to(Period(figures.asked.first, figures.asked.last))
    several = len(figures.forms) > 1
    tables = tuple(
        shares_table(
            f"bang-1-{at}" if several else "bang-1",
            f"Bảng 1{f'.{at}' if several else ''}. Mức độ hài lòng{f' ({form.title})' if several else ''}",
            form,
        )
        for at, form in enumerate(figures.forms, 1)
    )
    done = tuple(each for each in figures.remedies if each.result)
    still = tuple(each for each in figures.remedies if not each.result)

    def text(id: str, proposed: str, hint: str) -> Words:
        return Words(id=id, text=words.get(id, proposed), hint=hint)

    body = sections(
        (
            "Mục đích, yêu cầu",
            (
                text(
                    "muc-dich",
                    "Khắc phục những nội dung người dân, tổ chức chưa hài lòng; mỗi việc có người chịu trách "
                    "nhiệm, thời hạn và được đo lại ở kỳ sau.",
                    "Mục đích, yêu cầu của việc cải tiến.",
                ),
            ),
        ),
        (
            "Kết quả khảo sát làm căn cứ",
            (
                *(tables or (Paragraph(f"{days[0].upper()}{days[1:]} không có lượt trả lời nào."),)),
                text("han-che", weaknesses(ratings), "Nội dung phải cải tiến, nguyên nhân."),
            ),
        ),
        (
            "Việc phải làm",
            (
                remedies_table("bang-2", "Bảng 2. Việc phải làm", still),
                text("viec-khac", "", "Việc khác, đơn vị chịu trách nhiệm, thời hạn."),
            ),
        ),
        ("Việc đã làm", (remedies_table("bang-3", "Bảng 3. Việc đã làm", done),) if done else ()),
        (
            "Tổ chức thực hiện",
            (
                text(
                    "to-chuc",
                    "Các bộ phận được giao việc báo cáo kết quả đúng thời hạn; kết quả được nêu trong báo "
                    "cáo kỳ sau.",
                    "Kinh phí, đầu mối theo dõi, chế độ báo cáo.",
                ),
            ),
        ),
    )
    ground = f"Thực hiện {frame.plan}; trên" if frame.plan else "Trên"
    opening = f"{ground} cơ sở kết quả khảo sát {days}, {frame.name} xây dựng Kế hoạch cải tiến như sau:"
    return Document(
        kind=figures.asked.kind,
        letterhead=frame.letterhead,
        subject="Cải tiến chất lượng phục vụ người dân, tổ chức sau khảo sát " + figures.period,
        body=(Paragraph(opening), *body),
        ending="Yêu cầu các bộ phận, cán bộ, công chức có liên quan thực hiện Kế hoạch này./.",
        signatures=(Signature(frame.signer),),
        recipients=tuple(line for line in frame.recipients if line != "Như trên"),
    )


IMPROVEMENT = Kind(
    name="ke-hoach-cai-tien",
    title="Kế hoạch cải tiến",
    figures=PeriodicFigures,
    read=read,
    build=build,
)
