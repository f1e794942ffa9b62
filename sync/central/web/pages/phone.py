"""The form on a citizen's own phone: `/p/<token>`, from a code on the glass (office/phone/).

One request, no script, no cookie; the page holds what was answered before it in fields that are not shown.
How often a code may ask is counted by the code, because a whole office has one address, and no address is
looked at. An address in capitals is the same page: a code on a small glass is in capitals as a whole.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
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


def thanks_page(code: OpenCode, language: str, office: str, style: str) -> PhonePage:
    """The same for every answer."""
    say = terminal_words(code.survey, language)
    return PhonePage(
        title=pick(code.survey.title, language),
        language=language,
        style=style,
        office=office,
        thanks=pick(code.survey.thanks, language) if code.survey.thanks else say("Xin cảm ơn ông/bà."),
        words=Around(recorded=say("Ý kiến của ông/bà đã được ghi nhận.")),
    )


def step_page(
    look: Look, code: OpenCode, said: Said, where: Turn, language: str, action: str, style: str
) -> PhonePage:
    """The step of the form that comes now."""
    survey, token, step = code.survey, code.token, where.steps[where.at]
    say = terminal_words(survey, language)
    asked = _asked(survey, said, step, token.respondents, say, language)
    moods = {option.mood for each in asked for option in each.options if option.mood is not None}
    first = where.at == 0
    return PhonePage(
        title=pick(survey.title, language),
        language=language,
        style=style,
        office=look.names.units.get(token.unit, ""),
        languages=tuple(_tongues(survey, language, action)) if first else (),
        words=Around(handed=say("Kết quả vừa trao"), more=say("Tìm hiểu thêm")),
        action=f"{action}?tieng={language}",
        at=where.at,
        place=_place(where),
        missing=where.missing,
        welcome=_welcome(look, code, say, language) if first else None,
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


def _welcome(look: Look, code: OpenCode, say: Words, language: str) -> Welcome:
    token, names = code.token, look.names
    officer = names.officers.get(token.officer or "", "")
    return Welcome(
        procedure=names.procedures.get(token.procedure or "", ""),
        officer=say("Người phục vụ: {name}").format(name=officer) if officer else "",
        summary=pick(code.survey.privacy.summary, language),
        privacy=tuple(
            (say(title), pick(getattr(code.survey.privacy, name), language))
            for name, title in _PRIVACY.items()
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


def _style(desk: WebDesk) -> str:
    return desk.static["phone.css"].content.decode()


def _headers(style: str) -> Mapping[str, str]:
    """Of every answer: the style is in the page, named by its digest, and nothing else may be loaded."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return {**PAGE_HEADERS, "Content-Security-Policy": policy}


def _draw(desk: WebDesk, page: PhonePage, status: int = 200, **more: str) -> Response[Any]:
    interface: Interface = "en" if page.language == "en" else "vi"
    html = desk.renderer.render(interface, "phone.html", page, None)
    return Response(html, status_code=status, media_type=HTML, headers={**_headers(page.style), **more})


def as_phone(request: Request[Any, Any, State], error: ProblemError) -> Response[Any]:
    """The answer to a problem: the same for every code."""
    desk: WebDesk = request.app.state.web
    problem, kind = error.problem, error.problem.kind
    language: Interface = "en" if request.query_params.get("tieng") == "en" else "vi"
    shown = problem_page(problem, language)
    page = PhonePage(title=shown.title, language=language, style=_style(desk), problem=shown)
    more = {"Retry-After": RETRY_AFTER} if kind.status in (429, 503) else {}
    return _draw(desk, page, kind.status, **more)


def _page(look: Look, text: str, language: str, action: str, fields: Fields, desk: WebDesk) -> PhonePage:
    """What the code opens now; raises ProblemError HL4270 … HL4272."""
    code = open_code(look.connection, text, look.now)
    spoken = language if language in code.survey.languages else "vi"
    if code.answered == "glass":
        raise ProblemError(PHONE_ANSWERED())
    if code.answered:
        return thanks_page(code, spoken, look.names.units.get(code.token.unit, ""), _style(desk))
    said = read_said(code.survey, fields, code.token.respondents)
    where = _turn(desk, code, said, fields)
    return step_page(look, code, said, where, spoken, action, _style(desk))


def _turn(desk: WebDesk, code: OpenCode, said: Said, fields: Fields) -> Turn:
    at, move = _last(fields, "buoc"), _last(fields, "lam")
    if move not in _MOVES or len(at) > 3 or not ((at.isascii() and at.isdigit()) or not at):
        raise ProblemError(FORM_INVALID(where="lam"))
    can_seal = bool(desk.keys.public().sealing)
    respondents = code.token.respondents
    return turn(code.survey, said, respondents, int(at or "0"), _MOVES[move], can_seal=can_seal)


_MOVES: Mapping[str, Move] = {"": "", "tiep": "tiep", "lui": "lui", "gui": "gui"}


def _last(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[-1] if values else ""


def _send(desk: WebDesk, text: str, language: str, fields: Fields) -> bool:
    """Store the answer if it is whole; whether it was. Raises ProblemError HL4270 …, HL5006."""
    now = desk.now()
    with desk.storage.reading() as connection:
        code = open_code(connection, text, now)
    said = read_said(code.survey, fields, code.token.respondents)
    if not _turn(desk, code, said, fields).done:
        return False
    spoken = language if language in code.survey.languages else "vi"
    with desk.storage.changing() as connection:
        store_answer(connection, text, said, spoken, now=now, keys=desk.keys, random_bytes=os.urandom)
    return True


def _language(visit: Visit) -> str:
    return visit.request.query_params.get("tieng", "vi")[:8]


@get(_ADDRESSES)
async def phone(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The first page of the form, or the thanks again."""
    action = f"{PHONE}/{code}"
    page = await visit.read(_page, code, _language(visit), action, {}, visit.desk)
    return _draw(visit.desk, page)


@post(_ADDRESSES)
async def answers(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The next page, or the answer."""
    form = await visit.request.form()
    fields = {name: [each for each in form.getall(name) if isinstance(each, str)] for name in form}
    language, action = _language(visit), f"{PHONE}/{code}"
    if _last(fields, "lam") == "gui":
        state = visit.request.app.state
        try:
            sent = await threads.write(state, partial(_send, visit.desk, code, language, fields))
        except ProblemError as error:
            if error.problem.kind is not PHONE_ANSWERED:
                raise
            sent = True  # the other tab was first: its thanks
        if sent:
            return Response(
                None,
                status_code=303,
                headers={**_headers(_style(visit.desk)), "Location": f"{action}?tieng={language}"},
            )
    page = await visit.read(_page, code, language, action, fields, visit.desk)
    return _draw(visit.desk, page)


ROUTES = (phone, answers)
HANDLERS = handlers(as_phone)
