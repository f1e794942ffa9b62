"""A terminal whose disk fills up while citizens stand there: real window, real finger, a really full disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.canonical import decode_response
from sync.contract.response import Response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.finger import Finger, Picture
from tests.support.loop_disk import needs_loop_disk, run
from tests.support.office import Office, until

SIZE = (800, 480)
MOST_VISITS = 40
"""So many untouched visits take more than what the outbox had put aside before the disk was full."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder)
    yield folder
    run("umount", "--lazy", folder)


def fill(path: Path) -> None:
    """Take every byte there is."""
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(65536))
        except OSError:
            return


def stored(folder: Path) -> list[Response]:
    found = OutboxReader(folder / "outbox").after(0, limit=1000, max_bytes=1_000_000)
    return [decode_response(one.body) for one in found]


class Citizen:
    """Somebody at the glass."""

    def __init__(self, finger: Finger) -> None:
        self.finger = finger

    def begin(self) -> None:
        self.finger.until("IdleView")
        self.finger.choose("Bắt đầu", "RatingView")

    def rate(self) -> None:
        self.finger.choose("Hài lòng", "RatingView")

    def end(self) -> None:
        """The second rating, nothing written, and "Gửi"."""
        self.finger.choose("Hài lòng", "GateView")
        while (seen := self._seen()).screen != "ThanksView":
            names = {place.name for place in seen.targets}
            word = next(word for word in ("Gửi", "Không để lại", "Bỏ qua") if word in names)
            self.finger.press(word)
            self._leave(seen.page)

    def _leave(self, page: str) -> None:
        until(lambda: self._seen().page != page, "the next page")

    def decline(self) -> bool:
        """A visit untouched; False where there can be none any more."""
        until(lambda: self._seen().screen in ("IdleView", "OutOfOrderView"), "the screen between visits")
        if self._seen().screen == "OutOfOrderView":
            return False
        try:
            self.finger.press("Bắt đầu")
        except TimeoutError:
            assert self._seen().screen == "OutOfOrderView", "it went out of order before the touch"
            return False
        until(lambda: self._seen().screen in ("RatingView", "OutOfOrderView"), "the visit")
        if self._seen().screen == "RatingView":
            self.finger.press("Để sau")
            until(lambda: self._seen().screen in ("IdleView", "OutOfOrderView"), "its end")
        return self._seen().screen == "IdleView"

    def _seen(self) -> Picture:
        seen = self.finger.seen()
        assert seen is not None
        return seen


@needs_loop_disk
@pytest.mark.screen
def test_a_full_disk_is_told_before_any_thanks_and_the_terminal_recovers_by_itself(
    tmp_path: Path, small_disk: Path
) -> None:
    described = tmp_path / "described.jsonl"
    settings: dict[str, object] = {
        "data": str(small_disk / "terminal"),
        "start_by_touch": True,
        "screen": {"width": SIZE[0], "height": SIZE[1]},
        "patience": {"thanks": 2, "retry_storage": 1},
    }
    with Display(SIZE) as display, Office(tmp_path / "office", settings) as office:
        office.start_kiosk(display.environment(), "--describe", str(described))
        citizen = Citizen(Finger(display, described))
        citizen.begin()
        citizen.rate()
        fill(small_disk / "ballast")
        citizen.end()  # the visit in progress ends well
        visits = 1
        while citizen.decline():
            visits += 1
            assert visits < MOST_VISITS, "the disk never was full"
        citizen.finger.until("OutOfOrderView")
        kept = stored(small_disk / "terminal")
        assert [response.seq for response in kept] == list(range(1, len(kept) + 1))
        assert kept[0].answers == {"result": 4, "service": 4}

        (small_disk / "ballast").unlink()
        citizen.finger.until("IdleView", 60)
        before = len(stored(small_disk / "terminal"))
        assert before >= len(kept)
        citizen.begin()
        citizen.rate()
        citizen.end()
        assert len(stored(small_disk / "terminal")) == before + 1
        assert office.is_running("kiosk")
        assert "Traceback" not in office.log("kiosk")
