"""Wi-Fi: the networks with their strength, a password on the screen's keys, and how it went.

A password is seen as dots; "Xem" shows its letters. Only keys are reported: this screen keeps nothing of it.
"""

from functools import partial
from typing import Any

from kivy.uix.widget import Widget

from kiosk.i18n import Translate
from kiosk.screens.problem_words import number, remedy, title
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import WirelessView
from kiosk.widgets.field import Field, field_height
from kiosk.widgets.heading import Heading
from kiosk.widgets.key_layout import keyboard_height
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.network_tile import NetworkTile
from kiosk.widgets.option import grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme
from kiosk.wireless import NetworkChosen, PasswordEntered, PasswordKey, PasswordShown, WifiBack, WifiWanted


class WirelessScreen(Screen):
    """See `WirelessView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.field = Field(lambda: None)
        self.back = PushButton(partial(report, WifiBack()), icon="back")
        self.again = PushButton(partial(report, WifiWanted()), icon="again")
        self.eye = PushButton(partial(report, PasswordShown()))
        self.enter = PushButton(partial(report, PasswordEntered()), weight="primary", bold=True)
        self.keyboard = Keyboard(lambda key: report(PasswordKey(key)))
        self.message = Message(PushButton(partial(report, WifiBack())))
        self._tiles: list[NetworkTile] = []

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """One page a stage."""
        assert isinstance(view, WirelessView)
        match view.stage:
            case "list":
                self._list(view, words, theme, box)
            case "password":
                self._password(view, words, theme, box)
            case _:
                self._hold(self.message)
                self._say(view, words, theme, box)

    def leave(self) -> None:
        """Forget what was shown of the password."""
        self.field.hide()
        self.keyboard.reset()

    def _list(self, view: WirelessView, words: Translate, theme: Theme, box: Rect) -> None:
        x, y, width, height = box
        low = theme.target + theme.gap
        hint = "" if view.networks else words("Không thấy mạng nào: bật bộ phát Wi-Fi, rồi tìm lại.")
        room = self.heading.show(
            words("Chọn mạng Wi-Fi"), hint, theme, (x, y + low, width, height - low), theme.type(40)
        )
        columns = 1 if theme.portrait else 2
        rows = max(1, int((room[3] + theme.gap) // (theme.answer + theme.gap)))
        networks = view.networks[: rows * columns]
        while len(self._tiles) < len(networks):
            self._tiles.append(NetworkTile())
        tiles = self._tiles[: len(networks)]
        self._hold(self.heading, *tiles, self.back, self.again)
        boxes = grid(rows * columns, room, columns, theme.gap, max(theme.dp(88), theme.answer))
        for tile, network, place in zip(tiles, networks, boxes, strict=False):
            tile.act = partial(self.report, NetworkChosen(network.name))
            tile.show(network, words, place, theme)
        self._ways((self.back, words("Quay lại")), (self.again, words("Tìm lại")), theme, box)

    def _password(self, view: WirelessView, words: Translate, theme: Theme, box: Rect) -> None:
        self._hold(self.field, self.back, self.eye, self.enter, self.keyboard)
        x, y, width, height = box
        above = field_height(theme) + theme.target + 2 * theme.gap
        keys = keyboard_height(height, above, width, theme, marks=False)
        self.keyboard.place((x, y, width, keys), theme, words, marks=False, every=True)
        line = y + keys + theme.gap
        connect = words("Kết nối")
        enter = self.enter.width_for(connect, theme, theme.label)
        eye = max(self.eye.width_for(words(each), theme, theme.label) for each in ("Xem", "Ẩn"))
        across = width - eye - enter - 2 * theme.gap
        name = words("Mật khẩu của {name}").format(name=view.name)
        self.field.show(name, view.typed, (x, line, across, field_height(theme)), theme, active=True)
        seen = words("Ẩn") if view.shown else words("Xem")
        self.eye.show(seen, (x + across + theme.gap, line, eye, theme.target), theme)
        if view.may_connect:
            self.enter.show(connect, (x + width - enter, line, enter, theme.target), theme)
        else:
            self.enter.hide()
        top = line + field_height(theme) + theme.gap if theme.portrait else y + height - theme.target
        back = words("Quay lại")
        self.back.show(back, (x, top, self.back.width_for(back, theme, theme.label), theme.target), theme)

    def _ways(
        self, left: tuple[PushButton, str], right: tuple[PushButton, str], theme: Theme, box: Rect
    ) -> None:
        """The way back and the way on, at the foot of `box`."""
        x, y, width, _ = box
        button, text = left
        button.show(text, (x, y, button.width_for(text, theme, theme.label), theme.target), theme)
        button, text = right
        wide = button.width_for(text, theme, theme.label)
        button.show(text, (x + width - wide, y, wide, theme.target), theme)

    def _say(self, view: WirelessView, words: Translate, theme: Theme, box: Rect) -> None:
        button, small = words("Quay lại"), ""
        match view.stage:
            case "failed" if view.problem:
                head, text = title(view.problem, words), f"{remedy(view.problem, words)}."
                small = number(view.problem, words)
            case "connecting":
                head = words("Đang kết nối với {name}").format(name=view.name)
                text, button = words("Có thể mất nửa phút."), ""
            case "connected":
                head = words("Đã kết nối với {name}").format(name=view.name)
                text, button = words("Máy nhớ mạng này và tự kết nối lại."), words("Xong")
            case _:
                head, text = words("Đang tìm mạng Wi-Fi"), words("Có thể mất nửa phút.")
        self.message.show(head, text, theme, box, small=small, button=button)
        if self.message.button and not button:
            self.message.button.hide()

    def _hold(self, *parts: Widget) -> None:
        if set(self.children) != set(parts):
            self.clear_widgets()
            for part in parts:
                self.add_widget(part)
