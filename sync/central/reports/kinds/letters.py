"""CÔNG VĂN: asking offices and organisations to answer, and urging those who have a task that is due.

A letter is addressed to the groups of people or to the offices that the plan names.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.plans import read_forms
from sync.central.presenting.answering import CHANNELS
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.cells import count
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.kinds.sources import source_of
from sync.central.reports.model import (
    Block,
    Column,
    Document,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.contract.official import written_day
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.text import pick


class AskedGroup(Struct, frozen=True, kw_only=True):
    """A group of the plan. how: its channels in words. last: the last day to answer. forms: so far."""

    name: str
    how: str
    last: date | None
    wanted: int
    forms: int


class DueTask(Struct, frozen=True, kw_only=True):
    """A task of the plan, or a step that somebody is responsible for. last: its last day."""

    name: str
    owner: str
    last: date | None


class LetterFigures(Struct, frozen=True, kw_only=True):
    """What a letter says. today: the day on which its figures were read."""

    asked: Asked
    frame: Frame
    today: date
    groups: tuple[AskedGroup, ...]
    tasks: tuple[DueTask, ...]


def read(connection: Connection, asked: Asked, now: datetime) -> LetterFigures:
    """The groups and tasks of the plan, and how many forms there are. Raises ProblemError HL5020."""
    source = source_of(connection, asked, now)
    plan = source.plan
    today = now.astimezone(VIET_NAM).date()
    return LetterFigures(
        asked=asked,
        frame=read_frame(connection, asked.unit, plan, asked.last, "CV"),
        today=today,
        groups=tuple(_groups(connection, plan)) if plan else (),
        tasks=tuple(_tasks(plan, asked.last)) if plan else (),
    )


def _groups(connection: Connection, plan: Plan) -> Iterator[AskedGroup]:
    forms = read_forms(connection, plan, over=True)
    for group in plan.groups:
        yield AskedGroup(
            name=pick(group.name, "vi"),
            how=", ".join(CHANNELS[each] for each in group.channels),
            last=plan.window(group)[1],
            wanted=group.wanted,
            forms=sum(n for (of, _), n in forms.items() if of == group.id),
        )


def _tasks(plan: Plan, until: date) -> Iterator[DueTask]:
    """What was due by `until`, by its day."""
    named = [DueTask(name=task.name, owner=task.owner, last=task.last_day) for task in plan.tasks]
    steps = [
        DueTask(name=pick(step.name, "vi"), owner=step.who, last=step.last_day)
        for step in plan.steps
        if step.who
    ]
    due = [each for each in (*named, *steps) if each.last and each.last <= until]
    yield from sorted(due, key=lambda each: (each.last or until, each.owner))


def _invite(figures: LetterFigures, words: Mapping[str, str]) -> Document:
    frame = figures.frame
    title = f" “{frame.title}”" if frame.title else ""
    last = max((group.last for group in figures.groups if group.last), default=None)
    until = f" trước hết ngày {written_day(last)}" if last else ""
    body: tuple[Block, ...] = (
        Paragraph(
            f"{_ground(frame)}{frame.name} tổ chức khảo sát{title}. Để có căn cứ nâng cao chất lượng "
            f"phục vụ, {frame.name} đề nghị các cơ quan, tổ chức, cá nhân trả lời phiếu khảo sát kèm "
            f"theo{until}."
        ),
        *(
            Paragraph(f"{group.name}: trả lời bằng {group.how}{_until(group.last)}.", item=True)
            for group in figures.groups
        ),
        _words(
            "cach-tra-loi",
            words,
            hint="Nơi nhận phiếu, người phụ trách theo chức danh, địa chỉ trang hoặc mã QR trên phiếu.",
        ),
        Paragraph(
            "Việc trả lời là tự nguyện, không phải ghi tên; câu trả lời chỉ dùng để tổng hợp và không ảnh "
            "hưởng đến việc giải quyết hồ sơ."
        ),
    )
    names = tuple(dict.fromkeys(group.name for group in figures.groups))
    return _letter(
        figures,
        f"V/v đề nghị tham gia khảo sát{_short(frame)}",
        names or ("Các cơ quan, tổ chức, cá nhân có liên quan",),
        body,
        "Rất mong nhận được sự phối hợp của các cơ quan, tổ chức, cá nhân./.",
    )


def _urge(figures: LetterFigures, words: Mapping[str, str]) -> Document:
    frame = figures.frame
    body: list[Block] = [
        Paragraph(
            f"{_ground(frame)}đến ngày {written_day(figures.today)}, tiến độ thu phiếu như sau:"
            if figures.groups
            else f"{frame.name} đề nghị các đơn vị, bộ phận khẩn trương thực hiện các nhiệm vụ sau:"
        )
    ]
    if figures.groups:
        body += [
            Table(
                id="tien-do-thu-phieu",
                caption="Bảng 1. Tiến độ thu phiếu",
                columns=(
                    Column(title="TT", width=0.4, number=True),
                    Column(title="Nhóm", width=3.2),
                    Column(title="Chỉ tiêu", width=1.0, number=True),
                    Column(title="Đã có", width=1.0, number=True),
                    Column(title="Hạn", width=1.2),
                ),
                rows=tuple(
                    Row(
                        cells=(
                            str(at),
                            group.name,
                            count(group.wanted) if group.wanted else "không đặt",
                            count(group.forms),
                            written_day(group.last) if group.last else "",
                        )
                    )
                    for at, group in enumerate(figures.groups, 1)
                ),
            ),
            Paragraph(f"{frame.name} đề nghị các đơn vị, bộ phận hoàn thành các nhiệm vụ đã đến hạn sau:"),
        ]
    body += [
        Table(
            id="nhiem-vu",
            caption=f"Bảng {2 if figures.groups else 1}. Nhiệm vụ đã đến hạn",
            columns=(
                Column(title="TT", width=0.4, number=True),
                Column(title="Nhiệm vụ", width=3.4),
                Column(title="Đơn vị, bộ phận", width=2.2),
                Column(title="Hạn", width=1.2),
            ),
            rows=tuple(
                Row(cells=(str(at), task.name, task.owner, written_day(task.last) if task.last else ""))
                for at, task in enumerate(figures.tasks, 1)
            ),
            empty="Chưa có nhiệm vụ nào đến hạn.",
        ),
        _words("de-nghi", words, hint="Thời hạn mới, việc cần làm trước, đầu mối theo chức danh."),
    ]
    owners = tuple(dict.fromkeys(task.owner for task in figures.tasks))
    return _letter(
        figures,
        f"V/v đôn đốc thực hiện khảo sát{_short(frame)}",
        owners or ("Các đơn vị, bộ phận được giao nhiệm vụ khảo sát",),
        tuple(body),
        "Đề nghị các đơn vị, bộ phận khẩn trương thực hiện./.",
    )


def _letter(
    figures: LetterFigures, subject: str, to: tuple[str, ...], body: tuple[Block, ...], ending: str
) -> Document:
    frame = figures.frame
    kept = tuple(line for line in frame.recipients if line.startswith("Lưu"))
    return Document(
        kind=figures.asked.kind,
        letterhead=frame.letterhead,
        subject=subject,
        addressed_to=to,
        body=body,
        ending=ending,
        signatures=(Signature(frame.signer),),
        recipients=("Như trên", *(kept or ("Lưu: VT",))),
    )


def _ground(frame: Frame) -> str:
    return f"Thực hiện {frame.plan}, " if frame.plan else ""


def _until(last: date | None) -> str:
    return f", trước hết ngày {written_day(last)}" if last else ""


def _short(frame: Frame) -> str:
    return f" năm {frame.letterhead.year}"


def _words(id: str, words: Mapping[str, str], *, hint: str) -> Words:
    return Words(id=id, text=words.get(id, ""), hint=hint)


INVITATION = Kind(
    name="cong-van-gui-phieu",
    title="Công văn gửi phiếu khảo sát",
    figures=LetterFigures,
    read=read,
    build=_invite,
    period=periods.window,
    ahead=True,
)
URGING = Kind(
    name="cong-van-don-doc",
    title="Công văn đôn đốc",
    figures=LetterFigures,
    read=read,
    build=_urge,
    period=periods.monthly,
    ahead=True,
)
