"""The code for the citizen's own phone on the first page: at the side in landscape, at the top in portrait.

Its place is kept from the first picture on, also where the code is not made yet or gone, so that no answer
moves under a finger. On a panel that is too small for it there is none, and the whole room is the screen's.
"""

from kivy.uix.widget import Widget

from kiosk.i18n import Translate
from kiosk.qr_modules import QUIET_ZONE, qr_modules
from kiosk.widgets.lettering import Rect
from kiosk.widgets.qr import QrCode
from kiosk.widgets.theme import LINE_HEIGHT, Theme

CAPTION = "Quét mã để trả lời trên điện thoại của ông/bà"
SMALLEST = 2
"""Pixels of a module: on a panel of 800×480 and 7 inches 0.38 mm, which a phone reads from 30 cm."""
MODULES = 65
"""Of the code of a visit with two cases; a denser one is shown where its modules are large enough."""
_CAPTION_LINES = 4


class CodeColumn(Widget):
    """A code with its caption; nothing is built before there is one."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.code: QrCode | None = None

    def show(
        self, address: str | None, words: Translate, theme: Theme, body: Rect, *, tight: bool = False
    ) -> Rect:
        """Show the code in a part of `body`, for "" its empty place, None: no place; what is left of it.

        tight: the screen needs all the width there is, and the code is as small as it may be.
        """
        parts = code_place(theme, body, tight=tight) if address is not None else None
        if parts is None or not address or not _is_readable(address, parts[0][2]):
            if self.code is not None:
                self.code.hide()
            return parts[1] if parts else body
        if self.code is None:
            self.code = QrCode()
            self.add_widget(self.code)
        wide = parts[0][2] + (2 * theme.dp(40) if theme.portrait else 0)
        self.code.show(address, words(CAPTION), parts[0], theme, wide)
        return parts[1]


def _is_readable(address: str, side: float) -> bool:
    return int(side // (len(qr_modules(address)) + 2 * QUIET_ZONE)) >= SMALLEST


def code_place(theme: Theme, body: Rect, *, tight: bool = False) -> tuple[Rect, Rect] | None:
    """The box of a code with its caption, and what is left; None where it would be too small to be read.

    The code is as large as whole modules allow, and takes no more room than that.
    """
    x, y, width, height = body
    caption = _CAPTION_LINES * round(theme.help * LINE_HEIGHT) + theme.dp(12)
    share = (height * 0.3 - caption) if theme.portrait else min(width * 0.23, height - caption)
    module = int(share // (MODULES + 2 * QUIET_ZONE))
    if module < SMALLEST:
        return None
    if tight and not theme.portrait:
        module = max(SMALLEST, round(module * 0.6))
    side = module * (MODULES + 2 * QUIET_ZONE)
    high = side + caption
    if theme.portrait:
        left = x + (width - side) / 2
        return (left, y + height - high, side, high), (x, y, width, height - high - theme.gap)
    left = x if theme.left_hand else x + width - side
    rest = (x + side + theme.gap if theme.left_hand else x, y, width - side - theme.gap, height)
    return (left, y + (height - high) / 2, side, high), rest
