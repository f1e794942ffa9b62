"""An alert as pages draw it: names instead of ids, and words for what happened and where it is."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from sync.central.office.alerts.alarms import AlertKind
from sync.central.office.alerts.listing import Alert
from sync.central.office.alerts.stages import State, StepName
from sync.central.office.people.accounts import account_names
from sync.central.presenting.numbers import whole
from sync.central.web.look import Look

ALERTS = "/canh-bao"
KINDS: Mapping[AlertKind, str] = {
    "low": "Người dân chưa hài lòng và có viết",
    "burst": "Nhiều lượt trong vài phút",
    "streak": "Nhiều lượt trả lời giống hệt nhau",
    "after-hours": "Lượt ngoài giờ làm việc",
    "silent": "Máy im lặng",
    "silent-unit": "Cả đơn vị im lặng",
    "deadline": "Việc sắp đến hạn",
}
STATES: Mapping[State, str] = {"new": "Chưa ai nhận", "taken": "Đang xử lý", "closed": "Đã đóng"}
LOOKS: Mapping[State, str] = {"new": "wait", "taken": "", "closed": "good"}
RESULTS: Mapping[str, str] = {
    "fixed": "Đã khắc phục",
    "explained": "Đã rõ nguyên nhân, không phải sửa",
    "passed-on": "Đã chuyển nơi có thẩm quyền",
    "false": "Báo nhầm",
}
ENDED: Mapping[str, str] = {
    **RESULTS,
    "recovered": "Máy đã gửi lại",
    "unused": "Máy không còn dùng ở đây",
    "sent": "Báo cáo đã gửi",
}
DONE: Mapping[StepName, str] = {
    "take": "Nhận xử lý",
    "act": "Ghi việc đã làm",
    "close": "Đóng",
    "reopen": "Mở lại",
    "recover": "Tự đóng",
}


class AlertRow(Struct, frozen=True, kw_only=True):
    """One alert. title: what happened. unit: "" where all are of one unit. holder: "" for nobody.

    look: of the tag with its state. begun: when a silence began; None for others.
    """

    address: str
    title: str
    unit: str
    day: date
    begun: datetime | None
    state: str
    look: str
    result: str
    holder: str
    open: bool


def holders(look: Look, alerts: Iterable[Alert]) -> dict[int, str]:
    """The names of those who hold these alerts."""
    accounts = {alert.stage.owner for alert in alerts if alert.stage.owner is not None}
    return account_names(look.connection, accounts) if accounts else {}


def alert_row(look: Look, alert: Alert, people: Mapping[int, str], *, with_unit: bool) -> AlertRow:
    """One alert."""
    units = look.names.units
    stage = alert.stage
    return AlertRow(
        address=f"{ALERTS}/{alert.id}",
        title=title_of(look, alert),
        unit=units.get(alert.unit, alert.unit) if with_unit else "",
        day=alert.day,
        begun=alert.since if alert.kind in ("silent", "silent-unit") else None,
        state=look.say(STATES[stage.state]),
        look=LOOKS[stage.state],
        result=look.say(ENDED[stage.result]) if stage.result else "",
        holder="" if stage.owner is None else people.get(stage.owner, ""),
        open=stage.state != "closed",
    )


def title_of(look: Look, alert: Alert) -> str:
    """What happened, in a few words."""
    n = whole(alert.n, look.translation.language)
    match alert.kind:
        case "low":
            return look.say("Một lượt chọn mức thấp và có viết")
        case "burst":
            return look.say("%(n)s lượt trong 5 phút ở máy %(device)s", n=n, device=alert.subject)
        case "streak":
            return look.say(
                "%(n)s lượt liền nhau trả lời giống hệt ở máy %(device)s", n=n, device=alert.subject
            )
        case "after-hours":
            return look.say("%(n)s lượt ngoài giờ ở máy %(device)s", n=n, device=alert.subject)
        case "silent":
            return look.say("Máy %(device)s im lặng", device=alert.subject)
        case "silent-unit":
            return look.say("Cả %(n)s máy im lặng", n=n)
        case "deadline":
            return look.say("Sắp đến hạn: %(name)s", name=alert.name)
