"""A simulated citizen: decides only from the picture what to touch, and how long to read first. Pure.

It knows no survey: it answers what a view offers, so it stays correct when the screens change. `walk` takes
the real session from the scan to the thanks, on a clock of its own.
"""

from collections.abc import Iterator
from re import findall
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import asdict

from kiosk.events import (
    After,
    Answered,
    CallStaff,
    ContactWanted,
    Effect,
    Event,
    Forward,
    MoreWanted,
    Sound,
    Speak,
    Start,
    StillHere,
    Tagged,
    Toggled,
    Touched,
    Writing,
)
from kiosk.session import ALL_ANSWERED, ANY_MORE_CRITERIA, ANYTHING_MORE, Rules
from kiosk.settings import Screen
from kiosk.view import (
    ChoiceView,
    ContactView,
    GateView,
    IdleView,
    NumberView,
    RatingRow,
    ReadyView,
    Shown,
    StillThereView,
    TextView,
    ThanksView,
    View,
    YesNoView,
)
from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme
from sync.contract.survey import Survey
from tests.flows.flow import TAG, Flow, rules_for
from tests.support.finger import keys_of

ANSWERS = {"text", "label"}
"""Fields of a view that have to be read before it can be answered."""
AROUND = {"help", "procedure", "officer", "privacy"}
"""Fields that a hurried citizen passes over."""
GUARD_MS = 350
"""How long a new screen ignores touches (`screen.touch_guard_ms`)."""
ADVANCE_MS = 1000
"""A picture that continues by itself within this time is not touched to continue."""
MOST_MOMENTS = 400
PANEL = (1280, 800)


class Pace(Struct, frozen=True, kw_only=True):
    """How quickly somebody reads and touches.

    syllables: read in a second. touch, key: seconds for one touch, and for one key of the screen's keyboard.
    all: helps and small print are read, too.
    """

    name: str
    syllables: float
    touch: float
    key: float
    all: bool


# A hurried citizen reads thirteen syllables in three seconds, a slow reader takes twice as long. The
# movements are those of the keystroke-level model (Card, Moran and Newell 1980): 1.1 s to point at something,
# 1.2 s for a key of an unfamiliar keyboard.
HURRIED = Pace(name="hurried", syllables=13 / 3, touch=1.1, key=1.2, all=False)
SLOW = Pace(name="slow", syllables=13 / 6, touch=2.2, key=2.4, all=True)


class Wish(Struct, frozen=True, kw_only=True):
    """A citizen's intention.

    best: every rating gets the best level, else the worst. words: written if the form asks for words; then
    the first reason is chosen, too. sends: "Gửi" is touched, else the form is left to send itself.
    """

    name: str
    best: bool = True
    words: str = ""
    sends: bool = True


SATISFIED = Wish(name="very satisfied")
DISSATISFIED = Wish(name="very dissatisfied", best=False)
SILENT = Wish(name="very satisfied, left to send itself", sends=False)
IN_WORDS = Wish(name="with words", words="Rất tốt")


def panel_rules(survey: Survey, size: tuple[int, int] = PANEL) -> Rules:
    """The rules of a terminal with this survey on a panel of this size in pixels."""
    fit = criteria_that_fit(Theme(width=size[0], height=size[1]))
    together = min(Screen().ratings_per_page, fit)
    return rules_for(survey, respondents=survey.respondents[:1], ratings_per_page=together)


class Moment(Struct, frozen=True, kw_only=True):
    """One picture, and what ended it.

    since, until: milliseconds after the scan. touch: what the citizen did, None waited. touches, keys: how
    many it took. effects: what the session asked for then.
    """

    shown: Shown
    since: int
    until: int
    touch: Event | None
    touches: int
    keys: int
    effects: tuple[Effect, ...]


class Taken(Struct, frozen=True, kw_only=True):
    """What a whole visit took: touches, keys of the screen's keyboard, screens and seconds to the thanks."""

    touches: int
    keys: int
    screens: int
    seconds: float


def walk(rules: Rules, wish: Wish, pace: Pace) -> Iterator[Moment]:
    """From the scan to the thanks; the last moment is the thanks themselves.

    Raises:
        RuntimeError: the visit does not come to its end.
    """
    flow = Flow(rules).send(Tagged(TAG))
    began, read, done = flow.elapsed_ms, list[str](), set[str]()
    page = ""
    for _ in range(MOST_MOMENTS):
        shown, since = flow.shown, flow.elapsed_ms
        if isinstance(shown.view, ThanksView):
            yield Moment(
                shown=shown,
                since=since - began,
                until=since - began,
                touch=None,
                touches=0,
                keys=0,
                effects=(),
            )
            return
        thought = reading(shown, pace, read)
        if (now := page_of(shown.view)) != page:
            page, thought = now, max(thought, GUARD_MS)
        before, touch = len(flow.effects), decide(shown, wish, done)
        if isinstance(touch, Forward) and flow.next_due <= since + ADVANCE_MS:
            touch = None
        keys = len(keys_of(touch.text[-1])) if isinstance(touch, Writing) else 0
        touches = int(touch is not None and not keys)
        if touch is None:
            flow.until_due()
        else:
            done.add(type(touch).__name__)
            flow.send_after(thought + round(1000 * (pace.touch * touches + pace.key * keys)), touch)
        effects = tuple(flow.effects[before:])
        yield Moment(
            shown=shown,
            since=since - began,
            until=flow.elapsed_ms - began,
            touch=touch,
            touches=touches,
            keys=keys,
            effects=effects,
        )
    raise RuntimeError(f"'{rules.survey.id}', {wish.name}: no end; shown is {flow.screen}")


def taken(moments: list[Moment]) -> Taken:
    """The totals of a visit; a picture that only shows another mark is no new screen."""
    pages = [page_of(moment.shown.view) for moment in moments]
    screens = sum(page != before for before, page in zip(["", *pages], pages, strict=False))
    touches, keys = sum(moment.touches for moment in moments), sum(moment.keys for moment in moments)
    return Taken(touches=touches, keys=keys, screens=screens, seconds=moments[-1].since / 1000)


def heard(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The sounds and waits among the effects: a citizen doesn't notice writes to the disk."""
    return tuple(effect for effect in effects if isinstance(effect, After | CallStaff | Sound | Speak))


def decide(shown: Shown, wish: Wish, done: set[str]) -> Event | None:
    """What to touch next, None nothing. done: the kinds of events that this citizen has sent."""
    return _answer(shown.view, wish, done) or (Forward() if shown.frame.forward else None)


def _answer(view: View, wish: Wish, done: set[str]) -> Event | None:
    for row in getattr(view, "rows", ()):
        if isinstance(row, RatingRow) and row.marked is None:
            values = [level.value for level in row.levels]
            return Answered(row.question, max(values) if wish.best else min(values))
    match view:
        case IdleView(touch=True):
            return Touched()
        case ReadyView():
            return Start()
        case ChoiceView(several=True):
            wanted = wish.words and not view.marked
            return Toggled(view.question, view.tiles[0].id) if wanted else None
        case ChoiceView():
            return None if view.marked else Answered(view.question, view.tiles[0].id)
        case YesNoView():
            return Answered(view.question, False) if view.marked is None else None
        case NumberView():
            return None if view.marked is not None else Answered(view.question, view.minimum)
        case TextView():
            count = len(view.written)
            return Writing(view.question, wish.words[: count + 1]) if count < len(wish.words) else None
        case ContactView():
            return ContactWanted(view.question, False)
        case GateView():
            if wish.words and view.more and "MoreWanted" not in done:
                return MoreWanted()
            return Forward() if wish.sends else None
        case StillThereView():
            return StillHere()
        case _:
            return None


def reading(shown: Shown, pace: Pace, read: list[str]) -> int:
    """Milliseconds for what is new on this picture; adds it to what was `read`."""
    count = 0
    for text in texts_of(shown, ANSWERS | AROUND if pace.all else ANSWERS):
        if text not in read:
            count += new_syllables(text, read)
            read.append(text)
    return round(1000 * count / pace.syllables)


def new_syllables(text: str, read: list[str]) -> int:
    """How many are left without the beginning and the end that an earlier text has, too."""
    mine = syllables(text)
    return min((_apart(mine, syllables(other)) for other in read), default=len(mine))


def _apart(mine: list[str], other: list[str]) -> int:
    most = min(len(mine), len(other))
    first = next((place for place in range(most) if mine[place] != other[place]), most)
    last = next(
        (place for place in range(most - first) if mine[-1 - place] != other[-1 - place]), most - first
    )
    return len(mine) - first - last


def texts_of(thing: object, fields: set[str]) -> Iterator[str]:
    """The texts in a view's fields of these names, and the words of the interface around them."""
    if isinstance(thing, GateView):
        anything = (ANY_MORE_CRITERIA, "Đánh giá thêm") if thing.criteria else (ANYTHING_MORE, "Góp ý")
        yield from (*anything, "Gửi") if thing.more else (ALL_ANSWERED, "Gửi")
    if isinstance(thing, ContactView):
        yield from ("Để lại", "Không để lại")
    if isinstance(thing, tuple):
        for each in thing:
            yield from texts_of(each, fields)
    if isinstance(thing, Struct):
        for name, value in asdict(thing).items():
            if not isinstance(value, str):
                yield from texts_of(value, fields)
            elif name in fields:
                yield value


def syllables(text: str) -> list[str]:
    """Vietnamese writes its syllables apart."""
    return findall(r"\w+", normalize("NFC", text).lower())


def page_of(view: View) -> str:
    """What distinguishes a new screen from the previous one: the kind and the questions on it."""
    rows = [row.question for row in getattr(view, "rows", ()) if isinstance(row, RatingRow)]
    question = getattr(view, "question", "")
    return " ".join((type(view).__name__, *([question] if question else []), *rows))
