"""The terminal in a real window, touched by a real pointer and read to by a scanner that types."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.contract.canonical import decode_response
from sync.contract.response import Response
from sync.outbox import OutboxReader
from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import Office

pytestmark = pytest.mark.screen

SIZE = (1280, 800)


class Counter:
    """One office's terminal on a screen of its own."""

    def __init__(self, folder: Path, display: Display) -> None:
        settings: dict[str, object] = {
            "screen": {"width": SIZE[0], "height": SIZE[1]},
            "patience": {"thanks": 2, "notice": 2},
        }
        self.office = Office(folder, settings)
        self.display = display
        described = folder / "described.jsonl"
        self.office.start_kiosk(display.environment(), "--describe", str(described))
        self.finger = Finger(display, described)
        self._cards = deque(("2.000815", "1.000894", "1.000656"))
        self.finger.until("IdleView")
        display.settle()

    def hand_over(self) -> None:
        """Scan another procedure's card than last time: the same again is one press of the trigger."""
        self._cards.rotate()
        card = self.office.card("procedure", self._cards[0])
        self.finger.scan_until(card, lambda picture: picture.screen == "RatingView", "the visit")

    def names(self) -> set[str]:
        """What can be touched now."""
        seen = self.finger.seen()
        return {place.name for place in seen.targets} if seen else set()

    def responses(self) -> list[Response]:
        """Everything in the outbox."""
        stored = OutboxReader(self.office.folder / "terminal" / "outbox").after(
            0, limit=1000, max_bytes=1_000_000
        )
        return [decode_response(one.body) for one in stored]

    def after(self, count: int) -> Response:
        """The response that follows the first `count`, as soon as it is there."""
        self.display.until(lambda: len(self.responses()) > count, "another response")
        return self.responses()[count]

    def _until_another(self, page: str) -> None:
        def turned() -> bool:
            seen = self.finger.seen()
            return seen is not None and seen.page != page

        self.display.until(turned, "another page")

    def skip_to_the_thanks(self) -> None:
        """Leave out whatever may be left out."""
        for _ in range(6):
            seen = self.finger.seen()
            assert seen is not None
            if seen.screen == "ThanksView":
                return
            names = {place.name for place in seen.targets}
            for name in ("Gửi", "Không để lại", "Bỏ qua"):
                if name in names:
                    self.finger.press(name)
                    self._until_another(seen.page)
                    break
        self.finger.until("ThanksView")


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with Display(SIZE) as display:
        made = Counter(tmp_path_factory.mktemp("office"), display)
        yield made
        assert made.office.stop("kiosk") == 0
        assert made.office.log("kiosk").replace("ALSA", "").count("Traceback") == 0


def test_a_visit_goes_from_the_scan_to_the_thanks_and_back(counter: Counter) -> None:
    finger, before = counter.finger, len(counter.responses())
    badge = counter.office.card("badge", "cb-01")
    finger.scan_until(badge, lambda picture: picture.notice.startswith("Đã nhận thẻ"), "the officer's name")
    card = counter.office.card("procedure", "1.001193")
    finger.scan_until(card, lambda picture: picture.screen == "RatingView", "the visit")
    finger.choose("Rất hài lòng", "RatingView")
    finger.choose("Không hài lòng", "GateView")
    counter.skip_to_the_thanks()
    response = counter.after(before)
    assert response.answers == {"result": 5, "service": 2}
    assert response.outcome == "complete"
    assert response.tag is not None
    assert (response.tag.procedure, response.tag.officer) == ("1.001193", "cb-01")
    finger.until("IdleView")


def test_who_would_rather_not_is_kept_as_declined(counter: Counter) -> None:
    before = len(counter.responses())
    counter.hand_over()
    counter.finger.choose("Để sau", "IdleView")
    assert counter.after(before).outcome == "declined"


def test_words_written_on_the_glass_are_stored_sealed(counter: Counter) -> None:
    finger, before = counter.finger, len(counter.responses())
    counter.hand_over()
    finger.choose("Hài lòng", "RatingView")
    finger.choose("Hài lòng", "GateView")
    finger.choose("Góp ý", "TextView")
    finger.write("Tốt")
    finger.press("Tiếp")
    counter.display.settle()
    counter.skip_to_the_thanks()
    response = counter.after(before)
    assert response.sealed is not None
    kept = [path for path in counter.office.folder.joinpath("terminal").rglob("*") if path.is_file()]
    assert not any("Tốt".encode() in path.read_bytes() for path in kept)
    assert "Tốt" not in counter.office.log("kiosk")
    finger.until("IdleView")


def test_text_size_contrast_and_language_go_back_when_the_visit_ends(counter: Counter) -> None:
    # A question shows no clock: the minute may turn while this runs.
    finger, display = counter.finger, counter.display
    counter.hand_over()
    finger.choose("Hài lòng", "RatingView")
    question = display.settle()
    finger.press("Độ tương phản")
    finger.press("Aa")
    finger.press("English")
    finger.choose("Back", "RatingView")
    finger.choose("Not now", "IdleView")
    counter.hand_over()
    finger.choose("Hài lòng", "RatingView")
    display.until(lambda: display.pixels() == question, "the question as it was")
    finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")


def test_a_touch_that_was_meant_for_the_last_screen_does_not_count(counter: Counter) -> None:
    finger = counter.finger
    counter.hand_over()
    finger.choose("Hài lòng", "RatingView")
    picture = finger.until("RatingView")
    x, y, width, height = next(place.box for place in picture.targets if place.name == "Rất hài lòng")
    counter.display.settle(quiet=0.35)  # it stands for longer than the guard
    counter.display.tap(x + width / 2, y + height / 2, hold=0.02)
    counter.display.tap(x + width / 2, y + height / 2, hold=0.02)
    finger.until("GateView")
    for _ in range(2):  # had the second touch sent the answers, there would be no way back
        finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")


def test_a_finger_that_is_down_when_the_next_visit_begins_answers_nothing(counter: Counter) -> None:
    finger, display, before = counter.finger, counter.display, len(counter.responses())
    counter.hand_over()
    display.settle(quiet=0.35)  # it stands for longer than the guard
    picture = finger.until("RatingView")
    x, y, width, height = next(place.box for place in picture.targets if place.name == "Hài lòng")
    display.press(x + width / 2, y + height / 2)
    counter.hand_over()  # the officer corrects the scan: the same first question, of another visit
    assert counter.after(before).outcome == "voided"
    display.release()
    finger.choose("Để sau", "IdleView")
    response = counter.after(before + 1)
    assert (response.outcome, response.answers) == ("declined", {})


def test_who_wants_to_know_more_first_answers_the_same_question_after(counter: Counter) -> None:
    finger, before = counter.finger, len(counter.responses())
    counter.hand_over()
    first = finger.until("RatingView")
    finger.choose("Tìm hiểu thêm", "PrivacyView")
    finger.choose("Tôi đã rõ", "RatingView")
    seen = finger.seen()
    assert seen is not None
    assert (seen.page, seen.targets) == (first.page, first.targets)
    finger.choose("Hài lòng", "RatingView")
    finger.choose("Bình thường", "GateView")
    finger.until("ThanksView")  # nobody touches anything
    response = counter.after(before)
    assert (response.outcome, response.answers) == ("complete", {"result": 4, "service": 3})
    finger.until("IdleView")


def test_a_sticker_starts_and_answers_nothing(counter: Counter) -> None:
    """A scanner that poses as a keyboard types what a code says, as fast or as slowly as it was set to."""
    finger, display = counter.finger, counter.display
    keys = ("Tab", "Return", "KP_1", "KP_Add", "KP_Enter", "KP_Multiply", "Down", "Return")
    counter.hand_over()
    for _ in range(2):
        before = display.settle(quiet=0.4)  # it stands for longer than the guard
        for key in keys:
            display.key(key)
            display.settle(quiet=0.2)  # longer than a pause in a scan may last
        unchanged = display.settle() == before
        assert unchanged, "a key did something, or moved the focus"
        finger.choose("Hài lòng", "RatingView" if "Để sau" in counter.names() else "GateView")
    for _ in range(2):
        finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")


def test_a_finger_that_bounces_answers_one_question(counter: Counter) -> None:
    finger, display = counter.finger, counter.display
    counter.hand_over()
    display.settle(quiet=0.4)  # it stands for longer than the guard
    first = finger.until("RatingView")
    x, y, width, height = next(place.box for place in first.targets if place.name == "Hài lòng")
    for _ in range(2):
        display.tap(x + width / 2, y + height / 2, hold=0.01)
    display.until(lambda: finger.seen() != first, "the next question")
    display.settle()
    second = finger.seen()
    assert second is not None
    assert second.screen == "RatingView"
    finger.choose("Quay lại", "RatingView")
    finger.choose("Để sau", "IdleView")


def test_escape_and_function_keys_do_nothing(counter: Counter) -> None:
    # Not on the idle screen: its clock may turn between the two pictures.
    counter.hand_over()
    counter.finger.until("RatingView")
    before = counter.display.settle()
    for key in ("Escape", "F1", "F11", "F12", "Print"):
        counter.display.key(key)
    unchanged = counter.display.settle() == before
    assert unchanged
    assert counter.office.is_running("kiosk")
    counter.finger.choose("Để sau", "IdleView")


def test_a_scan_that_is_no_code_of_ours_is_refused_and_forgotten(counter: Counter) -> None:
    code = "000000000000"
    counter.finger.scan(code)
    counter.display.settle(timeout=5)
    seen = counter.finger.seen()
    assert seen is not None
    assert seen.screen == "IdleView"
    assert code not in counter.office.log("kiosk")


def test_a_wrong_setting_is_refused_with_its_key(tmp_path: Path) -> None:
    import subprocess
    import sys

    config = tmp_path / "kiosk.toml"
    config.write_text('device = "may-01"\nunit = "x"\nsurvey = "y"\nvolume = 3\n[office.name]\nvi = "x"\n')
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "--config", str(config)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "volume" in done.stderr
    assert "HL1003" in done.stderr
