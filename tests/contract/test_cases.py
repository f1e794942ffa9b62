import base64
import codecs
import io
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter
from msgspec.structs import replace
from sqlalchemy import select
from typer.testing import CliRunner, Result

from sync.central.__main__ import app
from sync.central.office.audit.acts import Act, By
from sync.central.office.bundle import import_bundle
from sync.central.office.case_list import Columns, Listed, Reading, read_cases
from sync.central.office.keys.by_unit import StoredCases, load_list
from sync.central.store.database import writing
from sync.central.store.schema import audit, metadata
from sync.contract.bundle import Case
from sync.contract.catalogue import Catalogue, Officer, Unit
from sync.contract.code_rules import CodeRules
from sync.contract.codes import case_hash
from sync.contract.days import read_day
from sync.contract.problem import ProblemError
from tests.support.codes import CASE_KEY
from tests.support.wire import CentreUnderTest

UNIT, OTHER_UNIT = "phuong-mot", "xa-hai"
FIRST, SECOND = "000.00.12.H26-260227-0004", "H26.50.05-260301-000123"
COLUMNS = Columns(
    dossier="Mã hồ sơ",
    procedure="Thủ tục",
    officer="Cán bộ",
    procedures={"Khai sinh": "1.001193"},
    officers={"C.B. Một": "a01"},
)
CATALOGUE = Catalogue(
    units=(Unit(UNIT, {"vi": "Phường Một"}),),
    officers=(
        Officer("a01", "Cán bộ Một", UNIT),
        Officer("a02", "Cán bộ Hai", UNIT),
        Officer("a03", "Cán bộ Hai", UNIT),
    ),
)
GOOD = f"""Số,Mã hồ sơ,Thủ tục,Cán bộ
1,{FIRST},1.000894,Cán bộ Một
2, {SECOND.lower()} ,Khai sinh,
"""
MAPPING = """
dossier = "Mã hồ sơ"
procedure = "Thủ tục"
officer = "Cán bộ"
[procedures]
"Khai sinh" = "1.001193"
"""
CASES = [
    Case(case_hash(FIRST, CASE_KEY), "1.000894", "a01"),
    Case(case_hash(SECOND, CASE_KEY), "1.001193"),
]


def read(text: str | bytes, columns: Columns = COLUMNS) -> list[Case]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(listed(data, columns).cases)


def listed(data: bytes, columns: Columns, name: str = "list.csv", today: date = date(2026, 3, 31)) -> Listed:
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        return read_cases(
            path,
            Reading(
                columns=columns,
                catalogue=CATALOGUE,
                unit=UNIT,
                rules=CodeRules(),
                key=CASE_KEY,
                today=today,
            ),
        )


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode(),
        codecs.BOM_UTF8 + GOOD.encode(),
        GOOD.encode("utf-16"),
        codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.replace(",", "\t").encode("utf-16"),
    ],
)
def test_a_list_is_read_in_the_encodings_and_forms_of_spreadsheets(data: bytes) -> None:
    assert read(data) == CASES


@pytest.mark.parametrize("kind", ["csv", "tsv", "txt in UTF-16", "xlsx with texts", "xlsx with dates"])
def test_a_list_reads_alike_in_every_kind_of_file(kind: str) -> None:
    headings = ("Mã hồ sơ", "Thủ tục", "Cán bộ", "Ngày trả")
    rows = [(FIRST, "1.000894", "a01", "05/03/2026"), (SECOND, "Khai sinh", "", "13/03/2026")]
    name = f"list.{kind.split()[0]}"
    if name.endswith("xlsx"):
        data = workbook(headings, rows, real_days=kind.endswith("dates"))
    else:
        separator = "," if name.endswith("csv") else "\t"
        text = "".join(separator.join(cells) + "\r\n" for cells in (headings, *rows))
        data = text.encode("utf-16" if "UTF-16" in kind else "utf-8")
    found = listed(data, replace(COLUMNS, returned="Ngày trả"), name)
    assert list(found.cases) == CASES
    assert list(found.returned.values()) == [date(2026, 3, 5), date(2026, 3, 13)]


def test_a_procedure_that_became_a_number_in_a_workbook_is_refused_by_that_reason() -> None:
    data = workbook(("Mã hồ sơ", "Thủ tục", "Cán bộ"), [(FIRST, 2.00081, "")])
    with pytest.raises(ProblemError, match="mất số 0"):
        listed(data, COLUMNS, "list.xlsx")


def workbook(
    headings: tuple[str, ...], rows: Sequence[tuple[object, ...]], *, real_days: bool = False
) -> bytes:
    """The bytes of a workbook; real_days: the last cell of each row is a date and no text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        for line, cells in enumerate(rows, 1):
            day = read_day(str(cells[-1])) if real_days else None
            sheet.write_row(line, 0, [*cells[:-1], day] if day else cells)
    return out.getvalue()


def test_letters_with_separate_marks_are_the_same_letters() -> None:
    import unicodedata

    assert read(unicodedata.normalize("NFD", GOOD)) == CASES


def test_officers_are_known_by_id_by_a_name_of_their_own_or_by_the_mapping() -> None:
    rows = "Mã hồ sơ,Thủ tục,Cán bộ\n" + "".join(
        f"H26-260301-{number:04},1.001193,{name}\n"
        for number, name in enumerate(["a02", "cán bộ một", "C.B. Một", ""])
    )
    assert [case.officer for case in read(rows)] == ["a02", "a01", "a01", None]


def test_an_officer_nobody_knows_is_refused_or_left_out_as_the_mapping_says() -> None:
    rows = f"Mã hồ sơ,Thủ tục,Cán bộ\n{FIRST},1.001193,Cán bộ Hai\n"
    with pytest.raises(ProblemError, match=r"HL3019.*dòng 2: Cán bộ: 'Cán bộ Hai' không có trong danh mục"):
        read(rows)
    assert read(rows, replace(COLUMNS, unknown_officer="leave_out"))[0].officer is None


def test_a_wrong_row_is_reported_by_its_line_without_its_content() -> None:
    rows = f"""Mã hồ sơ,Thủ tục,Cán bộ
{FIRST},1.001193,a01
000.00.12.H26-260230-0004,1.001193,a01
KENARI,1.001193,a01

{SECOND},"KENARI
KENARI",a01
{SECOND},1.001193
{FIRST},1.000894,a01
"""
    with pytest.raises(ProblemError) as raised:
        read(rows)
    found = raised.value.problem
    assert found.number == "HL3019"
    assert found.detail.split("; ") == [
        "dòng 3: Mã hồ sơ: ngày không tồn tại",
        "dòng 4: Mã hồ sơ: không phải mã hồ sơ",
        "dòng 6: Thủ tục: không phải mã thủ tục",
        "dòng 8: 2 cột, tiêu đề có 3",
        "dòng 9: Mã hồ sơ: trùng với một dòng khác nội dung",
    ]


APPLICANTS = replace(COLUMNS, applicant="Đối tượng", applicants={"Hộ kinh doanh": "organisation"})


def applicants_of(*words: str) -> list[bool]:
    """Whether each of these applicants, in a list of their own, is an organisation."""
    rows = "Mã hồ sơ,Thủ tục,Cán bộ,Đối tượng\n" + "".join(
        f"H26-260301-{number:04},1.001193,,{word}\n" for number, word in enumerate(words)
    )
    found = listed(rows.encode(), APPLICANTS)
    return [case.case in found.organisations for case in found.cases]


def test_the_applicants_kind_is_known_by_the_usual_words_and_by_the_mapping() -> None:
    assert applicants_of("Cá nhân", "CÔNG DÂN", "nguoi dan", "") == [False] * 4
    assert applicants_of("Tổ chức", "doanh  nghiệp", "Cơ quan", "hộ kinh doanh") == [True] * 4


def test_an_applicants_kind_that_nobody_knows_is_refused_without_its_content() -> None:
    with pytest.raises(ProblemError, match=r"dòng 3: Đối tượng: không rõ cá nhân hay tổ chức") as raised:
        applicants_of("Cá nhân", "Kenari Kenari")
    assert "Kenari" not in str(raised.value)


def test_two_rows_of_one_dossier_must_agree_on_its_applicant() -> None:
    rows = f"Mã hồ sơ,Thủ tục,Cán bộ,Đối tượng\n{FIRST},1.000894,,Cá nhân\n{FIRST},1.000894,,Tổ chức\n"
    with pytest.raises(ProblemError, match="dòng 3: Mã hồ sơ: trùng với một dòng khác nội dung"):
        listed(rows.encode(), APPLICANTS)


def test_many_wrong_rows_are_counted() -> None:
    with pytest.raises(ProblemError, match=r"dòng 21: .*; và 5 dòng khác"):
        read("Mã hồ sơ,Thủ tục,Cán bộ\n" + "x,y,z\n" * 25)


@pytest.mark.parametrize(
    ("data", "number"),
    [
        (GOOD.encode("cp1258", "replace") + b"\xff", "HL1010"),
        (GOOD.replace("Mã hồ sơ", "Mã").encode(), "HL1003"),
        (GOOD.replace("Số", "Mã hồ sơ").encode(), "HL1004"),
        (b"", "HL1002"),
        (GOOD.encode() + b'3,"x\n', "HL1002"),
    ],
)
def test_a_file_that_is_no_list_is_refused(data: bytes, number: str) -> None:
    with pytest.raises(ProblemError, match=number):
        read(data)


def test_the_same_dossier_twice_is_one_case() -> None:
    assert read(GOOD + GOOD.split("\n")[1] + "\n") == CASES


# --- the command, over a real centre -----------------------------------------------------------------


def run(
    central: CentreUnderTest,
    content: bytes = GOOD.encode(),
    *more: str,
    unit: str = UNIT,
    mapping: str = MAPPING,
    folder: bool = True,
) -> Result:
    data = central.folder
    (data / "list.csv").write_bytes(content)
    (data / "columns.toml").write_text(mapping, "utf-8")
    options = {"--mapping": data / "columns.toml", "--data": data}
    options |= {"--bundle": data / "bundle"} if folder else {}
    words = [str(word) for pair in options.items() for word in pair]
    words += ["--database", central.url] if central.url else []
    return CliRunner().invoke(app, ["import-cases", str(data / "list.csv"), *words, "--unit", unit, *more])


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "list.csv" and ".db" not in path.name
    }


def kept(central: CentreUnderTest, unit: str = UNIT) -> StoredCases:
    cases = load_list(central.folder / "keys", unit)
    assert cases is not None
    return cases


def test_an_imported_list_is_kept_as_hashes_under_a_key_that_stays(central: CentreUnderTest) -> None:
    assert run(central).exit_code == 0
    first = kept(central)
    key = base64.b64decode(first.key)
    assert {case.case for case in first.case} == {case_hash(FIRST, key), case_hash(SECOND, key)}
    assert (central.folder / "keys" / "case-lists" / f"{UNIT}.json").stat().st_mode & 0o077 == 0
    assert run(central).exit_code == 0
    assert kept(central) == first
    assert b"H26" not in b"".join(everything(central.folder).values()).upper()


def test_the_applicants_kind_is_kept_next_to_the_list(central: CentreUnderTest) -> None:
    rows = f"Mã hồ sơ,Thủ tục,Cán bộ,Đối tượng\n{FIRST},1.000894,,Tổ chức\n{SECOND},1.001193,,Cá nhân\n"
    said = run(central, rows.encode(), mapping=f'applicant = "Đối tượng"\n{MAPPING}')
    assert f"{UNIT}: 2 hồ sơ, 1 của tổ chức" in said.stdout
    stored = kept(central)
    assert stored.organisations == (case_hash(FIRST, base64.b64decode(stored.key)),)
    assert stored.citizens == (case_hash(SECOND, base64.b64decode(stored.key)),)
    assert run(central).exit_code == 0
    assert (kept(central).organisations, kept(central).citizens) == ((), ())


def test_a_list_is_read_by_what_the_centre_has_where_no_folder_is_named(central: CentreUnderTest) -> None:
    assert run(central).exit_code == 0
    named = kept(central)
    shutil.rmtree(central.folder / "bundle")
    (central.folder / "keys" / "case-lists" / f"{UNIT}.json").unlink()
    assert run(central, folder=False).exit_code == 0
    assert [(case.procedure, case.officer) for case in kept(central).case] == [
        (case.procedure, case.officer) for case in named.case
    ]
    refused = run(central, folder=False, unit="xa-khac")
    assert isinstance(refused.exception, ProblemError)
    assert refused.exception.problem.number == "HL1005"


def test_a_unit_without_a_list_gets_its_key_once(central: CentreUnderTest) -> None:
    assert give_key(central).exit_code == 0
    first = kept(central)
    assert len(base64.b64decode(first.key)) == 32
    assert first.case == ()
    assert give_key(central).exit_code == 0
    assert kept(central) == first
    assert run(central).exit_code == 0
    listed = kept(central)
    assert listed.key == first.key
    assert give_key(central).exit_code == 0
    assert kept(central) == listed


def give_key(central: CentreUnderTest, unit: str = UNIT) -> Result:
    options = ["--data", central.folder, "--bundle", central.folder / "bundle", "--unit", unit]
    words = ["case-key", *map(str, options), *(["--database", central.url] if central.url else [])]
    return CliRunner().invoke(app, words)


SECOND_UNIT_LIST = "Mã hồ sơ,Thủ tục,Cán bộ\nH26-260302-0009,1.001193,\n".encode()


def with_a_second_unit(central: CentreUnderTest) -> None:
    with (central.folder / "bundle" / "catalogue.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(f'[[units]]\ncode = "{OTHER_UNIT}"\nname = {{ vi = "Xã Hai" }}\n')


@pytest.mark.parametrize("command", ["import-cases", "case-key"])
def test_taking_in_the_list_of_one_unit_leaves_the_others_as_they_are(
    central: CentreUnderTest, command: str
) -> None:
    with_a_second_unit(central)
    assert run(central).exit_code == 0
    first = kept(central)
    if command == "import-cases":
        assert run(central, SECOND_UNIT_LIST, unit=OTHER_UNIT).exit_code == 0
        assert len(kept(central, OTHER_UNIT).case) == 1
    else:
        assert give_key(central, OTHER_UNIT).exit_code == 0
    assert kept(central) == first
    assert kept(central, OTHER_UNIT).key != first.key


def test_no_two_units_share_a_key(central: CentreUnderTest) -> None:
    with_a_second_unit(central)
    run(central)
    lists = central.folder / "keys" / "case-lists"
    shutil.copy(lists / f"{UNIT}.json", lists / f"{OTHER_UNIT}.json")
    before = everything(central.folder)
    for refused in (run(central, unit=OTHER_UNIT), give_key(central, OTHER_UNIT), run(central)):
        assert isinstance(refused.exception, ProblemError)
        assert refused.exception.problem.number == "HL5038"
    assert everything(central.folder) == before
    (lists / f"{OTHER_UNIT}.json").unlink()
    assert run(central).exit_code == 0


@pytest.mark.parametrize("content", ['{"key":"abc"}', '{"key":"YWJj"}', "{", '{"key":"é"}'])
def test_a_list_that_is_damaged_is_refused_and_stays(central: CentreUnderTest, content: str) -> None:
    run(central)
    path = central.folder / "keys" / "case-lists" / f"{UNIT}.json"
    path.write_text(content, "utf-8")
    for refused in (run(central), give_key(central)):
        assert isinstance(refused.exception, ProblemError)
        assert refused.exception.problem.number == "HL5002"
        assert f"case-lists/{UNIT}.json" in refused.exception.problem.where
    assert path.read_text("utf-8") == content


def test_a_bundle_with_a_case_list_is_refused_for_its_key_belongs_in_no_database(
    central: CentreUnderTest,
) -> None:
    key = base64.b64encode(CASE_KEY).decode()
    bundle = central.folder / "bundle"
    (bundle / "cases.json").write_text(f'{{"key":"{key}"}}')
    (bundle / "bundle.toml").write_text(
        (bundle / "bundle.toml").read_text().replace("version = 1", "version = 2")
    )
    with pytest.raises(ProblemError, match="HL1014"), writing(central.engine) as connection:
        import_bundle(Act(connection, By("test", central.now())), bundle)
    with central.engine.connect() as connection:
        for table in metadata.sorted_tables:
            assert all(key not in str(tuple(row)) for row in connection.execute(select(table)))


def test_nothing_is_imported_where_one_row_is_wrong(central: CentreUnderTest) -> None:
    for imported in (False, True):
        if imported:
            run(central)
        (central.folder / "columns.toml").write_text(MAPPING, "utf-8")
        before = everything(central.folder)
        result = run(central, GOOD.encode() + b"3,KENARI,1.001193,\n")
        assert isinstance(result.exception, ProblemError)
        assert result.exception.problem.number == "HL3019"
        assert "KENARI" not in str(result.exception) + result.output
        assert everything(central.folder) == before


def test_an_import_stands_in_the_audit_log_without_a_code(central: CentreUnderTest) -> None:
    run(central)
    with central.engine.connect() as connection:
        (line,) = connection.execute(select(audit.c.act, audit.c.subject, audit.c.detail)).all()
    assert tuple(line) == ("import-cases", UNIT, "2 cases")


def test_what_a_national_code_adds_and_a_tab_are_understood_and_a_near_name_is_shown() -> None:
    rows = f"Mã hồ sơ,Thủ tục,Cán bộ\n{FIRST},1.001193.000.00.00.H29,Cán  bộ Một\n"
    assert read(rows) == [Case(case_hash(FIRST, CASE_KEY), "1.001193", "a01")]
    assert read(rows.replace(",", "\t"), replace(COLUMNS, delimiter=r"\t"))[0].officer == "a01"
    with pytest.raises(ProblemError, match=r"'Can bo Mot \(HT\)' không có .*gần nhất: Cán bộ Một \(a01\)"):
        read(rows.replace("Cán  bộ Một", "Can bo Mot (HT)"))
