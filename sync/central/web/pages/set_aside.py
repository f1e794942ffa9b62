"""What was set aside: for which reasons, and judging it again after its form or catalogue was put right."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import asdict

from sync.central.http import threads
from sync.central.intake.claims import claims_by
from sync.central.office.audit.acts import By
from sync.central.office.configuration.scope import scope_of
from sync.central.office.devices import list_devices
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.set_aside import Aside, Rejudged, list_aside, rejudge
from sync.central.office.units.tree import CENTRE
from sync.central.presenting import numbers
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.response_words import RESPONSES
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.details import in_english
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.centre import REASON_MISSING
from sync.contract.problem.table import KINDS
from sync.contract.response import REASON

SET_ASIDE = f"{RESPONSES}/giu-lai"
CORRECT: PermittedAct = "correct"
ALL = "tat-ca"
_RESULTS = {
    "stored": "%(n)s đã nhận",
    "duplicate": "%(n)s đã có từ trước",
    "refused": "%(n)s vẫn sai",
    "held": "%(n)s còn giữ",
    "conflict": "%(n)s có hai bản khác nhau",
}


class AsideRow(Struct, frozen=True, kw_only=True):
    """Responses of one device, for one reason. choice: what the form sends; "" if they can't be judged."""

    choice: str
    device: str
    title: str
    number: str
    detail: str
    held: bool
    count: int
    since: datetime


class JudgeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which are judged again, and why. trying: nothing is changed."""

    choice: Annotated[str, Meta(max_length=120)] = field(default="", name="nhung_phieu")
    why: Annotated[str, Meta(max_length=4 * REASON)] = field(default="", name="ly_do")
    trying: Literal["", "thu"] = field(default="", name="cach")


class AsidePage(Struct, frozen=True, kw_only=True):
    """What is set aside. tried: what judging again would do, "" if that was not asked. refused: how many of
    them were refused, which all can be judged at once.
    """

    rows: tuple[AsideRow, ...]
    total: int
    refused: int
    typed: JudgeFields
    tried: str
    wrong: ProblemPage | None


def aside_page(
    look: Look, typed: JudgeFields | None = None, tried: str = "", refused: ProblemError | None = None
) -> Shown:
    """What waits for a decision at the visitor's units."""
    rows = _own(look)
    page = AsidePage(
        rows=tuple(_row(look, each) for each in rows),
        total=sum(each.count for each in rows),
        refused=sum(each.count for each in rows if each.status == "refused"),
        typed=typed or JudgeFields(),
        tried=tried,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="set_aside.html",
        title=look.say("Phiếu để riêng"),
        page=page,
        crumbs=(Link(RESPONSES, look.say("Phiếu")),),
        status=refused.problem.kind.status if refused else 200,
    )


def _own(look: Look) -> list[Aside]:
    """What is set aside of devices at the visitor's units."""
    units = may_anywhere(look.person, CORRECT, look.today)
    every = list_aside(look.connection)
    if CENTRE in units:
        return every
    codes = frozenset().union(*(scope_of(look.connection, unit, look.today) for unit in units))
    own = {each.id for each in list_devices(look.connection, units=codes, now=look.now)}
    return [each for each in every if each.device in own]


def _row(look: Look, each: Aside) -> AsideRow:
    english, kind = look.translation.language == "en", KINDS.get(each.problem)
    title = (kind.title_en if english else kind.title) if kind else each.problem
    return AsideRow(
        choice="" if each.status == "conflict" else f"{each.device} {each.problem}",
        device=each.device,
        title=title,
        number=each.problem,
        detail=in_english(each.detail) if english else each.detail,
        held=each.status == "held",
        count=each.count,
        since=datetime.fromtimestamp(each.since / 1000, VIET_NAM),
    )


class Chosen(Struct, frozen=True):
    """What is judged again: of one device, for one reason. held: also what a device may not say."""

    device: str
    problem: str
    held: bool


def _chosen(look: Look, fields: JudgeFields) -> tuple[list[Chosen], str]:
    """What was chosen of what the visitor may judge, and the reason; raises HL4241 or HL5071."""
    reason = line(fields.why, "ly_do")
    if not reason:
        raise ProblemError(REASON_MISSING(where="ly_do"))
    own = _own(look)
    if fields.choice == ALL:
        chosen = {(each.device, each.problem): False for each in own if each.status == "refused"}
    else:
        chosen = {
            (each.device, each.problem): each.status == "held"
            for each in own
            if each.status != "conflict" and fields.choice == f"{each.device} {each.problem}"
        }
    if not chosen:
        raise ProblemError(FORM_INVALID(where="nhung_phieu"))
    return [Chosen(device, problem, held) for (device, problem), held in chosen.items()], reason


def result_words(look: Look, results: Sequence[Rejudged]) -> str:
    """What judging again did, in one sentence."""
    counts: Counter[str] = Counter()
    for result in results:
        counts.update({name: n for name, n in asdict(result).items() if name in _RESULTS})
    parts = [
        look.say(text, n=numbers.whole(counts[name], look.translation.language))
        for name, text in _RESULTS.items()
        if counts[name]
    ]
    return ", ".join(parts) or look.say("không có phiếu nào để xét")


@get(SET_ASIDE, opt=needs(CORRECT))
async def set_aside(visit: NamedDependency[Visit]) -> Response[Any]:
    """What waits for a decision."""
    return await visit.show(aside_page)


@post(SET_ASIDE, opt=needs(CORRECT))
async def judges_again(visit: NamedDependency[Visit]) -> Response[Any]:
    """Judge it again, or report what that would do."""
    fields = await visit.fields(JudgeFields)
    try:
        chosen, reason = await visit.read(_chosen, fields)
    except ProblemError as error:
        return await visit.show(aside_page, fields, "", error)
    by, engine = By(visit.visitor.who, visit.desk.now()), visit.desk.storage.engine
    results: list[Rejudged] = []
    for each in chosen:
        judging = partial(
            rejudge,
            engine,
            by,
            reason=reason,
            device=each.device,
            problem=each.problem,
            held=each.held,
            dry_run=bool(fields.trying),
            claims=claims_by(visit.desk.keys.case_keys()),
        )
        results += await threads.note(visit.request.app.state, judging)
    words = await visit.read(result_words, results)
    if fields.trying:
        return await visit.show(aside_page, fields, words)
    return visit.go(SET_ASIDE, visit.say("Đã xét lại: %(results)s.", results=words))


ROUTES = (set_aside, judges_again)
