"""What happens with the answers: purpose, data, controller, rights (law 91/2025/QH15 on personal data)."""

from typing import Any

from kiosk.events import ClosePrivacy
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import PrivacyView
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme


class PrivacyScreen(Screen):
    """See `PrivacyView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.title = Lettering(bold=True)
        self.headings = [Lettering(bold=True) for _ in range(4)]
        self.texts = [Lettering() for _ in range(4)]
        self.close = PushButton(lambda: report(ClosePrivacy()), weight="primary", bold=True)
        for part in (self.title, *self.headings, *self.texts, self.close):
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Four short paragraphs and the way back."""
        assert isinstance(view, PrivacyView)
        x, y, width, height = box
        high = max(theme.dp(72), theme.target)
        text = words("Tôi đã rõ")
        wide = max(self.close.width_for(text, theme, theme.label), theme.dp(240))
        self.close.show(text, (x, y, wide, high), theme)
        parts = (
            (words("Mục đích"), view.purpose),
            (words("Thông tin được ghi"), view.data),
            (words("Cơ quan chịu trách nhiệm"), view.controller),
            (words("Quyền của ông/bà"), view.rights),
        )
        lines = [Line(self.title, words("Ý kiến của ông/bà được dùng thế nào"), theme.type(36), theme.ink,
                      theme.dp(20))]  # fmt: skip
        for heading, label, (name, what) in zip(self.headings, self.texts, parts, strict=True):
            lines.append(Line(heading, name, theme.label, theme.ink, theme.dp(2)))
            lines.append(Line(label, what, theme.label, theme.quiet_ink, theme.dp(14)))
        foot = high + theme.dp(24)
        stack(lines, (x, y + foot, width, height - foot), "middle")
