"""What is around every screen, always at the same place: whose terminal it is, how far, on, back, help.

Top: the office left, progress right. Bottom: back, on and "begin again" left, help right; the other way
round for the left hand. On the first page the handover and privacy in one sentence take the office's place,
"not now" and more about privacy that of "back". Where the width is short, words give way to signs, least
needed first.
"""

from collections.abc import Callable

from kivy.uix.widget import Widget

from kiosk.events import (
    Back,
    ContrastTouched,
    EarTouched,
    Event,
    Forward,
    HandTouched,
    HelpWanted,
    LanguageChosen,
    LanguagesWanted,
    NotNow,
    ShowPrivacy,
    StartAgain,
    TextSizeTouched,
)
from kiosk.i18n import Translate, language_name
from kiosk.staff_desk import DeskEvent, StaffWanted
from kiosk.view import ONLY_VIETNAMESE, Frame
from kiosk.widgets.handover_lines import HandoverLines
from kiosk.widgets.lettering import Lettering, Rect, text_width
from kiosk.widgets.progress import Progress
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.staff_sign import StaffSign
from kiosk.widgets.theme import Theme

Report = Callable[[Event | DeskEvent], object]

FORWARD_WORDS = {"next": "Tiếp", "skip": "Bỏ qua", "send": "Gửi"}


class TopBar(Widget):
    """The office, a short message, and progress."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self.office = Lettering()
        self.headline = Lettering(bold=True)
        self.handover = HandoverLines()
        self.notice = Lettering(align="right")
        self.progress = Progress()
        for part in (self.office, self.headline, self.handover, self.notice, self.progress):
            self.add_widget(part)

    def show(
        self, frame: Frame, words: Translate, box: Rect, theme: Theme, office: bool, headline: str = ""
    ) -> None:
        """Fill `box`; `office`: with the office's name, or with a `headline` where a screen has no room."""
        x, y, width, height = box
        aside = min(theme.dp(260), self.progress.width_for(frame.pages, theme))
        notice = words(frame.notice)
        if headline and frame.notice == ONLY_VIETNAMESE:
            notice = ""  # the question itself needs the room, and shows it
        name = frame.office if office and not headline and not frame.handover else ""
        most = (width - aside) / (2 if name or headline or frame.handover else 1)
        told = min(most, text_width(notice, theme.help) + 2 * theme.gap) if notice else 0
        half = width - aside - told
        if told and (headline or text_width(name, theme.help) > half - theme.gap):
            # For as long as the message is there.
            name, headline, half, told = "", "", 0, width - aside
        below = theme.dp(8)  # what would part it from the screen may be used
        place = (x, y - below, max(0, half - theme.gap), height + below)
        self.headline.place(headline, place, theme.type(32), theme.ink)
        self.office.place(name, (x, y, max(0, half - theme.gap), height), theme.help, theme.quiet_ink)
        if frame.handover:
            room = (x, y, place[2], height)
            self.handover.show(frame.handover, frame.office, words, room, theme, spare=below)
        else:
            self.handover.forget()
        self.notice.place(
            notice,
            (x + half, y, told - (theme.gap if aside else 0), height),
            theme.help,
            theme.accent,
        )
        self.progress.show(frame.page, frame.pages, (x + width - aside, y, aside, height), theme)


def _inset(buttons: dict[PushButton, str], theme: Theme) -> int:
    """Words without a surface line up with the screen's edge; with one, its edge does."""
    first = next(iter(buttons.items()), None)
    words = first is not None and first[0].weight == "quiet" and first[1] != ""
    return theme.dp(20) if words and not theme.high_contrast else 0


class BottomBar(Widget):
    """Back, on, begin again; text size, contrast, ear, language, call staff; the staff's sign."""

    def __init__(self, report: Report, translate: Callable[[str], Translate]) -> None:
        super().__init__(size_hint=(None, None))
        self._report = report
        self._translate = translate
        self.back = PushButton(lambda: report(Back()), icon="back")
        self.on = PushButton(lambda: report(Forward()), icon="forward")
        self.later = PushButton(lambda: report(NotNow()), weight="quiet")
        self.about = PushButton(lambda: report(ShowPrivacy()), icon="info", weight="quiet")
        self.again = PushButton(lambda: report(StartAgain()), icon="again", weight="quiet")
        self.size_tool = PushButton(lambda: report(TextSizeTouched()), weight="quiet", bold=True)
        self.contrast = PushButton(lambda: report(ContrastTouched()), icon="contrast", weight="quiet")
        self.ear = PushButton(lambda: report(EarTouched()), icon="listen", weight="quiet")
        self.hand = PushButton(lambda: report(HandTouched()), icon="swap", weight="quiet")
        self.language = PushButton(weight="quiet")
        self.languages = PushButton(lambda: report(LanguagesWanted()), icon="globe", weight="quiet")
        self.call = PushButton(lambda: report(HelpWanted()), icon="bell", weight="quiet")
        self.staff = PushButton(lambda: report(StaffWanted()), weight="quiet")
        self._ways = (self.back, self.on, self.later, self.about, self.again, self.staff)
        self._tools = (
            self.size_tool,
            self.contrast,
            self.ear,
            self.hand,
            self.language,
            self.languages,
            self.call,
        )
        self._other = ""
        self._names = {
            self.back: "Quay lại",
            self.on: "Tiếp",
            self.later: "Để sau",
            self.about: "Tìm hiểu thêm",
            self.again: "Làm lại",
            self.size_tool: "Cỡ chữ",
            self.contrast: "Độ tương phản",
            self.ear: "Nghe đọc",
            self.hand: "Đổi bên",
            self.language: "Tiếng Việt",
            self.languages: "Ngôn ngữ",
            self.call: "Gọi cán bộ",
            self.staff: "Cán bộ",
        }
        self.sign = StaffSign()
        for part in (*self._names, self.sign):
            self.add_widget(part)

    def show(self, frame: Frame, words: Translate, box: Rect, theme: Theme) -> None:
        """Fill `box`."""
        ways = self._way_words(frame, words)
        tools = self._tool_words(frame, words)
        for button in (*self._ways, *self._tools):
            if button not in ways and button not in tools:
                button.hide()
        self._shorten(ways, tools, box[2], theme)
        x, y, width, height = box
        side = min(height, theme.target)
        bottom = y + (height - side) / 2
        self.sign.show(frame, (x + width if theme.left_hand else 0, y, theme.margin, height), theme)
        first, second = (tools, ways) if theme.left_hand else (ways, tools)
        self.size_tool.said = words("Cỡ chữ")
        left = x - _inset(first, theme)
        for button, text in first.items():
            wide = button.width_for(text, theme, theme.help)
            button.show(text, (left, bottom, wide, side), theme, theme.help, words(self._names[button]))
            left += wide + self._gap(button, theme)
        right = x + width
        for button, text in reversed(second.items()):
            wide = button.width_for(text, theme, theme.help)
            place = (right - wide, bottom, wide, side)
            button.show(text, place, theme, theme.help, words(self._names[button]))
            right -= wide + self._gap(button, theme)

    def _way_words(self, frame: Frame, words: Translate) -> dict[PushButton, str]:
        ways: dict[PushButton, str] = {}
        if frame.back:
            ways[self.back] = words("Quay lại")
        if frame.forward:
            self.on.weight = "plain" if frame.forward == "skip" else "primary"
            ways[self.on] = words(FORWARD_WORDS[frame.forward])
        if frame.handover:
            ways[self.later] = words("Để sau")
            ways[self.about] = words("Tìm hiểu thêm")
        if frame.restart:
            ways[self.again] = words("Làm lại")
        if frame.staff:
            ways[self.staff] = words("Cán bộ")
        return ways

    def _tool_words(self, frame: Frame, words: Translate) -> dict[PushButton, str]:
        tools: dict[PushButton, str] = {}
        if frame.choosing:
            self._language_words(frame, tools)
        if not frame.help:
            return tools
        tools[self.size_tool] = "Aa"
        tools[self.contrast] = ""
        tools[self.ear] = ""
        self.ear.marked = frame.manners.ear
        if not frame.pages or frame.handover:
            tools[self.hand] = ""
        self._language_words(frame, tools)
        tools[self.call] = words("Gọi cán bộ")
        return tools

    def _language_words(self, frame: Frame, tools: dict[PushButton, str]) -> None:
        if len(frame.languages) > 2:
            tools[self.languages] = language_name(frame.manners.language, self._translate)
        elif len(frame.languages) == 2:
            first, second = frame.languages
            other = second if frame.manners.language == first else first
            self.language.act = lambda: self._report(LanguageChosen(other))
            tools[self.language] = language_name(other, self._translate)
            self._other = other

    def _shorten(
        self, ways: dict[PushButton, str], tools: dict[PushButton, str], width: float, theme: Theme
    ) -> None:
        """Take words away until everything fits side by side."""

        def needed() -> float:
            return sum(
                button.width_for(text, theme, theme.help) + self._gap(button, theme)
                for button, text in (*ways.items(), *tools.items())
            )

        for group, button, short in (
            (ways, self.again, ""),
            (tools, self.language, self._other.upper()),
            (tools, self.languages, ""),
            (tools, self.call, ""),
            (ways, self.about, ""),
            (ways, self.back, ""),
        ):
            if needed() <= width:
                return
            if button in group:
                group[button] = short
        for button in (self.hand, self.again, self.ear, self.staff):
            if needed() <= width:
                return
            tools.pop(button, None)
            ways.pop(button, None)
            button.hide()

    def _gap(self, button: PushButton, theme: Theme) -> int:
        return theme.gap if button in self._ways else theme.dp(4)
