"""What was typed into a form whose session has ended: it comes back in a page, to be sent again.

Promises:
- it is in that page alone: nothing of it is stored, and it is answered only to a form of this site;
- it is not acted on: its person signs in, in another window, and sends it again.
"""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import FormMultiDict, State
from msgspec import Struct

from sync.central.office.people.visitor import Visitor
from sync.central.web.desk import WebDesk
from sync.central.web.forms import TOKEN
from sync.central.web.frame import Frame
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.translation import chosen
from sync.central.web.visit import HTML, LANGUAGE
from sync.contract.problem import Problem


class KeptForm(Struct, frozen=True, kw_only=True):
    """The fields as they were sent. sign_in: the person has to sign in first."""

    action: str
    fields: tuple[tuple[str, str], ...]
    sign_in: bool
    wrong: ProblemPage


def has_typed(form: FormMultiDict) -> bool:
    """Whether there is anything in the form but the token of a session."""
    return any(name != TOKEN for name in form)


def kept_form(
    request: Request[Any, Any, State], form: FormMultiDict, visitor: Visitor | None, problem: Problem
) -> Response[str]:
    """The page with the form in it. visitor: who is signed in by now, None for nobody."""
    desk: WebDesk = request.app.state.web
    language = chosen(request.cookies.get(LANGUAGE, ""), request.headers.get("accept-language", ""))
    page = KeptForm(
        action=request.url.path,
        fields=tuple(
            (name, value) for name, value in form.multi_items() if name != TOKEN and isinstance(value, str)
        ),
        sign_in=visitor is None,
        wrong=problem_page(problem, language),
    )
    title = desk.translations[language].gettext("Biểu mẫu chưa gửi")
    frame = (
        desk.frame_of(visitor, title=title, address=page.action)
        if visitor
        else Frame(title=title, address="/")
    )
    return Response(
        desk.renderer.render(language, "kept_form.html", page, frame),
        status_code=problem.kind.status,
        media_type=HTML,
        headers=dict(PAGE_HEADERS),
    )
