"""Who opens a workbook reads Vietnamese headings and names; programs find the columns by their ids."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from litestar.testing import TestClient
from sqlalchemy import insert, select

from sync.central.store.database import writing
from sync.central.store.schema import surveys
from sync.contract.canonical import canonical_bytes
from tests.support.wire import CentreUnderTest, numbered

MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
# Every id of ours; what follows a dot is a question's own.
IDS = {"unit", "unit_name", "procedure_name", "officer_name", "outcome", "day", "counts"}


class Office:
    """Two visits at a counter, and an administrator who asks about them."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.admin = {"Authorization": f"Bearer {central.token(role='admin')}"}
        device = {"Authorization": f"Bearer {central.token(device='kiosk-1')}"}
        bodies = b",".join(map(canonical_bytes, numbered(2)))
        client.post(
            "/v1/batches", content=b'{"device":"kiosk-1","responses":[%b]}' % bodies, headers=device
        ).raise_for_status()

    def table(self, path: str, form: str, **asked: str) -> list[dict[str, Any]]:
        answer = self.client.get(path, params={**MARCH, **asked, "format": form}, headers=self.admin)
        assert answer.status_code == 200, answer.text
        if form == "csv":
            return list(csv.DictReader(io.StringIO(answer.text, newline="")))
        header, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def test_a_workbook_of_responses_is_in_vietnamese(office: Office) -> None:
    row = office.table("/v1/responses", "xlsx")[0]
    assert not [heading for heading in row if heading in IDS or heading.startswith(("answers.", "words."))]
    assert not [heading for heading in row if "_" in heading]
    named = (row["Mã đơn vị"], row["Đơn vị"], row["Thủ tục"], row["Cán bộ"])
    assert named == ("phuong-mot", "Phường Một", "Đăng ký khai sinh", "Cán bộ Một")
    assert row["Được tính"] is True


def test_ids_stand_where_they_are_asked_for_and_in_csv(office: Office) -> None:
    ids = list(office.table("/v1/responses", "csv")[0])
    assert set(ids) >= IDS
    assert list(office.table("/v1/responses", "xlsx", headings="ids")[0]) == ids
    vietnamese = office.table("/v1/responses", "csv", headings="vi")[0]
    assert list(vietnamese) == list(office.table("/v1/responses", "xlsx")[0])
    assert vietnamese["Đơn vị"] == "Phường Một"


def test_a_workbook_of_rates_is_in_vietnamese_with_days_as_days(office: Office) -> None:
    row = office.table("/v1/summary", "xlsx", by="unit,day")[0]
    assert not [heading for heading in row if "_" in heading or heading in IDS]
    assert row["Đơn vị"] == "Phường Một"
    assert [str(row[name].date()) for name in ("Từ ngày", "Ngày")] == ["2026-03-01", "2026-03-02"]
    assert row["Rất hài lòng (5)"] == 2
    assert row["Câu hỏi"]


def test_ids_of_rates_stand_in_csv(office: Office) -> None:
    (row, *_) = office.table("/v1/summary", "csv", by="unit,procedure")
    assert (row["unit_name"], row["procedure_name"]) == ("Phường Một", "Đăng ký khai sinh")
    assert (row["from"], row["level_5"]) == ("2026-03-01", "2")
    assert "Đơn vị" in office.table("/v1/summary", "csv", by="unit", headings="vi")[0]


def test_a_table_has_the_questions_of_the_forms_asked_for_alone(office: Office) -> None:
    with writing(office.central.engine) as connection:
        body = connection.execute(select(surveys.c.body)).scalars().first()
        assert body
        other = json.loads(body)
        other["id"] = "mau-khac"
        other["questions"] = [{**other["questions"][0], "id": "khac"}]
        connection.execute(insert(surveys).values(id="mau-khac", version=1, body=json.dumps(other)))
    assert "answers.khac" in office.table("/v1/responses", "csv")[0]
    assert "answers.khac" not in office.table("/v1/responses", "csv", survey="kien-hung")[0]


def test_other_headings_are_refused(office: Office) -> None:
    answer = office.client.get("/v1/responses", params={"headings": "en"}, headers=office.admin)
    assert (answer.status_code, answer.json()["number"]) == (400, "HL4013")
