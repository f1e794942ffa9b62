"""The keyboard on the screen. It reports keys and holds no text: what was written is not to be found here.

The keys at rest are one picture, drawn when a label changes and otherwise only copied; the pressed key lies
on top of it. So a press costs no more than it shows, also on a slow tablet. The pressed key is seen in the
first frame and counts when the finger leaves it, so that a slip can be put right by sliding to the key next
to it. A touch between two keys belongs to the nearer one. A second finger does nothing.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from kivy.graphics import ClearBuffers, ClearColor, Color, Fbo, Rectangle
from kivy.graphics import Translate as Move
from kivy.uix.widget import Widget

from kiosk.i18n import Translate
from kiosk.widgets.icon import Icon
from kiosk.widgets.key_layout import (
    LETTERS,
    MORE,
    SHIFT,
    SIGNS,
    SPACE,
    Key,
    Page,
    boxes,
    fits_wide,
    key_gap,
    layout,
    nearest,
    spoken_name,
)
from kiosk.widgets.lettering import Lettering, Rect, text_width
from kiosk.widgets.surface import Surface
from kiosk.widgets.target import Target
from kiosk.widgets.theme import Colour, Theme, mix

# Type sizes on keys.
TYPE = {"letter": 30, "tone": 24, "aid": 21}
SMALLEST_KEY_TYPE = 14
_PAGES: dict[str, Page] = {SIGNS: "signs", LETTERS: "letters", MORE: "more"}
"""What the keys that lead to another page lead to."""
_EDGE = 4  # pixels around the picture of the keys, for strong lines


class _Sign(Widget):
    """What is on a key: its letter, its word, or the arrow of the shift key."""

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        self._label = Lettering(align="center")
        self._arrow = Icon(SHIFT)
        self.add_widget(self._label)
        self.add_widget(self._arrow)

    def show(self, key: Key, text: str, box: Rect, theme: Theme, size: int) -> None:
        """Fill `box`, in type of this size."""
        x, y, width, height = box
        if not text:
            side = min(theme.dp(34), round(height * 0.6))
            self._arrow.place(x + (width - side) / 2, y + (height - side) / 2, side, theme.ink)
            self._label.forget()
            return
        self._arrow.hide()
        inset = _inset(theme)
        self._label.place(text, (x + inset, y, width - 2 * inset, height), size, theme.ink, smallest=14)

    def hide(self) -> None:
        """Be gone until the next `show`."""
        self._label.forget()
        self._arrow.hide()


class KeyFace(Target):
    """One key at rest."""

    large = False
    writes = True

    def __init__(self, key: Key, act: Callable[[], object]) -> None:
        super().__init__(act)
        self.key = key
        self.text = ""
        self.size_of_type = 0
        self.box: Rect = (0, 0, 0, 0)
        self._sign = _Sign()
        self.add_widget(self._sign)

    def show(self, text: str, box: Rect, theme: Theme, size: int) -> None:
        """Fill `box` with `text` in type of this size."""
        self.name = SPACE if self.key.name == SPACE else text or self.key.name
        self.said = spoken_name(self.key)
        self.text, self.box, self.size_of_type = text, box, size
        self.place(box, theme)
        self._sign.show(self.key, text, box, theme, size)

    def colours(self, theme: Theme) -> tuple[Colour, Colour]:
        """Fill and edge at rest: by what kind of key it is."""
        if theme.high_contrast or self.key.kind == "letter":
            return theme.surface, theme.hairline
        if self.key.kind == "tone":
            return mix(theme.primary, theme.surface, 0.10), mix(theme.primary, theme.surface, 0.30)
        return mix(theme.ink, theme.ground, 0.09), mix(theme.ink, theme.ground, 0.09)


class KeyOnTop(Surface):
    """One key in another look, on top of the keys at rest."""

    large = False

    def __init__(self) -> None:
        super().__init__()
        self._sign = _Sign()
        self.add_widget(self._sign)

    def show(self, face: KeyFace, fill: Colour, edge: Colour, theme: Theme) -> None:
        """Cover `face`."""
        self.draw(face.box, fill, edge, max(theme.dp(4), 3), theme.radius)
        self._sign.show(face.key, face.text, face.box, theme, face.size_of_type)

    def hide(self) -> None:
        """Be gone until the next `show`."""
        self.draw((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), 0, 1)
        self._sign.hide()


class Keyboard(Widget):
    """Tones and own letters, letters, digits and signs.

    Args:
        report: gets the name of every key that counts: a character (a capital where one was asked for), a
            tone key, `BACKSPACE`, `DELETE_WORD` (`kiosk.typing_vi`) or `DONE`.
        turned: is called when a key changed the keyboard alone.
        said: gets the words for a key that a first touch reads aloud.
    """

    def __init__(
        self,
        report: Callable[[str], object],
        turned: Callable[[], object] = lambda: None,
        said: Callable[[str], object] = lambda name: None,
    ) -> None:
        super().__init__(size_hint=(None, None))
        self._report, self._turned, self._said = report, turned, said
        self._page: Page = "letters"
        self._done = ""
        self._marks, self._every = True, False
        self._ear = False
        self._capital = False
        self._faces: dict[Page, list[KeyFace]] = {}
        # Every face ever made, for another look of the same page: Kivy's books keep a widget for good.
        self._kept: dict[Page, list[KeyFace]] = {}
        self._placed: dict[Page, list[tuple[Key, Rect]]] = {}
        self._sizes: dict[Page, dict[str, int]] = {}
        self._made: tuple[object, ...] = ()
        self._theme: Theme | None = None
        self._words: Translate = lambda text: text
        self._finger: Any = None
        self._under: KeyFace | None = None
        self._armed: KeyFace | None = None
        self._over, self._read = KeyOnTop(), KeyOnTop()
        self._picture: Any = None

    def place(
        self,
        box: Rect,
        theme: Theme,
        words: Translate,
        done: str = "",
        *,
        marks: bool = True,
        ear: bool = False,
        every: bool = False,
    ) -> None:
        """Fill `box`. A second call with the same arguments changes nothing.

        Args:
            box: x, y, width, height in window pixels, y from the bottom.
            theme: colours and sizes.
            words: the interface's words in the visit's language.
            done: Vietnamese label of the key that ends writing; "" for none.
            marks: with tones and own letters.
            ear: a first touch reads a key aloud, a second one counts.
            every: with a page of more signs, for a password.
        """
        if ear != self._ear:
            self._ear = ear
            self._arm(None)
        made = (box, theme, words("Xóa từ"), done, marks, every)
        if made == self._made:
            return
        self._made, self._theme, self._words, self._done = made, theme, words, done
        self._marks, self._every = marks, every
        self.quit()
        self.pos, self.size = box[:2], box[2:]
        self._faces.clear()
        self._frame(theme)
        self.turn_to(self._page)

    def capital(self, wanted: bool) -> None:
        """Show capitals (or not) for the next letter; the shift key does the same."""
        if wanted != self._capital:
            self._capital = wanted
            self._label()

    def turn_to(self, page: Page) -> None:
        """Show this page; it is built when it is first asked for."""
        self._page = page
        self._press(None)
        self._arm(None)
        if self._theme is None:
            return
        if page not in self._faces:
            box = (*self.pos, *self.size)
            keys = layout(page, fits_wide(self.width, self._theme), self._done, self._marks, self._every)
            self._placed[page] = boxes(keys, box, key_gap(self._theme))
            self._sizes[page] = self._type_sizes(self._placed[page], self._theme)
            self._faces[page] = self._faces_for(page, [key for key, _ in self._placed[page]])
        self._hold(self._faces[page])
        self._label()

    def reset(self) -> None:
        """As at the beginning: small letters, nothing pressed. For the next visit."""
        self.quit()
        self._arm(None)
        self.capital(False)
        if self._page != "letters":
            self.turn_to("letters")

    def quit(self) -> None:
        """Forget a press that has not counted yet."""
        self._finger = None
        self._press(None)

    # Touch

    def on_touch_down(self, touch: Any) -> bool:
        """The finger comes down: show the key."""
        found = self._at(touch)
        if found is None:
            return False
        self._finger = touch
        touch.grab(self)
        self._press(found)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """The finger slides: the key under it is the one that would count."""
        if touch.grab_current is not self or touch is not self._finger:
            return False
        self._press(self._at(touch))
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """The finger leaves: the key counts."""
        if touch.grab_current is not self or touch is not self._finger:
            return False
        touch.ungrab(self)
        face = self._under
        self.quit()
        if face is not None and self._ear and face is not self._armed:
            self._arm(face)
            self._said(face.said)
        elif face is not None:
            self._arm(None)
            face.act()
        return True

    def _at(self, touch: Any) -> KeyFace | None:
        if self._theme is None:
            return None
        found = nearest(self._placed[self._page], touch.x, touch.y, key_gap(self._theme))
        return None if found is None else self._faces[self._page][found]

    def _press(self, face: KeyFace | None) -> None:
        if face is self._under:
            return
        self._under = face
        if face is None or self._theme is None:
            self._over.hide()
            return
        self._over.show(face, self._theme.pressed, self._theme.ink, self._theme)

    def _arm(self, face: KeyFace | None) -> None:
        """This key was read aloud; its next touch counts."""
        self._armed = face
        if face is None or self._theme is None:
            self._read.hide()
        else:
            self._read.show(face, self._theme.surface, self._theme.primary, self._theme)

    # Drawing

    def _frame(self, theme: Theme) -> None:
        """The picture for the keys at rest, on opaque ground: edges are smoothed against it.

        One picture for good, for Kivy gives a discarded one back late, and each takes a megabyte.
        """
        x, y, width, height = (round(number) for number in (*self.pos, *self.size))
        size = (width + 2 * _EDGE, height + 2 * _EDGE)
        if self._picture is None:
            with self.canvas:
                self._picture = Fbo(size=size)
                Color(1, 1, 1, 1)
                self._glass = Rectangle(texture=self._picture.texture)
            with self._picture.before:
                self._ground = ClearColor(*theme.ground)
                ClearBuffers()
                self._move = Move(0, 0, 0)
        elif tuple(self._picture.size) != size:
            self._picture.size = size
            self._glass.texture = self._picture.texture
        self._glass.pos, self._glass.size = (x - _EDGE, y - _EDGE), size
        self._ground.rgba = theme.ground
        self._move.xyz = (_EDGE - x, _EDGE - y, 0)

    def _hold(self, faces: list[KeyFace]) -> None:
        """Draw these keys into the picture."""
        self.clear_widgets()
        self._picture.clear()
        whole: Any = self.canvas
        self.canvas: Any = self._picture
        for face in faces:
            self.add_widget(face)
        self.canvas = whole
        self.add_widget(self._read, canvas="after")
        self.add_widget(self._over, canvas="after")

    # Keys

    def _faces_for(self, page: Page, keys: list[Key]) -> list[KeyFace]:
        kept = self._kept.setdefault(page, [])
        while len(kept) < len(keys):
            kept.append(KeyFace(keys[len(kept)], lambda: None))
        for face, key in zip(kept, keys, strict=False):
            face.key, face.act = key, partial(self._pressed, key)
        return kept[: len(keys)]

    def _pressed(self, key: Key) -> None:
        if key.name in (SHIFT, *_PAGES):
            if key.name == SHIFT:
                self.capital(not self._capital)
            else:
                self.turn_to(_PAGES[key.name])
            self._turned()
        else:
            name = self._case(key)
            if name != key.name:
                self.capital(False)
            self._report(name)

    def _label(self) -> None:
        """Give the keys that are seen their labels."""
        if self._theme is None:
            return
        placed = self._placed[self._page]
        sizes = self._sizes[self._page]
        for face, (key, box) in zip(self._faces[self._page], placed, strict=True):
            text = self._case(key) if len(key.label) == 1 else self._words(key.label)
            face.marked = key.name == SHIFT and self._capital
            face.show(text, box, self._theme, sizes[_kind(key)])

    def _type_sizes(self, placed: list[tuple[Key, Rect]], theme: Theme) -> dict[str, int]:
        """One type size for all letters, one for all tones, one for all aids, capitals or not."""
        sizes = {kind: theme.type(size) for kind, size in TYPE.items()}
        for key, (_, _, width, height) in placed:
            kind = _kind(key)
            sizes[kind] = min(sizes[kind], round(height * 0.62))
            if kind != "letter" and key.label:
                sizes[kind] = _type_that_fits(self._words(key.label), width - 2 * _inset(theme), sizes[kind])
        return sizes

    def _case(self, key: Key) -> str:
        return key.name.upper() if self._capital and key.name.isalpha() and len(key.name) == 1 else key.name


def _kind(key: Key) -> str:
    return "letter" if len(key.label) == 1 else "tone" if key.kind == "tone" else "aid"


def _inset(theme: Theme) -> int:
    """Pixels next to a label: one that touched its key's edge would read as a sign."""
    return 3 + round(theme.border)


def _type_that_fits(text: str, width: float, most: int) -> int:
    """The largest type up to `most` in which `text` is no wider than `width`."""
    wide = text_width(text, most)
    if wide > width:  # a type as much smaller as that is too wide, and then step by step
        most = max(SMALLEST_KEY_TYPE, int(most * width / wide) + 1)
    while most > SMALLEST_KEY_TYPE and text_width(text, most) > width:
        most -= 1
    return most
