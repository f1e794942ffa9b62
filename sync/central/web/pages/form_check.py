"""Whether a document that an office has is in the form of decree 30/2020: its file is read and not kept."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.reports.official_form.findings import Examination
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import examine
from sync.central.reports.official_form.unpacked import MOST_BYTES
from sync.central.web.look import Look
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import FORM_BYTES, needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import UPLOAD_MISSING

PATH = "/kiem-tra-the-thuc"
_LONGEST_NAME = 100


class ViolationRow(Struct, frozen=True, kw_only=True):
    """A rule that is violated. more: how many other places have the same."""

    title: str
    clause: str
    where: str
    found: str
    right: str
    more: int


class UncheckedRow(Struct, frozen=True, kw_only=True):
    """A rule that couldn't be checked."""

    title: str
    clause: str
    why: str


class CheckedDocument(Struct, frozen=True, kw_only=True):
    """What was found in one file."""

    name: str
    violations: tuple[ViolationRow, ...]
    unchecked: tuple[UncheckedRow, ...]


class FormCheckPage(Struct, frozen=True, kw_only=True):
    """decree: by its name. rules: how many are checked. most: megabytes of a file."""

    decree: str
    rules: int
    most: int
    checked: CheckedDocument | None
    wrong: ProblemPage | None


def form_check_page(look: Look, content: bytes | None = None, name: str = "") -> Shown:
    """The page; content: of a file that was sent, None before one was."""
    language = look.translation.language
    profile = read_profile()
    checked, wrong = None, None
    try:
        if content is not None:
            if not name:
                raise ProblemError(UPLOAD_MISSING(where="tep"))
            checked = _checked(name, examine(content, profile), language)
    except ProblemError as error:
        wrong = problem_page(error.problem, language)
    page = FormCheckPage(
        decree=profile.name_en if language == "en" else profile.name,
        rules=len(profile.rules),
        most=MOST_BYTES // 1_000_000,
        checked=checked,
        wrong=wrong,
    )
    return Shown(template="form_check.html", title=look.say("Kiểm tra thể thức văn bản"), page=page)


def _checked(name: str, examination: Examination, language: str) -> CheckedDocument:
    return CheckedDocument(
        name=name[-_LONGEST_NAME:],
        violations=tuple(
            ViolationRow(
                title=violation.title.written(language),
                clause=violation.clause,
                where=violation.where.written(language),
                found=violation.found.written(language),
                right=violation.right.written(language),
                more=violation.more,
            )
            for violation in examination.violations
        ),
        unchecked=tuple(
            UncheckedRow(
                title=unchecked.title.written(language),
                clause=unchecked.clause,
                why=unchecked.why.written(language),
            )
            for unchecked in examination.unchecked
        ),
    )


@get(PATH, opt=needs("check-document"))
async def shows(visit: NamedDependency[Visit]) -> Response[Any]:
    """Where a document is chosen."""
    return await visit.show(form_check_page)


@post(PATH, opt=needs("check-document"), request_max_body_size=MOST_BYTES + FORM_BYTES)
async def checks(visit: NamedDependency[Visit]) -> Response[Any]:
    """Check the document that was sent; nothing of it is kept."""
    file = (await visit.request.form()).get("tep")
    if not isinstance(file, UploadFile):
        return await visit.show(form_check_page, b"")
    return await visit.show(form_check_page, await file.read(), file.filename)


ROUTES = [shows, checks]
