"""One report: read like its paper, its words written while it is a draft, and what is done with it.

The page shows the copy that leaves the office. The one with officers' figures has an address of its own, for
who may see these; each look leaves a line in the audit log.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.http import threads
from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.remedies.register import remedies_from
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.copies import code_of, document_of
from sync.central.reports.issuing.outside import Decided, decide, read_outside
from sync.central.reports.issuing.proposing import sent_by
from sync.central.reports.issuing.seen_by import Readers, mark_seen, readers_of
from sync.central.reports.issuing.words_to_check import ToCheck, text_to_check, words_to_check
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.described import Kind
from sync.central.reports.model import Document, words_of
from sync.central.reports.records.stages import FROZEN, StepName, possible
from sync.central.reports.records.stored import Report, history_of, read_report
from sync.central.reports.writing.docx import write_docx
from sync.central.reports.writing.layout import Part, lay_out
from sync.central.reports.writing.pdf import write_pdf
from sync.central.reports.writing.workbook import write_workbook
from sync.central.web.data_sheet import forms_behind
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.near_units import of_unit
from sync.central.web.pages.remedies import reader_for
from sync.central.web.pages.reports import DRAFT, SEE
from sync.central.web.pages.responses import EXPORT
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.remedy_words import REMEDIES
from sync.central.web.report_rows import (
    PUBLICATIONS,
    REPORTS,
    DoneRow,
    ReportRow,
    done_rows,
    lacks_days,
    report_rows,
    title_of_report,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.centre import REPORT_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

APPROVE: PermittedAct = "approve-report"
PUBLISH: PermittedAct = "publish-report"
OFFICERS: PermittedAct = "see-officers"
DATA = "/du-lieu.xlsx"
"""Behind the address of a report: the forms that it counts, see report_data.py."""
# A field of the form that holds a text of the document begins with this, one that says which text the page
# showed there, as `acts.mark_of` it, with that.
_WORDS, _SEEN = "loi.", "da_xem."
FileType = Literal["docx", "pdf", "xlsx"]
_FILES: Mapping[FileType, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def written_file(document: Document, kind: FileType, *, internal: bool) -> bytes:
    """The document as a file of this kind."""
    if kind == "xlsx":
        return write_workbook(document, internal=internal)
    return write_pdf(document) if kind == "pdf" else write_docx(document)


class Unsaved(Struct, frozen=True):
    """Texts that were sent and not saved, by their id. seen: the mark of what the page had shown there."""

    words: Mapping[str, str]
    seen: Mapping[str, str]

    @property
    def typed(self) -> dict[str, str]:
        """Those that the person changed."""
        return {name: text for name, text in self.words.items() if acts.mark_of(text) != self.seen.get(name)}

    def changed(self, stored: Mapping[str, str]) -> dict[str, str]:
        """Of those, what somebody else has saved in their place meanwhile."""
        return {
            name: stored[name]
            for name, text in self.typed.items()
            if name in stored and acts.mark_of(stored[name]) not in (self.seen.get(name), acts.mark_of(text))
        }


class ReportPage(Struct, frozen=True, kw_only=True):
    """One report. read: what was read, see acts.py. can: what this person may do with it now.

    own: this person wrote it, so that somebody else approves it. code: of the frozen figures, "" in a draft.
    due: by when it has to be sent, None where no plan says so. internal: this is the copy with officers'
    figures; inside: the address of that copy, "" for who may not see it. publication: the page of what is
    published, "" before; publishing: where the form to publish goes. marks: of the texts that are stored, by
    their id. typed: words that were not saved; changed: what somebody else has saved there meanwhile.
    data: the workbook of the forms behind it, "" for who may not export them. lacks_days: a draft whose
    period has ended since its figures were read. to_check: what to look at again in its words, by the id of
    the text, while it can still be written on or given back. done: what would be published as done, not
    published yet because of done_to_check; done_mark: of that text. remedies: those that come from it;
    remedy: where one is made, "" for who may not.
    """

    row: ReportRow
    address: str
    read: str
    parts: tuple[Part, ...]
    marks: Mapping[str, str]
    typed: Mapping[str, str]
    changed: Mapping[str, str]
    figures_at: datetime
    code: str
    can: tuple[StepName, ...]
    own: bool
    due: date | None
    lacks_days: bool
    to_check: Mapping[str, tuple[ToCheck, ...]]
    done: str
    done_to_check: tuple[ToCheck, ...]
    done_mark: str
    history: tuple[DoneRow, ...]
    remedies: tuple[Link, ...]
    remedy: str
    readers: Readers | None
    internal: bool
    inside: str
    files: tuple[Link, ...]
    data: str
    publication: str
    publishing: str
    sent: str
    sent_day: date | None
    why: str
    today: date
    wrong: ProblemPage | None


def report_page(
    look: Look,
    id: int,
    *,
    internal: bool = False,
    unsaved: Unsaved | None = None,
    refused: ProblemError | None = None,
    done: str = "",
) -> Shown:
    """The report; raises ProblemError HL4010 if there is none that the visitor may see."""
    report, kind = seen_report(look, id, internal=internal)
    unit = report.asked.unit
    address = f"{REPORTS}/{id}"
    here = f"{address}/noi-bo" if internal else address
    history = history_of(look.connection, [id])
    document = document_of(kind, report, outside=not internal)
    stored = {each.id: each.text for each in words_of(document)}
    frozen = report.state in FROZEN and bool(report.digest)
    page = ReportPage(
        row=report_rows(look, [report])[0],
        address=address,
        read=report.read,
        parts=lay_out(document),
        marks={name: acts.mark_of(text) for name, text in stored.items()},
        typed=unsaved.typed if unsaved else {},
        changed=unsaved.changed(stored) if unsaved else {},
        figures_at=report.figures_at,
        code=code_of(report.digest) if report.digest else "",
        can=_can(look, report, kind),
        own=acts.has_written(look.connection, report, f"account {look.person.account}"),
        due=_due(look, report),
        lacks_days=lacks_days(look, report),
        to_check=_to_check(report, kind),
        done=done,
        done_to_check=text_to_check(done, document_of(kind, report, outside=True)) if done else (),
        done_mark=acts.mark_of(done) if done else "",
        history=done_rows(look, history),
        remedies=_remedies(look, id),
        remedy=f"{REMEDIES}/moi?bao_cao={id}" if look.may("handle-remedies", unit) else "",
        readers=readers_of(look.connection, id, unit, look.person.account, look.today) if frozen else None,
        internal=internal,
        inside=f"{address}/noi-bo" if not internal and _sees_officers(look, unit) else "",
        files=tuple(Link(f"{here}/tai-ve?kieu={name}", name.upper()) for name in _FILES),
        data=f"{address}{DATA}"
        if look.may(EXPORT, unit) and forms_behind(look.connection, kind, report)
        else "",
        publication=f"{PUBLICATIONS}/{id}" if report.state == "published" else "",
        publishing=f"{PUBLICATIONS}/{id}",
        sent=report.sent_number,
        sent_day=report.sent_day,
        why=report.why,
        today=look.today,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    title = title_of_report(look, report)
    return Shown(
        template="report.html",
        title=title,
        page=page,
        crumbs=(Link(of_unit(REPORTS, unit), look.say("Báo cáo")),),
        status=refused.problem.kind.status if refused else 200,
    )


def _remedies(look: Look, id: int) -> tuple[Link, ...]:
    reader = reader_for(look, "see-remedies")
    found = remedies_from(look.connection, reader, f"report {id}") if reader else ()
    return tuple(Link(f"{REMEDIES}/{remedy.id}", remedy.measure) for remedy in found)


def _to_check(report: Report, kind: Kind[Any]) -> dict[str, tuple[ToCheck, ...]]:
    if not {"write", "return"}.intersection(possible(report.state, sent=bool(report.sent_number))):
        return {}
    found = words_to_check(document_of(kind, report, outside=True))
    return {each.words: tuple(one for one in found if one.words == each.words) for each in found}


def seen_report(
    look: Look, id: int, act: PermittedAct = SEE, *, internal: bool = False
) -> tuple[Report, Kind[Any]]:
    """The report, if the visitor may see it and do `act` at its unit; raises ProblemError HL4010."""
    try:
        report = read_report(look.connection, id)
    except ProblemError as error:
        raise ProblemError(ADDRESS_UNKNOWN()) from error
    unit, kind = report.asked.unit, KINDS.get(report.asked.kind)
    if kind is None or not look.may(SEE, unit) or not look.may(act, unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    if internal and not _sees_officers(look, unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return report, kind


def _sees_officers(look: Look, unit: str) -> bool:
    """Whether the visitor may see officers' figures of any days, as those of a report are."""
    return look.may(OFFICERS, unit) and not look.only_months_over(unit)


_NEEDED: Mapping[StepName, PermittedAct] = {
    "write": DRAFT,
    "refresh": DRAFT,
    "approve": APPROVE,
    "return": APPROVE,
    "send": DRAFT,
    "publish": PUBLISH,
    "announce": PUBLISH,
    "revise": DRAFT,
}


def _withdrawing(report: Report) -> PermittedAct:
    """What the public reads is taken back only by who may publish."""
    return PUBLISH if report.state == "published" else DRAFT


def _can(look: Look, report: Report, kind: Kind[Any]) -> tuple[StepName, ...]:
    needed = {**_NEEDED, "withdraw": _withdrawing(report)}
    steps = possible(report.state, sent=bool(report.sent_number))
    return tuple(
        step
        for step in steps
        if step in needed and look.may(needed[step], report.asked.unit) and (step != "publish" or kind.public)
    )


def _due(look: Look, report: Report) -> date | None:
    """The working day by which the report has to be sent; None if it was, or no plan sets a day."""
    return None if report.sent_number else sent_by(look.connection, report.asked, look.today)


@get(REPORTS + "/{report:int}", opt=needs(SEE))
async def report(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """One report, the copy that leaves the office."""
    return await visit.show(report_page, report)


@get(REPORTS + "/{report:int}/noi-bo", opt=needs(OFFICERS, reveals=True))
async def internal_report(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """One report with officers' figures."""
    return await visit.show(report_page, report, internal=True)


# --- files ------------------------------------------------------------------------------------------------


class FileAsked(Struct, frozen=True):
    """kind: of the file."""

    kind: FileType = field(default="docx", name="kieu")


def _file(look: Look, id: int, internal: bool) -> tuple[Document, str]:
    report, kind = seen_report(look, id, internal=internal)
    asked = report.asked
    about = f"{asked.unit or 'toan-bo'}-{asked.group}" if asked.group else asked.unit or "toan-bo"
    name = f"{asked.kind}-{about}-{asked.first}-{asked.last}"
    if report.printed:
        name += f"-dieu-chinh-{report.printed}"
    return document_of(kind, report, outside=not internal), name + ("-noi-bo" if internal else "")


async def _download(visit: Visit, id: int, asked: FileAsked, *, internal: bool) -> Response[bytes]:
    document, name = await visit.read(_file, id, internal)
    content = await threads.pull(
        visit.request.app.state, partial(written_file, document, asked.kind, internal=internal)
    )
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}.{asked.kind}"'}
    return Response(content, media_type=_FILES[asked.kind], headers=headers)


@get(REPORTS + "/{report:int}/tai-ve", opt=needs(SEE), dependencies={"asked": query(FileAsked)})
async def downloads_report(
    visit: NamedDependency[Visit], report: FromPath[int], asked: NamedDependency[FileAsked]
) -> Response[bytes]:
    """The copy that leaves the office, as a file."""
    return await _download(visit, report, asked, internal=False)


@get(
    REPORTS + "/{report:int}/noi-bo/tai-ve",
    opt=needs(OFFICERS, reveals=True),
    dependencies={"asked": query(FileAsked)},
)
async def downloads_internal(
    visit: NamedDependency[Visit], report: FromPath[int], asked: NamedDependency[FileAsked]
) -> Response[bytes]:
    """The copy with officers' figures, as a file."""
    return await _download(visit, report, asked, internal=True)


# --- what is done with it -----------------------------------------------------------------------------------


class StepFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. step: its name in the form. read: what the page showed that it was sent from. looked_at: the
    mark of a text that was to be looked at again.
    """

    read: str = field(name="da_doc")
    step: str = field(default="", name="viec")
    note: Annotated[str, Meta(max_length=8 * acts.NOTE)] = field(default="", name="ghi_chu")
    number: Annotated[str, Meta(max_length=400)] = field(default="", name="so")
    day: Annotated[str, Meta(max_length=40)] = field(default="", name="ngay")
    looked_at: Annotated[str, Meta(max_length=40)] = field(default="", name="da_xem_lai")


async def _does(
    visit: Visit, id: int, act: PermittedAct, change: Callable[[Act], object], said: str
) -> Response[Any]:
    """Do one step; a refused one answers with the page and why."""
    await visit.read(seen_report, id, act)
    try:
        await visit.act(change)
    except ProblemError as error:
        if error.problem.kind is REPORT_UNKNOWN:
            raise ProblemError(ADDRESS_UNKNOWN()) from error
        return await visit.show(report_page, id, refused=error)
    return visit.go(f"{REPORTS}/{id}", said)


@post(REPORTS + "/{report:int}/soan", opt=needs(DRAFT))
async def writes_report(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Keep the words of a draft; or read its figures again, with the words kept first."""
    sent = await visit.request.form()
    fields: dict[str, str] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            raise ProblemError(FORM_INVALID(where="form"))
        fields[name] = value
    words, seen = _named(fields, _WORDS), _named(fields, _SEEN)
    again = fields.get("viec") == "so-lieu"
    await visit.read(seen_report, report, DRAFT)
    try:
        await visit.act(_write, report, words, fields.get("da_doc", ""), again)
    except ProblemError as error:
        return await visit.show(report_page, report, unsaved=Unsaved(words, seen), refused=error)
    said = "Đã lưu, và đã lấy lại số liệu." if again else "Đã lưu."
    return visit.go(f"{REPORTS}/{report}", visit.say(said))


def _named(fields: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in fields.items() if name.startswith(prefix)}


def _write(act: Act, id: int, words: Mapping[str, str], read: str, again: bool) -> None:
    acts.write_words(act, KINDS, id, words, read=read)
    if again:
        acts.refresh(act, KINDS, id, read=read_report(act.connection, id).read)


def _decided(look: Look, id: int, read: str) -> Decided | None:
    """What copies for others would say; None where the report is not the one that was read."""
    report, kind = seen_report(look, id, APPROVE)
    return decide(read_outside(look.connection, kind, report)) if report.read == read else None


@post(REPORTS + "/{report:int}/phe-duyet", opt=needs(APPROVE))
async def approves_report(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Approve a draft as it was read, or give it back with a remark."""
    fields = await visit.fields(StepFields)
    if fields.step == "tra-lai":
        said = visit.say("Đã trả lại cho người soạn.")

        def returns(act: Act) -> None:
            acts.return_to_drafter(act, report, read=fields.read, note=fields.note)

        return await _does(visit, report, APPROVE, returns, said)
    said = visit.say("Đã phê duyệt: từ nay số liệu của báo cáo không đổi nữa.")

    decided = await visit.read(_decided, report, fields.read)

    def approves(act: Act) -> None:
        acts.approve(act, KINDS, report, read=fields.read, decided=decided)

    return await _does(visit, report, APPROVE, approves, said)


@post(REPORTS + "/{report:int}/da-gui", opt=needs(DRAFT))
async def records_sent(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Keep number and day of the signed paper."""
    fields = await visit.fields(StepFields)
    _, kind = await visit.read(seen_report, report, DRAFT)

    def sends(act: Act) -> None:
        day = read_day(fields.day)
        if day is None:
            raise ProblemError(FORM_INVALID(where="ngay", detail="không phải ngày, ghi như 2026-11-01"))
        acts.record_sent(act, report, read=fields.read, number=fields.number, day=day, ahead=kind.ahead)

    return await _does(visit, report, DRAFT, sends, visit.say("Đã ghi số và ngày gửi."))


@post(REPORTS + "/{report:int}/dieu-chinh", opt=needs(DRAFT))
async def revises_report(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Begin the next revision of an issued report."""
    fields = await visit.fields(StepFields)
    await visit.read(seen_report, report, DRAFT)
    try:
        id = await visit.act(_revise, report, fields)
    except ProblemError as error:
        return await visit.show(report_page, report, refused=error)
    return visit.go(f"{REPORTS}/{id}", visit.say("Đã lập bản điều chỉnh với số liệu mới."))


def _revise(act: Act, id: int, fields: StepFields) -> int:
    return acts.revise(act, KINDS, id, read=fields.read, why=fields.note)


@post(REPORTS + "/{report:int}/rut", opt=needs(DRAFT))
async def withdraws_report(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Take a report back, with a reason."""
    fields = await visit.fields(StepFields)
    stored, _ = await visit.read(seen_report, report, DRAFT)
    return await _does(
        visit,
        report,
        _withdrawing(stored),
        lambda act: acts.withdraw(act, report, read=fields.read, why=fields.note),
        visit.say("Đã rút báo cáo."),
    )


@post(REPORTS + "/{report:int}/da-xem", opt=needs(SEE))
async def marks_seen(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """Note that this person has seen an approved report."""
    account = visit.visitor.person.account
    return await _does(
        visit,
        report,
        SEE,
        lambda act: mark_seen(act, report, account),
        visit.say("Đã ghi là bạn đã xem."),
    )


ROUTES = (
    report,
    internal_report,
    downloads_report,
    downloads_internal,
    writes_report,
    approves_report,
    records_sent,
    revises_report,
    withdraws_report,
    marks_seen,
)
