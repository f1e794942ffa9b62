"""The pages of reports: one set of figures in page, files and public page, and no officer for the public."""

import csv
import io
import re
from collections import Counter
from datetime import datetime
from html import unescape
from zipfile import ZipFile

import openpyxl
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.figures.today import HORIZON
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import put_plan
from sync.central.reports.issuing import acts
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.monthly import PeriodicFigures
from sync.central.reports.model import Figure, Table, blocks_of, written
from sync.central.reports.records.stored import Report, list_reports, read_report
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit
from sync.central.web.report_rows import public_address
from tests.support.plans import shipped_plans
from tests.support.served_pages import FORM, PageCentre

ADMIN, VIEWER, ANALYST, FOREIGN = "tin-hoc", "can-bo", "phan-tich", "xa-khac"


def published(pages: PageCentre) -> Report:
    with reading(pages.engine) as connection:
        (found,) = list_reports(connection, [pages.province.communes[0].code], states=["published"])
    return found


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def tables_of(report: Report) -> dict[str, Table]:
    kind = KINDS[report.asked.kind]
    document = kind.build(kind.thawed(report.figures), report.words)
    return {block.id: block for block in blocks_of(document) if isinstance(block, Table)}


def test_page_file_open_data_and_public_page_say_the_same_figures(pages: PageCentre) -> None:
    report = published(pages)
    table = tables_of(report)["bang-2"]
    figures = [written(cell) for row in table.rows for cell in row.cells if isinstance(cell, Figure)]
    assert len(figures) > 2
    page = text_of(pages.client(VIEWER).get(f"/bao-cao/{report.id}").text)
    file = pages.client(VIEWER).get(f"/bao-cao/{report.id}/tai-ve?kieu=docx")
    with ZipFile(io.BytesIO(file.content)) as parts:
        paper = text_of(parts.read("word/document.xml").decode())
    stranger = pages.stranger()
    public = text_of(stranger.get(public_address(report)).text)
    fragment = text_of(stranger.get(public_address(report) + ".html").text)
    rows = list(csv.reader(io.StringIO(stranger.get(public_address(report) + ".csv").text.lstrip("\ufeff"))))
    values = [row[3] for row in rows if row[0] == table.caption]
    for figure in figures:
        for said in (page, paper, public, fragment):
            assert figure in said, figure
    numbers = [cell.value for row in table.rows for cell in row.cells if isinstance(cell, Figure)]
    assert set(numbers) <= set(values)


def test_the_public_page_names_no_officer_and_is_kept_and_small(pages: PageCentre) -> None:
    report = published(pages)
    answer = pages.stranger().get(public_address(report))
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert len(answer.content) <= 20 * 1024
    for commune in pages.province.communes:
        for officer in commune.officers:
            assert officer.name not in answer.text
    again = pages.stranger().get(public_address(report), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/cong-khai/khong-co/2026-01-01_2026-01-31",
        "/cong-khai/_/2026-01-01_2026-01-31",
        "/cong-khai/_/hom-qua",
        "/cong-khai/_/2026-02-30_2026-03-01",
        "/cong-khai/_/2026-01-01_2026-01-31.exe",
    ],
)
def test_what_is_not_public_answers_like_what_there_is_not(pages: PageCentre, path: str) -> None:
    unknown = pages.stranger().get("/khong-co-trang-nay")
    answer = pages.stranger().get(path)
    assert (answer.status_code, answer.content) == (404, unknown.content)


def test_a_draft_is_not_public(pages: PageCentre) -> None:
    with reading(pages.engine) as connection:
        (draft, *_) = list_reports(connection, [pages.province.communes[0].code], states=["draft"])
    assert pages.stranger().get(public_address(draft)).status_code == 404


def test_the_copy_with_officers_is_for_who_may_see_them_and_each_look_leaves_a_line(
    pages: PageCentre,
) -> None:
    report = published(pages)
    query = select(audit.c.detail).where(audit.c.subject == "/bao-cao/{report}/noi-bo")

    def lines() -> list[str]:
        with reading(pages.engine) as connection:
            return list(connection.execute(query).scalars())

    before = len(lines())
    inside = pages.client(ADMIN).get(f"/bao-cao/{report.id}/noi-bo")
    outside = pages.client(ADMIN).get(f"/bao-cao/{report.id}")
    assert ("Bảng 4. " in inside.text, "Bảng 4. " in outside.text) == (True, False)
    assert "Bảng 4 lưu tại cơ quan" in outside.text
    assert lines()[before:] == [str(report.id)]
    missing = pages.client(ANALYST).get("/bao-cao/987654/noi-bo")
    foreign = pages.client(ANALYST).get(f"/bao-cao/{report.id}/noi-bo")
    assert (missing.status_code, missing.content) == (foreign.status_code, foreign.content)
    assert pages.client(VIEWER).get(f"/bao-cao/{report.id}/noi-bo").status_code == 403


def draft_fields(html: str) -> dict[str, str]:
    """The fields of the form that saves a draft, as a browser would send them."""
    form = html[html.index('id="soan"') : html.index("</form>", html.index('id="soan"'))]
    hidden = re.findall(r'<input type="hidden" name="((?:da_doc|da_xem)[^"]*)" value="([^"]*)"', form)
    texts = re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in (*hidden, *texts)}


def test_two_windows_write_one_draft_and_the_second_loses_no_word(own_centre: PageCentre) -> None:
    unit = own_centre.province.communes[0].code
    fields = {"loai": "bao-cao-thang", "tu": "2026-09-01", "den": "2026-09-30"}
    made = own_centre.send(ADMIN, f"/bao-cao?unit={unit}", **fields)
    assert made.status_code == 303
    path = made.headers["location"]
    shown = draft_fields(own_centre.client(ADMIN).get(path).text)
    first = {**shown, "loi.nguyen-nhan": "Ít quầy.", "loi.bien-phap": "Thêm quầy."}
    assert own_centre.send(ANALYST, f"{path}/soan", **first).status_code == 303
    second = own_centre.send(ADMIN, f"{path}/soan", **{**shown, "loi.nguyen-nhan": "Thiếu người."})
    assert second.status_code == 409
    assert "HL5162" in second.text
    # What both wrote is shown twice; what the second one left alone is the text of the first.
    assert "Ít quầy." in text_of(second.text)
    merged = draft_fields(second.text)
    assert merged["loi.nguyen-nhan"] == "Thiếu người."
    assert merged["loi.bien-phap"] == "Thêm quầy."
    assert own_centre.send(ADMIN, f"{path}/soan", **merged).status_code == 303
    kept = draft_fields(own_centre.client(ADMIN).get(path).text)
    assert (kept["loi.nguyen-nhan"], kept["loi.bien-phap"]) == ("Thiếu người.", "Thêm quầy.")
    # What may be a person's name is kept as it is, and shown to who writes and who approves.
    assert "Nên xem lại" not in own_centre.client(ADMIN).get(path).text
    doubtful = {**draft_fields(own_centre.client(ADMIN).get(path).text), "loi.kien-nghi": "Bà Mẫu cần SIPAS."}
    assert own_centre.send(ADMIN, f"{path}/soan", **doubtful).status_code == 303
    shown_again = text_of(own_centre.client(ADMIN).get(path).text)
    assert "V. KIẾN NGHỊ, ĐỀ XUẤT : “Bà Mẫu” : có thể là tên người" in shown_again
    assert "V. KIẾN NGHỊ, ĐỀ XUẤT : “SIPAS” : SIPAS là chỉ số của Bộ Nội vụ" in shown_again
    assert draft_fields(own_centre.client(ADMIN).get(path).text)["loi.kien-nghi"] == "Bà Mẫu cần SIPAS."
    again = own_centre.send(ADMIN, f"/bao-cao?unit={unit}", **fields)
    assert (again.status_code, "HL5161" in again.text) == (409, True)
    refused = own_centre.client(FOREIGN).post(
        f"{path}/soan", data={**first, "_csrf": own_centre.csrf(FOREIGN)}, headers=FORM
    )
    assert refused.status_code == 404


def test_the_first_page_leads_to_the_report_that_is_due_and_says_when_it_was_sent(
    own_centre: PageCentre,
) -> None:
    unit = own_centre.province.communes[0].code
    page = own_centre.client(ADMIN).get(f"/bao-cao?unit={unit}").text
    fields = dict(re.findall(r'type="hidden" name="(loai|tu|den|ke_hoach)" value="([^"]*)"', page))
    made = own_centre.send(ADMIN, f"/bao-cao?unit={unit}", **fields)
    with reading(own_centre.engine) as connection:
        (report,) = list_reports(connection, [unit])
    own = own_centre.client(ADMIN).get(f"/don-vi/{unit}").text
    horizon = abs((report.asked.last - own_centre.centre.web.today()).days) <= HORIZON
    assert (f'href="{made.headers["location"]}"' in own) == horizon
    with acting(own_centre.engine, By("account 3", own_centre.centre.now())) as act:
        acts.approve(act, KINDS, report.id, read=report.read)
        now = read_report(act.connection, report.id)
        today = own_centre.centre.web.today()
        acts.record_sent(act, report.id, read=now.read, number="12/BC-UBND", day=today)
    own = text_of(own_centre.client(ADMIN).get(f"/don-vi/{unit}").text)
    assert ("Đã gửi: báo cáo định kỳ" in own) == horizon


def test_the_forms_behind_a_report_are_in_the_template_for_who_may_export_them(pages: PageCentre) -> None:
    report = published(pages)
    address = f"/bao-cao/{report.id}/du-lieu.xlsx"
    page = pages.client(ADMIN).get(f"/bao-cao/{report.id}").text
    assert f'href="{address}"' in page
    assert page.count("Lý do này hiện trên trang công khai.") == 2
    assert address not in pages.client(VIEWER).get(f"/bao-cao/{report.id}").text
    assert pages.client(VIEWER).get(address).status_code == 403
    assert pages.client(FOREIGN).get(address).status_code == 404
    kind = KINDS[report.asked.kind]
    figures = kind.thawed(report.figures)
    assert isinstance(figures, PeriodicFigures)
    for login, officers in ((ADMIN, True), (ANALYST, False)):
        answer = pages.client(login).get(address)
        assert answer.headers["content-disposition"].endswith('.xlsx"')
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert book.sheetnames == ["Dữ liệu phiếu", "Chú giải", "Số liệu tổng hợp"]
        (heads, *rows) = book["Dữ liệu phiếu"].iter_rows(values_only=True)
        assert heads[:5] == ("TT", "Số phiếu", "Hình thức", "Ngày trả lời", "Ngày nhập")
        assert ("Mã công chức" in heads) == officers
        # The same forms that the report counts, and of each question as many as its table says.
        assert len(rows) == figures.valid
        assert [row[0] for row in rows] == list(range(1, figures.valid + 1))
        days = {row[3] for row in rows if isinstance(row[3], datetime)}
        assert report.asked.first <= min(days).date() <= max(days).date() <= report.asked.last
        for form in figures.forms:
            for each in form.ratings:
                (at,) = (at for at, head in enumerate(heads) if str(head).startswith(each.text))
                given = Counter(row[at] for row in rows if row[at] is not None)
                assert given == Counter({level: n for level, n in each.counts if n})
        meanings = [row[0] for row in book["Chú giải"].iter_rows(values_only=True)]
        assert set(heads[1:]) <= set(meanings)
        words = " ".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
        for commune in pages.province.communes:
            assert [officer for officer in commune.officers if officer.name in words] == []
    with reading(pages.engine) as connection:
        query = select(audit.c.detail).where(audit.c.subject == "/bao-cao/{report}/du-lieu.xlsx")
        assert list(connection.execute(query).scalars())[-2:] == [str(report.id)] * 2


def test_a_page_says_which_office_still_owes_its_report(own_centre: PageCentre) -> None:
    unit, today = own_centre.province.communes[0].code, own_centre.centre.web.today()
    shipped = shipped_plans()["quang-binh-so-tu-phap-2018"]
    steps = [
        replace(each, starts=None, ends=today) if each.kind == "report" else each for each in shipped.steps
    ]
    with writing(own_centre.engine) as connection:
        put_plan(connection, replace(shipped, unit=unit, steps=tuple(steps)), own_centre.centre.now())
    page = text_of(own_centre.client(ADMIN).get(f"/bao-cao?unit={unit}").text)
    assert "Báo cáo của các phòng gửi Tổ Thư ký" in page
    assert "Còn thiếu 2/2" in page
    assert "Văn phòng Sở Chưa lập" in page


def test_odd_days_are_refused_in_words(own_centre: PageCentre) -> None:
    unit = own_centre.province.communes[0].code
    odd = (("0001-01-01", "0001-01-31"), ("2026-01-01", "9999-12-31"), ("2099-01-01", "2099-01-31"))
    for first, last in odd:
        answer = own_centre.send(ADMIN, f"/bao-cao?unit={unit}", loai="bao-cao-thang", tu=first, den=last)
        assert (answer.status_code, "HL5165" in answer.text) == (400, True)


def test_the_page_of_publications_lists_only_what_can_be_published(own_centre: PageCentre) -> None:
    unit = own_centre.province.communes[0].code
    fields = {"loai": "cong-van-don-doc", "tu": "2026-01-01", "den": "2026-01-31"}
    made = own_centre.send(ADMIN, f"/bao-cao?unit={unit}", **fields)
    id = int(made.headers["location"].rsplit("/", 1)[1])
    with acting(own_centre.engine, By("account 3", own_centre.centre.now())) as act:
        acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
    assert f'href="/bao-cao/{id}"' not in own_centre.client(ADMIN).get(f"/cong-bo?unit={unit}").text


def test_what_was_done_is_not_public_before_who_publishes_has_looked_at_a_name_in_it(
    own_centre: PageCentre,
) -> None:
    unit = own_centre.province.communes[0].code
    fields = {"loai": "bao-cao-thang", "tu": "2026-08-01", "den": "2026-08-31"}
    path = own_centre.send(ADMIN, f"/bao-cao?unit={unit}", **fields).headers["location"]
    id = int(path.rsplit("/", 1)[1])
    with acting(own_centre.engine, By("account 3", own_centre.centre.now())) as act:
        acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
    with reading(own_centre.engine) as connection:
        read = read_report(connection, id).read
    sent = {"da_doc": read, "ghi_chu": "Đã xin lỗi bà Mẫu."}
    first = own_centre.send(ADMIN, f"/cong-bo/{id}", **sent)
    assert first.status_code == 200
    assert "“bà Mẫu” : có thể là tên người" in text_of(first.text)
    assert "Đã xin lỗi bà Mẫu.</textarea>" in first.text
    with reading(own_centre.engine) as connection:
        assert read_report(connection, id).state == "approved"
    mark = re.search(r'name="da_xem_lai" value="([^"]+)"', first.text)
    assert mark
    # Another text is looked at by itself.
    other = {**sent, "ghi_chu": "Đã gọi 0912 345 678.", "da_xem_lai": mark[1]}
    assert own_centre.send(ADMIN, f"/cong-bo/{id}", **other).status_code == 200
    assert own_centre.send(ADMIN, f"/cong-bo/{id}", **sent, da_xem_lai=mark[1]).status_code == 303
    with reading(own_centre.engine) as connection:
        assert read_report(connection, id).state == "published"
