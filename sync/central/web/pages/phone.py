"""The form on a citizen's own phone: `/p/<token>`, from a code on the glass (office/phone/).

One request, no script, no cookie; the page holds what was answered before it in fields that are not shown.
How often a code may ask is counted by the code, because a whole office has one address, and no address is
looked at. An address in capitals is the same page: a code on a small glass is in capitals as a whole.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.http import threads
from sync.central.http.problems import RETRY_AFTER, handlers
from sync.central.office.forms.terminal_words import RESPONDENTS, WHOM_FOR, terminal_words
from sync.central.office.phone.codes import OpenCode, open_code
from sync.central.office.phone.from_phone import store_answer
from sync.central.office.phone.walk import (
    FIELD,
    WHOM,
    Ask,
    Fields,
    Gate,
    Move,
    Said,
    Turn,
    Whom,
    read_said,
    turn,
)
from sync.central.presenting.language import Language as Interface
from sync.central.web.desk import WebDesk
from sync.central.web.form_preview import NAMES
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.visit import HTML, Visit
from sync.contract.face import mood_at
from sync.contract.phone_token import read_text
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID, PHONE_ANSWERED
from sync.contract.response import Respondent
from sync.contract.survey import (
    CONTACT_LENGTH,
    NOT_APPLICABLE,
    Choice,
    Choices,
    Contact,
    Number,
    OpenText,
    Question,
    Rating,
    Survey,
    YesNo,
    offered_options,
)
from sync.contract.text import pick
from sync.contract.validation import level_of

PHONE = "/p"
_ADDRESSES = [f"{PHONE}/{{code:str}}", f"{PHONE.upper()}/{{code:str}}"]
FORM_BYTES = 128 * 1024
_FIELDS = {"name": "Họ và tên", "phone": "Số điện thoại", "address": "Địa chỉ"}
_PRIVACY = {
    "purpose": "Mục đích",
    "data": "Thông tin được ghi",
    "controller": "Cơ quan chịu trách nhiệm",
    "rights": "Quyền của ông/bà",
}
Words = Callable[[str], str]


class Pick(Struct, frozen=True, kw_only=True):
    """An answer to choose. mood: of its face, None without one."""

    value: str
    label: str
    chosen: bool
    mood: int | None = None


class Write(Struct, frozen=True, kw_only=True):
    """A place to write. rows: of a large one, 0 for one line. longest: characters. digits: for a number."""

    name: str
    label: str
    value: str
    longest: int
    rows: int = 0
    digits: bool = False


class Asked(Struct, frozen=True, kw_only=True):
    """A question. several: more than one answer may be chosen."""

    name: str
    text: str
    help: str = ""
    options: tuple[Pick, ...] = ()
    several: bool = False
    fields: tuple[Write, ...] = ()


class Welcome(Struct, frozen=True, kw_only=True):
    """Above the first question: what was handed over, by whom, and what becomes of the answer."""

    procedure: str
    officer: str
    summary: str
    privacy: tuple[tuple[str, str], ...]


class Tongue(Struct, frozen=True):
    """The same in another language."""

    address: str
    language: str
    name: str


class Around(Struct, frozen=True):
    """Words of the glass around the form."""

    handed: str = ""
    more: str = ""
    recorded: str = ""


class OnPhone(Struct, frozen=True, kw_only=True):
    """A form that somebody answers on a phone or another browser. office: who asks.

    procedure, officer: what was handed over and by whom, in words; "" for neither.
    """

    survey: Survey
    respondents: tuple[Respondent, ...]
    office: str
    procedure: str = ""
    officer: str = ""


class PhonePage(Struct, frozen=True, kw_only=True):
    """One page: a step of the form, the thanks, or a problem. kept: what was answered on other pages."""

    title: str
    language: str
    style: str
    office: str = ""
    languages: tuple[Tongue, ...] = ()
    words: Around = Around()
    thanks: str = ""
    problem: ProblemPage | None = None
    action: str = ""
    at: int = 0
    place: str = ""
    missing: bool = False
    welcome: Welcome | None = None
    kept: tuple[tuple[str, str], ...] = ()
    faces: tuple[int, ...] = ()
    gate: str = ""
    asked: tuple[Asked, ...] = ()
    buttons: tuple[tuple[Move, str], ...] = ()


# --- what is shown -----------------------------------------------------------------------------------


def on_phone(look: Look, code: OpenCode) -> OnPhone:
    """The form of a code, with what was handed over."""
    token, names = code.token, look.names
    return OnPhone(
        survey=code.survey,
        respondents=token.respondents,
        office=names.units.get(token.unit, ""),
        procedure=names.procedures.get(token.procedure or "", ""),
        officer=names.officers.get(token.officer or "", ""),
    )


def thanks_page(form: OnPhone, language: str, style: str) -> PhonePage:
    """The same for every answer."""
    survey, say = form.survey, terminal_words(form.survey, language)
    return PhonePage(
        title=pick(survey.title, language),
        language=language,
        style=style,
        office=form.office,
        thanks=pick(survey.thanks, language) if survey.thanks else say("Xin cảm ơn ông/bà."),
        words=Around(recorded=say("Ý kiến của ông/bà đã được ghi nhận.")),
    )


def step_page(form: OnPhone, said: Said, where: Turn, language: str, action: str, style: str) -> PhonePage:
    """The step of the form that comes now."""
    survey, step = form.survey, where.steps[where.at]
    say = terminal_words(survey, language)
    asked = _asked(survey, said, step, form.respondents, say, language)
    moods = {option.mood for each in asked for option in each.options if option.mood is not None}
    first = where.at == 0
    return PhonePage(
        title=pick(survey.title, language),
        language=language,
        style=style,
        office=form.office,
        languages=tuple(_tongues(survey, language, action)) if first else (),
        words=Around(handed=say("Kết quả vừa trao"), more=say("Tìm hiểu thêm")),
        action=f"{action}?tieng={language}",
        at=where.at,
        place=_place(where),
        missing=where.missing,
        welcome=_welcome(form, say, language) if first else None,
        kept=tuple(_kept(survey, said, step)),
        faces=tuple(sorted(moods)),
        gate=say(_GATES[step.criteria]) if isinstance(step, Gate) else "",
        asked=asked,
        buttons=tuple(_buttons(where, said, say)),
    )


_GATES = {
    False: "Ông/bà có muốn góp ý thêm không?",
    True: "Ông/bà có muốn đánh giá thêm một số nội dung không?",
}


def _place(where: Turn) -> str:
    """Which of the pages before the gate this is, as the glass counts them; "" elsewhere."""
    gate = next((at for at, step in enumerate(where.steps) if isinstance(step, Gate)), len(where.steps))
    asks = [at for at, step in enumerate(where.steps[:gate]) if isinstance(step, Ask)]
    return f"{asks.index(where.at) + 1}/{len(asks)}" if where.at in asks and len(asks) > 1 else ""


def _welcome(form: OnPhone, say: Words, language: str) -> Welcome:
    privacy = form.survey.privacy
    return Welcome(
        procedure=form.procedure,
        officer=say("Người phục vụ: {name}").format(name=form.officer) if form.officer else "",
        summary=pick(privacy.summary, language),
        privacy=tuple(
            (say(title), pick(getattr(privacy, name), language)) for name, title in _PRIVACY.items()
        ),
    )


def _tongues(survey: Survey, language: str, action: str) -> list[Tongue]:
    return [
        Tongue(f"{action}?tieng={each}", each, NAMES.get(each, each.upper()))
        for each in survey.languages
        if each != language
    ]


def _buttons(where: Turn, said: Said, say: Words) -> list[tuple[Move, str]]:
    step = where.steps[where.at]
    made: list[tuple[Move, str]] = []
    if isinstance(step, Gate):
        made += [("gui", say("Gửi")), ("tiep", say("Đánh giá thêm" if step.criteria else "Góp ý"))]
    elif where.at == len(where.steps) - 1:
        made.append(("gui", say("Gửi")))
    else:
        made.append(("tiep", say("Tiếp")))
    return [*made, ("lui", say("Quay lại"))] if where.at else made


def _asked(
    survey: Survey,
    said: Said,
    step: Ask | Gate | Whom,
    respondents: tuple[Respondent, ...],
    say: Words,
    language: str,
) -> tuple[Asked, ...]:
    if isinstance(step, Gate):
        return ()
    if isinstance(step, Whom):
        options = tuple(
            Pick(value=each, label=say(RESPONDENTS[each]), chosen=each == said.whom) for each in respondents
        )
        return (Asked(name=WHOM, text=say(WHOM_FOR), options=options),)
    return tuple(question_on_page(survey, question, said, say, language) for question in step.page)


def question_on_page(survey: Survey, question: Question, said: Said, say: Words, language: str) -> Asked:
    """A question with what was answered before; say: words of the glass in the form's language."""
    name, text = FIELD + question.id, pick(question.text, language)
    helped = pick(question.help, language) if question.help else ""
    if isinstance(question, Choices) and not helped:
        helped = say("Có thể chọn nhiều ô")
    options = _options(survey, question, said, say, language)
    return Asked(
        name=name,
        text=text,
        help=helped,
        options=tuple(options),
        several=isinstance(question, Choices),
        fields=tuple(_fields(question, said, say, text)),
    )


def _options(survey: Survey, question: Question, said: Said, say: Words, language: str) -> list[Pick]:
    given = said.answers.get(question.id)
    made: list[Pick] = []
    match question:
        case Rating():
            levels = sorted(survey.levels, key=lambda level: level.value)
            made = [
                Pick(
                    value=str(level.value),
                    label=pick(level.label, language),
                    chosen=level_of(given) == level.value,
                    mood=mood_at(place, len(levels)),
                )
                for place, level in enumerate(levels)
            ][::-1]
        case Choice() | Choices():
            about = question.about if isinstance(question, Choices) else ""
            chosen = given if isinstance(given, tuple) else (given,)
            made = [
                Pick(value=option.id, label=pick(option.label, language), chosen=option.id in chosen)
                for option in offered_options(question, level_of(said.answers.get(about)))
            ]
        case YesNo():
            made = [
                Pick(value="1", label=say("Có"), chosen=given is True),
                Pick(value="0", label=say("Không"), chosen=given is False),
            ]
    if question.not_applicable:
        none = given == NOT_APPLICABLE and isinstance(given, str)
        made.append(Pick(value=NOT_APPLICABLE, label=say("Không áp dụng"), chosen=none))
    return made


def _fields(question: Question, said: Said, say: Words, text: str) -> list[Write]:
    name, written = FIELD + question.id, said.words.get(question.id, "")
    match question:
        case OpenText():
            value = written if isinstance(written, str) else ""
            return [Write(name=name, label=text, value=value, longest=question.maximum, rows=5)]
        case Contact():
            known = written if isinstance(written, dict) else {}
            return [
                Write(
                    name=f"{name}.{each}",
                    label=say(_FIELDS[each]),
                    value=known.get(each, ""),
                    longest=CONTACT_LENGTH,
                    digits=each == "phone",
                )
                for each in question.fields
            ]
        case Number():
            given = level_of(said.answers.get(question.id))
            value = "" if given is None else str(given)
            return [
                Write(name=name, label=text, value=value, longest=len(str(question.maximum)), digits=True)
            ]
        case _:
            return []


def _kept(survey: Survey, said: Said, step: Ask | Gate | Whom) -> list[tuple[str, str]]:
    """What was answered on other pages, as fields that are not shown."""
    here = {question.id for question in step.page} if isinstance(step, Ask) else set()
    kept: list[tuple[str, str]] = []
    if said.whom and not isinstance(step, Whom):
        kept.append((WHOM, said.whom))
    for question in survey.questions:
        if question.id in here:
            continue
        name, answer = FIELD + question.id, said.answers.get(question.id)
        match answer:
            case None:
                pass
            case bool():
                kept.append((name, str(int(answer))))
            case tuple():
                kept += [(name, each) for each in answer]
            case _:
                kept.append((name, str(answer)))
        written = said.words.get(question.id)
        if isinstance(written, str):
            kept.append((name, written))
        elif written is not None:
            kept += [(f"{name}.{field}", text) for field, text in written.items()]
    return kept


# --- requests ----------------------------------------------------------------------------------------


def page_style(desk: WebDesk) -> str:
    """What is in every page."""
    return desk.static["phone.css"].content.decode()


def page_headers(style: str) -> Mapping[str, str]:
    """Of every answer: the style is in the page, named by its digest, and nothing else may be loaded."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return {**PAGE_HEADERS, "Content-Security-Policy": policy}


def draw_phone(desk: WebDesk, page: PhonePage, status: int = 200, **more: str) -> Response[Any]:
    """The page as an answer. more: headers."""
    interface: Interface = "en" if page.language == "en" else "vi"
    html = desk.renderer.render(interface, "phone.html", page, None)
    return Response(html, status_code=status, media_type=HTML, headers={**page_headers(page.style), **more})


def as_phone(request: Request[Any, Any, State], error: ProblemError) -> Response[Any]:
    """The answer to a problem: the same for every code."""
    desk: WebDesk = request.app.state.web
    problem, kind = error.problem, error.problem.kind
    language: Interface = "en" if request.query_params.get("tieng") == "en" else "vi"
    shown = problem_page(problem, language)
    page = PhonePage(title=shown.title, language=language, style=page_style(desk), problem=shown)
    more = {"Retry-After": RETRY_AFTER} if kind.status in (429, 503) else {}
    return draw_phone(desk, page, kind.status, **more)


def _page(look: Look, text: str, language: str, action: str, fields: Fields, desk: WebDesk) -> PhonePage:
    """What the code opens now; raises ProblemError HL4270 … HL4272."""
    code = open_code(look.connection, text, look.now)
    form = on_phone(look, code)
    spoken = spoken_in(form.survey, language)
    if code.answered == "glass":
        raise ProblemError(PHONE_ANSWERED())
    if code.answered:
        return thanks_page(form, spoken, page_style(desk))
    said = read_said(form.survey, fields, form.respondents)
    where = turn_of(desk, form.survey, form.respondents, said, fields)
    return step_page(form, said, where, spoken, action, page_style(desk))


def spoken_in(survey: Survey, language: str) -> str:
    """The language, if the form has it."""
    return language if language in survey.languages else "vi"


def turn_of(
    desk: WebDesk, survey: Survey, respondents: Sequence[Respondent], said: Said, fields: Fields
) -> Turn:
    """Where these fields lead; raises ProblemError HL4241."""
    at, move = last_of(fields, "buoc"), last_of(fields, "lam")
    if move not in _MOVES or len(at) > 3 or not ((at.isascii() and at.isdigit()) or not at):
        raise ProblemError(FORM_INVALID(where="lam"))
    can_seal = bool(desk.keys.public().sealing)
    return turn(survey, said, respondents, int(at or "0"), _MOVES[move], can_seal=can_seal)


_MOVES: Mapping[str, Move] = {"": "", "tiep": "tiep", "lui": "lui", "gui": "gui"}


def last_of(fields: Fields, name: str) -> str:
    """The last value of this name, "" for none."""
    values = fields.get(name, ())
    return values[-1] if values else ""


def _send(desk: WebDesk, text: str, language: str, fields: Fields) -> bool:
    """Store the answer if it is whole; whether it was. Raises ProblemError HL4270 …, HL5006."""
    now = desk.now()
    with desk.storage.reading() as connection:
        code = open_code(connection, text, now)
    said = read_said(code.survey, fields, code.token.respondents)
    if not turn_of(desk, code.survey, code.token.respondents, said, fields).done:
        return False
    spoken = spoken_in(code.survey, language)
    with desk.storage.changing() as connection:
        store_answer(connection, text, said, spoken, now=now, keys=desk.keys, random_bytes=os.urandom)
    return True


def language_of(visit: Visit) -> str:
    """What was chosen on the page."""
    return visit.request.query_params.get("tieng", "vi")[:8]


async def sent_fields(visit: Visit) -> Fields:
    """What was sent."""
    form = await visit.request.form()
    return {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}


def to_thanks(visit: Visit, address: str) -> Response[Any]:
    """An answer that leads to the thanks, so that loading the page again sends nothing."""
    headers = {**page_headers(page_style(visit.desk)), "Location": address}
    return Response(None, status_code=303, headers=headers)


@get(_ADDRESSES)
async def phone(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The first page of the form, or the thanks again."""
    read_text(code)  # what is no code at all costs no look into the database
    action = f"{PHONE}/{code}"
    page = await visit.read(_page, code, language_of(visit), action, {}, visit.desk)
    return draw_phone(visit.desk, page)


@post(_ADDRESSES)
async def answers(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The next page, or the answer."""
    read_text(code)
    fields = await sent_fields(visit)
    language, action = language_of(visit), f"{PHONE}/{code}"
    if last_of(fields, "lam") == "gui":
        state = visit.request.app.state
        try:
            sent = await threads.write(state, partial(_send, visit.desk, code, language, fields))
        except ProblemError as error:
            if error.problem.kind is not PHONE_ANSWERED:
                raise
            sent = True  # the other tab was first: its thanks
        if sent:
            return to_thanks(visit, f"{action}?tieng={language}")
    page = await visit.read(_page, code, language, action, fields, visit.desk)
    return draw_phone(visit.desk, page)


ROUTES = (phone, answers)
HANDLERS = handlers(as_phone)
