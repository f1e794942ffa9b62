"""A device as a page shows it: its state in a word, and why somebody has to look at it in sentences. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from sync.central.office.attention import CLOCK_TOLERANCE, Attended, Need, Reason, Value
from sync.central.office.devices import DeviceStatus
from sync.central.office.names import Names
from sync.central.presenting import days, numbers
from sync.central.presenting.language import Language
from sync.central.web.translation import Translation
from sync.contract.problem.table import KINDS
from sync.contract.ranges import count

MACHINES = "/may"
State = Literal["can-xem", "tot", "chua-ghi-danh", "da-thu-hoi"]
STATES: Mapping[State, str] = {
    "can-xem": "cần người xem",
    "tot": "tốt",
    "chua-ghi-danh": "chưa ghi danh",
    "da-thu-hoi": "đã thu hồi",
}
AT_REST = "ngoài giờ"
_TAGS: Mapping[State, str] = {"can-xem": "call", "tot": "good", "chua-ghi-danh": "wait", "da-thu-hoi": ""}
_SENTENCES: Mapping[Need, str] = {
    Need.CLONED: "Hai máy dùng chung tên này.",
    Need.UNHEARD: "Đã ghi danh nhưng chưa báo lần nào.",
    Need.SILENT: "Im lặng %(span)s, từ %(since)s.",
    Need.REFUSED: "Không dùng được cấu hình %(version)s: %(title)s (%(problem)s).",
    Need.NOT_ISSUED: "Chưa cấp được cấu hình mới của đơn vị: %(title)s (%(problem)s).",
    Need.MISSING: "Mất %(number)s phiếu: không còn trên máy, không có ở trung tâm.",
    Need.UNSENT: "Chưa gửi được %(number)s phiếu; phiếu lâu nhất chờ %(span)s.",
    Need.PROBLEM: "%(title)s (%(problem)s).",
    Need.DISK: "Đĩa của máy sắp đầy: còn %(free)s.",
    Need.CRASHES: "Tự khởi động lại %(number)s lần trong một ngày.",
    Need.RELEASE: "Phần mềm %(release)s: %(title)s (%(problem)s).",
    Need.LAGS: "Chưa nhận cấu hình %(newest)s dù vẫn báo về; dùng bản %(version)s.",
    Need.OLD: "Phần mềm %(release)s; trung tâm có %(newest)s.",
}
# For those who see no counts of days that are not over.
_UNCOUNTED: Mapping[Need, str] = {
    Need.MISSING: "Có phiếu bị mất: không còn trên máy, không có ở trung tâm.",
    Need.UNSENT: "Có phiếu chưa gửi được; phiếu lâu nhất chờ %(span)s.",
}
HELD_THEN = "Lúc đó còn giữ %(number)s phiếu chưa gửi."
FAST, SLOW = "Đồng hồ nhanh %(span)s.", "Đồng hồ chậm %(span)s."
CLOCK_FAST, CLOCK_SLOW, CLOCK_RIGHT = "nhanh %(span)s", "chậm %(span)s", "đúng"


class DeviceRow(Struct, frozen=True, kw_only=True):
    """One device. tag: the class of its state. counter: its name, "" without one.

    What only a device can report is None until it has: unsent, missing (neither here nor there), disk_free.
    clock, app: "" until then. bundle: 0 for none; lags: a newer one is there. made, held, unsent, missing:
    None also for those who see no counts of days that are not over.
    """

    id: str
    address: str
    unit: str
    unit_name: str
    counter: str
    state: State
    state_words: str
    tag: str
    reasons: tuple[str, ...]
    seen: datetime | None
    made: int | None
    held: int | None
    unsent: int | None
    missing: int | None
    clock: str
    clock_wrong: bool
    disk_free: int | None
    app: str
    bundle: int
    newest: int
    lags: bool


def device_row(
    each: Attended, now: datetime, names: Names, translation: Translation, *, counts: bool = True
) -> DeviceRow:
    """The device as a page shows it. counts: also of responses of days that are not over."""
    device, state = each.device, state_of(each)
    heard = bool(device.heartbeat) and counts
    offset = device.clock_offset
    resting = state == "tot" and not device.expected
    return DeviceRow(
        id=device.id,
        address=f"{MACHINES}/{device.id}",
        unit=device.unit,
        unit_name=names.units.get(device.unit, device.unit),
        counter=names.counters.get((device.unit, device.counter), device.counter),
        state=state,
        state_words=translation.gettext(AT_REST if resting else STATES[state]),
        tag="" if resting else _TAGS[state],
        reasons=reason_words(each, now, translation, counts=counts),
        seen=datetime.fromisoformat(device.seen_at) if device.seen_at else None,
        made=device.made if counts else None,
        held=device.held if counts else None,
        unsent=device.unsent if heard else None,
        missing=max(0, count(device.gaps) - device.unsent) if heard else None,
        clock=_clock(offset, translation),
        clock_wrong=offset is not None and abs(offset) > CLOCK_TOLERANCE,
        disk_free=device.disk_free,
        app=device.app,
        bundle=device.bundle,
        newest=device.newest,
        lags=device.bundle < device.newest,
    )


def state_of(each: Attended) -> State:
    """How a device is; one that has nothing to ask now is well."""
    device: DeviceStatus = each.device
    if device.state != "active":
        return "da-thu-hoi"
    if not device.enrolled:
        return "chua-ghi-danh"
    return "can-xem" if each.wrong else "tot"


def reason_words(
    each: Attended, now: datetime, translation: Translation, *, counts: bool = True
) -> tuple[str, ...]:
    """Why somebody has to look at it, a sentence or two each."""
    return tuple(_sentence(reason, now, translation, counts=counts) for reason in each.reasons)


def _sentence(reason: Reason, now: datetime, translation: Translation, *, counts: bool) -> str:
    language, values = translation.language, reason.values
    words = {name: _words(name, value, now, language) for name, value in values.items()}
    kind = KINDS.get(str(values.get("problem", "")))
    if kind is not None:
        words["title"] = kind.title_en if language == "en" else kind.title
    if reason.need is Need.CLOCK:
        return translation.gettext(FAST if values["fast"] else SLOW) % words
    sentences = _SENTENCES if counts else {**_SENTENCES, **_UNCOUNTED}
    said = translation.gettext(sentences[reason.need]) % {"title": "", **words}
    if reason.need is Need.SILENT and values["unsent"] and counts:
        said += " " + translation.gettext(HELD_THEN) % {"number": words["unsent"]}
    return said


def _words(name: str, value: Value, now: datetime, language: Language) -> str:
    if isinstance(value, timedelta):
        return days.span(value, language)
    if isinstance(value, datetime):
        return days.past_moment(value, now, language)
    if name == "free" and isinstance(value, int):
        return numbers.size(value, language)
    if name in ("number", "unsent") and isinstance(value, int):
        return numbers.whole(value, language)
    return str(value)


def _clock(offset: int | None, translation: Translation) -> str:
    if offset is None:
        return ""
    if abs(offset) <= CLOCK_TOLERANCE:
        return translation.gettext(CLOCK_RIGHT)
    span = days.span(timedelta(seconds=abs(offset)), translation.language)
    return translation.gettext(CLOCK_FAST if offset < 0 else CLOCK_SLOW) % {"span": span}
