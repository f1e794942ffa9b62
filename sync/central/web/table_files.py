"""The rows of a page as a file: two routes next to the page, which read by its own filter.

Promises, for every page that has such files:
- a file has the rows of all pages of the list, by the filter that its address carries, and no other;
- it needs what its page needs of a person, and leaves the line in the audit log that its page leaves;
- a text stays a text in a spreadsheet, whatever it begins with.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, Final, Literal, TypeVar
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from sync.central.http.queries import query
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import TABLE_TOO_LONG
from sync.tables.column import Column, Kind, Value, headings
from sync.tables.csv_table import write_csv
from sync.tables.workbook import small_workbook

A = TypeVar("A", bound=Struct)
T = TypeVar("T")
FileKind = Literal["xlsx", "csv"]
MOST_ROWS: Final = 20_000
"""Rows of a file: it is made in memory."""
FILE_TITLES: Mapping[FileKind, str] = {"xlsx": "Tải về Excel", "csv": "Tải về CSV"}
FILE_TYPES: Mapping[FileKind, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",  # Litestar adds the charset
}


class TableFile(Struct, frozen=True):
    """A table. columns: their headings, in the visitor's language, and kinds."""

    columns: tuple[tuple[str, Kind], ...]
    rows: Sequence[Sequence[Value]]


def file_links(look: Look, path: str, asked: Mapping[str, str]) -> tuple[Link, ...]:
    """Where the files of the page at `path` are; asked: its filter, in which an empty value is none."""
    used = urlencode({name: value for name, value in asked.items() if value})
    return tuple(
        Link(f"{_path(path, kind)}?{used}" if used else _path(path, kind), look.say(title))
        for kind, title in FILE_TITLES.items()
    )


def file_routes(
    path: str, name: str, opt: dict[str, Any], asked: type[A], read: Callable[[Look, A], TableFile]
) -> tuple[HTTPRouteHandler, ...]:
    """The routes of the files of one page.

    name: of the file, without its day. opt: what the page's own route has. asked: its filter.
    """
    return tuple(_route(path, name, kind, opt, asked, read) for kind in FILE_TITLES)


def files_of_each(
    path: str, name: str, opt: dict[str, Any], read: Callable[[Look, str], TableFile]
) -> tuple[HTTPRouteHandler, ...]:
    """As `file_routes`, of a page about one thing: its path has `{id:str}`, and so has the file's name."""
    return tuple(_route_of_each(path, name, kind, opt, read) for kind in FILE_TITLES)


def checked_length(rows: Iterable[T], most: int = MOST_ROWS) -> tuple[T, ...]:
    """The rows; raises ProblemError HL5153 if there are more than `most`, and reads no further."""
    read: list[T] = []
    for row in rows:
        if len(read) == most:
            raise ProblemError(TABLE_TOO_LONG(detail=f"hơn {most} dòng"))
        read.append(row)
    return tuple(read)


def all_parts(part: Callable[[str], tuple[Sequence[T], str]]) -> Iterator[T]:
    """The rows of all parts of a list; part: the rows after a cursor, "" at first, and the next cursor."""
    rows, after = part("")
    yield from rows
    while after:
        rows, after = part(after)
        yield from rows


def _path(path: str, kind: FileKind) -> str:
    return f"{path}/tai-ve.{kind}"


def _route(
    path: str,
    name: str,
    kind: FileKind,
    opt: dict[str, Any],
    asked_type: type[A],
    read: Callable[[Look, A], TableFile],
) -> HTTPRouteHandler:
    @get(_path(path, kind), opt=opt, dependencies={"asked": query(asked_type)}, name=_path(path, kind))
    async def file(visit: NamedDependency[Visit], asked: NamedDependency[Any]) -> Response[bytes]:
        """The rows of the page as a file."""
        content = await visit.read(_content, kind, name, read, asked)
        return _sent(visit, content, name, kind)

    return file


def _route_of_each(
    path: str, name: str, kind: FileKind, opt: dict[str, Any], read: Callable[[Look, str], TableFile]
) -> HTTPRouteHandler:
    @get(_path(path, kind), opt=opt, name=_path(path, kind))
    async def file(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
        """The rows of the page as a file."""
        content = await visit.read(_content, kind, name, read, id)
        return _sent(visit, content, f"{name}-{id}", kind)

    return file


def _sent(visit: Visit, content: bytes, name: str, kind: FileKind) -> Response[bytes]:
    called = f"{name}-{visit.desk.today().isoformat()}.{kind}"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{called}"'}
    return Response(content, media_type=FILE_TYPES[kind], headers=headers)


def _content(look: Look, kind: FileKind, name: str, read: Callable[[Look, T], TableFile], asked: T) -> bytes:
    return written_table(kind, name, read(look, asked))


def written_table(kind: FileKind, name: str, table: TableFile) -> bytes:
    """A table as a file; name: of the sheet."""
    columns = [Column(f"c{number}", of, title) for number, (title, of) in enumerate(table.columns, 1)]
    if kind == "xlsx":
        return small_workbook(columns, "vi", table.rows, name)
    out = StringIO()
    write_csv(out, headings(columns, "vi"), table.rows)
    return out.getvalue().encode()
