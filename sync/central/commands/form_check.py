"""The command for a clerk: whether a document has the form of decree 30/2020/NĐ-CP.

    hailong-central check-document bao-cao-thang.docx

It needs no centre, changes nothing, and ends with exit code 1 if a file violates a rule.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from sync.central.reports.official_form.findings import Examination, Unchecked, Violation
from sync.central.reports.official_form.profile import Profile, read_profile
from sync.central.reports.official_form.rules.checking import examine
from sync.contract.problem import ProblemError
from sync.contract.problem.files import FILE_UNREADABLE
from sync.contract.reasons import system_reason


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("check-document")(check_document)


def check_document(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Documents (.docx).")],
) -> None:
    """Check the form of documents by decree 30/2020/NĐ-CP; exit code 1 if one violates a rule."""
    profile = read_profile()
    violated = False
    for file in files:
        examination = _examined(file, profile)
        violated = violated or bool(examination.violations)
        for line in lines(file.name, examination, profile):
            typer.echo(line)
    if violated:
        raise typer.Exit(1)


def lines(name: str, examination: Examination, profile: Profile) -> Iterator[str]:
    """What is reported of one document."""
    count = len(examination.violations)
    yield f"{name}: {f'{count} lỗi thể thức' if count else 'không thấy lỗi thể thức'} theo {profile.name}"
    for violation in examination.violations:
        more = f" (và {violation.more} chỗ khác)" if violation.more else ""
        yield f"  {_rule(violation)}: {violation.found.vi}"
        yield f"      ở {violation.where.vi}{more}"
        yield f"      đúng: {violation.right.vi}"
    for unchecked in examination.unchecked:
        yield f"  chưa kiểm tra {_rule(unchecked)}: {unchecked.why.vi}"


def _rule(named: Violation | Unchecked) -> str:
    return f"{named.title.vi} ({named.clause})" if named.clause else named.title.vi


def _examined(file: Path, profile: Profile) -> Examination:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(file), detail=system_reason(error))) from error
    try:
        return examine(content, profile)
    except ProblemError as error:
        raise ProblemError(error.problem.kind(where=file.name, detail=error.problem.detail)) from error
