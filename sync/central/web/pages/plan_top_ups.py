"""More people of a unit are asked on days of their own: ordered on the page of its part of the sample."""

from datetime import date
from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from sync.central.office.planning.topping_up import top_up
from sync.central.web.pages.plan_sample import ONE, place_at, unit_page
from sync.central.web.plan_words import PLANS
from sync.central.web.routes import needs
from sync.central.web.sample_words import HANDLE
from sync.central.web.top_up_rows import TopUpFields
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID


def _day(text: str, name: str) -> date:
    day = read_day(text)
    if day is None:
        raise ProblemError(FORM_INVALID(where=name, detail="không phải ngày, ghi như 2026-11-01"))
    return day


@post(ONE + "/bo-sung", opt=needs(HANDLE))
async def tops_up(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Ask more people of a unit."""
    at = (id, stratum, unit)
    fields = await visit.fields(TopUpFields)
    _, place, _ = await visit.read(place_at, at)
    try:
        first, last = _day(fields.first, "tu"), _day(fields.last, "den")
        await visit.act(top_up, place, people=fields.people, first=first, last=last, why=fields.why)
    except ProblemError as error:
        return await visit.show(unit_page, at, typed=fields, problem=error)
    said = visit.say("Đã ghi điều tra bổ sung %(n)s người. Giao cho điều tra viên rồi hỏi.", n=fields.people)
    return visit.go(f"{PLANS}/{id}/mau/{stratum}/{unit}#bo-sung", said)


ROUTES = (tops_up,)
