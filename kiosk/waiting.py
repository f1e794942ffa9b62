"""The terminal before it has a configuration: it shows what is missing, and goes on by itself.

The agent puts the first bundle in place; a bundle that can't be used yet, or does not fit kiosk.toml, is
waited for in the same way.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kiosk.i18n import Translate
from kiosk.prelude import Prelude
from kiosk.screens.stage import MakeTheme, Stage
from kiosk.session import Manners
from kiosk.settings import Settings
from kiosk.usable import Usable, usable_bundle
from kiosk.view import Frame, Shown, UnconfiguredView
from sync.contract.addressing import address_of
from sync.contract.problem import Problem, ProblemError

LOOK_SECONDS = 2
"""How often it looks for a configuration."""


class BundleWait:
    """Shows what is missing until it is there. Needs a window, and leaves it empty."""

    def __init__(
        self,
        settings: Settings,
        translate: Callable[[str], Translate],
        make_theme: MakeTheme,
        description: Path | None,
    ) -> None:
        self._settings = settings
        self._missing: Problem | None = None
        self._usable: Usable | None = None
        guard = settings.screen.touch_guard_ms
        stage = Stage(lambda _: None, translate, make_theme, lambda: datetime.now().astimezone(), guard)
        self._prelude = Prelude(stage, description)

    def run(self) -> Usable | None:
        """The bundle as soon as there is one that can be used; None where the process shall end first."""
        self._prelude.run(self._look, LOOK_SECONDS, lambda: self._usable is not None)
        return self._usable

    def _look(self) -> None:
        try:
            self._usable = usable_bundle(self._settings)
        except ProblemError as error:
            self._say(error.problem)
        else:
            self._prelude.status("")

    def _say(self, missing: Problem) -> None:
        if missing == self._missing:
            return
        self._missing = missing
        sys.stderr.write(f"{ProblemError(missing)}\n")
        self._prelude.status(missing.lines()[0])
        name = self._settings.office.name.get("vi", "")
        address = address_of(self._settings.respondent)
        frame = Frame(office=name, manners=Manners(), languages=("vi",), address=address, help=False)
        self._prelude.show(Shown(UnconfiguredView(missing), frame))
