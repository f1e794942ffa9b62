"""The pointer, which a touch screen poses as: each press, slide and release counts where it happened.

Kivy's provider keeps one place a touch. Where a press, a slide and its release are taken up in one look, as
after a picture that took long to draw, it reports all three at the place of the last: a drag across answers
would press the answer that it ended on. Here each event keeps its own place, which a matrix may correct.
"""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.input.factory import MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider

from kiosk.devices.touch_matrix import TouchMatrix, corrected


class _Placed(deque[Any]):
    """What waits to be dispatched, each with its place."""

    def __init__(self, matrix: TouchMatrix) -> None:
        super().__init__()
        self._matrix = matrix

    def append(self, event: Any) -> None:
        kind, touch = event
        super().append((kind, touch, *corrected(touch.sx, touch.sy, self._matrix)))


class Pointer(MouseMotionEventProvider):
    """Kivy's provider for a mouse, with a place of its own for every event."""

    def __init__(self, matrix: TouchMatrix, device: str, args: str) -> None:
        super().__init__(device, args)
        self.waiting_event = _Placed(matrix)

    def update(self, dispatch_fn: Callable[[str, Any], None]) -> None:
        """Hand over what has arrived, in its order; at once, for `dispatch_fn` would keep the touch alone."""
        from kivy.base import EventLoop

        while self.waiting_event:
            kind, touch, touch.sx, touch.sy = self.waiting_event.popleft()
            EventLoop.post_dispatch_input(kind, touch)


def register(matrix: TouchMatrix) -> None:
    """Let Kivy's configuration call it "pointer"; `matrix` corrects where touches count."""
    MotionEventFactory.register("pointer", partial(Pointer, matrix))
