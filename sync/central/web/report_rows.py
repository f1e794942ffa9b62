"""A report as pages draw it: its state, who has to do what with it, and what was done."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from sync.central.office.people.accounts import account_names
from sync.central.presenting.days import period_words
from sync.central.reports.issuing.proposing import group_name
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.records.stages import State
from sync.central.reports.records.stored import HistoryStep, Report
from sync.central.web.look import Look
from sync.central.web.people_rows import account_in

REPORTS = "/bao-cao"
PUBLICATIONS = "/cong-bo"
PUBLIC = "/cong-khai"
# In the place of a unit's code, where the whole centre is meant; no code begins like that.
WHOLE_CENTRE = "_"
STATES: Mapping[State, str] = {
    "draft": "Đang soạn",
    "approved": "Đã phê duyệt",
    "sent": "Đã gửi",
    "published": "Đã công bố",
    "replaced": "Đã thay bằng bản điều chỉnh",
    "withdrawn": "Đã rút",
}
_LOOKS: Mapping[State, str] = {
    "draft": "wait",
    "approved": "good",
    "sent": "good",
    "published": "good",
    "replaced": "",
    "withdrawn": "",
}
_NEXT: Mapping[State, str] = {
    "draft": "Sửa lời; người có dấu phê duyệt đọc và phê duyệt",
    "approved": "In, ký và gửi; ghi số và ngày đã gửi",
    "sent": "Quản trị công bố kết quả",
    "published": "Phát thanh, niêm yết, và ghi lại đã làm",
    "replaced": "",
    "withdrawn": "",
}
DONE: Mapping[str, str] = {
    "draft": "Lập báo cáo",
    "write": "Sửa lời",
    "refresh": "Lấy lại số liệu",
    "approve": "Phê duyệt, chốt số liệu",
    "return": "Trả lại",
    "send": "Ghi số và ngày đã gửi",
    "publish": "Công bố",
    "announce": "Phát thanh hoặc niêm yết",
    "revise": "Bắt đầu bản điều chỉnh",
    "replace": "Được thay bằng bản điều chỉnh",
    "withdraw": "Rút",
    "forgotten": "Một phiếu đã xóa theo yêu cầu của người dân; số liệu đã chốt giữ nguyên",
}


class ReportRow(Struct, frozen=True, kw_only=True):
    """One report in a list. next: what has to be done, "" for nothing. who: who drafted it.

    look: of the tag with its state.
    """

    address: str
    title: str
    period: str
    unit: str
    state: str
    look: str
    next: str
    who: str
    sent: str
    revision: int


class DoneRow(Struct, frozen=True, kw_only=True):
    """Something that was done."""

    at: datetime
    who: str
    done: str
    note: str
    revision: int


def report_title(report: Report) -> str:
    """What kind of report it is, in Vietnamese; its name if this version has no such kind."""
    kind = KINDS.get(report.asked.kind)
    return kind.title if kind else report.asked.kind


def public_address(report: Report) -> str:
    """Where everybody reads the report."""
    asked = report.asked
    return f"{PUBLIC}/{asked.unit or WHOLE_CENTRE}/{asked.first}_{asked.last}"


def period_of(look: Look, report: Report) -> str:
    """Its period in the visitor's language, and the one group that it is about."""
    period = period_words(report.asked.first, report.asked.last, look.translation.language)
    group = group_name(look.connection, report.asked)
    return f"{period}, {group}" if group else period


def title_of_report(look: Look, report: Report) -> str:
    """What its page is called."""
    return look.say("Báo cáo, %(period)s", period=period_of(look, report))


def lacks_days(look: Look, report: Report) -> bool:
    """Whether it is a draft whose period has ended since its figures were read."""
    kind = KINDS.get(report.asked.kind)
    return kind is not None and report.lacks_days(look.today, ahead=kind.ahead)


def report_rows(look: Look, reports: Sequence[Report], path: str = REPORTS) -> tuple[ReportRow, ...]:
    """The reports as a list draws them."""
    people = people_of(look, [report.drafted_by for report in reports])
    units = look.names.units
    return tuple(
        ReportRow(
            address=f"{path}/{report.id}",
            title=report_title(report),
            period=period_of(look, report),
            unit=units.get(report.asked.unit, report.asked.unit) or look.say("Toàn bộ"),
            state=look.say(STATES[report.state]),
            look=_LOOKS[report.state],
            next=_next(look, report),
            who=people.get(report.drafted_by, report.drafted_by),
            sent=report.sent_number,
            revision=report.revision,
        )
        for report in reports
    )


def _next(look: Look, report: Report) -> str:
    if lacks_days(look, report):
        return look.say("Kỳ đã hết từ khi lập: lấy lại số liệu")
    return look.say(_NEXT[report.state]) if _NEXT[report.state] else ""


def done_rows(look: Look, history: Sequence[HistoryStep]) -> tuple[DoneRow, ...]:
    """What was done, the last first."""
    people = people_of(look, [step.who for step in history])
    return tuple(
        DoneRow(
            at=step.at,
            who=people.get(step.who, step.who),
            done=look.say(DONE.get(step.step, step.step)),
            note=_note_of(look, step),
            revision=step.revision,
        )
        for step in reversed(history)
    )


def _note_of(look: Look, step: HistoryStep) -> str:
    if step.step == "announce":
        day, _, place = step.note.partition(" ")
        written = f"{date.fromisoformat(day):%d/%m/%Y}"
        return look.say("ngày %(day)s, %(place)s", day=written, place=place)
    return step.note


def people_of(look: Look, who: Collection[str]) -> dict[str, str]:
    """The names of those whom the audit log names as accounts."""
    numbers = {each: number for each in who if (number := account_in(each)) is not None}
    names = account_names(look.connection, set(numbers.values()))
    return {each: names[number] for each, number in numbers.items() if number in names}
