"""HTTP for the OData feed: `/odata/`. Excel and Power BI send the token as a password, with any user name."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from sync.central.api.pull import desk_of
from sync.central.http import threads
from sync.central.http.attendance import Attendance
from sync.central.http.callers import NOTHING, Audit, for_administrators, needs
from sync.central.http.problems import documents, handlers
from sync.central.pulling.odata.feed import PAGE, Feed
from sync.central.pulling.odata.metadata import XML
from sync.central.pulling.odata.model import ENTITY_SET
from sync.central.pulling.odata.query import OPTIONS
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN

ROOT = "/odata/"
JSON = "application/json;odata.metadata=minimal"
# Makes Excel ask for a name and a password.
CHALLENGE = 'Basic realm="Hai Long", charset="UTF-8"'
_HEADERS = {"OData-Version": "4.0", "Cache-Control": "no-store"}
# An option may be written without its dollar sign.
_NAMES = OPTIONS | {name.removeprefix("$") for name in OPTIONS}


def _filtered(parameters: Mapping[str, str]) -> bool:
    """Whether a count is of filtered rows, which can be those of one officer, or a single response."""
    return any(name.removeprefix("$") == "filter" for name in parameters)


@get("/", opt=NOTHING.option() | needs("see-rows"))
async def service(request: Request[Any, Any, State]) -> Response[Any]:
    """The service document."""
    return _answer(Feed(desk_of(request.app.state)).service(_root(request)), JSON)


@get("/$metadata", opt=NOTHING.option() | needs("see-rows"))
async def metadata(request: Request[Any, Any, State], call: NamedDependency[Attendance]) -> Response[Any]:
    """Which columns there are, as the caller's role sees them."""
    state = request.app.state
    return _answer(await threads.pull(state, Feed(desk_of(state)).metadata, call.caller), XML)


@get(f"/{ENTITY_SET}", opt=Audit(_NAMES).option() | needs("see-rows"))
async def entities(request: Request[Any, Any, State], call: NamedDependency[Attendance]) -> Response[Any]:
    """A page of responses."""
    state, options = request.app.state, request.query_params.multi_items()
    size = _page_size(request.headers.get("prefer", ""))
    feed = Feed(desk_of(state))
    page, cursor = await threads.pull(state, feed.entities, call.caller, _root(request), list(options), size)
    if cursor:
        call.more(cursor)
    return _answer(page, JSON)


@get(f"/{ENTITY_SET}/$count", opt=Audit(_NAMES, _filtered).option() | needs("see-rows"))
async def count(request: Request[Any, Any, State], call: NamedDependency[Attendance]) -> Response[Any]:
    """How many responses there are."""
    state, options = request.app.state, request.query_params.multi_items()
    number = await threads.pull(state, Feed(desk_of(state)).count, call.caller, list(options))
    return _answer(number, "text/plain")


@get("/{path:path}", opt=NOTHING.option() | needs("see-figures"))
async def nothing() -> Response[Any]:
    """Any other address."""
    raise ProblemError(ADDRESS_UNKNOWN(where=ROOT))


def router() -> Router:
    """The routes of the feed, which describes itself in $metadata."""
    return for_administrators(
        ROOT,
        [service, metadata, entities, count, nothing],
        problems=handlers(documents(challenge=CHALLENGE, members=_error_member)),
        include_in_schema=False,
    )


def _error_member(found: Problem) -> Mapping[str, object]:
    """The member that OData clients read of an error (OData JSON Format 4.0, 19), next to our own members."""
    return {"error": {"code": found.number, "message": found.kind.title_en}}


def _root(request: Request[Any, Any, State]) -> str:
    """The feed's own address, with a slash at its end."""
    root = str(request.base_url).rstrip("/") + ROOT
    if request.headers.get("x-forwarded-proto", "") == "https":  # TLS ends at a proxy
        root = root.replace("http://", "https://", 1)
    return root


def _answer(content: bytes, media_type: str) -> Response[Any]:
    return Response(content, media_type=media_type, headers=_HEADERS)


def _page_size(prefer: str) -> int:
    """The page size a client prefers (OData Protocol 4.0, 8.2.8.5), at most our own."""
    for part in prefer.split(","):
        name, _, size = part.strip().partition("=")
        if name.lower() in ("odata.maxpagesize", "maxpagesize") and size.isascii() and size.isdigit():
            return max(1, min(int(size[:9]), PAGE))
    return PAGE
