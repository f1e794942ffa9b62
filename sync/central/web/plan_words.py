"""Plans as pages draw them: their state, their days, and what keeps one open, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from sync.central.figures.closing import Blocking
from sync.central.figures.working_days import last_worked
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.planning.closed_plans import closing_of
from sync.central.office.planning.drafts import PlanDraft, find_plan_draft
from sync.central.office.planning.tasks import TaskState
from sync.central.office.plans import Issued, issued_plan
from sync.central.office.remarks.calendar import Calendar, read_calendars
from sync.central.presenting.days import days_words, full_day
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.contract.plan import Design, Plan, StepKind
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

PLANS: Final = "/ke-hoach"
SEE: Final = "see-plans"
CHANGE: Final = "change-plans"
ANSWER: Final = "answer-obstacles"
DESIGNS: Mapping[Design, str] = {
    "open": "ai muốn thì trả lời",
    "census": "toàn bộ danh sách",
    "quota": "theo chỉ tiêu từng đơn vị",
    "random": "chọn mẫu ngẫu nhiên",
}
STEPS: Mapping[StepKind, str] = {
    "prepare": "chuẩn bị",
    "collect": "lấy phiếu",
    "recheck": "phúc tra",
    "enter": "nhập phiếu",
    "check": "kiểm tra",
    "analyse": "phân tích",
    "report": "báo cáo",
    "publish": "công bố",
}
TASK_STATES: Mapping[TaskState, str] = {"open": "chưa làm", "doing": "đang làm", "done": "đã xong"}
TASK_LOOKS: Mapping[TaskState, str] = {"open": "wait", "doing": "", "done": "good"}
# The pages of one plan, under its address; shown to who may do the act at the plan's unit.
PARTS: tuple[tuple[str, str, PermittedAct], ...] = (
    ("pho-bien", "Phổ biến", SEE),
    ("chon-don-vi", "Chọn đơn vị", SEE),
    ("danh-sach", "Danh sách", SEE),
    ("mau", "Chọn mẫu", SEE),
    ("huong-dan", "Hướng dẫn, tập huấn", SEE),
    ("phan-cong", "Điều tra viên", SEE),
    ("phuc-tra", "Phúc tra", SEE),
    ("cong-van", "Công văn", SEE),
    ("tien-do", "Tiến độ từng đơn vị", SEE),
    ("bao-phu", "Độ bao phủ", SEE),
    ("yeu-to", "Các yếu tố liên quan", SEE),
    ("cham-diem", "Chấm điểm theo Thông tư 01/2018", SEE),
)


class PlanFile(Struct, frozen=True):
    """A plan as the office has it: the wording in force, and the draft of the next one; one is there."""

    issued: Issued | None
    draft: PlanDraft | None
    closed: bool = False

    @property
    def plan(self) -> Plan:
        """The wording in force, else the draft."""
        if self.issued is not None:
            return self.issued.plan
        assert self.draft is not None
        return self.draft.plan


def plan_file(look: Look, id: str, act: PermittedAct = SEE) -> PlanFile:
    """The plan of an address; raises ProblemError HL4010 if there is none at a unit of the visitor's."""
    file = PlanFile(
        issued_plan(look.connection, id),
        find_plan_draft(look.connection, id),
        closing_of(look.connection, id) is not None,
    )
    if (file.issued is None and file.draft is None) or not look.may(act, file.plan.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return file


def state_of(look: Look, file: PlanFile) -> tuple[str, str]:
    """Where a plan is, and the look of its tag."""
    if file.issued is None:
        return look.say("Đang soạn"), "wait"
    if file.issued.withdrawn:
        return look.say("Đã thôi"), ""
    if file.closed:
        return look.say("Đã đóng"), "good"
    first, last = window_of(file.issued.plan)
    if first and look.today < first:
        return look.say("Chưa đến ngày lấy phiếu"), ""
    if any(each.starts <= look.today <= each.ends for group in file.plan.groups for each in group.top_ups):
        return look.say("Đang điều tra bổ sung"), "good"
    if last and last < look.today:
        return look.say("Đã hết ngày lấy phiếu"), ""
    return look.say("Đang lấy phiếu"), "good"


def window_of(plan: Plan) -> tuple[date | None, date | None]:
    """The first and the last day of all groups; None where one of them has no limit."""
    windows = [plan.window(group) for group in plan.groups] or [(plan.starts, plan.ends)]
    firsts = [first for first, _ in windows if first]
    lasts = [last for _, last in windows if last]
    return (
        min(firsts) if len(firsts) == len(windows) else None,
        max(lasts) if len(lasts) == len(windows) else None,
    )


def window_words(look: Look, first: date | None, last: date | None) -> str:
    """10/7–30/9/2023; “từ …”, “đến hết …” where one of them is not set."""
    language = look.translation.language
    if first and last:
        return days_words(first, last, language)
    if first:
        return look.say("từ %(day)s", day=days_words(first, first, language))
    if last:
        return look.say("đến hết %(day)s", day=days_words(last, last, language))
    return look.say("không đặt ngày")


def calendar_of(look: Look, unit: str) -> Calendar:
    """The working days of a unit: those of its office and of those above it, else Monday to Friday."""
    return read_calendars(look.connection, look.today).of(unit)


class DayNote(Struct, frozen=True):
    """A last day as a page shows it. note: that it is “trước ngày …”, a day off, or before the issue."""

    words: str
    note: str


def last_day(
    look: Look, last: date | None, before: date | None, issued: date | None, works: Calendar
) -> DayNote:
    """The last day of a step or task. before: the day that the text names as “trước ngày”."""
    if last is None:
        return DayNote("", "")
    language = look.translation.language
    notes = []
    if before:
        notes.append(look.say("“trước ngày %(day)s”", day=days_words(before, before, language)))
    working = last_worked(last, works.opening, works.special_days)
    if working and working != last:
        notes.append(look.say("ngày nghỉ; ngày làm việc trước đó: %(day)s", day=full_day(working, language)))
    if issued and last < issued:
        notes.append(look.say("đã qua khi ban hành"))
    return DayNote(full_day(last, language), "; ".join(notes))


def blocking_words(look: Look, plan: Plan, each: Blocking) -> str:
    """One thing that keeps the plan open."""
    language = look.translation.language
    names = {group.id: pick(group.name, language) for group in plan.groups}
    values = {
        "name": unit_or_part(look, plan, each.group, each.name) if each.cause in _OF_UNITS else each.name,
        "group": names.get(each.group, each.group),
        "there": each.there,
        "wanted": each.wanted,
        "until": days_words(each.until, each.until, language) if each.until else "",
    }
    return look.say(_BLOCKING[each.cause], **values)


def unit_or_part(look: Look, plan: Plan, group: str, id: str) -> str:
    """The name of a unit, or of a part of a group that has the name of none."""
    parts = {
        part.id: pick(part.name, look.translation.language)
        for each in plan.groups
        if each.id == group
        for part in each.parts
    }
    return parts.get(id) or look.names.units.get(id, id)


_OF_UNITS = ("unit", "forms")
_BLOCKING: Mapping[str, str] = {
    "window": "Còn trong thời gian lấy phiếu, đến hết ngày %(until)s.",
    "units": "Nhóm %(group)s cần %(wanted)s đơn vị loại “%(name)s”, danh mục có %(there)s.",
    "unit": "Danh mục không có đơn vị “%(name)s”.",
    "forms": "%(name)s: %(there)s/%(wanted)s phiếu (%(group)s).",
    "late": "%(there)s phiếu vừa đến trong ngày; đóng được khi ngày hôm nay đã qua.",
    "task": "Việc chưa xong: %(name)s.",
    "obstacle": "%(there)s vướng mắc chưa giải quyết.",
    "rechecks": "Phúc tra %(there)s/%(wanted)s phiếu.",
    "recheck-person": "Phúc tra %(name)s: %(there)s/%(wanted)s phiếu.",
    "recheck-all": "Phải hỏi lại cả %(there)s phiếu của %(name)s: phúc tra sai quá nhiều.",
    "batch": "Còn phiếu phải nhập, lô về ngày %(name)s.",
    "letters": "%(there)s công văn đã lập chưa gửi: gửi, hoặc bỏ.",
    "unanswered": "%(there)s công văn đã gửi không có trả lời, và không bị trả về.",
}


def plan_crumbs(look: Look, plan: Plan | None = None) -> tuple[Link, ...]:
    """The way back to all plans, and to one of them."""
    all_plans = Link(PLANS, look.say("Kế hoạch"))
    if plan is None:
        return (all_plans,)
    return all_plans, Link(f"{PLANS}/{plan.id}", pick(plan.title, look.translation.language))
