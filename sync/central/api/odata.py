"""HTTP for the OData feed: `/odata/`. Excel and Power BI send a token as the password of any name."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State

from sync.central.api.pull import desk_of
from sync.central.http import threads
from sync.central.http.attendance import attendance
from sync.central.http.problems import ODATA_ROOT as ROOT
from sync.central.pulling.odata.feed import PAGE, Feed
from sync.central.pulling.odata.metadata import XML
from sync.central.pulling.odata.model import ENTITY_SET
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN

JSON = "application/json;odata.metadata=minimal"
_KNOWN = frozenset({"", "$metadata", ENTITY_SET, f"{ENTITY_SET}/$count"})
_HEADERS = {"OData-Version": "4.0", "Cache-Control": "no-store"}


@get([ROOT, ROOT + "{path:path}"], include_in_schema=False, tags=["administrators"])
async def odata(request: Request[Any, Any, State]) -> Response[Any]:
    """The service document, $metadata, Responses and Responses/$count."""
    state, caller = request.app.state, attendance(request.scope).caller
    feed = Feed(desk_of(state))
    root = str(request.base_url).rstrip("/") + ROOT
    if request.headers.get("x-forwarded-proto", "") == "https":  # TLS ends before us
        root = root.replace("http://", "https://", 1)
    options = list(request.query_params.multi_items())
    wanted = str(request.path_params.get("path", "")).strip("/")
    if wanted == "":
        return _answer(feed.service(root), JSON)
    if wanted == "$metadata":
        return _answer(await threads.pull(state, feed.metadata, caller), XML)
    if wanted == ENTITY_SET:
        size = _page_size(request.headers.get("prefer", ""))
        return _answer(await threads.pull(state, feed.entities, caller, root, options, size), JSON)
    if wanted == f"{ENTITY_SET}/$count":
        return _answer(await threads.pull(state, feed.count, caller, options), "text/plain")
    raise ProblemError(ADDRESS_UNKNOWN(where=ROOT))


def known_path(parameters: Mapping[str, Any]) -> str:
    """The address of one of the feed's own resources, "" for whatever else a caller made up."""
    wanted = str(parameters.get("path", "")).strip("/")
    return ROOT + wanted if wanted and wanted in _KNOWN else ""


def _answer(content: bytes, media_type: str) -> Response[Any]:
    return Response(content, media_type=media_type, headers=_HEADERS)


def _page_size(prefer: str) -> int:
    """What a client prefers (OData Protocol 4.0, 8.2.8.5), up to our own page."""
    for part in prefer.split(","):
        name, _, size = part.strip().partition("=")
        if name.lower() in ("odata.maxpagesize", "maxpagesize") and size.isascii() and size.isdigit():
            return max(1, min(int(size[:9]), PAGE))
    return PAGE
