"""The expected share p of a draft's random sample: taken from an earlier plan of the unit, or typed.

What is taken carries its source into the plan and its document; what is typed says so, or whose it is.
"""

from datetime import date
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.figures.earlier_shares import USUAL_MARGIN, earlier_shares, with_earlier
from sync.central.figures.sampling import Z95, sample_size
from sync.central.office.planning.drafts import change_plan
from sync.central.reports.kinds.share_sources import share_source
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.plan_draft import draft_of
from sync.central.web.pages.plan_sample import SizeRow, percent_typed, percent_written, size_rows
from sync.central.web.plan_words import CHANGE, PLANS, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import Plan, Sample
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

PATH = PLANS + "/{id:str}/soan/ty-le"


class EarlierRow(Struct, frozen=True, kw_only=True):
    """A group of an earlier plan. usable: not 0 and not 100 %, of which no size can be made."""

    key: str
    plan: str
    address: str
    group: str
    last: date
    share: str
    usable: bool


class SharePage(Struct, frozen=True, kw_only=True):
    """p of a draft. source: whose it is, "" where it was typed without one. random: the plan draws people."""

    title: str
    address: str
    before: str
    random: bool
    share: str
    margin: str
    stated: int
    source: str
    earlier: tuple[EarlierRow, ...]
    sizes: tuple[SizeRow, ...]
    wrong: ProblemPage | None


def share_page(look: Look, id: str, problem: ProblemError | None = None) -> Shown:
    """What the draft's sample expects; raises ProblemError HL4010."""
    file, draft = draft_of(look, id)
    plan, language = draft.plan, look.translation.language
    sample = plan.sample
    population = next((group.population for group in plan.groups if group.population), 0)
    page = SharePage(
        title=pick(plan.title, language),
        address=f"{PLANS}/{id}/soan/ty-le",
        before=draft.changed_at,
        random=plan.design == "random",
        share=percent_written(sample.share) if sample else "",
        margin=percent_written(sample.margin if sample else USUAL_MARGIN),
        stated=sample.stated if sample else 0,
        source=sample.source if sample else "",
        earlier=tuple(
            EarlierRow(
                key=each.key,
                plan=pick(each.plan.title, language),
                address=f"{PLANS}/{each.plan.id}",
                group=pick(each.group.name, language),
                last=each.last,
                share=each.share.words(language),
                usable=each.expected is not None,
            )
            for each in earlier_shares(look.connection, plan, look.today)
        ),
        sizes=size_rows(look, sample, population) if sample else (),
        wrong=problem_page(problem.problem, language) if problem else None,
    )
    return Shown(
        template="plan_share.html",
        title=look.say("Tỷ lệ dự kiến p"),
        page=page,
        crumbs=(*plan_crumbs(look, file.plan), Link(f"{PLANS}/{id}/soan", look.say("Bản nháp"))),
        status=problem.problem.kind.status if problem else 200,
    )


@get(PATH, opt=needs(CHANGE))
async def plan_share(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What the sample of a draft expects."""
    return await visit.show(share_page, id)


class TakeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Which share of which earlier plan. before: when the draft was last changed, as it was read."""

    key: Annotated[str, Meta(max_length=140)] = field(name="tu")
    before: Annotated[str, Meta(max_length=40)] = field(default="", name="truoc")


@post(PATH + "/lay", opt=needs(CHANGE))
async def takes_share(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take p from an earlier plan, with its source."""
    fields = await visit.fields(TakeFields)
    await visit.read(draft_of, id)
    try:
        plan = await visit.read(_taken, id, fields.key)
        await visit.act(change_plan, plan, fields.before)
    except ProblemError as error:
        return await visit.show(share_page, id, error)
    return visit.go(f"{PLANS}/{id}/soan/ty-le", visit.say("Đã lấy p của kế hoạch trước, có ghi nguồn."))


def _taken(look: Look, id: str, key: str) -> Plan:
    _, draft = draft_of(look, id)
    shares = earlier_shares(look.connection, draft.plan, look.today)
    earlier = next((each for each in shares if each.key == key), None)
    return with_earlier(draft.plan, earlier, share_source(earlier))


class ShareFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What is typed. source: in words, "" for none."""

    share: Annotated[str, Meta(max_length=12)] = field(default="", name="p")
    margin: Annotated[str, Meta(max_length=12)] = field(default="", name="d")
    stated: Annotated[int, Meta(ge=0, le=999_999)] = field(default=0, name="n")
    source: Annotated[str, Meta(max_length=300)] = field(default="", name="nguon")
    before: Annotated[str, Meta(max_length=40)] = field(default="", name="truoc")


@post(PATH, opt=needs(CHANGE))
async def types_share(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Keep a share that was typed."""
    fields = await visit.fields(ShareFields)
    _, draft = await visit.read(draft_of, id)
    try:
        plan = replace(draft.plan, sample=_typed(draft.plan.sample, fields))
        await visit.act(change_plan, plan, fields.before)
    except ProblemError as error:
        return await visit.show(share_page, id, error)
    return visit.go(f"{PLANS}/{id}/soan/ty-le", visit.say("Đã lưu bản nháp."))


def _typed(known: Sample | None, fields: ShareFields) -> Sample:
    """The sample as it was typed; a source is kept only with the share that it is of."""
    share, margin = percent_typed(fields.share, "p"), percent_typed(fields.margin, "d")
    for name, value in (("p", share), ("d", margin)):
        if not value:
            raise ProblemError(FORM_INVALID(where=name, detail="để trống"))
    source = line(fields.source, "nguon")
    if not source and known is not None and known.share == share:
        source = known.source
    z = known.z if known else Z95
    stated = fields.stated or sample_size(share, margin, z).up
    return Sample(share=share, margin=margin, z=z, stated=stated, source=source)


ROUTES = (plan_share, takes_share, types_share)
