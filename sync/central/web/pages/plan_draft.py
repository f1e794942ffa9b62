"""The draft of a plan: written section by section or as TOML, issued with number and day, or discarded.

What has not the form of a plan is not stored, and is shown with what was typed. What a plan still lacks is
named, and keeps it from being issued, not from being stored.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.forms.releases import list_releases
from sync.central.office.forms.writing import plan_toml
from sync.central.office.plan_file import plan_of_text
from sync.central.office.planning.drafts import PlanDraft, change_plan, discard_plan
from sync.central.office.planning.editing import (
    FIELDS,
    NEW_ROWS,
    Checked,
    Field,
    Table,
    plain,
    read_fields,
    value_of,
)
from sync.central.office.planning.issuing import issue_plan, objections
from sync.central.web.choices import Option, Tab
from sync.central.web.look import Look
from sync.central.web.plan_fields import CHOICES, LABELS
from sync.central.web.plan_fields import SECTIONS as SECTION_NAMES
from sync.central.web.plan_words import CHANGE, PLANS, PlanFile, plan_crumbs, plan_file
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.plan import Plan
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

TOML = "toml"
SectionAsked = Literal["chung", "nhom", "tien-do", "ky", "toml"]
# Bytes of a plan as it is sent.
MOST_BYTES = 1024 * 1024


class DraftAsked(Struct, frozen=True):
    """section: what is edited."""

    section: Annotated[SectionAsked, Meta(description="A section of the plan")] = field(
        default="chung", name="phan"
    )


class Typing(Struct, frozen=True, kw_only=True):
    """One field as it is drawn. options: of a choice; chosen: of several."""

    name: str
    label: str
    kind: str
    value: str
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()


class RowTyping(Struct, frozen=True, kw_only=True):
    """One row of a list. inner: the list in it, None for none."""

    fields: tuple[Typing, ...]
    new: bool
    inner: "TableTyping | None" = None


class TableTyping(Struct, frozen=True, kw_only=True):
    """A list of the plan. deep: each of its rows is drawn as a form of its own, for it has a list in it."""

    label: str
    headings: tuple[str, ...]
    rows: tuple[RowTyping, ...]
    deep: bool = False


class PlanDraftPage(Struct, frozen=True, kw_only=True):
    """A draft. before: when it was last changed. random: it draws people, see plan_share.py.

    toml: the plan as text, "" where it is edited as fields. against: why it can't be issued yet. forms: ids
    of the forms that there are.
    """

    id: str
    section: SectionAsked
    tabs: tuple[Tab, ...]
    before: str
    random: bool
    fields: tuple[Typing, ...]
    tables: tuple[TableTyping, ...]
    toml: str
    wrong: tuple[ProblemPage, ...]
    against: tuple[ProblemPage, ...]
    forms: tuple[Option, ...]


def draft_of(look: Look, id: str) -> tuple[PlanFile, PlanDraft]:
    """The draft of a plan that the visitor may write; raises ProblemError HL4010."""
    file = plan_file(look, id, CHANGE)
    if file.draft is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return file, file.draft


def draft_page(
    look: Look,
    id: str,
    asked: DraftAsked,
    typed: Mapping[str, str] | None = None,
    wrong: Sequence[Problem] = (),
) -> Shown:
    """The page to edit a section on. typed: what was sent; wrong: why it was not kept."""
    file, draft = draft_of(look, id)
    language, section = look.translation.language, asked.section
    tables: tuple[TableTyping, ...] = ()
    fields: tuple[Typing, ...] = ()
    if section != "toml":
        maker = _Maker(look, typed or {}, sent=typed is not None)
        data = plain(draft.plan)
        fields = tuple(
            maker.field(each, each.key, each.key, data) for each in FIELDS[section] if isinstance(each, Field)
        )
        tables = tuple(
            maker.table(each, each.key, each.key, data) for each in FIELDS[section] if isinstance(each, Table)
        )
    page = PlanDraftPage(
        id=id,
        section=section,
        tabs=tuple(
            Tab(f"{PLANS}/{id}/soan?phan={name}", title, name == section)
            for name, title in (
                *((name, look.say(title)) for name, title in SECTION_NAMES.items()),
                (TOML, look.say("Bằng TOML")),
            )
        ),
        before=(typed or {}).get("truoc", draft.changed_at),
        random=draft.plan.design == "random",
        fields=fields,
        tables=tables,
        toml=((typed or {}).get(TOML) or plan_toml(draft.plan)) if section == TOML else "",
        wrong=tuple(problem_page(each, language) for each in wrong),
        against=tuple(problem_page(each, language) for each in objections(look.connection, draft.plan)),
        forms=_forms(look) if section == "nhom" else (),
    )
    title = look.say("Soạn %(form)s", form=pick(draft.plan.title, language))
    crumbs = plan_crumbs(look, file.plan)
    return Shown(
        template="plan_draft.html", title=title, page=page, crumbs=crumbs, status=400 if wrong else 200
    )


def _forms(look: Look) -> tuple[Option, ...]:
    """The released forms, each with the title of its newest release."""
    titles = {each.id: pick(each.title, look.translation.language) for each in list_releases(look.connection)}
    return tuple(Option(id, title) for id, title in titles.items())


class _Maker:
    """Makes fields; what was typed goes before what is stored."""

    def __init__(self, look: Look, typed: Mapping[str, str], *, sent: bool) -> None:
        self._look, self._typed, self._sent = look, typed, sent

    def field(
        self, of: Field, name: str, label: str, data: Mapping[str, Any], *, new: bool = False
    ) -> Typing:
        """One field. label: its key among the labels."""
        stored = "" if new else value_of(data, of)
        tick_off = of.kind in ("tick", "several") and self._sent
        value = self._typed.get(name, "" if tick_off else stored)
        words = CHOICES.get(label, {})
        return Typing(
            name=name,
            label=self._look.say(LABELS[label]),
            kind=of.kind,
            value=value,
            options=tuple(Option(each, self._look.say(words[each])) for each in of.choices),
            chosen=tuple(value.split()) if of.kind == "several" else (),
        )

    def table(self, of: Table, name: str, label: str, data: Mapping[str, Any]) -> TableTyping:
        """A list, with empty rows below."""
        stored = _list_at(data, of.key)
        return TableTyping(
            label=self._look.say(LABELS[label]),
            headings=tuple(self._look.say(LABELS[f"{label}.{field.key}"]) for field in of.fields),
            rows=tuple(
                self._row(of, f"{name}:{place}", label, stored[place] if place < len(stored) else None)
                for place in range(len(stored) + (1 if of.inner else NEW_ROWS))
            ),
            deep=of.inner is not None,
        )

    def _row(self, of: Table, name: str, label: str, stored: Mapping[str, Any] | None) -> RowTyping:
        data = stored or {}
        inner = self.table(of.inner, f"{name}:{of.inner.key}", of.inner.key, data) if of.inner else None
        return RowTyping(
            fields=tuple(
                self.field(each, f"{name}:{each.key}", f"{label}.{each.key}", data, new=stored is None)
                for each in of.fields
            ),
            new=stored is None,
            inner=inner,
        )


def _list_at(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    value: Any = data
    for name in key.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value or ()


async def typed_of(visit: Visit) -> dict[str, str]:
    """The fields that were sent; of one name that comes several times, all values with a space between.

    Raises ProblemError HL4241 for a file among them.
    """
    sent = await visit.request.form()
    fields: dict[str, str] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile) or "\0" in value:
            raise ProblemError(FORM_INVALID(where="form"))
        fields[name] = f"{fields[name]} {value.strip()}" if name in fields else value.strip()
    return fields


def checked(plan: Plan, section: SectionAsked, typed: Mapping[str, str]) -> Checked:
    """The draft with what was typed, or what is wrong with it."""
    if section != "toml":
        return read_fields(plan, section, typed)
    written, wrong = plan_of_text(typed.get(TOML, ""))
    if written is None:
        return Checked(None, wrong)
    other = [
        ENTRY_INVALID(where=name, detail=f"phải là “{getattr(plan, name)}”")
        for name in ("id", "unit")
        if getattr(written, name) != getattr(plan, name)
    ]
    return Checked(None if other else written, tuple(other))


@get(PLANS + "/{id:str}/soan", opt=needs(CHANGE), dependencies={"asked": query(DraftAsked)})
async def plan_draft(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[DraftAsked]
) -> Response[Any]:
    """The page to edit a draft on."""
    return await visit.show(draft_page, id, asked)


@post(
    PLANS + "/{id:str}/soan",
    opt=needs(CHANGE),
    dependencies={"asked": query(DraftAsked)},
    request_max_body_size=MOST_BYTES,
)
async def edits_plan(
    visit: NamedDependency[Visit], id: FromPath[str], asked: NamedDependency[DraftAsked]
) -> Response[Any]:
    """Keep what was typed in a section."""
    typed = await typed_of(visit)
    _, draft = await visit.read(draft_of, id)
    result = checked(draft.plan, asked.section, typed)
    if result.plan is None:
        return await visit.show(draft_page, id, asked, typed, result.wrong)
    try:
        await visit.act(change_plan, result.plan, typed.get("truoc", ""))
    except ProblemError as error:
        return await visit.show(draft_page, id, asked, typed, [error.problem])
    return visit.go(f"{PLANS}/{id}/soan?phan={asked.section}", visit.say("Đã lưu bản nháp."))


# --- issuing, and discarding --------------------------------------------------------------------------------


class IssueFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Number and day of the signed paper. before: when the draft was last changed, as it was read."""

    before: Annotated[str, Meta(max_length=40)] = field(default="", name="truoc")
    number: Annotated[str, Meta(max_length=240)] = field(default="", name="so")
    day: Annotated[str, Meta(max_length=10)] = field(default="", name="ngay")


class DiscardFields(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the draft is discarded."""

    why: Annotated[str, Meta(max_length=1000)] = field(default="", name="ly_do")


class IssuePage(Struct, frozen=True, kw_only=True):
    """What issuing the draft needs. against: why it is not possible yet. first: of its days, before today."""

    id: str
    title: str
    before: str
    typed: IssueFields
    against: tuple[ProblemPage, ...]
    backdated: bool
    wrong: tuple[ProblemPage, ...]
    why: str


def issue_page(
    look: Look,
    id: str,
    *,
    typed: IssueFields | None = None,
    why: str = "",
    wrong: tuple[ProblemPage, ...] = (),
    status: int = 200,
) -> Shown:
    """The page that a draft is issued from."""
    file, draft = draft_of(look, id)
    language = look.translation.language
    against = () if wrong else objections(look.connection, draft.plan)
    firsts = [first for first, _ in map(draft.plan.window, draft.plan.groups) if first]
    page = IssuePage(
        id=id,
        title=pick(draft.plan.title, language),
        before=draft.changed_at,
        typed=typed or IssueFields(number=draft.plan.number, day=look.today.isoformat()),
        against=tuple(problem_page(each, language) for each in against),
        backdated=bool(firsts) and min(firsts) < look.today,
        wrong=wrong,
        why=why,
    )
    crumbs = plan_crumbs(look, file.plan)
    title = look.say("Ban hành kế hoạch")
    return Shown(template="plan_issue.html", title=title, page=page, crumbs=crumbs, status=status)


@get(PLANS + "/{id:str}/ban-hanh", opt=needs(CHANGE))
async def plan_issue(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """What issuing a draft needs."""
    return await visit.show(issue_page, id)


@post(PLANS + "/{id:str}/ban-hanh", opt=needs(CHANGE))
async def issues_plan(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Put a draft in force."""
    fields = await visit.fields(IssueFields)
    await visit.read(draft_of, id)
    try:
        await visit.act(issue_plan, id, number=fields.number, day=_day(fields.day), before=fields.before)
    except ProblemError as error:
        wrong = refused(error, visit.language)
        status = error.problem.kind.status
        return await visit.show(issue_page, id, typed=fields, wrong=wrong, status=status)
    return visit.go(f"{PLANS}/{id}", visit.say("Đã ban hành. Máy nhận phần của mình trong vài phút."))


@post(PLANS + "/{id:str}/bo-nhap", opt=needs(CHANGE))
async def discards_plan(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Discard a draft; what was issued stays."""
    fields = await visit.fields(DiscardFields)
    file, _ = await visit.read(draft_of, id)
    try:
        await visit.act(discard_plan, id, fields.why)
    except ProblemError as error:
        wrong = refused(error, visit.language)
        status = error.problem.kind.status
        return await visit.show(issue_page, id, why=fields.why, wrong=wrong, status=status)
    return visit.go(f"{PLANS}/{id}" if file.issued else PLANS, visit.say("Đã bỏ bản nháp."))


def _day(text: str) -> date:
    day = read_day(text)
    if day is None:
        raise ProblemError(FORM_INVALID(where="ngay", detail="không phải ngày, ghi như 2026-11-01"))
    return day


ROUTES = (plan_draft, edits_plan, plan_issue, issues_plan, discards_plan)
