"""The list of devices for a person: a few short lines each, in Vietnamese and in Viet Nam's time. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from sync.central.office.devices import CLOCK_TOLERANCE, DeviceStatus
from sync.contract.moments import moment_words, span_words
from sync.contract.plan import VIET_NAM


def device_lines(found: Sequence[DeviceStatus], now: datetime) -> list[str]:
    """The lines of all devices, in this order; within 80 columns except for long ids."""
    lines = []
    for each in found:
        lines.append(f"{each.id} ({each.unit}): {_state(each, now)}")
        gaps = ", ".join(f"{first}–{last}" for first, last in each.gaps[:3])
        more = ", …" if len(each.gaps) > 3 else ""
        counts = f"    ghi {each.made}, nhận {each.held}, thiếu {gaps + more or 'không'}"
        clock = each.clock_offset or 0
        if abs(clock) > CLOCK_TOLERANCE:
            word = "chậm" if clock > 0 else "nhanh"
            counts += f"; ĐỒNG HỒ {word} {span_words(timedelta(seconds=abs(clock)))}"
        lines.append(counts + (f"; lỗi {each.problem}" if each.problem else ""))
        lines.extend(f"    {line}" for line in _configuration_lines(each))
    return lines


def _configuration_lines(each: DeviceStatus) -> Iterator[str]:
    """What is to be said of its configuration; nothing if it uses the newest one without trouble."""
    if each.lags_since:
        since = moment_words(datetime.fromisoformat(each.lags_since))
        used = f"đang dùng cấu hình {each.bundle}" if each.bundle else "chưa dùng cấu hình nào"
        yield f"{used}, mới nhất là {each.newest}; chậm từ {since}"
    if each.refused:
        yield f"TỪ CHỐI cấu hình {each.refused}: {each.refused_problem} {each.refused_title}"
        yield f"    {each.refused_where}"
    if each.unusable:
        yield f"CHƯA CẤP được cấu hình mới của đơn vị: {each.unusable}"
    if each.crashes:
        yield f"tự khởi động lại {each.crashes} lần trong một ngày"


def device_facts(each: DeviceStatus, now: datetime) -> dict[str, object]:
    """A device for a program, with two more fields.

    since: its last report in Viet Nam's time, "" before the first. silent_seconds: for how long it has been
    silent, if that is too long; None if it is not, or if the device has never reported.
    """
    silent = each.silent(now) if each.seen_at else None
    seen = datetime.fromisoformat(each.seen_at).astimezone(VIET_NAM).isoformat() if each.seen_at else ""
    seconds = None if silent is None else int(silent.total_seconds())
    return {**msgspec.to_builtins(each), "since": seen, "silent_seconds": seconds}


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
