"""One request of a person: it reads, acts, and answers with a page.

Reads and rendering run in administrators' threads, so that no page delays a device. An act runs in a thread
that writes, as one transaction with its line in the audit log; the answer is then another address, so that
loading the page again does not repeat it.
"""

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote, unquote

from litestar import Request, Response
from litestar.datastructures import Cookie, State
from msgspec import Struct

from sync.central.http import threads
from sync.central.office.audit.acts import Act
from sync.central.office.people.visitor import Visitor
from sync.central.presenting.language import Language
from sync.central.web.desk import WebDesk
from sync.central.web.forms import read_fields
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.shown import Shown

P = ParamSpec("P")
T = TypeVar("T")
Fields = TypeVar("Fields", bound=Struct)
HTML = "text/html"
SESSION = "__Host-hl"
LANGUAGE = "__Host-hl-language"
NOTICE = "__Host-hl-notice"
"""A cookie with a sentence about what was done, shown once, on the next page."""
NOTICE_SECONDS = 60


class Visit:
    """A request, with what every page needs of it. visitor: None for a stranger."""

    def __init__(
        self,
        request: Request[Any, Any, State],
        desk: WebDesk,
        *,
        visitor: Visitor | None,
        language: Language,
    ) -> None:
        self.request = request
        self.desk = desk
        self.language: Language = language
        self._visitor = visitor

    @property
    def visitor(self) -> Visitor:
        """The person who is signed in; not for routes that strangers may use."""
        assert self._visitor is not None
        return self._visitor

    @property
    def address(self) -> str:
        """The address that was asked for, with its filters."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    @property
    def site(self) -> str:
        """The address of the pages, for a link that is sent to somebody.

        Over an open connection a session is begun on this machine alone; behind a proxy it is https.
        """
        forwarded = self.request.headers.get("x-forwarded-proto", "")
        safe = "https" in (self.request.url.scheme, forwarded.partition(",")[0].strip().lower())
        return f"{'https' if safe else 'http'}://{self.request.headers.get('host', '')}"

    @property
    def session(self) -> str:
        """The cookie of the session."""
        return self.request.cookies.get(SESSION, "")

    def say(self, text: str, **values: object) -> str:
        """The text in the visitor's language, with these values in it."""
        said = self.desk.translations[self.language].gettext(text)
        return said % values if values else said

    async def show(
        self, make: Callable[Concatenate[Look, P], Shown], *arguments: P.args, **named: P.kwargs
    ) -> Response[str]:
        """The page that `make` decides on, as HTML."""
        state = self.request.app.state
        notice = unquote(self.request.cookies.get(NOTICE, ""))

        def shown() -> tuple[Shown, str]:
            with self.desk.looking(self._visitor, self.language) as look:
                page = make(look, *arguments, **named)
                frame = self.desk.frame(
                    look, page, visitor=self._visitor, address=self.address, notice=notice
                )
            return page, self.desk.renderer.render(self.language, page.template, page.page, frame)

        page, html = await threads.pull(state, shown)
        response = Response(html, status_code=page.status, media_type=HTML, headers=dict(PAGE_HEADERS))
        if notice:
            response.set_cookie(cookie(NOTICE, "", seconds=0))
        return response

    async def show_kept(self, make: Callable[..., Shown], *arguments: Hashable) -> Response[str]:
        """`show`, of a page that may be a second old; see kept_pages.py."""
        return await self.show(self.desk.kept.decided, make, arguments)

    async def read(self, make: Callable[Concatenate[Look, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """What `make` reads, in administrators' threads."""

        def reading() -> T:
            with self.desk.looking(self._visitor, self.language) as look:
                return make(look, *arguments, **named)

        return await threads.pull(self.request.app.state, reading)

    async def fields(self, form: type[Fields]) -> Fields:
        """The fields that were sent; raises ProblemError HL4241."""
        return read_fields(await self.request.form(), form)

    async def act(self, change: Callable[Concatenate[Act, P], T], *arguments: P.args, **named: P.kwargs) -> T:
        """Carry out one administrative act of this person; raises what `change` raises."""

        def acting() -> T:
            with self.desk.acting(self._visitor) as act:
                return change(act, *arguments, **named)

        return await threads.note(self.request.app.state, acting)

    async def sign(self, call: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Run a call of the sign-in desk: it hashes passwords, in a thread that nobody else waits for."""
        return await threads.sign(self.request.app.state, partial(call, *arguments, **named))

    def go(self, address: str, notice: str = "") -> Response[None]:
        """An answer that leads to `address` on this site; notice: a sentence for the page there."""
        response: Response[None] = Response(
            None, status_code=303, headers={**PAGE_HEADERS, "Location": address}
        )
        if notice:
            response.set_cookie(cookie(NOTICE, quote(notice), seconds=NOTICE_SECONDS))
        return response


def cookie(name: str, value: str, seconds: int | None = None) -> Cookie:
    """A cookie that only this host gets, over a safe connection, and no script reads.

    `Lax` lets a link in a message open the page that it names; a form of another site sends no cookie.
    """
    return Cookie(
        key=name, value=value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )


def next_address(given: str) -> str:
    """Where to go on after signing in: `given` if it is an address of this site, else the first page.

    Letters beyond ASCII are escaped, because a header can hold none.
    """
    ours = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return quote(given, safe="/?&=%:@+,;~-._!$'()*") if ours else "/"
