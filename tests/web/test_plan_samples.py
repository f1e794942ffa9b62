"""Lists of people and samples as pages: taken in, drawn, opened one by one, and in no file in clear."""

import io
import re
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from httpx import Response
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up
from sync.central.office.interviews.again import rechecks_of
from sync.central.office.interviews.answers import Interview
from sync.central.office.interviews.confidential import promise
from sync.central.office.interviews.field_work import assign_unit, open_next, record_interview
from sync.central.office.interviews.whose_turn import assigned_to
from sync.central.office.people.roles import add_person
from sync.central.office.plans import issued_plan
from sync.central.office.sample.commitment import Stratum, commitment_of
from sync.central.office.sample.sealed_list import Place, codes_of, known_software
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit
from sync.contract.catalogue import Unit
from sync.contract.response import SurveyRef
from tests.support.browsing import Browser, words_of
from tests.support.made_samples import GROUP, PARENTS, list_text, sampled_id, sampled_plan_of
from tests.support.paper import put_plan
from tests.support.wire import NOW, CentreUnderTest

UNIT = "phuong-mot"
LISTS = f"/ke-hoach/{sampled_id(UNIT)}/danh-sach"
LIST = f"{LISTS}/{GROUP}/{UNIT}"
SAMPLE = f"/ke-hoach/{sampled_id(UNIT)}/mau"
DRAWN = f"{SAMPLE}/{GROUP}/{UNIT}"
LAST = NOW.date() + timedelta(days=30)
CANARIES = ("Hoàng Kim Canh Báo", "0987654321", "Ngõ Hoa Mi số 12")


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with two wards and a plan of the first; NOW is Monday 2 March 2026."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        wards = (Unit(UNIT, {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
        put_bundled_units(connection, wards, NOW)
    plan = sampled_plan_of(UNIT, "Phường Một", NOW.date())
    groups = tuple(replace(group, survey="kien-hung") for group in plan.groups)
    put_plan(centre.engine, replace(plan, groups=groups))
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", UNIT)) as browser:
        yield browser


def table_of(page: Response) -> str:
    (found, *_) = re.findall(r'name="bang" value="([^"]*)"', page.text)
    return unescape(found)


def sent(browser: Browser, at: str, content: bytes, name: str = "ds.csv", software: str = "") -> Response:
    return browser.post(at, {"phan_mem": software}, files={"tep": (name, content, "text/csv")})


def with_canary(count: int = 30) -> str:
    return list_text(count) + ";".join((*CANARIES, "Hộ tịch")) + "\n"


def columns(table: str, **others: str) -> dict[str, str]:
    usual = {
        "bang": table,
        "cot_ten": "họ và tên",
        "cot_dien_thoai": "số điện thoại",
        "cot_dia_chi": "địa chỉ",
        "cot_ma": "",
        "cot_linh_vuc": "lĩnh vực",
    }
    return usual | others


def take(browser: Browser, at: str = LIST, text: str = "", software: str = "Một cửa A") -> Response:
    """All steps of a list whose columns nobody has named before."""
    first = sent(browser, at, (text or with_canary()).encode("utf-16"), software=software)
    second = browser.post(f"{at}/cot", columns(table_of(first)), at=at)
    return browser.post(f"{at}/nhan", {"bang": table_of(second)}, at=at)


def publish(browser: Browser, group: str = GROUP) -> None:
    assert browser.post(f"{LISTS}/{group}", {}, at=LISTS).status_code == 303


def acts(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return list(connection.execute(select(audit.c.act).order_by(audit.c.number)).scalars())


def test_a_list_is_taken_in_drawn_and_asked_page_by_page(central: CentreUnderTest, chief: Browser) -> None:
    assert "Còn 1 đơn vị chưa có danh sách" not in words_of(chief.get(LISTS))
    assert "Chưa công bố mã hạt giống" in words_of(chief.get(LIST))
    assert "Cung cấp danh sách phụ huynh: Các trường học · chậm nhất 01/03/2026" in words_of(chief.get(LISTS))
    publish(chief)
    with reading(central.engine) as connection:
        known = commitment_of(connection, Stratum(sampled_id(UNIT), GROUP))
    assert known.seed_digest in words_of(chief.get(LISTS))
    assert "Còn 1 đơn vị chưa có danh sách" in words_of(chief.get(LISTS))

    first = sent(chief, LIST, with_canary().encode("utf-16"), software="Một cửa A")
    assert "Cột nào là gì" in words_of(first)
    assert '<option value="họ và tên" lang="vi" selected>' in first.text
    second = chief.post(f"{LIST}/cot", columns(table_of(first)), at=LIST)
    said = words_of(second)
    assert "31 người ở 32 dòng. 1 dòng nhắc lại một người đã có, tính một lần. Chưa nhận gì." in said
    assert not any(each in first.text + second.text for each in CANARIES)
    assert chief.post(f"{LIST}/nhan", {"bang": table_of(second)}, at=LIST).status_code == 303
    assert "Đủ danh sách: 31 người, cần 12 phiếu." in words_of(chief.get(SAMPLE))
    # The next list of the same software needs no columns.
    again = sent(chief, LIST, with_canary().encode(), software="Một cửa A")
    assert "31 người ở 32 dòng" in words_of(again)
    with reading(central.engine) as connection:
        assert list(known_software(connection, UNIT)) == ["Một cửa A"]

    unit = words_of(chief.get(DRAWN))
    assert "chưa rút" in unit
    drawn = chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "25"}, at=SAMPLE)
    assert drawn.status_code == 303, words_of(drawn)
    with reading(central.engine) as connection:
        seed = commitment_of(connection, Stratum(sampled_id(UNIT), GROUP)).seed
    assert seed in words_of(chief.get(SAMPLE))
    shown = chief.get(DRAWN)
    assert shown.text.count("phải hỏi") == 12
    assert not any(each in shown.text for each in CANARIES)
    opened = [words_of(chief.post(f"{DRAWN}/mo", {"so": str(n)}, at=DRAWN)) for n in range(1, 13)]
    assert all("Việc mở người này đã ghi vào nhật ký" in each for each in opened)
    assert acts(central).count("person-open") == 12
    moved = chief.post(f"{DRAWN}/thay", {"so": "1", "vi_sao": "moved"}, at=DRAWN)
    assert moved.status_code == 303
    assert "đã chuyển đi" in words_of(chief.get(DRAWN))
    codes = chief.get(f"{DRAWN}/ma.csv")
    assert codes.text.splitlines()[0] == "ma,linh_vuc,so_dong"
    assert len(codes.text.splitlines()) == 32
    late = sent(chief, LIST, with_canary().encode(), software="Một cửa A")
    assert "HL4313" in words_of(late)


def test_more_people_of_a_unit_are_asked_with_a_reason_on_days_of_their_own(
    central: CentreUnderTest, chief: Browser
) -> None:
    publish(chief)
    assert take(chief).status_code == 303
    assert chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "25"}, at=SAMPLE).status_code == 303
    assert "Còn 19 người" in words_of(chief.get(DRAWN))  # of 31, twelve are asked
    progress = f"/ke-hoach/{sampled_id(UNIT)}/tien-do"
    assert f'href="{DRAWN}#bo-sung"' in chief.get(progress).text
    first, last = LAST + timedelta(days=5), LAST + timedelta(days=9)
    order = {
        "so_nguoi": "4",
        "tu": first.isoformat(),
        "den": last.isoformat(),
        "ly_do": "Bốn hộ đã chuyển đi",
    }
    for wrong, expected in (
        ({"den": ""}, "HL4241"),
        ({"ly_do": " "}, "HL4363"),
        ({"so_nguoi": "20"}, "HL4364"),
    ):
        refused = chief.post(f"{DRAWN}/bo-sung", {**order, **wrong}, at=DRAWN)
        assert (refused.status_code in (400, 409, 422), expected in refused.text) == (True, True), wrong
    assert chief.post(f"{DRAWN}/bo-sung", order, at=DRAWN).status_code == 303
    for page in (DRAWN, progress, f"/ke-hoach/{sampled_id(UNIT)}"):
        words = words_of(chief.get(page))
        assert "Điều tra bổ sung" in words
        assert "4 người," in words
        assert "ghi ngày 02/03/2026: Bốn hộ đã chuyển đi" in words
    assert "Còn 15 người" in words_of(chief.get(DRAWN))
    with reading(central.engine) as connection:
        details = select(audit.c.detail).where(audit.c.act == "plan-top-up")
        assert list(connection.execute(details).scalars()) == [f"people: 4, from: {first}, until: {last}"]
    with Browser(central, "reader", ("viewer", UNIT)) as reader:
        assert reader.post(f"{DRAWN}/bo-sung", order, at=progress).status_code == 403
        assert "#bo-sung" not in reader.get(progress).text


def test_every_error_is_shown_by_line_and_column_and_nothing_is_taken_in(
    central: CentreUnderTest, chief: Browser
) -> None:
    publish(chief)
    text = "Họ và tên;Số điện thoại;Địa chỉ;Lĩnh vực\n;0900000001;;\nMột;không;Tổ 1;\n"
    first = sent(chief, LIST, text.encode())
    page = chief.post(f"{LIST}/cot", columns(table_of(first)), at=LIST)
    assert page.status_code == 400
    assert "Có 2 lỗi, chưa nhận gì" in words_of(page)
    assert "ds.csv:2: họ và tên : Giá trị" in words_of(page) or "ds.csv:2: họ và tên" in words_of(page)
    assert "ds.csv:3: số điện thoại" in words_of(page)
    assert f'action="{LIST}/nhan"' not in page.text
    for name, content, number in (("ds.pdf", b"%PDF", "HL5036"), ("ds.csv", b"", "HL1002")):
        refused = sent(chief, LIST, content, name)
        assert (refused.status_code, number in words_of(refused)) == (400, True)


def test_what_comes_back_is_what_was_tried_for_the_same_unit(
    central: CentreUnderTest, chief: Browser
) -> None:
    publish(chief)
    publish(chief, PARENTS)
    first = sent(chief, LIST, with_canary().encode())
    second = chief.post(f"{LIST}/cot", columns(table_of(first)), at=LIST)
    other = f"{LISTS}/{PARENTS}/{UNIT}"
    for table in (table_of(second)[:-4] + "AAAA", table_of(first), "x"):
        at = LIST if table != table_of(second) else other
        assert chief.post(f"{at}/nhan", {"bang": table}, at=at).status_code == 400
    assert chief.post(f"{other}/nhan", {"bang": table_of(second)}, at=other).status_code == 400
    with reading(central.engine) as connection:
        assert codes_of(connection, Place(Stratum(sampled_id(UNIT), GROUP), UNIT)) == []


def test_a_school_sends_its_list_once_through_a_link(central: CentreUnderTest, chief: Browser) -> None:
    publish(chief, PARENTS)
    at = f"{LISTS}/{PARENTS}/{UNIT}"
    made = chief.post(f"{at}/lien-ket", {}, at=at)
    (link,) = re.findall(r'value="https?://[^/"]*(/gui-danh-sach/[^"]+)"', made.text)
    with Browser(central) as school:
        assert "Gửi danh sách của Trường học ở Phường Một" in words_of(school.get(link))
        thanks = take(school, link)
        assert "31 người. Liên kết này đã dùng xong" in words_of(thanks)
        gone = school.get(link)
        assert (gone.status_code, "HL4232" in words_of(gone)) == (410, True)
        assert school.get(link + "x").status_code == 410
    assert "đơn vị gửi qua liên kết" in words_of(chief.get(LISTS))
    assert acts(central).count("people-list") == 1


def test_no_name_telephone_or_address_is_in_any_file_also_while_a_large_list_comes_in(
    central: CentreUnderTest,
    chief: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A list of more than a megabyte: nothing may open a temporary file for it."""
    publish(chief)
    # No temporary file can be made now, in whatever way.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    first, *rest = with_canary(1500).splitlines()
    text = "\n".join((f"{first};Ghi chú", *(f"{each};{'đã trả kết quả ' * 30}" for each in rest)))
    assert len(text.encode("utf-16")) > 1024 * 1024
    taken = take(chief, text=text)
    assert taken.status_code == 303, words_of(taken)
    monkeypatch.undo()
    chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "0"}, at=SAMPLE)
    chief.post(f"{DRAWN}/mo", {"so": "1"}, at=DRAWN)
    back_up(central.engine, tmp_path / "backup")
    for path in (*central.folder.rglob("*"), tmp_path / "backup"):
        content = path.read_bytes() if path.is_file() else b""
        assert [each for each in CANARIES if each.encode() in content] == [], path
    assert [each for each in CANARIES if each in caplog.text] == []


def introduced(central: CentreUnderTest, chief: Browser, at: str, account: int) -> None:
    """The paper for the unit is whole, and names the interviewer and nobody who was drawn."""
    links = [unescape(each) for each in re.findall(r'href="([^"]*giay-gioi-thieu[^"]*)"', chief.get(at).text)]
    word, pdf = links[:2]
    content = chief.get(word).content
    assert check_form(content, read_profile()) == ()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = re.sub(r"<[^>]*>", "", parts.read("word/document.xml").decode())
    assert "GIẤY GIỚI THIỆU" in text
    assert "Ông (bà): Điều tra viên Một" in text
    assert "Được cử đến: Phường Một" in text
    assert "Người Ví Dụ" not in text
    assert chief.get(pdf).content.startswith(b"%PDF")
    stranger = word.replace(f"nguoi={account}", "nguoi=1")
    assert chief.get(stranger).status_code == 404


def test_an_interviewer_sees_one_person_at_a_time_and_saves_a_form_by_one_request(
    central: CentreUnderTest, chief: Browser
) -> None:
    publish(chief)
    take(chief)
    chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "25"}, at=SAMPLE)
    with acting(central.engine, By("test", NOW)) as act:
        account = add_person(
            act, login="hoi", name="Điều tra viên Một", role="interviewer", unit=UNIT, last=LAST
        )
    at = f"/ke-hoach/{sampled_id(UNIT)}/phan-cong"
    assert "chưa giao" in words_of(chief.get(at))
    given = chief.post(at, {"nhom": GROUP, "don_vi": UNIT, "nguoi": str(account)})
    assert given.status_code == 303, words_of(given)
    introduced(central, chief, at, account)
    with Browser(central, "khac", ("interviewer", UNIT)) as other:
        assert "Không còn ai phải hỏi" in words_of(other.get("/di-hoi"))
        assert other.get("/").headers["location"] == "/di-hoi"
        assert (other.get(LISTS).status_code, other.get("/tai-khoan").status_code) == (403, 403)
    with Browser(central, as_account=account) as phone:
        asked = phone.get("/di-hoi")
        assert "Tôi cam kết" in words_of(asked)
        early = phone.post("/di-hoi/mo", {}, at="/di-hoi")
        assert (early.status_code, "HL4360" in words_of(early)) == (403, True)
        assert phone.post("/di-hoi/cam-ket", {}, at="/di-hoi").status_code == 303
        waiting = phone.get("/di-hoi")
        assert "còn 12 người" in words_of(waiting)
        assert 'href="/kiem-tra-the-thuc"' not in waiting.text  # not for who is nobody of the office
        assert "Người Ví Dụ" not in waiting.text
        opened = phone.post("/di-hoi/mo", {}, at="/di-hoi")
        assert "<script src=" in opened.text  # the pages' own; the form below needs none
        (key,) = set(re.findall(r'name="nguoi" value="([^"]*)"', opened.text))
        half = phone.post("/di-hoi/phieu", {"nguoi": key, "c.result": "5"}, at="/di-hoi")
        assert (half.status_code, "Còn câu chưa có câu trả lời" in words_of(half)) == (400, True)
        whole = {"nguoi": key, "cho_ai": "citizen", "c.result": "5", "c.service": "4"}
        saved = phone.post("/di-hoi/phieu", whole, at="/di-hoi")
        assert saved.status_code == 303, words_of(saved)
        assert phone.post("/di-hoi/phieu", whole, at="/di-hoi").status_code == 409
        opened = phone.post("/di-hoi/mo", {}, at="/di-hoi")
        (key,) = set(re.findall(r'name="nguoi" value="([^"]*)"', opened.text))
        refused = {"nguoi": key, "ket_qua": "refused"}
        assert phone.post("/di-hoi/ket-qua", refused, at="/di-hoi").status_code == 303
        assert "còn 11 người" in words_of(phone.get("/di-hoi"))
    said = words_of(chief.get(at))
    assert "Điều tra viên Một 02/03/2026 1 1 0 0" in said
    assert acts(central).count("person-open") == 2


def asked_by(central: CentreUnderTest, account: int) -> None:
    """Everybody who was drawn is asked by this account."""
    said = Interview(
        survey=SurveyRef("kien-hung", 1),
        plan=sampled_id(UNIT),
        respondent="citizen",
        answers={"result": 5, "service": 4},
        words={},
    )
    place = Place(Stratum(sampled_id(UNIT), GROUP), UNIT)
    with acting(central.engine, By("test", NOW)) as act:
        promise(act, account)
        assign_unit(act, place, account, owner=UNIT)
        while every := assigned_to(act.connection, account, NOW.date()):
            open_next(act, account, central.keys)
            record_interview(act, account, every[0].key, said, central.keys)


def test_rechecks_are_drawn_asked_by_another_person_and_ordered_again_page_by_page(
    central: CentreUnderTest, chief: Browser
) -> None:
    at = f"/ke-hoach/{sampled_id(UNIT)}/phuc-tra"
    assert "Chưa có phiếu phỏng vấn nào" in words_of(chief.get(at))
    publish(chief)
    take(chief)
    chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "25"}, at=SAMPLE)
    with acting(central.engine, By("test", NOW)) as act:
        name = "Điều tra viên Một"
        account = add_person(act, login="hoi", name=name, role="interviewer", unit=UNIT, last=LAST)
    asked_by(central, account)
    assert chief.post(at, {}).status_code == 303
    page = chief.get(at)
    assert "Điều tra viên Một 12 2 2 0 0 0 0 0" in words_of(page)
    assert "Tôi cam kết" in words_of(page)
    with reading(central.engine) as connection:
        one, two = (each.key for each in rechecks_of(connection, sampled_id(UNIT)))
    early = chief.post(f"{at}/mo", {"phieu": one}, at=at)
    assert (early.status_code, "HL4360" in words_of(early)) == (403, True)
    assert chief.post(f"{at}/cam-ket", {}, at=at).status_code == 303
    assert set(re.findall(r'name="phieu" value="([^"]*)"', chief.get(at).text)) == {one, two}
    opened = chief.post(f"{at}/mo", {"phieu": one}, at=at)
    assert "Hỏi lại" in words_of(opened)
    half = chief.post(f"{at}/ghi", {"phieu": one, "c.result": "5"}, at=at)
    assert (half.status_code, "HL4241" in words_of(half)) == (400, True)
    same = {"phieu": one, "c.result": "5", "c.service": "4"}
    assert chief.post(f"{at}/ghi", same, at=at).status_code == 303
    chief.post(f"{at}/mo", {"phieu": two}, at=at)
    assert chief.post(f"{at}/ghi", {"phieu": two, "chua_hoi": "1"}, at=at).status_code == 303
    said = words_of(chief.get(at))
    assert "Điều tra viên Một 12 2 2 2 1 0 0 1" in said
    assert chief.post(f"{at}/hoi-lai", {"phieu": two, "ly_do": "chưa hỏi"}, at=at).status_code == 303
    assert "chưa giao" in words_of(chief.get(at.replace("phuc-tra", "phan-cong")))
    with Browser(central, "viewer", ("viewer", UNIT)) as viewer:
        assert f'action="{at}/mo"' not in viewer.get(at).text
        assert viewer.post(f"{at}/mo", {"phieu": one}, at="/tai-khoan/toi").status_code == 403


def test_at_a_unit_without_a_list_forms_are_spread_over_days_and_contacts_need_consent(
    central: CentreUnderTest, chief: Browser
) -> None:
    with reading(central.engine) as connection:
        issued = issued_plan(connection, sampled_id(UNIT))
    assert issued is not None
    groups = tuple(replace(each, every=4) if each.id == PARENTS else each for each in issued.plan.groups)
    put_plan(central.engine, replace(issued.plan, groups=groups), version=2)
    with acting(central.engine, By("test", NOW)) as act:
        account = add_person(act, login="hoi", name="Hỏi", role="interviewer", unit=UNIT, last=LAST)
    at = f"/di-hoi/tai-cho/{sampled_id(UNIT)}/{PARENTS}/{UNIT}"
    with Browser(central, as_account=account) as phone:
        assert 'href="/di-hoi/tai-cho"' in phone.get("/di-hoi").text
        assert "Tôi cam kết" in words_of(phone.get("/di-hoi/tai-cho"))
        phone.post("/di-hoi/cam-ket", {}, at="/di-hoi/tai-cho")
        assert f'href="{at}"' in phone.get("/di-hoi/tai-cho").text
        waiting = words_of(phone.get("/di-hoi/tai-cho"))
        assert "hôm nay 0/3 phiếu" in waiting
        assert "rồi cứ 4 người hỏi một" in waiting
        whole = {"c.result": "5", "c.service": "4"}
        half = phone.post(at, {"c.result": "5", "ma": "a" * 32})
        assert (half.status_code, "Còn câu chưa có câu trả lời" in words_of(half)) == (400, True)
        silent = phone.post(at, {**whole, "ma": "a" * 32, "ho_ten": "Người", "dien_thoai": "0900000009"})
        assert (silent.status_code, "chưa có sự đồng ý" in words_of(silent)) == (400, True)
        agreed = {**whole, "ho_ten": "Người", "dien_thoai": "0900000009", "dong_y": "1"}
        assert phone.post(at, {**agreed, "ma": "a" * 32, "dien_thoai": "12"}).status_code == 400
        assert phone.post(at, {**agreed, "ma": "a" * 32}).status_code == 303
        assert phone.post(at, {**agreed, "ma": "a" * 32}).status_code == 409  # sent twice
        for token in ("b", "c"):
            assert phone.post(at, {**whole, "ma": token * 32}).status_code == 303
        full = phone.post(at, {**whole, "ma": "d" * 32})
        assert (full.status_code, "HL4327" in words_of(full)) == (409, True)
        assert "đủ phiếu hôm nay" in words_of(phone.get("/di-hoi/tai-cho"))
        assert phone.get(at.replace(PARENTS, "khac")).status_code == 404
    sheet = f"/ke-hoach/{sampled_id(UNIT)}/phan-cong"
    (link,) = re.findall(r'href="([^"]*bo-tai-lieu[^"]*)"', chief.get(sheet).text)
    assert "hỏi tại chỗ, mỗi ngày nhiều nhất 3 phiếu" in pages_of_pdf(chief.get(link).content)
    assert acts(central).count("person-met") == 3
    with Browser(central, "khac", ("interviewer", "phuong-hai")) as other:
        assert other.get(at).status_code == 404
        assert "Không có đơn vị nào" in words_of(other.get("/di-hoi/tai-cho"))


def recheck_at(central: CentreUnderTest, chief: Browser) -> tuple[str, int]:
    """The page of the re-checks that are drawn, and the interviewer whose they are."""
    at = f"/ke-hoach/{sampled_id(UNIT)}/phuc-tra"
    publish(chief)
    take(chief)
    chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "25"}, at=SAMPLE)
    with acting(central.engine, By("test", NOW)) as act:
        name = "Điều tra viên Một"
        account = add_person(act, login="hoi", name=name, role="interviewer", unit=UNIT, last=LAST)
    asked_by(central, account)
    assert chief.post(at, {}).status_code == 303
    return at, account


def test_who_is_given_rechecks_asks_one_by_one_and_sees_no_result(
    central: CentreUnderTest, chief: Browser
) -> None:
    at, account = recheck_at(central, chief)
    with acting(central.engine, By("test", NOW)) as act:
        name = "Người phúc tra"
        other = add_person(act, login="tra", name=name, role="interviewer", unit=UNIT, last=LAST)
    assert f'<option value="{account}"' not in chief.get(at).text  # nobody's own
    given = chief.post(f"{at}/giao", {"dtv": str(account), "nguoi": str(other)}, at=at)
    assert given.status_code == 303, words_of(given)
    mine = "/di-hoi/phuc-tra"
    with Browser(central, as_account=account) as asked:
        assert "Không còn phiếu nào giao cho bạn" in words_of(asked.get(mine))
    with Browser(central, as_account=other) as phone:
        assert 'href="/di-hoi/phuc-tra"' in phone.get("/di-hoi").text
        assert "HL4360" in words_of(phone.post(f"{mine}/mo", {}, at=mine))
        assert phone.post(f"{mine}/cam-ket", {}, at=mine).status_code == 303
        assert "còn 2 người" in words_of(phone.get(mine))
        for answer in ({"c.result": "5", "c.service": "4"}, {"chua_hoi": "1"}):
            opened = phone.post(f"{mine}/mo", {}, at=mine)
            (key,) = re.findall(r'name="phieu" value="([^"]*)"', opened.text)
            assert "tel:09" in opened.text
            wrong = phone.post(f"{mine}/ghi", {"phieu": "x", **answer}, at=mine)
            assert (wrong.status_code, "HL4318" in words_of(wrong)) == (409, True)
            assert phone.post(f"{mine}/ghi", {"phieu": key, **answer}, at=mine).status_code == 303
        done = phone.get(mine)
        assert "Không còn phiếu nào giao cho bạn" in words_of(done)
        assert "khớp" not in words_of(done)
    assert "Điều tra viên Một 12 2 2 2 1 0 0 1" in words_of(chief.get(at))
    assert acts(central).count("person-open") == 14


def test_made_up_interviews_are_all_asked_again_from_the_page_of_rechecks(
    central: CentreUnderTest, chief: Browser
) -> None:
    at, account = recheck_at(central, chief)
    chief.post(f"{at}/cam-ket", {}, at=at)
    assert f'action="{at}/hoi-lai-het"' not in chief.get(at).text
    for key in dict.fromkeys(re.findall(r'name="phieu" value="([^"]*)"', chief.get(at).text)):
        chief.post(f"{at}/mo", {"phieu": key}, at=at)
        chief.post(f"{at}/ghi", {"phieu": key, "chua_hoi": "1"}, at=at)
    assert "Hỏi lại tất cả phiếu của Điều tra viên Một" in words_of(chief.get(at))
    closing = words_of(chief.get(f"/ke-hoach/{sampled_id(UNIT)}/dong"))
    assert "Phải hỏi lại cả 12 phiếu của Điều tra viên Một" in closing
    why = {"dtv": str(account), "ly_do": "phiếu bịa"}
    assert chief.post(f"{at}/hoi-lai-het", why, at=at).status_code == 303
    assert "Chưa có phiếu phỏng vấn nào" in words_of(chief.get(at))
    assert acts(central).count("void") == 12


def test_sizes_are_shown_by_name_with_the_margin_that_each_group_has(
    central: CentreUnderTest, chief: Browser
) -> None:
    said = words_of(chief.get(f"{SAMPLE}?p=90&d=5&n=279"))
    assert "138,2976" in said
    assert "138 ±5,01" in said
    assert "139 ±4,99" in said
    assert "Yamane" in said
    for wrong in ("p=abc&d=5", "p=90&d=0&n=1,5", "p=120&d=5"):
        assert chief.get(f"{SAMPLE}?{wrong}").status_code == 400
    with reading(central.engine) as connection:
        issued = issued_plan(connection, sampled_id(UNIT))
    assert issued is not None
    assert replace(issued.plan, design="quota") == issued.plan


def test_only_the_units_administrators_take_lists_in_and_only_they_open_somebody(
    central: CentreUnderTest, chief: Browser
) -> None:
    publish(chief)
    take(chief)
    with Browser(central, "viewer", ("viewer", UNIT)) as viewer:
        assert viewer.get(LISTS).status_code == 200
        assert f'href="{LIST}"' not in viewer.get(LISTS).text
        assert (viewer.get(LIST).status_code, viewer.get(DRAWN).status_code) == (403, 403)
    with Browser(central, "other", ("admin", "phuong-hai")) as other:
        missing = other.get(LISTS.replace(UNIT, "phuong-hai"))
        for path in (LISTS, LIST, SAMPLE, DRAWN):
            assert (other.get(path).status_code, other.get(path).text) == (404, missing.text)
        assert other.post(f"{DRAWN}/mo", {"so": "1"}, at="/tai-khoan/toi").status_code == 404
    with acting(central.engine, By("test", NOW)) as act:
        act.note("test", "")
    assert acts(central).count("person-open") == 0


def test_the_pack_of_an_interviewer_has_papers_quotas_the_guide_and_the_form_and_names_nobody(
    central: CentreUnderTest, chief: Browser
) -> None:
    publish(chief)
    take(chief)
    chief.post(f"{SAMPLE}/{GROUP}", {"du_phong": "25"}, at=SAMPLE)
    with acting(central.engine, By("test", NOW)) as act:
        account = add_person(
            act, login="hoi", name="Điều tra viên Một", role="interviewer", unit=UNIT, last=LAST
        )
    at = f"/ke-hoach/{sampled_id(UNIT)}/phan-cong"
    assert "bo-tai-lieu" not in chief.get(at).text
    chief.post(at, {"nhom": GROUP, "don_vi": UNIT, "nguoi": str(account)})
    (link,) = re.findall(r'href="([^"]*bo-tai-lieu[^"]*)"', chief.get(at).text)
    pdf = chief.get(link)
    assert pdf.headers["content-type"] == "application/pdf"
    text = pages_of_pdf(pdf.content)
    for said in ("GIẤY GIỚI THIỆU", "Điều tra viên Một", "Hạn ngạch", "Hộ tịch", "Không gặp", "BẢN ĐỂ ĐỌC"):
        assert said in text
    assert "Không chép, không chụp" in text
    assert "Người Ví Dụ" not in text
    assert chief.get(link.replace(f"nguoi={account}", "nguoi=1")).status_code == 404
    with Browser(central, "viewer", ("viewer", UNIT)) as viewer:
        assert viewer.get(link).status_code == 403


def pages_of_pdf(content: bytes) -> str:
    read = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(read.stdout.decode().split())
