"""Problems as pages: the same numbers, titles and remedies as for programs.

A person who is not signed in is led to the page to sign in on, and back afterwards; likewise one who has to
confirm who they are. A page of a problem depends on the problem and the person alone, never on the address.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import MethodNotAllowedException, NotFoundException
from litestar.types import ExceptionHandlersMap
from msgspec import Struct

from sync.central.http.problems import RETRY_AFTER, handlers
from sync.central.presenting.language import Language
from sync.central.web.desk import WebDesk
from sync.central.web.field_labels import field_of
from sync.central.web.frame import Frame
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.translation import chosen
from sync.central.web.visit import HTML, LANGUAGE, next_address
from sync.contract.details import in_english
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.browser import FORM_INVALID, SIGN_IN_NEEDED, STEP_UP_NEEDED
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN, METHOD_NOT_ALLOWED

SIGN_IN, STEP_UP = "/dang-nhap", "/xac-nhan"


class LedError(ProblemError):
    """The person has to do something else first, at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(SIGN_IN_NEEDED())
        self.address = address


class ProblemPage(Struct, frozen=True, kw_only=True):
    """A problem as a person reads it."""

    number: str
    title: str
    detail: str
    remedy: str
    where: str


# A page has no description of its addresses, and an entry that was typed is in no file.
_REMEDY = "Kiểm tra lại địa chỉ, hoặc bắt đầu từ trang đầu"
_REMEDY_EN = "Check the address, or begin at the first page"
# What a page is about needs no name there.
_OF_THE_PAGE = ("alert", "remark", "remedy", "report")
_OF_PROGRAMS = (ADDRESS_UNKNOWN, METHOD_NOT_ALLOWED)


def problem_page(problem: Problem, language: Language) -> ProblemPage:
    """The problem in this language; an option of a command, or what the page is about, is no place on it."""
    kind, english = problem.kind, language == "en"
    if kind is ENTRY_INVALID and field_of(problem.where):
        kind = FORM_INVALID
    remedy = kind.remedy_en if english else kind.remedy
    if kind in _OF_PROGRAMS:
        remedy = _REMEDY_EN if english else _REMEDY
    return ProblemPage(
        number=problem.number,
        title=kind.title_en if english else kind.title,
        detail=in_english(problem.detail) if english else problem.detail,
        remedy=remedy,
        where="" if problem.where.startswith("--") or problem.where in _OF_THE_PAGE else problem.where,
    )


def as_page(request: Request[Any, Any, State], error: ProblemError) -> Response[Any]:
    """The answer of a page to a problem."""
    kind = error.problem.kind
    if isinstance(error, LedError):
        return _lead(request, error.address)
    if kind.number in _LEADING:
        return _lead(request, _LEADING[kind.number])
    desk: WebDesk = request.app.state.web
    language = chosen(request.cookies.get(LANGUAGE, ""), request.headers.get("accept-language", ""))
    page = problem_page(error.problem, language)
    visitor = request.scope.get("state", {}).get("visitor")
    frame = (
        desk.frame_of(visitor, title=page.title, address="/")
        if visitor
        else Frame(title=page.title, address="/")
    )
    headers: Mapping[str, str] = {"Retry-After": RETRY_AFTER} if kind.status in (429, 503) else {}
    return Response(
        desk.renderer.render(language, "problem.html", page, frame),
        status_code=kind.status,
        media_type=HTML,
        headers={**PAGE_HEADERS, **headers},
    )


def _lead(request: Request[Any, Any, State], address: str) -> Response[Any]:
    """To another page first; afterwards to the page that was asked for, or that the form is on.

    A form is not sent again.
    """
    asked = _address(request.url.path, request.url.query) if request.method == "GET" else _form_page(request)
    onwards = "" if asked == "/" else "?" + urlencode({"tiep": asked})
    headers = {**PAGE_HEADERS, "Location": address + onwards}
    return Response(None, status_code=303, headers=headers)


def _form_page(request: Request[Any, Any, State]) -> str:
    """The page that a form was sent from: by `Referer`, else the page at the form's own address, else "/"."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc == request.headers.get("host") and _is_opened(request, came.path):
        return _address(came.path, came.query)
    path = request.url.path
    return _address(path, request.url.query) if _is_opened(request, path) else "/"


def _is_opened(request: Request[Any, Any, State], path: str) -> bool:
    """Whether there is a page at this path; the answer to a form may be where none is."""
    try:
        request.app.asgi_router.handle_routing(path, "GET")
    except (NotFoundException, MethodNotAllowedException):
        return False
    return True


def _address(path: str, query: str) -> str:
    return next_address(path + (f"?{query}" if query else ""))


# An act raises these itself, also where a page did not ask for them.
_LEADING = {SIGN_IN_NEEDED.number: SIGN_IN, STEP_UP_NEEDED.number: STEP_UP}
HANDLERS = handlers(as_page)


def by_reader(otherwise: ExceptionHandlersMap) -> ExceptionHandlersMap:
    """The handlers of addresses that no router has: a page for a browser, else as `otherwise` says."""

    def choosing(exception: Any) -> Callable[[Request[Any, Any, State], Any], Response[Any]]:
        def handle(request: Request[Any, Any, State], error: Any) -> Response[Any]:
            chosen_handlers: Any = HANDLERS if _is_browser(request) else otherwise
            answer: Response[Any] = chosen_handlers[exception](request, error)
            return answer

        return handle

    return {exception: choosing(exception) for exception in otherwise}


def _is_browser(request: Request[Any, Any, State]) -> bool:
    return "text/html" in request.headers.get("accept", "")
