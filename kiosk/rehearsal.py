"""What the next citizen will see, worked out ahead, so that it can be drawn once where nobody sees it. Pure.

What is drawn for the first time takes several times as long: letters are cut, faces drawn, tiles made.
"""

from msgspec.structs import replace

from kiosk.events import Now
from kiosk.session import Rules, Visit, begin, visit_pages
from kiosk.settings import Settings
from kiosk.view import Shown, View, look
from sync.contract.catalogue import Catalogue


def scenes(rules: Rules, settings: Settings, catalogue: Catalogue, now: Now) -> tuple[Shown, ...]:
    """The first picture of each kind that a visit can show, in the order in which they come.

    It is a visit of nobody: it leaves no response, and holds no word but the survey's and the interface's.
    """
    visit = Visit(id="", tag=None, started=now)
    ready = replace(begin(rules), phase="ready", visit=visit)
    pages = range(len(visit_pages(visit, rules)))
    asking = [replace(ready, phase="asking", visit=replace(visit, page=page)) for page in pages]
    first: dict[type[View], Shown] = {}
    for state in (ready, *asking, replace(ready, phase="thanks")):
        shown = look(state, rules, settings, catalogue)
        first.setdefault(type(shown.view), shown)
    return tuple(first.values())
