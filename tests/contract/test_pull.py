"""What administrators pull, asked over the centre's HTTP interface in one process."""

import csv
import gzip
import io
import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import zstandard
from litestar.testing import TestClient
from msgspec.structs import replace
from pyarrow.parquet import read_table
from sqlalchemy import update

from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.store.database import writing
from sync.central.store.schema import responses
from sync.contract.response import Response
from sync.contract.sealing import Words, seal_words
from sync.tables.formulas import guard
from tests.support.wire import CATALOGUE, NOW, CentreUnderTest, numbered, store_unasked, write_bundle

PLAN = """
id = "plan-a"
title.vi = "Kế hoạch A"
authority = "Phường Một"
unit = "phuong-mot"
design = "open"
[[groups]]
id = "giay"
name.vi = "Phiếu giấy"
survey = "kien-hung"
respondents = ["citizen"]
channels = ["paper"]
"""
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "＝1+1", '"=1",x')


def unzstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


class Office:
    """Stores responses, and pulls as one role or another."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.tokens = {role: central.token(role=role) for role in ("admin", "analyst")}

    def store(self, responses: list[Response]) -> None:
        assert store_unasked(self.central, responses) == ["stored"] * len(responses)

    def pull(self, role: str = "admin", accept: str = "identity", **parameters: Any) -> Any:
        parameters = {name.removesuffix("_"): value for name, value in parameters.items()}
        headers = {"Authorization": f"Bearer {self.tokens[role]}", "Accept-Encoding": accept}
        return self.client.get("/v1/responses", params=parameters, headers=headers)

    def rows(self, **parameters: Any) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.pull(format="csv", **parameters).text, newline="")))

    def seqs(self, **parameters: Any) -> list[int]:
        return [int(row["seq"]) for row in self.rows(**parameters)]


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def various() -> list[Response]:
    """Six visits that differ in everything a pull can filter by."""
    found = numbered(6)
    tag = found[0].tag
    assert tag
    found[1] = replace(found[1], tag=replace(tag, procedure="2.000815"))
    found[2] = replace(found[2], tag=replace(tag, officer="a02"))
    found[3] = replace(found[3], outcome="partial", answers={"result": 1})
    found[3] = replace(found[3], plan="plan-a")  # what a terminal was set to decides nothing
    found[4] = replace(found[4], plan="plan-a", channel="paper")
    found[5] = replace(found[5], tag=replace(tag, unit="to-hai"))
    return found


@pytest.mark.parametrize(
    ("parameters", "seqs"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"procedure": "2.000815"}, [2]),
        ({"officer": "a02"}, [3]),
        ({"outcome": "partial"}, [4]),
        ({"plan": "plan-a"}, [5]),
        ({"channel": "paper"}, [5]),
        ({"unit": "to-hai"}, [6]),
        ({"unit": "phuong-mot", "officer": "a01", "procedure": "1.001193"}, [1, 4, 5]),
        ({"survey": "kien-hung", "from_": "2026-03-02", "to": "2026-03-02"}, [1, 2, 3, 4, 5, 6]),
        ({"from_": "2026-03-03"}, []),
        ({"from_": "01/03/2026", "to": "2/3/2026"}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_pull_holds_what_its_filters_say(
    office: Office, parameters: dict[str, str], seqs: list[int], tmp_path: Path
) -> None:
    folder = write_bundle(tmp_path / "bundle", version=2)
    (folder / "plans").mkdir()
    (folder / "plans" / "plan-a.toml").write_text(PLAN, "utf-8")
    with acting(office.central.engine, By("test", NOW)) as act:
        import_bundle(act, folder)
    office.store(various())
    assert office.seqs(**parameters) == seqs
    pages = office.pull(**parameters).json()
    assert [item["response"]["seq"] for item in pages["items"]] == seqs


def test_a_filtered_pull_that_found_little_does_not_look_again(office: Office) -> None:
    office.store(various())
    answer = office.pull(officer="a02", limit=5).json()
    newest = office.pull().json()["items"][-1]["cursor"]
    assert (len(answer["items"]), answer["next"], answer["more"]) == (1, newest, False)


@pytest.mark.parametrize(
    "parameters",
    [{"from_": "2026-02-30"}, {"to": "yesterday"}, {"officers": "a01"}, {"outcome": "good"}, {"limit": "0"}],
)
def test_a_wrong_filter_is_refused_and_never_means_everything(
    office: Office, parameters: dict[str, str]
) -> None:
    answer = office.pull(**parameters)
    assert (answer.status_code, answer.json()["number"]) == (400, "HL4013")


@pytest.mark.parametrize("day", ["2026-02-30", "31/02/2026", "02-03-2026", "hôm qua"])
@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("address", ["/v1/responses", "/v1/summary"])
def test_a_wrong_day_is_named_as_the_caller_named_it(
    office: Office, address: str, name: str, day: str
) -> None:
    headers = {"Authorization": f"Bearer {office.tokens['admin']}"}
    document = office.client.get(address, params={name: day}, headers=headers).json()
    assert (document["number"], document["where"]) == ("HL4013", name)


@pytest.mark.parametrize("address", ["/v1/responses", "/v1/summary"])
@pytest.mark.parametrize(
    ("name", "value", "near"),
    [
        ("unit", "phuong-mott", "phuong-mot"),
        ("survey", "kien-hung-2", "kien-hung"),
        ("procedure", "1.001194", "1.001193"),
        ("officer", "nobody", "a01"),
    ],
)
def test_a_filter_that_names_what_there_is_not_is_refused_with_what_there_is(
    office: Office, address: str, name: str, value: str, near: str
) -> None:
    office.store(various())
    headers = {"Authorization": f"Bearer {office.tokens['admin']}"}
    answer = office.client.get(address, params={name: value}, headers=headers)
    document = answer.json()
    assert (answer.status_code, document["number"], document["where"]) == (404, "HL4038", name)
    assert near in document["detail"]


def test_only_an_administrator_may_ask_about_an_officer(office: Office) -> None:
    assert office.pull("analyst", officer="a01").json()["number"] == "HL4002"


def test_every_format_holds_the_same_rows(office: Office) -> None:
    office.store(various())
    lines = [json.loads(line) for line in office.pull(format="ndjson").text.splitlines()]
    book = openpyxl.load_workbook(
        io.BytesIO(office.pull(format="xlsx", headings="ids").content), read_only=True
    )
    header, *sheet = book.worksheets[0].iter_rows(values_only=True)
    assert [line["response"]["seq"] for line in lines] == office.seqs()
    for row, cells, line in zip(office.rows(), sheet, lines, strict=True):
        in_sheet = {
            str(name): "" if cell is None else str(cell).replace("True", "true")
            for name, cell in zip(header, cells, strict=True)
        }
        # A sheet has days as days, and moments as the clocks of the place had them.
        shown = {"day": datetime.fromisoformat(row["day"])}
        for name in ("started_at", "finished_at"):
            shown[name] = (datetime.fromisoformat(row[name]) + timedelta(hours=7)).replace(tzinfo=None)
        assert in_sheet == {**row, **{name: str(moment) for name, moment in shown.items()}}
        assert line["response"]["id"] == row["id"]
        assert line["cursor"].split("-")[-1] == row["position"]


def test_parquet_holds_the_same_rows_with_types(office: Office) -> None:
    office.store(various())
    table = read_table(io.BytesIO(office.pull(format="parquet").content))
    assert table.column("seq").to_pylist() == [1, 2, 3, 4, 5, 6]
    assert table.column("answers.service").to_pylist() == [4, 4, 4, None, 4, 4]
    assert table.column_names == list(office.rows()[0])


def test_who_is_in_no_newer_configuration_keeps_the_last_name_there_was(office: Office) -> None:
    visits = various()
    office.store(visits)
    write_catalogue(office, 2, CATALOGUE.replace("Cán bộ Một", "Cán bộ Một (đổi tên)"))
    write_catalogue(office, 3, CATALOGUE.partition("[[procedures]]")[0])
    named = {(row["officer_name"], row["procedure_name"]) for row in office.rows(officer="a01")}
    assert named == {("Cán bộ Một (đổi tên)", "Đăng ký khai sinh"), ("Cán bộ Một (đổi tên)", "")}


def write_catalogue(office: Office, version: int, catalogue: str) -> None:
    """Let the centre take in another version of its configuration."""
    bundle = write_bundle(office.central.folder / f"bundle-{version}", version=version, devices=())
    (bundle / "catalogue.toml").write_text(catalogue, "utf-8")
    with acting(office.central.engine, By("test", NOW)) as act:
        import_bundle(act, bundle)


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "xlsx"])
@pytest.mark.parametrize(("encoding", "unpack"), [("gzip", gzip.decompress), ("zstd", unzstd)])
def test_every_format_can_be_packed(office: Office, form: str, encoding: str, unpack: Any) -> None:
    office.store(numbered(3))
    plain = office.pull(format=form)
    with office.client.stream(
        "GET",
        "/v1/responses",
        params={"format": form},
        headers={"Authorization": f"Bearer {office.tokens['admin']}", "Accept-Encoding": encoding},
    ) as answer:
        assert answer.headers["content-encoding"] == encoding
        packed = b"".join(answer.iter_raw())
    if form == "xlsx":  # its own date of making is inside
        assert unpack(packed)[:2] == b"PK"
    else:
        assert unpack(packed) == plain.content


def test_excel_gets_its_byte_order_mark_where_it_is_asked_for(office: Office) -> None:
    assert office.pull(format="csv", bom="1").content[:3] == b"\xef\xbb\xbf"
    assert office.pull(format="csv").content[:3] != b"\xef\xbb\xbf"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_citizen_becomes_a_formula(office: Office, text: str) -> None:
    key = office.central.keys.public().sealing[-1]
    sealed = seal_words({"unsatisfied": text}, key.id, key.public)
    office.store([replace(numbered(1)[0], sealed=sealed)])
    (row,) = office.rows()
    assert row["words.unsatisfied"][0] in "'\""
    assert row["words.unsatisfied"] == guard(text)
    book = openpyxl.load_workbook(io.BytesIO(office.pull(format="xlsx").content))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "n", "b", "d"}
    (item,) = office.pull().json()["items"]
    assert item["words"]["unsatisfied"] == text


def test_a_text_that_no_form_let_anybody_write_holds_up_no_pull(office: Office) -> None:
    key = office.central.keys.public().sealing[-1]
    long = seal_words({"unsatisfied": "31/12/2025 … " * 5_000}, key.id, key.public)
    assert long
    office.store([replace(numbered(1)[0], sealed=seal_words({"unsatisfied": "Lâu"}, key.id, key.public))])
    with writing(office.central.engine) as connection:  # as one that arrived before boxes had a limit
        connection.execute(update(responses).values(sealed_key=long.key, sealed_box=long.box))
    began = time.process_time()
    (item,) = office.pull().json()["items"]
    (row,) = office.rows()
    assert time.process_time() - began < 2
    assert row["words.unsatisfied"] == item["words"]["unsatisfied"]
    assert len(row["words.unsatisfied"]) == 1000 + len("…")


def test_pages_of_any_size_give_every_row_once_with_late_ones_at_the_end(office: Office) -> None:
    visits = numbered(7)
    office.store(visits[:3])
    cursor, seen = "", []
    for late in (visits[3:5], visits[5:], []):
        while True:
            answer = office.pull(format="csv", after=cursor, limit=2)
            seen += [int(row["seq"]) for row in csv.DictReader(io.StringIO(answer.text))]
            cursor = answer.headers["next-cursor"]
            if answer.headers["more"] == "false":
                break
        if late:
            office.store(late)
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_what_arrives_while_a_table_leaves_is_for_the_next_pull(office: Office) -> None:
    office.store(numbered(2))
    headers = {"Authorization": f"Bearer {office.tokens['admin']}"}
    with office.client.stream("GET", "/v1/responses", params={"format": "ndjson"}, headers=headers) as answer:
        cursor = answer.headers["next-cursor"]
        office.store(numbered(4)[2:])
        first = answer.read().splitlines()
    second = office.pull(format="ndjson", after=cursor).text.splitlines()
    assert [json.loads(line)["response"]["seq"] for line in [*first, *second]] == [1, 2, 3, 4]


def test_below_admin_no_format_tells_officer_minute_id_or_words(office: Office) -> None:
    key = office.central.keys.public().sealing[-1]
    sealed = seal_words({"unsatisfied": "Chờ lâu"}, key.id, key.public)
    stored = replace(numbered(1)[0], sealed=sealed)
    office.store([stored])
    office.central.now = lambda: NOW + timedelta(days=1)
    book = openpyxl.load_workbook(io.BytesIO(office.pull("analyst", format="xlsx").content))
    texts = [office.pull("analyst", format=name).text for name in ("json", "ndjson", "csv")]
    texts.append(str([[str(cell.value) for cell in row] for row in book.worksheets[0].iter_rows()]))
    for text in texts:
        assert "2026-03-02" in text
        for hidden in ("08:0", "a01", "Cán bộ", "Chờ lâu", "2300", stored.id, stored.id[:13]):
            assert hidden not in text


def test_long_numbers_in_free_text_are_masked_and_contact_details_stay(office: Office) -> None:
    key = office.central.keys.public().sealing[-1]
    words: Words = {"unsatisfied": "Gọi tôi 0900 000 001 nhé", "contact": {"phone": "0900000001"}}
    sealed = seal_words(words, key.id, key.public)
    office.store([replace(numbered(1)[0], sealed=sealed)])
    (item,) = office.pull().json()["items"]
    assert item["words"]["contact"]["phone"] == "0900000001"
    book = openpyxl.load_workbook(io.BytesIO(office.pull(format="xlsx").content))
    texts = [item["words"]["unsatisfied"], office.rows()[0]["words.unsatisfied"]]
    texts += [str(cell.value) for cell in book.worksheets[0][2] if "Gọi" in str(cell.value)]
    assert texts == ["Gọi tôi •••• ••• ••• nhé"] * 3
