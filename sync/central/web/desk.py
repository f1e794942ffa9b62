"""What all pages share in one process: the database, templates, files, and who has how many requests."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from msgspec.structs import replace

from sync.central.http.token_bucket import Rates
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, recording
from sync.central.office.keys.stored import Keys
from sync.central.office.machine import ReadMachine, no_machine
from sync.central.office.people.permissions import RULES, may_anywhere
from sync.central.office.people.sessions import Browser, Seen
from sync.central.office.people.sign_in import SignInDesk
from sync.central.office.people.throttle import Network, client_address
from sync.central.office.people.visitor import Visitor, find_visitor
from sync.central.office.removal import Scrubbing
from sync.central.presenting.language import Language
from sync.central.pulling.desk import Administrators
from sync.central.store.storage import Storage
from sync.central.web.frame import Frame, menu
from sync.central.web.kept_pages import KeptPages
from sync.central.web.look import Look
from sync.central.web.menu import ENTRIES
from sync.central.web.rendering import Renderer
from sync.central.web.safe_connection import Connection, is_safe
from sync.central.web.shown import Shown
from sync.central.web.static_files import load_static
from sync.central.web.translation import load_translations
from sync.contract.plan import VIET_NAM

# A person opens few pages a second, also with several windows; a program that reads pages is slowed down.
BURST, A_SECOND = 200, 10.0


# A form has a handful of pages; a code that is tried in a loop is slowed down.
CODE_BURST, CODE_A_SECOND = 60, 0.5


def code_views() -> Rates:
    """How often one code of a glass may ask for a page."""
    return Rates(burst=CODE_BURST, a_second=CODE_A_SECOND)


def page_views() -> Rates:
    """How often one person may ask for a page."""
    return Rates(burst=BURST, a_second=A_SECOND)


class WebDesk:
    """The pages of one process.

    Args:
        storage: the database, through the connections of administrators.
        keys: the centre's secret keys.
        administrators: figures and rows, as programs get them.
        signing: lets people in. seen: where it is noted which sessions were seen.
        now: the time, with its offset.
        proxies: addresses of proxies whose reports about a connection are believed.
        scrubbing: requested when a response is forgotten.
        machine: what is known of the machine under the centre.
        kept: seconds for which a page of figures is given again.

    """

    def __init__(
        self,
        storage: Storage,
        *,
        keys: Keys,
        administrators: Administrators,
        signing: SignInDesk,
        seen: Seen,
        now: Callable[[], datetime],
        proxies: Sequence[Network],
        scrubbing: Scrubbing,
        views: Rates | None = None,
        machine: ReadMachine = no_machine,
        kept: float = 0,
    ) -> None:
        self.machine = machine
        self.kept = KeptPages(kept)
        self.storage = storage
        self.keys = keys
        self.administrators = administrators
        self.now = now
        self.proxies = proxies
        self.scrubbing = scrubbing
        self.views = views or page_views()
        self.codes = code_views()
        self.seen = seen
        self.signing = signing
        self.translations = load_translations()
        self.static = load_static()
        self.renderer = Renderer(self.translations, self.static)

    def today(self) -> date:
        """The day in Viet Nam."""
        return self.now().astimezone(VIET_NAM).date()

    def find(self, cookie: str, by_itself: bool = False) -> Visitor | None:
        """The person whose open session this cookie is; by_itself: a page asks, its person did nothing."""
        if not cookie:
            return None
        with self.storage.reading() as connection:
            return find_visitor(connection, cookie, self.now(), self.seen, by_itself=by_itself)

    def new_password(self, cookie: str, new: str, old: str, browser: Browser) -> str:
        """Set a person's password; the session's new cookie. See `SignInDesk.set_password`."""
        return self.signing.set_password(cookie, new, browser, old=old)

    def client(self, request: ASGIConnection[Any, Any, Any, State]) -> str:
        """The address of the browser, behind a proxy that is believed."""
        peer = request.client.host if request.client else ""
        return client_address(peer, request.headers.get("x-forwarded-for", ""), self.proxies)

    def is_safe(self, request: ASGIConnection[Any, Any, Any, State]) -> bool:
        """Whether a session may be begun over the connection of this request."""
        how = Connection(
            scheme=str(request.scope["scheme"]),
            peer=request.client.host if request.client else "",
            forwarded=request.headers.get("x-forwarded-proto", ""),
            host=request.headers.get("host", ""),
        )
        return is_safe(how, self.proxies)

    @contextmanager
    def looking(self, visitor: Visitor | None, language: Language) -> Iterator[Look]:
        """A look at one moment of the database."""
        with self.storage.reading() as connection:
            yield Look(
                connection,
                person=visitor.person if visitor else None,
                now=self.now(),
                translation=self.translations[language],
                administrators=self.administrators,
            )

    @contextmanager
    def acting(self, visitor: Visitor | None) -> Iterator[Act]:
        """A write transaction for an act of this person, committed at the end with its line."""
        who = visitor.who if visitor else "browser"
        with self.storage.changing() as connection, recording(connection, By(who, self.now())) as act:
            yield act

    def note(self, visitor: Visitor, subject: str, detail: str) -> None:
        """Record in the audit log that a person is about to see what a route reveals.

        subject: the route, or the digest of the response that it shows. detail: what was asked for.
        """
        with self.storage.changing() as connection:
            chain.record(
                connection,
                now=self.now(),
                who=visitor.who,
                act="look",
                subject=subject,
                detail=detail,
            )

    def frame(self, look: Look, shown: Shown, *, visitor: Visitor | None, address: str, notice: str) -> Frame:
        """What surrounds this page."""
        sample = look.names.invented
        if visitor is None:
            return Frame(title=shown.title, address=address, notice=notice, sample=sample)
        frame = self.frame_of(visitor, title=shown.title, address=address)
        return replace(
            frame,
            now=look.now,
            place=_office(look),
            crumbs=shown.crumbs,
            notice=notice,
            sample=sample,
        )

    def frame_of(self, visitor: Visitor, *, title: str, address: str) -> Frame:
        """What surrounds a page for this person, without anything that is read from the database."""
        today = self.today()
        allowed = frozenset(act for act in RULES if may_anywhere(visitor.person, act, today))
        if "see-figures" in allowed:
            allowed -= {"interview"}  # people of the office may ask, but seldom do
        return Frame(
            title=title,
            address=address,
            person=visitor.person.name,
            csrf=visitor.csrf,
            pages=menu(ENTRIES, allowed, address.partition("?")[0]),
        )


def _office(look: Look) -> str:
    """The unit whose pages the visitor opens first, by its name."""
    units = may_anywhere(look.person, "see-figures", look.today) or may_anywhere(
        look.person, "key-forms", look.today
    )
    return look.names.units.get(units[0], "") if units and units[0] else ""
