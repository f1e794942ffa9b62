"""One visit as a pure state machine: (state, event, now) -> state, effects. No Kivy, no clock, no I/O.

Promises, each tested under random events:
- every tag that began a visit leaves exactly one response, whatever happens on the screen;
- an answer that was given is in the response that is committed, unless the citizen began again;
- the thanks are shown only after the response was committed;
- of one visit nothing is left in the state of the next;
- no answer is spoken aloud, and nothing that a citizen writes, unless they chose headphones first.

    idle ──scan──► ready ──touch──► asking ──last──► gate ──send──► saving ──committed──► thanks ──► idle
                     │ not now         │ silence       │ silence: send  │ failed
                     │ silence         ▼               │ more: asking   ▼
                     └──► saving   still_there         ▼            out_of_order ──retry──► …
                                       │ silence    the extra pages
                                       └──► saving (partial, complete once the gate was reached)

In `ready` the first question is on the screen already, with what was handed over, and the touch that answers
it begins the visit. Where `has_ready_screen`, a screen of its own comes first, and its button begins it.
"Not now" and privacy are one touch away until the first page is left.

Where an assignment has several respondents, and no case that was handed over says who the visitor is, the
screen before the first question asks that instead, and its touch begins the visit.

Time comes in as `Now`; waiting goes out as `After(milliseconds, token)`, and a `Timeout` whose token is no
longer the awaited one is ignored.
"""

from datetime import timedelta
from itertools import chain
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import (
    After,
    Answered,
    Assisted,
    Back,
    CallStaff,
    ClosePrivacy,
    CodeMade,
    CodeWanted,
    Commit,
    Committed,
    ContactWanted,
    ContrastTouched,
    EarTouched,
    Effect,
    Event,
    Focused,
    Forward,
    HandTouched,
    HelpWanted,
    Joined,
    KeepDraft,
    KeyTouched,
    LanguageChosen,
    LanguagesWanted,
    MoreWanted,
    Noticed,
    NotNow,
    Now,
    OpeningChanged,
    QueueLength,
    Replaced,
    RespondentChosen,
    ShowPrivacy,
    SignsTouched,
    Sound,
    Speak,
    Speaking,
    Start,
    StartAgain,
    StillHere,
    StorageBack,
    StorageFailed,
    Tagged,
    TextSizeTouched,
    Timeout,
    Toggled,
    Touched,
    Voided,
    WipeWanted,
    Writing,
    new_id,
)
from kiosk.settings import Patience
from sync.contract.masking import mask_digits
from sync.contract.pages import Page, gate_of, pages
from sync.contract.response import Answer, Outcome, Respondent, Response, SurveyRef, Tag, Void
from sync.contract.sealing import Words
from sync.contract.survey import (
    NOT_APPLICABLE,
    SEALED_KINDS,
    Choice,
    Choices,
    Contact,
    OpenText,
    Question,
    Rating,
    Survey,
    YesNo,
    offered_options,
)
from sync.contract.text import Text, nfc, pick
from sync.contract.validation import applicable, level_of, wrong_answer

Phase = Literal[
    "idle",
    "closed",
    "ready",
    "privacy",
    "asking",
    "gate",
    "still_there",
    "saving",
    "thanks",
    "out_of_order",
    "wiping",
]

NOBODY_THERE: tuple[Phase, ...] = ("idle", "closed", "wiping")
"""No citizen reads these screens, so words for staff may be on them."""

TEXT_STEPS = 3
MOST_CASES = 3
"""Of a visit with a code: with more it would be too dense for a small panel (contract/phone_token.py)."""
# More than that between wall clock and time that passed: somebody, or the network, set the clock.
CLOCK_SET = timedelta(seconds=5)

# Words of the interface that the session says.
CALLED = "Đã gọi cán bộ, xin chờ một chút"
CALLED_IN_VAIN = "Đã gọi cán bộ. Ngoài giờ làm việc có thể không có người trực"
ONCE_MORE = "Chạm lần nữa để chọn"
READ_ALOUD = "Đọc qua loa: chọn ô theo số. Có tai nghe thì chạm lần nữa"
READ_TO_HEADPHONES = "Đọc qua tai nghe, cả ô được chạm"
NOT_APPLICABLE_WORD = "Không áp dụng"
THANKS = "Xin cảm ơn ông/bà."
STILL_THERE = "Ông/bà còn ở đây không?"
ANYTHING_MORE = "Ông/bà có muốn góp ý thêm không?"
ANY_MORE_CRITERIA = "Ông/bà có muốn đánh giá thêm một số nội dung không?"
SEND, MORE, MORE_CRITERIA = "Gửi", "Góp ý", "Đánh giá thêm"
SEVERAL = "Có thể chọn nhiều ô"
TAKEN, TAKEN_BACK = "Đã chọn", "Đã bỏ chọn"
CHOOSE_LANGUAGE = "Chọn ngôn ngữ"
WHOM_FOR = "Ông/bà làm thủ tục cho ai?"
RESPONDENTS: dict[Respondent, str] = {
    "citizen": "Cho bản thân, gia đình",
    "organisation": "Cho cơ quan, tổ chức, doanh nghiệp",
    "staff": "Tôi làm việc tại cơ quan này",
}
ALL_ANSWERED = "Ông/bà đã trả lời xong"
CLOSED = ("Ngoài giờ làm việc", "Hẹn gặp ông/bà trong giờ làm việc.")
OUT_OF_ORDER = (
    "Máy tạm thời chưa ghi được ý kiến",
    "Xin ông/bà báo cho cán bộ tại quầy. Máy sẽ tự thử lại.",
)

Result = tuple["State", tuple[Effect, ...]]


class Rules(Struct, frozen=True, kw_only=True):
    """What stays the same for every visit at this terminal.

    ratings_per_page: 1 to 5. best_first: the order of the levels. can_seal: a key is there, so open questions
    may be asked.
    language_names: of each language, in its own words.
    respondents: who is asked; where there are several, the visitor says who they are, or the case does.
    organisations, citizens: hashes of the cases whose applicant is known to be one.
    asks: False where nothing is asked today: no visit begins.
    phone_site: where citizens reach the centre with their own phones; "": no code is shown for them.
    boot: a random id of this start of the machine. app: the version of this program.
    """

    survey: Survey
    device: str
    unit: str
    counter: str = ""
    plan: str | None = None
    respondents: tuple[Respondent, ...] = ("citizen",)
    organisations: frozenset[str] = frozenset()
    citizens: frozenset[str] = frozenset()
    asks: bool = True
    phone_site: str = ""
    language: str = "vi"
    languages: tuple[str, ...] = ("vi",)
    language_names: dict[str, str] = {}
    start_by_touch: bool = False
    ready_screen: bool = False
    ratings_per_page: int = 1
    best_first: bool = True
    can_seal: bool = False
    patience: Patience = Patience()
    boot: str = ""
    app: str = ""


class Visit(Struct, frozen=True, kw_only=True):
    """One citizen at the terminal.

    marks: what is marked on the page that is shown; empty when a page is entered, also by "back".
    writing: texts being written, by (question, field). A text becomes `words` when its page is left, forwards
    or back; contact details only when theirs is left forwards. What silence interrupts is not sent.
    respondent: what the visitor chose, None where there was no choice, or not yet.
    since_ms: when the time of the next answer began to count. one_by_one: no two questions share a page, for
    those who hear them or chose larger text, until the visit ends.
    code: the address that opens the form on the citizen's own phone, "" not made yet, None: there is none.
    coded: one was on the glass, so a second answer may come from a phone.
    """

    id: str
    tag: Tag | None
    started: Now
    page: int = 0
    answers: dict[str, Answer] = {}
    marks: dict[str, Answer] = {}
    writing: dict[tuple[str, str], str] = {}
    words: Words = {}
    contact_open: bool = False
    respondent: Respondent | None = None
    timing: dict[str, int] = {}
    since_ms: int = 0
    assisted: bool = False
    one_by_one: bool = False
    code: str | None = None
    coded: bool = False


class Manners(Struct, frozen=True, kw_only=True):
    """How this citizen wants to be shown things. Forgotten when the visit ends.

    ear: what is on the screen is read out. headphones: nobody else hears it, so answers are, too.
    signs: questions are played in sign language as they come.
    """

    language: str = "vi"
    text_step: int = 0
    high_contrast: bool = False
    ear: bool = False
    headphones: bool = False
    signs: bool = False
    left_hand: bool = False


class State(Struct, frozen=True, kw_only=True):
    """All that the terminal knows between two events.

    waiting: how many handovers wait, to be shown; `tagging` has the queue.
    pending: the commit that is under way or failed. failure: the number of the problem it met.
    notice: a short message to the citizen; told: one to the officer, which no citizen has to read.
    tokens: the last token given out; timer, notice_timer, told_timer and choosing_timer: those still awaited
    (0: none). choosing_timer: closes the list of languages where `timer` is the next try to store.
    seconds: what `timer` was set to.
    spoken: the answer that was read aloud and waits for its second touch.
    choosing: the languages are shown to choose from, instead of the screen of this phase.
    """

    phase: Phase = "idle"
    visit: Visit | None = None
    manners: Manners = Manners()
    waiting: int = 0
    pending: Commit | None = None
    failure: str = ""
    notice: str = ""
    told: Noticed | None = None
    spoken: tuple[str, Answer] | None = None
    choosing: bool = False
    open: bool = True
    tokens: int = 0
    timer: int = 0
    seconds: int = 0
    notice_timer: int = 0
    told_timer: int = 0
    choosing_timer: int = 0


def begin(rules: Rules) -> State:
    """The state of a terminal that was just switched on."""
    return State(manners=Manners(language=rules.language))


def step(state: State, event: Event, now: Now, rules: Rules) -> Result:
    """What `event` makes of `state`; an event that means nothing here changes nothing."""
    if state.choosing and isinstance(event, Back):
        event = LanguagesWanted()  # the way back leads out of the list
    after, effects = _step(state, event, now, rules)
    if state.choosing and (after.phase, _id(after.visit)) != (state.phase, _id(state.visit)):
        after = replace(after, choosing=False, choosing_timer=0)
    after = _one_by_one(after, rules)
    after, told = _ear_turned(state, after, rules)
    return after, (*effects, *told, *_read_aloud(state, after, rules))


def _id(visit: Visit | None) -> str:
    return visit.id if visit else ""


def _step(state: State, event: Event, now: Now, rules: Rules) -> Result:
    match event:
        case Timeout(token):
            return _timeout(state, token, now, rules)
        case Tagged():
            return _tagged(state, event, now, rules)
        case Joined(tag) if state.visit and state.phase in _WITH_VISITOR:
            return _retagged(state, state.visit, tag, now, rules)
        case CodeMade(visit, tag, address) if state.visit and state.phase in _WITH_VISITOR:
            return _coded(state, state.visit, (visit, tag), address, now, rules)
        case Replaced(corrected) if state.visit and state.phase in _WITH_VISITOR:
            outcome = "voided" if corrected else _outcome_of_silence(state.visit, rules)
            void = Void("scan", "corrected by the next scan") if corrected else None
            return _finish(state, outcome, now, rules, void)
        case QueueLength(count):
            return replace(state, waiting=count), ()
        case Committed():
            return _committed(state, now, rules)
        case StorageFailed(number):
            return _storage_failed(state, number, rules)
        case StorageBack():
            return (
                _home(state, now, rules)
                if state.phase == "out_of_order" and not state.pending
                else (state, ())
            )
        case OpeningChanged(open):
            return _opening_changed(replace(state, open=open), now, rules)
        case Noticed():
            token = state.tokens + 1
            state = replace(state, told=event, tokens=token, told_timer=token)
            return state, (After(rules.patience.notice * 1000, token),)
        case Speaking(milliseconds) if state.visit and state.phase in _WITH_VISITOR:
            return _wait(state, _patience(state, rules) + -(-milliseconds // 1000))
        case Voided(by, reason) if may_be_voided(state):
            return _finish(state, "voided", now, rules, void=Void(by, reason))
        case Focused():
            return _focused(state, event, rules)
        case Assisted() if state.visit:
            return replace(state, visit=replace(state.visit, assisted=True)), ()
    if state.phase == "idle":
        return _in_idle(state, event, now, rules)
    if state.phase in _WITH_TOOLS and isinstance(event, _TOOLS):
        return _tool(state, event, rules)
    if state.phase == "thanks" and isinstance(event, Touched):
        return _home(state, now, rules)
    if state.visit is None or state.phase not in _WITH_VISITOR:
        return state, ()
    return _with_visitor(state, state.visit, event, now, rules)


# Tools at the foot of the screens, one touch away on every screen that is read.
_TOOLS = (
    HelpWanted,
    LanguageChosen,
    LanguagesWanted,
    TextSizeTouched,
    ContrastTouched,
    EarTouched,
    HandTouched,
    SignsTouched,
)
_WITH_VISITOR: tuple[Phase, ...] = ("ready", "privacy", "asking", "gate", "still_there")
# Nobody answers anything here, but somebody reads.
_WITH_TOOLS: tuple[Phase, ...] = ("saving", "thanks", "closed", "out_of_order")


def _tool(state: State, event: Event, rules: Rules) -> Result:
    """Call staff, or show the same otherwise.

    The thanks and the closed screen then wait a while longer. Elsewhere the terminal waits for its storage,
    and only the list of languages closes by itself.
    """
    if isinstance(event, HelpWanted):
        state, effects = _call_staff(state, rules)
    else:
        state, effects = _shown_otherwise(state, event, rules), ()
    longer = {"thanks": rules.patience.thanks, "closed": rules.patience.ready}.get(state.phase)
    if longer is None and not state.choosing:
        return replace(state, choosing_timer=0), effects
    if longer is None:
        token = state.tokens + 1
        state = replace(state, tokens=token, choosing_timer=token)
        return state, (*effects, After(rules.patience.ready * 1000, token))
    state, waiting = _wait(state, longer)
    return state, (*effects, *waiting)


# --- nobody there ------------------------------------------------------------------------------------


def _in_idle(state: State, event: Event, now: Now, rules: Rules) -> Result:
    match event:
        case Touched() if rules.start_by_touch and not state.choosing:
            return _welcome(state, None, now, rules)
        case WipeWanted():
            return _wait(replace(state, phase="wiping"), rules.patience.wipe)
        case HelpWanted():
            return _call_staff(state, rules)
        case _:
            changed = _shown_otherwise(state, event, rules)
            # Somebody who makes the text larger and leaves must not change it for the next person.
            return _wait(changed, rules.patience.ready) if changed != state else (state, ())


def _opening_changed(state: State, now: Now, rules: Rules) -> Result:
    return _home(state, now, rules) if state.phase in ("idle", "closed") else (state, ())


def _tagged(state: State, handover: Tagged, now: Now, rules: Rules) -> Result:
    visit = state.visit
    if state.phase in ("idle", "closed"):
        return _welcome(state, handover.tag, now, rules, handover.visit)
    if visit and visit.tag is None and state.phase in _WITH_VISITOR and not visit.answers:
        # The citizen was quicker than the scanner.
        return _retagged(state, visit, handover.tag, now, rules)
    return state, ()


def _retagged(state: State, visit: Visit, tag: Tag, now: Now, rules: Rules) -> Result:
    """The same visit with another tag, and another code where nobody has begun to answer on the glass."""
    visit, wanted = (
        _wanting_code(replace(visit, tag=tag), now, rules)
        if state.phase == "ready"
        else (
            replace(visit, tag=tag, code=None),
            (),
        )
    )
    return _with_draft(replace(state, visit=visit), wanted, now, rules)


def _wanting_code(visit: Visit, now: Now, rules: Rules) -> tuple[Visit, tuple[Effect, ...]]:
    """The visit with room for its code, and the wish for it, where the centre can be reached by phones."""
    if not rules.phone_site or visit.tag is None or len(visit.tag.cases) > MOST_CASES:
        return replace(visit, code=None), ()
    asked = respondents_to_choose(visit, rules) or (respondent_of(visit, rules),)
    return replace(visit, code=""), (CodeWanted(visit.id, visit.tag, asked, now.wall),)


def _coded(
    state: State, visit: Visit, whose: tuple[str, Tag], address: str, now: Now, rules: Rules
) -> Result:
    """Show the code, unless it is late: of an earlier tag, or somebody has begun to answer on the glass."""
    if whose != (visit.id, visit.tag) or state.phase not in ("ready", "privacy") or not address:
        return state, ()
    visit = replace(visit, code=address, coded=True)
    return _with_draft(replace(state, visit=visit), (), now, rules)


def waiting_draft(tag: Tag, id: str, now: Now, rules: Rules) -> KeepDraft:
    """What a power cut leaves of a handover whose visit, `id`, has not begun."""
    visit = Visit(id=id, tag=tag, started=now)
    return KeepDraft(response_of(visit, "timed_out", now, rules, Manners()), {}, waits=True)


def _welcome(state: State, tag: Tag | None, now: Now, rules: Rules, id: str = "") -> Result:
    visit = Visit(id=id or new_id(now), tag=tag, started=now, since_ms=now.monotonic_ms)
    visit, wanted = _wanting_code(visit, now, rules)
    state = replace(state, phase="ready", visit=visit, spoken=None)
    state, effects = _wait(state, rules.patience.ready)
    return _with_draft(state, (*effects, *wanted), now, rules) if tag else (state, effects)


def _home(state: State, now: Now, rules: Rules) -> Result:
    """The clean screen for the next person."""
    clean = State(
        phase="idle" if state.open else "closed",
        manners=Manners(language=rules.language),
        waiting=state.waiting,
        open=state.open,
        tokens=state.tokens,
        notice=state.notice,
        notice_timer=state.notice_timer,
        told=state.told,
        told_timer=state.told_timer,
    )
    return clean, ()


# --- somebody there ----------------------------------------------------------------------------------


def _with_visitor(state: State, visit: Visit, event: Event, now: Now, rules: Rules) -> Result:
    if state.phase == "still_there":
        if not isinstance(event, (Touched, StillHere, *_TOOLS)):
            return state, ()
        visit = replace(visit, since_ms=now.monotonic_ms)
        state = replace(state, phase="asking", visit=visit)
    state, effects = _touched(state, visit, event, now, rules)
    if state.phase not in _WITH_VISITOR:
        return state, effects
    state, waiting = _wait(state, _patience(state, rules))
    return state, (*effects, *waiting)


def _touched(state: State, visit: Visit, event: Event, now: Now, rules: Rules) -> Result:
    match event:
        case HelpWanted():
            return _call_staff(state, rules)
        case _ if isinstance(event, _TOOLS):
            return replace(_shown_otherwise(state, event, rules), spoken=None), ()
        case NotNow() if is_welcome(state, rules):
            # Who went back to the beginning may have answered already.
            given = visit.answers or visit.words
            outcome: Outcome = _outcome_of_silence(visit, rules) if given else "declined"
            return _finish(state, outcome, now, rules)
        case ShowPrivacy() if is_welcome(state, rules):
            return replace(state, phase="privacy", spoken=None), ()
    match state.phase:
        case "ready":
            return _in_ready(state, visit, event, now, rules)
        case "privacy":
            return _in_privacy(state, visit, event, now)
        case "gate":
            return _at_gate(state, visit, event, now, rules)
        case _:
            return _on_page(state, visit, event, now, rules)


def _on_page(state: State, visit: Visit, event: Event, now: Now, rules: Rules) -> Result:
    match event:
        case Answered(question, answer):
            return _answer(state, visit, question, answer, now, rules)
        case Toggled(question, option):
            return _toggle(state, visit, question, option, now, rules)
        case Writing(question, text, field):
            writing = {**visit.writing, (question, field): nfc(text)}
            return replace(state, visit=replace(visit, writing=writing)), (Sound("press"),)
        case KeyTouched():
            return state, (Sound("press"),)
        case ContactWanted(question, wanted):
            if not wanted:
                visit = _forget_words(visit, question)
                return _forward(replace(state, visit=visit), visit, now, rules)
            return replace(state, visit=replace(visit, contact_open=True)), (Sound("press"),)
        case Forward():
            return _forward(state, visit, now, rules)
        case Back():
            return _back(state, visit, now, rules)
        case StartAgain():
            return _again(state, visit, now, rules)
        case _:
            return state, ()


def _in_ready(state: State, visit: Visit, event: Event, now: Now, rules: Rules) -> Result:
    """What begins the visit: the button of the ready screen, or the first touch on the first page."""
    match event:
        case RespondentChosen(respondent) if respondent in respondents_to_choose(visit, rules):
            return _respondent(state, visit, respondent, now, rules)
        case Start() if has_ready_screen(visit, rules) and not respondents_to_choose(visit, rules):
            return _open_page(state, visit, 0, now), (Sound("press"),)
        case Back() | StartAgain():
            return state, ()
        case _ if not has_ready_screen(visit, rules):
            begun, effects = _on_page(replace(state, phase="asking"), visit, event, now, rules)
            return (begun, effects) if effects else (state, ())
        case _:
            return state, ()


def _respondent(state: State, visit: Visit, respondent: Respondent, now: Now, rules: Rules) -> Result:
    """The first question, for this respondent; with the ear on, a second touch chooses, as with answers."""
    if state.manners.ear and state.spoken != ("", respondent):
        return _arm(state, "", respondent, {"vi": RESPONDENTS[respondent]}, rules)
    state = _open_page(state, replace(visit, respondent=respondent), 0, now)
    return _with_draft(state, (Sound("press"),), now, rules)


def _in_privacy(state: State, visit: Visit, event: Event, now: Now) -> Result:
    if not isinstance(event, ClosePrivacy):
        return state, ()
    begun = visit.answers or visit.marks
    visit = replace(visit, since_ms=now.monotonic_ms)
    return replace(state, phase="asking" if begun else "ready", visit=visit), ()


def _at_gate(state: State, visit: Visit, event: Event, now: Now, rules: Rules) -> Result:
    match event:
        case Forward():
            state, effects = _finish(state, "complete", now, rules)
            return state, (Sound("press"), *effects)
        case MoreWanted() if has_more(visit, rules):
            return _open_page(state, visit, visit.page, now), (Sound("press"),)
        case Back():
            return _open_page(state, visit, visit.page - 1, now), (Sound("press"),)
        case StartAgain():
            return _again(state, visit, now, rules)
        case _:
            return state, ()


def _again(state: State, visit: Visit, now: Now, rules: Rules) -> Result:
    fresh = replace(visit, answers={}, words={}, writing={}, timing={}, contact_open=False)
    return _with_draft(_open_page(state, fresh, 0, now), (Sound("press"),), now, rules)


def _answer(state: State, visit: Visit, id: str, answer: Answer, now: Now, rules: Rules) -> Result:
    page = current_page(visit, rules)
    question = next((question for question in page if question.id == id), None)
    if question is None or wrong_answer(question, answer, visit.answers, rules.survey):
        return state, ()
    if state.manners.ear and state.spoken != (id, answer):
        spoken = _said(question, answer, rules.survey)
        return _arm(state, id, answer, spoken, rules)
    visit = _spend(visit, id, now)
    visit = replace(visit, answers={**visit.answers, id: answer}, marks={**visit.marks, id: answer})
    visit = replace(visit, answers=applicable(visit.answers, rules.survey))
    state = replace(state, visit=visit, spoken=None)
    if _is_full(page, visit) and not is_last_page(visit, rules):
        state = _next_page(state, visit, now, rules)
    return _with_draft(state, (Sound("press"),), now, rules)


def _toggle(state: State, visit: Visit, id: str, option: str, now: Now, rules: Rules) -> Result:
    question = next((question for question in current_page(visit, rules) if question.id == id), None)
    if not isinstance(question, Choices):
        return state, ()
    if state.manners.ear and state.spoken != (id, option):
        spoken = next((known.label for known in question.options if known.id == option), {"vi": option})
        return _arm(state, id, option, spoken, rules)
    before = visit.marks.get(id, ())
    chosen = set(before) if isinstance(before, tuple) else set()
    chosen ^= {option}
    offered = offered_options(question, level_of(visit.answers.get(question.about)))
    answer = tuple(known.id for known in offered if known.id in chosen)
    answers = {key: given for key, given in visit.answers.items() if key != id}
    if answer:
        answers[id] = answer
    visit = replace(visit, answers=answers, marks={**visit.marks, id: answer})
    visit = replace(visit, answers=applicable(visit.answers, rules.survey))
    effects: tuple[Effect, ...] = (Sound("press"),)
    if state.manners.ear:  # which one it is nobody else hears
        effects += (Speak(TAKEN if option in chosen else TAKEN_BACK, state.manners.language, queued=True),)
    return _with_draft(replace(state, visit=visit, spoken=None), effects, now, rules)


def _arm(state: State, question: str, answer: Answer, said: Text, rules: Rules) -> Result:
    """The first touch with the ear on: drawn as such, it waits for the second touch.

    Into headphones the answer is said; aloud the same words for every answer.
    """
    language = state.manners.language
    words = pick(said, language) if state.manners.headphones else ONCE_MORE
    state, effects = _notice(replace(state, spoken=(question, answer)), ONCE_MORE, rules)
    return state, (Speak(words, language), *effects)


def _forward(state: State, visit: Visit, now: Now, rules: Rules) -> Result:
    if not may_go_forward(visit, rules):
        return state, ()
    for question in current_page(visit, rules):
        if isinstance(question, SEALED_KINDS):
            visit = _keep_words(visit, question)
        if question.id not in visit.marks or isinstance(question, Choices):
            visit = _spend(visit, question.id, now)
    visit = replace(visit, answers=applicable(visit.answers, rules.survey))
    state = replace(state, visit=visit)
    if is_last_page(visit, rules):
        state, effects = _finish(state, "complete", now, rules)
        return state, (Sound("press"), *effects)
    return _with_draft(_next_page(state, visit, now, rules), (Sound("press"),), now, rules)


def _next_page(state: State, visit: Visit, now: Now, rules: Rules) -> State:
    """The page after this one; after the last one that has to be seen, the gate."""
    state = _open_page(state, visit, visit.page + 1, now)
    return replace(state, phase="gate") if visit.page + 1 == gate_page(visit, rules) else state


def _back(state: State, visit: Visit, now: Now, rules: Rules) -> Result:
    if is_welcome(state, rules):
        return state, ()
    visit = _spend(visit, current_page(visit, rules)[0].id, now)
    if visit.contact_open:
        return replace(state, visit=replace(visit, contact_open=False)), (Sound("press"),)
    for question in current_page(visit, rules):
        if isinstance(question, OpenText):
            visit = _keep_words(visit, question)
    if visit.page == 0:
        state = replace(state, phase="ready", visit=replace(visit, marks={}), spoken=None)
    elif visit.page == gate_page(visit, rules):
        state = replace(_open_page(state, visit, visit.page, now), phase="gate")
    else:
        state = _open_page(state, visit, visit.page - 1, now)
    return _with_draft(state, (Sound("press"),), now, rules)


def _open_page(state: State, visit: Visit, page: int, now: Now) -> State:
    visit = replace(visit, page=page, marks={}, contact_open=False, since_ms=now.monotonic_ms)
    return replace(state, phase="asking", visit=visit, spoken=None)


def _keep_words(visit: Visit, question: OpenText | Contact) -> Visit:
    """What was written on the page that is left becomes part of the response."""
    if isinstance(question, OpenText):
        text = mask_digits(visit.writing.get((question.id, ""), "").strip()[: question.maximum])
        words: str | dict[str, str] = text
    else:
        fields = {field: visit.writing.get((question.id, field), "").strip() for field in question.fields}
        words = {field: text for field, text in fields.items() if text} if visit.contact_open else {}
    if not words:
        return _forget_words(visit, question.id)
    return replace(visit, words={**visit.words, question.id: words})


def _forget_words(visit: Visit, id: str) -> Visit:
    words = {key: value for key, value in visit.words.items() if key != id}
    writing = {key: value for key, value in visit.writing.items() if key[0] != id}
    return replace(visit, words=words, writing=writing, contact_open=False)


def _said(question: Question, answer: Answer, survey: Survey) -> Text:
    if isinstance(question, Rating) and level_of(answer) is not None:
        return survey.level(int(str(answer))).label
    if isinstance(question, Choice):
        for option in question.options:
            if option.id == answer:
                return option.label
    if isinstance(question, YesNo) and isinstance(answer, bool):
        return {"vi": "Có" if answer else "Không"}
    return {"vi": NOT_APPLICABLE_WORD if answer == NOT_APPLICABLE else str(answer)}


# --- the end of a visit ------------------------------------------------------------------------------


def _finish(state: State, outcome: Outcome, now: Now, rules: Rules, void: Void | None = None) -> Result:
    if state.visit is None:
        return state, ()
    pending = Commit(response_of(state.visit, outcome, now, rules, state.manners, void), state.visit.words)
    return replace(state, phase="saving", pending=pending, timer=0), (pending,)


def _committed(state: State, now: Now, rules: Rules) -> Result:
    if state.pending is None:
        return state, ()
    complete = state.pending.response.outcome == "complete"
    if state.phase == "saving" and complete:
        # Nothing of the visit outlives its commit; the thanks are the same for everybody.
        state = replace(state, phase="thanks", visit=None, pending=None)
        state, effects = _wait(state, rules.patience.thanks)
        return state, (Sound("thanks"), *effects)
    return _home(replace(state, pending=None), now, rules)


def _storage_failed(state: State, number: str, rules: Rules) -> Result:
    if state.pending is None and state.phase not in ("idle", "closed"):
        return state, ()  # a visit goes on; its own commit reports the failure
    state = replace(state, phase="out_of_order", failure=number)
    return _wait(state, rules.patience.retry_storage) if state.pending else (replace(state, timer=0), ())


def response_of(
    visit: Visit,
    outcome: Outcome,
    now: Now,
    rules: Rules,
    manners: Manners,
    void: Void | None = None,
) -> Response:
    """The response this visit leaves behind; `seq` is the outbox's to give, words are sealed apart.

    Where the clock was set during the visit, its time now counts, and the visit began as long ago as it took.
    """
    lasted = timedelta(milliseconds=now.monotonic_ms - visit.started.monotonic_ms)
    was_set = abs(now.wall - visit.started.wall - lasted) > CLOCK_SET
    return Response(
        id=visit.id,
        device=rules.device,
        seq=0,
        survey=SurveyRef(rules.survey.id, rules.survey.version),
        plan=rules.plan,
        tag=visit.tag,
        channel="kiosk",
        mode="assisted" if visit.assisted else "self",
        respondent=respondent_of(visit, rules),
        answers=visit.answers,
        timing=visit.timing,
        outcome=outcome,
        started_at=now.wall - lasted if was_set else min(visit.started.wall, now.wall),
        finished_at=now.wall,
        boot=rules.boot,
        monotonic_ms=now.monotonic_ms,
        lang=manners.language if rules.survey.keep_language else None,
        app=rules.app,
        void=void,
        phone_code=visit.coded,
    )


def _outcome_of_silence(visit: Visit, rules: Rules) -> Outcome:
    if has_answered(visit, rules):
        return "complete"
    return "partial" if visit.answers or visit.words else "timed_out"


def _with_draft(state: State, effects: tuple[Effect, ...], now: Now, rules: Rules) -> Result:
    """The effects, and last a draft of the visit, so that a power cut leaves what was answered."""
    visit = state.visit
    if visit is None or state.phase == "saving":
        return state, effects
    draft = response_of(visit, _outcome_of_silence(visit, rules), now, rules, state.manners)
    return state, (*effects, KeepDraft(draft, visit.words))


# --- waiting, manners, notices -----------------------------------------------------------------------


def _wait(state: State, seconds: int) -> Result:
    token = state.tokens + 1
    return replace(state, tokens=token, timer=token, seconds=seconds), (After(seconds * 1000, token),)


def _patience(state: State, rules: Rules) -> int:
    """Seconds without touch that are fine on this screen: longer where people read or write."""
    if state.phase == "still_there":
        return rules.patience.still_there
    if state.phase == "gate" and not state.choosing:
        return rules.patience.gate
    if state.phase in ("ready", "privacy") or state.visit is None:
        return rules.patience.ready
    writes = any(isinstance(question, SEALED_KINDS) for question in current_page(state.visit, rules))
    return rules.patience.text if writes else rules.patience.question


def _timeout(state: State, token: int, now: Now, rules: Rules) -> Result:
    if token and token == state.notice_timer:
        return replace(state, notice="", notice_timer=0), ()
    if token and token == state.told_timer:
        return replace(state, told=None, told_timer=0), ()
    if token and token == state.choosing_timer:
        return replace(state, choosing=False, choosing_timer=0), ()
    if not token or token != state.timer:
        return state, ()
    state = replace(state, timer=0)
    match state.phase:
        case "ready" | "privacy" | "gate" | "still_there" if state.visit:
            return _finish(state, _outcome_of_silence(state.visit, rules), now, rules)
        case "asking":
            return _wait(replace(state, phase="still_there"), rules.patience.still_there)
        case "idle" | "closed" | "thanks" | "wiping":
            return _home(state, now, rules)
        case "out_of_order" if state.pending:
            return state, (state.pending,)
        case _:
            return state, ()


def _focused(state: State, focused: Focused, rules: Rules) -> Result:
    """Somebody moves by keypad: with the ear on they hear where they are, and nobody hurries them.

    An answer that was heard that way needs no second hearing before it is chosen. Aloud, answers and keys
    that write are a sound like any other: they can be counted, or chosen by number.
    """
    manners = state.manners
    words: tuple[Effect, ...] = ()
    if manners.ear and not manners.headphones and (focused.answer or focused.writes):
        words = (Sound("press"),)
    elif manners.ear and focused.name:
        words = (Speak(focused.name, manners.language),)
    if state.visit is None or state.phase not in ("ready", "privacy", "asking", "gate"):
        return state, words
    if manners.ear:
        state = replace(state, spoken=focused.answer if manners.headphones else None)
    state, waiting = _wait(state, _patience(state, rules))
    return state, (*words, *waiting)


def _read_aloud(before: State, after: State, rules: Rules) -> tuple[Effect, ...]:
    """With the ear on, every screen begins by saying what is on it."""
    if not after.manners.ear:
        return ()
    texts = _read_out(after, rules)
    if _hears(before) != _hears(after):
        texts = ({"vi": _ear_words(after.manners)}, *texts)
    elif texts == _read_out(before, rules):
        return ()
    language = after.manners.language
    return tuple(
        Speak(pick(text, language), language, queued=place > 0) for place, text in enumerate(texts) if text
    )


def _hears(state: State) -> tuple[bool, bool]:
    return state.manners.ear, state.manners.headphones


def _ear_words(manners: Manners) -> str:
    return READ_TO_HEADPHONES if manners.headphones else READ_ALOUD


def _ear_turned(before: State, after: State, rules: Rules) -> Result:
    """Say how it is read out now."""
    if not after.manners.ear or _hears(before) == _hears(after):
        return after, ()
    return _notice(after, _ear_words(after.manners), rules)


def _one_by_one(state: State, rules: Rules) -> State:
    """Questions that are heard, or read in larger text, come one at a time from the one shown on."""
    visit, manners = state.visit, state.manners
    if visit is None or visit.one_by_one or not (manners.ear or manners.text_step):
        return state
    shown = current_page(visit, rules)[0]
    visit = replace(visit, one_by_one=True)
    if state.phase == "gate":
        return replace(state, visit=replace(visit, page=gate_page(visit, rules)))
    page = next(place for place, page in enumerate(visit_pages(visit, rules)) if shown in page)
    marks = {id: answer for id, answer in visit.marks.items() if id == shown.id}
    return replace(state, visit=replace(visit, page=page, marks=marks))


def _read_out(state: State, rules: Rules) -> tuple[Text, ...]:
    """What is read aloud of a screen, in its order."""
    privacy = rules.survey.privacy
    if state.choosing:
        return ({"vi": CHOOSE_LANGUAGE},)
    welcome = (privacy.summary,) if is_welcome(state, rules) else ()
    match state.phase:
        case "ready" if state.visit and (choices := respondents_to_choose(state.visit, rules)):
            tiles = ((str(place), RESPONDENTS[each]) for place, each in enumerate(choices, start=1))
            return (*welcome, *({"vi": text} for text in (WHOM_FOR, *chain.from_iterable(tiles))))
        case "ready" if state.visit and has_ready_screen(state.visit, rules):
            return welcome
        case "privacy":
            return (privacy.purpose, privacy.data, privacy.controller, privacy.rights)
        case "ready" | "asking" if state.visit:
            question = current_page(state.visit, rules)[0]
            offered = offered_answers(question, state.visit, rules)
            numbered = (({"vi": str(number)}, text) for number, text in enumerate(offered, start=1))
            hint = question.help or ({"vi": SEVERAL} if isinstance(question, Choices) else {})
            hints = (hint,) if hint else ()
            return (*welcome, question.text, *hints, *chain.from_iterable(numbered))
        case "gate" if state.visit:
            asked = {"vi": gate_question(state.visit, rules)}
            more = {"vi": MORE_CRITERIA if has_only_criteria(state.visit, rules) else MORE}
            return (asked, {"vi": SEND}, *((more,) if has_more(state.visit, rules) else ()))
        case "still_there":
            return ({"vi": STILL_THERE},)
        case "thanks":
            return (rules.survey.thanks or {"vi": THANKS},)
        case "out_of_order":
            return tuple({"vi": text} for text in OUT_OF_ORDER)
        case "closed":
            return tuple({"vi": text} for text in CLOSED)
        case _:
            return ()


def _notice(state: State, text: str, rules: Rules) -> Result:
    token = state.tokens + 1
    state = replace(state, notice=text, tokens=token, notice_timer=token)
    return state, (After(rules.patience.notice * 1000, token),)


def _call_staff(state: State, rules: Rules) -> Result:
    state, effects = _notice(state, CALLED if state.open else CALLED_IN_VAIN, rules)
    return state, (Sound("call"), CallStaff(), *effects)


def _shown_otherwise(state: State, event: Event, rules: Rules) -> State:
    """The same for somebody who wants it shown otherwise; a language that is chosen closes their list."""
    if isinstance(event, LanguagesWanted):
        return replace(state, choosing=not state.choosing)
    choosing = state.choosing and not isinstance(event, LanguageChosen | Touched)
    return replace(state, manners=_manners(state.manners, event, rules), choosing=choosing)


def _manners(manners: Manners, event: Event, rules: Rules) -> Manners:
    match event:
        case LanguageChosen(language) if language in rules.languages:
            return replace(manners, language=language)
        case TextSizeTouched():
            return replace(manners, text_step=(manners.text_step + 1) % TEXT_STEPS)
        case ContrastTouched():
            return replace(manners, high_contrast=not manners.high_contrast)
        case EarTouched():  # aloud, then into headphones, then off
            return replace(
                manners, ear=not manners.headphones, headphones=manners.ear and not manners.headphones
            )
        case SignsTouched():
            return replace(manners, signs=True)
        case HandTouched():
            return replace(manners, left_hand=not manners.left_hand)
        case _:
            return manners


# --- what the views ask too --------------------------------------------------------------------------


def has_ready_screen(visit: Visit, rules: Rules) -> bool:
    """Whether a screen of its own comes before the first question.

    It is set, a keyboard follows, or the visitor says there who they are.
    """
    if rules.ready_screen or respondents_to_choose(visit, rules):
        return True
    return any(isinstance(question, SEALED_KINDS) for question in visit_pages(visit, rules)[0])


def code_of(state: State, rules: Rules) -> str | None:
    """The address of the code on the glass, "" where its place is empty, None where there is no place for it.

    Its place stays while the first page is shown, so that no answer moves under a finger; the code goes with
    the first touch that answers.
    """
    visit = state.visit
    if visit is None or visit.code is None or visit.page or not is_welcome(state, rules):
        return None
    return visit.code if state.phase == "ready" else ""


def respondents_to_choose(visit: Visit, rules: Rules) -> tuple[Respondent, ...]:
    """Those among whom the visitor says who they are; none where there is one, or their case says it."""
    known = _known_by_case(visit, rules)
    return rules.respondents if len(rules.respondents) > 1 and known is None else ()


def respondent_of(visit: Visit | None, rules: Rules) -> Respondent:
    """Who answers, as far as it is known: what the case says, or was chosen, or the first respondent."""
    if visit is None:
        return rules.respondents[0]
    return _known_by_case(visit, rules) or visit.respondent or rules.respondents[0]


def _known_by_case(visit: Visit, rules: Rules) -> Respondent | None:
    """Who applied in the case that was handed over, where that is known and they are asked here."""
    cases = visit.tag.cases if visit.tag else ()
    known: dict[Respondent, frozenset[str]] = {"organisation": rules.organisations, "citizen": rules.citizens}
    asked = (each for each in known if each in rules.respondents)
    return next((each for each in asked if not known[each].isdisjoint(cases)), None)


def is_welcome(state: State, rules: Rules) -> bool:
    """Whether what was handed over, "not now" and the way to privacy are on the screen."""
    visit = state.visit
    if visit is None or state.phase not in ("ready", "asking"):
        return False
    return state.phase == "ready" or (visit.page == 0 and not has_ready_screen(visit, rules))


def may_be_voided(state: State) -> bool:
    """Whether staff may void the visit: the citizen has not begun to answer."""
    visit = state.visit
    if visit is None or state.phase not in ("ready", "privacy"):
        return False
    return not (visit.answers or visit.marks or visit.words or any(visit.writing.values()))


def visit_pages(visit: Visit, rules: Rules) -> tuple[Page, ...]:
    """All pages of this visit with its answers so far."""
    together = 1 if visit.one_by_one else rules.ratings_per_page
    return pages(rules.survey, visit.answers, ratings_per_page=together, can_seal=rules.can_seal)


def offered_answers(question: Question, visit: Visit, rules: Rules) -> tuple[Text, ...]:
    """The answers that can be chosen by number, in their order on the screen."""
    match question:
        case Rating():
            levels = sorted(rules.survey.levels, key=lambda level: level.value, reverse=rules.best_first)
            texts = tuple(level.label for level in levels)
        case Choice() | Choices():
            about = question.about if isinstance(question, Choices) else ""
            offered = offered_options(question, level_of(visit.answers.get(about)))
            texts = tuple(option.label for option in offered)
        case YesNo():
            texts = ({"vi": "Có"}, {"vi": "Không"})
        case _:
            return ()
    return (*texts, {"vi": NOT_APPLICABLE_WORD}) if question.not_applicable else texts


def current_page(visit: Visit, rules: Rules) -> Page:
    """The questions on the page that is shown."""
    made = visit_pages(visit, rules)
    return made[min(visit.page, len(made) - 1)]


def gate_page(visit: Visit, rules: Rules) -> int:
    """How many pages come before the gate: the place of the first one behind it."""
    return gate_of(visit_pages(visit, rules))


def has_more(visit: Visit, rules: Rules) -> bool:
    """Whether there is anything behind the gate."""
    made = visit_pages(visit, rules)
    return gate_of(made) < len(made)


def has_only_criteria(visit: Visit, rules: Rules) -> bool:
    """Whether all there is behind the gate is ratings."""
    made = visit_pages(visit, rules)
    extra = [question for page in made[gate_of(made) :] for question in page]
    return bool(extra) and all(isinstance(question, Rating) for question in extra)


def gate_question(visit: Visit, rules: Rules) -> str:
    """What is asked at the gate."""
    if has_only_criteria(visit, rules):
        return ANY_MORE_CRITERIA
    return ANYTHING_MORE if has_more(visit, rules) else ALL_ANSWERED


def has_answered(visit: Visit, rules: Rules) -> bool:
    """Whether everything that has to be answered is: what is left is the citizen's to add."""
    made = visit_pages(visit, rules)
    given = visit.answers.keys() | visit.words.keys()
    return bool(given) and all(
        question.id in given or not question.required or isinstance(question, Contact)
        for page in made[: gate_of(made)]
        for question in page
    )


def is_last_page(visit: Visit, rules: Rules) -> bool:
    """Whether the page that is shown is the one with "Gửi": the last one behind the gate."""
    made = visit_pages(visit, rules)
    return visit.page >= len(made) - 1 and gate_of(made) < len(made)


def may_go_forward(visit: Visit, rules: Rules) -> bool:
    """Whether every question of the page is answered or may be left out."""
    return all(_is_satisfied(visit, question) for question in current_page(visit, rules))


def _is_satisfied(visit: Visit, question: Question) -> bool:
    if not question.required or isinstance(question, Contact):
        return True
    if isinstance(question, OpenText):
        return bool(visit.writing.get((question.id, ""), "").strip())
    given = visit.marks.get(question.id, visit.answers.get(question.id))
    return given is not None and given != ()


def _is_full(page: Page, visit: Visit) -> bool:
    """Whether a touch on every question has answered the whole page: it then leads on by itself."""
    return all(isinstance(each, Rating | Choice | YesNo) and each.id in visit.marks for each in page)


def forward_word(visit: Visit, rules: Rules) -> Literal["", "next", "skip", "send"]:
    """What the forward button says; empty: there is none, for an answer is needed first."""
    if not may_go_forward(visit, rules):
        return ""
    if is_last_page(visit, rules):
        return "send"
    return "next" if any(_is_begun(visit, question) for question in current_page(visit, rules)) else "skip"


def _is_begun(visit: Visit, question: Question) -> bool:
    if isinstance(question, SEALED_KINDS):
        return any(key[0] == question.id and text for key, text in visit.writing.items())
    return question.id in visit.answers or bool(visit.marks.get(question.id))


def _spend(visit: Visit, id: str, now: Now) -> Visit:
    """The time since the last answer goes to the question `id`."""
    spent = max(0, now.monotonic_ms - visit.since_ms)
    timing = {**visit.timing, id: visit.timing.get(id, 0) + spent}
    return replace(visit, timing=timing, since_ms=now.monotonic_ms)
