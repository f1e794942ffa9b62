"""The commands for forms: a draft is taken in, checked, compared, previewed and released.

hailong-central forms export  --data DATA kien-hung --to phieu.xlsx    # to edit it in Excel
hailong-central forms draft   --data DATA phieu.xlsx                   # take the next version in
hailong-central forms copy    --data DATA kien-hung xa-mau             # begin a form with another one
hailong-central forms check   --data DATA kien-hung                    # what is against releasing it
hailong-central forms compare --data DATA kien-hung                    # what it changes
hailong-central forms preview --data DATA kien-hung                    # its pages as text
hailong-central forms release --data DATA kien-hung --why "…"          # terminals get it next
"""

import hashlib
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.central.commands.options import Data, Database, Why, by_operator, today
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.handed_over import Source
from sync.central.office.forms.drafts import (
    copy_form,
    discard_draft,
    draft_of,
    draft_or_release,
    keep_draft,
    list_drafts,
)
from sync.central.office.forms.form_file import read_form
from sync.central.office.forms.previewing import RATINGS_PER_PAGE, preview
from sync.central.office.forms.release_act import objections, release
from sync.central.office.forms.releases import list_releases, release_of, releases_of
from sync.central.office.forms.writing import form_toml
from sync.central.office.forms.xlsform.incoming import Incoming, unused
from sync.central.office.forms.xlsform.outgoing import write_xlsform
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.meaning import Change, Kind, compare
from sync.contract.problem import ProblemError, ProblemsError
from sync.contract.problem.centre import FILE_TYPE_UNSUPPORTED
from sync.contract.survey import Survey
from sync.contract.text import pick

forms_app = typer.Typer(help="Forms: drafts, their checks, and releases.", no_args_is_help=True)

Form = Annotated[str, typer.Argument(help="The form's id, as `forms list` has it.")]
Version = Annotated[int | None, typer.Option("--version", help="Of a release; else the draft.")]

LIST_COLUMNS = ("Phiếu", "Phiên bản", "Tên", "Tình trạng", "Ngày")
CHANGES: dict[Kind, str] = {
    "added": "thêm",
    "removed": "bỏ",
    "meaning": "ĐỔI NGHĨA",
    "reworded": "đổi lời",
    "presented": "đổi cách hỏi",
    "moved": "dời chỗ",
}


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(forms_app, name="forms")


@forms_app.command("list")
def forms_list(data: Data, database: Database = None) -> None:
    """Every release of every form, and the drafts."""
    with reading(existing_database(data, database)) as connection:
        releases, drafts = list_releases(connection), list_drafts(connection)
    table = Table(*LIST_COLUMNS)
    rows = [(r.id, r.version, pick(r.title, "vi"), "đã phát hành", r.released_at[:10]) for r in releases]
    rows += [
        (d.survey.id, d.survey.version, pick(d.survey.title, "vi"), "bản nháp", d.changed_at[:10])
        for d in drafts
    ]
    for id, version, title, state, day in sorted(rows):
        table.add_row(id, str(version), title, state, day)
    Console().print(table)


@forms_app.command("draft")
def forms_draft(
    data: Data,
    file: Annotated[Path, typer.Argument(help="A form as .toml or .json, or as XLSForm in .xlsx.")],
    like: Annotated[
        str | None,
        typer.Option(help="A released form that gives the privacy notice and respondents a workbook lacks."),
    ] = None,
    unit: Annotated[str, typer.Option(help="Who writes it; else the centre.")] = CENTRE,
    source: Annotated[
        str, typer.Option("--from", help="The body that has handed it over: nobody edits it then.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read and check it.")] = False,
    database: Database = None,
) -> None:
    """Take a form in as the draft of its next release; a file with faults is refused whole."""
    engine = existing_database(data, database)
    with reading(engine) as connection:
        model = release_of(connection, like) if like else None
    incoming = read_form(file, model)
    for line in unused(incoming.left_out):
        typer.echo(f"Không lấy vào: {line}")
    survey = _whole(incoming)
    if not dry_run:
        with acting(engine, by_operator()) as act:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            handed = Source(body=source, file=file.name, sha256=digest) if source else None
            keep_draft(act, survey, unit, handed)
    typer.echo(f"{survey.id} bản {survey.version}: {len(survey.questions)} câu hỏi, {_languages(survey)}.")
    with reading(engine) as connection:
        against = len(objections(connection, survey, today()))
    typer.echo(f"Chưa phát hành được: {against} lỗi, xem `forms check`." if against else "Phát hành được.")


@forms_app.command("copy")
def forms_copy(
    data: Data,
    form: Form,
    id: Annotated[str, typer.Argument(help="The new form's id.")],
    version: Version = None,
    title: Annotated[str, typer.Option(help="Its Vietnamese title; else that of the form.")] = "",
    unit: Annotated[str, typer.Option(help="Who writes it; else the centre.")] = CENTRE,
    database: Database = None,
) -> None:
    """Begin a form under a new id with all of another one, as a draft."""
    with acting(existing_database(data, database), by_operator()) as act:
        source = draft_or_release(act.connection, form, version)
        copy = copy_form(act, source, id, unit, title=title)
    typer.echo(f"{source.id} bản {source.version} → {copy.id}, bản nháp: {pick(copy.title, 'vi')}")


@forms_app.command("check")
def forms_check(data: Data, form: Form, database: Database = None) -> None:
    """Name everything that is against releasing a draft; exit code 1 if there is anything."""
    with reading(existing_database(data, database)) as connection:
        against = objections(connection, draft_of(connection, form), today())
    if against:
        raise ProblemsError(against)
    typer.echo("Phát hành được.")


@forms_app.command("compare")
def forms_compare(
    data: Data,
    form: Form,
    version: Version = None,
    before: Annotated[
        int | None, typer.Option("--with", help="A release; else the newest before it.")
    ] = None,
    database: Database = None,
) -> None:
    """What a draft, or a release, changes in the release before it."""
    with reading(existing_database(data, database)) as connection:
        after = draft_or_release(connection, form, version)
        earlier = [each for each in releases_of(connection, form) if each.version < after.version]
        if before is not None:
            earlier = [release_of(connection, form, before)]
    if not earlier:
        typer.echo(f"{form} bản {after.version} là bản đầu tiên.")
        return
    changes = compare(earlier[0], after)
    typer.echo(f"{form}: bản {earlier[0].version} → bản {after.version}")
    for change in changes:
        typer.echo(_change_line(change))
    counts = Counter(change.kind for change in changes)
    words = ", ".join(f"{CHANGES[kind]} {counts[kind]}" for kind in CHANGES if counts[kind])
    typer.echo(f"Tất cả: {words}." if words else "Không có gì khác.")


@forms_app.command("preview")
def forms_preview(
    data: Data,
    form: Form,
    version: Version = None,
    language: Annotated[str, typer.Option(help="Such as vi.")] = "vi",
    per_page: Annotated[
        int, typer.Option(min=1, max=5, help="How many ratings of a group share a page.")
    ] = RATINGS_PER_PAGE,
    database: Database = None,
) -> None:
    """The pages of a draft, or of a release, as plain text."""
    with reading(existing_database(data, database)) as connection:
        survey = draft_or_release(connection, form, version)
    for line in preview(survey, language, ratings_per_page=per_page):
        typer.echo(line)


@forms_app.command("release")
def forms_release(data: Data, form: Form, why: Why, database: Database = None) -> None:
    """Release a draft: terminals get it with their next configuration, and it never changes again."""
    with acting(existing_database(data, database), by_operator()) as act:
        survey = release(act, form, why)
    typer.echo(f"Đã phát hành {survey.id} bản {survey.version}.")


@forms_app.command("discard")
def forms_discard(data: Data, form: Form, why: Why, database: Database = None) -> None:
    """Remove a draft; releases stay."""
    with acting(existing_database(data, database), by_operator()) as act:
        discard_draft(act, form, why)
    typer.echo(f"Đã bỏ bản nháp của {form}.")


@forms_app.command("export")
def forms_export(
    data: Data,
    form: Form,
    to: Annotated[Path, typer.Option(help="A file: .xlsx as XLSForm, or .toml.")],
    version: Version = None,
    database: Database = None,
) -> None:
    """Write a draft, or else the newest release, to a file."""
    kind = to.suffix.lower()
    if kind not in (".xlsx", ".toml"):
        raise ProblemError(FILE_TYPE_UNSUPPORTED(where=to.name, detail=f"'{kind}'"))
    with reading(existing_database(data, database)) as connection:
        survey = draft_or_release(connection, form, version)
    to.write_bytes(write_xlsform(survey) if kind == ".xlsx" else form_toml(survey).encode())
    typer.echo(f"{survey.id} bản {survey.version}: {to}")


def _whole(incoming: Incoming) -> Survey:
    if incoming.survey is None:
        raise ProblemsError(incoming.faults)
    return incoming.survey


def _change_line(change: Change) -> str:
    place = " ".join(filter(None, (change.question or "phiếu", change.key)))
    words = " → ".join(f"“{text}”" if text else "–" for text in (change.before, change.after))
    return f"  {CHANGES[change.kind]}: {place}" + (f": {words}" if change.before or change.after else "")


def _languages(survey: Survey) -> str:
    return ", ".join(survey.languages)
