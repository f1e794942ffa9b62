"""What a centre spends on the configuration of its terminals: a province, and the whole country.

Every terminal asks once a minute, as an agent does: for the newest version with its sign of life, then for
its configuration, which it has already. Measured is processor time of the calls themselves, without HTTP and
signatures, over a sample of the terminals; the share of a core is that of all of them.
"""

import hashlib
import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import insert, update

from sync.central.office.configuration.compose import compose
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.configuring import Configurations
from sync.central.office.keys.by_unit import keep_list
from sync.central.office.units.revisions import changed
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import reading, writing
from sync.central.store.schema import counters, devices, officers, procedures, units
from sync.central.store.storage import Storage
from sync.contract.bundle import Case
from tests.bench.results import Progress, Row, at_most, below, median, shown_alone
from tests.support.postgres import postgres, programs
from tests.support.wire import NOW, CentreUnderTest

MINUTE = 60
PROCEDURES, OFFICERS, COUNTERS, CASES = 300, 6, 3, 200
SAMPLE = 300  # terminals that are asked for
COMPOSED = 20  # milliseconds
POLL = 10  # milliseconds
SHARE = 5  # per cent of a core


class Size(Struct, frozen=True):
    """How many units there are, each with as many of the devices as come to it, in how many provinces."""

    name: str
    provinces: int
    communes: int
    devices: int


PROVINCE = Size("168 units, 300 devices", 1, 168, 300)
COUNTRY = Size("3,321 units, 16,000 devices", 34, 3321, 16_000)


def run(progress: Progress) -> list[Row]:
    """Measure SQLite for a province, and PostgreSQL for both where it is installed."""
    found = []
    wanted = [
        ("SQLite", PROVINCE),
        *((("PostgreSQL", size) for size in (PROVINCE, COUNTRY)) if programs() else ()),
    ]
    for name, size in wanted:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            url = stack.enter_context(postgres()).fresh() if name == "PostgreSQL" else None
            central = CentreUnderTest(Path(folder) / "centre", url=url)
            stack.callback(central.close)
            progress(f"{name}, {size.name}: rows are made")
            places = _fill(central, size)
            progress(f"{name}, {size.name}: terminals ask")
            found += _measure(f"{name}, {size.name}", size, central, places)
    return found


def _fill(central: CentreUnderTest, size: Size) -> list[str]:
    """Make the rows; returns the codes of the communes."""
    provinces = [f"tinh-{number:02}" for number in range(size.provinces)]
    communes = [f"xa-{number:04}" for number in range(size.communes)]
    above = dict(zip(communes, itertools.cycle(provinces), strict=False))
    period = {"valid_from": "", "valid_to": "", "kind": "", "source": "list"}
    placed = zip(range(size.devices), itertools.cycle(communes), strict=False)
    with writing(central.engine) as connection:
        for code, parent in ((code, above.get(code)) for code in (*provinces, *communes)):
            connection.execute(insert(units).values(code=code, parent=parent, name=_name(code), **period))
        rows = [
            {
                "unit": province,
                "code": f"2.{number:06}",
                "name": _name(f"Thủ tục số {number}"),
                "field": "Hộ tịch",
            }
            for province in provinces
            for number in range(PROCEDURES)
        ]
        connection.execute(insert(procedures), rows)
        for unit in communes:
            here = [
                {"id": f"{unit}-{each}", "unit": unit, "name": f"Cán bộ {each}"} for each in range(OFFICERS)
            ]
            connection.execute(insert(officers), here)
            desks = [
                {"id": f"quay-{each}", "unit": unit, "name": _name(f"Quầy {each}")}
                for each in range(COUNTERS)
            ]
            connection.execute(insert(counters), desks)
        tablets = [
            {"id": f"may-{number:05}", "kind": "terminal", "unit": unit, "counter": "quay-1"}
            for number, unit in placed
        ]
        connection.execute(insert(devices), tablets)
        changed(connection, CENTRE, NOW)
    cases = [Case(f"{number:032x}", "2.000001") for number in range(CASES)]
    for number, unit in enumerate(_asking(communes)):
        keep_list(central.folder / "keys", unit, number.to_bytes(32, "big"), cases)
    return communes


def _name(text: str) -> str:
    return msgspec.json.encode({"vi": text}).decode()


def _asking(communes: list[str]) -> list[str]:
    """The units of the terminals that are asked for."""
    return communes[:SAMPLE]


def _measure(name: str, size: Size, central: CentreUnderTest, communes: list[str]) -> list[Row]:
    storage, configurations = Storage(central.engine), Configurations(central.keys)
    asking = _asking(communes)
    tags: dict[str, str] = {}

    def ask(unit: str) -> bytes | None:
        configurations.version(storage, unit, NOW)
        given = configurations.of(storage, unit, NOW, known=tags.get(unit, ""), with_cases=True)
        tags[unit] = given.tag
        return given.body

    with reading(central.engine) as connection:
        rows = [read_rows(connection, unit, date(2026, 3, 2)) for unit in asking[:30]]
    composing = [_milliseconds(compose, each, 1, NOW) for each in rows]
    first = [_milliseconds(ask, unit) for unit in asking]
    unchanged = [_milliseconds(ask, unit) for unit in asking]
    after_another, own = [], []
    for unit in asking[1:50]:
        _change(central, asking[0])
        after_another.append(_milliseconds(ask, unit))
        _change(central, unit)
        own.append(_milliseconds(ask, unit))
    again, peer = _sending(central, communes[0])
    # In a minute: every terminal asks, one unit has changed, and so every unit is looked at once.
    looked_at = min(len(communes), size.devices)
    minute = median(unchanged) * (size.devices - looked_at) + median(after_another) * looked_at + median(own)
    return [
        below(f"{name}: a unit's bundle is composed", median(composing), COMPOSED, "ms"),
        shown_alone(f"{name}: the first of a unit asks: composed, stored, sent", median(first), "ms"),
        below(f"{name}: a terminal asks, nothing has changed", median(unchanged), POLL, "ms"),
        below(f"{name}: … another unit has changed", median(after_another), POLL, "ms"),
        shown_alone(f"{name}: … its own unit has changed", median(own), "ms"),
        at_most(f"{name}: sent again, next to a file of its size read and hashed", again, peer, "ms", 200),
        _share(name, size, minute / (MINUTE * 1000) * 100),
    ]


def _share(name: str, size: Size, per_cent: float) -> Row:
    work = f"{name}: all ask every minute, one unit has changed: a core's share"
    return below(work, per_cent, SHARE, "%") if size is PROVINCE else shown_alone(work, per_cent, "%")


def _change(central: CentreUnderTest, unit: str) -> None:
    """Give an officer of the unit another name."""
    name = f"Cán bộ {next(_numbers)}"
    with writing(central.engine) as connection:
        changed(connection, unit, NOW)
        connection.execute(update(officers).where(officers.c.id == f"{unit}-0").values(name=name))


_numbers: Iterator[int] = itertools.count()


def _sending(central: CentreUnderTest, unit: str) -> tuple[float, float]:
    """To send a stored configuration to a terminal that has none, and to read and hash a file of its size."""
    storage, configurations = Storage(central.engine), Configurations(central.keys)
    body = configurations.of(storage, unit, NOW, known="", with_cases=True).body
    assert body is not None
    file = central.folder / "peer"
    file.write_bytes(body)

    def send() -> None:
        configurations.of(storage, unit, NOW, known="", with_cases=True)

    def read() -> None:
        hashlib.sha256(file.read_bytes()).hexdigest()

    ours = [_milliseconds(send) for _ in range(30)]
    theirs = [_milliseconds(read) for _ in range(30)]
    return median(ours), median(theirs)


def _milliseconds(work: Callable[..., object], *arguments: object) -> float:
    """Processor time of this process."""
    begun = time.process_time_ns()
    work(*arguments)
    return (time.process_time_ns() - begun) / 1e6
