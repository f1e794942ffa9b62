"""Sends an export: in slices, compressed if the caller accepts that.

A table can be of any length: it is made in slices and sent in pieces, and ends when the caller disconnects,
see attendance.py. An error after the first piece closes the connection before the answer is complete, so that
nobody takes a part for the whole.
"""

from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import closing
from typing import Any, cast

from litestar import Request, Response
from litestar.datastructures import State
from litestar.response import Stream

from sync.central.http import threads
from sync.central.http.attendance import Attendance
from sync.central.pulling.desk import Export
from sync.central.pulling.exports.packing import choose, pack


async def send_export(
    request: Request[Any, Any, State], call: Attendance, export: Export, file_name: str = ""
) -> Response[Any]:
    """The export in one piece or as a stream; a problem in its first piece is still answered as a problem.

    file_name: under which a browser keeps it.
    """
    state = request.app.state
    encoding = choose(request.headers.get("accept-encoding", ""))
    headers = {"Next-Cursor": export.next, "More": str(export.more).lower(), "Vary": "Accept-Encoding"}
    if file_name:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if encoding:
        headers["Content-Encoding"] = encoding
    body = pack(export.body, encoding)
    if export.whole:
        content = await threads.pull(state, lambda: b"".join(body))
        return Response(content, media_type=export.media_type, headers=headers)
    # Both are generators: if the caller disconnects, they stop half-way, and one of them has an open file.
    for made in (export.body, body):
        call.hold(closing(cast("Generator[bytes, None, None]", made)))
    first: bytes | None = b""
    while first == b"":
        first = await threads.pull(state, _next, body)
    return Stream(_pieces(state, first, body), media_type=export.media_type, headers=headers)


async def _pieces(state: State, first: bytes | None, body: Iterator[bytes]) -> AsyncIterator[bytes]:
    piece = first
    while piece is not None:
        yield piece
        piece = await threads.pull(state, _next, body)


def _next(body: Iterator[bytes]) -> bytes | None:
    """The next piece; empty if it takes more work before there is one, None at the end."""
    return next(body, None)
