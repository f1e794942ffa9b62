"""The keying desk, the ballot box and printing, as people use them; without a browser's window."""

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import openpyxl
import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import update

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.office_settings import change_office
from sync.central.office.paper.listing import list_lots
from sync.central.office.people.sessions import IDLE
from sync.central.store.database import reading, writing
from sync.central.store.paper_tables import paper_lots
from sync.central.store.schema import responses
from sync.contract.canonical import decode_response
from sync.contract.form_code import form_code
from sync.contract.response import Response
from sync.contract.sealing import open_words
from tests.support.libreoffice import saved_workbook
from tests.support.made_paper import FORM as SURVEY
from tests.support.made_paper import IDS, make_paper
from tests.support.paper import put_plan
from tests.support.plans import shipped_plans
from tests.support.province import Province
from tests.support.served_pages import FORM, PageCentre

LOGIN = "nhap-phieu"
LOT = f"/nhap-phieu/{IDS[0]}"
CANARY = "chim-hoàng-yến-7301"
PHONE = "0912345678"


@pytest.fixture
def centre(own_centre: PageCentre) -> PageCentre:
    make_paper(own_centre.province)
    return own_centre


def page_of(answer: httpx.Response) -> str:
    return unescape(answer.text)


def form(centre: PageCentre, **fields: str) -> dict[str, str]:
    """A form as the page begins it, with these fields filled."""
    html = page_of(centre.client(LOGIN).get(LOT))
    token = re.search(r'name="ma" value="([0-9a-f]{32})"', html)
    day = re.search(r'name="ngay" type="date" value="([^"]*)"', html)
    number = re.search(r'id="o-so" name="so" value="(\d*)"', html)
    assert token
    assert day
    assert number
    begun = {"ma": token[1], "ngay": day[1], "so": number[1], "viec": "luu"}
    return begun | {name.replace("__", "."): value for name, value in fields.items()}


def rated(centre: PageCentre, **fields: str) -> dict[str, str]:
    return form(centre, **({"c__result": "5", "c__service": "4"} | fields))


def keyed(centre: PageCentre) -> list[Response]:
    """What the desk has stored, in the order of keying."""
    with reading(centre.engine) as connection:
        rows = connection.execute(
            responses.select()
            .where(responses.c.device.startswith("centre-desk-"))
            .order_by(responses.c.position)
        )
        return [decode_response(bytes(row.body)) for row in rows]


def test_a_form_is_keyed_and_the_next_one_follows(centre: PageCentre) -> None:
    first = rated(centre, so="7", thu_tuc="", c__suggestion=CANARY, c__contact__phone=PHONE)
    answer = centre.send(LOGIN, LOT, **first)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(LOT + "?ngay=")
    html = page_of(centre.client(LOGIN).get(answer.headers["location"]))
    assert "Đã lưu phiếu số 7. Còn 4 phiếu." in html
    assert re.search(r'name="so" value="8"[^>]* autofocus', html)
    assert not any(said in html for said in (CANARY, PHONE))
    (response,) = keyed(centre)
    assert response.answers == {"result": 5, "service": 4}
    assert response.sealed
    opened = open_words(response.sealed, centre.centre.web.keys.sealing_keys())
    assert opened == {"suggestion": CANARY, "contact": {"phone": PHONE}}


def test_words_that_were_keyed_are_in_no_file_in_clear(centre: PageCentre) -> None:
    centre.send(LOGIN, LOT, **rated(centre, c__suggestion=CANARY, can_bo="?" + CANARY))
    centre.send(LOGIN, LOT, **rated(centre, c__result="9", c__suggestion=CANARY))
    assert len(keyed(centre)) == 1
    with reading(centre.engine) as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
    for file in sorted(Path(centre.province.data).rglob("*")):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file


def test_what_was_typed_is_shown_again_when_something_is_refused(centre: PageCentre) -> None:
    answer = centre.send(
        LOGIN, LOT, **rated(centre, so="x1", c__service="7", c__suggestion=CANARY, ngay="khi nào")
    )
    html = page_of(answer)
    assert answer.status_code == 422
    assert html.count("HL5224") >= 3
    assert "gõ một trong các số 5, 4, 3, 2, 1" in html
    assert CANARY in html
    assert re.search(r'name="so" value="x1"[^>]* aria-invalid="true"', html)
    assert keyed(centre) == []


def test_a_name_is_typed_short_and_without_marks_or_chosen(centre: PageCentre) -> None:
    html = page_of(centre.client(LOGIN).get(LOT))
    offered = re.findall(r'<option value="([^"]+ · [^"]+)"></option>', html)
    procedure = next(each for each in offered if re.match(r"\d\.\d{6}", each))
    code, _, name = procedure.partition(" · ")
    letters = "".join(word[0] for word in re.findall(r"\w+", name))
    centre.send(LOGIN, LOT, **rated(centre, thu_tuc=letters, can_bo=""))
    assert keyed(centre)[0].tag
    assert keyed(centre)[0].tag.procedure == code  # type: ignore[union-attr]
    asked = rated(centre, can_bo="cb")
    chosen = page_of(centre.send(LOGIN, LOT, **asked))
    assert "chọn ở ô này" in chosen
    select = chosen[chosen.index('<select id="o-can_bo"') :]
    officer = re.search(r'<option value="(cb-[^"]+)"', select)
    assert officer
    assert "Không có trong danh mục: “cb”" in select
    centre.send(LOGIN, LOT, **asked | {"can_bo": officer[1]})
    assert keyed(centre)[1].tag
    assert keyed(centre)[1].tag.officer == officer[1].partition(" ")[0]  # type: ignore[union-attr]


def test_a_scanned_number_goes_on_to_the_next_field(centre: PageCentre) -> None:
    unit = centre.province.communes[0].code
    scanned = form_code(unit, "", "", SURVEY, 9)
    answer = centre.send(LOGIN, LOT, **form(centre, so=scanned))
    html = page_of(answer)
    assert answer.status_code == 200
    assert 'name="so" value="9"' in html
    assert re.search(r'id="o-thu_tuc"[^>]* autofocus', html)
    other = page_of(centre.send(LOGIN, LOT, **form(centre, so=form_code(unit, "", "", "khac", 9))))
    assert "là mã của phiếu khác" in other


def test_a_page_sent_twice_keys_one_form_and_a_number_keyed_before_may_be_keyed_again(
    centre: PageCentre,
) -> None:
    once = rated(centre, so="3")
    for _ in range(2):
        assert centre.send(LOGIN, LOT, **once).status_code == 303
    assert len(keyed(centre)) == 1
    again = rated(centre, so="3", c__result="1")
    refused = centre.send(LOGIN, LOT, **again)
    assert refused.status_code == 409
    assert "số 3, Nhập phiếu phường" in page_of(refused)
    assert 'name="lai" value="1"' in refused.text
    assert centre.send(LOGIN, LOT, **again, lai="1", ly_do="gõ nhầm").status_code == 303
    assert [each.answers["result"] for each in keyed(centre)] == [5, 1]


def test_an_invalid_form_is_counted_with_its_reason_until_the_lot_is_complete(centre: PageCentre) -> None:
    spoilt = {"viec": "hong", "ly_do_hong": "unreadable", "so": ""}
    for _ in range(4):
        assert centre.send(LOGIN, LOT, **form(centre) | spoilt).status_code == 303
    centre.send(LOGIN, LOT, **rated(centre, so="5"))
    html = page_of(centre.client(LOGIN).get(LOT))
    assert "Lô này đã nhập đủ" in html
    assert "không đọc được 4" in html
    with reading(centre.engine) as connection:
        (state,) = list_lots(connection, {centre.province.communes[0].code})
    assert (state.valid, state.invalid, state.left) == (1, {"unreadable": 4}, 0)
    send = {"dem": "6", "so_tu": "1", "so_den": "40", "ghi_chu": "sót một tờ"}
    assert centre.send(LOGIN, LOT + "/dem-lai", **send).status_code == 303
    assert "còn 1" in page_of(centre.client(LOGIN).get(LOT))
    refused = centre.send(LOGIN, LOT + "/dem-lai", **send | {"dem": "2"})
    assert "đã nhập 5 phiếu" in page_of(refused)


def test_the_minutes_say_what_was_counted(centre: PageCentre) -> None:
    centre.send(LOGIN, LOT, **rated(centre))
    centre.send(LOGIN, LOT, **form(centre) | {"viec": "hong", "ly_do_hong": "two-levels"})
    answer = centre.client(LOGIN).get(LOT + "/bien-ban.docx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        text = " ".join(re.sub(r"<[^>]+>", " ", file.read("word/document.xml").decode()).split())
    for line in (
        "số phiếu đếm được trong hòm, từ số 1 đến số 40 5",
        "hợp lệ, đã nhập 1",
        "không hợp lệ, đánh dấu hai mức 1",
        "chưa nhập 3",
    ):
        assert line in text


def test_a_box_is_opened_on_the_page_and_forms_are_printed_there(centre: PageCentre) -> None:
    unit, browser = centre.province.communes[0].code, centre.client(LOGIN)
    opening = page_of(browser.get("/nhap-phieu/hom-phieu"))
    id = re.search(r'name="ma" value="([0-9a-f]{12})"', opening)
    assert id
    fields = {
        "ma": id[1],
        "don_vi": unit,
        "phieu": SURVEY,
        "cach_ve": "box",
        "kenh": "paper",
        "ngay": centre.centre.now().date().isoformat(),
        "nguoi_1": "Người Một",
        "nguoi_2": "người một",
        "dem": "12",
        "so_tu": "1",
        "so_den": "30",
        "ghi_chu": "",
    }
    refused = centre.send(LOGIN, "/nhap-phieu/hom-phieu", **fields)
    assert "phải là hai người khác nhau" in page_of(refused)
    assert 'value="Người Một"' in page_of(refused)
    done = centre.send(LOGIN, "/nhap-phieu/hom-phieu", **fields | {"nguoi_2": "Người Hai"})
    assert done.headers["location"] == f"/nhap-phieu/{id[1]}"
    assert "Còn 17 phiếu phải nhập" in page_of(browser.get("/nhap-phieu"))
    printed = {"ma": "0" * 12, "don_vi": unit, "phieu": SURVEY, "so_phieu": "20", "nguoi_phat": "Quầy 1"}
    assert centre.send(LOGIN, "/nhap-phieu/in", **printed).status_code == 303
    page = page_of(browser.get("/nhap-phieu/in"))
    assert "Đã đánh số 101 đến 120" in page
    file = browser.get("/nhap-phieu/in/000000000000/phieu.pdf")
    assert file.content.startswith(b"%PDF")
    assert centre.send(LOGIN, f"/nhap-phieu/in/{'0' * 12}", phat="18", thu="3").status_code == 303
    runs = page_of(browser.get("/nhap-phieu/in"))
    assert "<td>Quầy 1</td>" in runs
    assert re.search(r'name="phat"[^>]*đến 120"[^>]*value="18"', runs)
    assert re.search(r'name="thu"[^>]*đến 120"[^>]*value="3"', runs)
    wrong = centre.send(LOGIN, f"/nhap-phieu/in/{'0' * 12}", phat="18", thu="19")
    assert "từ 0 đến 18" in page_of(wrong)
    foreign = centre.send("xa-khac", "/nhap-phieu/in", **printed | {"ma": "2" * 12})
    assert foreign.status_code in (400, 403)


def test_a_plan_of_other_units_is_offered_to_nobody_here(centre: PageCentre) -> None:
    here, elsewhere = centre.province.communes[:2]
    for id, commune in (("ke-hoach-o-day", here), ("ke-hoach-noi-khac", elsewhere)):
        put_plan(centre.engine, replace(shipped_plans()["kien-hung-2020"], id=id, unit=commune.code))
    for address in ("/nhap-phieu/hom-phieu", "/nhap-phieu/in"):
        page = page_of(centre.client(LOGIN).get(address))
        assert "ke-hoach-o-day/" in page
        assert "ke-hoach-noi-khac/" not in page


# --- a session that has ended ------------------------------------------------------------------------


class Clock:
    """The time of a centre, put forward by hand."""

    def __init__(self, province: Province) -> None:
        self.now = province.until

    def __call__(self) -> object:
        """The time now."""
        return self.now


@pytest.fixture
def timed(untouched: Province, tmp_path: Path) -> Iterator[tuple[PageCentre, Clock]]:
    """A province whose clock is put forward by hand."""
    province = untouched.copy(tmp_path / "province")
    make_paper(province)
    clock = Clock(province)
    with PageCentre(province, lambda: clock.now) as centre:
        yield centre, clock


def test_a_form_of_a_session_that_ended_comes_back_and_is_stored_after_signing_in(
    timed: tuple[PageCentre, Clock],
) -> None:
    centre, clock = timed
    typed = rated(centre, so="4", c__suggestion=CANARY)
    old = centre.csrf(LOGIN)
    browser = centre.client(LOGIN)
    clock.now += timedelta(seconds=IDLE + 1)
    before = centre.digest()
    kept = browser.post(LOT, data={"_csrf": old, **typed}, headers=FORM)
    assert kept.status_code == 401
    assert kept.headers["cache-control"] == "no-store"
    assert f'name="c.suggestion" value="{CANARY}"' in page_of(kept)
    assert 'name="_csrf"' not in kept.text
    cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert CANARY not in browser.post(LOT, data={"_csrf": old, **typed}, headers=cross).text
    assert centre.digest() == before
    signed_in = centre.client(LOGIN)  # in another window
    again = signed_in.post(LOT, data=typed, headers=FORM)
    assert again.status_code == 403
    assert CANARY in page_of(again)
    fresh = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page_of(again)))
    assert keyed(centre) == []
    assert signed_in.post(LOT, data=fresh, headers=FORM).status_code == 303
    assert [each.entered.form_no for each in keyed(centre) if each.entered] == ["4"]


# --- keyed twice -------------------------------------------------------------------------------------


def test_two_people_key_a_form_blind_to_each_other_and_a_third_decides(centre: PageCentre) -> None:
    unit = centre.province.communes[0].code
    fields = {
        "ma": "3" * 12,
        "don_vi": unit,
        "phieu": SURVEY,
        "ngay": centre.centre.now().date().isoformat(),
        "nguoi_1": "Người Một",
        "nguoi_2": "Người Hai",
        "dem": "1",
        "so_tu": "61",
        "so_den": "61",
        "nhap_hai_lan": "100",
    }
    assert centre.send(LOGIN, "/nhap-phieu/hom-phieu", **fields).status_code == 303
    lot = "/nhap-phieu/" + "3" * 12
    typed = rated(centre, so="61", c__result="2")
    assert centre.send(LOGIN, lot, **typed).status_code == 303
    html = page_of(centre.client("tin-hoc").get(lot))
    assert "Nhập hai lần: 0 trong 1 phiếu" in html
    blind = page_of(centre.client("tin-hoc").get(lot + "/lan-hai"))
    assert 'name="so" value="61"' in blind
    assert 'name="c.result" value=""' in blind
    assert "Không còn phiếu nào" in page_of(centre.client(LOGIN).get(lot + "/lan-hai"))
    assert centre.send(LOGIN, lot + "/lan-hai", **typed).status_code == 403
    second = centre.send("tin-hoc", lot + "/lan-hai", **typed | {"c.result": "3"})
    assert second.status_code == 303
    assert "chờ người thứ ba" in page_of(centre.client("tin-hoc").get(second.headers["location"]))
    mine = page_of(centre.client("tin-hoc").get(lot + "/doi-chieu"))
    assert "Bạn đã nhập phiếu này" in mine
    assert "Lần đầu: 2 Không hài lòng" in mine
    assert "Lần hai: 3 Bình thường" in mine
    decision = {"so": "61", "d.result": "second"}
    assert centre.send("tin-hoc", lot + "/doi-chieu", **decision).status_code == 403
    assert centre.send("quan-tri", lot + "/doi-chieu", so="61").status_code == 422
    assert centre.send("quan-tri", lot + "/doi-chieu", **decision).status_code == 303
    assert [each.answers["result"] for each in keyed(centre)] == [2, 3]
    done = page_of(centre.client("quan-tri").get(lot + "/doi-chieu"))
    assert "Không có chỗ nào khác nhau" in done
    assert "lần đầu sai 1 (16,7" in done


def test_words_that_differ_are_opened_by_who_may_and_decided(centre: PageCentre) -> None:
    make = {"viec": "hong", "ly_do_hong": "unreadable", "so": ""}
    for _ in range(4):
        centre.send(LOGIN, LOT, **form(centre) | make)
    with writing(centre.engine) as connection:
        connection.execute(update(paper_lots).where(paper_lots.c.id == IDS[0]).values(twice=100))
    typed = rated(centre, so="7", c__suggestion=CANARY)
    centre.send(LOGIN, LOT, **typed)
    assert 'name="c.suggestion"' in page_of(centre.client("tin-hoc").get(LOT + "/lan-hai"))
    centre.send("tin-hoc", LOT + "/lan-hai", **typed | {"c.suggestion": CANARY + " hai"})
    compare = LOT + "/doi-chieu"
    closed = page_of(centre.client("quan-tri").get(compare))
    assert "Lần đầu: đã niêm phong" in closed
    assert CANARY not in closed
    assert centre.send(LOGIN, compare + "/mo", so="7").status_code == 403
    opened = page_of(centre.send("quan-tri", compare + "/mo", so="7"))
    assert f"Lần đầu: {CANARY}" in opened
    assert f"Lần hai: {CANARY} hai" in opened
    assert centre.send("quan-tri", compare, **{"so": "7", "d.words": "second"}).status_code == 303
    assert centre.send("quan-tri", compare + "/mo", so="7").status_code == 409
    box = keyed(centre)[-1].sealed
    assert box
    assert open_words(box, centre.centre.web.keys.sealing_keys()) == {"suggestion": CANARY + " hai"}


# --- what does not fit -------------------------------------------------------------------------------


def test_names_that_the_catalogue_lacks_are_opened_by_who_may(centre: PageCentre) -> None:
    page = LOT + "/ngoai-danh-muc"
    assert "đều có trong danh mục" in page_of(centre.client(LOGIN).get(page))
    centre.send(LOGIN, LOT, **rated(centre, so="7", can_bo="?" + CANARY))
    assert "1 phiếu ghi tên mà danh mục không có" in page_of(centre.client(LOGIN).get(LOT))
    asked = page_of(centre.client(LOGIN).get(page))
    assert "Người quản trị của đơn vị mở được" in asked
    assert CANARY not in asked
    assert centre.send(LOGIN, page).status_code == 403
    assert centre.send("xa-khac", page).status_code in (403, 404)
    assert "Mở các tên" in page_of(centre.client("tin-hoc").get(page))
    opened = page_of(centre.send("tin-hoc", page))
    assert CANARY in opened
    again = re.search(r'href="([^"]+lai=1)"', opened)
    assert again
    assert re.search(r'name="lai" value="1" checked', page_of(centre.client(LOGIN).get(again[1])))
    with reading(centre.engine) as connection:
        last = connection.exec_driver_sql("SELECT act, detail FROM audit ORDER BY number DESC").first()
    assert last is not None
    assert tuple(last) == ("paper-names", "7")


def test_more_forms_than_there_can_be_are_named_on_the_page_of_the_lot(centre: PageCentre) -> None:
    for counts, said in (
        ({"dem": "5", "so_tu": "1", "so_den": "4"}, "từ số 1 đến số 4 chỉ có 4 số"),
        ({"dem": "101", "so_tu": "1", "so_den": "100"}, "đếm được 101 phiếu, nhưng chỉ phát ra 100"),
    ):
        assert centre.send(LOGIN, LOT + "/dem-lai", **counts, ghi_chu="").status_code == 303
        assert said in page_of(centre.client(LOGIN).get(LOT))
    outside = {"dem": "5", "so_tu": "1", "so_den": "101", "ghi_chu": ""}
    refused = page_of(centre.send(LOGIN, LOT + "/dem-lai", **outside))
    assert "số 101; đã in số 1–100" in refused


# --- slips -------------------------------------------------------------------------------------------


def test_slips_are_printed_with_codes_that_a_decoder_reads(centre: PageCentre, tmp_path: Path) -> None:
    unit, site = centre.province.communes[0].code, "https://khao-sat.vi-du.vn"
    fields = {"don_vi": unit, "phieu": SURVEY, "thu_tuc": "", "ho_so": "", "so_giay": "9"}
    refused = centre.send(LOGIN, "/nhap-phieu/giay-qr", **fields)
    assert "cơ quan chưa ghi địa chỉ" in page_of(refused)
    with acting(centre.engine, By("test", centre.centre.now())) as act:
        change_office(act, unit, {"public_url": site}, "giấy mã QR")
    assert "Tải tờ in" in page_of(centre.client(LOGIN).get("/nhap-phieu/giay-qr"))
    wrong = centre.send(LOGIN, "/nhap-phieu/giay-qr", **fields | {"thu_tuc": "zzz"})
    assert "không có trong danh mục" in page_of(wrong)
    file = centre.send(LOGIN, "/nhap-phieu/giay-qr", **fields)
    assert file.headers["content-type"] == "application/pdf"
    (tmp_path / "giay.pdf").write_bytes(file.content)
    option = ["-r", "120", "-gray", "-png"]
    subprocess.run(["pdftoppm", *option, str(tmp_path / "giay.pdf"), str(tmp_path / "p")], check=True)
    pictures = [Image.open(each) for each in sorted(tmp_path.glob("*.png"))]
    codes = [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]
    assert len(pictures) == 2
    assert len(set(codes)) == 9
    assert all(code.startswith(f"{site.upper()}/P/") for code in codes)
    assert "ông/bà" in page_of(centre.stranger().get(codes[0].removeprefix(site.upper())))


# --- from a workbook ---------------------------------------------------------------------------------


def filled(centre: PageCentre, *rows: dict[str, object]) -> bytes:
    """The workbook of the lot, filled in: by the first words of each heading."""
    book = openpyxl.load_workbook(io.BytesIO(centre.client(LOGIN).get(LOT + "/so-tinh/mau.xlsx").content))
    sheet = book.worksheets[0]
    headings = [str(cell.value) for cell in sheet[1]]
    for row in rows:
        cells: list[object] = [None] * len(headings)
        for start, value in row.items():
            (at,) = [at for at, heading in enumerate(headings) if heading.startswith(start)]
            cells[at] = value
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(centre: PageCentre, content: bytes) -> httpx.Response:
    data, files = {"_csrf": centre.csrf(LOGIN)}, {"tep": ("phieu.xlsx", content)}
    return centre.client(LOGIN).post(LOT + "/so-tinh", data=data, files=files, headers=FORM)


def good_rows(centre: PageCentre) -> tuple[dict[str, object], ...]:
    day = centre.province.until.date() - timedelta(days=4)
    return (
        {"Số phiếu": 3, "1.": 5, "2.": 4, "Ai": "Tổ chức"},
        {"Số phiếu": "4", "1.": "2", "2.": "1", "4.": CANARY, "Ngày": f"{day:%d/%m/%Y}"},
        {"Số phiếu": 5, "Không hợp lệ": "đánh dấu hai mức"},
    )


def test_every_error_of_a_workbook_is_named_by_row_and_column_and_nothing_is_half_imported(
    centre: PageCentre,
) -> None:
    before = centre.digest()
    wrong = filled(
        centre,
        good_rows(centre)[0],
        {"Số phiếu": "x", "1.": 7, "2.": 4},
        {"Số phiếu": 99, "1.": 5, "2.": 4},
        {"Số phiếu": 3, "1.": 5, "2.": 4},
        {"Số phiếu": 6, "Không hợp lệ": "vì mưa"},
    )
    html = page_of(upload(centre, wrong))
    for place in (
        "phieu.xlsx:3: Số phiếu",
        "phieu.xlsx:3: 1. Ông/bà có hài lòng về kết quả",
        "phieu.xlsx:6: Không hợp lệ, vì",
    ):
        assert place in html, place
    still = filled(centre, good_rows(centre)[0], {"Số phiếu": 99, "1.": 5}, {"Số phiếu": 3, "1.": 5})
    html = page_of(upload(centre, still))
    assert "phieu.xlsx:3: Số phiếu" in html
    assert "HL5223" in html
    assert "phieu.xlsx:4: Số phiếu" in html
    assert "HL5222" in html
    assert centre.digest() == before


def test_a_workbook_is_tried_and_taken_in_once(centre: PageCentre) -> None:
    before = centre.digest()
    content = filled(centre, *good_rows(centre))
    tried = page_of(upload(centre, content))
    assert "2 phiếu hợp lệ, 1 phiếu không hợp lệ, 0 phiếu đã nhận" in tried
    assert centre.digest() == before
    table = re.search(r'name="bang" value="([^"]+)"', tried)
    assert table
    for said in ("Đã nhập 2 phiếu và 1 phiếu", "Đã nhập 0 phiếu và 0 phiếu"):
        answer = centre.send(LOGIN, LOT + "/so-tinh/nhan", bang=table[1])
        assert said in page_of(centre.client(LOGIN).get(answer.headers["location"]))
    first, second = keyed(centre)
    assert (first.answers, first.respondent) == ({"result": 5, "service": 4}, "organisation")
    assert second.answers == {"result": 2, "service": 1}
    assert second.finished_at.date() == centre.province.until.date() - timedelta(days=4)
    assert second.sealed
    assert "3 phiếu đã nhận từ tệp này" in page_of(upload(centre, content))
    for file in sorted(Path(centre.province.data).rglob("*")):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file


@pytest.mark.programs
def test_libreoffice_fills_the_workbook(centre: PageCentre, tmp_path: Path) -> None:
    saved = saved_workbook(filled(centre, *good_rows(centre)), tmp_path)
    assert "2 phiếu hợp lệ, 1 phiếu không hợp lệ" in page_of(upload(centre, saved))
