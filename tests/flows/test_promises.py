"""Whatever happens in whatever order, the session keeps its promises."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.events import (
    Answered,
    Assisted,
    Back,
    ClosePrivacy,
    Commit,
    Committed,
    ContactWanted,
    ContrastTouched,
    EarTouched,
    Event,
    Focused,
    Forward,
    HelpWanted,
    Joined,
    KeyTouched,
    LanguageChosen,
    MoreWanted,
    Noticed,
    NotNow,
    OpeningChanged,
    QueueLength,
    Replaced,
    RespondentChosen,
    ShowPrivacy,
    Speaking,
    Start,
    StartAgain,
    StillHere,
    Tagged,
    TextSizeTouched,
    Toggled,
    Touched,
    Voided,
    WipeWanted,
    Writing,
)
from sync.contract.response import Respondent
from sync.contract.survey import Survey
from sync.contract.validation import violations
from tests.flows.flow import OTHER_TAG, TAG, Flow, rules_for
from tests.support.surveys import every_kind

SURVEY: Survey = every_kind()
IDS = [question.id for question in SURVEY.questions]
ANSWERS = st.one_of(st.integers(0, 12), st.booleans(), st.sampled_from(["na", "a", "b", "fast", "slow"]))

EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.sampled_from(
        [
            Touched(),
            Start(),
            NotNow(),
            ShowPrivacy(),
            ClosePrivacy(),
            Forward(),
            MoreWanted(),
            Back(),
            StartAgain(),
            StillHere(),
            HelpWanted(),
            ContrastTouched(),
            TextSizeTouched(),
            EarTouched(),
            KeyTouched(),
            Speaking(1800),
            Noticed("Đã nhận thẻ"),
            Assisted(),
            LanguageChosen("en"),
            WipeWanted(),
            Voided("cb-01", "nhầm"),
            OpeningChanged(False),
            OpeningChanged(True),
            Tagged(TAG),
            Joined(OTHER_TAG),
            Replaced(True),
            Replaced(False),
            QueueLength(2),
            RespondentChosen("citizen"),
            RespondentChosen("organisation"),
        ]
    ),
    st.builds(Answered, st.sampled_from(IDS), ANSWERS),
    st.builds(Toggled, st.sampled_from(IDS), st.sampled_from(["fast", "kind", "slow", "none"])),
    st.builds(Focused, st.just("Có"), st.none() | st.tuples(st.sampled_from(IDS), ANSWERS)),
    st.builds(Writing, st.sampled_from(IDS), st.text(max_size=5), st.sampled_from(["", "name", "phone"])),
    st.builds(ContactWanted, st.sampled_from(IDS), st.booleans()),
)
STEPS = st.lists(st.one_of(EVENTS, st.integers(1, 120), st.booleans()), max_size=60)


def walk(steps: list[Event | int | bool], respondents: tuple[Respondent, ...] = ("citizen",)) -> Flow:
    """Events, waiting in seconds, and a disk that fills up or has room again."""
    flow = Flow(rules_for(SURVEY, start_by_touch=True, ratings_per_page=3, respondents=respondents))
    for item in steps:
        if isinstance(item, bool):
            flow.disk_is_full = item
        elif isinstance(item, int):
            flow.wait(item)
        else:
            flow.send(item)
        assert flow.shown
    return flow


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_the_terminal_always_comes_home(steps: list[Event | int | bool]) -> None:
    flow = walk([*steps, False])
    flow.wait(1000)
    assert flow.screen in ("IdleView", "ClosedView")


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_every_response_fits_its_survey_and_is_committed_once(steps: list[Event | int | bool]) -> None:
    flow = walk([*steps, False]).wait(1000)
    ids = [stored.response.id for stored in flow.stored]
    assert len(set(ids)) == len(ids)
    for stored in flow.stored:
        assert violations(stored.response, SURVEY) == []


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_every_tag_that_began_a_visit_leaves_exactly_one_response(steps: list[Event | int | bool]) -> None:
    flow = walk([*steps, False]).wait(1000)
    assert flow.drafts == {}


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_nobody_answers_before_they_said_whom_they_are_here_for(steps: list[Event | int | bool]) -> None:
    flow = walk([*steps, False], ("citizen", "organisation")).wait(1000)
    assert flow.screen in ("IdleView", "ClosedView")
    assert flow.drafts == {}
    chosen = {item.respondent for item in steps if isinstance(item, RespondentChosen)}
    answered = {stored.response.respondent for stored in flow.stored if stored.response.answers}
    assert answered <= chosen


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_a_given_answer_is_in_the_response_unless_the_citizen_began_again(
    steps: list[Event | int | bool],
) -> None:
    flow = Flow(rules_for(SURVEY, start_by_touch=True))
    answered: dict[str, set[str]] = {}
    for item in steps:
        if isinstance(item, bool):
            continue
        visit = flow.state.visit
        flow.wait(item) if isinstance(item, int) else flow.send(item)
        if isinstance(item, StartAgain) and visit:
            answered.pop(visit.id, None)
        if flow.state.visit:
            kept = {id for id in flow.state.visit.answers if not id.startswith("why")}
            answered.setdefault(flow.state.visit.id, set()).update(kept)
    flow.wait(1000)
    stored = {entry.response.id: set(entry.response.answers) for entry in flow.stored}
    for id, given_answers in answered.items():
        assert given_answers <= stored.get(id, set()) or not given_answers


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_thanks_never_come_before_the_commit(steps: list[Event | int | bool]) -> None:
    flow = Flow(rules_for(SURVEY, start_by_touch=True))
    for item in [*steps, Tagged(TAG), Start(), Forward()]:
        if isinstance(item, bool):
            flow.disk_is_full = item
            continue
        before = len(flow.stored)
        was = flow.screen
        flow.wait(item) if isinstance(item, int) else flow.send(item)
        if flow.screen == "ThanksView" and was != "ThanksView":
            assert len(flow.stored) > before
            assert flow.last.response.outcome == "complete"


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_of_one_visit_nothing_is_left_in_the_next(steps: list[Event | int | bool]) -> None:
    flow = walk([*steps, False]).wait(1000)
    assert flow.state.visit is None
    assert flow.state.pending is None
    assert flow.state.manners == Flow(flow.rules).state.manners


def test_a_commit_that_nobody_waits_for_changes_nothing() -> None:
    flow = Flow(rules_for(SURVEY)).send(Committed())
    assert flow.screen == "IdleView"
    assert not any(isinstance(effect, Commit) for effect in flow.effects)
