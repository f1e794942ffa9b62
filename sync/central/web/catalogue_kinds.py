"""Lists of a catalogue, and the form of one entry, made from one description of each kind of entry.

A list has the entries that hold at a unit, as a page and as files; who may change the unit adds, changes and
removes them, each with a reason.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin
from sync.central.office.units.stored import is_unit
from sync.central.presenting.language import Language
from sync.central.store.database import Connection
from sync.central.web.catalogue_entries import (
    CHANGE,
    HUB,
    SEE,
    UnitAsked,
    check_unchanged,
    crumbs,
    mark_of,
    page_of,
)
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, name_of, near_units, of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import TableFile, file_links, file_routes
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN

E = TypeVar("E", bound=Struct)

EVERY_ROW: Final = 0
"""Instead of the number of a page: all rows."""


class ListAsked(Struct, frozen=True):
    """unit: the visitor's own without it. page: from 1; EVERY_ROW, which no address has, for a file."""

    unit: str | None = None
    page: Annotated[int, Meta(ge=1, le=10_000)] = field(default=1, name="trang")


class EntryFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form of an entry sends: the inputs of its kind, and the reason. before: see `mark_of`."""

    code: str = field(default="", name="ma")
    day: str = field(default="", name="ngay")
    name: str = field(default="", name="ten")
    name_en: str = field(default="", name="ten_en")
    title: str = field(default="", name="chuc_danh")
    group: str = field(default="", name="linh_vuc")
    hours: str = field(default="", name="gio")
    unit: str = field(default="", name="don_vi")
    why: str = field(default="", name="ly_do")
    before: str = field(default="", name="truoc")


class WhyFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form to remove sends."""

    why: str = field(default="", name="ly_do")


# --- what a kind of entry is ------------------------------------------------------------------------------


class Held(Struct, Generic[E], frozen=True):
    """An entry, and the unit that has it."""

    entry: E
    unit: str


class Offer(Struct, frozen=True, kw_only=True):
    """Entries to choose from and add at once. title: what they are. address: where they are added."""

    title: str
    address: str
    button: str
    options: tuple[Option, ...]


class Input(Struct, frozen=True, kw_only=True):
    """One input of a form. kind: of the HTML element. fixed: it is typed for a new entry and then stays.

    value: what is in it, on a page.
    """

    name: str
    label: str
    help: str = ""
    kind: str = "text"
    required: bool = False
    fixed: bool = False
    value: str = ""


UNIT = Input(name="don_vi", label="Mã đơn vị", help="Xem mã ở trang Đơn vị.", required=True)
_WHY = Input(name="ly_do", label="Lý do", help="Được ghi vào nhật ký, ví dụ số quyết định.", required=True)


class Kind(Struct, Generic[E], frozen=True, kw_only=True):
    """One kind of entry. Texts are Vietnamese; pages translate them.

    noun: in addresses. about: what the list is for. nothing: said when it is empty. kept: what stays when an
    entry is removed. inherits: units below have the entries too. coded: the first cell is a code. inputs: the
    first is what an entry is known by.

    listed: the entries that hold at a unit. cells: of these, under `headings`. called: the name of an entry.
    find: the entry that a unit has under this key. typed: an entry as its form has it. read: the entry that
    was typed at a unit, None where something is wrong. add, change, remove: the acts, with the reason.
    offered: what comes with the product and is not there yet at a unit.
    """

    noun: str
    title: str
    about: str
    nothing: str
    adding: str
    removing: str
    kept: str
    headings: tuple[str, ...]
    inputs: tuple[Input, ...]
    inherits: bool = False
    coded: bool = True
    listed: Callable[[Look, str], Sequence[Held[E]]]
    cells: Callable[[Look, Sequence[Held[E]]], Sequence[tuple[str, ...]]]
    called: Callable[[E, Language], str]
    find: Callable[[Connection, str, str], Held[E] | None]
    typed: Callable[[Held[E]], EntryFields]
    read: Callable[[Look, EntryFields, str, Wrong], Held[E] | None]
    add: Callable[[Act, Held[E], str], object]
    change: Callable[[Act, Held[E], str], object]
    remove: Callable[[Act, Held[E], str], object]
    offered: Callable[[Look, str], Offer | None] | None = None

    @property
    def path(self) -> str:
        """The address of the list."""
        return f"{HUB}/{self.noun}"

    @property
    def path_of_new(self) -> str:
        """The address of the form of a new entry."""
        return f"{HUB}/them/{self.noun}"

    def address(self, held: Held[E]) -> str:
        """The address of an entry, without its unit."""
        return f"{self.path}/{_by_input(self.typed(held))[self.inputs[0].name]}"


def _by_input(typed: EntryFields) -> dict[str, str]:
    """What was typed, by the names of inputs."""
    values: dict[str, str] = msgspec.to_builtins(typed)
    return values


def unit_names(look: Look, held: Sequence[Held[E]]) -> dict[str, str]:
    """The names of the units that have these entries."""
    return {unit: name_of(look, unit) for unit in {each.unit for each in held}}


def check_unit(look: Look, unit: str) -> None:
    """Raise ProblemError HL4241 for a unit that there is not, or that the visitor may not change."""
    if not unit or not look.may(CHANGE, unit) or not is_unit(look.connection, unit):
        raise ProblemError(
            FORM_INVALID(where="don_vi", detail="không có đơn vị này, hoặc ngoài quyền của bạn")
        )


# --- the list ---------------------------------------------------------------------------------------------


class EntryRow(Struct, frozen=True, kw_only=True):
    """One row of a list. address: where it is changed, "" if the visitor may not. source: the unit above."""

    cells: tuple[str, ...]
    address: str
    source: str


class EntriesPage(Struct, frozen=True, kw_only=True):
    """A list. add, upload, offer: None if the visitor may not. count: on all pages. files: of the list.

    wrong: with what was chosen from the offer.
    """

    kind: Kind[Any]
    near: NearUnits
    add: Link | None
    upload: Link | None
    rows: tuple[EntryRow, ...]
    count: int
    before: str
    after: str
    files: tuple[Link, ...]
    offer: Offer | None
    wrong: tuple[ProblemPage, ...]


def list_page(look: Look, kind: Kind[Any], asked: ListAsked, wrong: tuple[ProblemPage, ...] = ()) -> Shown:
    """The entries that hold at a unit."""
    place = look.place(SEE, asked.unit)
    unit = place.code
    every = kind.listed(look, unit)
    shown, before, after = (every, 0, 0) if asked.page == EVERY_ROW else page_of(every, asked.page)
    may_change = look.may(CHANGE, unit)

    def row(held: Held[Any], cells: tuple[str, ...]) -> EntryRow:
        foreign = kind.inherits and held.unit != unit
        return EntryRow(
            cells=cells,
            address=of_unit(kind.address(held), held.unit) if may_change and not foreign else "",
            source=name_of(look, held.unit) if foreign else "",
        )

    upload = f"{HUB}/nhap/{kind.noun}"
    page = EntriesPage(
        kind=kind,
        near=near_units(look, place, SEE, kind.path),
        add=Link(of_unit(kind.path_of_new, unit), look.say(kind.adding)) if may_change else None,
        upload=Link(of_unit(upload, unit), look.say("Nhập từ tệp")) if may_change else None,
        rows=tuple(map(row, shown, kind.cells(look, shown))),
        count=len(every),
        before=of_unit(kind.path, unit, trang=str(before)) if before else "",
        after=of_unit(kind.path, unit, trang=str(after)) if after else "",
        files=file_links(look, kind.path, {"unit": unit}),
        offer=kind.offered(look, unit) if kind.offered and may_change else None,
        wrong=wrong,
    )
    return Shown(
        template="catalogue_entries.html",
        title=look.say(kind.title),
        page=page,
        crumbs=crumbs(look, unit=unit),
        status=400 if wrong else 200,
    )


def _list_files(kind: Kind[Any]) -> tuple[HTTPRouteHandler, ...]:
    """The routes of the list as files, which have the rows that its page has."""

    def read(look: Look, asked: UnitAsked) -> TableFile:
        drawn = list_page(look, kind, ListAsked(asked.unit, EVERY_ROW)).page
        assert isinstance(drawn, EntriesPage)
        own = look.say("đơn vị này")
        sources = [((row.source or own),) if kind.inherits else () for row in drawn.rows]
        titles = (*kind.headings, *(("Do đơn vị",) if kind.inherits else ()))
        return TableFile(
            tuple((look.say(title), "text") for title in titles),
            tuple((*row.cells, *source) for row, source in zip(drawn.rows, sources, strict=True)),
        )

    return file_routes(kind.path, kind.noun, needs(SEE), UnitAsked, read)


# --- the form of one entry --------------------------------------------------------------------------------


class EntryPage(Struct, frozen=True, kw_only=True):
    """The form of one entry. fields: with what is in them. remove: where it is removed, "" for a new one.

    before: what the entry was when the form was shown, see `mark_of`; "" for a new one.
    """

    kind: Kind[Any]
    place: str
    action: str
    fields: tuple[Input, ...]
    remove: str
    before: str
    wrong: tuple[ProblemPage, ...]


def entry_page(
    look: Look,
    kind: Kind[Any],
    asked: UnitAsked,
    key: str | None = None,
    typed: EntryFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
) -> Shown:
    """The form of an entry; key: None for a new one. typed: what was refused."""
    place = look.place(CHANGE, asked.unit)
    held = None if key is None else own_entry(look, kind, asked, key)
    unit = place.code if held is None else held.unit
    stored = kind.typed(held) if held else EntryFields(unit=unit)
    page = EntryPage(
        kind=kind,
        place=name_of(look, unit) if held else place.name,
        action=of_unit(kind.address(held) if held else kind.path_of_new, unit),
        fields=_fields(look, kind, held, typed or stored),
        remove=of_unit(f"{kind.address(held)}/bo", unit) if held else "",
        before=mark_of(held.entry) if held else "",
        wrong=wrong,
    )
    return Shown(
        template="catalogue_entry.html",
        title=kind.called(held.entry, look.translation.language) if held else look.say(kind.adding),
        page=page,
        crumbs=crumbs(look, Link(of_unit(kind.path, unit), look.say(kind.title)), unit=unit),
        status=400 if wrong else 200,
    )


def _fields(look: Look, kind: Kind[E], held: Held[E] | None, typed: EntryFields) -> tuple[Input, ...]:
    """The inputs with what is in them, in the visitor's language."""
    values = _by_input(_with_fixed(kind, held, typed))
    return tuple(
        replace(
            each,
            label=look.say(each.label),
            help=look.say(each.help) if each.help else "",
            value=values[each.name],
            fixed=each.fixed and held is not None,
        )
        for each in (*kind.inputs, _WHY)
    )


def _with_fixed(kind: Kind[E], held: Held[E] | None, typed: EntryFields) -> EntryFields:
    """What was typed; what stays is as it is stored."""
    if held is None:
        return typed
    stored = _by_input(kind.typed(held))
    stays = {each.name: stored[each.name] for each in kind.inputs if each.fixed}
    return msgspec.convert({**_by_input(typed), **stays}, EntryFields)


def own_entry(look: Look, kind: Kind[E], asked: UnitAsked, key: str) -> Held[E]:
    """The entry, if the visitor may change it; else the same problem as if there were none."""
    held = kind.find(look.connection, look.place(CHANGE, asked.unit).code, key)
    if held is None or not look.may(CHANGE, held.unit):
        raise ProblemError(ADDRESS_UNKNOWN())
    return held


def _read(
    look: Look, kind: Kind[E], asked: UnitAsked, typed: EntryFields, there: Held[E] | None = None
) -> tuple[Held[E], str]:
    """The entry that was typed, and why; raises ProblemsError with everything that is wrong.

    there: the one that is changed.
    """
    place = look.place(CHANGE, asked.unit)
    wrong, why = Wrong(), ""
    unit = there.unit if there else place.code
    held = kind.read(look, _with_fixed(kind, there, typed), unit, wrong)
    with wrong:
        why = line(typed.why, "ly_do", required=True)
    wrong.check()
    assert held is not None
    return held, why


def _change(act: Act, kind: Kind[E], shown: EntryFields, there: Held[E], held: Held[E], why: str) -> None:
    """Change an entry that is as it was when the form was shown."""
    begin(act, why, there.unit)
    check_unchanged(_still_there(act, kind, there).entry, shown.before)
    kind.change(act, held, why)


def _remove(act: Act, kind: Kind[E], there: Held[E], why: str) -> None:
    kind.remove(act, _still_there(act, kind, there), why)


def _still_there(act: Act, kind: Kind[E], held: Held[E]) -> Held[E]:
    """The entry now; refuses one that was removed, or moved since the visitor's right was checked."""
    key = _by_input(kind.typed(held))[kind.inputs[0].name]
    now = kind.find(act.connection, held.unit, key)
    if now is None or now.unit != held.unit:
        raise ProblemError(ADDRESS_UNKNOWN())
    return now


# --- routes -----------------------------------------------------------------------------------------------


def entry_routes(kind: Kind[Any]) -> tuple[HTTPRouteHandler, ...]:
    """All routes of one kind of entry: its list with files, a new one, and one that is there."""
    at_unit = {"asked": query(UnitAsked)}

    @get(kind.path, opt=needs(SEE), dependencies={"asked": query(ListAsked)})
    async def lists(visit: NamedDependency[Visit], asked: NamedDependency[ListAsked]) -> Response[Any]:
        """The list."""
        return await visit.show(list_page, kind, asked)

    @get(kind.path_of_new, opt=needs(CHANGE), dependencies=at_unit)
    async def new(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
        """The form of a new entry."""
        return await visit.show(entry_page, kind, asked)

    @post(kind.path_of_new, opt=needs(CHANGE), dependencies=at_unit)
    async def adds(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
        """Add an entry."""
        typed = await visit.fields(EntryFields)
        try:
            held, why = await visit.read(_read, kind, asked, typed)
            await visit.act(kind.add, held, why)
        except ProblemError as error:
            return await visit.show(entry_page, kind, asked, None, typed, refused(error, visit.language))
        name = kind.called(held.entry, visit.language)
        return visit.go(of_unit(kind.path, held.unit), visit.say("Đã thêm: %(name)s.", name=name))

    @get(kind.path + "/{key:str}", opt=needs(CHANGE), dependencies=at_unit)
    async def shows(
        visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked], key: FromPath[str]
    ) -> Response[Any]:
        """The form of an entry."""
        return await visit.show(entry_page, kind, asked, key)

    @post(kind.path + "/{key:str}", opt=needs(CHANGE), dependencies=at_unit)
    async def changes(
        visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked], key: FromPath[str]
    ) -> Response[Any]:
        """Change an entry."""
        typed = await visit.fields(EntryFields)
        there = await visit.read(own_entry, kind, asked, key)
        try:
            held, why = await visit.read(_read, kind, asked, typed, there)
            await visit.act(_change, kind, typed, there, held, why)
        except ProblemError as error:
            return await visit.show(entry_page, kind, asked, key, typed, refused(error, visit.language))
        name = kind.called(held.entry, visit.language)
        return visit.go(of_unit(kind.path, held.unit), visit.say("Đã lưu: %(name)s.", name=name))

    @post(kind.path + "/{key:str}/bo", opt=needs(CHANGE), dependencies=at_unit)
    async def removes(
        visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked], key: FromPath[str]
    ) -> Response[Any]:
        """Remove an entry."""
        fields = await visit.fields(WhyFields)
        there = await visit.read(own_entry, kind, asked, key)
        try:
            await visit.act(_remove, kind, there, line(fields.why, "ly_do", required=True))
        except ProblemError as error:
            return await visit.show(entry_page, kind, asked, key, None, refused(error, visit.language))
        name = kind.called(there.entry, visit.language)
        return visit.go(of_unit(kind.path, there.unit), visit.say("Đã bỏ: %(name)s.", name=name))

    return (lists, new, adds, shows, changes, removes, *_list_files(kind))
