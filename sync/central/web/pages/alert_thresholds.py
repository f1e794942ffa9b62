"""The thresholds of a unit: what is raised there and below, and what another bound would have raised."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.duties.rehearsing import would_raise
from sync.central.http.queries import query
from sync.central.office.alerts.thresholds import (
    LIMITS,
    RULE_KINDS,
    RuleKind,
    Threshold,
    change_threshold,
    in_milliseconds,
    read_thresholds,
)
from sync.central.office.audit.acts import Act
from sync.central.office.people.permissions import may_anywhere
from sync.central.office.units.tree import CENTRE
from sync.central.presenting.numbers import whole
from sync.central.web.alert_words import ALERTS, KINDS
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.alerts import RULES, alert_reader_of
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.unit_choices import unit_choices, units_below
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN

THRESHOLDS = ALERTS + "/nguong"
_SAYS: Mapping[RuleKind, str] = {
    "low": "Báo khi ai đó viết và chọn một trong %(n)s mức thấp nhất.",
    "burst": "Báo khi một máy có từ %(n)s lượt trong 5 phút.",
    "streak": "Báo khi từ %(n)s lượt liền nhau ở một máy trả lời giống hệt.",
    "after-hours": "Báo khi một máy có từ %(n)s lượt ngoài giờ trong một ngày.",
    "silent": "Báo khi một máy im quá %(n)s phút trong giờ làm việc.",
    "deadline": "Báo trước hạn %(n)s ngày làm việc.",
}


class ThresholdsAsked(Struct, frozen=True, kw_only=True):
    """Of which unit; kind, bound: a bound that is tried over the month before, without being kept."""

    unit: Annotated[str, Meta(description="A unit, for itself and those below it")] = ""
    kind: Literal["", "low", "burst", "streak", "after-hours", "silent", "deadline"] = field(
        default="", name="loai"
    )
    bound: Annotated[str, Meta(max_length=6, description="A bound to try")] = field(default="", name="nguong")


class ThresholdFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The form of one rule. used: ticked if alerts of this kind are wanted."""

    unit: Annotated[str, Meta(max_length=64)] = field(name="don_vi")
    kind: RuleKind = field(name="loai")
    bound: Annotated[str, Meta(max_length=6)] = field(name="nguong")
    used: Literal["", "co"] = field(default="", name="dung")


class Tried(Struct, frozen=True):
    """How many alerts a bound would have raised in the month before, and how many the present one would."""

    bound: int
    would: int
    now: int


class RuleRow(Struct, frozen=True, kw_only=True):
    """One rule. says: what holds now, in words. tried: of the bound that is tried; None for other rules."""

    kind: RuleKind
    name: str
    says: str
    bound: int
    used: bool
    usual: int
    least: int
    most: int
    tried: Tried | None


class ThresholdsPage(Struct, frozen=True, kw_only=True):
    """All rules of a unit. first, last: the month before, over which a bound is tried."""

    unit: str
    name: str
    units: tuple[Option, ...] | None
    rows: tuple[RuleRow, ...]
    first: date
    last: date
    wrong: ProblemPage | None


def thresholds_page(look: Look, asked: ThresholdsAsked, *, refused: ProblemError | None = None) -> Shown:
    """The rules of a unit; raises ProblemError HL4010 for one that is not the visitor's."""
    place = look.place(RULES, asked.unit or None)
    thresholds = read_thresholds(look.connection, look.today)
    at = in_milliseconds(look.now)
    last = look.today.replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    wrong = refused
    reader = alert_reader_of(look)
    rows = []
    for kind in RULE_KINDS:
        now, limits, tried = thresholds.of(place.code, kind, at), LIMITS[kind], None
        if kind == asked.kind and asked.bound and not refused:
            try:
                bound = _bound(kind, asked.bound)
            except ProblemError as error:
                wrong = error
            else:
                both = (Threshold(bound), now)
                tried = Tried(
                    bound,
                    *would_raise(look.connection, reader, place.code, kind, both, first=first, last=last),
                )
        rows.append(
            RuleRow(
                kind=kind,
                name=look.say(KINDS[kind]),
                says=look.say(_SAYS[kind], n=whole(now.bound, look.translation.language)),
                bound=now.bound,
                used=now.used,
                usual=limits.usual,
                least=limits.least,
                most=limits.most,
                tried=tried,
            )
        )
    page = ThresholdsPage(
        unit=place.code,
        name=place.name,
        units=unit_choices(
            look,
            units_below(look, may_anywhere(look.person, RULES, look.today)),
            look.say("Toàn bộ") if look.may(RULES, CENTRE) else "",
        ),
        rows=tuple(rows),
        first=first,
        last=last,
        wrong=problem_page(wrong.problem, look.translation.language) if wrong else None,
    )
    return Shown(
        template="alert_thresholds.html",
        title=look.say("Ngưỡng cảnh báo"),
        page=page,
        crumbs=(Link(ALERTS, look.say("Cảnh báo")),),
        status=wrong.problem.kind.status if wrong else 200,
    )


def _bound(kind: RuleKind, text: str) -> int:
    limits = LIMITS[kind]
    if not text.isdecimal() or not limits.least <= int(text) <= limits.most:
        raise ProblemError(FORM_INVALID(where="nguong", detail=f"từ {limits.least} đến {limits.most}"))
    return int(text)


@get(THRESHOLDS, opt=needs(RULES), dependencies={"asked": query(ThresholdsAsked)})
async def thresholds(visit: NamedDependency[Visit], asked: NamedDependency[ThresholdsAsked]) -> Response[Any]:
    """The thresholds of a unit, and what another one would have raised."""
    return await visit.show(thresholds_page, asked)


@post(THRESHOLDS, opt=needs(RULES))
async def changes_threshold(visit: NamedDependency[Visit]) -> Response[Any]:
    """Let another threshold count from now on."""
    fields = await visit.fields(ThresholdFields)
    asked = ThresholdsAsked(unit=fields.unit)
    await visit.read(_check, fields.unit)
    try:
        threshold = Threshold(_bound(fields.kind, fields.bound), fields.used == "co")
    except ProblemError as error:
        return await visit.show(thresholds_page, asked, refused=error)
    await visit.act(_change, fields, threshold)
    said = visit.say("Đã đổi ngưỡng; áp dụng từ bây giờ.")
    return visit.go(f"{THRESHOLDS}?unit={fields.unit}" if fields.unit else THRESHOLDS, said)


def _check(look: Look, unit: str) -> None:
    if not look.may(RULES, unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    look.place(RULES, unit)


def _change(act: Act, fields: ThresholdFields, threshold: Threshold) -> None:
    change_threshold(act, fields.unit, fields.kind, threshold)


ROUTES = (thresholds, changes_threshold)
