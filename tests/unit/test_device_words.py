"""What a page says of a device: a state in a word, and each reason in a sentence of either language."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from sync.central.office.attention import Attended, Need, Reason, Value
from sync.central.office.devices import DeviceStatus
from sync.central.office.names import Names
from sync.central.presenting.language import NBSP, Language
from sync.central.web.device_words import STATES, device_row, reason_words, state_of
from sync.central.web.translation import load_translations
from sync.contract.problem.table import KINDS

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
TEXTS = load_translations()
NAMES = Names({}, {}, {}, {"phuong-mot": "Phường Một"}, {("phuong-mot", "quay-1"): "Quầy 1"})
VALUES: Mapping[Need, Mapping[str, Value]] = {
    Need.SILENT: {"since": NOW - timedelta(days=2), "span": timedelta(days=2), "unsent": 3},
    Need.REFUSED: {"version": 7, "problem": "HL1003", "title": "…", "where": "office.toml"},
    Need.NOT_ISSUED: {"problem": "HL1005"},
    Need.MISSING: {"number": 1200},
    Need.UNSENT: {"number": 4, "span": timedelta(hours=5)},
    Need.PROBLEM: {"problem": "HL3001", "title": "…"},
    Need.DISK: {"free": 12_000_000},
    Need.CLOCK: {"span": timedelta(minutes=4), "fast": 0},
    Need.CRASHES: {"number": 5},
    Need.RELEASE: {"release": "0.2.0", "problem": "HL4247"},
    Need.LAGS: {"version": 3, "newest": 4, "since": NOW},
    Need.OLD: {"release": "0.1.0", "newest": "0.2.0"},
}


def device(**different: object) -> DeviceStatus:
    usual = {
        "id": "kiosk-1",
        "kind": "terminal",
        "unit": "phuong-mot",
        "counter": "quay-1",
        "state": "active",
        "enrolled": True,
        "cloned": False,
        "made": 9,
        "held": 7,
        "gaps": ((8, 9),),
        "seen_at": NOW.isoformat(),
        "heartbeat": "{}",
    }
    return DeviceStatus(**{**usual, **different})  # type: ignore[arg-type]


def said(need: Need, language: Language = "vi") -> str:
    reason = Reason(need, VALUES.get(need, {}))
    words = reason_words(Attended(device(), (reason,)), NOW, TEXTS[language])
    return " ".join(words).replace(NBSP, " ")


@pytest.mark.parametrize("need", Need)
def test_every_reason_is_a_sentence_in_both_languages(need: Need) -> None:
    vietnamese, english = said(need), said(need, "en")
    assert vietnamese.endswith(".")
    assert english.endswith(".")
    assert vietnamese != english
    assert "%(" not in vietnamese + english


def test_a_sentence_has_the_numbers_of_its_reason() -> None:
    silent = "Im lặng 2 ngày, từ 10:00 thứ Hai. Lúc đó còn giữ 3 phiếu chưa gửi."
    assert said(Need.SILENT) == silent
    assert said(Need.MISSING).startswith("Mất 1.200 phiếu")
    assert said(Need.CLOCK, "en") == "Its clock is 4 minutes slow."
    assert KINDS["HL1003"].title_en in said(Need.REFUSED, "en")


def test_a_device_is_in_one_state() -> None:
    reason = (Reason(Need.DISK, {"free": 1}),)
    states = [
        state_of(Attended(device(), reason)),
        state_of(Attended(device(), (Reason(Need.OLD),))),
        state_of(Attended(device(enrolled=False), ())),
        state_of(Attended(device(state="revoked"), ())),
    ]
    assert states == list(STATES)


def test_what_a_device_has_not_reported_is_not_zero() -> None:
    row = device_row(Attended(device(heartbeat="", seen_at=""), ()), NOW, NAMES, TEXTS["vi"])
    assert (row.unsent, row.missing, row.disk_free, row.clock, row.seen) == (None, None, None, "", None)
    heard = device_row(Attended(device(unsent=1), ()), NOW, NAMES, TEXTS["vi"])
    assert (heard.unsent, heard.missing) == (1, 1)
    for need in (Need.UNSENT, Need.MISSING, Need.SILENT):
        values: dict[str, Value] = {"span": timedelta(days=2), "since": NOW, "number": 7, "unsent": 7}
        each = Attended(device(made=7, unsent=7), (Reason(need, values),))
        row = device_row(each, NOW, NAMES, TEXTS["vi"], counts=False)
        assert (row.made, row.held, row.unsent, row.missing) == (None,) * 4
        assert not any("7" in words for words in row.reasons)
    assert (heard.unit_name, heard.counter) == ("Phường Một", "Quầy 1")


def test_a_device_that_has_nothing_to_ask_now_is_out_of_hours() -> None:
    row = device_row(Attended(device(expected=False), ()), NOW, NAMES, TEXTS["vi"])
    assert (row.state, row.state_words, row.tag) == ("tot", "ngoài giờ", "")
