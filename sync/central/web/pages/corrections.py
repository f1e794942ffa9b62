"""Void, retag or forget one response, or find a flagged one valid.

Each needs a reason, and a person who has just shown who it is.

Forgetting can't be undone. So its page names what happens, and asks once more before it does it.
"""

from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.configuration.inherited import procedures_within
from sync.central.office.configuration.row_queries import officers_of
from sync.central.office.corrections import retag, void
from sync.central.office.flag_reviews import find_valid
from sync.central.office.one_response import Stored
from sync.central.office.removal import forget
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.devices import MOST_UNITS
from sync.central.web.pages.one_response import CORRECT, FORGET, own_response
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.response_words import RESPONSES
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import CORRECTION_INVALID, REASON_MISSING
from sync.contract.response import REASON

_REASON = Annotated[str, Meta(max_length=4 * REASON)]
_CODE = Annotated[str, Meta(max_length=64)]
Step = Literal["huy", "ghi-lai", "xoa", "hop-le"]
_TITLES: dict[Step, str] = {
    "huy": "Hủy phiếu",
    "ghi-lai": "Ghi lại thủ tục, cán bộ, quầy",
    "xoa": "Xóa hẳn phiếu",
    "hop-le": "Đã xem: phiếu hợp lệ",
}


class WhyFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why."""

    why: _REASON = field(default="", name="ly_do")


class RetagFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What is right, and why; an empty choice leaves it as it is."""

    why: _REASON = field(default="", name="ly_do")
    procedure: _CODE = field(default="", name="thu_tuc")
    officer: _CODE = field(default="", name="can_bo")
    counter: _CODE = field(default="", name="quay")


class ForgetFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why. sure: it was asked once more."""

    why: _REASON = field(default="", name="ly_do")
    sure: Literal["", "co"] = field(default="", name="chac_chan")


class ActPage(Struct, frozen=True, kw_only=True):
    """The form of one act. address: where it is sent; back: the response. once_more: the last question.

    procedures: None where there are too many to list; like the other choices for a new tag only.
    """

    step: Step
    title: str
    address: str
    back: str
    procedure: str
    typed: RetagFields
    procedures: tuple[Option, ...] | None
    officers: tuple[Option, ...]
    counters: tuple[Option, ...]
    once_more: bool
    wrong: ProblemPage | None


def act_page(
    look: Look,
    id: str,
    step: Step,
    typed: RetagFields | None = None,
    refused: ProblemError | None = None,
    *,
    once_more: bool = False,
) -> Shown:
    """The form of one act on a response; raises ProblemError HL4010 if the visitor may not do it there."""
    stored = own_response(look, id, FORGET if step == "xoa" else CORRECT)
    names = look.names
    tag, back = stored.response.tag, f"{RESPONSES}/{id}"
    page = ActPage(
        step=step,
        title=look.say(_TITLES[step]),
        address=f"{back}/{step}",
        back=back,
        procedure=names.procedures.get((tag.procedure if tag else "") or "", look.say("Không rõ thủ tục")),
        typed=typed or RetagFields(),
        procedures=_procedures(look, stored) if step == "ghi-lai" else (),
        officers=_officers(look, stored) if step == "ghi-lai" else (),
        counters=_counters(look, stored, names.counters) if step == "ghi-lai" else (),
        once_more=once_more,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="response_act.html",
        title=page.title,
        page=page,
        crumbs=(
            Link(RESPONSES, look.say("Phiếu")),
            Link(back, look.say("Phiếu %(id)s", id=id[:8])),
        ),
        status=refused.problem.kind.status if refused else 200,
    )


def _procedures(look: Look, stored: Stored) -> tuple[Option, ...] | None:
    offered = procedures_within(look.connection, stored.unit, look.today)
    if len(offered) > MOST_UNITS:
        return None
    names = look.names.procedures
    return _choices(look, [(names[code], code) for code in offered if code in names])


def _officers(look: Look, stored: Stored) -> tuple[Option, ...]:
    if not look.may("see-officers", stored.unit):
        return ()
    return _choices(look, [(each.name, each.id) for each in officers_of(look.connection, {stored.unit})])


def _counters(look: Look, stored: Stored, counters: dict[tuple[str, str], str]) -> tuple[Option, ...]:
    return _choices(look, [(name, id) for (unit, id), name in counters.items() if unit == stored.unit])


def _choices(look: Look, choices: list[tuple[str, str]]) -> tuple[Option, ...]:
    return (Option("", look.say("Giữ nguyên")), *(Option(value, name) for name, value in sorted(choices)))


def _reason(why: str) -> str:
    """Why, on one line; raises ProblemError HL5071 without a reason."""
    words = line(why, "ly_do")
    if not words:
        raise ProblemError(REASON_MISSING(where="ly_do"))
    return words


def _check_offered(look: Look, id: str, fields: RetagFields) -> None:
    """Return if the officer and the counter are of the unit of the response; raises ProblemError HL5016."""
    stored = own_response(look, id, CORRECT)
    names = look.names
    offered = {
        "can_bo": (fields.officer, _officers(look, stored)),
        "quay": (fields.counter, _counters(look, stored, names.counters)),
    }
    for name, (code, options) in offered.items():
        if code not in ("", *(option.value for option in options)):
            raise ProblemError(CORRECTION_INVALID(where=name, detail=code))


@get(RESPONSES + "/{id:str}/huy", opt=needs(CORRECT))
async def void_form(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Why a response should not count."""
    return await visit.show(act_page, id, "huy")


@post(RESPONSES + "/{id:str}/huy", opt=needs(CORRECT))
async def voids(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Let it count no longer."""
    await visit.read(own_response, id, CORRECT)
    fields = await visit.fields(WhyFields)
    try:
        await visit.act(void, id, _reason(fields.why))
    except ProblemError as error:
        return await visit.show(act_page, id, "huy", RetagFields(fields.why), error)
    return visit.go(f"{RESPONSES}/{id}", visit.say("Đã hủy phiếu: từ nay phiếu không được tính."))


@get(RESPONSES + "/{id:str}/hop-le", opt=needs(CORRECT))
async def valid_form(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Why a flagged response is valid."""
    return await visit.show(act_page, id, "hop-le")


@post(RESPONSES + "/{id:str}/hop-le", opt=needs(CORRECT))
async def finds_valid(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Record that somebody looked at it and found it valid."""
    await visit.read(own_response, id, CORRECT)
    fields = await visit.fields(WhyFields)
    try:
        await visit.act(find_valid, id, _reason(fields.why))
    except ProblemError as error:
        return await visit.show(act_page, id, "hop-le", RetagFields(fields.why), error)
    return visit.go(f"{RESPONSES}/{id}", visit.say("Đã ghi: phiếu hợp lệ. Số liệu không đổi."))


@get(RESPONSES + "/{id:str}/ghi-lai", opt=needs(CORRECT))
async def retag_form(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What a response should count for."""
    return await visit.show(act_page, id, "ghi-lai")


@post(RESPONSES + "/{id:str}/ghi-lai", opt=needs(CORRECT))
async def retags(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Let it count for another procedure, officer or counter."""
    await visit.read(own_response, id, CORRECT)
    fields = await visit.fields(RetagFields)
    given = {"procedure": fields.procedure, "officer": fields.officer, "counter": fields.counter}
    changes = {name: code for name, code in given.items() if code}
    try:
        await visit.read(_check_offered, id, fields)
        made = await visit.act(retag, id, changes, _reason(fields.why))
    except ProblemError as error:
        return await visit.show(act_page, id, "ghi-lai", fields, error)
    return visit.go(f"{RESPONSES}/{made}", visit.say("Đã ghi lại: đây là phiếu được tính từ nay."))


@get(RESPONSES + "/{id:str}/xoa", opt=needs(FORGET))
async def forget_form(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What happens when a response is forgotten."""
    return await visit.show(act_page, id, "xoa")


@post(RESPONSES + "/{id:str}/xoa", opt=needs(FORGET))
async def forgets(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Ask once more, then delete it for good."""
    await visit.read(own_response, id, FORGET)
    fields = await visit.fields(ForgetFields)
    typed = RetagFields(fields.why)
    try:
        reason = _reason(fields.why)
        if not fields.sure:
            return await visit.show(act_page, id, "xoa", typed, once_more=True)
        await visit.act(_forget, id, reason)
    except ProblemError as error:
        return await visit.show(act_page, id, "xoa", typed, error)
    visit.desk.scrubbing.ask()
    return visit.go(RESPONSES, visit.say("Đã xóa hẳn phiếu. Máy đã gửi nó sẽ xóa bản của mình khi báo về."))


def _forget(act: Any, id: str, reason: str) -> None:
    forget(act, id=id, reason=reason)


ROUTES = (void_form, voids, valid_form, finds_valid, retag_form, retags, forget_form, forgets)
