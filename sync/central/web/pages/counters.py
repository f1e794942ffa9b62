"""The counters of a unit and of the units below it, each with its devices."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.counters import (
    add_counter,
    change_counter,
    counter_of,
    remove_counter,
)
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.row_queries import counters_of, devices_of
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
from sync.central.web.typed import UNREAD, texts
from sync.contract.catalogue import Counter
from sync.contract.problem import Wrong
from sync.contract.text import pick

HeldCounter = Held[Counter]


def _listed(look: Look, unit: str) -> list[HeldCounter]:
    codes = scope_of(look.connection, unit, look.today)
    return [Held(counter, counter.unit) for counter in counters_of(look.connection, codes)]


def _cells(look: Look, counters: Sequence[HeldCounter]) -> list[tuple[str, ...]]:
    names, language = unit_names(look, counters), look.translation.language
    devices: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for device in devices_of(look.connection, names):
        devices[device.unit, device.counter].append(device.id)
    return [
        (
            each.entry.id,
            pick(each.entry.name, language),
            names[each.unit],
            ", ".join(devices[each.unit, each.entry.id]) or look.say("chưa có máy"),
        )
        for each in counters
    ]


def _called(counter: Counter, language: Language) -> str:
    return pick(counter.name, language)


def _find(connection: Connection, unit: str, id: str) -> HeldCounter | None:
    counter = counter_of(connection, unit, id)
    return None if counter is None else Held(counter, unit)


def _typed(held: HeldCounter) -> EntryFields:
    name = held.entry.name
    return EntryFields(
        code=held.entry.id, name=name.get("vi", ""), name_en=name.get("en", ""), unit=held.unit
    )


def _read(look: Look, typed: EntryFields, _: str, wrong: Wrong) -> HeldCounter | None:
    name = UNREAD
    with wrong:
        check_unit(look, typed.unit)
    with wrong:
        name = texts(typed.name, typed.name_en, "ten")
    with wrong:
        return Held(checked(Counter, "counters", id=typed.code, unit=typed.unit, name=name), typed.unit)
    return None


def _add(act: Act, held: HeldCounter, why: str) -> None:
    add_counter(act, held.entry, why)


def _change(act: Act, held: HeldCounter, why: str) -> None:
    change_counter(act, held.unit, held.entry.id, why, name=held.entry.name)


def _remove(act: Act, held: HeldCounter, why: str) -> None:
    remove_counter(act, held.unit, held.entry.id, why)


COUNTERS = Kind(
    noun="quay",
    title="Quầy",
    about="Mỗi quầy là một chỗ có máy. Số liệu được cộng theo quầy.",
    nothing="Chưa có quầy nào: thêm quầy rồi đặt máy ở đó.",
    adding="Thêm quầy",
    removing="Bỏ quầy này",
    kept="Phiếu đã có ở quầy này vẫn còn.",
    headings=("Mã quầy", "Tên quầy", "Đơn vị", "Máy"),
    inputs=(
        Input(
            name="ma",
            label="Mã quầy",
            help="Chữ thường không dấu và số, ví dụ quay-1. Mã không đổi được về sau.",
            required=True,
            fixed=True,
        ),
        Input(name="ten", label="Tên quầy", required=True),
        Input(name="ten_en", label="Tên tiếng Anh"),
        replace(UNIT, fixed=True),
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
ROUTES = entry_routes(COUNTERS)
