"""A request whose uploaded files stay in memory: a list of people is on no disk before it is sealed.

The framework writes a file of more than a megabyte to a temporary one, in clear. Here a file is no larger
than its route's `request_max_body_size`.
"""

from collections import defaultdict
from typing import Any

from litestar import Request
from litestar.datastructures import State, UploadFile
from litestar.datastructures.multi_dicts import FormMultiDict
from litestar.exceptions import ClientException
from litestar.types import Empty
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

MOST_PARTS = 1000


class PageRequest(Request[Any, Any, State]):
    """A request to a page."""

    async def form(self) -> FormMultiDict:
        """The fields that were sent, and the files; raises ClientException for a body that is none."""
        kind, options = self.content_type
        boundary = options.get("boundary")
        if kind == "multipart/form-data" and boundary and self._connection_state.form is Empty:
            parts = read_parts(await self.body(), boundary)
            self._connection_state.form = {
                name: values[0] if len(values) == 1 else values for name, values in parts.items()
            }
        return await super().form()


def read_parts(body: bytes, boundary: str) -> dict[str, list[Any]]:
    """The values of each name in a multipart body, in their order."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    segment: MultipartSegment | None = None
    content = bytearray()
    try:
        with PushMultipartParser(boundary, max_segment_count=MOST_PARTS) as parser:
            for part in parser.parse(body):
                if isinstance(part, MultipartSegment):
                    segment, content = part, bytearray()
                elif part:
                    content.extend(part)
                elif segment is not None:
                    found[segment.name].append(_value(segment, bytes(content)))
    except (MultipartError, UnicodeDecodeError, LookupError) as error:
        raise ClientException("Invalid multipart/form-data") from error
    return dict(found)


def _value(segment: MultipartSegment, content: bytes) -> str | UploadFile:
    if not segment.filename:
        return content.decode(segment.charset or "utf-8")
    return UploadFile(
        content_type=segment.content_type or "text/plain",
        filename=segment.filename,
        file_data=content,
        headers=dict(segment.headerlist),
        max_spool_size=len(content) + 1,
    )
