"""What the citizen sees, as data: a pure function from the session's state to a `View`. Screens only draw it.

One struct a kind of screen; a screen is chosen by the type of its view, so a new question kind is one struct
here, one screen file and one line in the registry. Texts of the survey come in the visit's language, or in
Vietnamese where the survey has none; the words of the interface are the screens' own (`kiosk.i18n`).
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.facts import Facts, advice
from kiosk.handovers import has_handovers, officer_missing
from kiosk.session import (
    NOBODY_THERE,
    Manners,
    Rules,
    State,
    Visit,
    code_of,
    current_page,
    forward_word,
    has_more,
    has_only_criteria,
    has_ready_screen,
    is_welcome,
    may_be_voided,
    respondent_of,
    respondents_to_choose,
    visit_pages,
)
from kiosk.settings import Settings
from kiosk.staff import find_procedures
from kiosk.staff_desk import VOID_REASONS, Desk
from kiosk.tagging import Counter
from kiosk.typing_vi import Method, ToneStyle
from kiosk.wireless import Wireless, WirelessStage
from sync.contract.addressing import CITIZENS, address_of
from sync.contract.catalogue import Catalogue
from sync.contract.enrolment import Network
from sync.contract.face import mood_at
from sync.contract.pages import gate_of
from sync.contract.problem import Problem
from sync.contract.response import Answer, Respondent
from sync.contract.survey import (
    NOT_APPLICABLE,
    Choice,
    Choices,
    Contact,
    Number,
    OpenText,
    Question,
    Rating,
    YesNo,
    offered_options,
)
from sync.contract.text import pick
from sync.contract.validation import level_of
from sync.host.wifi import WifiNetwork


class Handover(Struct, frozen=True):
    """What was just handed over ("" where not known or not to be shown), and privacy in one sentence."""

    procedure: str
    officer: str
    privacy: str


class Frame(Struct, frozen=True, kw_only=True):
    """What is around every screen, always at the same place.

    visit: its id, "" where there is none: the next visit's first page is another one than this visit's.
    handover: of the visit that may begin on this page, with "not now" and the way to privacy.
    page, pages: progress, 1-based; 0 of 0 where there is none. forward: what the button says, "" none.
    restart: "Làm lại" is offered. queued: handovers that wait. help: text size, contrast,
    ear, call staff; choosing: without them, the language alone. staff: the way to the staff screen.
    address: what the person who answers is called, in Vietnamese.
    code: the address of a code for the citizen's own phone, "" where its place is empty, None: there is none.
    notice: a short message to those who are there. told: while a citizen is, the officer was told something:
    a sign alone, its words are on the staff screen. attention: how many things wait for staff.
    """

    office: str
    manners: Manners
    languages: tuple[str, ...]
    visit: str = ""
    handover: Handover | None = None
    code: str | None = None
    address: str = CITIZENS
    page: int = 0
    pages: int = 0
    back: bool = False
    forward: Literal["", "next", "skip", "send"] = ""
    restart: bool = False
    queued: int = 0
    notice: str = ""
    told: Literal["", "taken", "refused"] = ""
    attention: int = 0
    help: bool = True
    choosing: bool = False
    staff: bool = False


class IdleView(Struct, frozen=True, kw_only=True):
    """Nobody is there: `invitation` to the next person. touch: a touch starts a visit.

    emblem, picture: files of the office's, "" none.
    """

    invitation: str
    touch: bool
    emblem: str = ""
    picture: str = ""


class Tile(Struct, frozen=True):
    """One option."""

    id: str
    label: str


class StaffLockView(Struct, frozen=True, kw_only=True):
    """PIN or badge. `digits`: how many were typed; the digits themselves are nobody's business.

    camera: whether codes can be scanned with the tablet's camera. officer_missing: nobody is signed in who
    should be. troubles: what of the terminal is not well.
    """

    digits: int
    message: str
    camera: bool = False
    officer_missing: bool = False
    troubles: tuple[str, ...] = ()


class StaffHomeView(Struct, frozen=True, kw_only=True):
    """How the terminal is, and what staff can do. `officer`: who is signed in, "" nobody.

    refused: how often scans were refused since the start, by the message to the officer.
    can_assist: a citizen is there. can_void: who has not begun to answer, so the tag may be wrong.
    language: shown where nobody chose.
    handovers: results are handed over here. tools: what is tried out and set up, instead of the daily things.
    """

    officer: str
    facts: Facts
    refused: tuple[tuple[str, int], ...]
    can_assist: bool
    can_void: bool
    message: str
    language: str = "vi"
    handovers: bool = True
    tools: bool = False


class StaffTagView(Struct, frozen=True):
    """Tag a handover by hand: what is looked for, and the procedures (code and name) that fit."""

    wanted: str
    found: tuple[Tile, ...]


class StaffVoidView(Struct, frozen=True):
    """Why the visit at hand does not count."""

    reasons: tuple[str, ...]


class ClosedView(Struct, frozen=True):
    """Outside opening hours."""


class WipingView(Struct, frozen=True):
    """Touch is locked for some seconds while the glass is cleaned. `turn`: see `StillThereView`."""

    seconds: int
    turn: int = 0


class ReadyView(Struct, frozen=True):
    """Before the first question, where a terminal has a screen of its own for that."""

    handover: Handover


class RespondentView(Struct, frozen=True, kw_only=True):
    """Before the first question: whom the visitor is here for. armed, numbered: see `RatingView`."""

    respondents: tuple[Respondent, ...]
    armed: Answer | None = None
    numbered: bool = False


class PrivacyView(Struct, frozen=True, kw_only=True):
    """Purpose, data, controller and rights (law 91/2025/QH15)."""

    purpose: str
    data: str
    controller: str
    rights: str


class LanguageListView(Struct, frozen=True):
    """The languages to choose from, each in its own words; `language`: the one that is shown now."""

    tiles: tuple[Tile, ...]
    language: str


class Level(Struct, frozen=True):
    """One tile of a rating: what is stored, its label, and the mood of its face from −2 to +2."""

    value: int
    label: str
    mood: int


class RatingRow(Struct, frozen=True, kw_only=True):
    """One rating question; `marked`: the level or "na" that was touched on this page.

    armed: here and below the answer that was read aloud and that the next touch chooses.
    """

    question: str
    text: str
    help: str
    levels: tuple[Level, ...]
    marked: Answer | None
    not_applicable: bool
    armed: Answer | None = None


class RatingView(Struct, frozen=True):
    """One rating, or several as rows. `numbered`, here and below: answers show the numbers that they are
    offered by."""

    rows: tuple[RatingRow, ...]
    numbered: bool = False


class ChoiceView(Struct, frozen=True, kw_only=True):
    """One option, or several; `marked` are option ids, or "na"."""

    question: str
    text: str
    help: str
    tiles: tuple[Tile, ...]
    several: bool
    marked: tuple[str, ...]
    not_applicable: bool
    armed: Answer | None = None
    numbered: bool = False


class YesNoView(Struct, frozen=True, kw_only=True):
    """Yes or no; `marked` is the answer touched on this page."""

    question: str
    text: str
    help: str
    marked: Answer | None
    not_applicable: bool
    armed: Answer | None = None
    numbered: bool = False


class NumberView(Struct, frozen=True, kw_only=True):
    """A whole number between two bounds; `none`: "na" was touched on this page."""

    question: str
    text: str
    help: str
    minimum: int
    maximum: int
    marked: int | None
    not_applicable: bool = False
    none: bool = False
    armed: Answer | None = None


class TextView(Struct, frozen=True, kw_only=True):
    """The citizen's own words, at most `maximum` characters. tone_style, typing: see `kiosk.settings`.

    ear: keys are read aloud by a first touch, and count with the second.
    """

    question: str
    text: str
    help: str
    written: str
    maximum: int
    tone_style: ToneStyle = "old"
    typing: Method = "telex"
    ear: bool = False


class ContactField(Struct, frozen=True):
    """One field ("name", "phone", "address") and what was written so far."""

    name: str
    written: str


class ContactView(Struct, frozen=True, kw_only=True):
    """Contact details: first whether at all, and only then (`open`) the fields."""

    question: str
    text: str
    help: str
    open: bool
    fields: tuple[ContactField, ...]
    tone_style: ToneStyle = "old"
    typing: Method = "telex"
    ear: bool = False


class GateView(Struct, frozen=True, kw_only=True):
    """Everything that has to be answered is: send it, or add something first where there is `more` to ask.

    seconds: until it is sent by itself; another `turn` begins them again. criteria: all there is to add is
    ratings.
    """

    more: bool
    seconds: int
    turn: int = 0
    criteria: bool = False


class StillThereView(Struct, frozen=True):
    """ "Are you still there?" with a countdown in seconds; another `turn` begins it again."""

    seconds: int
    turn: int = 0


class SavingView(Struct, frozen=True):
    """The response is on its way to the disk."""


class ThanksView(Struct, frozen=True):
    """The same for every rating. text: "" the interface's own. results_url: for a QR code, "" none."""

    text: str
    results_url: str


class OutOfOrderView(Struct, frozen=True):
    """Nothing can be stored. `number`: of the problem, for the staff."""

    number: str


class UnconfiguredView(Struct, frozen=True):
    """There is no configuration yet. `missing`: what is in the way, for the staff."""

    missing: Problem


class FirstStartView(Struct, frozen=True, kw_only=True):
    """The terminal is not enrolled: a code is scanned or typed, tried, refused, or it has just worked.

    typed: the code so far. problem: why it does not work, or not yet. network, address: what the agent says
    of the network and of the centre's address. device, office: who the terminal is now; "" not known.
    camera: a code can be scanned with the tablet's camera. wifi: this machine can be connected to Wi-Fi here.
    """

    stage: Literal["form", "working", "refused", "enrolled"]
    typed: str = ""
    problem: Problem | None = None
    network: Network = ""
    address: str = ""
    device: str = ""
    office: str = ""
    camera: bool = False
    wifi: bool = False


class WirelessView(Struct, frozen=True, kw_only=True):
    """The way into a Wi-Fi network.

    name: of the network that was chosen. typed: what is seen of its password. shown: that is its letters.
    may_connect: what was typed can be a password. problem: why it did not work.
    """

    stage: WirelessStage
    networks: tuple[WifiNetwork, ...] = ()
    name: str = ""
    typed: str = ""
    shown: bool = False
    may_connect: bool = False
    problem: Problem | None = None


View = (
    IdleView
    | StaffLockView
    | StaffHomeView
    | StaffTagView
    | StaffVoidView
    | ClosedView
    | WipingView
    | ReadyView
    | RespondentView
    | PrivacyView
    | LanguageListView
    | RatingView
    | ChoiceView
    | YesNoView
    | NumberView
    | TextView
    | ContactView
    | GateView
    | StillThereView
    | SavingView
    | ThanksView
    | OutOfOrderView
    | UnconfiguredView
    | FirstStartView
    | WirelessView
)


class Shown(Struct, frozen=True):
    """One whole picture."""

    view: View
    frame: Frame


def look(
    state: State,
    rules: Rules,
    settings: Settings,
    catalogue: Catalogue,
    *,
    attention: int = 0,
) -> Shown:
    """What is to be seen in `state`; attention: how many things wait for staff, for when nobody is there."""
    frame = _frame(state, rules, settings, catalogue)
    if state.phase in ("idle", "closed"):
        frame = replace(frame, attention=attention)
    return Shown(_view(state, rules, settings, catalogue), frame)


ONLY_VIETNAMESE = "Câu hỏi này chỉ có tiếng Việt"
MOST_FOUND = 6  # procedures on the staff screen
DOT = "•"


def look_at_desk(
    desk: Desk,
    counter: Counter,
    state: State,
    facts: Facts,
    rules: Rules,
    settings: Settings,
    catalogue: Catalogue,
    found: tuple[str, ...] = (),
) -> Shown:
    """What staff see while their screen is open; found: the terminal's troubles."""
    frame = Frame(office=pick(settings.office.name, "vi"), manners=Manners(), languages=("vi",), help=False)
    match desk.page:
        case "home" | "tools":
            officer = catalogue.officer(counter.officer) if counter.officer else None
            refused = tuple((reason.problem.kind.title, count) for reason, count in counter.refused.items())
            name = officer.name if officer else counter.officer or ""
            assist = state.visit is not None and state.phase in ("ready", "privacy")
            message = desk.message or advice(facts)
            handovers = has_handovers(rules, catalogue)
            return Shown(
                StaffHomeView(
                    officer=name,
                    facts=facts,
                    refused=refused,
                    can_assist=assist,
                    can_void=may_be_voided(state),
                    message=message,
                    language=rules.language,
                    handovers=handovers,
                    tools=desk.page == "tools",
                ),
                frame,
            )
        case "tag":
            fitting = find_procedures(catalogue.procedures, desk.wanted, desk.recent)[:MOST_FOUND]
            tiles = tuple(Tile(procedure.code, pick(procedure.name, "vi")) for procedure in fitting)
            return Shown(StaffTagView(desk.wanted, tiles), frame)
        case "void":
            return Shown(StaffVoidView(VOID_REASONS), frame)
        case "wifi":
            return Shown(look_at_wireless(desk.wireless), frame)
        case _:
            missing = officer_missing(counter, rules, catalogue)
            camera = bool(settings.camera)
            return Shown(
                StaffLockView(
                    digits=len(desk.pin),
                    message=desk.message,
                    camera=camera,
                    officer_missing=missing,
                    troubles=found,
                ),
                frame,
            )


def look_at_wireless(wireless: Wireless) -> WirelessView:
    """What is seen of the way into a Wi-Fi network: a password in dots, unless it is to be read."""
    return WirelessView(
        stage=wireless.stage,
        networks=wireless.networks,
        name=wireless.name,
        typed=wireless.password if wireless.shown else DOT * len(wireless.password),
        shown=wireless.shown,
        may_connect=wireless.may_connect,
        problem=wireless.problem,
    )


def _frame(state: State, rules: Rules, settings: Settings, catalogue: Catalogue) -> Frame:
    frame = Frame(
        office=pick(settings.office.name, state.manners.language),
        manners=state.manners,
        languages=rules.languages,
        address=address_of(respondent_of(state.visit, rules), rules.survey),
        queued=state.waiting,
        notice=_notice(state),
        told=_told(state),
        # While the glass is wiped nothing on it can be touched.
        help=state.phase != "wiping",
        staff=state.phase in ("idle", "closed", "ready", "out_of_order"),
    )
    visit = state.visit
    if visit is not None:
        frame = replace(frame, visit=visit.id)
    if state.choosing:
        return replace(frame, back=True, staff=False)
    if visit is None:
        return frame
    frame = replace(frame, code=code_of(state, rules))
    if state.phase not in ("ready", "asking", "gate"):
        return frame
    if state.phase == "ready" and respondents_to_choose(visit, rules):
        return replace(frame, handover=_handover(visit, state.manners.language, rules, settings, catalogue))
    if _is_ready_screen(state, visit, rules):
        return frame
    made = visit_pages(visit, rules)
    before = gate_of(made)
    if state.phase == "gate":
        return replace(frame, page=before, pages=before, back=True, restart=True)
    asked = current_page(visit, rules)[0].text
    # What comes behind the gate is counted by itself: before it nobody has to know how much there is.
    extra = visit.page >= before
    welcome = is_welcome(state, rules)
    return replace(
        frame,
        handover=_handover(visit, state.manners.language, rules, settings, catalogue) if welcome else None,
        notice=frame.notice or ("" if state.manners.language in asked else ONLY_VIETNAMESE),
        page=min(visit.page, len(made) - 1) + 1 - (before if extra else 0),
        pages=len(made) - before if extra else before,
        back=not welcome,
        forward=forward_word(visit, rules),
        restart=visit.page > 0,
    )


def _notice(state: State) -> str:
    """What is said in words: to the citizen always, to the officer only where no citizen is."""
    if not state.notice and state.told and state.phase in NOBODY_THERE:
        return state.told.text
    return state.notice


def _told(state: State) -> Literal["", "taken", "refused"]:
    """The sign shown instead of the words to the officer while a citizen is there."""
    if state.told is None or state.phase in NOBODY_THERE:
        return ""
    return "refused" if state.told.refused else "taken"


def _view(state: State, rules: Rules, settings: Settings, catalogue: Catalogue) -> View:
    visit, language = state.visit, state.manners.language
    privacy = rules.survey.privacy
    if state.choosing:
        names = rules.language_names
        return LanguageListView(
            tuple(Tile(id, names.get(id, id.upper())) for id in rules.languages), language
        )
    match state.phase:
        case "ready" if visit and (choices := respondents_to_choose(visit, rules)):
            return RespondentView(
                respondents=choices,
                armed=state.spoken[1] if state.spoken else None,
                numbered=state.manners.ear,
            )
        case "ready" if visit and _is_ready_screen(state, visit, rules):
            return ReadyView(_handover(visit, language, rules, settings, catalogue))
        case "privacy":
            return PrivacyView(
                purpose=pick(privacy.purpose, language),
                data=pick(privacy.data, language),
                controller=pick(privacy.controller, language),
                rights=pick(privacy.rights, language),
            )
        case "ready" | "asking" if visit:
            return _page(state, visit, language, rules, settings)
        case "gate" if visit:
            criteria = has_only_criteria(visit, rules)
            return GateView(
                more=has_more(visit, rules), seconds=state.seconds, turn=state.timer, criteria=criteria
            )
        case "still_there":
            return StillThereView(state.seconds, state.timer)
        case "saving":
            return SavingView()
        case "thanks":
            text = pick(rules.survey.thanks, language) if rules.survey.thanks else ""
            return ThanksView(text, settings.office.results_url)
        case "out_of_order":
            return OutOfOrderView(state.failure)
        case "wiping":
            return WipingView(state.seconds, state.timer)
        case "closed":
            return ClosedView()
        case _:
            office = settings.office
            return IdleView(
                invitation=_invitation(rules),
                touch=rules.start_by_touch,
                emblem=office.emblem,
                picture=office.picture,
            )


def _invitation(rules: Rules) -> str:
    if rules.respondents == ("staff",):
        return "Mời ông/bà cho biết mức độ hài lòng của mình."
    if rules.start_by_touch:
        return "Mời ông/bà cho biết mức độ hài lòng về dịch vụ vừa nhận."
    return "Khi nhận kết quả, mời ông/bà cho biết mức độ hài lòng tại đây."


def _is_ready_screen(state: State, visit: Visit, rules: Rules) -> bool:
    return state.phase == "ready" and has_ready_screen(visit, rules)


def _handover(
    visit: Visit, language: str, rules: Rules, settings: Settings, catalogue: Catalogue
) -> Handover:
    tag = visit.tag
    procedure = catalogue.procedure(tag.procedure) if tag and tag.procedure else None
    officer = catalogue.officer(tag.officer) if tag and tag.officer and settings.show_officer else None
    return Handover(
        procedure=pick(procedure.name, language) if procedure else "",
        officer=officer.name if officer else "",
        privacy=pick(rules.survey.privacy.summary, language),
    )


def _page(state: State, visit: Visit, language: str, rules: Rules, settings: Settings) -> View:
    page = current_page(visit, rules)
    question = page[0]
    text, hint = pick(question.text, language), _hint(question, language)
    marked = visit.marks.get(question.id)
    match question:
        case Rating():
            return RatingView(
                tuple(
                    _row(rating, state, visit, language, settings, rules)
                    for rating in page
                    if isinstance(rating, Rating)
                ),
                state.manners.ear,
            )
        case Choice() | Choices():
            return _choice(question, state, visit, language)
        case YesNo():
            armed = _armed(state, question)
            ear = state.manners.ear
            return YesNoView(
                question=question.id,
                text=text,
                help=hint,
                marked=marked,
                not_applicable=question.not_applicable,
                armed=armed,
                numbered=ear,
            )
        case Number():
            none, offered = marked == NOT_APPLICABLE, question.not_applicable
            lowest, highest = question.minimum, question.maximum
            value, armed = level_of(marked), _armed(state, question)
            return NumberView(
                question=question.id,
                text=text,
                help=hint,
                minimum=lowest,
                maximum=highest,
                marked=value,
                not_applicable=offered,
                none=none,
                armed=armed,
            )
        case OpenText():
            written = visit.writing.get((question.id, ""), "")
            style, typing = settings.tone_style, settings.typing
            ear = state.manners.headphones  # aloud, what is written would be heard
            return TextView(
                question=question.id,
                text=text,
                help=hint,
                written=written,
                maximum=question.maximum,
                tone_style=style,
                typing=typing,
                ear=ear,
            )
        case Contact():
            fields = tuple(
                ContactField(field, visit.writing.get((question.id, field), "")) for field in question.fields
            )
            style, typing = settings.tone_style, settings.typing
            ear = state.manners.headphones  # aloud, what is written would be heard
            return ContactView(
                question=question.id,
                text=text,
                help=hint,
                open=visit.contact_open,
                fields=fields,
                tone_style=style,
                typing=typing,
                ear=ear,
            )


def _armed(state: State, question: Question) -> Answer | None:
    return state.spoken[1] if state.spoken and state.spoken[0] == question.id else None


def _hint(question: Question, language: str) -> str:
    return pick(question.help, language) if question.help else ""


def _row(
    rating: Rating, state: State, visit: Visit, language: str, settings: Settings, rules: Rules
) -> RatingRow:
    rising = sorted(rules.survey.levels, key=lambda level: level.value)
    levels = [
        Level(level.value, pick(level.label, language), mood_at(place, len(rising)))
        for place, level in enumerate(rising)
    ]
    if settings.screen.best_first:
        levels.reverse()
    return RatingRow(
        question=rating.id,
        text=pick(rating.text, language),
        help=_hint(rating, language),
        levels=tuple(levels),
        marked=visit.marks.get(rating.id),
        not_applicable=rating.not_applicable,
        armed=_armed(state, rating),
    )


def _choice(question: Choice | Choices, state: State, visit: Visit, language: str) -> ChoiceView:
    several = isinstance(question, Choices)
    about = question.about if isinstance(question, Choices) else ""
    offered = offered_options(question, level_of(visit.answers.get(about)))
    marked = visit.marks.get(question.id, ())
    return ChoiceView(
        question=question.id,
        text=pick(question.text, language),
        help=_hint(question, language),
        tiles=tuple(Tile(option.id, pick(option.label, language)) for option in offered),
        several=several,
        marked=marked if isinstance(marked, tuple) else (str(marked),),
        not_applicable=question.not_applicable,
        armed=_armed(state, question),
        numbered=state.manners.ear,
    )
