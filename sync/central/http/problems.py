"""Every error as an RFC 9457 document with a number of `sync/contract/problem.py`, in the caller's language.

Routers differ in what their clients read of an error: `handlers` makes the handlers of one router.
"""

import logging
from collections.abc import Callable, Mapping
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
from sync.host.tracebacks import type_and_place

log = logging.getLogger("hailong.central")

RETRY_AFTER = "2"  # seconds; devices add jitter, which grows with every refusal
EXPORT_RETRY_AFTER = "15"  # seconds

Members = Callable[[Problem], Mapping[str, object]]
Answer = Callable[[Request[Any, Any, Any], ProblemError], Response[Any]]


def _no_members(_: Problem) -> Mapping[str, object]:
    return {}


def documents(*, challenge: str = "Bearer", members: Members = _no_members) -> Answer:
    """Answers with a document of RFC 9457.

    challenge: WWW-Authenticate, if a token is missing. members: more members of the document.
    """

    def answer(request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
        return _answer(request, error, challenge, members)

    return answer


def handlers(answer: Answer) -> ExceptionHandlersMap:
    """The exception handlers of a router; answer: what its callers get of a problem."""

    def on_problem(request: Request[Any, Any, Any], error: ProblemError) -> Response[Any]:
        return answer(request, error)

    def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        otherwise = PARAMETER_INVALID if error.status_code < 500 else UNEXPECTED_ERROR
        kind = _BY_STATUS.get(error.status_code, otherwise)
        response = on_problem(request, ProblemError(kind(where=_parameters(error))))
        if error.status_code == 405 and error.headers:
            allowed = {name: value for name, value in error.headers.items() if name == "Allow"}
            response.headers.update(allowed)
        return response

    def on_database(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if isinstance(error, DataError):
            # A value of the caller that its column can't hold: trying again would not help.
            unfit = PARAMETER_INVALID(where="query", detail="giá trị ngoài phạm vi")
            return on_problem(request, ProblemError(unfit))
        # Only the kind of error: the database's own text can quote a row.
        return on_problem(request, ProblemError(DATABASE_FAILED(detail=type(error).__name__)))

    def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        log.error("%s %s", UNEXPECTED_ERROR.number, type_and_place(error))
        return on_problem(request, ProblemError(UNEXPECTED_ERROR()))

    return {
        ProblemError: on_problem,
        HTTPException: on_http,
        DBAPIError: on_database,
        PoolTimeoutError: on_database,
        psycopg.Error: on_database,
        Exception: on_unexpected,
    }


def _answer(
    request: Request[Any, Any, Any], error: ProblemError, challenge: str, members: Members
) -> Response[Any]:
    document = {**error.problem.rfc9457(_language(request)), **members(error.problem)}
    if isinstance(error, StaleCursorError):
        document["restart"] = error.restart
    if isinstance(error, WrongClockError):
        document["server_time"] = error.server_time.isoformat()
    headers = {}
    if error.problem.kind.status in (429, 503):
        headers["Retry-After"] = EXPORT_RETRY_AFTER if error.problem.kind is TOO_MANY_PULLS else RETRY_AFTER
    if isinstance(error, FullForTodayError):
        headers["Retry-After"] = str(error.seconds)
    if error.problem.kind.status == 401:
        headers["WWW-Authenticate"] = challenge
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


def _parameters(error: HTTPException) -> str:
    """The names of the parameters that are wrong, never their values."""
    extra = error.extra if isinstance(error.extra, list) else []
    return ", ".join(str(each.get("key", "")) for each in extra if isinstance(each, dict))


def _language(request: Request[Any, Any, Any]) -> str:
    return "en" if request.headers.get("accept-language", "").lower().startswith("en") else "vi"


# For programs that follow our own contract.
HANDLERS = handlers(documents())
