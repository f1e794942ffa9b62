"""The list of devices for a person: a few short lines each, in Vietnamese and in Viet Nam's time. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from sync.central.office.attention import Attended, Need, Reason, Value
from sync.central.office.devices import DeviceStatus
from sync.contract.moments import moment_words, span_words
from sync.contract.plan import VIET_NAM

# What the first line of a device says already: how long it has been silent, and that its name is used twice.
_FIRST_LINE = (Need.CLONED, Need.UNHEARD, Need.SILENT, Need.LAGS)
_SENTENCES: Mapping[Need, str] = {
    Need.REFUSED: "TỪ CHỐI cấu hình {version}: {problem} {title}\n    {where}",
    Need.NOT_ISSUED: "CHƯA CẤP được cấu hình mới của đơn vị: {problem}",
    Need.MISSING: "MẤT {number} phiếu: không còn trên máy, không có ở trung tâm",
    Need.UNSENT: "CHƯA GỬI ĐƯỢC {number} phiếu, phiếu lâu nhất chờ {span}",
    Need.PROBLEM: "lỗi {problem} {title}",
    Need.DISK: "ĐĨA SẮP ĐẦY: còn {free}",
    Need.CRASHES: "tự khởi động lại {number} lần trong một ngày",
    Need.RELEASE: "không giữ được phần mềm {release} ({problem})",
    Need.OLD: "phần mềm {release}, mới nhất là {newest}",
}


def device_lines(found: Sequence[Attended], now: datetime) -> list[str]:
    """The lines of all devices, in this order; within 80 columns except for long ids and problems."""
    lines = []
    for each in found:
        device = each.device
        lines.append(f"{device.id} ({device.unit}): {_state(device, now)}")
        gaps = ", ".join(f"{first}–{last}" for first, last in device.gaps[:3])
        more = ", …" if len(device.gaps) > 3 else ""
        held = f", còn trên máy {device.unsent}" if device.unsent else ""
        lines.append(f"    ghi {device.made}, nhận {device.held}, thiếu {gaps + more or 'không'}{held}")
        lines.extend(f"    {line}" for line in _further_lines(each))
    return lines


def _further_lines(each: Attended) -> Iterator[str]:
    """What else is to be said of it: that its configuration lags, and why a person has to look at it."""
    device = each.device
    if device.lags_since:
        since = moment_words(datetime.fromisoformat(device.lags_since))
        used = f"đang dùng cấu hình {device.bundle}" if device.bundle else "chưa dùng cấu hình nào"
        yield f"{used}, mới nhất là {device.newest}; chậm từ {since}"
    for reason in each.reasons:
        if reason.need not in _FIRST_LINE:
            yield from _sentence(reason).splitlines()


def _sentence(reason: Reason) -> str:
    values = {name: _words(name, value) for name, value in reason.values.items()}
    if reason.need is Need.CLOCK:
        return f"ĐỒNG HỒ {'nhanh' if reason.values['fast'] else 'chậm'} {values['span']}"
    return _SENTENCES[reason.need].format(**values)


def _words(name: str, value: Value) -> str:
    if isinstance(value, timedelta):
        return span_words(value)
    if isinstance(value, datetime):
        return moment_words(value)
    if name == "free" and isinstance(value, int):
        return f"{value // 1_000_000} MB"
    return str(value)


def device_facts(attended: Attended, now: datetime) -> dict[str, object]:
    """A device for a program, with three more fields.

    since: its last report in Viet Nam's time, "" before the first. silent_seconds: for how long it has been
    silent, if that is too long; None if it is not, or if the device has never reported. reasons: why a person
    has to look at it, see `Need`.
    """
    each = attended.device
    silent = each.silent(now) if each.seen_at else None
    seen = datetime.fromisoformat(each.seen_at).astimezone(VIET_NAM).isoformat() if each.seen_at else ""
    seconds = None if silent is None else int(silent.total_seconds())
    reasons = [reason.need.name.lower().replace("_", "-") for reason in attended.reasons]
    return {**msgspec.to_builtins(each), "since": seen, "silent_seconds": seconds, "reasons": reasons}


def _state(each: DeviceStatus, now: datetime) -> str:
    if each.state != "active":
        return "đã thu hồi"
    if not each.enrolled:
        return "chưa ghi danh"
    clone = ", TRÙNG TÊN (cloned)" if each.cloned else ""
    if not each.seen_at:
        return f"IM LẶNG, chưa báo lần nào{clone}"
    seen = datetime.fromisoformat(each.seen_at)
    at = moment_words(seen)
    if each.silent(now) is not None:
        return f"IM LẶNG {span_words(now - seen)}, từ {at}{clone}"
    return f"{'tốt' if each.expected else 'ngoài giờ'}, lần cuối {at}{clone}"
