"""One device: how it is, what became of it, and what can be done with it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.attention import Attended
from sync.central.office.device_history import DeviceHistory, read_history
from sync.central.office.devices import revoke
from sync.central.office.people.accounts import list_accounts
from sync.central.web.device_words import MACHINES, DeviceRow, device_row
from sync.central.web.look import Look
from sync.central.web.pages.devices import CHANGE, SEE, back_to, own_device, range_words
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.centre import REASON_MISSING

REASON = 500  # characters


class Line(Struct, frozen=True, kw_only=True):
    """Something that happened to a device."""

    at: datetime
    who: str
    words: str
    detail: str


class DevicePage(Struct, frozen=True, kw_only=True):
    """One device. open_until: when its open code ends. moves: where it was, until when.

    lines: for those who may read the audit log of the unit where it was then. can: what the visitor may do
    with it now. counts: how many responses it has; an admin alone sees those of days that are not over.
    """

    row: DeviceRow
    counts: bool
    gaps: str
    unsent_span: timedelta | None
    crashes: int | None
    refused: str
    history: DeviceHistory
    open_until: datetime | None
    moves: tuple[tuple[str, datetime], ...]
    lines: tuple[Line, ...]
    reads_log: bool
    can: frozenset[Literal["enrol", "replace", "revoke"]]
    why: str
    wrong: ProblemPage | None


ACTS: dict[str, str] = {
    "device": "Được ghi vào danh sách",
    "device-add": "Được ghi vào danh sách",
    "device-move": "Chuyển chỗ",
    "enrol-token": "Tạo mã ghi danh",
    "enrol": "Ghi danh xong",
    "revoke": "Thu hồi",
    "replace-device": "Thay bằng máy khác",
    "rejudge": "Xét lại phiếu để riêng",
    "bundle": "Phát cấu hình",
}


def device_page(look: Look, id: str, why: str = "", refused: Problem | None = None) -> Shown:
    """One device: how it is, what became of it, and what can be done with it."""
    each = own_device(look, id, SEE)
    device, names = each.device, look.names
    history = read_history(look.connection, id)
    until = history.invited_until
    reads_log = bool(look.may("see-audit", device.unit))
    may_change = look.may(CHANGE, device.unit)
    refused_words = f"{device.refused_problem} {device.refused_where}".strip()
    page = DevicePage(
        row=device_row(each, look.now, names, look.translation, counts=may_change),
        counts=may_change,
        gaps=range_words(device.gaps) if may_change else "",
        unsent_span=timedelta(seconds=device.unsent_seconds) if device.unsent and may_change else None,
        crashes=device.crashes if device.heartbeat else None,
        refused=refused_words if device.refused else "",
        history=history,
        open_until=until if until is not None and until > look.now else None,
        moves=tuple((names.units.get(move.unit, move.unit), move.until) for move in history.moves),
        lines=_lines(look, history, device.unit) if reads_log else (),
        reads_log=reads_log,
        can=_can(each, history) if may_change else frozenset(),
        why=why,
        wrong=problem_page(refused, look.translation.language) if refused else None,
    )
    return Shown(
        template="one_device.html",
        title=look.say("Máy %(id)s", id=id),
        page=page,
        crumbs=back_to(look, each)[:1],
        status=400 if refused else 200,
    )


def _can(each: Attended, history: DeviceHistory) -> frozenset[Literal["enrol", "replace", "revoke"]]:
    """What may be done with a device: one that was replaced is not put up again."""
    active = each.device.state == "active"
    possible: list[Literal["enrol", "replace", "revoke"]] = []
    if not history.replaced_by:
        possible += ["enrol"]
        if each.device.enrolled:
            possible += ["replace"]
    if active:
        possible += ["revoke"]
    return frozenset(possible)


def _lines(look: Look, history: DeviceHistory, unit: str) -> tuple[Line, ...]:
    """What was done with it while it was at a unit whose log the visitor reads."""
    people = {f"account {each.person.account}": each.person.login for each in list_accounts(look.connection)}
    return tuple(
        Line(
            at=each.at,
            who=people.get(each.who, each.who),
            words=look.say(ACTS.get(each.act, each.act)),
            detail=_detail(look, each.act, each.detail),
        )
        for each in history.happened
        if look.may("see-audit", _unit_then(history, unit, each.at))
    )


def _unit_then(history: DeviceHistory, unit: str, at: datetime) -> str:
    """Where a device was; unit: where it is now."""
    return next((move.unit for move in history.moves if at < move.until), unit)


def _detail(look: Look, act: str, detail: str) -> str:
    """The audit log's words about a device, for a person."""
    if act == "replace-device" and detail.count("; ") >= 2:
        new, missing, reason = detail.split("; ", 2)
        lost = missing.removeprefix("missing: ")
        said = look.say("máy mới %(id)s; %(reason)s", id=new, reason=reason)
        return said if lost == "none" else said + "; " + look.say("không gửi được phiếu %(gaps)s", gaps=lost)
    if act == "enrol" and detail.startswith("goes on after "):
        return look.say("đánh số tiếp sau phiếu %(n)s", n=detail.removeprefix("goes on after "))
    return detail


class ReasonFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    why: Annotated[str, Meta(max_length=REASON)] = field(default="", name="ly_do")


def reason_of(fields: ReasonFields) -> str:
    """Why, on one line; raises ProblemError HL5071 without a reason."""
    words = " ".join(fields.why.split())
    if not words:
        raise ProblemError(REASON_MISSING(where="ly_do"))
    return words


@get(MACHINES + "/{id:str}", opt=needs(SEE))
async def device(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One device."""
    return await visit.show(device_page, id)


@post(MACHINES + "/{id:str}/thu-hoi", opt=needs(CHANGE))
async def revokes_device(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Stop trusting this device."""
    await visit.read(own_device, id, CHANGE)
    fields = await visit.fields(ReasonFields)
    try:
        await visit.act(revoke, device=id, reason=reason_of(fields))
    except ProblemError as error:
        return await visit.show(device_page, id, fields.why, error.problem)
    return visit.go(f"{MACHINES}/{id}", visit.say("Đã thu hồi máy %(id)s.", id=id))


ROUTES = (device, revokes_device)
