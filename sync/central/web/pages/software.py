"""The software of the terminals: which versions they use, how they do with it, which are offered to whom.

Somebody who looks after some units sees only their terminals. Who looks after the whole centre offers a
version in stages, pauses it and takes it back here; it is added by a command, which has the file.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.attention import Attended, Need
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.software import (
    Release,
    Stage,
    Step,
    early_of,
    list_software,
    stage_software,
    withdraw_software,
)
from sync.central.office.units.tree import CENTRE
from sync.central.web.choices import Option
from sync.central.web.device_words import MACHINES, DeviceRow, device_row, reason_words
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.devices import CHANGE, LISTED, attended_at
from sync.central.web.pages.one_device import ReasonFields, reason_of
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
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
_NEXT: Mapping[Stage, Step] = {"none": "one", "one": "ten", "ten": "all", "all": "all", "withdrawn": "none"}


class SoftwareAsked(Struct, frozen=True):
    """used: only terminals with this version. number: of the page of terminals, from 1."""

    used: Annotated[str, Meta(max_length=64)] = field(default="", name="ban")
    number: Annotated[int, Meta(ge=1, le=10_000)] = field(default=1, name="trang")


class StageFields(ReasonFields, frozen=True, forbid_unknown_fields=True):
    """The next stage of a version. device: of the stage one."""

    version: Annotated[str, Meta(max_length=64)] = field(default="", name="ban")
    step: Step = field(default="one", name="buoc")
    device: Annotated[str, Meta(max_length=200)] = field(default="", name="may")


class WithdrawFields(ReasonFields, frozen=True, forbid_unknown_fields=True):
    """The version that is taken back."""

    version: Annotated[str, Meta(max_length=64)] = field(default="", name="ban")


class VersionRow(Struct, frozen=True, kw_only=True):
    """One version. stage: "" for one that the centre does not offer, because it came with the package.

    device: the one it is tried on, where the visitor looks after it.
    machines: the kinds of machine it is for. used: terminals that use it; wrong: of these need a person.
    changed: when its stage was.
    """

    version: str
    stage: str
    device: str
    machines: str
    used: int
    wrong: int
    changed: datetime | None
    withdrawn: bool


class FailedRow(Struct, frozen=True):
    """A terminal that did not keep a version, and why."""

    id: str
    address: str
    words: str


class SoftwarePage(Struct, frozen=True, kw_only=True):
    """Versions, the newest first. total: terminals in use; early: of them in the ten percent.

    rows: terminals, those who need a person first, of the version `only` or of any. offered: the versions
    whose stage the visitor may change; typed: what is in that form, the next stage of the newest at first.
    taken: the version in the form that takes one back.
    """

    place: str
    versions: tuple[VersionRow, ...]
    failed: tuple[FailedRow, ...]
    total: int
    early: int
    only: str
    rows: tuple[DeviceRow, ...]
    before: str
    after: str
    offered: tuple[Option, ...]
    typed: StageFields
    taken: WithdrawFields
    wrong: ProblemPage | None


def software_page(
    look: Look,
    asked: SoftwareAsked | None = None,
    typed: StageFields | WithdrawFields | None = None,
    refused: ProblemError | None = None,
) -> Shown:
    """The software of the terminals that the visitor looks after."""
    asked = asked or SoftwareAsked()
    place = look.place(SEE)
    used = [
        each for each in attended_at(look, place) if each.device.enrolled and each.device.state == "active"
    ]
    own = {each.device.id for each in used}
    everywhere = look.may(SEE, CENTRE)
    counts = Counter(each.device.app for each in used if each.device.app)
    wrong = Counter(each.device.app for each in used if each.device.app and each.wrong)
    releases = list_software(look.connection)
    known = {each.version for each in releases}
    rows = [
        VersionRow(
            version=each.version,
            stage=look.say(STAGES[each.stage]),
            device=each.device if everywhere or each.device in own else "",
            machines=", ".join(each.machines),
            used=counts[each.version],
            wrong=wrong[each.version],
            changed=datetime.fromisoformat(each.changed_at),
            withdrawn=each.stage == "withdrawn",
        )
        for each in releases
    ]
    rows += [
        VersionRow(
            version=app,
            stage="",
            device="",
            machines="",
            used=count,
            wrong=wrong[app],
            changed=None,
            withdrawn=False,
        )
        for app, count in counts.items()
        if app not in known
    ]
    wanted = [each for each in used if asked.used in ("", each.device.app)]
    first = (asked.number - 1) * LISTED
    offered = [each for each in releases if each.stage != "withdrawn"] if look.may(CHANGE, CENTRE) else []
    early = early_of(each.device.id for each in used)
    page = SoftwarePage(
        place=place.name,
        versions=tuple(sorted(rows, key=lambda row: _order(row.version), reverse=True)),
        failed=tuple(row for each in used for row in _failed(look, each)),
        total=len(used),
        early=early,
        only=asked.used,
        rows=tuple(
            device_row(each, look.now, look.names, look.translation)
            for each in wanted[first : first + LISTED]
        ),
        before=_at(asked.used, asked.number - 1) if asked.number > 1 else "",
        after=_at(asked.used, asked.number + 1) if len(wanted) > first + LISTED else "",
        offered=tuple(
            Option(each.version, f"{each.version}: {look.say(STAGES[each.stage])}") for each in offered
        ),
        typed=typed if isinstance(typed, StageFields) else _next_step(offered, early),
        taken=typed if isinstance(typed, WithdrawFields) else WithdrawFields(),
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="software.html",
        title=look.say("Phần mềm của máy"),
        page=page,
        crumbs=(Link(MACHINES, look.say("Máy")),),
        status=refused.problem.kind.status if refused else 200,
    )


def _next_step(offered: Sequence[Release], early: int) -> StageFields:
    """What comes next for the newest version; an office without terminals in the ten percent skips these."""
    if not offered:
        return StageFields()
    step = _NEXT[offered[0].stage]
    if step == "ten" and not early:
        step = "all"
    return StageFields(version=offered[0].version, step=step, device=offered[0].device)


def _at(used: str, page: int) -> str:
    parts = {"ban": used, "trang": str(page) if page > 1 else ""}
    return f"{SOFTWARE}?{urlencode({name: value for name, value in parts.items() if value})}"


def _order(version: str) -> tuple[int, ...]:
    """A version for sorting; what a terminal calls otherwise comes last."""
    return number(version) if all(part.isdecimal() for part in version.split(".")) else ()


def _failed(look: Look, each: Attended) -> tuple[FailedRow, ...]:
    kept = tuple(reason for reason in each.reasons if reason.need is Need.RELEASE)
    words = reason_words(Attended(each.device, kept), look.now, look.translation)
    return tuple(FailedRow(each.device.id, f"{MACHINES}/{each.device.id}", text) for text in words)


@get(SOFTWARE, opt=needs(SEE), dependencies={"asked": query(SoftwareAsked)})
async def software(visit: NamedDependency[Visit], asked: NamedDependency[SoftwareAsked]) -> Response[Any]:
    """Which versions the terminals use, and which are offered."""
    return await visit.show(software_page, asked)


@post(SOFTWARE, opt=needs(CHANGE))
async def stages_software(visit: NamedDependency[Visit]) -> Response[Any]:
    """Offer a version to more terminals, or to no more for now."""
    await visit.read(Look.place, CHANGE, CENTRE)
    fields = await visit.fields(StageFields)
    try:
        device = line(fields.device, "may", required=True) if fields.step == "one" else ""
        await visit.act(stage_software, fields.version, fields.step, reason_of(fields), device)
    except ProblemError as error:
        return await visit.show(software_page, None, fields, error)
    said = visit.say(STAGES[fields.step])
    return visit.go(SOFTWARE, visit.say("Bản %(version)s: %(stage)s.", version=fields.version, stage=said))


@post(f"{SOFTWARE}/rut", opt=needs(CHANGE))
async def withdraws_software(visit: NamedDependency[Visit]) -> Response[Any]:
    """Take a version back from every terminal."""
    await visit.read(Look.place, CHANGE, CENTRE)
    fields = await visit.fields(WithdrawFields)
    try:
        await visit.act(withdraw_software, fields.version, reason_of(fields))
    except ProblemError as error:
        return await visit.show(software_page, None, fields, error)
    return visit.go(SOFTWARE, visit.say("Đã rút bản %(version)s.", version=fields.version))


ROUTES = (software, stages_software, withdraws_software)
