"""The officers of a unit and of the units below it."""

from collections.abc import Sequence

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.officers import (
    add_officer,
    change_officer,
    officer_named,
    remove_officer,
)
from sync.central.office.configuration.row_queries import officers_of
from sync.central.office.configuration.scope import scope_of
from sync.central.presenting.language import Language
from sync.central.store.database import Connection
from sync.central.web.catalogue_kinds import (
    UNIT,
    EntryFields,
    Held,
    Input,
    Kind,
    check_unit,
    entry_routes,
    unit_names,
)
from sync.central.web.look import Look
from sync.central.web.typed import line
from sync.contract.catalogue import Officer
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.centre import ROW_THERE

HeldOfficer = Held[Officer]


def _listed(look: Look, unit: str) -> list[HeldOfficer]:
    codes = scope_of(look.connection, unit, look.today)
    return [Held(officer, officer.unit) for officer in officers_of(look.connection, codes)]


def _cells(look: Look, officers: Sequence[HeldOfficer]) -> list[tuple[str, ...]]:
    names = unit_names(look, officers)
    return [(each.entry.id, each.entry.name, each.entry.title, names[each.unit]) for each in officers]


def _called(officer: Officer, _: Language) -> str:
    return officer.name


def _find(connection: Connection, _: str, id: str) -> HeldOfficer | None:
    """An officer has an id of their own in the whole centre, so an address finds them without a unit."""
    officer = officer_named(connection, id)
    return None if officer is None else Held(officer, officer.unit)


def _typed(held: HeldOfficer) -> EntryFields:
    officer = held.entry
    return EntryFields(code=officer.id, name=officer.name, title=officer.title, unit=officer.unit)


def _read(look: Look, typed: EntryFields, _: str, wrong: Wrong) -> HeldOfficer | None:
    name, title = "?", ""
    with wrong:
        check_unit(look, typed.unit)
    with wrong:
        name = line(typed.name, "ten", required=True)
    with wrong:
        title = line(typed.title, "chuc_danh")
    with wrong:
        officer = checked(Officer, "officers", id=typed.code, name=name, unit=typed.unit, title=title)
        return Held(officer, officer.unit)
    return None


def _add(act: Act, held: HeldOfficer, why: str) -> None:
    """An id that somebody has, or had, is refused without their name: they may be of a foreign unit."""
    try:
        add_officer(act, held.entry, why)
    except ProblemError as error:
        if error.problem.kind is not ROW_THERE:
            raise
        raise ProblemError(ROW_THERE(where=error.problem.where)) from error


def _change(act: Act, held: HeldOfficer, why: str) -> None:
    officer = held.entry
    change_officer(act, officer.id, why, name=officer.name, title=officer.title, unit=officer.unit)


def _remove(act: Act, held: HeldOfficer, why: str) -> None:
    remove_officer(act, held.entry.id, why)


OFFICERS = Kind(
    noun="can-bo",
    title="Cán bộ",
    about="Người dân thấy tên cán bộ trên máy khi thẻ cán bộ được quét.",
    nothing="Chưa có cán bộ nào: thêm cán bộ rồi in thẻ để biết ai đã phục vụ.",
    adding="Thêm cán bộ",
    removing="Bỏ cán bộ này",
    kept="Phiếu đã có về cán bộ này vẫn còn. Mã của họ không dùng cho người khác được nữa.",
    headings=("Mã cán bộ", "Họ tên", "Chức danh", "Đơn vị"),
    inputs=(
        Input(
            name="ma",
            label="Mã cán bộ",
            help="Chữ thường không dấu và số, ví dụ cb-01. Mã không đổi được về sau.",
            required=True,
            fixed=True,
        ),
        Input(name="ten", label="Họ tên", help="Như người dân thấy trên máy và trên thẻ.", required=True),
        Input(name="chuc_danh", label="Chức danh"),
        UNIT,
    ),
    listed=_listed,
    cells=_cells,
    called=_called,
    find=_find,
    typed=_typed,
    read=_read,
    add=_add,
    change=_change,
    remove=_remove,
)
ROUTES = entry_routes(OFFICERS)
