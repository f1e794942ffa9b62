"""The Excel workbook with its queries, as far as it can be tried without Excel.

Its parts are taken apart by the rules of [MS-QDEFF] with nothing of what put them together, and the requests
that the M text makes are made to a real centre.
"""

import base64
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import openpyxl
import pytest
from litestar.testing import TestClient

from sync.contract.canonical import canonical_bytes
from tests.support.wire import NOW, CentreUnderTest, numbered
from tests.support.workbook import SOURCE, WORKBOOK, build, columns_of

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TEXT = SOURCE.read_text("utf-8")
QUERIES = ("Phieu", "HaiLong", "GiaoKetQua")
# What Power Query sends with every request to a feed.
POWER_QUERY = {
    "Accept": "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7",
    "Accept-Charset": "UTF-8",
    "Accept-Encoding": "gzip, deflate",
    "MaxDataServiceVersion": "3.0",
    "OData-MaxVersion": "4.0",
    "User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
}


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(WORKBOOK) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def fields(stream: bytes) -> tuple[int, list[bytes]]:
    """Version and the four fields of the binary stream, which must end with the last of them."""
    (version,) = struct.unpack_from("<I", stream)
    at, found = 4, []
    for _ in range(4):
        (length,) = struct.unpack_from("<I", stream, at)
        found.append(stream[at + 4 : at + 4 + length])
        assert len(found[-1]) == length
        at += 4 + length
    assert at == len(stream)
    return version, found


@pytest.fixture(scope="module")
def stream(parts: dict[str, bytes]) -> bytes:
    root = Xml.fromstring(parts["customXml/item1.xml"])
    assert root.tag == "{http://schemas.microsoft.com/DataMashup}DataMashup"
    return base64.b64decode(root.text or "", validate=True)


def test_the_queries_are_those_of_the_readable_file(stream: bytes) -> None:
    version, (package, _, _, _) = fields(stream)
    assert version == 0
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert set(archive.namelist()) == {"[Content_Types].xml", "Config/Package.xml", "Formulas/Section1.m"}
        assert archive.read("Formulas/Section1.m").decode() == TEXT
        for name in ("[Content_Types].xml", "Config/Package.xml"):
            Xml.fromstring(archive.read(name))


def test_permissions_are_the_defaults_that_a_reader_falls_back_to(stream: bytes) -> None:
    _, (_, permissions, _, binding) = fields(stream)
    assert {each.tag: each.text for each in Xml.fromstring(permissions)} == {
        "CanEvaluateFuturePackages": "false",
        "FirewallEnabled": "true",
        "WorkbookGroupType": None,
    }
    assert binding == b"\0"


def test_the_metadata_names_every_query_and_fills_its_table(stream: bytes) -> None:
    _, (_, _, metadata, _) = fields(stream)
    version, length = struct.unpack_from("<II", metadata)
    (content,) = struct.unpack_from("<I", metadata, 8 + length)
    assert (version, content, len(metadata)) == (0, 0, 12 + length)
    found = {}
    for item in Xml.fromstring(metadata[8 : 8 + length]).iter("Item"):
        entries = {entry.get("Type"): entry.get("Value") for entry in item.iter("Entry")}
        found[item.findtext("ItemLocation/ItemPath") or ""] = entries.get("FillTarget")
    assert found == {"": None} | {f"Section1/{query}": f"s{query}" for query in QUERIES}
    assert set(re.findall(r"^shared (\w+) =", TEXT, re.M)) == set(QUERIES)


def test_connections_query_tables_and_tables_fit_together(parts: dict[str, bytes]) -> None:
    connections = {
        each.get("id"): each.find(f"{MAIN}dbPr") for each in Xml.fromstring(parts["xl/connections.xml"])
    }
    locations = set()
    for number in ("1", "2", "3"):
        table = Xml.fromstring(parts[f"xl/tables/table{number}.xml"])
        query = Xml.fromstring(parts[f"xl/queryTables/queryTable{number}.xml"])
        assert f"queryTable{number}.xml" in parts[f"xl/tables/_rels/table{number}.xml.rels"].decode()
        assert table.get("tableType") == "queryTable"
        columns = [
            (one.get("queryTableFieldId"), one.get("name")) for one in table.iter(f"{MAIN}tableColumn")
        ]
        assert columns == [(one.get("id"), one.get("name")) for one in query.iter(f"{MAIN}queryTableField")]
        link = connections[query.get("connectionId")]
        assert link is not None
        assert link.get("command") == f"SELECT * FROM [{table.get('name')}]"
        locations.add(re.search(r"Location=(\w+);", link.get("connection") or "").group(1))  # type: ignore[union-attr]
    assert locations == set(QUERIES)


def test_every_part_has_a_type_and_every_relation_a_part(parts: dict[str, bytes]) -> None:
    types = Xml.fromstring(parts["[Content_Types].xml"])
    named = {each.get("PartName", "").lstrip("/") for each in types if each.get("PartName")}
    assert named <= set(parts)
    assert {name for name in parts if "queryTable" in name or "connections" in name} <= named
    assert b"customXml/item1.xml" in parts["xl/_rels/workbook.xml.rels"]
    assert b"connections.xml" in parts["xl/_rels/workbook.xml.rels"]


def test_the_workbook_is_what_the_script_makes_of_the_readable_file(parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(build(TEXT))) as archive:
        made = {name: archive.read(name) for name in archive.namelist()}
    assert set(made) == set(parts)
    ours = [name for name in parts if name.startswith(("customXml", "xl/queryTables", "xl/connections"))]
    different = [name for name in ours if name != "customXml/item1.xml" and made[name] != parts[name]]
    assert different == [], "run: make workbook"


def test_named_cells_and_tables_are_there_for_whoever_opens_it() -> None:
    book = openpyxl.load_workbook(WORKBOOK)
    assert set(book.defined_names) == {"DiaChi", "MaTruyCap", "Thang"}
    assert {name for sheet in book for name in sheet.tables} == set(QUERIES)
    assert set(re.findall(r'(?:Cell|Written)\("(\w+)"\)', TEXT)) == set(book.defined_names)


def test_brackets_and_quotes_of_the_queries_close() -> None:
    code = re.sub(r'"(?:[^"]|"")*"', '""', re.sub(r"//.*", "", TEXT))
    for opening, closing in ("()", "[]", "{}"):
        assert code.count(opening) == code.count(closing)
    assert len(re.findall(r"\blet\b", code)) == len(re.findall(r"\bin\b", code))
    assert '"' not in code.replace('""', "")


# --- the requests of the M text, to a real centre ----------------------------------------------------------


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[Any]:
    with TestClient(central.app) as client:
        content = b'{"device":"kiosk-1","responses":[%b]}' % b",".join(map(canonical_bytes, numbered(5)))
        device = {"Authorization": f"Bearer {central.token(device='kiosk-1')}"}
        client.post("/v1/batches", content=content, headers=device).raise_for_status()
        central.now = lambda: NOW + timedelta(days=1)  # below admin rows are given out when their day is over
        client.headers.update(POWER_QUERY)
        client.headers["Authorization"] = f"Bearer {central.token(role='analyst')}"
        yield client


def test_the_feed_answers_what_the_rows_are_asked_with(client: Any) -> None:
    (root,) = set(re.findall(r'Address & "(/[^"]+)"', TEXT))
    (entity_set,) = re.findall(r'Feed\{\[Name = "(\w+)"', TEXT)
    service = client.get(root)
    assert service.headers["odata-version"] == "4.0"
    assert [each["name"] for each in service.json()["value"] if each["kind"] == "EntitySet"] == [entity_set]
    schema = client.get(f"{root}$metadata")
    assert schema.headers["content-type"].startswith("application/xml")
    assert f'EntitySet Name="{entity_set}"' in schema.text
    assert re.findall(r"each (.*)\),?$", TEXT, re.M) == ["[day] >= First and [day] <= Last"]
    address, seen = f"{root}{entity_set}?$filter=day ge 2026-03-01 and day le 2026-03-31", []
    while address:
        page = client.get(address, headers={"Prefer": "odata.maxpagesize=2"}).json()
        seen += page["value"]
        address = page.get("@odata.nextLink", "").removeprefix("http://testserver.local")
    assert [row["position"] for row in seen] == [1, 2, 3, 4, 5]
    headings = [cell.value for cell in openpyxl.load_workbook(WORKBOOK)["Phiếu"][1]]
    assert set(headings) <= set(seen[0])
    none = client.get(f"{root}{entity_set}?$filter=day ge 2026-04-01 and day le 2026-04-30").json()
    assert none["value"] == []


def test_the_summary_has_every_field_that_the_tables_are_made_of(client: Any) -> None:
    (path,) = set(re.findall(r'RelativePath = "([^"]+)"', TEXT))
    names = set(re.findall(r"^ {24}(\w+) = ", TEXT, re.M))
    assert names == {"from", "to", "by"}
    asked = {"from": "2026-03-01", "to": "2026-03-31", "by": "unit"}
    answer = client.get(f"/{path}", params=asked, headers={"Accept": "application/json"}).json()
    (survey,) = answer["surveys"]
    row, handover = survey["rows"][0], answer["handovers"]["rows"][0]
    query = {name: TEXT.partition(f"shared {name} =")[2].partition("shared ")[0] for name in QUERIES}
    assert set(re.findall(r"= (?:Share\()?row\[(\w+)\]\)?,?$", query["HaiLong"], re.M)) <= set(row)
    assert set(re.findall(r"survey\[(\w+)\]", query["HaiLong"])) <= set(survey)
    assert set(re.findall(r"Level\(row, \"(\d)\"\)", query["HaiLong"])) == set(row["counts"])
    asked_of_row = set(re.findall(r"row\[(\w+)\]", query["GiaoKetQua"]))
    assert asked_of_row <= set(handover)
    assert {"returned", "tagged", "answered"} <= asked_of_row
    assert (row["by"], handover["by"], handover["returned"]) == ({"unit": "phuong-mot"},) * 2 + (None,)
    for name in ("HaiLong", "GiaoKetQua"):
        records = re.findall(r'^ {16,28}#"([^"]+)" = (?:row|survey|Share|Level)', query[name], re.M)
        assert tuple(records) == columns_of(TEXT, name)


def test_without_a_token_the_feed_says_how_to_bring_one(client: Any) -> None:
    del client.headers["Authorization"]
    answer = client.get("/odata/")
    assert (answer.status_code, answer.headers["www-authenticate"][:5]) == (401, "Basic")
