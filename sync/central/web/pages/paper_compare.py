"""The two keyings of the forms of a lot next to each other: a third person decides where they differ."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.figures.summary import percent
from sync.central.office.audit.acts import Act
from sync.central.office.names import Names
from sync.central.office.paper.asked import asking
from sync.central.office.paper.twice import (
    DAY,
    HEAD,
    OFFICER,
    PROCEDURE,
    RESPONDENT,
    Compared,
    Side,
    Tally,
    compared,
    decide,
    tally,
)
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import KEY, PAPER, known_lot
from sync.central.web.paper_fields import said_answer
from sync.central.web.paper_words import RESPONDENTS, asked_words
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.response import Answer
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
    """A form to decide. mine: the visitor is one of the two, and can't."""

    number: int
    fields: tuple[DifferentField, ...]
    mine: bool


class ComparePage(Struct, frozen=True, kw_only=True):
    """Forms to decide. rate: percent of fields that differ, None where nothing was compared."""

    address: str
    forms: tuple[DifferentForm, ...]
    tally: Tally
    rate: str | None
    first_rate: str | None
    wrong: tuple[ProblemPage, ...]


def compare_page(look: Look, id: str, *, error: ProblemError | None = None) -> Shown:
    """What is to be decided, and how well the lot was keyed."""
    lot = known_lot(look, id).lot
    survey = asking(look.connection, lot.asked).survey
    count = tally(look.connection, lot)
    page = ComparePage(
        address=f"{PAPER}/{id}{COMPARE}",
        forms=tuple(_form(look, survey, each) for each in compared(look.connection, lot) if not each.decided),
        tally=count,
        rate=percent(count.differing, count.fields),
        first_rate=percent(count.wrong, count.fields),
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


def _form(look: Look, survey: Survey, form: Compared) -> DifferentForm:
    fields = (
        DifferentField(
            name=each.field,
            label=_label(look, survey, each.field),
            first=_said(look, survey, each.field, each.first),
            second=_said(look, survey, each.field, each.second),
        )
        for each in form.differences
    )
    mine = look.person.account in (form.first_by, form.second_by)
    return DifferentForm(number=form.number, fields=tuple(fields), mine=mine)


def _label(look: Look, survey: Survey, field: str) -> str:
    if field in HEAD:
        return {
            DAY: look.say("Ngày trả lời"),
            RESPONDENT: look.say("Ai trả lời"),
            PROCEDURE: look.say("Thủ tục"),
            OFFICER: look.say("Cán bộ"),
        }[field]
    number = 1 + [each.id for each in survey.questions].index(field)
    return f"{number}. {pick(survey.question(field).text, look.translation.language)}"


def _said(look: Look, survey: Survey, field: str, value: Answer | None) -> str:
    if value is None:
        return look.say("để trống")
    names: Names = look.names
    if field == PROCEDURE:
        return names.procedures.get(str(value), str(value))
    if field == OFFICER:
        return names.officers.get(str(value), str(value))
    if field == RESPONDENT:
        return next((look.say(words) for key, words in RESPONDENTS.items() if key == value), str(value))
    if field == DAY:
        return str(value)
    return said_answer(survey, survey.question(field), value, look.translation.language)


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


def _decide(act: Act, id: str, number: int, sides: dict[str, Side], account: int) -> None:
    decide(act, id, number, sides, account=account)


ROUTES = (compares, decides)
