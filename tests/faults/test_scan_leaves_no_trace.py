"""An identity card scanned by mistake, on a live terminal: where does any of it stay?

What is searched: every file of the terminal's folder, everything it printed, and the memory of the live
process, as a core dump would have it.

What Python can't promise: a string that is let go is not wiped. So the window drops a scan at its first bar
`|`: name, birth date and address of a card are never put together at all. The number before the first bar
was together for a moment; it is overwritten when its memory is used again, which nobody can force.
"""

import re
from functools import partial
from pathlib import Path

import pytest

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office, until

SIZE = {"width": 1280, "height": 800}
NUMBER = "000700310042"
CARD = f"{NUMBER}|000000000|KENARI VAN THU|01011900|Nam|So 0, Pho KENARI|01012021"
ADDRESS = "https://example.vn/KENARI?so=000700310042"


def memory(pid: int) -> bytes:
    """All that a process has written to its memory, as a core dump of it would hold."""
    kept, process = [], Path(f"/proc/{pid}")
    with (process / "mem").open("rb", buffering=0) as all_of_it:
        for line in (process / "maps").read_text().splitlines():
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if found:
                first, last = int(found[1], 16), int(found[2], 16)
                try:
                    all_of_it.seek(first)
                    kept.append(all_of_it.read(last - first))
                except OSError:
                    continue  # memory of a device
    return b"".join(kept)


def holds(data: bytes, text: str) -> bool:
    """Whether `text` is in `data`, as bytes or as Python and X keep wider letters."""
    return any(text.encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "utf-32-le"))


def shows_more_than(finger: Finger, pictures: int) -> bool:
    return len(finger.pictures()) > pictures


@pytest.mark.screen
def test_a_scanned_identity_card_leaves_no_trace(tmp_path: Path) -> None:
    described = tmp_path / "described.jsonl"
    with Display((1280, 800)) as display, Office(tmp_path / "office", {"screen": SIZE}) as office:
        office.start_kiosk(display.environment(), "--describe", str(described))
        finger = Finger(display, described)
        finger.until("IdleView")
        display.settle()
        for text in (CARD, ADDRESS):
            seen = len(finger.pictures())
            finger.scan(text)
            until(partial(shows_more_than, finger, seen), "the officer is told")
            display.settle()
        # The control: what the terminal does keep is found by the same search.
        pid = office._processes["kiosk"].pid
        live = memory(pid)
        assert holds(live, "Phường Mẫu") or holds(live, "phuong-mau")
        assert not holds(live, "KENARI VAN")
        assert not holds(live, "Pho KENARI")
        office.stop("kiosk")
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name == "kiosk.log" for path in files)
        for path in files:
            data = path.read_bytes()
            assert not holds(data, "KENARI"), path
            assert not holds(data, NUMBER), path
