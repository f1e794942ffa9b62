"""The two keyings of the forms of a lot next to each other: a third person decides where they differ."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.summary import percent
from sync.central.office.audit.acts import Act
from sync.central.office.names import Names
from sync.central.office.paper.asked import asking
from sync.central.office.paper.lots import Lot
from sync.central.office.paper.twice import (
    DAY,
    HEAD,
    OFFICER,
    PROCEDURE,
    RESPONDENT,
    SEALED,
    UNLISTED,
    WORDS,
    Compared,
    Difference,
    Side,
    Tally,
    compared,
    decide,
    tally,
)
from sync.central.office.paper.unlisted import BothKeyings, open_keyings
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER, known_lot
from sync.central.web.paper_fields import said_answer
from sync.central.web.paper_words import KEY, RESPONDENTS, REVEAL, asked_words
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.response import Answer
from sync.contract.sealing import Words
from sync.contract.survey import Survey
from sync.contract.text import pick

COMPARE = "/doi-chieu"


class DifferentField(Struct, frozen=True, kw_only=True):
    """A field in which two keyings differ, in words."""

    name: str
    label: str
    first: str
    second: str


class DifferentForm(Struct, frozen=True, kw_only=True):
    """A form to decide. mine: the visitor is one of the two, and can't.

    sealed: it has words that differ and were not opened on this page.
    """

    number: int
    fields: tuple[DifferentField, ...]
    mine: bool
    sealed: bool


class OpenFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose words are opened."""

    number: Annotated[int, Meta(ge=1)] = field(name="so")


class ComparePage(Struct, frozen=True, kw_only=True):
    """Forms to decide. rate: percent of fields that differ, None where nothing was compared.

    may_open: the visitor may open what is sealed.
    """

    address: str
    forms: tuple[DifferentForm, ...]
    tally: Tally
    rate: str | None
    first_rate: str | None
    may_open: bool
    wrong: tuple[ProblemPage, ...]


def compare_page(
    look: Look,
    id: str,
    *,
    number: int = 0,
    opened: BothKeyings | None = None,
    error: ProblemError | None = None,
) -> Shown:
    """What is to be decided, and how well the lot was keyed. opened: the words of the form `number`."""
    lot = known_lot(look, id).lot
    survey = asking(look.connection, lot.asked).survey
    count = tally(look.connection, lot)
    page = ComparePage(
        address=f"{PAPER}/{id}{COMPARE}",
        forms=tuple(
            _form(look, survey, each, opened if each.number == number else None)
            for each in compared(look.connection, lot)
            if not each.decided
        ),
        tally=count,
        rate=percent(count.differing, count.fields),
        first_rate=percent(count.wrong, count.fields),
        may_open=look.may(REVEAL, lot.asked.unit),
        wrong=refused(error, look.translation.language) if error else (),
    )
    name = asked_words(look, lot.asked)
    return Shown(
        template="paper_compare.html",
        title=look.say("Đối chiếu hai lần nhập"),
        page=page,
        crumbs=(Link(PAPER, look.say("Nhập phiếu")), Link(f"{PAPER}/{id}", name)),
        status=error.problem.kind.status if error else 200,
    )


def _form(look: Look, survey: Survey, form: Compared, opened: BothKeyings | None) -> DifferentForm:
    fields = tuple(_field(look, survey, each, opened) for each in form.differences)
    return DifferentForm(
        number=form.number,
        fields=fields,
        mine=look.person.account in (form.first_by, form.second_by),
        sealed=opened is None and any(each.name in SEALED for each in fields),
    )


def _field(look: Look, survey: Survey, each: Difference, opened: BothKeyings | None) -> DifferentField:
    first, second = each.first, each.second
    if each.field in SEALED:
        sides = (opened.first[each.field], opened.second[each.field]) if opened else (None, None)
        said = [_words(look, mark, words) for mark, words in zip((first, second), sides, strict=True)]
    else:
        said = [_said(look, survey, each.field, value) for value in (first, second)]
    return DifferentField(
        name=each.field, label=_label(look, survey, each.field), first=said[0], second=said[1]
    )


def _words(look: Look, mark: Answer | None, words: Words | None) -> str:
    """Words that were opened, without their names; else that there are some."""
    if mark is None:
        return look.say("để trống")
    if words is None:
        return look.say("đã niêm phong")
    texts = (
        part for said in words.values() for part in (said.values() if isinstance(said, dict) else [said])
    )
    return " · ".join(texts)


def _label(look: Look, survey: Survey, name: str) -> str:
    if name in HEAD:
        return {
            DAY: look.say("Ngày trả lời"),
            RESPONDENT: look.say("Ai trả lời"),
            PROCEDURE: look.say("Thủ tục"),
            OFFICER: look.say("Cán bộ"),
        }[name]
    if name in SEALED:
        return {WORDS: look.say("Lời viết"), UNLISTED: look.say("Tên ngoài danh mục")}[name]
    number = 1 + [each.id for each in survey.questions].index(name)
    return f"{number}. {pick(survey.question(name).text, look.translation.language)}"


def _said(look: Look, survey: Survey, name: str, value: Answer | None) -> str:
    if value is None:
        return look.say("để trống")
    names: Names = look.names
    if name == PROCEDURE:
        return names.procedures.get(str(value), str(value))
    if name == OFFICER:
        return names.officers.get(str(value), str(value))
    if name == RESPONDENT:
        return next((look.say(words) for key, words in RESPONDENTS.items() if key == value), str(value))
    if name == DAY:
        return str(value)
    return said_answer(survey, survey.question(name), value, look.translation.language)


@get(PAPER + "/{id:str}" + COMPARE, opt=needs(KEY))
async def compares(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What is to be decided."""
    return await visit.show(compare_page, id)


@post(PAPER + "/{id:str}" + COMPARE, opt=needs(KEY))
async def decides(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Decide about one form."""
    form = await visit.request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    await visit.read(known_lot, id)
    try:
        number = typed.get("so", "")
        if not (number.isascii() and number.isdigit() and len(number) <= 9):
            raise ProblemError(FORM_INVALID(where="so", detail="không phải số"))
        sides: dict[str, Side] = {
            name.removeprefix("d."): "second" if value == "second" else "first"
            for name, value in typed.items()
            if name.startswith("d.")
        }
        await visit.act(_decide, id, int(number), sides, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(compare_page, id, error=error)
    return visit.go(f"{PAPER}/{id}{COMPARE}", visit.say("Đã quyết định phiếu số %(number)s.", number=number))


@post(PAPER + "/{id:str}" + COMPARE + "/mo", opt=needs(REVEAL))
async def opens_words(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Open what is sealed of one form; the line in the audit log is written before."""
    fields = await visit.fields(OpenFields)
    lot = await visit.read(_opened_lot, id)
    try:
        opened = await visit.act(open_keyings, lot, fields.number, visit.desk.keys.sealing_keys())
    except ProblemError as error:
        return await visit.show(compare_page, id, error=error)
    return await visit.show(compare_page, id, number=fields.number, opened=opened)


def _opened_lot(look: Look, id: str) -> Lot:
    lot = known_lot(look, id).lot
    look.place(REVEAL, lot.asked.unit)
    return lot


def _decide(act: Act, id: str, number: int, sides: dict[str, Side], account: int) -> None:
    decide(act, id, number, sides, account=account)


ROUTES = (compares, decides, opens_words)
