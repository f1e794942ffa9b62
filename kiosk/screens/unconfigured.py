"""There is no configuration yet: a plain sentence for the citizen, and what is missing for the staff."""

from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import UnconfiguredView
from kiosk.widgets.lettering import Rect
from kiosk.widgets.message import Message
from kiosk.widgets.theme import Theme
from sync.contract.problem import Problem


class UnconfiguredScreen(Screen):
    """See `UnconfiguredView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.message = Message()
        self.add_widget(self.message)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """That it is not ready, and why."""
        assert isinstance(view, UnconfiguredView)
        self.message.show(
            words("Máy chưa sẵn sàng phục vụ"),
            words("Mời ông/bà gặp cán bộ tại quầy."),
            theme,
            box,
            small=_for_staff(view.missing),
        )


def _for_staff(missing: Problem) -> str:
    """What is missing, what to do, where; then the same in English."""
    kind = missing.kind
    place = f"\n{missing.where}" if missing.where else ""
    detail = f" ({missing.detail})" if missing.detail else ""
    english = f"{kind.title_en}. {kind.remedy_en}."
    said = f"{missing.number}: {kind.title}{detail}.\n{kind.remedy}.{place}\n\n{english}"
    return said.replace("`", "")
