"""Forms: which there are, in which versions, and who asks what; one release, and copies; files in and out."""

import hashlib
from collections import Counter
from typing import Any, Literal

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, field
from msgspec.structs import replace

from sync.central.http.queries import query
from sync.central.office.configuration.handed_over import Source, is_locked, sources_of
from sync.central.office.configuration.row_queries import read_assignments
from sync.central.office.configuration.scope import scope_of
from sync.central.office.forms.drafts import check_code, copy_form, find_draft, keep_draft, list_drafts
from sync.central.office.forms.form_file import form_of_upload
from sync.central.office.forms.locked_forms import Lineage, lock_form, read_lineage, unlock_form
from sync.central.office.forms.releases import list_releases, release_of, releases_of
from sync.central.office.forms.writing import form_toml
from sync.central.office.forms.xlsform.incoming import Incoming
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.units.stored import units_above
from sync.central.web.assignment_rows import RESPONDENTS, AssignmentRow, assignment_rows
from sync.central.web.choices import Tab
from sync.central.web.form_changes import ChangeRow, change_rows
from sync.central.web.form_preview import DEVICES, Device, Preview, preview_of
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.form_draft import (
    CHANGE,
    FORMS,
    LANGUAGES,
    MOST_BYTES,
    crumbs,
    elsewhere,
    kept_draft,
)
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.assignment import Assignment
from sync.contract.problem import Problem, ProblemError, ProblemsError, Wrong
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.problem.centre import ROW_THERE, UPLOAD_MISSING
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.survey import Survey
from sync.contract.text import pick

SEE: PermittedAct = "see-configuration"
FILE_TYPES = {
    "toml": "application/toml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FileType = Literal["toml", "xlsx"]


class FormsAsked(Struct, frozen=True):
    """unit: whose assignments are shown; the visitor's own without it."""

    unit: str | None = None


class VersionLink(Struct, frozen=True, kw_only=True):
    """One release. day: "" for one that came with a bundle of files."""

    version: int
    address: str
    day: str


class FormRow(Struct, frozen=True, kw_only=True):
    """One form. draft: its version, 0 without one. asked: by how many assignments shown below.

    edit: the address to edit it at, "" if the visitor may not.
    """

    id: str
    title: str
    versions: tuple[VersionLink, ...]
    draft: int
    changed: str
    asked: int
    edit: str


class FormsPage(Struct, frozen=True, kw_only=True):
    """All forms, and the assignments of a unit. unit: its code. uploads: whether files are taken in here."""

    unit: str
    place: str
    forms: tuple[FormRow, ...]
    assignments: tuple[AssignmentRow, ...]
    may_change: bool
    wrong: tuple[ProblemPage, ...]
    like: tuple[Link, ...]


def forms_page(look: Look, asked: FormsAsked, refused: tuple[Problem, ...] = ()) -> Shown:
    """Every form, every draft that the visitor may see, and who asks what."""
    place = look.place(SEE, asked.unit)
    assigned = _assigned(look, place.code)
    rows = form_rows(look, Counter(each.survey for each in assigned))
    may_change = bool(look.may(CHANGE, place.code))
    page = FormsPage(
        unit=place.code,
        place=place.name,
        forms=rows,
        assignments=assignment_rows(look, assigned),
        may_change=may_change,
        wrong=tuple(problem_page(problem, look.translation.language) for problem in refused),
        like=tuple(Link(row.id, f"{row.title} ({row.id})") for row in rows if row.versions),
    )
    status = 400 if refused else 200
    return Shown(template="forms.html", title=look.say("Mẫu phiếu"), page=page, status=status)


def _assigned(look: Look, unit: str) -> tuple[Assignment, ...]:
    """The assignments of a unit, of those below it, and of those above it, which hold for it too."""
    above, below = (of(look.connection, unit, look.today) for of in (units_above, scope_of))
    return read_assignments(look.connection, sorted({*above, *below}))


def form_rows(look: Look, asked: Counter[str]) -> tuple[FormRow, ...]:
    """The forms by their titles."""
    drafts = {each.survey.id: each for each in list_drafts(look.connection)}
    foreign = {id for id, each in drafts.items() if not look.may(SEE, each.unit)}
    writes = _may_change_anywhere(look)
    rows: dict[str, FormRow] = {}
    for each in list_releases(look.connection):
        there = rows.get(each.id)
        link = VersionLink(
            version=each.version, address=f"{FORMS}/{each.id}/{each.version}", day=each.released_at[:10]
        )
        rows[each.id] = FormRow(
            id=each.id,
            title=pick(each.title, look.translation.language),
            versions=(link, *(there.versions if there else ())),
            draft=0,
            changed="",
            asked=asked[each.id],
            edit=f"{FORMS}/{each.id}/soan"
            if writes and each.id not in drafts and not is_locked(look.connection, each.id)
            else "",
        )
    for id, each_draft in drafts.items():
        if id not in foreign:
            title = pick(each_draft.survey.title, look.translation.language)
            row = rows.get(id) or FormRow(
                id=id, title=title, versions=(), draft=0, changed="", asked=0, edit=""
            )
            edit = f"{FORMS}/{id}/soan" if look.may(CHANGE, each_draft.unit) else ""
            rows[id] = replace(row, draft=each_draft.survey.version, changed=each_draft.changed_at, edit=edit)
    return tuple(sorted(rows.values(), key=lambda row: (row.title, row.id)))


def _may_change_anywhere(look: Look) -> bool:
    return bool(may_anywhere(look.person, CHANGE, look.today))


@get(FORMS, opt=needs(SEE), dependencies={"asked": query(FormsAsked)})
async def forms(visit: NamedDependency[Visit], asked: NamedDependency[FormsAsked]) -> Response[Any]:
    """All forms and who asks what."""
    return await visit.show(forms_page, asked)


# --- one release ------------------------------------------------------------------------------------------


class FormAsked(Struct, frozen=True):
    """device, language: of the preview. other: the version that it is compared with."""

    device: Device = field(default="may", name="xem")
    language: str = field(default="vi", name="ngon_ngu")
    other: int | None = field(default=None, name="so_voi")


class CopyFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form to copy a release sends. title: in Vietnamese."""

    id: str = field(default="", name="ma")
    title: str = field(default="", name="ten")


class FormPage(Struct, frozen=True, kw_only=True):
    """One release. other: the version that it is compared with, 0 for none. others: those that it can be.
    source: of one that another body has handed over.

    locked: below which unit its questions are locked, "" for none. may_lock: whether the visitor may change
    that. typed, wrong: of the form to copy it.
    """

    id: str
    title: str
    version: int
    source: Source | None
    respondents: str
    questions: int
    edit: str
    devices: tuple[Tab, ...]
    languages: tuple[Tab, ...]
    other: int
    others: tuple[Link, ...]
    changes: tuple[ChangeRow, ...]
    preview: Preview
    may_copy: bool
    locked: str
    may_lock: bool
    typed: CopyFields
    wrong: tuple[ProblemPage, ...]


DEVICE_NAMES: dict[Device, str] = {"may": "Trên máy", "giay": "Trên giấy", "dien-thoai": "Trên điện thoại"}


def form_page(
    look: Look,
    id: str,
    version: int,
    asked: FormAsked,
    typed: CopyFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
) -> Shown:
    """One release, as it is asked; compared with the one before it, or another. typed: what was refused."""
    releases = {survey.version: survey for survey in releases_of(look.connection, id)}
    survey = releases.get(version)
    if survey is None or (asked.other is not None and asked.other not in releases):
        raise ProblemError(ADDRESS_UNKNOWN())
    other = asked.other if asked.other is not None else max((v for v in releases if v < version), default=0)
    device: Device = asked.device if asked.device in DEVICES else "may"
    language = asked.language if asked.language in survey.languages else "vi"
    here = f"{FORMS}/{id}/{version}"
    lineage = read_lineage(look.connection).get(id, Lineage())
    page = FormPage(
        id=id,
        title=pick(survey.title, look.translation.language),
        version=version,
        source=sources_of(look.connection, id).get(version),
        respondents=", ".join(look.say(RESPONDENTS[each]) for each in survey.respondents),
        questions=len(survey.questions),
        edit=f"{FORMS}/{id}/soan" if _edits(look, id) else "",
        devices=tuple(
            Tab(f"{here}?xem={each}&ngon_ngu={language}", look.say(name), each == device)
            for each, name in DEVICE_NAMES.items()
        ),
        languages=tuple(
            Tab(f"{here}?xem={device}&ngon_ngu={each}", LANGUAGES.get(each, each), each == language)
            for each in survey.languages
        ),
        other=other,
        others=tuple(
            Link(f"{here}?so_voi={each}#thay-doi", str(each)) for each in releases if each != version
        ),
        changes=change_rows(look, releases[other], survey) if other else (),
        preview=preview_of(survey, device, language),
        may_copy=_may_change_anywhere(look),
        locked=_locked(look, lineage),
        may_lock=_may_lock(look, lineage),
        typed=typed or CopyFields(title=survey.title["vi"]),
        wrong=wrong,
    )
    title = look.say("%(form)s, bản %(version)s", form=page.title, version=version)
    status = 400 if wrong else 200
    return Shown(template="form.html", title=title, page=page, crumbs=crumbs(look), status=status)


def _locked(look: Look, lineage: Lineage) -> str:
    """Who has locked a form, in words."""
    if not lineage.locked:
        return ""
    return look.names.units.get(lineage.unit, lineage.unit) or look.say("Toàn bộ")


def _may_lock(look: Look, lineage: Lineage) -> bool:
    if lineage.locked:
        return look.may(CHANGE, lineage.unit)
    return _may_change_anywhere(look)


def _to_lock(look: Look, id: str) -> str:
    """The unit for which the visitor locks a form, or takes the lock away; raises ProblemError HL4010."""
    if not releases_of(look.connection, id):
        raise ProblemError(ADDRESS_UNKNOWN())
    if not _may_lock(look, read_lineage(look.connection).get(id, Lineage())):
        raise ProblemError(NOT_PERMITTED())
    return look.place(CHANGE).code


@post(FORMS + "/{id:str}/{version:int}/khoa", opt=needs(CHANGE))
async def locks_form(
    visit: NamedDependency[Visit], id: FromPath[str], version: FromPath[int]
) -> Response[Any]:
    """Lock the questions of a form for the units below."""
    unit = await visit.read(_to_lock, id)
    await visit.act(lock_form, id, unit)
    return visit.go(f"{FORMS}/{id}/{version}", visit.say("Đã khóa các câu của mẫu này cho đơn vị bên dưới."))


@post(FORMS + "/{id:str}/{version:int}/mo-khoa", opt=needs(CHANGE))
async def unlocks_form(
    visit: NamedDependency[Visit], id: FromPath[str], version: FromPath[int]
) -> Response[Any]:
    """Let the units below change questions again."""
    await visit.read(_to_lock, id)
    await visit.act(unlock_form, id)
    return visit.go(f"{FORMS}/{id}/{version}", visit.say("Đã mở khóa các câu của mẫu này."))


def _edits(look: Look, id: str) -> bool:
    if is_locked(look.connection, id):
        return False
    draft = find_draft(look.connection, id)
    return look.may(CHANGE, draft.unit) if draft else _may_change_anywhere(look)


@get(FORMS + "/{id:str}/{version:int}", opt=needs(SEE), dependencies={"asked": query(FormAsked)})
async def form(
    visit: NamedDependency[Visit],
    asked: NamedDependency[FormAsked],
    id: FromPath[str],
    version: FromPath[int],
) -> Response[Any]:
    """One release of a form."""
    return await visit.show(form_page, id, version, asked)


@post(FORMS + "/{id:str}/{version:int}/chep", opt=needs(CHANGE))
async def copies_form(
    visit: NamedDependency[Visit], id: FromPath[str], version: FromPath[int]
) -> Response[Any]:
    """Begin a form under a new code with all of this one."""
    fields = await visit.fields(CopyFields)
    source, unit = await visit.read(_source, id, version)
    wrong, title = Wrong(), ""
    try:
        with wrong:
            check_code(fields.id)
        with wrong:
            title = line(fields.title, "ten", required=True)
        wrong.check()
        await visit.act(copy_form, source, fields.id, unit, title=title)
    except ProblemError as error:
        shown = refused(error, visit.language)
        return await visit.show(form_page, id, version, FormAsked(), fields, shown)
    return visit.go(f"{FORMS}/{fields.id}/soan", visit.say("Đã chép thành bản nháp. Sửa rồi phát hành."))


def _source(look: Look, id: str, version: int) -> tuple[Survey, str]:
    """The release that is copied, and the unit that writes the copy; raises ProblemError HL4010."""
    try:
        return release_of(look.connection, id, version), look.place(CHANGE).code
    except ProblemError as error:
        raise ProblemError(ADDRESS_UNKNOWN()) from error


# --- files ------------------------------------------------------------------------------------------------


class FileAsked(Struct, frozen=True):
    """kind: of the file."""

    kind: FileType = field(default="toml", name="kieu")


def _release_file(look: Look, id: str, version: int, kind: FileType) -> bytes:
    try:
        return _file(release_of(look.connection, id, version), kind)
    except ProblemError as error:
        raise ProblemError(ADDRESS_UNKNOWN()) from error


def _draft_file(look: Look, id: str, kind: FileType) -> bytes:
    return _file(kept_draft(look, id).survey, kind)


def _file(survey: Survey, kind: FileType) -> bytes:
    return write_xlsform(survey) if kind == "xlsx" else form_toml(survey).encode()


def _download(content: bytes, name: str, kind: FileType) -> Response[bytes]:
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=FILE_TYPES[kind], headers=headers)


@get(FORMS + "/{id:str}/{version:int}/tai-ve", opt=needs(SEE), dependencies={"asked": query(FileAsked)})
async def downloads_form(
    visit: NamedDependency[Visit],
    asked: NamedDependency[FileAsked],
    id: FromPath[str],
    version: FromPath[int],
) -> Response[bytes]:
    """A release as a file, to be edited or kept."""
    content = await visit.read(_release_file, id, version, asked.kind)
    return _download(content, f"{id}-{version}", asked.kind)


@get(FORMS + "/{id:str}/soan/tai-ve", opt=needs(CHANGE), dependencies={"asked": query(FileAsked)})
async def downloads_draft(
    visit: NamedDependency[Visit], asked: NamedDependency[FileAsked], id: FromPath[str]
) -> Response[bytes]:
    """The draft as a file."""
    return _download(await visit.read(_draft_file, id, asked.kind), f"{id}-nhap", asked.kind)


@post(FORMS, opt=needs(CHANGE), request_max_body_size=MOST_BYTES)
async def uploads_form(visit: NamedDependency[Visit]) -> Response[Any]:
    """Take a file in as a draft; a file with faults is refused whole, with all of them."""
    sent = await visit.request.form()
    file, like = sent.get("tep"), sent.get("nhu", "")
    if not isinstance(file, UploadFile) or not file.filename:
        return await visit.show(forms_page, FormsAsked(), (UPLOAD_MISSING(where="tep"),))
    content, body = await file.read(), str(sent.get("chuyen_giao", "")).strip()
    try:
        incoming, unit = await visit.read(_taken_in, content, file.filename, str(like), bool(body))
    except ProblemError as error:
        return await visit.show(forms_page, FormsAsked(), (error.problem,))
    if incoming.survey is None:
        return await visit.show(forms_page, FormsAsked(), incoming.faults)
    source = Source(body=body, file=printable(file.filename), sha256=hashlib.sha256(content).hexdigest())
    try:
        await visit.act(keep_draft, incoming.survey, unit, source if body else None)
    except ProblemError as error:
        problems = error.problems if isinstance(error, ProblemsError) else (error.problem,)
        return await visit.show(forms_page, FormsAsked(), tuple(problems))
    notice = visit.say("Đã nhận tệp làm bản nháp.")
    if incoming.left_out:
        places = ", ".join(incoming.left_out[:_MOST_NAMED])
        notice += " " + visit.say("Không lấy vào: %(places)s.", places=places)
    return visit.go(f"{FORMS}/{incoming.survey.id}/soan", notice)


def printable(name: str) -> str:
    """The name of a file that was sent, without what can't be shown."""
    return "".join(each for each in name if each.isprintable())


_MOST_NAMED = 8


def _taken_in(look: Look, content: bytes, name: str, like: str, locks: bool) -> tuple[Incoming, str]:
    """The form in a file, and the unit that writes it; raises ProblemError HL5073 for a foreign draft.

    locks: nobody edits it then, so it may be asked only where the visitor decides; raises HL5135 else.
    """
    model = release_of(look.connection, like) if like else None
    incoming = form_of_upload(content, name, model)
    there = find_draft(look.connection, incoming.survey.id) if incoming.survey else None
    if there is not None and not look.may(CHANGE, there.unit):
        raise ProblemError(ROW_THERE(where=there.survey.id))
    for problem in elsewhere(look, incoming.survey.id) if locks and incoming.survey else ():
        raise ProblemError(problem)
    return incoming, there.unit if there else look.place(CHANGE).code


ROUTES = (
    forms,
    uploads_form,
    form,
    locks_form,
    unlocks_form,
    copies_form,
    downloads_form,
    downloads_draft,
)
