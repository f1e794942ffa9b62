"""The terminal is not enrolled: scan or type the code of the office, see how far it got, and who this is now.

On a small panel the title is at the very top, where else the office's name is.
"""

from functools import partial
from typing import Any

from kivy.uix.widget import Widget

from kiosk.events import Back, Writing
from kiosk.i18n import Translate
from kiosk.screens.problem_words import number, remedy, title
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.staff_desk import CameraWanted
from kiosk.typing_vi import BACKSPACE
from kiosk.view import FirstStartView
from kiosk.widgets.field import Field, field_height
from kiosk.widgets.key_layout import code_keyboard_height, least_code_height
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.lettering import Lettering, Rect, text_height, text_width
from kiosk.widgets.message import Message
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import LINE_HEIGHT, Theme
from kiosk.widgets.written_text import type_size
from kiosk.wireless import WifiWanted
from sync.contract.problem import Problem

TITLE = "Ghi danh máy này"
HOW = "Quét mã QR mà cơ quan đã cấp, hoặc gõ mã đó bằng các phím bên dưới."
NETWORKS = {
    "down": "Chưa có mạng: nối dây mạng hoặc Wi-Fi cho máy.",
    "up": "Đã có mạng.",
    "unnamed": "Đã có mạng, nhưng không tìm thấy {address}.",
    "unreachable": "Đã có mạng, nhưng không kết nối được với {address}.",
    "reached": "Đã kết nối được với {address}.",
}
"""What is said of the network, by what the agent found."""


class FirstStartScreen(Screen):
    """See `FirstStartView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.title = Lettering(bold=True)
        self.note, self.network = Lettering(), Lettering()
        self.field = Field(lambda: None)
        self.camera = PushButton(partial(report, CameraWanted()))
        self.wifi = PushButton(partial(report, WifiWanted()))
        self.keyboard = Keyboard(self._key)
        self.message = Message(PushButton(partial(report, Back())))
        self._typed = ""

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The form, or one sentence about how far the code got."""
        assert isinstance(view, FirstStartView)
        self._typed = view.typed
        if view.stage == "form":
            self._form(view, words, theme, box)
        else:
            self._hold(self.message)
            self._say(view, words, theme, box)

    def headline(self, view: Any, words: Translate, theme: Theme, box: Rect) -> str:
        """The title, where it has no room above the field."""
        short = view.stage == "form" and _is_short(self._lines(view, words, theme), theme, box)
        return words(TITLE) if short else ""

    def leave(self) -> None:
        """Forget the code."""
        self._typed = ""
        self.field.hide()

    def _form(self, view: FirstStartView, words: Translate, theme: Theme, box: Rect) -> None:
        x, y, width, height = box
        lines = self._lines(view, words, theme)
        self._hold(*(line.label for line in lines), self.field, self.camera, self.wifi, self.keyboard)
        name, line = words("Mã ghi danh"), field_height(theme)
        if _is_short(lines, theme, box):
            lines[0].text = ""
            name, line = "", line - round(theme.help * LINE_HEIGHT)
        if _room_above(theme, width, height) < line + theme.gap + _height(lines, width):
            lines = self._fewer_lines(view, words, theme)
        keys = code_keyboard_height(height, line + theme.gap + _height(lines, width), width, theme)
        self.keyboard.turn_to("code")
        self.keyboard.place((x, y, width, keys), theme, words)
        bottom = y + keys + theme.gap
        ways = (
            (self.camera, view.camera, words("Quét bằng máy ảnh")),
            (self.wifi, view.wifi, "Wi-Fi"),
        )
        right = x + width
        for button, offered, name_of_way in reversed(ways):
            if not offered:
                button.hide()
                continue
            wide = button.width_for(name_of_way, theme, theme.label)
            button.show(name_of_way, (right - wide, bottom, wide, theme.target), theme)
            right -= wide + theme.gap
        across = right - x
        shown = _end(view.typed, across - theme.dp(48), type_size(theme.target, theme))
        self.field.show(name, shown, (x, bottom, across, field_height(theme)), theme, active=True)
        above = bottom + line + theme.gap
        stack(lines, (x, above, width, y + height - above), "bottom" if theme.portrait else "top")

    def _lines(self, view: FirstStartView, words: Translate, theme: Theme) -> list[Line]:
        """What is above the field."""
        wrong = view.problem
        said = _what_to_do(wrong, words) if wrong else words(HOW)
        ink = theme.accent if wrong else theme.ink
        return [
            Line(self.title, words(TITLE), theme.type(40), theme.ink, theme.dp(12)),
            Line(self.note, said, theme.body, ink, theme.dp(8)),
            Line(self.network, _network(view, words), theme.help, theme.quiet_ink),
        ]

    def _fewer_lines(self, view: FirstStartView, words: Translate, theme: Theme) -> list[Line]:
        """The same where there is room for one line: what is wrong, else what to do."""
        wrong = view.problem
        said = title(wrong, words) if wrong else words(HOW)
        if not wrong and view.network in ("down", "unnamed", "unreachable"):
            said = _network(view, words)
        ink = theme.accent if wrong else theme.ink
        return [
            Line(self.title, "", theme.help, theme.ink),
            Line(self.note, said, theme.help, ink),
            Line(self.network, "", theme.help, theme.quiet_ink),
        ]

    def _say(self, view: FirstStartView, words: Translate, theme: Theme, box: Rect) -> None:
        button = words("Nhập mã khác")
        match view.stage:
            case "enrolled":
                head, text, button = words("Đã ghi danh"), view.office, ""
                small = words("Máy: {device}. Đang nhận cấu hình của cơ quan.").format(device=view.device)
            case "refused" if view.problem:
                head, text = title(view.problem, words), remedy(view.problem, words)
                small = number(view.problem, words)
            case _:
                head = words("Đang ghi danh máy này")
                text = _what_to_do(view.problem, words) if view.problem else _network(view, words)
                small = number(view.problem, words) if view.problem else ""
        self.message.show(head, text, theme, box, small=small, button=button)
        if self.message.button and not button:
            self.message.button.hide()

    def _hold(self, *parts: Widget) -> None:
        if set(self.children) != set(parts):
            self.clear_widgets()
            for part in parts:
                self.add_widget(part)

    def _key(self, key: str) -> None:
        text = self._typed.rstrip("-")[:-1] if key == BACKSPACE else self._typed + key
        self.report(Writing("", text))


def _is_short(lines: list[Line], theme: Theme, box: Rect) -> bool:
    """Whether title, note, field and keys don't fit below one another."""
    return _room_above(theme, *box[2:]) < field_height(theme) + theme.gap + _height(lines, box[2])


def _room_above(theme: Theme, width: float, height: float) -> float:
    """The height that is left above the smallest keys."""
    return height - least_code_height(width, theme) - theme.gap


def _height(lines: list[Line], width: float) -> float:
    return sum(
        text_height(line.text, width, line.size, line.label.bold) + line.below for line in lines if line.text
    )


def _end(text: str, width: float, size: int) -> str:
    """The end of a text, as much as one line holds."""
    shown = text
    while text and text_width(shown, size) > width:
        text = text[1:]
        shown = "…" + text
    return shown


def _network(view: FirstStartView, words: Translate) -> str:
    if not view.network:
        return ""
    return words(NETWORKS[view.network]).format(address=view.address.partition("://")[2])


def _what_to_do(problem: Problem, words: Translate) -> str:
    return f"{title(problem, words)}. {remedy(problem, words)}."
