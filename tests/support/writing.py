"""The screens on which a citizen writes, in a window of their own, with a session that only stores words.

    python -m tests.support.writing 1280x800 FOLDER [TEXT]

TEXT has been written before. Writes to FOLDER: `pictures` (see `kiosk.screens.description`) and `told`, one
line of JSON per event: what the session received, which key is to be spoken, which lines are on the glass,
and how often the word "mật" can be found in the program. `Back` shows the idle screen, as when a visit ends;
`StartAgain` shows the contact form.
"""

import json
import sys
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import Back, EarTouched, Event, Focused, StartAgain, Writing
from kiosk.session import Manners
from kiosk.view import ContactField, ContactView, Frame, IdleView, Shown, TextView

NOON = datetime.fromisoformat("2026-03-02T12:00:00+07:00")
QUESTION = TextView("more", "Ông/bà muốn góp ý thêm điều gì?", "", "", 400)
FIELDS = (ContactField("name", ""), ContactField("phone", ""))
FORM = ContactView("contact", "Liên hệ", "", open=True, fields=FIELDS)


def reachable(*roots: Any) -> Iterator[str]:
    """Every text that our objects and Kivy's hold, however deep, from `roots` on."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, str):
            yield thing
        if id(thing) in seen or isinstance(thing, str | type | ModuleType):
            continue
        seen.add(id(thing))
        if isinstance(thing, dict):
            waiting += [*thing.keys(), *thing.values()]
        elif isinstance(thing, list | tuple | set | frozenset | deque):
            waiting += thing
        elif isinstance(thing, Struct):
            waiting += [getattr(thing, name) for name in thing.__struct_fields__]
        elif isinstance(thing, partial):
            waiting += [thing.func, thing.args, thing.keywords]
        elif isinstance(thing, MethodType):
            waiting += [thing.__self__, thing.__func__]
        elif isinstance(thing, FunctionType):
            waiting += [cell.cell_contents for cell in thing.__closure__ or ()]
        elif type(thing).__module__.startswith(("kiosk.", "kivy.")):
            waiting += [getattr(thing, "__dict__", None), getattr(thing, "children", None)]


def main() -> None:
    """Show the text screen, until the display ends."""
    size = tuple(int(side) for side in sys.argv[1].split("x"))
    folder = Path(sys.argv[2])
    from tests.support.stage import open_stage

    stage = open_stage((size[0], size[1]), folder / "kivy", lambda: NOON, lambda event: report(event))
    from kivy.cache import Cache
    from kivy.core.window import Window

    from kiosk.loop import Loop
    from kiosk.screens.description import describe

    frame = Frame(office="Văn phòng", manners=Manners(), languages=("vi",), back=True, restart=True)
    views: dict[str, Any] = {"more": replace(QUESTION, written="".join(sys.argv[3:])), "contact": FORM}

    def show(view: Any) -> None:
        stage.show(Shown(view, frame), size)

    def report(event: Event) -> None:
        match event:
            case Writing("more", text):
                views["more"] = replace(views["more"], written=text)
                show(views["more"])
            case Writing(_, text, field):
                fields = tuple(
                    replace(one, written=text) if one.name == field else one
                    for one in views["contact"].fields
                )
                views["contact"] = replace(views["contact"], fields=fields)
                show(views["contact"])
            case EarTouched():
                views.update({name: replace(view, ear=True) for name, view in views.items()})
                show(views["more"])
            case Back():
                views.update(more=QUESTION, contact=FORM)
                show(IdleView("", touch=False))
            case StartAgain():
                show(FORM)
        tell(event)

    def tell(event: Event) -> None:
        written = getattr(stage.screen, "written", None)
        heard = event.text if isinstance(event, Writing) else None
        found = [text for text in reachable(stage, vars(Cache)) if "mật" in text.lower()]
        said = event.name if isinstance(event, Focused) else None
        line = {"heard": heard, "said": said, "lines": getattr(written, "lines", []), "found": len(found)}
        with (folder / "told").open("a") as told:
            told.write(json.dumps(line, ensure_ascii=False) + "\n")

    Window.bind(on_flip=lambda *_: describe(stage, folder / "pictures"))
    Window.bind(on_flip=stage.flipped)
    show(views["more"])
    Loop().run()


if __name__ == "__main__":
    main()
