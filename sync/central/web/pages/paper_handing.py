"""A lot of paper forms handed from one person to another: who holds it, who has it next, what was before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import TEXT, new_id
from sync.central.office.paper.handing import (
    HandoverState,
    LotHandover,
    handovers_of,
    holder_of,
    offer_lot,
    receive_lot,
    receivers,
    refuse_lot,
    withdraw_offer,
)
from sync.central.office.people.accounts import account_names
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER, known_lot
from sync.central.web.pages.paper_lots import whole_number
from sync.central.web.paper_words import KEY, asked_words
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError

HANDING: Final = "/ban-giao"
Short = Annotated[str, Meta(max_length=4 * TEXT)]
STATES: Mapping[HandoverState, str] = {
    "offered": "chờ xác nhận",
    "received": "đã nhận",
    "refused": "không nhận",
    "withdrawn": "đã rút lại",
}
_LOOKS: Mapping[HandoverState, str] = {"offered": "wait", "received": "good", "refused": "call"}
# Where the acts find something wrong, as fields of the page.
_PLACES = {"receiver": "nguoi_nhan", "counted": "dem", "note": "ghi_chu", "answer": "ly_do"}


class HandoverRow(Struct, frozen=True, kw_only=True):
    """One handing over. counted: by the receiver, 0 before. words: of both."""

    giver: str
    receiver: str
    state: str
    look: str
    counted: int
    words: tuple[str, ...]
    offered_at: datetime
    ended_at: datetime | None


class HandingPage(Struct, frozen=True, kw_only=True):
    """Who holds the lot. to_receive, to_withdraw: an offer waits for the visitor, or is theirs.

    people: to whom the visitor may offer it, none where they may not. typed: what was refused.
    """

    address: str
    title: str
    place: str
    counted: int
    holder: str
    waiting: str
    to_receive: bool
    to_withdraw: bool
    people: tuple[Option, ...]
    id: str
    rows: tuple[HandoverRow, ...]
    typed: str
    length: int
    wrong: ProblemPage | None


class OfferFields(Struct, frozen=True, forbid_unknown_fields=True):
    """To whom the lot goes. id: that the page gave."""

    id: Short = field(default="", name="ma")
    receiver: Short = field(default="", name="nguoi_nhan")
    note: Short = field(default="", name="ghi_chu")


class ReceiveFields(Struct, frozen=True, forbid_unknown_fields=True):
    """How many forms the receiver has counted."""

    counted: Short = field(default="", name="dem")


class RefuseFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the lot is not received."""

    why: Short = field(default="", name="ly_do")


def handing_page(look: Look, id: str, *, typed: str = "", refused: ProblemError | None = None) -> Shown:
    """Who holds the lot of the address; raises ProblemError HL4010 as its desk does."""
    lot = known_lot(look, id).lot
    own, unit = look.person.account, lot.asked.unit
    handovers, holder = handovers_of(look.connection, id), holder_of(look.connection, id)
    offer = next((each for each in handovers if each.state == "offered"), None)
    names = account_names(
        look.connection, {holder, *(n for each in handovers for n in (each.giver, each.receiver))}
    )
    may_offer = offer is None and holder in (0, own)
    others = receivers(look.connection, unit, look.today) if may_offer else {}
    people = sorted((name, str(account)) for account, name in others.items() if account != own)
    title = asked_words(look, lot.asked)
    page = HandingPage(
        address=f"{PAPER}/{id}{HANDING}",
        title=title,
        place=look.names.units.get(unit, unit),
        counted=lot.counted,
        holder=names.get(holder, "") or look.say("chưa ai giữ theo tên"),
        waiting=names.get(offer.receiver, "") if offer else "",
        to_receive=offer is not None and offer.receiver == own,
        to_withdraw=offer is not None and offer.giver == own,
        people=tuple(Option(account, name) for name, account in people),
        id=new_id(),
        rows=tuple(_row(look, each, names) for each in handovers),
        typed=typed,
        length=TEXT,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="paper_handing.html",
        title=look.say("Bàn giao lô phiếu"),
        page=page,
        crumbs=(Link(PAPER, look.say("Nhập phiếu")), Link(f"{PAPER}/{id}", title)),
        status=refused.problem.kind.status if refused else 200,
    )


def _row(look: Look, each: LotHandover, names: Mapping[int, str]) -> HandoverRow:
    return HandoverRow(
        giver=names.get(each.giver, ""),
        receiver=names.get(each.receiver, ""),
        state=look.say(STATES[each.state]),
        look=_LOOKS.get(each.state, ""),
        counted=each.counted,
        words=tuple(filter(None, (each.note, each.answer))),
        offered_at=each.offered_at,
        ended_at=None if each.state == "offered" else each.changed_at,
    )


@get(PAPER + "/{id:str}" + HANDING, opt=needs(KEY))
async def handing(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Who holds a lot."""
    return await visit.show(handing_page, id)


@post(PAPER + "/{id:str}" + HANDING, opt=needs(KEY))
async def offers(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Offer a lot to another person."""
    fields = await visit.fields(OfferFields)
    await visit.read(known_lot, id)
    try:
        receiver = whole_number(fields.receiver, "nguoi_nhan")
        note = line(fields.note, "ghi_chu")
        await visit.act(_offer, id, fields.id, receiver, note, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(handing_page, id, typed=fields.note, refused=_named(error))
    return visit.go(f"{PAPER}/{id}{HANDING}", visit.say("Đã ghi. Người nhận đếm phiếu rồi xác nhận."))


@post(PAPER + "/{id:str}" + HANDING + "/nhan", opt=needs(KEY))
async def receives(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Confirm that a lot came."""
    fields = await visit.fields(ReceiveFields)
    await visit.read(known_lot, id)
    try:
        counted = whole_number(fields.counted, "dem")
        await visit.act(_receive, id, counted, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(handing_page, id, refused=_named(error))
    return visit.go(f"{PAPER}/{id}{HANDING}", visit.say("Đã xác nhận: bạn giữ lô phiếu này."))


@post(PAPER + "/{id:str}" + HANDING + "/khong-nhan", opt=needs(KEY))
async def refuses(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Say why a lot was not received."""
    fields = await visit.fields(RefuseFields)
    await visit.read(known_lot, id)
    try:
        why = line(fields.why, "ly_do", required=True)
        await visit.act(_refuse, id, why, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(handing_page, id, refused=_named(error))
    return visit.go(f"{PAPER}/{id}{HANDING}", visit.say("Đã ghi là không nhận; bên giao vẫn giữ lô phiếu."))


@post(PAPER + "/{id:str}" + HANDING + "/rut", opt=needs(KEY))
async def withdraws(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take an offer back."""
    await visit.read(known_lot, id)
    try:
        await visit.act(_withdraw, id, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(handing_page, id, refused=_named(error))
    return visit.go(f"{PAPER}/{id}{HANDING}", visit.say("Đã rút lại."))


def _offer(act: Act, lot: str, id: str, receiver: int, note: str, account: int) -> None:
    offer_lot(act, lot, id=id, receiver=receiver, note=note, account=account)


def _receive(act: Act, lot: str, counted: int, account: int) -> None:
    receive_lot(act, lot, counted=counted, account=account)


def _refuse(act: Act, lot: str, why: str, account: int) -> None:
    refuse_lot(act, lot, why=why, account=account)


def _withdraw(act: Act, lot: str, account: int) -> None:
    withdraw_offer(act, lot, account=account)


def _named(error: ProblemError) -> ProblemError:
    """The same with the field of the page as its place."""
    problem = error.problem
    return ProblemError(replace(problem, where=_PLACES.get(problem.where, problem.where)))


ROUTES = (handing, offers, receives, refuses, withdraws)
