"""`python -m sync.outbox`: inspect the outbox of a running or a broken terminal. Changes nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from sync.contract.problem import Problem
from sync.contract.problem.terminal import OUTBOX_DAMAGED, OUTBOX_FORMAT_UNKNOWN, RESPONSES_MISSING
from sync.contract.ranges import as_text, to_ranges
from sync.outbox.files import RealFiles
from sync.outbox.problems import storage_problem
from sync.outbox.segments import segments
from sync.outbox.verify import SegmentReport, examine

app = typer.Typer(
    help="Xem kho phiếu của máy. / Look into a terminal's outbox.", no_args_is_help=True, add_completion=False
)
_notes = Console(stderr=True, highlight=False)

Folder = Annotated[Path, typer.Argument(metavar="PATH", help="Thư mục kho phiếu. / The outbox's folder.")]

FAULTY = 1
UNREADABLE = 2


@app.command()
def verify(path: Folder) -> None:
    """Đọc toàn bộ kho và báo cáo. / Read everything and report.

    Mã thoát / exit code: 0 tất cả đều đủ / all is well, 1 thiếu hoặc hỏng / gaps or damage,
    2 không có kho phiếu / no outbox.
    """
    found: list[Problem] = []
    count = size = responses = drafts = first = last = 0
    missing: list[int] = []
    damaged: list[str] = []
    for report in _reports(path, found):
        count += 1
        size += report.size
        responses += len(report.responses)
        drafts += len(report.drafts)
        missing += report.missing
        damaged += [f"{report.segment.name} {part.start}-{part.end}" for part in report.damage]
        if report.responses:
            first, last = first or min(report.responses), max(report.responses)
    print(f"Phân đoạn / segments:   {count} ({size:,} bytes)")
    print(f"Phiếu / responses:      {responses} ({first}-{last})")
    print(f"Đang dở / drafts:       {drafts}")
    print(f"Thiếu / missing:        {as_text(to_ranges(missing)) or '0'}")
    print(f"Hỏng / damaged:         {'; '.join(damaged) or '0'}")
    _finish(path, found, count)


@app.command()
def export(
    path: Folder,
    drafts: Annotated[
        bool, typer.Option(help="Kèm phiếu đang dở (seq 0). / With visits in progress (seq 0).")
    ] = False,
) -> None:
    """In mỗi phiếu thành một dòng JSON. / Print each response as one line of JSON.

    Văn bản tự do vẫn được niêm phong. / Free text stays sealed.
    Mã thoát như verify. / Exit code as of verify.
    """
    found: list[Problem] = []
    count = 0
    for report in _reports(path, found):
        count += 1
        for body in [*report.responses.values(), *(report.drafts if drafts else [])]:
            sys.stdout.buffer.write(body + b"\n")
    sys.stdout.buffer.flush()
    _finish(path, found, count)


def _reports(path: Path, found: list[Problem]) -> Iterator[SegmentReport]:
    """Every segment, with progress shown; its problems go to `found`."""
    files = RealFiles()
    try:
        total = len(segments(files, path))
        reports = track(examine(files, path), "Đang đọc / reading", total, console=_notes, transient=True)
        for report in reports:
            where = str(path / report.segment.name)
            if report.problem:
                found.append(report.problem)
            if report.damage:
                found.append(OUTBOX_DAMAGED(where=where, detail=str(len(report.damage))))
            if report.missing:
                found.append(RESPONSES_MISSING(where=where, detail=as_text(to_ranges(report.missing))))
            yield report
    except OSError as error:
        found.append(storage_problem(error, path))


def _finish(path: Path, found: list[Problem], count: int) -> None:
    """Show the problems and end the program: exit code 1 if there are any, else 0."""
    if count == 0 and not found:
        found.append(OUTBOX_FORMAT_UNKNOWN(where=str(path)))
    for each in found:
        for line in each.lines():
            _notes.print(line, markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(FAULTY if count else UNREADABLE)


if __name__ == "__main__":
    app()
