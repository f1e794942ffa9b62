"""A ward's rows among many others': given in the same order as by looking at all, and without doing so."""

from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import insert, select, text

from sync.central.intake.ingest import insert_rows
from sync.central.intake.judge import judge
from sync.central.pulling.exports.table import READ
from sync.central.pulling.rows import pull
from sync.central.pulling.rows.pull import Filters
from sync.central.store.arrival import Place, behind, order
from sync.central.store.database import along_the_index, reading, writing
from sync.central.store.schema import responses, unit_spans, units
from sync.contract.canonical import canonical_bytes
from tests.support.wire import CentreUnderTest, visit

ROWS = 600
# Which units a root stands for: a merged ward has those that it was made of.
ROOTS = {
    "phuong-moi": ("phuong-moi", "xa-01", "xa-02"),
    "xa-03": ("xa-03",),
    "tinh": tuple(f"xa-{number:02}" for number in range(20)),
}


@pytest.fixture
def province(central: CentreUnderTest) -> CentreUnderTest:
    """Twenty units whose responses came in turn, and a small one with five."""
    rows = []
    for number in range(1, ROWS + 1):
        one = visit(number, seq=number)
        assert one.tag
        unit = "phuong-moi" if number % 120 == 0 else f"xa-{number % 20:02}"
        body = canonical_bytes(replace(one, tag=replace(one.tag, unit=unit)))
        rows.append(
            judge(body, device="kiosk-1", unit=unit, forms=central.centre.devices.forms, received_at=0),
        )
    with writing(central.engine) as connection:
        for at in range(0, ROWS, 100):
            insert_rows(connection, rows[at : at + 100])
        tree = {"valid_from": "", "valid_to": "", "name": "{}", "kind": "", "source": "list"}
        connection.execute(insert(units), [{"code": root, **tree} for root in ROOTS])
        connection.execute(
            insert(unit_spans),
            [
                {"root": root, "unit": unit, "first_day": "0001-01-01", "last_day": "9999-12-31"}
                for root, units in ROOTS.items()
                for unit in units
            ],
        )
    return central


def pulled(central: CentreUnderTest, root: str, limit: int) -> list[tuple[int, str]]:
    """All rows of a token at `root`, page by page."""
    found: list[tuple[int, str]] = []
    headers = {"Authorization": f"Bearer {central.token(role='admin', unit=root)}"}
    with TestClient(central.app) as client:
        after, more = "", True
        while more:
            answer: Any = client.get(
                "/v1/responses", params={"after": after, "limit": limit}, headers=headers
            ).json()
            items = [item["response"] for item in answer["items"]]
            found += [(item["seq"], item["tag"]["unit"]) for item in items]
            after, more = answer["next"], answer["more"]
        whole = client.get("/v1/responses", params={"format": "ndjson"}, headers=headers).text
    assert len(whole.splitlines()) == len(found)
    return found


@pytest.mark.parametrize("limit", [7, 50])
@pytest.mark.parametrize("root", sorted(ROOTS))
def test_few_units_are_given_in_the_order_in_which_all_would_be(
    province: CentreUnderTest, monkeypatch: pytest.MonkeyPatch, root: str, limit: int
) -> None:
    monkeypatch.setattr(pull, "AHEAD", 3)
    merged = pulled(province, root, limit)
    monkeypatch.setattr(pull, "FEW", 0)
    assert merged == pulled(province, root, limit)
    assert [seq for seq, _ in merged] == sorted({seq for seq, _ in merged})
    assert {unit for _, unit in merged} == set(ROOTS[root])


def test_who_sees_many_units_is_not_given_a_merge_of_all(province: CentreUnderTest) -> None:
    with reading(province.engine) as connection:
        assert Filters(scope="tinh").few_units(connection) is None
        assert Filters().few_units(connection) is None
        assert Filters(scope="tinh", unit="xa-03").few_units(connection) == ("xa-03",)
        assert Filters(scope="phuong-moi").few_units(connection) == ROOTS["phuong-moi"]
        # A place that is no unit has nothing.
        assert Filters(scope="nowhere").few_units(connection) == ("nowhere",)


def test_a_wards_rows_are_found_by_an_index(province: CentreUnderTest) -> None:
    with reading(province.engine) as connection:
        along_the_index(connection)
        query = (
            select(*READ)
            .where(behind(connection, Place()), *Filters(scope="xa-03").conditions())
            .where(responses.c.unit == "xa-03")
            .order_by(*order(connection))
            .limit(100)
        )
        statement = str(query.compile(province.engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF)"
        plan = "\n".join(str(row) for row in connection.execute(text(f"{explain} {statement}")))
    if province.engine.dialect.name == "sqlite":
        assert "ix_responses_unit_position (unit=?" in plan
        assert "TEMP B-TREE" not in plan
    else:
        assert "unit_xid_position" in plan
        assert "Sort Key: responses.xid" in plan
        assert "Sort  " not in plan
