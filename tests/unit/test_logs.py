"""What a technician gets holds no word of any citizen, whatever our programs wrote."""

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from sync.agent.logs import LONGEST, SERVICES, logs, shareable

ROOT = Path(__file__).parents[2]
NOW = datetime.fromisoformat("2026-03-02T09:41:00+07:00")
WORDS = ("Nguyễn Thị Canary", "0900000000", "CANARY", "000.00.12.H29-260302-0004")
# Lines that no program of ours writes; a mistake could.
CANARIES = [
    f"{words}"
    for word in WORDS
    for words in (
        word,
        f"KeyError: '{word}'",
        f"ValueError: {word}",
        f"HL2012 [{word} a b]: Gói cấu hình ({word}). {word}",
        f"HL2012: {word}",
        f'  File "/x.py", line 3, in {word} x',
        f"    raise Wrong({word!r})",
    )
]


def entry(
    message: str | list[int] | None, unit: str = "hailong-kiosk.service", by: str = "python3"
) -> dict[str, object]:
    made: dict[str, object] = {"__REALTIME_TIMESTAMP": "1772419260000000", "MESSAGE": message}
    return {**made, "_SYSTEMD_UNIT": unit, "SYSLOG_IDENTIFIER": by}


def collected(*entries: dict[str, object]) -> str:
    def run(command: Sequence[str]) -> str:
        if command == SERVICES:
            return "hailong-kiosk.service loaded active running Hài Lòng\n"
        return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in entries) + '{"MESS'

    return logs("0.1.0", ["Máy: may-01"], NOW, run)


def test_no_word_of_a_citizen_is_copied() -> None:
    text = collected(*(entry(said) for said in CANARIES))
    assert len(text.splitlines()) > len(CANARIES)
    assert [word for word in WORDS if word in text] == []


def test_what_is_known_beforehand_is_copied() -> None:
    said = {
        "HL2010 [DISPLAY=:0]: Không có gì (x). Khởi động": "HL2010 [DISPLAY=:0] Không có màn hình",
        "Traceback (most recent call last):": "Traceback (most recent call last):",
        (place := '  File "/opt/hailong/kiosk/app.py", line 12, in run'): place,
        "kivy.lang.ParserException: x": "kivy.lang.ParserException",
        "abc": "(3 ký tự)",
    }
    for line, wanted in said.items():
        assert shareable(entry(line)).partition(": ")[2].startswith(wanted)


def test_what_systemd_says_of_a_service_is_copied() -> None:
    line = shareable(
        entry("hailong-kiosk.service: Main process exited, code=killed", "init.scope", "systemd")
    )
    assert line == "02/03 09:41:00 init.scope: hailong-kiosk.service: Main process exited, code=killed"


@pytest.mark.parametrize("message", [None, [226, 128]])
def test_what_is_no_text_is_counted_alone(message: list[int] | None) -> None:
    assert shareable(entry(message)).endswith("(0 ký tự)")


def test_it_stays_small_and_the_newest_is_kept() -> None:
    text = collected(*(entry(f"HL{number:04}") for number in range(1000, 9999)))
    assert len(text.encode()) <= LONGEST
    assert "HL9998" in text
    assert "HL1000" not in text
    assert text.startswith("Hài Lòng 0.1.0, 02/03/2026 09:41\n")
    assert "Máy: may-01" in text


@pytest.mark.programs
def test_the_command_writes_one_file(tmp_path: Path) -> None:
    """A real process, on a machine that may have no journal."""
    (tmp_path / "agent.toml").write_text('outbox = "outbox"\nfolder = "agent"\n', "utf-8")
    command = [
        sys.executable,
        "-m",
        "sync.agent",
        "--config",
        str(tmp_path / "agent.toml"),
        "logs",
        str(tmp_path),
    ]
    said = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    assert Path(said).parent == tmp_path
    assert Path(said).read_text("utf-8").startswith("Hài Lòng ")
