"""A visit as a table of steps: what happens, what is then to be seen, no pixels."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import After, Commit, Committed, Effect, Event, KeepDraft, Now, StorageFailed, Timeout
from kiosk.session import Rules, State, begin, step
from kiosk.settings import Office, Settings
from kiosk.view import Shown, look
from sync.contract.catalogue import Catalogue, Officer, Procedure, Unit
from sync.contract.response import Response, Tag
from sync.contract.sealing import Words
from sync.contract.survey import Survey
from tests.support.assets import load_survey

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TAG = Tag(unit="phuong-mau", counter="1", procedure="1.001193", officer="cb-01")
OTHER_TAG = Tag(unit="phuong-mau", counter="1", procedure="2.000815", officer="cb-01")
CATALOGUE = Catalogue(
    units=(Unit("phuong-mau", {"vi": "UBND phường Mẫu"}),),
    procedures=(
        Procedure("1.001193", {"vi": "Đăng ký khai sinh", "en": "Birth registration"}),
        Procedure("2.000815", {"vi": "Chứng thực bản sao", "en": "Certified copy"}),
    ),
    officers=(Officer("cb-01", "Cán bộ Một", "phuong-mau"),),
)
SETTINGS = Settings(
    device="may-01", unit="phuong-mau", survey="kien-hung", office=Office({"vi": "UBND phường Mẫu"})
)


def kien_hung() -> Survey:
    """The survey of the Kiến Hưng plan, as it is shipped."""
    return load_survey(ROOT / "assets" / "surveys" / "kien-hung.toml")


def rules_for(survey: Survey, **changes: object) -> Rules:
    """Rules of a terminal that asks `survey`."""
    rules = Rules(survey=survey, device="may-01", unit="phuong-mau", languages=("vi", "en"), can_seal=True)
    return replace(rules, **changes)


class Stored(Struct):
    """One commit that came through."""

    response: Response
    words: Words


class Flow:
    """A terminal whose clock, timers and disk belong to the test."""

    def __init__(self, rules: Rules, start: datetime = START) -> None:
        self.rules = rules
        self.start = start
        self.state: State = begin(rules)
        self.stored: list[Stored] = []
        self.drafts: dict[str, Stored] = {}
        self.effects: list[Effect] = []
        self.disk_is_full = False
        self.elapsed_ms = 0
        self._due: list[tuple[int, int]] = []
        self._events = 0

    def send(self, *events: Event) -> "Flow":
        """These events one after the other, 1.5 s apart, as a calm citizen would."""
        for event in events:
            self.elapsed_ms += 1500
            self._send(event)
        return self

    def _send(self, event: Event) -> None:
        self._events += 1
        now = Now(
            self.start + timedelta(milliseconds=self.elapsed_ms),
            self.elapsed_ms,
            self._events.to_bytes(16, "little"),
        )
        self.state, effects = step(self.state, event, now, self.rules)
        self._perform(effects)

    def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            self.effects.append(effect)
            match effect:
                case After(milliseconds, token):
                    self._due.append((self.elapsed_ms + milliseconds, token))
                case KeepDraft(response, words):
                    self.drafts[response.id] = Stored(response, words)
                case Commit(response, words):
                    if self.disk_is_full:
                        self._send(StorageFailed("HL2001"))
                    else:
                        self.stored.append(Stored(response, words))
                        self.drafts.pop(response.id, None)
                        self._send(Committed())

    def send_after(self, milliseconds: int, event: Event) -> "Flow":
        """This event so much later; what is due before then happens."""
        self._wait(milliseconds)
        self._send(event)
        return self

    def wait(self, seconds: int) -> "Flow":
        """Nobody touches anything for so long; what is due in that time happens."""
        return self._wait(seconds * 1000)

    @property
    def next_due(self) -> int:
        """When the timer that the session waits for is due, in milliseconds like `elapsed_ms`."""
        return min(due for due, token in self._due if token == self.state.timer)

    def until_due(self) -> "Flow":
        """Nobody touches anything until that timer is due."""
        return self._wait(self.next_due - self.elapsed_ms)

    def _wait(self, milliseconds: int) -> "Flow":
        end = self.elapsed_ms + milliseconds
        while self._due and min(self._due)[0] <= end:
            due = min(self._due)
            self._due.remove(due)
            self.elapsed_ms = max(self.elapsed_ms, due[0])
            self._send(Timeout(due[1]))
        self.elapsed_ms = end
        return self

    @property
    def shown(self) -> Shown:
        """What is on the screen."""
        return look(self.state, self.rules, SETTINGS, CATALOGUE)

    @property
    def screen(self) -> str:
        """The kind of what is on the screen, such as "RatingView"."""
        return type(self.shown.view).__name__

    @property
    def last(self) -> Stored:
        """The newest response."""
        return self.stored[-1]
