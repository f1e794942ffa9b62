"""The keying desk: one form of a lot after the other, by the keyboard alone.

- What was typed is shown again when something is refused; nothing of it is stored then.
- Words are sealed before anything is written; a form that is stored is not shown again.
- A page that is sent twice keys one form: it carries a token.
- A scanner ends with the Enter key, so a page that has nothing but a number goes on to the next field.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, field
from msgspec.structs import replace

from sync.central.figures.keying_time import KeyingTime, own_time
from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.keys.stored import Keys
from sync.central.office.paper.asked import TEXT, asking, wrong
from sync.central.office.paper.entering import (
    REPEATED,
    KeyedForm,
    key_again,
    key_form,
    make_invalid,
    note_invalid,
)
from sync.central.office.paper.listing import LotState, lot_state
from sync.central.office.paper.matching import MOST, Entry, matches, shown
from sync.central.office.paper.print_check import Surplus, surplus
from sync.central.office.paper.twice import Tally, due, key_second, tally
from sync.central.office.paper.unlisted import unlisted_numbers
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.minutes import BALLOT_BOX
from sync.central.reports.writing.docx import write_docx
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.paper_fields import KeyField, fields_of
from sync.central.web.paper_reading import (
    AGAIN,
    DAY,
    MODE,
    NUMBER,
    OFFICER,
    PROCEDURE,
    REASON,
    RESPONDENT,
    SPOIL,
    SPOILT,
    TOKEN,
    UNLISTED,
    WHAT,
    Fields,
    catalogue_of,
    read_typed,
    reading_desk,
)
from sync.central.web.paper_words import (
    INVALID_WORDS,
    KEY,
    MODES,
    REPEATED_WORDS,
    RESPONDENTS,
    asked_words,
)
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError, ProblemsError
from sync.contract.problem.paper import FORM_NUMBER_TAKEN, LOT_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

PAPER: Final = "/nhap-phieu"
SECOND: Final = "/lan-hai"
_MOST_OFFERED = 150  # in the list that a browser completes from; the server knows the others too
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Where the acts find something wrong, as fields of the page.
_PLACES = {"number": NUMBER, "answered": DAY, "reason": SPOIL}


class DeskAsked(Struct, frozen=True):
    """What a form begins with: its number, and what the one before it had."""

    number: str = field(default="", name=NUMBER)
    day: str = field(default="", name=DAY)
    respondent: str = field(default="", name=RESPONDENT)
    mode: str = field(default="", name=MODE)
    again: str = field(default="", name=AGAIN)


class Completed(Struct, frozen=True, kw_only=True):
    """Procedure or officer. choices: what was typed can mean several things, or nothing."""

    name: str
    label: str
    value: str
    offered: tuple[str, ...]
    choices: tuple[Option, ...]


class DeskPage(Struct, frozen=True, kw_only=True):
    """One form. typed: by the names of the fields. wrong_fields: their names. focus: where to go on typing.

    again: the number was keyed before, and may be keyed again. length: characters of a note. second: it is
    keyed the second time; due: the numbers that this person may key then. tally: of double keying. surplus:
    more forms than there can be. unlisted: how many name what the catalogue lacks.
    time: how long the visitor takes for a form, None while too few are known.
    """

    address: str
    title: str
    place: str
    state: LotState
    reasons: tuple[tuple[str, int], ...]
    token: str
    typed: Mapping[str, str]
    completed: tuple[Completed, ...]
    fields: tuple[KeyField, ...]
    respondents: tuple[Option, ...]
    modes: tuple[Option, ...]
    invalid: tuple[Option, ...]
    minutes: str
    wrong: tuple[ProblemPage, ...]
    labels: tuple[KeyField, ...]
    wrong_fields: frozenset[str]
    focus: str
    again: bool
    tally: Tally
    second: bool
    due: tuple[int, ...]
    surplus: Surplus
    unlisted: int
    time: KeyingTime | None
    length: int = TEXT


def known_lot(look: Look, id: str) -> LotState:
    """A lot of a unit at which the visitor keys; raises ProblemError HL4010 for any other."""
    try:
        state = lot_state(look.connection, id)
    except ProblemError as error:
        if error.problem.kind is LOT_UNKNOWN:
            raise ProblemError(ADDRESS_UNKNOWN()) from None
        raise
    look.place(KEY, state.lot.asked.unit)
    return state


def desk_page(
    look: Look,
    id: str,
    *,
    asked: DeskAsked | None = None,
    typed: Fields | None = None,
    error: ProblemError | None = None,
    focus: str = "",
    second: bool = False,
) -> Shown:
    """A lot, and an empty form; typed, error: what was sent, and why it was not stored."""
    state = known_lot(look, id)
    still_due = due(look.connection, state.lot, look.person.account) if state.left <= 0 else ()
    known = asking(look.connection, state.lot.asked)
    catalogue = catalogue_of(look, state.lot)
    fields = dict(typed) if typed is not None else _begun(state, asked or DeskAsked())
    if second and typed is None:
        fields[NUMBER] = str(still_due[0]) if still_due else ""
    language = look.translation.language
    questions = fields_of(known.survey, language, look.say)
    problems = refused(error, language) if error else ()
    wrong_fields = frozenset(each.where for each in problems)
    labels = tuple(
        replace(each, label=f"{each.number}. {each.label}") if each.number else each for each in questions
    )
    completed = tuple(
        _completed(look, name, label, fields.get(name, ""), entries, choose=typed is not None)
        for name, label, entries in (
            (PROCEDURE, look.say("Thủ tục"), catalogue.procedures),
            (OFFICER, look.say("Cán bộ"), catalogue.officers),
        )
    )
    again = any(each.kind is FORM_NUMBER_TAKEN for each in _problems(error)) or bool(asked and asked.again)
    lot = state.lot
    name = asked_words(look, state.lot.asked)
    page = DeskPage(
        address=f"{PAPER}/{id}{SECOND if second else ''}",
        title=look.say("Nhập lần hai: %(form)s", form=name) if second else name,
        place=look.names.units.get(state.lot.asked.unit, state.lot.asked.unit),
        state=state,
        reasons=tuple(
            (look.say(words), state.invalid[why])
            for why, words in (*INVALID_WORDS.items(), (REPEATED, REPEATED_WORDS))
            if why in state.invalid
        ),
        token=fields.get(TOKEN) or secrets.token_hex(16),
        typed=fields,
        completed=completed,
        fields=questions,
        respondents=tuple(Option(each, look.say(RESPONDENTS[each])) for each in known.respondents),
        modes=tuple(Option(each, look.say(words)) for each, words in MODES.items()),
        invalid=tuple(Option(each, look.say(words)) for each, words in INVALID_WORDS.items()),
        minutes=f"{PAPER}/{id}/bien-ban.docx" if state.lot.way == "box" else "",
        wrong=problems,
        labels=labels,
        wrong_fields=wrong_fields,
        focus=focus or _first_wrong(problems) or NUMBER,
        again=again,
        tally=tally(look.connection, state.lot),
        second=second,
        due=still_due,
        surplus=surplus(look.connection, lot.asked, counted=lot.counted, first=lot.first, last=lot.last),
        unlisted=len(unlisted_numbers(look.connection, id)),
        time=own_time(look.connection, state.lot.asked, look.person.account),
    )
    return Shown(
        template="paper_desk.html",
        title=look.say("Nhập phiếu: %(form)s", form=name),
        page=page,
        crumbs=(
            Link(PAPER, look.say("Nhập phiếu")),
            *((Link(f"{PAPER}/{id}", name),) if second else ()),
        ),
        status=error.problem.kind.status if error else 200,
    )


def _begun(state: LotState, asked: DeskAsked) -> dict[str, str]:
    """An empty form: the number after the last one, and the day and the person as before."""
    after = state.last_number + 1 if state.last_number else state.lot.first
    number = asked.number or (str(after) if after <= state.lot.last else "")
    day = asked.day or state.lot.day.isoformat()
    again = {AGAIN: asked.again} if asked.again else {}
    return {NUMBER: number, DAY: day, RESPONDENT: asked.respondent, MODE: asked.mode, **again}


def _first_wrong(problems: Sequence[ProblemPage]) -> str:
    return next((each.where for each in problems if each.where), "")


def _problems(error: ProblemError | None) -> Sequence[Any]:
    if error is None:
        return ()
    return error.problems if isinstance(error, ProblemsError) else (error.problem,)


def _completed(
    look: Look, name: str, label: str, value: str, entries: Sequence[Entry], *, choose: bool
) -> Completed:
    found = () if value.startswith(UNLISTED) else matches(value, entries)
    choices: tuple[Option, ...] = ()
    if choose and value and not value.startswith(UNLISTED) and len(found) != 1:
        unlisted = look.say("Không có trong danh mục: “%(words)s”", words=value)
        choices = (
            *(Option(shown(each), shown(each)) for each in found[:MOST]),
            Option(UNLISTED + value, unlisted),
        )
    return Completed(
        name=name,
        label=label,
        value=shown(found[0]) if choose and len(found) == 1 else value,
        offered=tuple(map(shown, entries)) if len(entries) <= _MOST_OFFERED else (),
        choices=choices,
    )


@get(PAPER + "/{id:str}", opt=needs(KEY), dependencies={"asked": query(DeskAsked)})
async def desk(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[DeskAsked]
) -> Response[Any]:
    """An empty form of a lot."""
    return await visit.show(desk_page, id, asked=asked)


@post(PAPER + "/{id:str}", opt=needs(KEY, keeps=True))
async def keys(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Store a form, or say that it is invalid; then the next one."""
    typed = await _typed(visit)
    account = visit.visitor.person.account
    try:
        number, form = await visit.read(_read, id, typed, visit.desk.keys)
    except ProblemError as error:
        return await visit.show(desk_page, id, typed=typed, error=error)
    if form is None and typed.get(WHAT) != SPOILT:
        # A scanner has typed the number and pressed Enter.
        return await visit.show(desk_page, id, typed={**typed, NUMBER: str(number)}, focus=PROCEDURE)
    again, made = bool(typed.get(AGAIN)), ""
    try:
        if form is None:
            await visit.act(_spoil, id, number, typed, account, again=again)
        elif again:
            reason = line(typed.get(REASON, ""), REASON)
            made = await visit.act(key_again, id, form, reason=reason, account=account)
        else:
            made = await visit.act(key_form, id, form, account=account)
    except ProblemError as error:
        return await visit.show(desk_page, id, typed=typed, error=_named(error))
    state = await visit.read(known_lot, id)
    said = visit.say("Đã lưu phiếu số %(number)s.", number=number)
    if form is None:
        said = visit.say("Đã ghi một phiếu không hợp lệ.")
    elif not made:
        said = visit.say("Phiếu số %(number)s: thư này đã trả lời trước, phiếu không tính.", number=number)
    left = (
        visit.say("Còn %(count)s phiếu.", count=state.left) if state.left else visit.say("Lô này đã nhập đủ.")
    )
    return visit.go(_onwards(id, typed), f"{said} {left}")


@get(PAPER + "/{id:str}" + SECOND, opt=needs(KEY), dependencies={"asked": query(DeskAsked)})
async def second_desk(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[DeskAsked]
) -> Response[Any]:
    """An empty form that this person keys the second time."""
    return await visit.show(desk_page, id, asked=asked, second=True)


@post(PAPER + "/{id:str}" + SECOND, opt=needs(KEY, keeps=True))
async def keys_second(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Note the second keying of a form; nothing of the first is said but whether it is the same."""
    typed = await _typed(visit)
    try:
        number, form = await visit.read(_read, id, typed, visit.desk.keys)
        if form is None:
            raise wrong(NUMBER, detail="phiếu trống: ghi là không hợp lệ")
        account, keys = visit.visitor.person.account, visit.desk.keys.sealing_keys()
        same = await visit.act(key_second, id, form, account=account, keys=keys)
    except ProblemError as error:
        return await visit.show(desk_page, id, typed=typed, error=_named(error), second=True)
    said = visit.say("Phiếu số %(number)s: khớp với lần nhập đầu.", number=number)
    if not same:
        said = visit.say("Phiếu số %(number)s: có chỗ khác lần nhập đầu, chờ người thứ ba.", number=number)
    return visit.go(_onwards(id + SECOND, typed), said)


async def _typed(visit: Visit) -> dict[str, str]:
    """The fields that were sent; those that no form has are left out when they are read."""
    form = await visit.request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and "\0" not in value}


def _onwards(id: str, typed: Fields) -> str:
    """The next form, with the day and the person of this one."""
    same = {name: typed[name] for name in (DAY, RESPONDENT, MODE) if typed.get(name)}
    return f"{PAPER}/{id}" + (f"?{urlencode(same)}" if same else "")


def _read(look: Look, id: str, typed: Fields, keys: Keys) -> tuple[int, KeyedForm | None]:
    return read_typed(reading_desk(look, known_lot(look, id).lot, keys), typed)


def _spoil(act: Act, id: str, number: int, typed: Fields, account: int, *, again: bool) -> None:
    reason: Any = typed.get(SPOIL, "")
    if again:
        why = line(typed.get(REASON, ""), REASON)
        make_invalid(act, id, number, reason=reason, why=why, account=account)
    else:
        note_invalid(act, id, token=typed.get(TOKEN, ""), number=number, reason=reason, account=account)


def _named(error: ProblemError) -> ProblemError:
    """The same with the fields of the page as places."""
    problem = error.problem
    return ProblemError(replace(problem, where=_PLACES.get(problem.where, problem.where)))


@get(PAPER + "/{id:str}/bien-ban.docx", opt=needs(KEY))
async def minutes(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The minutes of an opening of the ballot box, as a Word file."""
    file = await visit.read(_minutes, id)
    headers = {**PAGE_HEADERS, "Content-Disposition": 'attachment; filename="bien-ban-mo-hom-phieu.docx"'}
    return Response(file, media_type=_DOCX, headers=headers)


def _minutes(look: Look, id: str) -> bytes:
    lot = known_lot(look, id).lot
    asked = Asked(kind=BALLOT_BOX.name, unit=lot.asked.unit, first=lot.day, last=lot.day, plan=lot.asked.plan)
    return write_docx(BALLOT_BOX.build(BALLOT_BOX.read(look.connection, asked, look.now), {}))


ROUTES = (desk, keys, second_desk, keys_second, minutes)
