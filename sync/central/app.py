"""Assembles one centre: what devices, programs and people can ask of it, and HTTP in front of it.

Every error has a number of `sync/contract/problem`: an RFC 9457 document, or a page for a browser.
"""

import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from litestar import Litestar
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute
from sqlalchemy import Engine

from sync.central.api import devices, odata, pull
from sync.central.api.device_desk import DeviceDesk
from sync.central.housekeeping import House, keeping_house
from sync.central.http.admission import Admission, Limits
from sync.central.http.attendance import Callers
from sync.central.http.callers import CallerDesk, is_for_administrators, refuse_nul
from sync.central.http.device_calls import is_for_devices
from sync.central.http.precedence import Precedence
from sync.central.http.problems import HANDLERS
from sync.central.http.signed import SignedReplies
from sync.central.http.threads import limiters
from sync.central.http.token_bucket import Rates
from sync.central.office.keys.stored import Keys
from sync.central.office.machine import ReadMachine, no_machine
from sync.central.office.people.box import AccountBox
from sync.central.office.people.passwords import Passwords
from sync.central.office.people.sessions import Seen
from sync.central.office.people.sign_in import SignInDesk
from sync.central.office.people.throttle import Network
from sync.central.office.removal import Scrubbing
from sync.central.pulling.desk import Administrators
from sync.central.store.days_over import Days
from sync.central.store.facts import read_epoch
from sync.central.store.scratch import Scratch
from sync.central.store.storage import Storage
from sync.central.web.desk import WebDesk
from sync.central.web.pages.all_pages import page_routers
from sync.central.web.problems import by_reader
from sync.central.web.routes import is_page
from sync.contract.plan import VIET_NAM

# Routes that need no token; all others belong to a router, which checks the caller and applies limits,
# problems and audit.
OPEN: tuple[HTTPRouteHandler, ...] = (devices.health,)


class Centre:
    """One centre over one database.

    Args:
        engine: from `open_database`, migrated.
        now: the time, with its offset.
        keys: from `load_keys`; the sealing keys may be missing.
        calls: how often a token may ask. lines: how many lines of the audit log a token may cause.
        pulls: a separate engine for administrators, so that they hold no connection that devices need.
        scratch: where exports that need a file are written.
        proxies: whose reports about the browser behind them are believed.
        passwords: hashes and compares them. views: how often a person may ask for a page.
        machine: what is known of the machine under the centre.
        kept: seconds for which a page of figures is given again; see web/kept_pages.py.
        precedence: of devices' calls, which readers through `pulls` heed.

    """

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime],
        keys: Keys,
        calls: Rates | None = None,
        lines: Rates | None = None,
        pulls: Engine | None = None,
        scratch: Scratch | None = None,
        proxies: Sequence[Network] = (),
        passwords: Passwords | None = None,
        views: Rates | None = None,
        machine: ReadMachine = no_machine,
        kept: float = 0,
        precedence: Precedence | None = None,
    ) -> None:
        self.now = now
        self.keys = keys
        self.storage = Storage(engine)
        pulled = Storage(pulls or engine, self.storage.disk)
        self.precedence = precedence or Precedence()
        if pulls is not None:
            self.precedence.heeded_by(pulls)
        with self.storage.reading() as connection:
            epoch = read_epoch(connection)
        scrubbing, days = Scrubbing(), Days(engine, self.storage.changing, now)
        self.devices = DeviceDesk(self.storage, epoch=epoch, now=now, keys=keys, scrubbing=scrubbing)
        self.callers = CallerDesk(pulled, now=now, calls=calls, lines=lines)
        self.administrators = Administrators(
            pulled.engine,
            epoch=epoch,
            keys=keys.sealing_keys(),
            today=lambda: now().astimezone(VIET_NAM).date(),
            days=days,
            scratch=scratch or Scratch(Path(tempfile.gettempdir())),
        )
        self.seen = Seen()
        self.sign_in = SignInDesk(
            pulled, now=now, passwords=passwords or Passwords(), box=AccountBox(keys.account_keys())
        )
        self.web = WebDesk(
            pulled,
            keys=keys,
            administrators=self.administrators,
            signing=self.sign_in,
            seen=self.seen,
            now=now,
            proxies=proxies,
            scrubbing=scrubbing,
            views=views,
            machine=machine,
            kept=kept,
        )
        self.house = House(self.storage, now=now, keys=keys, days=days, scrubbing=scrubbing, seen=self.seen)


class RouteWithoutRulesError(Exception):
    """A route is neither one of OPEN nor on a router that checks its callers."""


def build_app(centre: Centre, limits: Limits | None = None, callers: Callers | None = None) -> SignedReplies:
    """The ASGI application of a centre; its answers to verified requests of devices are signed.

    Raises RouteWithoutRulesError.
    """
    return serving(routed(), centre, limits, callers)


def serving(
    application: Litestar, centre: Centre, limits: Limits | None = None, callers: Callers | None = None
) -> SignedReplies:
    """`application`, which is from `routed`, in front of this centre and no other one any more."""
    application.state.update(
        {
            "devices": centre.devices,
            "arriving": lambda call: centre.devices.arriving(call),
            "tokens": centre.callers,
            "pulling": centre.administrators,
            "web": centre.web,
            "house": centre.house,
            "admission": Admission(limits or Limits()),
            "callers": callers or Callers(),
            "precedence": centre.precedence,
            **limiters(centre.storage.writers),
        }
    )
    key_id, key = centre.keys.signing_key()
    return SignedReplies(application, key_id, key, centre.now)


def routed() -> Litestar:
    """What can be asked of any centre, and by which rules; most of the time of `build_app` is spent here.

    Raises RouteWithoutRulesError.
    """
    application = Litestar(
        [*OPEN, devices.router(), pull.router(), odata.router(), *page_routers()],
        state=State(),
        guards=[refuse_nul],
        request_max_body_size=None,
        exception_handlers=by_reader(HANDLERS),
        openapi_config=OpenAPIConfig(
            title="Hài Lòng",
            version="1",
            description="Takes responses in from devices and gives them to administrators.",
            path="/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/document")],
            components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
            security=[{"token": []}],
            use_handler_docstrings=True,
        ),
        logging_config=None,
        lifespan=[lambda application: keeping_house(application.state.house)],
    )
    _check_routes(application)
    return application


def _check_routes(application: Litestar) -> None:
    """Return if every route keeps a router's rules, is one of OPEN, or is Litestar's own."""
    for route in application.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else ()
        if not handlers or not all(_keeps_rules(handler) for handler in handlers):
            raise RouteWithoutRulesError(route.path)


def _keeps_rules(handler: HTTPRouteHandler) -> bool:
    own = handler.fn.__module__.startswith("litestar.")  # the OpenAPI document, and answers to OPTIONS
    open_to_all = any(handler.fn is route.fn for route in OPEN)
    kept = (is_for_administrators(handler), is_for_devices(handler), is_page(handler))
    return own or open_to_all or sum(kept) == 1
