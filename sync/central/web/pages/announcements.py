"""What an office takes from a publication for people: radio text, poster, invitation to answer."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from sync.central.http import threads
from sync.central.office.address import own_address
from sync.central.office.configuration.inherited import holding, offices_above
from sync.central.reports.announcing.outcome import Outcome, outcome_of
from sync.central.reports.announcing.poster import Poster, draw_poster, invitation_poster, result_poster
from sync.central.reports.announcing.radio import announcers_sheet, radio_text
from sync.central.reports.issuing.public import public_report
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.records.stored import Report, issues_of
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.one_report import seen_report
from sync.central.web.pages.reports import SEE
from sync.central.web.report_rows import PUBLICATIONS, public_address
from sync.central.web.routes import needs
from sync.central.web.visit import Visit
from sync.contract import colours
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN

PATH = PUBLICATIONS + "/{report:int}"
RADIO, POSTER, INVITATION = "phat-thanh.txt", "ap-phich.pdf", "moi-danh-gia.pdf"


def can_be_announced(report: Report, figures: object) -> bool:
    """Whether there are a radio text and a poster: of a periodic report that everybody may read."""
    return report.state == "published" and isinstance(figures, PeriodicFigures)


def _outcome(look: Look, id: int) -> tuple[Outcome, str]:
    """What was published, and where everybody reads it; raises ProblemError HL4010 for anything else."""
    report, kind = seen_report(look, id)
    figures = kind.thawed(report.figures)
    if not can_be_announced(report, figures):
        raise ProblemError(ADDRESS_UNKNOWN())
    done = public_report(kind, report, issues_of(look.connection, report.asked)).done
    lines = [line for each in done.splitlines() if (line := each.strip(" -"))]
    centre = own_address(look.connection)
    outcome = outcome_of(figures, lines, report.withheld)
    return outcome, f"{centre}{public_address(report)}" if centre else ""


def _radio(look: Look, id: int) -> str:
    outcome, _ = _outcome(look, id)
    return announcers_sheet(radio_text(outcome))


def _poster(look: Look, id: int, invitation: bool) -> tuple[Poster, str]:
    """The poster, and the colour of its office."""
    outcome, address = _outcome(look, id)
    report, _ = seen_report(look, id)
    colour = holding(offices_above(look.connection, report.asked.unit, look.today), "primary").value
    poster = invitation_poster(outcome.office, address) if invitation else result_poster(outcome, address)
    return poster, colour or colours.TEAL


def _file(content: str | bytes, name: str, media_type: str) -> Response[Any]:
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


async def _pdf(visit: Visit, id: int, name: str, *, invitation: bool) -> Response[Any]:
    poster, colour = await visit.read(_poster, id, invitation)
    content = await threads.pull(visit.request.app.state, lambda: draw_poster(poster, colour=colour))
    return _file(content, name, "application/pdf")


@get(f"{PATH}/{RADIO}", opt=needs(SEE))
async def downloads_radio(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """The text for the local radio."""
    text = await visit.read(_radio, report)
    return _file(text, RADIO, "text/plain")


@get(f"{PATH}/{POSTER}", opt=needs(SEE))
async def downloads_poster(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """The poster with the result."""
    return await _pdf(visit, report, POSTER, invitation=False)


@get(f"{PATH}/{INVITATION}", opt=needs(SEE))
async def downloads_invitation(visit: NamedDependency[Visit], report: FromPath[int]) -> Response[Any]:
    """The poster that asks people to answer."""
    return await _pdf(visit, report, INVITATION, invitation=True)


ROUTES = (downloads_radio, downloads_poster, downloads_invitation)
