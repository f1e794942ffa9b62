"""Which devices need a person, and why: each reason at its limit, and the order between them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.central.commands.device_lines import device_lines
from sync.central.office.attention import (
    CLOCK_TOLERANCE,
    CRASHES,
    DISK_FREE,
    LAGS,
    UNSENT,
    Attended,
    Need,
    by_need,
    reasons_of,
)
from sync.central.office.devices import SILENT, DeviceStatus

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def device(id: str = "kiosk-1", **different: Any) -> DeviceStatus:
    """A device that is well, apart from this."""
    usual: dict[str, Any] = {
        **{"kind": "terminal", "unit": "phuong-mot", "counter": "1", "state": "active", "enrolled": True},
        **{"cloned": False, "made": 9, "held": 9, "gaps": (), "seen_at": NOW.isoformat(), "heartbeat": "{}"},
        **{"disk_free": DISK_FREE, "app": "0.2.0"},
    }
    return DeviceStatus(id=id, **{**usual, **different})


def needs(**different: Any) -> list[Need]:
    return [reason.need for reason in reasons_of(device(**different), NOW, "0.2.0")]


@pytest.mark.parametrize(
    ("just", "beyond", "need"),
    [
        ({"seen_at": (NOW - SILENT).isoformat()}, {"seen_at": (NOW - SILENT - SECOND).isoformat()}, "SILENT"),
        ({"lags_since": (NOW - LAGS).isoformat()}, {"lags_since": (NOW - LAGS - SECOND).isoformat()}, "LAGS"),
        ({"clock_offset": -CLOCK_TOLERANCE}, {"clock_offset": -CLOCK_TOLERANCE - 1}, "CLOCK"),
        ({"disk_free": DISK_FREE}, {"disk_free": DISK_FREE - 1}, "DISK"),
        ({"crashes": CRASHES - 1}, {"crashes": CRASHES}, "CRASHES"),
        ({"app": "0.10.0"}, {"app": "0.1.9"}, "OLD"),
        ({"app": ""}, {"app": "0.1.0"}, "OLD"),
        ({"refused": 0}, {"refused": 2}, "REFUSED"),
        ({"unusable": ""}, {"unusable": "HL1003"}, "NOT_ISSUED"),
        ({"cloned": False}, {"cloned": True}, "CLONED"),
        ({"problem": ""}, {"problem": "HL3001"}, "PROBLEM"),
        ({"expected": False, "seen_at": ""}, {"seen_at": ""}, "UNHEARD"),
    ],
)
def test_a_reason_begins_beyond_its_limit(just: dict[str, Any], beyond: dict[str, Any], need: str) -> None:
    assert needs(**just) == []
    assert needs(**beyond) == [Need[need]]


def test_a_device_that_holds_responses_and_sends_them_within_an_hour_is_no_reason() -> None:
    waiting = {"held": 4, "gaps": ((5, 9),), "unsent": 5}
    assert needs(**waiting, unsent_seconds=UNSENT.seconds) == []
    assert needs(**waiting, unsent_seconds=UNSENT.seconds + 1) == [Need.UNSENT]


def test_responses_that_are_neither_here_nor_on_the_device_are_a_reason() -> None:
    (reason,) = reasons_of(device(held=4, gaps=((2, 4), (8, 9)), unsent=2), NOW, "0.2.0")
    assert (reason.need, reason.values) == (Need.MISSING, {"number": 3})


@pytest.mark.parametrize("nobody", [{"state": "revoked"}, {"enrolled": False}])
def test_a_revoked_device_and_one_that_was_never_enrolled_need_nobody(nobody: dict[str, Any]) -> None:
    assert needs(seen_at="", cloned=True, crashes=CRASHES, **nobody) == []


def test_silence_that_began_when_a_device_had_nothing_more_to_ask_is_no_reason() -> None:
    assert needs(seen_at=(NOW - timedelta(days=2)).isoformat(), expected=False) == []


def test_an_older_release_is_named_and_alone_calls_nobody() -> None:
    (old,) = by_need([device(app="0.1.9")], NOW, "0.2.0")
    assert [reason.need for reason in old.reasons] == [Need.OLD]
    assert not old.wrong


def test_the_most_urgent_come_first_and_of_the_silent_the_longest() -> None:
    ago = {name: (NOW - timedelta(hours=hours)).isoformat() for name, hours in (("b", 2), ("c", 30))}
    shuffled = [
        device("well-2"),
        device("slow", clock_offset=500),
        device("old", app="0.1.0"),
        *(device(name, seen_at=moment) for name, moment in ago.items()),
        device("unheard", seen_at=""),
        device("well-1"),
        device("twice", cloned=True, crashes=9),
        device("a", seen_at=ago["b"]),
    ]
    order = [each.device.id for each in by_need(shuffled, NOW, "0.2.0")]
    assert order == ["twice", "unheard", "c", "a", "b", "slow", "old", "well-1", "well-2"]


def test_every_reason_has_its_line_within_80_columns() -> None:
    worst = device(
        seen_at=(NOW - timedelta(days=3)).isoformat(),
        cloned=True,
        refused=3,
        refused_problem="HL1003",
        refused_title="Mục này sai",
        refused_where="kiosk.toml",
        unusable="HL1005",
        made=7,
        held=0,
        gaps=((1, 7),),
        unsent=2,
        unsent_seconds=90000,
        problem="HL3001",
        problem_title="Đĩa đầy",
        disk_free=12_000_000,
        clock_offset=-500,
        crashes=4,
        release="0.2.0",
        release_problem="HL4247",
        bundle=1,
        newest=3,
        lags_since=(NOW - timedelta(days=4)).isoformat(),
        app="0.1.0",
    )
    reasons = reasons_of(worst, NOW, "0.2.0")
    assert [reason.need for reason in reasons] == [need for need in Need if need is not Need.UNHEARD]
    lines = device_lines([Attended(worst, reasons)], NOW)
    assert max(map(len, lines)) <= 80
    said = "\n".join(lines)
    for words in (
        *("IM LẶNG 3 ngày", "TRÙNG TÊN", "TỪ CHỐI cấu hình 3: HL1003", "CHƯA CẤP", "MẤT 5 phiếu"),
        *("CHƯA GỬI ĐƯỢC 2 phiếu, phiếu lâu nhất chờ 1 ngày", "lỗi HL3001 Đĩa đầy", "còn 12 MB"),
        *("ĐỒNG HỒ nhanh 8 phút", "tự khởi động lại 4 lần", "chậm từ", "phần mềm 0.1.0, mới nhất là 0.2.0"),
    ):
        assert words in said
