"""A unit without an account, such as a school, sends its list once through a link."""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.office.audit.acts import Act
from sync.central.office.plans import plan_named
from sync.central.office.sample.list_links import find_list_link, send_list
from sync.central.office.sample.sealed_list import Frame, Place, SealedPerson
from sync.central.web.carried_list import CarriedList
from sync.central.web.look import Look
from sync.central.web.people_upload import (
    UPLOAD_BYTES,
    UploadStep,
    first_step,
    sent_file,
    step_of,
    to_take,
    with_columns,
)
from sync.central.web.sample_words import place_of
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import LINK_INVALID
from sync.contract.text import pick

SEND: Final = "/gui-danh-sach"
ONE: Final = SEND + "/{code:str}"


class SentPage(Struct, frozen=True, kw_only=True):
    """What a unit sees. authority: whose plan it is; action: of its forms."""

    plan: str
    number: str
    authority: str
    group: str
    unit: str
    frame: str
    step: UploadStep
    action: str


class ThanksPage(Struct, frozen=True):
    """What was taken in."""

    unit: str
    people: int


def place_by_link(look: Look, code: str) -> Place:
    """Whose list the link takes; raises ProblemError HL4232 if it takes none, or none any more."""
    link = find_list_link(look.connection, code, int(look.now.timestamp()))
    if link is None:
        raise ProblemError(LINK_INVALID())
    return link.place


def sent_page(
    look: Look,
    visit: Visit,
    code: str,
    table: CarriedList | None = None,
    problem: ProblemError | None = None,
) -> Shown:
    """The form to send a list, and where the list is."""
    place = place_by_link(look, code)
    plan = plan_named(look.connection, place.stratum.plan)
    _, target = place_of(look, plan, place.stratum.group, place.unit)
    if table and not problem:
        step = step_of(look, visit.desk, place, place.unit, table)
    else:
        step = first_step(look, place.unit, problem)
    group = plan.group(place.stratum.group)
    page = SentPage(
        plan=pick(plan.title, look.translation.language),
        number=plan.number,
        authority=plan.authority,
        group=pick(group.name, look.translation.language),
        unit=target.name,
        frame=group.frame,
        step=step,
        action=f"{SEND}/{code}",
    )
    return Shown(
        template="sent_list.html",
        title=look.say("Gửi danh sách của %(unit)s", unit=target.name),
        page=page,
        status=400 if step.errors else 200,
    )


def _thanks(look: Look, place: Place, frame: Frame) -> Shown:
    plan = plan_named(look.connection, place.stratum.plan)
    _, target = place_of(look, plan, place.stratum.group, place.unit)
    return Shown(
        template="sent_list_thanks.html",
        title=look.say("Đã nhận danh sách"),
        page=ThanksPage(target.name, frame.people),
    )


@get(ONE)
async def shows_form(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """The form."""
    return await visit.show(sent_page, visit, code)


@post(ONE, request_max_body_size=UPLOAD_BYTES)
async def tries_sent(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """Read a file; nothing is changed."""
    place = await visit.read(place_by_link, code)
    try:
        table = await sent_file(visit, place, place.unit)
    except ProblemError as error:
        return await visit.show(sent_page, visit, code, problem=error)
    return await visit.show(sent_page, visit, code, table)


@post(ONE + "/cot", request_max_body_size=UPLOAD_BYTES)
async def names_sent_columns(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """Try the list with the columns that were chosen; nothing is changed."""
    place = await visit.read(place_by_link, code)
    try:
        table = await with_columns(visit, place)
    except ProblemError as error:
        return await visit.show(sent_page, visit, code, problem=error)
    return await visit.show(sent_page, visit, code, table)


@post(ONE + "/nhan", request_max_body_size=UPLOAD_BYTES)
async def takes_sent(visit: NamedDependency[Visit], code: FromPath[str]) -> Response[Any]:
    """Take the list in; the link is spent."""
    place = await visit.read(place_by_link, code)
    try:
        _, lines, people = await to_take(visit, place)
        frame = await visit.act(_send, code, people, lines)
    except ProblemError as error:
        if error.problem.kind is LINK_INVALID:
            raise
        return await visit.show(sent_page, visit, code, problem=error)
    return await visit.show(_thanks, place, frame)


def _send(act: Act, code: str, people: tuple[SealedPerson, ...], lines: int) -> Frame:
    return send_list(act, code, people, lines=lines)


FOR_STRANGERS = (shows_form, tries_sent, names_sent_columns, takes_sent)
