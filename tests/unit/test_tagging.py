from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.events import Now
from kiosk.tagging import (
    Accepted,
    AlreadyRated,
    Badge,
    ByHand,
    Counter,
    Dossier,
    Event,
    Habits,
    Joined,
    Nothing,
    Occupied,
    Place,
    ProcedureCard,
    Queued,
    QueueFull,
    Read,
    Refused,
    Replaced,
    Scanned,
    SignedIn,
    SignedOut,
    SignOut,
    TimePassed,
    Told,
    VisitEnded,
    read_code,
    step,
    unannounced,
)
from sync.contract.bundle import Case
from sync.contract.codes import Refusal, case_hash
from sync.contract.response import CASES, Outcome, Tag
from tests.support.codes import (
    CASE_KEY,
    DOSSIER,
    HEALTH_CARD,
    IDENTITY_CARD,
    KEYS,
    TODAY,
    UNIT,
    code,
    signed,
)

HASH = case_hash(DOSSIER, CASE_KEY)
PLACE = Place(units=(UNIT, "h26"), counter="q1", keys=KEYS, case_key=CASE_KEY)
HABITS = Habits()
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
BIRTH, MARRIAGE = ProcedureCard("1.001193"), ProcedureCard("1.000894")
FIRST, SECOND, THIRD = Dossier(case="a" * 32), Dossier(case="b" * 32), Dossier(case="c" * 32)


class Desk:
    """A counter in a test: events at given seconds, the outcome of each."""

    def __init__(self, place: Place = PLACE, habits: Habits = HABITS, counter: Counter | None = None) -> None:
        self.place, self.habits, self.counter = place, habits, counter or Counter()
        self.second = 100_000.0

    def tell(self, event: Event, after: float = 60) -> Told:
        self.second += after
        now = Now(MORNING + timedelta(seconds=self.second - 100_000), int(self.second * 1000), bytes(16))
        self.counter, told = step(self.counter, event, now, self.place, self.habits)
        return told

    def scan(self, read: Read, after: float = 60) -> Told:
        return self.tell(Scanned(read), after)

    def visit(self, outcome: Outcome = "complete") -> Told:
        self.tell(Occupied(), 5)
        return self.tell(VisitEnded(outcome), 10)


# --- read_code ---------------------------------------------------------------------------------------


def test_a_badge_and_a_procedure_card_are_read() -> None:
    assert read_code(signed(code()), PLACE, TODAY) == Badge("cb-07")
    assert read_code(signed(code("procedure", "1.001193")), PLACE, TODAY) == ProcedureCard("1.001193")


def test_a_card_of_a_unit_above_counts_and_of_another_unit_does_not() -> None:
    assert read_code(signed(code(unit="h26")), PLACE, TODAY) == Badge("cb-07")
    assert read_code(signed(code(unit="h26.other")), PLACE, TODAY) == Refused(Refusal.OTHER_UNIT)


def test_a_dossier_is_known_by_its_hash_alone() -> None:
    assert read_code(DOSSIER, PLACE, TODAY) == Dossier(case=HASH)
    listed = replace(PLACE, cases={HASH: Case(HASH, "1.001193", "cb-01", rated=True)})
    assert read_code(DOSSIER, listed, TODAY) == Dossier(
        case=HASH, procedure="1.001193", officer="cb-01", rated=True
    )


def test_a_dossier_still_counts_where_the_unit_has_no_key() -> None:
    assert read_code(DOSSIER, replace(PLACE, case_key=None), TODAY) == Dossier(case=None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (IDENTITY_CARD, Refusal.IDENTITY_CARD),
        (HEALTH_CARD, Refusal.IDENTITY_CARD),
        ("000000000000", Refusal.BARE_DIGITS),
        ("000.00.12.H26-260231-0004", Refusal.IMPOSSIBLE_DATE),
        ("1.001193", Refusal.UNKNOWN),
        (signed(code(expires=date(2026, 1, 1))), Refusal.EXPIRED),
    ],
)
def test_everything_else_is_refused(text: str, reason: Refusal) -> None:
    assert read_code(text, PLACE, TODAY) == Refused(reason)


# --- the badge is sticky -----------------------------------------------------------------------------


def test_a_badge_signs_in_until_another_badge_or_sign_out() -> None:
    desk = Desk()
    assert desk.scan(Badge("cb-01")) == SignedIn("cb-01", None)
    assert desk.scan(Badge("cb-02")) == SignedIn("cb-02", "cb-01")
    assert desk.tell(SignOut()) == SignedOut("cb-02")
    assert desk.tell(SignOut()) == Nothing()


def test_a_handover_belongs_to_the_officer_who_is_signed_in() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    told = desk.scan(BIRTH)
    assert isinstance(told, Accepted)
    assert told.tag == Tag(
        unit=UNIT,
        counter="q1",
        procedure="1.001193",
        officer="cb-01",
        source="card",
        scanned_at=MORNING + timedelta(seconds=120),
    )


def test_the_case_list_names_procedure_and_officer() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    told = desk.scan(Dossier(case="a" * 32, procedure="1.000894", officer="cb-09"))
    assert isinstance(told, Accepted)
    assert (told.tag.procedure, told.tag.officer, told.tag.cases) == ("1.000894", "cb-09", ("a" * 32,))


def test_an_idle_badge_signs_out() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    assert desk.tell(TimePassed(), 119 * 60) == Nothing()
    assert desk.tell(TimePassed(), 60) == SignedOut("cb-01")


def test_a_scan_after_long_idleness_is_nobody_s_and_still_counts() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    told = desk.scan(BIRTH, after=121 * 60)
    assert isinstance(told, Accepted)
    assert told.tag.officer is None
    assert desk.counter.officer is None


def test_scans_keep_the_badge_awake() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    for _ in range(5):
        desk.scan(BIRTH, after=100 * 60)
        desk.visit()
    assert desk.counter.officer == "cb-01"


def test_a_badge_during_a_visit_leaves_its_tag_alone() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    desk.scan(BIRTH)
    desk.scan(Badge("cb-02"))
    assert desk.counter.tag is not None
    assert desk.counter.tag.officer == "cb-01"


# --- one handover, one visit -------------------------------------------------------------------------


def test_a_scan_before_the_first_answer_replaces_the_tag() -> None:
    desk = Desk()
    desk.scan(BIRTH)
    told = desk.scan(MARRIAGE, after=5)
    assert isinstance(told, Replaced)
    assert (told.before.procedure, told.tag.procedure, told.corrected) == ("1.001193", "1.000894", True)


def test_a_scan_long_after_an_unanswered_one_is_the_next_citizen_s() -> None:
    desk = Desk()
    desk.scan(BIRTH)
    told = desk.scan(MARRIAGE, after=45)
    assert isinstance(told, Replaced)
    assert not told.corrected


def test_a_card_read_twice_by_one_press_is_one_handover() -> None:
    desk = Desk()
    desk.scan(BIRTH)
    assert desk.scan(BIRTH, after=1) == Nothing()
    told = desk.scan(BIRTH, after=10)
    assert isinstance(told, Replaced)
    assert not told.corrected


def test_dossiers_scanned_one_after_the_other_make_one_visit() -> None:
    desk = Desk()
    desk.scan(FIRST)
    desk.scan(SECOND, after=4)
    told = desk.scan(THIRD, after=4)
    assert isinstance(told, Joined)
    assert told.tag.cases == ("a" * 32, "b" * 32, "c" * 32)
    assert desk.scan(FIRST, after=4) == Nothing()


def test_one_visit_holds_no_more_dossiers_than_a_response_may() -> None:
    desk = Desk()
    for number in range(CASES):
        desk.scan(Dossier(case=f"{number:032x}"), after=1)
    assert desk.scan(Dossier(case="f" * 32), after=1) == QueueFull()
    assert desk.counter.tag
    assert len(desk.counter.tag.cases) == CASES
    desk.tell(Occupied())
    for number in range(100, 100 + CASES):
        desk.scan(Dossier(case=f"{number:032x}"), after=1)
    assert desk.scan(Dossier(case="e" * 32), after=1) == QueueFull()
    assert [len(waiting.tag.cases) for waiting in desk.counter.queue] == [CASES]


def test_a_dossier_much_later_is_another_citizen_s() -> None:
    desk = Desk()
    desk.scan(FIRST)
    assert isinstance(desk.scan(SECOND, after=30), Replaced)


def test_a_scan_during_a_visit_queues_and_never_re_tags_it() -> None:
    desk = Desk()
    desk.scan(BIRTH)
    desk.tell(Occupied())
    before = desk.counter.tag
    assert desk.scan(MARRIAGE) == Queued(1)
    assert desk.scan(FIRST) == Queued(2)
    assert desk.scan(SECOND, after=5) == Queued(2)
    assert desk.counter.tag == before
    following = desk.tell(VisitEnded("complete"))
    assert isinstance(following, Accepted)
    assert following.tag.procedure == "1.000894"
    following = desk.visit()
    assert isinstance(following, Accepted)
    assert following.tag.cases == ("a" * 32, "b" * 32)
    assert desk.visit() == Nothing()


def test_no_more_than_five_wait() -> None:
    desk = Desk()
    desk.scan(BIRTH)
    desk.tell(Occupied())
    for waiting in range(1, 6):
        assert desk.scan(MARRIAGE) == Queued(waiting)
    assert desk.scan(MARRIAGE) == QueueFull()
    assert len(desk.counter.queue) == 5


def test_a_scan_during_an_untagged_visit_queues_too() -> None:
    desk = Desk()
    desk.tell(Occupied())
    assert desk.scan(BIRTH) == Queued(1)


def test_staff_tag_by_hand() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    told = desk.tell(ByHand("1.001193"))
    assert isinstance(told, Accepted)
    assert (told.tag.source, told.tag.officer) == ("hand", "cb-01")


# --- one handover, one vote --------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["complete", "partial", "declined"])
def test_a_rated_case_is_not_a_tag_within_the_set_days(
    outcome: Literal["complete", "partial", "declined"],
) -> None:
    desk = Desk()
    desk.scan(FIRST)
    desk.scan(SECOND, after=4)
    desk.visit(outcome)
    assert desk.scan(FIRST) == AlreadyRated()
    assert desk.scan(SECOND, after=29 * 86400) == AlreadyRated()
    assert isinstance(desk.scan(SECOND, after=86400), Accepted)


@pytest.mark.parametrize("outcome", ["timed_out", "voided"])
def test_a_case_that_had_no_say_may_be_scanned_again(outcome: Literal["timed_out", "voided"]) -> None:
    desk = Desk()
    desk.scan(FIRST)
    desk.tell(VisitEnded(outcome))
    assert isinstance(desk.scan(FIRST), Accepted)


def test_a_case_rated_at_another_terminal_is_not_a_tag() -> None:
    assert Desk().scan(replace(FIRST, rated=True)) == AlreadyRated()


def test_a_counter_remembers_only_what_the_centre_does_not_announce() -> None:
    rated = {"a" * 32: MORNING, "b" * 32: MORNING, "c" * 32: MORNING}
    announced = {
        "a" * 32: Case("a" * 32, rated=True),
        "b" * 32: Case("b" * 32),
    }
    left = unannounced(rated, replace(PLACE, cases=announced))
    assert left == {"b" * 32: MORNING, "c" * 32: MORNING}


# --- refused -----------------------------------------------------------------------------------------


def test_a_refused_scan_changes_nothing_but_the_count_of_its_reason() -> None:
    desk = Desk()
    desk.scan(Badge("cb-01"))
    desk.scan(BIRTH)
    before = desk.counter
    refused = Refused(Refusal.IDENTITY_CARD)
    assert desk.scan(refused) == refused
    assert desk.scan(refused) == refused
    assert desk.counter == replace(before, refused={Refusal.IDENTITY_CARD: 2})


reads: st.SearchStrategy[Read] = st.sampled_from(
    [Badge("cb-01"), Badge("cb-02"), BIRTH, MARRIAGE, FIRST, SECOND, THIRD, Refused(Refusal.FORGED)]
)
events: st.SearchStrategy[Event] = st.one_of(
    reads.map(Scanned),
    reads.map(Scanned),
    st.just(Occupied()),
    st.sampled_from([VisitEnded("complete"), VisitEnded("timed_out"), VisitEnded("voided")]),
    st.sampled_from([SignOut(), TimePassed(), ByHand(None)]),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(events, st.sampled_from([0.0, 1.0, 10.0, 60.0, 8000.0])), max_size=60))
def test_every_accepted_tag_leaves_exactly_one_response(story: list[tuple[Event, float]]) -> None:
    desk = Desk()
    accepted = left = 0
    for event, after in story:
        before = desk.counter
        told = desk.tell(event, after)
        if isinstance(event, VisitEnded):
            left += before.tag is not None
        elif isinstance(told, Accepted):
            accepted += 1
        elif isinstance(told, Queued | Replaced):
            accepted += len(desk.counter.queue) - len(before.queue)
        waiting = (desk.counter.tag is not None) + len(desk.counter.queue)
        assert accepted == left + waiting
        if before.occupied and not isinstance(event, VisitEnded):
            assert desk.counter.tag == before.tag
        tags = [handover.tag for handover in desk.counter.queue]
        cases = [case for tag in (desk.counter.tag, *tags) if tag is not None for case in tag.cases]
        assert len(cases) == len(set(cases))
