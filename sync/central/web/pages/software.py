"""The software of the terminals: which versions they use, which are offered to whom, and where one failed.

Somebody who looks after some units sees only their terminals. Releases are added and staged by commands,
which have the files.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.office.attention import Attended, Need
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.software import Stage, early_of, list_software
from sync.central.web.device_words import MACHINES, reason_words
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.devices import attended_at
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.updates.release import number

SOFTWARE = f"{MACHINES}/ban-moi"
SEE: PermittedAct = "see-system"
STAGES: Mapping[Stage, str] = {
    "none": "chưa mời máy nào",
    "one": "một máy",
    "ten": "một phần mười số máy",
    "all": "mọi máy",
    "withdrawn": "đã rút",
}


class VersionRow(Struct, frozen=True, kw_only=True):
    """One version. stage: "" for one that the centre does not offer, because it came with the package.

    machines: the kinds of machine it is for. used: terminals that use it. changed: when its stage was.
    """

    version: str
    stage: str
    device: str
    machines: str
    used: int
    changed: datetime | None
    withdrawn: bool


class FailedRow(Struct, frozen=True):
    """A terminal that did not keep a version, and why."""

    id: str
    address: str
    words: str


class SoftwarePage(Struct, frozen=True, kw_only=True):
    """Versions, the newest first. total: terminals in use; early: of them in the ten percent."""

    place: str
    versions: tuple[VersionRow, ...]
    failed: tuple[FailedRow, ...]
    total: int
    early: int


def software_page(look: Look) -> Shown:
    """The software of the terminals that the visitor looks after."""
    place = look.place(SEE)
    used = [
        each for each in attended_at(look, place) if each.device.enrolled and each.device.state == "active"
    ]
    counts = Counter(each.device.app for each in used if each.device.app)
    releases = list_software(look.connection)
    known = {each.version for each in releases}
    rows = [
        VersionRow(
            version=each.version,
            stage=look.say(STAGES[each.stage]),
            device=each.device,
            machines=", ".join(each.machines),
            used=counts[each.version],
            changed=datetime.fromisoformat(each.changed_at),
            withdrawn=each.stage == "withdrawn",
        )
        for each in releases
    ]
    rows += [
        VersionRow(version=app, stage="", device="", machines="", used=count, changed=None, withdrawn=False)
        for app, count in counts.items()
        if app not in known
    ]
    page = SoftwarePage(
        place=place.name,
        versions=tuple(sorted(rows, key=lambda row: _order(row.version), reverse=True)),
        failed=tuple(row for each in used for row in _failed(look, each)),
        total=len(used),
        early=early_of(each.device.id for each in used),
    )
    return Shown(
        template="software.html",
        title=look.say("Phần mềm của máy"),
        page=page,
        crumbs=(Link(MACHINES, look.say("Máy")),),
    )


def _order(version: str) -> tuple[int, ...]:
    """A version for sorting; what a terminal calls otherwise comes last."""
    return number(version) if all(part.isdecimal() for part in version.split(".")) else ()


def _failed(look: Look, each: Attended) -> tuple[FailedRow, ...]:
    kept = tuple(reason for reason in each.reasons if reason.need is Need.RELEASE)
    words = reason_words(Attended(each.device, kept), look.now, look.translation)
    return tuple(FailedRow(each.device.id, f"{MACHINES}/{each.device.id}", text) for text in words)


@get(SOFTWARE, opt=needs(SEE))
async def software(visit: NamedDependency[Visit]) -> Response[Any]:
    """Which versions the terminals use, and which are offered."""
    return await visit.show(software_page)


ROUTES = (software,)
