"""A person's own messages for a feed reader, which signs in by nothing but the secret in its address."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.figures.branch_query import branches_of
from sync.central.http.queries import query
from sync.central.office.address import own_address
from sync.central.office.messages.feed import FEED, MEDIA_TYPE, as_atom
from sync.central.office.messages.subscribing import entries_of, owner_of_feed
from sync.central.office.units.tree import CENTRE
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN


class FeedAsked(Struct, frozen=True):
    """token: the secret of the address."""

    token: Annotated[str, Meta(description="The secret of the feed", max_length=100)] = field(
        default="", name="ma"
    )


def own_feed(look: Look, token: str) -> str:
    """The feed as Atom; raises ProblemError HL4010 for the secret of nobody."""
    account = owner_of_feed(look.connection, token)
    if account is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    site = own_address(look.connection)
    roots = branches_of(look.connection, CENTRE, look.today)
    office = look.names.units.get(roots[0], roots[0]) if len(roots) == 1 else "Hài Lòng"
    return as_atom(site, office, str(account), entries_of(look.connection, account, site, look.now))


@get(FEED, dependencies={"asked": query(FeedAsked)})
async def feed(visit: NamedDependency[Visit], asked: NamedDependency[FeedAsked]) -> Response[Any]:
    """The messages of who has this address."""
    atom = await visit.read(own_feed, asked.token)
    return Response(atom, media_type=MEDIA_TYPE, headers=dict(PAGE_HEADERS))


FOR_STRANGERS = (feed,)
