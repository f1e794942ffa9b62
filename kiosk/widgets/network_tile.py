"""One Wi-Fi network to choose: its strength, its name, and what there is to know about it."""

from kiosk.i18n import Translate
from kiosk.widgets.lettering import Lettering, Rect, text_width
from kiosk.widgets.signal_bars import SignalBars
from kiosk.widgets.target import Target
from kiosk.widgets.theme import Theme
from sync.host.wifi import WifiNetwork


class NetworkTile(Target):
    """The one in use is marked, and says so."""

    def __init__(self) -> None:
        super().__init__()
        self.bars = SignalBars()
        self.label, self.note = Lettering(), Lettering(align="right")
        for part in (self.bars, self.label, self.note):
            self.add_widget(part)

    def show(self, network: WifiNetwork, words: Translate, box: Rect, theme: Theme) -> None:
        """Fill `box`."""
        self.name, self.marked = network.name, network.connected
        self.place(box, theme)
        x, y, width, height = box
        inset, side = theme.dp(24), theme.dp(32)
        self.bars.place(network.bars, x + inset, y + (height - side) / 2, side, theme)
        left = inset + side + theme.dp(20)
        said = _note(network, words)
        aside = text_width(said, theme.help) + 2 if said else 0
        room = width - left - inset - (aside + theme.dp(16) if said else 0)
        self.label.place(network.name, (x + left, y, room, height), theme.type(24), theme.ink)
        self.note.place(said, (x + width - inset - aside, y, aside, height), theme.help, theme.quiet_ink)


def _note(network: WifiNetwork, words: Translate) -> str:
    if network.connected:
        return words("đang dùng")
    return "" if network.secured else words("không mật khẩu")
