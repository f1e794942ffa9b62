"""Drives a visit with words in it through the real app, then another, and looks for the words in the process.

    python -m tests.support.forgetting FOLDER          prints where the words still are, one per line
    python -m tests.support.forgetting FOLDER --leave  the first visit is not ended: the control

FOLDER holds kiosk.toml of an office. Needs a display.
"""

import argparse
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kiosk.__main__ import prepare_kivy
from kiosk.events import Answered, Back, ContactWanted, Forward, MoreWanted, NotNow, Touched
from kiosk.settings import load_settings
from kiosk.typing_vi import SAC
from kiosk.usable import usable_bundle

# Put together here, so that no constant of this program contains the words that are searched for.
PARTS = ("quầy", "số", "bảy", "mươi", "chín")
NAME = ("Trần", "Thử", "Nghiệm")
TURNS = 30


def main() -> None:
    """Two visits, then the search."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leave", action="store_true")
    asked = parser.parse_args()
    settings = load_settings(asked.folder / "kiosk.toml")
    prepare_kivy(settings.data / "kivy", (settings.screen.width, settings.screen.height))
    from kiosk.app import App

    app = App(settings, usable_bundle(settings), None, None)
    app.open()
    turn(app)
    visit_with_words(app)
    if not asked.leave:
        app.terminal.send(Forward())
        turn(app)
        app.terminal.send(Touched())
        visit_without(app)
    for where in sorted(set(found())):
        print(where, flush=True)
    app.close()


def visit_with_words(app: Any) -> None:
    """Two ratings, an opinion and a name, by the keys of the screen's keyboard."""
    for event in (Touched(), Answered("result", 5), Answered("service", 4), MoreWanted()):
        app.terminal.send(event)
        turn(app)
    write(app, " ".join(PARTS))
    app.terminal.send(Forward())
    turn(app)
    app.terminal.send(Forward())
    turn(app)
    app.terminal.send(ContactWanted("contact", wanted=True))
    turn(app)
    write(app, " ".join(NAME))


def visit_without(app: Any) -> None:
    """Another citizen goes as far as the same pages, and leaves."""
    turn(app)
    rated = (Answered("result", 3), Answered("service", 3))
    for event in (Touched(), *rated, MoreWanted(), Forward(), Forward()):
        app.terminal.send(event)
        turn(app)
    app.terminal.send(ContactWanted("contact", wanted=True))
    turn(app)
    for _ in range(7):
        app.terminal.send(Back())
    turn(app)
    app.terminal.send(NotNow())
    turn(app)


def write(app: Any, text: str) -> None:
    """Press the keys for `text`, as the screen's keyboard reports them."""
    key: Callable[[str], None] = app.stage.screen._key
    for letter in text:
        key(letter)
        turn(app, 1)
    key(SAC)
    turn(app)


def turn(app: Any, count: int = TURNS) -> None:
    """Run the event loop, and let time pass on the session's clock."""
    for _ in range(count):
        app.loop.turn(0.002)


def found() -> Iterator[str]:
    """Where a word of the first visit is still held: in containers, objects and Kivy's caches."""
    from kivy.cache import Cache

    gc.collect()
    words = (" ".join(PARTS[:3]), " ".join(NAME))
    seen = {id(words), *map(id, words)}
    waiting = [thing for thing in gc.get_objects() if thing is not seen]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        for held in gc.get_referents(thing):
            # By type and not by isinstance, which would wake weak proxies.
            if type(held) is not str:
                # Structs of plain values are no containers to the collector, but can be asked.
                if not gc.is_tracked(held):
                    waiting.append(held)
            elif id(held) not in seen and any(word in held for word in words):
                yield f"held by {type(thing).__module__}.{type(thing).__name__}"
    for category in list(Cache._objects):
        for key in list(Cache._objects[category]):
            if any(word in str(key) for word in words):
                yield f"Kivy's cache {category}"


if __name__ == "__main__":
    main()
