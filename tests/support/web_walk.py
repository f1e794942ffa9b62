"""Every page that a person may open, by its address with something of theirs in its places."""

import re
from collections.abc import Iterator, Mapping

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from sync.central.office.people.permissions import may_anywhere
from sync.central.web.routes import is_page, needs_of
from sync.central.web.visit import SESSION
from tests.support.served_pages import PageCentre
from tests.support.web_examples import example_of


def page_routes(application: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """The address template and the handler of every page."""
    for route in application.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if is_page(handler):
                yield route.path_format, handler


def fill(path: str, values: Mapping[str, str]) -> str:
    """The address with these values in its places."""
    return re.sub(r"\{(\w+)\}", lambda place: values.get(place[1], "x"), path)


def own(centre: PageCentre, path: str) -> str:
    """The address with something of the first commune in its places."""
    example = example_of(centre, path) if "{" in path else None
    return fill(path, example.own if example else {})


def pages_of(centre: PageCentre, login: str) -> list[str]:
    """The pages that this person may open; no downloads."""
    visitor = centre.centre.web.find(centre.client(login).cookies[SESSION])
    assert visitor is not None
    paths = []
    for path, handler in page_routes(centre.application):
        needs = needs_of(handler)
        if "GET" not in handler.http_methods or needs is None:
            continue
        if needs.act is None or may_anywhere(visitor.person, needs.act, centre.centre.web.today()):
            answer = centre.client(login).get(own(centre, path))
            if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
                paths.append(own(centre, path))
    return sorted(set(paths))
