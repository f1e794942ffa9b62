"""How the terminal is, and what staff can do. No rating of any kind is to be seen here."""

from functools import partial
from typing import Any

from kiosk.facts import Facts, UsbCopy
from kiosk.i18n import NAMES, Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.staff_desk import DeskLeft, Did, PageWanted
from kiosk.view import StaffHomeView
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Lettering, Rect, text_height, text_width
from kiosk.widgets.option import grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import SMALLEST_TYPE, Theme

# What is well shows a check, what is not a cross, and says what.
Fact = tuple[bool, str, str]

COLUMNS = 2
"""Of things to do."""

_DAY = 24 * 3600  # seconds

MOST_NUMBERS = 2
"""Of problems in one line."""


class StaffHomeScreen(Screen):
    """See `StaffHomeView`: what is needed daily, or with `tools` what is tried out and set up."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.title = Lettering(bold=True)
        self.message = Lettering()
        self.facts = [_Row() for _ in range(10)]
        self.tag = PushButton(lambda: report(PageWanted("tag")), weight="primary", bold=True)
        self.void = PushButton(lambda: report(PageWanted("void")))
        self.sign_out = PushButton(partial(report, Did("sign_out")))
        self.assist = PushButton(partial(report, Did("assist")))
        self.tools = PushButton(lambda: report(PageWanted("tools")))
        self.back = PushButton(lambda: report(PageWanted("home")), icon="back")
        self.sound = PushButton(partial(report, Did("sound")))
        self.language = PushButton(partial(report, Did("language")))
        self.wifi = PushButton(lambda: report(PageWanted("wifi")))
        self.wipe = PushButton(partial(report, Did("wipe")))
        self.usb = PushButton(partial(report, Did("usb")))
        self.logs = PushButton(partial(report, Did("logs")))
        self.restart = PushButton(partial(report, Did("restart")))
        self.done = PushButton(lambda: report(DeskLeft()))
        self._buttons = (
            self.tag, self.void, self.assist, self.sign_out, self.tools, self.wipe,
            self.sound, self.language, self.usb, self.logs, self.wifi, self.restart, self.back, self.done,
        )  # fmt: skip
        for part in (self.title, self.message, *self._buttons):
            self.add_widget(part)
        for row in self.facts:
            for part in (row.sign, row.label, row.value):
                self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Who is here at the top; facts on the left, things to do on the right (below in portrait)."""
        assert isinstance(view, StaffHomeView)
        x, y, width, height = box
        high = self._head(view, words, theme, box)
        rest = height - high - theme.dp(24)
        shown = self._shown(view, words)
        actions: Rect
        room: Rect
        if theme.portrait:
            rows = -(-len(shown) // COLUMNS)
            below = min(rows * theme.dp(104) - theme.gap, rest * 0.45)
            actions = (x, y, width, round(below))
            room = (x, y + below + theme.dp(32), width, rest - below - theme.dp(32))
        else:
            wide = round(width * 0.44)
            actions = (x + width - wide, y, wide, round(rest))
            room = (x, y, width - wide - theme.dp(48), rest)
        self._show_facts(_facts(view, words), theme, room)
        self._actions(shown, theme, actions)

    def _head(self, view: StaffHomeView, words: Translate, theme: Theme, box: Rect) -> float:
        """Who is signed in, and the message, at the top of `box`; the height they take."""
        x, y, width, height = box
        title = view.officer or words("Chưa có cán bộ nhận quầy" if view.handovers else "Dành cho cán bộ")
        message, size = words(view.message), theme.type(36)
        between = theme.dp(8) if message else 0
        wanted = (
            text_height(title, width, size, bold=True) + between + text_height(message, width, theme.help)
        )
        high = min(wanted, height * 0.33)
        lines = (
            Line(self.title, title, size, theme.ink, between),
            Line(self.message, message, theme.help, theme.quiet_ink),
        )
        stack(lines, (x, y + height - high, width, high))
        return high

    def _show_facts(self, facts: list[Fact], theme: Theme, room: Rect) -> None:
        """One below the other: labels in a column as wide as the longest, values in what is left."""
        x, y, width, height = room
        side = theme.dp(28)
        size = theme.body
        while True:
            column = max(text_width(label, size) for _, label, _ in facts) + theme.dp(8)
            left = side + theme.dp(16)
            right = left + column + theme.dp(24)
            line = text_height("0", width, size)
            heights = [text_height(value, width - right, size, bold=True) for _, _, value in facts]
            if size <= SMALLEST_TYPE or sum(heights) <= height:
                break
            size -= 1
        spare = min((height - sum(heights)) / len(facts), theme.dp(24))
        top = y + height
        for place, row in enumerate(self.facts):
            if place >= len(facts):
                row.hide()
                continue
            high = heights[place]
            boxes = (
                (x, top - (line + side) / 2, side, side),
                (x + left, top - line, column, line),
                (x + right, top - high, width - right, high),
            )
            row.show(facts[place], boxes, theme, size)
            top -= high + max(0.0, spare)

    def _shown(self, view: StaffHomeView, words: Translate) -> dict[PushButton, str]:
        if view.tools:
            name = NAMES.get(view.language, view.language.upper())
            return {
                self.sound: words("Thử âm thanh"),
                self.language: words("Ngôn ngữ: {name}").format(name=name),
                self.usb: words("Chép ra USB"),
                self.logs: words("Chép nhật ký ra USB"),
                **({self.wifi: "Wi-Fi"} if view.facts.wifi else {}),
                self.restart: words("Khởi động lại"),
                self.back: words("Quay lại"),
            }
        return {
            **({self.tag: words("Ghi lượt thủ công")} if view.handovers else {}),
            **({self.void: words("Hủy lượt đang chờ")} if view.can_void else {}),
            **({self.assist: words("Tôi giúp người dân")} if view.can_assist else {}),
            **({self.sign_out: words("Rời quầy")} if view.officer else {}),
            self.wipe: words("Lau màn hình"),
            # Nothing is tried out while a citizen is there.
            **(
                {self.restart: words("Khởi động lại")}
                if view.can_assist
                else {self.tools: words("Thiết lập")}
            ),
            self.done: words("Xong"),
        }

    def _actions(self, shown: dict[PushButton, str], theme: Theme, box: Rect) -> None:
        for button in self._buttons:
            if button not in shown:
                button.hide()
        boxes = grid(len(shown), box, COLUMNS, theme.gap, theme.dp(88))
        for (button, text), place in zip(shown.items(), boxes, strict=True):
            button.show(text, place, theme)


def _facts(view: StaffHomeView, words: Translate) -> list[Fact]:
    facts = view.facts
    unsent = str(facts.unsent)
    if facts.unsent_since:
        unsent += words(", từ {time}").format(time=f"{facts.unsent_since.astimezone():%H:%M %d/%m}")
    sync = f"{facts.last_sync.astimezone():%H:%M %d/%m}" if facts.last_sync else words("chưa có")
    clock = _clock(facts.clock_offset, words)
    storage = facts.storage or _some(facts.alarms) or words("tốt")
    scanner = words("quét thử một thẻ") if facts.scanner else words("không thấy")
    if facts.heard:
        scanner = words("đã đọc mã lúc {time}").format(time=f"{facts.heard.astimezone():%H:%M:%S}")
    if not facts.keyboard:
        scanner = words("cửa sổ khác đang giữ bàn phím")
    wrong = tuple(filter(None, (facts.bundle, facts.language, facts.picture)))
    refused = sum(count for _, count in view.refused)
    return [
        (not facts.set_aside, words("Phiếu chờ gửi"), unsent),
        (not facts.sync_problem, words("Lần gửi gần nhất"), f"{sync} {facts.sync_problem}".strip()),
        (not (facts.storage or facts.alarms), words("Bộ nhớ"), storage),
        (facts.scanner and facts.keyboard, words("Máy quét"), scanner),
        *([] if facts.keypad else [(False, words("Bàn phím số"), words("không thấy"))]),
        (facts.sound, words("Âm thanh"), words("sẵn sàng") if facts.sound else words("không thấy")),
        (abs(facts.clock_offset or 0) <= 120, words("Đồng hồ"), clock),
        (not wrong, words("Cấu hình"), _configuration(facts, wrong, words)),
        *([(not facts.usb.problem, words("USB"), _copy(facts.usb, words))] if facts.usb else []),
        (True, words("Mã bị từ chối"), str(refused)),
    ]


def _clock(offset: int | None, words: Translate) -> str:
    """How wrong this machine's clock is: in seconds, or in days where it is that wrong."""
    if offset is None:
        return words("chưa rõ")
    if abs(offset) < _DAY:
        return f"{offset:+d} s" if offset else words("đúng")
    days = words("{count} ngày").format(count=abs(offset) // _DAY)
    return (words("chậm {span}") if offset > 0 else words("nhanh {span}")).format(span=days)


def _copy(copy: UsbCopy, words: Translate) -> str:
    """What came of the last copy to a USB stick."""
    if copy.waits:
        return words("đang chép, đừng rút")
    time = f"{copy.at.astimezone():%H:%M %d/%m}"
    if copy.problem:
        return f"{copy.problem}, {time}"
    if copy.job == "logs":
        return words("đã chép nhật ký lúc {time}").format(time=time)
    done = words("đã chép {count} phiếu lúc {time}").format(count=copy.copied, time=time)
    came = words("; có phần mềm {version}").format(version=copy.release) if copy.release else ""
    return done + came


def _configuration(facts: Facts, wrong: tuple[str, ...], words: Translate) -> str:
    """Which one is in use, since when; where something is wrong, what that is instead of since when."""
    if not (facts.version and facts.since):
        return _some(wrong) or words("tốt")
    if wrong:
        version = words("số {number}").format(number=facts.version)
        return f"{_some(wrong, 1)}, {version}"
    since = f"{facts.since.astimezone():%H:%M %d/%m}"
    return words("số {number}, từ {time}").format(number=facts.version, time=since)


def _some(numbers: tuple[str, ...], most: int = MOST_NUMBERS) -> str:
    """The first numbers of problems, and how many more there are."""
    more = len(numbers) - most
    return ", ".join(numbers[:most]) + (f" +{more}" if more > 0 else "")


class _Row:
    """One fact: a sign, what it is, how it is."""

    def __init__(self) -> None:
        self.sign = Icon("check")
        self.label = Lettering(valign="top")
        self.value = Lettering(bold=True, valign="top")

    def show(self, fact: Fact, boxes: tuple[Rect, Rect, Rect], theme: Theme, size: float) -> None:
        """Fill three boxes."""
        well, label, value = fact
        sign, left, right = boxes
        self.sign.name = "check" if well else "cross"
        self.sign.place(*sign[:3], theme.primary if well else theme.accent)
        self.label.place(label, left, size, theme.quiet_ink)
        self.value.place(value, right, size, theme.ink)

    def hide(self) -> None:
        """Be gone."""
        self.sign.hide()
        self.label.forget()
        self.value.forget()
