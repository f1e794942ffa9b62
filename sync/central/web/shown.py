"""A page that was decided on: its struct, the template that draws it, and its place."""

from msgspec import Struct

from sync.central.web.frame import Link


class Shown(Struct, frozen=True, kw_only=True):
    """template: a file of templates/. page: all that it draws. crumbs: the pages above. status: of HTTP."""

    template: str
    title: str
    page: object
    crumbs: tuple[Link, ...] = ()
    status: int = 200
