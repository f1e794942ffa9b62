""" "Are you still there?" — a countdown of at least twenty seconds (WCAG 2.2.1) and a large "yes"."""

from kiosk.events import StillHere
from kiosk.screens.counting import CountingScreen
from kiosk.screens.screen import Report, WallClock
from kiosk.session import STILL_THERE
from kiosk.widgets.push_button import PushButton


class StillThereScreen(CountingScreen):
    """See `StillThereView`."""

    title = STILL_THERE
    text = "Những câu đã trả lời được giữ lại. Màn hình sẽ trở về đầu sau {seconds} giây."
    label = "Tôi vẫn ở đây"

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now, PushButton(lambda: report(StillHere()), weight="primary", bold=True))
