"""Session, tagging, sealing and a real outbox together, with time in the test's hand."""

from base64 import b64encode
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from nacl.public import PrivateKey

from kiosk.events import (
    Answered,
    CodeWanted,
    EarTouched,
    Event,
    Forward,
    LanguagesWanted,
    MoreWanted,
    Noticed,
    Now,
    Touched,
    Writing,
)
from kiosk.phone_code import Place
from kiosk.rated_here import RatedHere
from kiosk.session import State
from kiosk.staff import Tries, hash_pin
from kiosk.staff_desk import (
    VOID_REASONS,
    BadgeShown,
    CameraWanted,
    Desk,
    DeskLeft,
    Did,
    Digit,
    PageWanted,
    PinEntered,
    ProcedureChosen,
    StaffWanted,
    VoidChosen,
)
from kiosk.tagging import Habits, ServicePoint
from kiosk.terminal import PinTries, Store, Terminal
from sync.contract.bundle import Case, PublicKey
from sync.contract.canonical import decode_response
from sync.contract.codes import Refusal, case_hash
from sync.contract.problem import ProblemError
from sync.contract.problem.scanning import PIN_TRY_NOT_KEPT
from sync.contract.problem.terminal import STORAGE_FULL
from sync.contract.response import Response
from sync.contract.sealing import open_words
from sync.host.wifi import Answer, Look, Question
from sync.outbox import Outbox, OutboxReader
from tests.flows.flow import CATALOGUE, START, kien_hung, rules_for
from tests.support.codes import CASE_PUBLIC, opened

KEY = b"0" * 32
PIN = hash_pin("2468")
DOSSIERS = [f"000.00.12.H29-260302-000{n}" for n in range(1, 9)]
PRIVATE = PrivateKey(bytes(range(32)))
SEALING = PublicKey("niem-phong-1", b64encode(bytes(PRIVATE.public_key)).decode())


KNOWN = case_hash(DOSSIERS[0], KEY)
PLACE = ServicePoint(
    units=("phuong-mau",),
    counter="1",
    case_key=KEY,
    case_public=CASE_PUBLIC,
    cases={KNOWN: Case(KNOWN, "1.001193", "cb-01")},
)


class HandDriven:
    """A world in which time passes when the test says so."""

    def __init__(self) -> None:
        self.ms = 0
        self.events = 0
        self.shown: list[State] = []
        self.desks: list[Desk] = []
        self.sounds: list[str] = []
        self.asked_wifi: list[tuple[Question, Callable[[Answer], None]]] = []
        self.wanted: list[tuple[CodeWanted, Place, Callable[[str], None]]] = []
        self.due: list[tuple[int, int, Callable[[], None]]] = []
        self._undrawn: list[Callable[[], None]] = []

    def now(self) -> Now:
        self.events += 1
        return Now(START + timedelta(milliseconds=self.ms), self.ms, self.events.to_bytes(16, "little"))

    def after(self, milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
        self.events += 1
        due = (self.ms + milliseconds, self.events, call)
        self.due.append(due)
        return lambda: self.due.remove(due) if due in self.due else None

    def when_drawn(self, call: Callable[[], None]) -> None:
        self._undrawn.append(call)

    def show(self, state: State) -> None:
        self.shown.append(state)

    def play(self, sound: str) -> None:
        self.sounds.append(sound)

    def speak(self, text: str, language: str, queued: bool) -> int:
        self.sounds.append(text)
        return 3000

    def call_staff(self) -> None:
        self.sounds.append("staff")

    def show_desk(self, desk: Desk) -> None:
        self.desks.append(desk)

    def ask_wifi(self, question: Question, answered: Callable[[Answer], None]) -> None:
        self.asked_wifi.append((question, answered))

    def make_code(self, wanted: CodeWanted, place: Place, made: Callable[[str], None]) -> None:
        self.wanted.append((wanted, place, made))

    def look_with_camera(self) -> None:
        self.sounds.append("camera")

    def restart(self) -> None:
        self.sounds.append("restart")

    def draw(self) -> None:
        while self._undrawn:
            self._undrawn.pop(0)()

    def wait(self, seconds: int) -> None:
        end = self.ms + seconds * 1000
        while self.due and min(self.due)[0] <= end:
            due = min(self.due)
            self.due.remove(due)
            self.ms = max(self.ms, due[0])
            due[2]()
        self.ms = end


class FullDisk:
    """A store that has no room until told otherwise."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.full = True

    def append(self, response: Response) -> Response:
        if self.full:
            raise ProblemError(STORAGE_FULL())
        return self.store.append(response)

    def keep_draft(self, response: Response) -> None:
        if self.full:
            raise ProblemError(STORAGE_FULL())
        self.store.keep_draft(response)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    outbox = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    yield outbox
    outbox.close()


@pytest.fixture
def world() -> HandDriven:
    return HandDriven()


def terminal_on(
    store: Store,
    world: HandDriven,
    tries: PinTries | None = None,
    keep_rated: Callable[[Collection[str]], None] = lambda _: None,
    rest: Callable[[], object] = lambda: None,
    attended: Callable[[bool], object] = lambda _: None,
) -> Terminal:
    return Terminal(
        rules=rules_for(kien_hung()),
        place=PLACE,
        habits=Habits(),
        catalogue=CATALOGUE,
        store=store,
        sealing=SEALING,
        world=world,
        staff_pin=PIN,
        tries=tries,
        keep_rated=keep_rated,
        rest=rest,
        attended=attended,
    )


VISIT: list[Event] = [
    Answered("result", 2),
    Answered("service", 1),
    MoreWanted(),
    Writing("unsatisfied", "Bí mật của tôi"),
    Forward(),
    Forward(),
    Forward(),
]


def visit(terminal: Terminal, world: HandDriven, dossier: str) -> None:
    """One whole visit, and the thanks until they are over."""
    world.wait(30)
    terminal.scanned(dossier)
    for event in VISIT:
        world.ms += 2000
        terminal.send(event)
    world.wait(6)


def stored(tmp_path: Path) -> list[Response]:
    reader = OutboxReader(tmp_path / "outbox")
    return [decode_response(one.body) for one in reader.after(0, limit=1000, max_bytes=10**7)]


def test_a_visit_is_in_the_outbox_with_its_tag_and_its_words_sealed(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    visit(terminal_on(outbox, world), world, DOSSIERS[0])
    (response,) = stored(tmp_path)
    assert response.tag is not None
    assert (response.tag.procedure, response.tag.officer) == ("1.001193", "cb-01")
    assert response.answers == {"result": 2, "service": 1}
    assert response.sealed is not None
    assert open_words(response.sealed, {"niem-phong-1": bytes(PRIVATE)}) == {"unsatisfied": "Bí mật của tôi"}


def test_neither_words_nor_codes_reach_the_disk(outbox: Outbox, world: HandDriven, tmp_path: Path) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    for event in VISIT[:5]:
        terminal.send(event)
        world.draw()
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b'"sealed"' in everything, "the draft, answers and all"
    for secret in ("Bí mật", "B\\u00ed", DOSSIERS[0]):
        assert secret.encode() not in everything


def test_no_thanks_are_shown_while_the_store_refuses(outbox: Outbox, world: HandDriven) -> None:
    disk = FullDisk(outbox)
    terminal = terminal_on(disk, world)
    visit(terminal, world, DOSSIERS[0])
    assert "thanks" not in [state.phase for state in world.shown]
    assert terminal.state.phase == "out_of_order"


def test_a_visit_refused_by_the_disk_is_stored_when_there_is_room(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    disk = FullDisk(outbox)
    terminal = terminal_on(disk, world)
    visit(terminal, world, DOSSIERS[0])
    disk.full = False
    world.wait(10)
    assert [response.answers for response in stored(tmp_path)] == [{"result": 2, "service": 1}]


def test_the_list_of_languages_does_not_put_off_the_next_try_to_store(
    outbox: Outbox, world: HandDriven
) -> None:
    disk = FullDisk(outbox)
    terminal = terminal_on(disk, world)
    visit(terminal, world, DOSSIERS[0])
    terminal.send(LanguagesWanted())
    disk.full = False
    world.wait(10)
    assert terminal.state.phase == "idle"


def test_a_visit_cut_off_by_power_is_kept_as_partial(world: HandDriven, tmp_path: Path) -> None:
    before = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    terminal = terminal_on(before, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 2))
    world.draw()
    before.close()

    after = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    terminal_on(after, world).recover(after.drafts())
    after.close()
    assert [(one.outcome, one.answers) for one in stored(tmp_path)] == [("partial", {"result": 2})]


def test_who_ends_the_terminal_before_its_picture_is_drawn_takes_no_answer_away(
    world: HandDriven, outbox: Outbox
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 2))
    assert outbox.drafts() == []
    terminal.keep_drafts()
    assert [draft.answers for draft in outbox.drafts()] == [{"result": 2}]


def test_handovers_that_wait_leave_their_responses_though_the_power_fails(
    world: HandDriven, tmp_path: Path
) -> None:
    before = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    terminal = terminal_on(before, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 2))
    world.draw()
    for seconds, dossier in ((25, DOSSIERS[1]), (2, DOSSIERS[2]), (25, DOSSIERS[3])):
        terminal.send(Touched())
        world.wait(seconds)
        terminal.scanned(dossier)
    before.close()

    after = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    terminal_on(after, world).recover(after.drafts())
    after.close()
    kept = [(one.outcome, len(one.tag.cases)) for one in stored(tmp_path) if one.tag]
    assert kept == [("partial", 1), ("timed_out", 2), ("timed_out", 1)]


def test_a_handover_that_waited_and_was_served_leaves_no_second_response(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 5))
    for dossier in DOSSIERS[1:3]:
        terminal.send(Touched())
        world.wait(25)
        terminal.scanned(dossier)
    world.wait(1000)
    assert len(stored(tmp_path)) == 3
    assert outbox.drafts() == []


def test_a_case_is_rated_once_also_after_a_restart(outbox: Outbox, world: HandDriven, tmp_path: Path) -> None:
    here = RatedHere(tmp_path / "rated.json")
    visit(terminal_on(outbox, world, keep_rated=here.keep), world, DOSSIERS[1])
    again = terminal_on(outbox, world, keep_rated=here.keep)
    again.remember(here.load())
    visit(again, world, DOSSIERS[1])
    assert len(stored(tmp_path)) == 1
    assert again.state.phase == "idle"


def test_what_the_centre_announces_and_what_was_with_an_erased_response_is_kept_here_no_longer(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    here = RatedHere(tmp_path / "rated.json")
    terminal = terminal_on(outbox, world, keep_rated=here.keep)
    visit(terminal, world, DOSSIERS[1])
    visit(terminal, world, DOSSIERS[2])
    first, second = (case_hash(code, KEY) for code in DOSSIERS[1:3])
    assert here.load() == {first, second}
    announced = replace(PLACE, cases={first: Case(first, rated=True)})
    terminal.configure(rules=terminal.rules, place=announced, catalogue=CATALOGUE, sealing=SEALING)
    assert here.load() == {second}
    terminal.forget_rated()
    assert here.load() == frozenset()
    visit(terminal, world, DOSSIERS[1])
    assert len(stored(tmp_path)) == 2
    visit(terminal, world, DOSSIERS[2])
    assert len(stored(tmp_path)) == 3


def test_nobody_who_has_the_key_of_the_unit_finds_a_dossier_in_the_outbox(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    visit(terminal, world, DOSSIERS[0])
    terminal.scanned(DOSSIERS[1])  # waits with a draft
    world.draw()
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "outbox").rglob("*") if path.is_file())
    assert b"cases" in on_disk
    for code in DOSSIERS:
        hashed = case_hash(code, KEY)
        forms = hashed.encode(), bytes.fromhex(hashed), b64encode(bytes.fromhex(hashed)).rstrip(b"=")[:20]
        assert not any(form in on_disk for form in forms)
    assert [opened(one) for one in stored(tmp_path)] == [(case_hash(DOSSIERS[0], KEY),)]


def test_handovers_scanned_during_a_visit_follow_one_by_one(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 5))
    for dossier in DOSSIERS[1:3]:
        terminal.send(Touched())
        world.wait(25)
        terminal.scanned(dossier)
    assert terminal.state.waiting == 2
    terminal.send(Answered("service", 5))
    terminal.send(Forward())
    assert terminal.state.phase == "thanks"
    world.wait(6)
    assert (terminal.state.phase, terminal.state.waiting) == ("ready", 1)
    world.wait(500)
    outcomes = [response.outcome for response in stored(tmp_path)]
    assert outcomes == ["complete", "timed_out", "timed_out"]


def test_handovers_that_wait_survive_a_power_cut(world: HandDriven, tmp_path: Path) -> None:
    before = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    terminal = terminal_on(before, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 5))
    for dossier in DOSSIERS[1:3]:
        terminal.send(Touched())
        world.wait(25)
        terminal.scanned(dossier)
    world.draw()
    before.close()

    after = Outbox(tmp_path / "outbox", "may-01", clock=lambda: START)
    terminal_on(after, world).recover(after.drafts())
    after.close()
    kept = {opened(one): one.outcome for one in stored(tmp_path)}
    assert kept == {
        (case_hash(DOSSIERS[0], KEY),): "partial",
        (case_hash(DOSSIERS[1], KEY),): "timed_out",
        (case_hash(DOSSIERS[2], KEY),): "timed_out",
    }


def test_a_visit_going_on_is_not_taken_for_an_interrupted_one(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    world.draw()
    terminal.recover(outbox.drafts())
    assert stored(tmp_path) == []


def test_a_handover_that_waited_leaves_one_response_all_the_same(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(Answered("result", 5))
    world.wait(25)
    terminal.scanned(DOSSIERS[1])
    world.wait(1000)
    world.draw()
    assert len(stored(tmp_path)) == 2
    assert outbox.drafts() == []


def test_the_next_scan_before_any_answer_leaves_two_responses(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    world.wait(40)
    terminal.scanned(DOSSIERS[1])
    world.wait(500)
    cases = [opened(response) for response in stored(tmp_path)]
    assert cases == [(case_hash(code, KEY),) for code in DOSSIERS[:2]]


def test_while_a_prompt_plays_nobody_is_asked_whether_they_are_still_there(
    outbox: Outbox, world: HandDriven
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    terminal.send(EarTouched())
    for _ in range(2):
        terminal.send(Answered("result", 5))
    assert kien_hung().questions[1].text["vi"] in world.sounds
    phases = []
    for seconds in (42, 2):
        world.wait(seconds)
        phases.append(terminal.state.phase)
    assert phases == ["asking", "still_there"]


def test_timers_do_not_pile_up(outbox: Outbox, world: HandDriven) -> None:
    terminal = terminal_on(outbox, world)
    for _ in range(20):
        visit(terminal, world, DOSSIERS[0])
    assert len(world.due) <= 2


def test_a_refused_scan_tells_the_officer_and_stores_nothing(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned("012345678901|123456789|Họ Tên Mẫu|01011990|Nam|Địa chỉ mẫu|01012021")
    assert terminal.state.told == Noticed("Không quét giấy tờ tùy thân", refused=True)
    assert stored(tmp_path) == []


def test_an_unhealthy_disk_closes_an_idle_terminal_and_opens_it_again(
    outbox: Outbox, world: HandDriven
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.storage_is("HL2002")
    terminal.storage_is("")
    assert [state.phase for state in world.shown] == ["out_of_order", "idle"]


def at_desk(terminal: Terminal) -> Terminal:
    """The staff screen, opened with the PIN."""
    terminal.send(StaffWanted())
    for digit in "2468":
        terminal.send(Digit(digit))
    terminal.send(PinEntered())
    return terminal


def test_staff_tag_a_handover_by_hand(outbox: Outbox, world: HandDriven, tmp_path: Path) -> None:
    terminal = at_desk(terminal_on(outbox, world))
    assert terminal.desk.page == "home"
    terminal.send(PageWanted("tag"))
    terminal.send(ProcedureChosen("1.001193"))
    assert (terminal.desk.page, terminal.state.phase) == ("closed", "ready")
    world.wait(500)
    (response,) = stored(tmp_path)
    assert response.tag is not None
    assert (response.tag.procedure, response.tag.source) == ("1.001193", "hand")


def test_staff_void_the_visit_at_hand_and_it_stays_on_record(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    terminal.scanned(DOSSIERS[0])
    at_desk(terminal)
    terminal.send(PageWanted("void"))
    terminal.send(VoidChosen(VOID_REASONS[0]))
    (response,) = stored(tmp_path)
    assert (response.outcome, response.void and response.void.reason) == ("voided", VOID_REASONS[0])


def test_a_visit_counts_as_assisted_only_if_staff_say_so(
    outbox: Outbox, world: HandDriven, tmp_path: Path
) -> None:
    terminal = terminal_on(outbox, world)
    visit(terminal, world, DOSSIERS[0])
    world.wait(30)
    terminal.scanned(DOSSIERS[1])
    at_desk(terminal).send(Did("assist"))
    assert (terminal.desk.page, terminal.state.phase) == ("closed", "ready")
    for event in VISIT:
        terminal.send(event)
    assert [response.mode for response in stored(tmp_path)] == ["self", "assisted"]


def test_a_handover_closes_the_staff_screen(outbox: Outbox, world: HandDriven) -> None:
    terminal = at_desk(terminal_on(outbox, world))
    terminal.scanned(DOSSIERS[0])
    assert (terminal.desk.page, world.shown[-1].phase) == ("closed", "ready")


def test_what_a_scan_was_refused_for_is_said_on_the_staff_screen_too(
    outbox: Outbox, world: HandDriven
) -> None:
    terminal = at_desk(terminal_on(outbox, world))
    terminal.scanned("000000000000|")
    assert (terminal.desk.page, terminal.desk.message) == ("home", "Không quét giấy tờ tùy thân")
    terminal.send(DeskLeft())
    terminal.send(StaffWanted())
    terminal.send(CameraWanted())
    assert world.sounds[-1] == "camera"
    terminal.scanned(Refusal.TWO_AT_ONCE)
    assert (terminal.desk.page, terminal.desk.message) == ("lock", "Hai mã cùng lúc, hoặc mã có nhiều dòng")


def test_a_wrong_pin_opens_nothing(outbox: Outbox, world: HandDriven) -> None:
    terminal = terminal_on(outbox, world)
    terminal.send(StaffWanted())
    terminal.send(Digit("1"))
    terminal.send(PinEntered())
    assert (terminal.desk.page, terminal.desk.tries.wrong) == ("lock", 1)


class Kept:
    """Where tries are kept; `keep` raises where the disk takes nothing."""

    def __init__(self) -> None:
        self.tries: list[Tries] = []
        self.broken = False

    def read(self, now_ms: int) -> Tries:
        return self.tries[-1] if self.tries else Tries()

    def keep(self, tries: Tries) -> None:
        if self.broken:
            raise ProblemError(PIN_TRY_NOT_KEPT())
        self.tries.append(tries)


def test_the_next_process_goes_on_with_the_tries(outbox: Outbox, world: HandDriven) -> None:
    kept = Kept()
    terminal = terminal_on(outbox, world, tries=kept)
    terminal.send(StaffWanted())
    for _ in range(3):
        terminal.send(Digit("1"))
        terminal.send(PinEntered())
    assert [tries.wrong for tries in kept.tries] == [1, 2, 3]
    again = at_desk(terminal_on(outbox, world, tries=kept))
    assert (again.desk.page, again.desk.message) == ("lock", "Xin đợi 5 giây")
    world.wait(6)
    assert at_desk(again).desk.page == "home"
    assert kept.tries[-1] == Tries()


def test_no_pin_is_compared_where_the_try_can_not_be_written(outbox: Outbox, world: HandDriven) -> None:
    kept = Kept()
    kept.broken = True
    terminal = at_desk(terminal_on(outbox, world, tries=kept))
    assert (terminal.desk.page, terminal.desk.message) == ("lock", PIN_TRY_NOT_KEPT.title)
    terminal.send(BadgeShown())
    assert terminal.desk.page == "home"


def test_the_staff_screen_leaves_by_itself(outbox: Outbox, world: HandDriven) -> None:
    terminal = at_desk(terminal_on(outbox, world))
    world.wait(61)
    assert (terminal.desk.page, world.shown[-1].phase) == ("closed", "idle")


def test_whoever_tries_the_scanner_on_the_staff_screen_sees_that_it_was_heard(
    outbox: Outbox, world: HandDriven
) -> None:
    terminal = at_desk(terminal_on(outbox, world))
    assert terminal.heard is None
    drawn = len(world.desks)
    terminal.scanned("012345678901")
    assert terminal.heard is not None
    assert (len(world.desks) > drawn, terminal.desk.page) == (True, "home")


def test_staff_choose_the_language_that_stands_when_nobody_chose(outbox: Outbox, world: HandDriven) -> None:
    terminal = at_desk(terminal_on(outbox, world))
    terminal.send(Did("language"))
    assert terminal.state.manners.language == "en"
    visit(terminal, world, DOSSIERS[0])
    assert (terminal.state.phase, terminal.state.manners.language) == ("idle", "en")


def test_staff_connect_to_wifi_and_the_answer_comes_back(outbox: Outbox, world: HandDriven) -> None:
    terminal = terminal_on(outbox, world)
    for event in (StaffWanted(), BadgeShown(), PageWanted("wifi")):
        terminal.send(event)
    ((question, answered),) = world.asked_wifi
    assert question == Look()
    answered(Answer())
    assert (terminal.desk.page, terminal.desk.wireless.stage) == ("wifi", "list")
