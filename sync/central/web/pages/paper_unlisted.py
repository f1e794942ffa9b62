"""Names on the forms of a lot that the catalogue lacks: which forms, and the names for who may open them."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.office.paper.unlisted import UnlistedNames, open_unlisted, unlisted_numbers
from sync.central.office.people.permissions import PermittedAct
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER, known_lot
from sync.central.web.paper_words import KEY, REVEAL, asked_words
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError

NAMES: Final = PAPER + "/{id:str}/ngoai-danh-muc"


class UnlistedPage(Struct, frozen=True, kw_only=True):
    """The forms. opened: their names, None before they are asked for. lot: the address of the lot."""

    address: str
    lot: str
    numbers: tuple[int, ...]
    opened: tuple[UnlistedNames, ...] | None
    may_open: bool
    wrong: ProblemPage | None


def unlisted_page(
    look: Look,
    id: str,
    *,
    opened: tuple[UnlistedNames, ...] | None = None,
    refused: ProblemError | None = None,
) -> Shown:
    """Which forms of a lot name what the catalogue lacks; raises ProblemError HL4010."""
    lot = known_lot(look, id).lot
    language = look.translation.language
    page = UnlistedPage(
        address=f"{PAPER}/{id}/ngoai-danh-muc",
        lot=f"{PAPER}/{id}",
        numbers=unlisted_numbers(look.connection, id),
        opened=opened,
        may_open=look.may(REVEAL, lot.asked.unit),
        wrong=problem_page(refused.problem, language) if refused else None,
    )
    return Shown(
        template="paper_unlisted.html",
        title=look.say("Tên ngoài danh mục"),
        page=page,
        crumbs=(Link(PAPER, look.say("Nhập phiếu")), Link(page.lot, asked_words(look, lot.asked))),
        status=refused.problem.kind.status if refused else 200,
    )


def check_lot(look: Look, id: str, act: PermittedAct) -> None:
    """Return if the visitor may do `act` with this lot; raises ProblemError HL4010."""
    look.place(act, known_lot(look, id).lot.asked.unit)


@get(NAMES, opt=needs(KEY))
async def unlisted(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Which forms of a lot name what the catalogue lacks."""
    return await visit.show(unlisted_page, id)


@post(NAMES, opt=needs(REVEAL))
async def opens_unlisted(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Open these names; the line in the audit log is written before."""
    await visit.read(check_lot, id, REVEAL)
    try:
        opened = await visit.act(open_unlisted, id, visit.desk.keys.sealing_keys())
    except ProblemError as error:
        return await visit.show(unlisted_page, id, refused=error)
    return await visit.show(unlisted_page, id, opened=opened)


ROUTES = (unlisted, opens_unlisted)
