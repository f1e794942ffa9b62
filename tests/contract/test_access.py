"""Tokens at a unit, and the dated tree that says what they see."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.central.app import Centre, build_app
from sync.central.http.token_bucket import Rates
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office.access import expire_token, find_caller, list_tokens, revoke_token
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units import stored
from sync.central.office.units.importing import MEANING, UnitImport, try_units
from sync.central.office.units.stored import import_units, load_units
from sync.central.store.database import reading, writing
from sync.contract.canonical import canonical_bytes
from sync.contract.problem import ProblemError
from sync.contract.response import Tag
from tests.support.wire import NOW, CentreUnderTest, visit

# Phường Một belonged to Tỉnh A until the end of February 2026 and to Tỉnh B since.
UNITS = [
    ["code", "name", "parent", "valid_from", "valid_to"],
    ["tinh-a", "Tỉnh A", "", "", ""],
    ["tinh-b", "Tỉnh B", "", "", ""],
    ["phuong-mot", "Phường Một", "tinh-a", "2000-01-01", "2026-02-28"],
    ["phuong-mot", "Phường Một", "tinh-b", "2026-03-01", ""],
    ["phuong-hai", "Phường Hai", "tinh-a", "", ""],
]


def take_in(central: CentreUnderTest, folder: Path, rows: list[list[str]]) -> UnitImport:
    file = folder / "units.csv"
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened).writerows(rows)
    with acting(central.engine, By("test", NOW)) as act:
        return import_units(act, read_sheet(file, MEANING))


def test_of_two_lists_of_units_imported_at_once_both_are_kept(
    central: CentreUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = Barrier(2)

    def tried(*given: Any) -> UnitImport:
        # Only importers that don't wait for each other meet here.
        with suppress(BrokenBarrierError):
            both_have_read.wait(1)
        return try_units(*given)

    def take(code: str) -> UnitImport:
        (tmp_path / code).mkdir()
        return take_in(central, tmp_path / code, [["code", "name"], [code, f"Xã {code}"]])

    monkeypatch.setattr(stored, "try_units", tried)
    with ThreadPoolExecutor(2) as pool:
        assert [found.problems for found in pool.map(take, ("xa-mot", "xa-hai"))] == [(), ()]
    with reading(central.engine) as connection:
        assert {"xa-mot", "xa-hai"} <= {unit.code for unit in load_units(connection)}


@pytest.fixture
def tree(central: CentreUnderTest, tmp_path: Path) -> CentreUnderTest:
    """Responses 1 … 4: phuong-mot in February and March, phuong-hai in March, one untagged of phuong-mot."""
    assert take_in(central, tmp_path, UNITS).problems == ()
    days = [("phuong-mot", -10), ("phuong-mot", 0), ("phuong-hai", 0), ("", 0)]
    with writing(central.engine) as connection:
        batch = []
        for seq, (unit, days_later) in enumerate(days, 1):
            at = NOW + timedelta(days=days_later)
            response = replace(
                visit(seq),
                seq=seq,
                tag=Tag(unit=unit, officer=f"officer-of-{unit}", scanned_at=at) if unit else None,
                started_at=at,
                finished_at=at,
            )
            body = canonical_bytes(response)
            batch.append(
                judge(
                    body,
                    device="kiosk-1",
                    unit="phuong-mot",
                    forms=central.centre.devices.forms,
                    received_at=0,
                )
            )
        receipts, _ = store(connection, "kiosk-1", batch, 0, revoked=False)
    assert {receipt.status for receipt in receipts} == {"stored"}
    central.now = lambda: NOW + timedelta(days=1)  # below admin rows are given out when their day is over
    return central


def places(central: CentreUnderTest, unit: str | None, role: str) -> list[tuple[str, str]]:
    """Unit and day of every row that a token sees: below admin no row has a number."""
    with TestClient(central.app) as client:
        headers = {"Authorization": f"Bearer {central.token(role=role, unit=unit)}"}
        table = client.get("/v1/responses", params={"format": "csv"}, headers=headers).text
    return sorted((row["unit"], row["day"]) for row in csv.DictReader(io.StringIO(table, newline="")))


PLACES = {
    1: ("phuong-mot", "2026-02-20"),
    2: ("phuong-mot", "2026-03-02"),
    3: ("phuong-hai", "2026-03-02"),
    4: ("phuong-mot", "2026-03-02"),
}


@pytest.mark.parametrize("role", ["admin", "analyst"])
@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (None, [1, 2, 3, 4]),
        ("phuong-mot", [1, 2, 4]),
        ("phuong-hai", [3]),
        ("tinh-a", [1, 3]),
        ("tinh-b", [2, 4]),
    ],
)
def test_a_token_sees_its_subtree_as_it_was_on_the_day(
    tree: CentreUnderTest, unit: str | None, expected: list[int], role: str
) -> None:
    assert places(tree, unit, role) == sorted(PLACES[number] for number in expected)


def test_a_list_takes_the_place_of_what_a_bundle_named(central: CentreUnderTest, tmp_path: Path) -> None:
    with reading(central.engine) as connection:
        assert [unit.code for unit in load_units(connection)] == ["phuong-mot"]
    found = take_in(central, tmp_path, UNITS)
    assert (len(found.added), found.problems) == (5, ())
    with reading(central.engine) as connection:
        assert len(load_units(connection)) == 5
    assert (take_in(central, tmp_path, UNITS).unchanged, len(found.units)) == (5, 5)


def test_a_list_with_an_error_changes_nothing(central: CentreUnderTest, tmp_path: Path) -> None:
    wrong = take_in(central, tmp_path, [*UNITS, ["phuong-ba", "Phường Ba", "tinh-c", "", ""]])
    assert [found.where for found in wrong.problems] == ["units.csv:7: parent"]
    with reading(central.engine) as connection:
        assert [unit.code for unit in load_units(connection)] == ["phuong-mot"]


def test_no_token_is_made_at_a_unit_that_is_not_there(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError, match="HL5011"):
        central.token(role="viewer", unit="nowhere")


def test_a_token_that_asks_in_a_circle_is_told_when_to_come_back(central: CentreUnderTest) -> None:
    headers = [{"Authorization": f"Bearer {central.token(role='analyst')}"} for _ in range(2)]
    # What was used up does not come back while this test runs.
    rates = Rates(burst=4, a_second=0)
    centre = Centre(central.engine, now=central.now, keys=central.keys, calls=rates)
    with TestClient(build_app(centre)) as client:
        for _ in range(4):
            assert client.get("/v1/responses", headers=headers[0]).status_code == 200
        for _ in range(3):
            refused = client.get("/v1/responses", headers=headers[0])
            assert (refused.status_code, refused.json()["number"]) == (429, "HL4029")
            assert int(refused.headers["retry-after"]) > 0
        assert client.get("/v1/responses", headers=headers[1]).status_code == 200


def test_a_token_ends_when_it_expires_or_is_revoked_and_stays_on_the_list(central: CentreUnderTest) -> None:
    first, second = central.token(role="admin"), central.token(role="viewer", unit="phuong-mot")

    def counts(token: str, later: timedelta) -> bool:
        with reading(central.engine) as connection:
            try:
                return bool(find_caller(connection, f"Bearer {token}", NOW + later).token)
            except ProblemError:
                return False

    hour = timedelta(hours=1)
    with writing(central.engine) as connection:
        listed: list[Any] = list_tokens(connection, NOW)
        expire_token(Act(connection, By("test", NOW)), id=listed[0].id, at=NOW + hour)
    assert (counts(first, hour / 2), counts(first, hour), counts(second, hour)) == (True, False, True)
    with writing(central.engine) as connection:
        revoke_token(Act(connection, By("test", NOW)), id=listed[1].id, reason="lost")
        states = [(each.unit, each.state) for each in list_tokens(connection, NOW + hour)]
        with pytest.raises(ProblemError, match="HL5010"):
            revoke_token(Act(connection, By("test", NOW)), id=999, reason="?")
    assert not counts(second, timedelta(0))
    assert states == [("", "expired"), ("phuong-mot", "revoked")]
    assert first not in str(listed)
