"""HƯỚNG DẪN: one page for those who hand forms out and collect them, and one for interviewers.

They are papers of the field work and no reports: nothing of them is frozen, approved or signed. All that they
say of days, forms and people is the plan's.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.interviews.field_work import MOST_TRIES
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.model import Block, Column, Document, Heading, Paragraph, Row, Table
from sync.contract.official import written_day
from sync.contract.plan import Plan, PlanGroup
from sync.contract.text import pick

HELPERS, INTERVIEWERS = "huong-dan-phat-thu-phieu", "huong-dan-dieu-tra-vien"
PROMISES = (
    "Chỉ mở từng người khi đi hỏi người ấy, và chỉ dùng tên, số điện thoại, địa chỉ để hỏi.",
    "Không chép, không chụp, không chuyển cho ai tên, số điện thoại, địa chỉ và câu trả lời.",
    "Không nói với ai, kể cả cơ quan, đơn vị được hỏi, rằng ai đã được hỏi và trả lời gì.",
    "Giữ các điều này cả sau khi hết đợt khảo sát.",
)
"""What an interviewer promises; the page where it is accepted says the same."""


class Target(Struct, frozen=True, kw_only=True):
    """A part of the plan. form: its title or code. days: in words. forms: 0 for no number."""

    name: str
    form: str
    days: str
    forms: int


class FieldGuide(Struct, frozen=True, kw_only=True):
    """What a guide says. staff: some of those who are asked work there. last: the last day of answers."""

    frame: Frame
    targets: tuple[Target, ...]
    staff: bool
    last: date | None


class Quota(Struct, frozen=True, kw_only=True):
    """How many people of a field an interviewer asks at a unit; field: "" for all.

    per_day: how many a day at most, where they are met at the unit; else 0.
    """

    unit: str
    field: str
    people: int
    per_day: int = 0

    @property
    def who(self) -> str:
        """Who they are, as the table says it."""
        met = f"hỏi tại chỗ, mỗi ngày nhiều nhất {self.per_day} phiếu" if self.per_day else "mọi lĩnh vực"
        return self.field or met


def read_guide(connection: Connection, plan: Plan, titles: dict[str, str], today: date) -> FieldGuide:
    """What the guides of a plan say. titles: of forms, by their ids."""
    lasts = [plan.window(group)[1] for group in plan.groups]
    return FieldGuide(
        frame=read_frame(connection, plan.unit, plan, today, "HD"),
        targets=tuple(each for group in plan.groups for each in _targets(plan, group, titles)),
        staff=any("staff" in group.respondents for group in plan.groups),
        last=max(filter(None, lasts), default=None),
    )


def _targets(plan: Plan, group: PlanGroup, titles: dict[str, str]) -> Iterator[Target]:
    first, last = plan.window(group)
    days = " – ".join(written_day(day) for day in (first, last) if day)
    form = group.form_code or titles.get(group.survey, group.survey)
    name = pick(group.name, "vi")
    if not group.parts:
        yield Target(name=name, form=form, days=days, forms=group.wanted)
    for part in group.parts:
        yield Target(name=f"{name}: {pick(part.name, 'vi')}", form=form, days=days, forms=part.forms)


def helpers_guide(said: FieldGuide) -> Document:
    """How to hand out, collect and count forms. Pure."""
    until = f" trước hết ngày {written_day(said.last)}" if said.last else ""
    secret = (
        ("Cán bộ được hỏi bỏ phiếu vào phong bì dán kín hoặc hòm; không đánh dấu phiếu.",)
        if said.staff
        else ()
    )
    return _document(
        HELPERS,
        "Phát, thu, đếm phiếu khảo sát",
        said,
        (
            _table(said.targets),
            *_part(
                "1",
                "Phát",
                "Phát đúng người, đủ số ở bảng; không chọn người quen, không bù cho đơn vị khác.",
                "Nói trước: trả lời tự nguyện, không ghi tên, không ảnh hưởng đến hồ sơ.",
                "Không đứng cạnh, không gợi ý, không trả lời thay; ghi số đã phát.",
            ),
            *_part(
                "2",
                "Thu",
                *secret,
                "Không mở, không sửa phiếu; phiếu trắng, phiếu hỏng cũng thu, không bỏ đi.",
            ),
            *_part(
                "3",
                "Đếm và giao",
                "Hai người cùng đếm: số phát ra = số thu về + số chưa về; ghi cả hai số ở trang In phiếu.",
                f"Giao phiếu cho người nhập{until}; hai bên cùng đếm lại.",
                "Có vướng mắc thì báo ngay ở trang kế hoạch, mục Vướng mắc.",
            ),
        ),
    )


def interviewers_guide(said: FieldGuide, quotas: Sequence[Quota]) -> Document:
    """How to ask, whom, and how to record what came of it. Pure."""
    return _document(
        INTERVIEWERS,
        "Hỏi, ghi kết quả, giữ bí mật khi đi hỏi",
        said,
        (
            *_part(
                "1",
                "Thời gian",
                *(
                    f"{each.name}: {each.days or 'không đặt ngày'}; phiếu {each.form}."
                    for each in said.targets
                ),
            ),
            Heading(2, "2", "Hạn ngạch"),
            _quotas(quotas),
            *_part(
                "3",
                "Hỏi",
                "Đưa giấy giới thiệu; nói rõ hỏi việc gì, trả lời tự nguyện, không ghi tên.",
                "Mở từng người ở trang Đi hỏi; hỏi đúng lời in trên phiếu, đọc đủ các mức.",
                "Không gợi ý, không hỏi người khác thay; xong thì lưu phiếu ngay bằng một lần bấm.",
            ),
            *_part(
                "4",
                "Ghi kết quả",
                f"Không gặp: trang hỏi lại sau; sau {MOST_TRIES} lần thì thay bằng người dự phòng.",
                "Từ chối, hoặc đã chuyển đi: ghi ngay; trang thay bằng người dự phòng.",
                "Đã hỏi: lưu phiếu. Một phần số phiếu sẽ được người khác gọi lại (phúc tra).",
            ),
            *_part("5", "Giữ bí mật", *PROMISES),
        ),
    )


def _document(kind: str, subject: str, said: FieldGuide, body: tuple[Block, ...]) -> Document:
    ground = (Paragraph(f"Thực hiện {said.frame.plan}."),) if said.frame.plan else ()
    return Document(
        kind=kind,
        letterhead=said.frame.letterhead,
        subject=subject,
        body=(*ground, *body),
        signatures=(),
    )


def _part(number: str, title: str, *lines: str) -> Iterator[Block]:
    yield Heading(2, number, title)
    for line in lines:
        yield Paragraph(line, item=True)


def _table(targets: Sequence[Target]) -> Table:
    return Table(
        id="phieu",
        caption="Phiếu và ngày",
        columns=(
            Column(title="Hỏi ai", width=4.4),
            Column(title="Phiếu", width=1.5),
            Column(title="Ngày", width=2.2),
            Column(title="Số phiếu", width=0.9, number=True),
        ),
        rows=tuple(
            Row(cells=(each.name, each.form, each.days, f"{each.forms}" if each.forms else "–"))
            for each in targets
        ),
    )


def _quotas(quotas: Sequence[Quota]) -> Table:
    return Table(
        id="han-ngach",
        caption="Số người phải hỏi",
        columns=(
            Column(title="Đơn vị", width=3.0),
            Column(title="Lĩnh vực", width=3.0),
            Column(title="Số người", width=1.0, number=True),
        ),
        rows=tuple(Row(cells=(each.unit, each.who, f"{each.people}")) for each in quotas),
        empty="Chưa giao đơn vị nào.",
    )
