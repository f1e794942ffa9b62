"""A device gets its code: a new one at a counter, one that was set up again, one in place of a broken one.

A code is shown once, in the answer to the form that made it: the centre keeps only its hash. The same form
sent again, as by loading the answer again, makes no other code: it leads to the device's page.
"""

import os
from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.scope import read_configured
from sync.central.office.device_history import DeviceHistory, read_history
from sync.central.office.devices import list_devices
from sync.central.office.inviting import invite
from sync.central.office.keys.stored import Keys
from sync.central.office.places import device_at, replace_device
from sync.central.office.units.tree import CENTRE
from sync.central.presenting.drawing.markup import Svg
from sync.central.presenting.drawing.qr_code import qr_code
from sync.central.web.choices import Option
from sync.central.web.device_words import MACHINES, DeviceRow, device_row
from sync.central.web.frame import Link
from sync.central.web.look import Look, Place
from sync.central.web.pages.devices import (
    CHANGE,
    attended_at,
    back_to,
    listed,
    own_device,
    range_words,
    unit_options,
)
from sync.central.web.pages.one_device import ReasonFields, device_page, reason_of
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.enrolment import MINUTES, SECRET_BYTES
from sync.contract.problem import Problem, ProblemError
from sync.contract.ranges import Ranges
from sync.contract.text import pick


class Invited(Struct, frozen=True, kw_only=True):
    """A code that was made. addressed: it names the centre. replaced: the old device, "" for none.

    made, missing: what the old one recorded, and what of it is not here,
    as far as it has reported.
    """

    device: str
    code: str
    addressed: bool
    until: datetime
    replaced: str = ""
    made: int = 0
    missing: Ranges = ()


class CodePage(Struct, frozen=True, kw_only=True):
    """A code as a picture and as text, and whether a device has used it.

    reported: when the replaced device reported last how many responses it has; None if it never did.
    """

    row: DeviceRow
    picture: Svg
    code: str
    addressed: bool
    minutes: int
    until: datetime
    replaced: str
    made: int
    missing: str
    reported: datetime | None
    enrolled: datetime | None


def code_page(look: Look, invited: Invited) -> Shown:
    """The page from which a device scans its code."""
    each = own_device(look, invited.device, CHANGE)
    names = look.names
    history = read_history(look.connection, invited.device)
    page = CodePage(
        row=device_row(each, look.now, names, look.translation),
        picture=qr_code(invited.code, look.say("Mã ghi danh của máy %(id)s", id=invited.device), 300),
        code=invited.code,
        addressed=invited.addressed,
        minutes=MINUTES,
        until=invited.until,
        replaced=invited.replaced,
        made=invited.made,
        missing=range_words(invited.missing),
        reported=_reported(look, invited.replaced),
        enrolled=history.enrolled_at,
    )
    title = look.say("Ghi danh máy %(id)s", id=invited.device)
    return Shown(template="enrolment_code.html", title=title, page=page, crumbs=back_to(look, each))


def _reported(look: Look, device: str) -> datetime | None:
    old = next(iter(list_devices(look.connection, device)), None) if device else None
    at = old.seen_at if old is not None and old.heartbeat else None
    return datetime.fromisoformat(at) if at else None


def _code_for(act: Act, keys: Keys, device: str, secret: bytes) -> Invited:
    """A new code for a device that is there."""
    invitation = invite(act, keys, device=device, secret=secret)
    return Invited(
        device=device,
        code=str(invitation),
        addressed=bool(invitation.address),
        until=act.now + timedelta(minutes=MINUTES),
    )


def _waits_at(look: Look, unit: str, counter: str) -> str:
    """The device that waits at this counter with a code that is open; "" for none."""
    here = [each.device for each in attended_at(look, look.place(CHANGE, unit))]
    for device in here:
        if (device.unit, device.counter, device.enrolled) == (unit, counter, False):
            until = read_history(look.connection, device.id).invited_until
            if until is not None and until > look.now:
                return device.id
    return ""


def _made_before(visit: Visit, device: str) -> Response[None]:
    said = visit.say(
        "Mã đã được tạo trước đó và chỉ hiện một lần. "
        "Trang này cho biết máy đã nối chưa; cần mã khác thì tạo mã mới."
    )
    return visit.go(f"{MACHINES}/{device}", said)


def _enrolled_at(act: Act, keys: Keys, place: tuple[str, str], secret: bytes) -> Invited:
    """A code for the device that waits at a unit's counter."""
    unit, counter = place
    return _code_for(act, keys, device_at(act, unit=unit, counter=counter), secret)


def _replaced(act: Act, keys: Keys, device: str, reason: str, secret: bytes) -> Invited:
    """A code for a new device in the place of this one, which is revoked."""
    new = replace_device(act, device=device, reason=reason)
    invited = _code_for(act, keys, new.device, secret)
    return Invited(
        device=invited.device,
        code=invited.code,
        addressed=invited.addressed,
        until=invited.until,
        replaced=device,
        made=new.made,
        missing=new.missing,
    )


class EnrolAsked(Struct, frozen=True):
    """unit: where the new device is put up; the visitor's own without it."""

    unit: str | None = None


class EnrolFields(Struct, frozen=True, forbid_unknown_fields=True):
    """counter: "" for the unit as a whole."""

    unit: Annotated[str, Meta(max_length=64)] = field(name="don_vi")
    counter: Annotated[str, Meta(max_length=64)] = field(default="", name="quay")


class AgainFields(Struct, frozen=True, forbid_unknown_fields=True):
    """before: how many codes the form knew of, see `DeviceHistory.codes`."""

    before: int = field(default=0, name="truoc")


def _history(look: Look, device: str) -> DeviceHistory:
    return read_history(look.connection, device)


class EnrolPage(Struct, frozen=True, kw_only=True):
    """The form for a new device. counters: with what is at each already. counter: what was chosen.

    Without units the unit's code is typed.
    """

    unit: str
    place: str
    units: tuple[Option, ...]
    counters: tuple[Option, ...]
    counter: str | None
    wrong: ProblemPage | None


def enrol_page(
    look: Look, asked: EnrolAsked, counter: str | None = None, refused: Problem | None = None
) -> Shown:
    """First the unit is chosen, then the counter."""
    place = look.place(CHANGE, asked.unit)
    top = look.place(CHANGE)
    if asked.unit is None and top.code == CENTRE and len(unit_options(look, top)) == 2:
        place = look.place(CHANGE, unit_options(look, top)[1].value)
    page = EnrolPage(
        unit=place.code,
        place=place.name if place.code else "",
        units=tuple(option for option in unit_options(look, top) if option.value),
        counters=_counters(look, place) if place.code else (),
        counter=counter,
        wrong=problem_page(refused, look.translation.language) if refused else None,
    )
    return Shown(
        template="enrolment.html",
        title=look.say("Ghi danh máy"),
        page=page,
        crumbs=(Link(listed(place.code), look.say("Máy")),),
        status=400 if refused else 200,
    )


def _counters(look: Look, place: Place) -> tuple[Option, ...]:
    """The counters of a unit, each with the devices that are there."""
    configured = read_configured(look.connection, place.code, look.today)
    there: dict[str, list[str]] = {}
    for each in attended_at(look, place):
        if each.device.unit == place.code and each.device.enrolled and each.device.state == "active":
            there.setdefault(each.device.counter, []).append(each.device.id)
    names = {
        counter.id: pick(counter.name, look.translation.language)
        for counter in configured.counters
        if counter.unit == place.code
    }
    names[""] = look.say("Chung của đơn vị, không thuộc quầy nào")
    return tuple(Option(id, f"{name}{_occupied(look, there.get(id, []))}") for id, name in names.items())


def _occupied(look: Look, devices: list[str]) -> str:
    return f" ({look.say('đã có máy %(ids)s', ids=', '.join(devices))})" if devices else ""


@get(f"{MACHINES}/moi", opt=needs(CHANGE), dependencies={"asked": query(EnrolAsked)})
async def new_device(visit: NamedDependency[Visit], asked: NamedDependency[EnrolAsked]) -> Response[Any]:
    """The form for a new device."""
    return await visit.show(enrol_page, asked)


@post(f"{MACHINES}/moi", opt=needs(CHANGE))
async def enrols_device(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make a code for the device that waits at this counter; the device is made if none waits."""
    fields = await visit.fields(EnrolFields)
    place = await visit.read(Look.place, CHANGE, fields.unit)
    secret = os.urandom(SECRET_BYTES)
    if waits := await visit.read(_waits_at, place.code, fields.counter):
        return _made_before(visit, waits)
    try:
        at = (place.code, fields.counter)
        invited = await visit.act(_enrolled_at, visit.desk.keys, at, secret)
    except ProblemError as error:
        return await visit.show(enrol_page, EnrolAsked(fields.unit or None), fields.counter, error.problem)
    return await visit.show(code_page, invited)


@post(MACHINES + "/{id:str}/ma", opt=needs(CHANGE))
async def enrols_again(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Make a new code for a device: it was set up again, or the code was not used in time."""
    await visit.read(own_device, id, CHANGE)
    fields = await visit.fields(AgainFields)
    if fields.before != (await visit.read(_history, id)).codes:
        return _made_before(visit, id)
    invited = await visit.act(_code_for, visit.desk.keys, id, os.urandom(SECRET_BYTES))
    return await visit.show(code_page, invited)


@post(MACHINES + "/{id:str}/thay", opt=needs(CHANGE))
async def replaces_device(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Put a new device in the place of this one, which is revoked."""
    await visit.read(own_device, id, CHANGE)
    fields = await visit.fields(ReasonFields)
    if successor := (await visit.read(_history, id)).replaced_by:
        return _made_before(visit, successor)
    try:
        reason = reason_of(fields)
        invited = await visit.act(_replaced, visit.desk.keys, id, reason, os.urandom(SECRET_BYTES))
    except ProblemError as error:
        return await visit.show(device_page, id, fields.why, error.problem)
    return await visit.show(code_page, invited)


ROUTES = (new_device, enrols_device, enrols_again, replaces_device)
