"""Style, script and sign of the pages."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sync.central.web.headers import STATIC_HEADERS
from sync.central.web.static_files import PREFIX
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN


@get(PREFIX + "/{digest:str}/{name:str}")
async def static(visit: NamedDependency[Visit], digest: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """A file of sync/central/web/static; raises ProblemError HL4010 for an address of another version."""
    file = visit.desk.static.get(name)
    if file is None or digest not in file.address:
        raise ProblemError(ADDRESS_UNKNOWN())
    return Response(file.content, media_type=file.media_type, headers=dict(STATIC_HEADERS))


ROUTES = (static,)
