"""A centre with small cells, an arrival, and the attack that looks for such cells in what is shown."""

from datetime import timedelta
from itertools import combinations

from msgspec.structs import replace

from sync.central.intake.ingest import store
from sync.central.intake.judge import Judged, judge
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.contract.canonical import canonical_bytes
from sync.contract.catalogue import Unit
from sync.contract.response import Tag
from tests.support.wire import NOW, CentreUnderTest, visit

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
# Unit, officer, procedure: visits. cb-1 helps out in xa-hai, where few were hers; xa-ba has one officer.
VISITS = {
    ("phuong-mot", "cb-1", "1.001193"): 20,
    ("phuong-mot", "cb-2", "1.001193"): 9,
    ("phuong-mot", "cb-3", "2.000815"): 3,
    ("xa-hai", "cb-1", "1.001193"): 2,
    ("xa-hai", "cb-4", "1.001193"): 8,
    ("xa-hai", "cb-5", "2.000815"): 11,
    ("xa-hai", "", "2.000815"): 6,
    ("xa-ba", "cb-6", "1.001193"): 3,
}
# Visits without a tag: totals name them as such, and they can be recognised in rows.
UNTAGGED = {"phuong-mot": 2, "xa-ba": 9}
# Officer -> every n that some answer shows, by what was asked for.
Shown = dict[str, dict[str, int]]


def fill(central: CentreUnderTest) -> None:
    """Store these visits, of March."""
    units = sorted({unit for unit, _, _ in VISITS})
    with writing(central.engine) as connection:
        tree = [Unit(code="tinh", name={"vi": "Tỉnh"})]
        tree += [Unit(code=unit, name={"vi": unit}, parent="tinh") for unit in units]
        put_bundled_units(connection, tree, NOW)
        batch: list[Judged] = []
        for (unit, officer, procedure), count in VISITS.items():
            for _ in range(count):
                seq = len(batch) + 1
                tag = Tag(unit, counter="1", procedure=procedure, officer=officer or None)
                body = canonical_bytes(replace(visit(seq), seq=seq, tag=tag))
                batch.append(judged(central, body, unit))
        for unit, count in UNTAGGED.items():
            for _ in range(count):
                seq = len(batch) + 1
                batch.append(judged(central, canonical_bytes(replace(visit(seq), seq=seq, tag=None)), unit))
        store(connection, "kiosk-1", batch, 0, revoked=False)


def judged(central: CentreUnderTest, body: bytes, unit: str) -> Judged:
    """The visit as the centre judges it."""
    return judge(body, device="kiosk-1", unit=unit, forms=central.centre.devices.forms, received_at=0)


def small_cells(found: Shown) -> set[str]:
    """Officers of whom a figure below 5 is shown, or is the difference of two that are."""
    return {
        officer
        for officer, places in found.items()
        if any(0 < n < 5 for n in places.values())
        or any(0 < abs(one - other) < 5 for one, other in combinations(places.values(), 2))
    }


def arrive(central: CentreUnderTest, seq: int, ended: timedelta) -> None:
    """A visit to officer cb-1 in xa-hai, which ended this time ago, reaches the centre now."""
    now = central.now()
    tag = Tag("xa-hai", counter="1", procedure="1.001193", officer="cb-1")
    one = replace(visit(seq, result=1), seq=seq, tag=tag, started_at=now - ended, finished_at=now - ended)
    received_at = int(now.timestamp() * 1000)
    forms = central.centre.devices.forms
    row = judge(canonical_bytes(one), device="kiosk-1", unit="xa-hai", forms=forms, received_at=received_at)
    with writing(central.engine) as connection:
        receipts, _ = store(connection, "kiosk-1", [row], received_at, revoked=False)
    assert receipts[0].status == "stored"
