"""The terminal without its glass: feeds the session, carries out its effects, and knows what scans mean.

    scan ──► tagging ──► event ──┐
    finger ─► screen ──► event ──┴─► session ──► state (drawn) and effects (carried out here)

Promises:
- a response is durable in the store before the session hears `Committed`, and so before any thanks;
- what a citizen wrote, and the cases, are sealed before the store sees them, drafts too;
- a scan's text goes to `tagging.read_code` and nowhere else;
- what is scanned while nobody can be welcomed (thanks, storage, wiping) waits, and is never lost;
- a handover that waits has a draft on the disk: if the power fails, it still leaves its response;
- one that waits when nothing is asked any more leaves its response under the rules it was scanned with.

What touches the world comes in as `World`: the window in the product, a hand-driven one in tests.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec.structs import replace

from kiosk import session, staff_desk, tagging
from kiosk.devices.scanner import Scan
from kiosk.events import (
    After,
    Assisted,
    CallStaff,
    CodeMade,
    CodeWanted,
    Commit,
    Committed,
    Effect,
    Event,
    Focused,
    Joined,
    KeepDraft,
    LanguageChosen,
    Noticed,
    Now,
    QueueLength,
    Replaced,
    Sound,
    Speak,
    Speaking,
    StorageBack,
    StorageFailed,
    Tagged,
    Timeout,
    Touched,
    Voided,
    WipeWanted,
)
from kiosk.phone_code import Place
from kiosk.session import Phase, Rules, State
from kiosk.staff import Tries, is_pin
from kiosk.staff_desk import (
    OF_FACTS,
    AskWifi,
    BadgeShown,
    CheckPin,
    CloseAfter,
    Desk,
    DeskEvent,
    DeskLeft,
    DeskTimeout,
    DeskTold,
    DeskTouched,
    Do,
    KeepTries,
    LookWithCamera,
    PinChecked,
    TagByHand,
    VoidVisit,
)
from kiosk.tagging import Counter, Habits, ServicePoint
from kiosk.wireless import WifiAnswered
from sync.contract.bundle import PublicKey
from sync.contract.case_box import seal_case
from sync.contract.catalogue import Catalogue
from sync.contract.codes import Refusal
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.scanning import DOSSIER_ALREADY_RATED, QUEUE_FULL
from sync.contract.problem.terminal import NOT_ASKED_TODAY
from sync.contract.response import Outcome, Response
from sync.contract.sealing import Words, seal_words
from sync.host.usb_note import UsbJob
from sync.host.wifi import Answer, Question

_HOME: tuple[Phase, ...] = ("idle", "closed")
# What is scanned here waits: no visit can begin or be replaced.
_BUSY: tuple[Phase, ...] = ("saving", "thanks", "out_of_order", "wiping")


class Store(Protocol):
    """Where responses are kept; the outbox in the product. Both raise ProblemError when it is not durable."""

    def append(self, response: Response) -> Response:
        """Keep a finished visit for good."""

    def keep_draft(self, response: Response) -> None:
        """Keep a visit in progress."""


class PinTries(Protocol):
    """Where wrong PINs are counted; a file in the product."""

    def read(self, now_ms: int) -> Tries:
        """The tries so far, for this monotonic time."""

    def keep(self, tries: Tries) -> None:
        """Keep them over restarts; raises ProblemError where that can't be done."""


class World(Protocol):
    """What the terminal asks of the machine around it."""

    def now(self) -> Now:
        """The instant, with fresh chance."""

    def after(self, milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
        """Call once, that many milliseconds later, on the screen's thread; what is returned cancels it."""

    def when_drawn(self, call: Callable[[], None]) -> None:
        """Call once, as soon as the present state is on the screen."""

    def show(self, state: State) -> None:
        """Draw this state."""

    def show_desk(self, desk: Desk) -> None:
        """Draw the staff screen."""

    def play(self, sound: str) -> None:
        """Play a short sound."""

    def speak(self, text: str, language: str, queued: bool) -> int:
        """Say a text aloud, `queued`: after what is being said; milliseconds until all is said, 0 unheard."""

    def call_staff(self) -> None:
        """Report to the staff that help is wanted."""

    def look_with_camera(self) -> None:
        """Switch the camera on until it has read one code, which goes to `scanned`."""

    def ask_wifi(self, question: Question, answered: Callable[[Answer], None]) -> None:
        """Ask the helper for Wi-Fi; `answered` is called on the screen's thread, some seconds later."""

    def make_code(self, wanted: CodeWanted, place: Place, made: Callable[[str], None]) -> None:
        """Make the code for a phone; `made` is called on the screen's thread, "" where there is none."""

    def restart(self) -> None:
        """End this process; the service manager starts a new one."""


class Terminal:
    """One counter's terminal.

    sealing: the centre's key for words, None where there is none. staff_pin: argon2 hash, "" badges only.
    tries: where wrong PINs are counted; None: they are forgotten with this object.
    keep_rated: is given the cases that were rated here, whenever they change.
    ask_for_copy: has what is unsent, or logs, copied to a USB stick; returns what is in the way, if anything.
    rest: is called when a visit is over, before the next one can begin.
    attended: is called with True when somebody comes to the glass, and with False when nobody is there again.
    """

    def __init__(
        self,
        *,
        rules: Rules,
        place: ServicePoint,
        habits: Habits,
        catalogue: Catalogue,
        store: Store,
        sealing: PublicKey | None,
        world: World,
        staff_pin: str = "",
        tries: PinTries | None = None,
        keep_rated: Callable[[Collection[str]], None] = lambda _: None,
        rest: Callable[[], object] = lambda: None,
        ask_for_copy: Callable[[UsbJob], Problem | None] = lambda _: None,
        attended: Callable[[bool], object] = lambda _: None,
    ) -> None:
        self.rules = rules
        self.state = session.begin(rules)
        self.counter = Counter()
        self.desk = Desk(tries=tries.read(world.now().monotonic_ms) if tries else Tries())
        self._place = place
        self._habits = habits
        self._catalogue = catalogue
        self._store = store
        self._sealing = sealing
        self._world = world
        self._staff_pin = staff_pin
        self._tries = tries
        self._keep_rated = keep_rated
        self._rest = rest
        self._ask_for_copy = ask_for_copy
        self._attended = attended
        self._events: deque[Event | DeskEvent] = deque()
        self.heard: datetime | None = None
        self._drafts: dict[str, KeepDraft] = {}
        self._timers: dict[str, Callable[[], None]] = {}
        self._outcome: Outcome = "timed_out"

    # --- what comes in -------------------------------------------------------------------------------

    def send(self, event: Event | DeskEvent) -> None:
        """Something happened: decide, act, draw."""
        self._events.append(event)
        if len(self._events) > 1:
            return  # an effect of the event at hand; its turn comes in the loop below
        state, desk, alone = self.state, self.desk, self.between_visits
        while self._events:
            first = self._events[0]
            if isinstance(first, Touched | Focused) and self.desk.page != "closed":
                self._take_at_desk(DeskTouched())
            elif isinstance(first, DeskEvent):
                self._take_at_desk(first)
            else:
                self._take(first)
            self._events.popleft()
        if self.between_visits != alone:
            self._attended(alone)
        if self.desk.page != "closed":
            if self.desk != desk:
                self._world.show_desk(self.desk)
        elif self.state is not state or desk.page != "closed":
            self._world.show(self.state)

    @property
    def may_end(self) -> bool:
        """Whether an end of this process interrupts nobody, nor takes the turn of who waits for the glass."""
        if self.desk.page != "closed":
            return False
        is_free = self.state.phase in ("idle", "closed") and not self.counter.queue
        return is_free or self.state.phase == "out_of_order"

    @property
    def between_visits(self) -> bool:
        """Whether nobody is at the glass, neither citizen nor staff."""
        return self.state.phase in ("idle", "closed") and self.desk.page == "closed"

    def configure(
        self, *, rules: Rules, place: ServicePoint, catalogue: Catalogue, sealing: PublicKey | None
    ) -> None:
        """Take a new configuration; to be called `between_visits`."""
        if not rules.asks:
            self._close_waiting()
        self.rules, self._place, self._catalogue, self._sealing = rules, place, catalogue, sealing
        self._rated_are(tagging.unannounced(self.counter.rated, place))

    def _close_waiting(self) -> None:
        """Nobody will be asked about the handovers that wait: each leaves its response now."""
        now, waiting = self._world.now(), self.counter.queue
        self.counter = replace(self.counter, queue=())
        for handover in waiting:
            left = session.waiting_draft(handover.tag, handover.visit, now, self.rules)
            with suppress(ProblemError):  # its draft stays, and is recovered once the disk is well
                self._store.append(self._sealed(left.response, left.words))
        if waiting:
            self.send(QueueLength(0))

    def scanned(self, scan: Scan) -> None:
        """A scanner read something, or says why it did not."""
        now = self._world.now()
        self.heard = now.wall
        if isinstance(scan, Refusal):
            read: tagging.Read = tagging.Refused(scan)
        else:
            read = tagging.read_code(scan, self._place, now.wall.date())
        if isinstance(read, tagging.Badge):
            self.send(BadgeShown())
        self._tell(tagging.Scanned(read), now)
        if self.desk.page in OF_FACTS:
            self._world.show_desk(self.desk)  # who tries the scanner sees that it works

    def sign_out(self) -> None:
        """The officer leaves, or the office closes."""
        self._tell(tagging.SignOut(), self._world.now())

    def time_passed(self) -> None:
        """Called now and then: a badge long unused signs out."""
        self._tell(tagging.TimePassed(), self._world.now())

    def recover(self, drafts: Iterable[Response]) -> None:
        """Visits that a power cut interrupted become what they were; raises ProblemError of the store.

        A visit that is going on, and a handover that waits, are no such visits.
        """
        current = {self.state.visit.id} if self.state.visit else set()
        waiting = {handover.visit for handover in self.counter.queue}
        for draft in drafts:
            if draft.id not in current | waiting:
                self._store.append(draft)

    def remember(self, cases: Iterable[str]) -> None:
        """These cases were rated here before a restart, and are not asked again."""
        rated = {**dict.fromkeys(cases, self._world.now().wall), **self.counter.rated}
        self._rated_are(tagging.unannounced(rated, self._place))

    def forget_rated(self) -> None:
        """A response was erased: nobody can say whose case was which, so none is remembered."""
        self._rated_are({})

    def _rated_are(self, rated: Mapping[str, datetime]) -> None:
        before, self.counter = self.counter, replace(self.counter, rated=rated)
        self._keep_changed(before)

    def _keep_changed(self, before: Counter) -> None:
        if self.counter.rated.keys() != before.rated.keys():
            self._keep_rated(self.counter.rated.keys())

    def storage_is(self, number: str) -> None:
        """The store's health while nobody is there: the number of its problem, "" when it is well."""
        if number and self.state.phase in ("idle", "closed"):
            self.send(StorageFailed(number))
        elif not number and self.state.phase == "out_of_order":
            self.send(StorageBack())

    # --- what follows --------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        now, was = self._world.now(), self.state.phase
        self.state, effects = session.step(self.state, event, now, self.rules)
        if _is_occupied(self.state) and not self.counter.occupied:
            self._tell(tagging.Occupied(), now)
        for effect in effects:
            self._perform(effect)
        if was not in _HOME and self.state.phase in _HOME:
            self._rest()
            self._tell(tagging.VisitEnded(self._outcome), now)

    def _take_at_desk(self, event: DeskEvent) -> None:
        self.desk, effects = staff_desk.step(self.desk, event, self._world.now(), self.rules.patience.staff)
        for effect in effects:
            match effect:
                case CloseAfter(milliseconds, token):
                    self._set_timer("desk", milliseconds, DeskTimeout(token))
                case CheckPin(pin, tries):
                    self._check_pin(pin, tries)
                case KeepTries(tries) if self._tries:
                    with suppress(ProblemError):  # they are forgotten until the next start
                        self._tries.keep(tries)
                case TagByHand(code):
                    self._tell(tagging.ByHand(code), self._world.now())
                case VoidVisit(reason):
                    self.send(Voided(self.counter.officer or "staff", reason))
                case LookWithCamera():
                    self._world.look_with_camera()
                case AskWifi(question):
                    self._world.ask_wifi(question, lambda answer: self.send(WifiAnswered(answer)))
                case Do(what):
                    self._do(what)

    def _check_pin(self, pin: str, tries: Tries) -> None:
        try:
            if self._tries:
                self._tries.keep(tries)
        except ProblemError as error:
            self.send(DeskTold(error.problem.kind.title))
        else:
            self.send(PinChecked(is_pin(pin, self._staff_pin)))

    def _do(self, what: str) -> None:
        match what:
            case "sign_out":
                self._tell(tagging.SignOut(), self._world.now())
            case "sound":
                self._world.play("thanks")
            case "language":
                self._turn_language()
            case "assist":
                self.send(Assisted())
            case "wipe":
                self.send(WipeWanted())
            case "restart":
                self._world.restart()
            case "usb":
                self._copy_to_usb("copy")
            case "logs":
                self._copy_to_usb("logs")

    def _copy_to_usb(self, job: UsbJob) -> None:
        obstacle = self._ask_for_copy(job)
        if obstacle is not None:
            self.send(DeskTold(f"{obstacle.kind.title}. {obstacle.kind.remedy}"))

    def _turn_language(self) -> None:
        """Until the next start, the next language is shown where nobody chose one."""
        languages = self.rules.languages
        place = languages.index(self.rules.language) if self.rules.language in languages else -1
        self.rules = replace(self.rules, language=languages[(place + 1) % len(languages)])
        self.send(LanguageChosen(self.rules.language))
        self._world.show_desk(self.desk)

    def _perform(self, effect: Effect) -> None:
        match effect:
            case After(milliseconds, token) if token == self.state.notice_timer:
                self._set_timer("notice", milliseconds, Timeout(token))
            case After(milliseconds, token) if token == self.state.told_timer:
                self._set_timer("told", milliseconds, Timeout(token))
            case After(milliseconds, token) if token == self.state.choosing_timer:
                self._set_timer("languages", milliseconds, Timeout(token))
            case After(milliseconds, token):
                self._set_timer("visit", milliseconds, Timeout(token))
            case Commit(response, words):
                self._commit(response, words)
            case KeepDraft():
                self._draft(effect)
            case Sound(name):
                self._world.play(name)
            case Speak(text, language, queued):
                milliseconds = self._world.speak(text, language, queued)
                if milliseconds:
                    self.send(Speaking(milliseconds))
            case CallStaff():
                self._world.call_staff()
            case CodeWanted(visit, tag):
                place = Place(self.rules, self._place.case_public)
                self._world.make_code(effect, place, lambda address: self.send(CodeMade(visit, tag, address)))

    def _set_timer(self, name: str, milliseconds: int, event: Timeout | DeskTimeout) -> None:
        """One timer a name: the one it replaces would only be ignored, and a long day piles them up."""
        if name in self._timers:
            self._timers[name]()
        self._timers[name] = self._world.after(milliseconds, partial(self.send, event))

    def _commit(self, response: Response, words: Words) -> None:
        self._drafts.pop(response.id, None)
        try:
            self._store.append(self._sealed(response, words))
        except ProblemError as error:
            self.send(StorageFailed(error.problem.number))
            return
        self._outcome = response.outcome
        self.send(Committed())

    def _draft(self, draft: KeepDraft) -> None:
        """Keep the newest draft of each visit after the next picture; at once where none will be drawn."""
        if draft.waits:
            self._keep_draft(draft)
            return
        if not self._drafts:
            self._world.when_drawn(self.keep_drafts)
        self._drafts[draft.response.id] = draft

    def keep_drafts(self) -> None:
        """What waits for its picture is kept now: the process may end before that."""
        drafts, self._drafts = self._drafts, {}
        for draft in drafts.values():
            self._keep_draft(draft)

    def _keep_draft(self, draft: KeepDraft) -> None:
        try:
            self._store.keep_draft(self._sealed(draft.response, draft.words))
        except ProblemError:
            # The visit goes on: its commit reports a full disk, before any thanks.
            return

    def _sealed(self, response: Response, words: Words) -> Response:
        if response.tag and response.tag.cases:
            public = self._place.case_public
            boxes = tuple(seal_case(case, public) for case in response.tag.cases) if public else ()
            response = replace(response, tag=replace(response.tag, cases=boxes))
        if not words or self._sealing is None:
            return response
        return replace(response, sealed=seal_words(words, self._sealing.id, self._sealing.public))

    def _tell(self, event: tagging.Event, now: Now) -> None:
        if not self.rules.asks and _hands_over(event):
            self._notice(Noticed(NOT_ASKED_TODAY.title, refused=True))
            return
        before = self.counter
        self.counter, told = tagging.step(self.counter, event, now, self._place, self._habits)
        self._keep_changed(before)
        for waiting in self.counter.queue:
            if waiting not in before.queue:  # on the disk too: a power cut leaves its response
                self._draft(session.waiting_draft(waiting.tag, waiting.visit, now, self.rules))
        for follows in self._follows(told):
            if isinstance(follows, Tagged | Joined | Replaced):
                self.send(DeskLeft())
            if isinstance(follows, Noticed):
                self._notice(follows)
            else:
                self.send(follows)
        if len(self.counter.queue) != len(before.queue):
            self.send(QueueLength(len(self.counter.queue)))

    def _notice(self, noticed: Noticed) -> None:
        """Show staff a message, on their screen where it is open."""
        self.send(DeskTold(noticed.text))
        if self.desk.page == "closed":
            self.send(noticed)

    def _follows(self, told: tagging.Reply) -> tuple[Event, ...]:
        match told:
            case tagging.Accepted(tag, visit):
                return (Tagged(tag, visit),)
            case tagging.Joined(tag):
                return (Joined(tag),)
            case tagging.Replaced(_, _, corrected):
                return (Replaced(corrected),)
            case tagging.SignedIn(officer):
                known = self._catalogue.officer(officer)
                return (Noticed(f"Đã nhận thẻ: {known.name if known else officer}"),)
            case tagging.SignedOut():
                return (Noticed("Cán bộ đã rời quầy"),)
            case tagging.AlreadyRated():
                return (Noticed(DOSSIER_ALREADY_RATED.title, refused=True),)
            case tagging.QueueFull():
                return (Noticed(QUEUE_FULL.title, refused=True),)
            case tagging.Refused(reason):
                return (Noticed(reason.problem.kind.title, refused=True),)
            case _:
                return ()


def _hands_over(event: tagging.Event) -> bool:
    """Whether a visit could begin with it."""
    if isinstance(event, tagging.Scanned):
        return isinstance(event.read, tagging.ProcedureCard | tagging.Dossier)
    return isinstance(event, tagging.ByHand)


def _is_occupied(state: State) -> bool:
    """Whether scans have to wait: the citizen has touched an answer or written, or nobody can be welcomed."""
    visit = state.visit
    begun = visit is not None and bool(
        visit.respondent or visit.answers or visit.marks or visit.writing or visit.words
    )
    return begun or state.phase in _BUSY
