"""The procedures that a unit's terminals can name: its own, and those of the units above it."""

from collections.abc import Sequence

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.inherited import offered_procedures
from sync.central.office.configuration.procedures import (
    add_procedure,
    change_procedure,
    procedure_at,
    remove_procedure,
)
from sync.central.presenting.language import Language
from sync.central.store.database import Connection
from sync.central.web.catalogue_kinds import EntryFields, Held, Input, Kind, entry_routes
from sync.central.web.look import Look
from sync.central.web.typed import UNREAD, line, texts
from sync.contract.catalogue import Procedure
from sync.contract.problem import Wrong
from sync.contract.text import pick

HeldProcedure = Held[Procedure]


def _listed(look: Look, unit: str) -> list[HeldProcedure]:
    offered = offered_procedures(look.connection, unit, look.today)
    return [Held(each.procedure, each.unit) for each in offered]


def _cells(look: Look, procedures: Sequence[HeldProcedure]) -> list[tuple[str, ...]]:
    language = look.translation.language
    return [(each.entry.code, pick(each.entry.name, language), each.entry.field) for each in procedures]


def _called(procedure: Procedure, language: Language) -> str:
    return pick(procedure.name, language)


def _find(connection: Connection, unit: str, code: str) -> HeldProcedure | None:
    procedure = procedure_at(connection, unit, code)
    return None if procedure is None else Held(procedure, unit)


def _typed(held: HeldProcedure) -> EntryFields:
    procedure = held.entry
    name, name_en = procedure.name.get("vi", ""), procedure.name.get("en", "")
    return EntryFields(code=procedure.code, name=name, name_en=name_en, group=procedure.field)


def _read(_: Look, typed: EntryFields, unit: str, wrong: Wrong) -> HeldProcedure | None:
    name, group = UNREAD, ""
    with wrong:
        name = texts(typed.name, typed.name_en, "ten")
    with wrong:
        group = line(typed.group, "linh_vuc")
    with wrong:
        return Held(checked(Procedure, "procedures", code=typed.code, name=name, field=group), unit)
    return None


def _add(act: Act, held: HeldProcedure, why: str) -> None:
    add_procedure(act, held.unit, held.entry, why)


def _change(act: Act, held: HeldProcedure, why: str) -> None:
    procedure = held.entry
    change_procedure(act, held.unit, procedure.code, why, name=procedure.name, field=procedure.field)


def _remove(act: Act, held: HeldProcedure, why: str) -> None:
    remove_procedure(act, held.unit, held.entry.code, why)


PROCEDURES = Kind(
    noun="thu-tuc",
    title="Thủ tục",
    about="Thủ tục của một đơn vị có ở mọi máy của đơn vị đó và của các đơn vị bên dưới.",
    nothing="Chưa có thủ tục nào: thẻ thủ tục và màn hình chọn thủ tục cần danh sách này.",
    adding="Thêm thủ tục",
    removing="Bỏ thủ tục này",
    kept="Phiếu đã có về thủ tục này vẫn còn.",
    headings=("Mã thủ tục", "Tên thủ tục", "Lĩnh vực"),
    inherits=True,
    inputs=(
        Input(
            name="ma",
            label="Mã thủ tục",
            help="Mã quốc gia, ví dụ 1.001193.",
            required=True,
            fixed=True,
        ),
        Input(name="ten", label="Tên thủ tục", required=True),
        Input(name="ten_en", label="Tên tiếng Anh"),
        Input(
            name="linh_vuc",
            label="Lĩnh vực",
            help="Ví dụ: Hộ tịch. Thủ tục cùng lĩnh vực được cộng chung trong số liệu.",
        ),
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
ROUTES = entry_routes(PROCEDURES)
