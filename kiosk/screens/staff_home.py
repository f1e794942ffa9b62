"""How the terminal is, and what staff can do. No rating of any kind is to be seen here."""

from functools import partial
from typing import Any

from kiosk.i18n import NAMES, Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.staff_desk import DeskLeft, Did, PageWanted
from kiosk.view import StaffHomeView
from kiosk.widgets.heading import Heading
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.option import grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme

# What is well shows a check, what is not a cross, and says what.
Fact = tuple[bool, str, str]


class StaffHomeScreen(Screen):
    """See `StaffHomeView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.facts = [_Line() for _ in range(8)]
        self.tag = PushButton(lambda: report(PageWanted("tag")), weight="primary", bold=True)
        self.void = PushButton(lambda: report(PageWanted("void")))
        self.sign_out = PushButton(partial(report, Did("sign_out")))
        self.assist = PushButton(partial(report, Did("assist")))
        self.sound = PushButton(partial(report, Did("sound")))
        self.language = PushButton(partial(report, Did("language")))
        self.wipe = PushButton(partial(report, Did("wipe")))
        self.restart = PushButton(partial(report, Did("restart")))
        self.done = PushButton(lambda: report(DeskLeft()))
        self._buttons = (
            self.tag, self.void, self.assist, self.sign_out, self.sound, self.language,
            self.wipe, self.restart, self.done,
        )  # fmt: skip
        for part in (self.heading, *self._buttons):
            self.add_widget(part)
        for line in self.facts:
            for part in (line.sign, line.label, line.value):
                self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Facts on the left, things to do on the right (below in portrait)."""
        assert isinstance(view, StaffHomeView)
        x, y, width, height = box
        title = view.officer or words("Chưa có cán bộ nhận quầy" if view.handovers else "Dành cho cán bộ")
        actions: Rect
        room: Rect
        columns = 2
        if theme.portrait:
            actions = (x, y, width, round(height * 0.42))
            room = (x, y + actions[3] + theme.gap, width, height - actions[3] - theme.gap)
        else:
            tall = len(self._shown(view, words)) * (theme.target + theme.gap) - theme.gap <= height
            columns = 1 if tall else 2
            wide = round(width * (0.36 if tall else 0.45))
            actions = (x + width - wide, y, wide, height)
            room = (x, y, width - wide - theme.dp(48), height)
        left, bottom, across, rest = self.heading.show(
            title, words(view.message), theme, room, theme.type(36)
        )
        top = bottom + rest
        if theme.portrait:
            lowest = self.heading.help if view.message else self.heading.question
            top = lowest.y - theme.dp(24)
        facts = self._facts(view, words)
        each = min(theme.dp(56), (top - room[1]) / len(self.facts))
        for place, line in enumerate(self.facts):
            fact = facts[place] if place < len(facts) else None
            line.show(fact, (left, top - (place + 1) * each, across, each), theme)
        self._actions(view, words, theme, actions, columns)

    def _facts(self, view: StaffHomeView, words: Translate) -> list[Fact]:
        facts = view.facts
        unsent = str(facts.unsent)
        if facts.unsent_since:
            unsent += words(", từ {time}").format(time=f"{facts.unsent_since.astimezone():%H:%M %d/%m}")
        sync = f"{facts.last_sync.astimezone():%H:%M %d/%m}" if facts.last_sync else words("chưa có")
        clock = words("đúng") if not facts.clock_offset else f"{facts.clock_offset:+d} s"
        clock = words("chưa rõ") if facts.clock_offset is None else clock
        storage = facts.storage or ", ".join(facts.alarms) or words("tốt")
        scanner = words("quét thử một thẻ") if facts.scanner else words("không thấy")
        if facts.heard:
            scanner = words("đã đọc mã lúc {time}").format(time=f"{facts.heard.astimezone():%H:%M:%S}")
        if not facts.keyboard:
            scanner = words("cửa sổ khác đang giữ bàn phím")
        if not facts.keypad:
            scanner = words("không thấy bàn phím số")
        bundle = ", ".join(filter(None, (facts.bundle, facts.language)))
        refused = sum(count for _, count in view.refused)
        return [
            (not facts.set_aside, words("Phiếu chờ gửi"), unsent),
            (not facts.sync_problem, words("Lần gửi gần nhất"), f"{sync} {facts.sync_problem}".strip()),
            (not (facts.storage or facts.alarms), words("Bộ nhớ"), storage),
            (facts.scanner and facts.keyboard and facts.keypad, words("Máy quét"), scanner),
            (facts.sound, words("Âm thanh"), words("sẵn sàng") if facts.sound else words("không thấy")),
            (abs(facts.clock_offset or 0) <= 120, words("Đồng hồ"), clock),
            (not bundle, words("Cấu hình"), bundle or words("tốt")),
            (True, words("Mã bị từ chối"), str(refused)),
        ]

    def _shown(self, view: StaffHomeView, words: Translate) -> dict[PushButton, str]:
        name = NAMES.get(view.language, view.language.upper())
        language = words("Ngôn ngữ: {name}").format(name=name)
        return {
            **({self.tag: words("Ghi lượt thủ công")} if view.handovers else {}),
            **({self.void: words("Hủy lượt đang chờ")} if view.can_void else {}),
            **({self.assist: words("Tôi giúp người dân")} if view.can_void else {}),
            **({self.sign_out: words("Rời quầy")} if view.officer else {}),
            # Nothing is tried out while a citizen stands there.
            **({} if view.can_void else {self.sound: words("Thử âm thanh"), self.language: language}),
            self.wipe: words("Lau màn hình"),
            self.restart: words("Khởi động lại"),
            self.done: words("Xong"),
        }

    def _actions(self, view: StaffHomeView, words: Translate, theme: Theme, box: Rect, columns: int) -> None:
        shown = self._shown(view, words)
        for button in self._buttons:
            if button not in shown:
                button.hide()
        boxes = grid(len(shown), box, columns, theme.gap, theme.dp(88))
        for (button, text), place in zip(shown.items(), boxes, strict=True):
            button.show(text, place, theme)


class _Line:
    """One fact: a sign, what it is, how it is."""

    def __init__(self) -> None:
        self.sign = Icon("check")
        self.label = Lettering()
        self.value = Lettering(bold=True)

    def show(self, fact: Fact | None, box: Rect, theme: Theme) -> None:
        """Stand in `box`; None: be gone."""
        x, y, width, height = box
        if fact is None:
            self.sign.hide()
            self.label.forget()
            self.value.forget()
            return
        well, label, value = fact
        side = min(theme.dp(28), height)
        self.sign.name = "check" if well else "cross"
        self.sign.place(x, y + (height - side) / 2, side, theme.primary if well else theme.accent)
        left = x + side + theme.dp(16)
        half = (width - side - theme.dp(16)) / 2
        self.label.place(label, (left, y, half, height), theme.body, theme.quiet_ink)
        self.value.place(value, (left + half, y, half, height), theme.body, theme.ink)
