"""Every error as an RFC 9457 document with a number of `sync/contract/problem`, in the caller's words."""

import logging
from typing import Any

import msgspec
import psycopg
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sync.central.http.documented import PROBLEM_JSON
from sync.central.intake.ingest import FullForTodayError
from sync.central.intake.replay import WrongClockError
from sync.central.store.arrival import StaleCursorError
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.centre import DATABASE_FAILED, UNEXPECTED_ERROR
from sync.contract.problem.wire import (
    ADDRESS_UNKNOWN,
    BATCH_TOO_LARGE,
    BODY_TYPE_UNSUPPORTED,
    METHOD_NOT_ALLOWED,
    PARAMETER_INVALID,
    TOO_MANY_PULLS,
)

log = logging.getLogger("hailong.central")

RETRY_AFTER = "2"  # seconds; devices add their jitter, which grows with every time they are turned away
EXPORT_RETRY_AFTER = "15"  # seconds

ODATA_ROOT = "/odata/"
# Makes Excel ask for a name and a password.
CHALLENGE = 'Basic realm="Hai Long", charset="UTF-8"'


def _on_problem(request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
    document = error.problem.rfc9457(_language(request))
    if isinstance(error, StaleCursorError):
        document["restart"] = error.restart
    if isinstance(error, WrongClockError):
        document["server_time"] = error.server_time.isoformat()
    feed = request.url.path.startswith(ODATA_ROOT.rstrip("/"))
    if feed:
        document["error"] = _error_member(error.problem)
    headers = {}
    if error.problem.kind.status in (429, 503):
        headers["Retry-After"] = EXPORT_RETRY_AFTER if error.problem.kind is TOO_MANY_PULLS else RETRY_AFTER
    if isinstance(error, FullForTodayError):
        headers["Retry-After"] = str(error.seconds)
    if error.problem.kind.status == 401:
        headers["WWW-Authenticate"] = CHALLENGE if feed else "Bearer"
    return Response(
        msgspec.json.encode(document),
        status_code=error.problem.kind.status,
        media_type=PROBLEM_JSON,
        headers=headers,
    )


_BY_STATUS = {
    400: PARAMETER_INVALID,
    404: ADDRESS_UNKNOWN,
    405: METHOD_NOT_ALLOWED,
    413: BATCH_TOO_LARGE,
    415: BODY_TYPE_UNSUPPORTED,
}


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    kind = _BY_STATUS.get(
        error.status_code, PARAMETER_INVALID if error.status_code < 500 else UNEXPECTED_ERROR
    )
    response = _on_problem(request, ProblemError(kind(where=_parameters(error))))
    if error.status_code == 405 and error.headers:
        response.headers.update({name: value for name, value in error.headers.items() if name == "Allow"})
    return response


def _parameters(error: HTTPException) -> str:
    """The names of the parameters that are wrong, never their values."""
    extra = error.extra if isinstance(error.extra, list) else []
    return ", ".join(str(each.get("key", "")) for each in extra if isinstance(each, dict))


def _on_database(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    if isinstance(error, DataError):
        # A value of the caller's that its column can't hold: nothing that the next try would change.
        return _on_problem(
            request, ProblemError(PARAMETER_INVALID(where="query", detail="giá trị ngoài phạm vi"))
        )
    # The kind alone: the database's own words can quote a row.
    return _on_problem(request, ProblemError(DATABASE_FAILED(detail=type(error).__name__)))


def _on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    # The type and the place only: an exception's text can quote what a citizen said.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error("%s %s at %s", UNEXPECTED_ERROR.number, type(error).__name__, place)
    return _on_problem(request, ProblemError(UNEXPECTED_ERROR()))


def _language(request: Request[Any, Any, Any]) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "vi"


def _error_member(found: Problem) -> dict[str, str]:
    """What OData clients look for in an error (OData JSON Format 4.0, 19), next to our own members."""
    return {"code": found.number, "message": found.kind.title_en}


HANDLERS: ExceptionHandlersMap = {
    ProblemError: _on_problem,
    HTTPException: _on_http,
    DBAPIError: _on_database,
    PoolTimeoutError: _on_database,
    psycopg.Error: _on_database,
    Exception: _on_unexpected,
}
