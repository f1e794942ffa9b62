"""A plan from a template to the wording in force, as pages; who sees and changes what."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from textwrap import wrap
from zipfile import ZipFile

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from sqlalchemy import func, select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.handed_over import Source, put_source
from sync.central.office.forms.release_act import release
from sync.central.office.people.accounts import find_account, mark_approver
from sync.central.office.plan_file import plan_of_text
from sync.central.office.planning.tasks import tasks_of
from sync.central.office.plans import issued_plan
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.final import FINAL
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit, configuration_revisions, plans
from sync.contract.catalogue import Unit
from sync.contract.plan import VIET_NAM
from tests.support.browsing import Browser, words_of
from tests.support.document_text import text_of
from tests.support.remarks import send
from tests.support.wire import NOW, CentreUnderTest, visit

WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
DRAFT = "/ke-hoach/phuong-mot-2026/soan"


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with two wards; NOW is Monday 2 March 2026."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, WARDS, NOW)
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", "phuong-mot")) as browser:
        yield browser


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def begun(chief: Browser, template: str = "van-thang-2023") -> str:
    """A plan of the first ward as a draft; the address that it is written at."""
    sent = chief.post("/ke-hoach/moi", {"mau": template, "don_vi": "phuong-mot", "tu": "", "ma": ""})
    assert sent.status_code == 303, words_of(sent)
    return str(sent.headers["location"])


def release_forms(central: CentreUnderTest, *forms: str) -> None:
    for form in forms:
        with acting(central.engine, By("test", NOW)) as act:
            release(act, form, "mẫu đi kèm")


def save(chief: Browser, section: str, **fields: str) -> str:
    """Send a section with these fields; the words of the page that answers."""
    at = f"{DRAFT}?phan={section}"
    sent = chief.post(at, {"truoc": hidden(chief.get(at).text, "truoc"), **fields})
    return "" if sent.status_code == 303 else words_of(sent)


def issue(chief: Browser, number: str = "304/KH-UBND", day: str = "2026-03-02") -> tuple[int, str]:
    at = "/ke-hoach/phuong-mot-2026/ban-hanh"
    before = hidden(chief.get(DRAFT).text, "truoc")
    sent = chief.post(at, {"truoc": before, "so": number, "ngay": day}, at=DRAFT)
    return sent.status_code, words_of(sent)


def test_a_plan_goes_from_a_template_to_the_wording_in_force(
    central: CentreUnderTest, chief: Browser
) -> None:
    assert "năm mẫu" in words_of(chief.get("/ke-hoach"))
    assert begun(chief) == DRAFT
    page = words_of(chief.get("/ke-hoach/phuong-mot-2026"))
    assert "Đang soạn" in page
    assert "năm 2026" in page
    status, words = issue(chief)
    assert (status, "HL1005" in words) == (422, True)  # the form is a draft as well
    assert "van-thang" in words
    release_forms(central, "van-thang")
    assert save(chief, "chung", authority="UBND phường Một", starts="2026-02-20", ends="2026-03-31") == ""
    assert save(chief, "tien-do", **{"tasks:0:due": "2026-02-25", "tasks:0:before": ""}) == ""
    assert issue(chief)[0] == 303
    page = words_of(chief.get("/ke-hoach/phuong-mot-2026"))
    assert "304/KH-UBND · UBND phường Một" in page
    assert "ban hành 02/03/2026" in page
    assert "Đang lấy phiếu" in page
    assert "Còn 29 ngày" in page
    assert "đã qua khi ban hành" in page
    assert "Còn trong thời gian lấy phiếu, đến hết ngày 31/03/2026." in page
    with reading(central.engine) as connection:
        issued = issued_plan(connection, "phuong-mot-2026")
        lines = [f"{row.act} {row.subject} {row.detail}" for row in connection.execute(select(audit))]
        changed = select(configuration_revisions.c.unit)
        assert "phuong-mot" in connection.execute(changed).scalars().all()
    assert issued is not None
    assert (issued.version, issued.plan.unit, issued.plan.number) == (1, "phuong-mot", "304/KH-UBND")
    assert "plan-issue phuong-mot-2026 304/KH-UBND 2026-03-02" in lines
    assert chief.get(DRAFT).status_code == 404


def test_a_deadline_on_a_day_off_is_shown_as_such(chief: Browser) -> None:
    begun(chief)
    days = {
        "tasks:0:due": "2026-03-08",
        "tasks:0:before": "",
        "tasks:1:due": "",
        "tasks:1:before": "2026-03-10",
    }
    assert save(chief, "tien-do", **days) == ""
    page = words_of(chief.get("/ke-hoach/phuong-mot-2026"))
    assert "Chủ nhật, 08/03/2026 ngày nghỉ; ngày làm việc trước đó: thứ Sáu, 06/03/2026" in page
    assert "Thứ Hai, 09/03/2026 “trước ngày 10/03/2026”" in page


def test_an_issued_plan_is_changed_by_its_next_draft_and_its_tasks_keep_their_state(
    central: CentreUnderTest, chief: Browser
) -> None:
    begun(chief)
    release_forms(central, "van-thang")
    assert issue(chief)[0] == 303
    started = chief.post("/ke-hoach/phuong-mot-2026/soan-moi", {}, at="/ke-hoach/phuong-mot-2026")
    assert started.headers["location"] == DRAFT
    assert save(chief, "chung", **{"title.vi": "Tên mới"}) == ""
    assert "có bản nháp" in words_of(chief.get("/ke-hoach"))
    assert "Tên mới" not in words_of(chief.get("/ke-hoach/phuong-mot-2026"))
    assert issue(chief, day="2026-03-01")[0] == 303
    assert "Tên mới" in words_of(chief.get("/ke-hoach/phuong-mot-2026"))
    with reading(central.engine) as connection:
        assert connection.execute(select(func.max(plans.c.version))).scalar() == 2


def test_what_is_wrong_with_number_and_day_is_refused_and_changes_nothing(
    central: CentreUnderTest, chief: Browser
) -> None:
    begun(chief)
    release_forms(central, "van-thang")
    for number, day in (("", "2026-03-02"), ("KH-UBND", "2026-03-02"), ("1/KH", "2026-03-03"), ("1/KH", "")):
        assert issue(chief, number, day)[0] in (400, 422), (number, day)
    with reading(central.engine) as connection:
        assert connection.execute(select(func.count()).select_from(plans)).scalar() == 0


def test_of_very_many_plans_the_list_counts_no_forms(
    central: CentreUnderTest, chief: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(chief, "kien-hung-2020")
    assert save(chief, "nhom", **{"groups:0:total": "30"}) == ""
    assert issue(chief)[0] == 303
    assert "0 / 30" in words_of(chief.get("/ke-hoach"))
    monkeypatch.setattr("sync.central.web.pages.plans.MOST_COUNTED", 0)
    assert "– / 30" in words_of(chief.get("/ke-hoach"))


def test_of_two_who_write_at_once_the_second_is_refused_with_what_was_typed(chief: Browser) -> None:
    begun(chief)
    read = hidden(chief.get(DRAFT).text, "truoc")
    assert chief.post(DRAFT, {"truoc": read, "authority": "UBND phường Một"}).status_code == 303
    late = chief.post(DRAFT, {"truoc": "2026-03-02T00:00:00+07:00", "authority": "Cơ quan khác"})
    assert (late.status_code, "HL4291" in late.text, "Cơ quan khác" in late.text) == (400, True, True)


def test_toml_with_faults_keeps_the_draft_and_names_them_by_line(chief: Browser) -> None:
    begun(chief)
    at = f"{DRAFT}?phan=toml"
    page = chief.get(at).text
    sent = chief.post(at, {"truoc": hidden(page, "truoc"), "toml": 'id = "phuong-mot-2026"\ndesign = "hay"'})
    assert sent.status_code == 400
    assert "2: design" in words_of(sent)
    assert "Vạn Thắng" not in words_of(chief.get("/ke-hoach/phuong-mot-2026"))


def test_the_plan_for_next_year_is_begun_from_this_one(central: CentreUnderTest, chief: Browser) -> None:
    begun(chief)
    release_forms(central, "van-thang")
    assert issue(chief)[0] == 303
    page = chief.get("/ke-hoach/moi?tu=phuong-mot-2026")
    assert "phuong-mot-2027" in page.text
    sent = chief.post("/ke-hoach/moi", {"tu": "phuong-mot-2026", "ma": "phuong-mot-2027"}, at="/ke-hoach/moi")
    assert sent.headers["location"] == "/ke-hoach/phuong-mot-2027/soan"
    assert "năm 2027" in words_of(chief.get("/ke-hoach/phuong-mot-2027"))
    again = chief.post(
        "/ke-hoach/moi", {"tu": "phuong-mot-2026", "ma": "phuong-mot-2027"}, at="/ke-hoach/moi"
    )
    assert (again.status_code, "HL4293" in again.text) == (409, True)
    with reading(central.engine) as connection:
        issued = issued_plan(connection, "phuong-mot-2026")
        assert issued is not None
        assert {task.state for task in tasks_of(connection, issued.plan)} == {"open"}


def test_the_paper_of_a_draft_is_the_plan_as_it_would_be_issued(chief: Browser) -> None:
    begun(chief)
    costs = {"budget.source": "Kinh phí cải cách hành chính", "budget.costs:0:name": "In phiếu"}
    costs |= {"budget.costs:0:count": "1.200", "budget.costs:0:price": "1.500"}
    assert save(chief, "ky", **costs) == ""
    paper = chief.get("/ke-hoach/phuong-mot-2026/van-ban")
    with ZipFile(io.BytesIO(paper.content)) as parts:
        words = re.sub(r"<[^>]*>", "", parts.read("word/document.xml").decode())
    assert "KẾ HOẠCH" in words
    assert "1.800.000" in words
    assert chief.get("/ke-hoach/phuong-mot-2026/van-ban?kieu=pdf").content.startswith(b"%PDF")


def test_a_foreign_plan_is_none_a_reader_reads_and_who_may_not_write_does_not(
    central: CentreUnderTest, chief: Browser
) -> None:
    begun(chief)
    with (
        Browser(central, "elsewhere", ("admin", "phuong-hai")) as elsewhere,
        Browser(central, "analyst", ("analyst", "phuong-mot")) as analyst,
        Browser(central, "keyer", ("keyer", "phuong-mot")) as keyer,
    ):
        for path in ("", "/soan", "/ban-hanh", "/van-ban"):
            there = elsewhere.get(f"/ke-hoach/phuong-mot-2026{path}")
            nothing = elsewhere.get(f"/ke-hoach/khong-co{path}")
            assert (there.status_code, there.text) == (nothing.status_code, nothing.text) == (404, there.text)
        refused = elsewhere.post("/ke-hoach/moi", {"mau": "van-thang-2023", "don_vi": "phuong-mot"})
        assert refused.status_code == 400
        assert elsewhere.post("/ke-hoach/moi", {"tu": "phuong-mot-2026"}).status_code == 404
        page = analyst.get("/ke-hoach/phuong-mot-2026")
        assert page.status_code == 200
        assert "Soạn tiếp" not in page.text
        assert analyst.get(DRAFT).status_code == 403
        assert keyer.get("/ke-hoach").status_code == 403


def test_a_draft_is_discarded_with_a_reason_and_its_code_is_free_again(chief: Browser) -> None:
    begun(chief)
    at = "/ke-hoach/phuong-mot-2026/bo-nhap"
    assert chief.post(at, {"ly_do": ""}, at=DRAFT).status_code in (400, 422)
    assert chief.post(at, {"ly_do": "lập nhầm"}, at=DRAFT).headers["location"] == "/ke-hoach"
    assert begun(chief) == DRAFT


# --- carrying it out ----------------------------------------------------------------------------------------

PLAN = "/ke-hoach/phuong-mot-2026"


@pytest.fixture
def issued(central: CentreUnderTest, chief: Browser) -> str:
    """The plan of the first ward in force; the address of its first task."""
    begun(chief)
    release_forms(central, "van-thang")
    assert save(chief, "chung", starts="2026-02-20", ends="2026-03-31") == ""
    assert issue(chief)[0] == 303
    found = re.search(rf"{PLAN}/viec/[0-9a-f]{{12}}", chief.get(PLAN).text)
    assert found is not None
    return found[0]


def read(page: str) -> str:
    return hidden(page, "da_doc")


def test_a_task_is_given_begun_and_done_with_its_result_and_who_did_it_when(
    central: CentreUnderTest, chief: Browser, issued: str
) -> None:
    with Browser(central, "keyer", ("keyer", "phuong-mot")) as keyer:
        assert keyer.get(issued).status_code == 404
        people = re.findall(r'<option value="(\d+)"[^>]*>Keyer<', chief.get(issued).text)
        given = {"nguoi_lam": people[0], "da_doc": read(chief.get(issued).text)}
        assert chief.post(f"{issued}/giao", given, at=issued).status_code == 303
        assert "Việc của kế hoạch tôi làm" in words_of(keyer.get("/viec"))
        assert issued in keyer.get("/viec").text
        before = read(keyer.get(issued).text)
        assert keyer.post(issued, {"buoc": "begin", "da_doc": before}).status_code == 303
        late = keyer.post(issued, {"buoc": "finish", "da_doc": before, "ket_qua": "Xong"})
        assert (late.status_code, "HL4291" in late.text) == (409, True)
        before = read(keyer.get(issued).text)
        assert keyer.post(issued, {"buoc": "finish", "da_doc": before, "ket_qua": " "}).status_code == 422
        done = {"buoc": "finish", "da_doc": before, "ket_qua": "Đã in 600 phiếu"}
        assert keyer.post(issued, done).status_code == 303
        page = words_of(keyer.get(issued))
        assert "đã xong" in page
        assert "Thứ Hai, 02/03/2026, Keyer" in page
        assert issued not in keyer.get("/viec").text
        assert keyer.get(PLAN).status_code == 403
        assert keyer.post(f"{issued}/giao", {"nguoi_lam": ""}, at=issued).status_code == 403
    assert "Đã in 600 phiếu" in words_of(chief.get(PLAN))
    assert chief.post(issued, {"buoc": "reopen", "da_doc": read(chief.get(issued).text)}).status_code == 303
    assert "Đã in 600 phiếu" not in words_of(chief.get(PLAN))
    with reading(central.engine) as connection:
        acts = [(row.act, row.detail) for row in connection.execute(select(audit).order_by(audit.c.number))]
    assert [act for act, _ in acts if act.startswith("plan-task-")] == [
        *("plan-task-assign", "plan-task-begin", "plan-task-finish", "plan-task-reopen")
    ]
    assert not any("600 phiếu" in detail for _, detail in acts)


def test_a_task_of_another_unit_is_none_and_a_reader_does_none(
    central: CentreUnderTest, chief: Browser, issued: str
) -> None:
    with (
        Browser(central, "elsewhere", ("admin", "phuong-hai")) as elsewhere,
        Browser(central, "analyst", ("analyst", "phuong-mot")) as analyst,
    ):
        nothing = elsewhere.get(f"{PLAN}/viec/{'0' * 12}")
        there = elsewhere.get(issued)
        assert (there.status_code, there.text) == (nothing.status_code, nothing.text) == (404, there.text)
        assert elsewhere.post(issued, {"buoc": "begin", "da_doc": "0"}, at="/ke-hoach").status_code == 404
        assert analyst.get(issued).status_code == 200
        assert analyst.post(issued, {"buoc": "begin", "da_doc": "0"}, at="/viec").status_code == 404


def test_an_obstacle_goes_to_the_leader_is_answered_within_two_working_days_and_closed(
    central: CentreUnderTest, chief: Browser, issued: str
) -> None:
    words = "Chưa có máy in ở quầy 2,\ncần Văn phòng cấp"
    with (
        Browser(central, "leader", ("viewer", "phuong-mot")) as leader,
        Browser(central, "analyst", ("analyst", "phuong-mot")) as analyst,
    ):
        with acting(central.engine, By("test", NOW)) as act:
            mark_approver(act, find_account(act.connection, "leader"), True)
        sent = {"ma": hidden(analyst.get(PLAN).text, "ma"), "vuong_mac": words}
        for _ in range(2):  # sent twice, it is one
            assert analyst.post(f"{PLAN}/vuong-mac", sent, at=PLAN).status_code == 303
        waiting = words_of(leader.get("/viec"))
        assert "Vướng mắc chờ tôi trả lời" in waiting
        # NOW is a Monday.
        assert "04/03/2026" in waiting
        assert waiting.count("Chưa có máy in ở quầy 2") == 1
        assert "1 vướng mắc chưa giải quyết" in words_of(chief.get(PLAN))
        (answer,) = re.findall(r'action="([^"]*/tra-loi)"', leader.get(PLAN).text)
        assert "/tra-loi" not in chief.get(PLAN).text
        assert chief.post(answer, {"tra_loi": "x"}, at=PLAN).status_code == 403
        close = answer.replace("tra-loi", "dong")
        assert analyst.post(close, {}, at=PLAN).status_code == 409
        assert leader.post(answer, {"tra_loi": "Văn phòng cấp trước thứ Sáu"}, at=PLAN).status_code == 303
        assert "Vướng mắc chờ tôi trả lời" not in words_of(leader.get("/viec"))
        assert "Vướng mắc tôi báo, đã có trả lời" in words_of(analyst.get("/viec"))
        assert leader.post(close, {}, at=PLAN).status_code == 404
        assert analyst.post(close, {}, at=PLAN).status_code == 303
        assert "Vướng mắc tôi báo" not in words_of(analyst.get("/viec"))
    assert "vướng mắc chưa giải quyết" not in words_of(chief.get(PLAN))
    with reading(central.engine) as connection:
        lines = " ".join(f"{row.act} {row.detail}" for row in connection.execute(select(audit)))
    assert {"plan-obstacle", "plan-obstacle-answer", "plan-obstacle-close"} <= set(lines.split())
    assert "máy in" not in lines
    assert "trước thứ Sáu" not in lines


def test_the_progress_counts_what_is_valid_by_day_and_its_file_says_the_same(
    central: CentreUnderTest, chief: Browser, issued: str
) -> None:
    page = words_of(chief.get(f"{PLAN}/tien-do"))
    assert "Chưa có phiếu nào." in page
    assert "Phường Một" in page
    file = chief.get(f"{PLAN}/tien-do/tai-ve.csv")
    assert file.text.splitlines()[0].lstrip("\ufeff").startswith("Nhóm,Mã đơn vị,")
    distributor = "Cán bộ Tiếp nhận và Trả kết quả xã hỗ trợ phát, thu phiếu"
    assert f"Phường Một {distributor}" in page
    (row,) = csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")))
    assert (row["Mã đơn vị"], row["Ai phát"]) == ("phuong-mot", distributor)
    assert "phuong-mot" in file.text
    assert chief.get(f"{PLAN}/tien-do/tai-ve.xlsx").content.startswith(b"PK")


# --- closing it ---------------------------------------------------------------------------------------------

AFTER = datetime(2026, 3, 4, 8, tzinfo=VIET_NAM)
"""The window was over two days before."""


@pytest.fixture
def deputy(central: CentreUnderTest, chief: Browser) -> Iterator[Browser]:
    """Somebody signed in two days after the window of a plan that wants three forms and has two."""
    begun(chief, "kien-hung-2020")
    assert save(chief, "chung", starts="2026-03-01", ends="2026-03-02") == ""
    assert save(chief, "nhom", **{"groups:0:total": "3"}) == ""
    assert issue(chief)[0] == 303
    send(central, replace(visit(1), seq=1), replace(visit(2), seq=2))
    central.now = lambda: AFTER
    with Browser(central, "deputy", ("admin", "phuong-mot")) as browser:
        yield browser


def finish(deputy: Browser) -> int:
    """Do every task; how many there are."""
    tasks = sorted(set(re.findall(rf"{PLAN}/viec/[0-9a-f]{{12}}", deputy.get(PLAN).text)))
    for task in tasks:
        done = {"buoc": "finish", "da_doc": read(deputy.get(task).text), "ket_qua": "Đã làm"}
        assert deputy.post(task, done).status_code == 303
    return len(tasks)


@pytest.fixture
def ready(central: CentreUnderTest, deputy: Browser) -> Iterator[Browser]:
    """Somebody signed in a day after the third form came and every task was done."""
    finish(deputy)
    send(central, replace(visit(3), seq=3), at=AFTER)
    central.now = lambda: AFTER + timedelta(days=1)
    with Browser(central, "closer", ("admin", "phuong-mot")) as browser:
        yield browser


def test_closing_is_refused_by_name(central: CentreUnderTest, deputy: Browser) -> None:
    at = f"{PLAN}/dong"
    page = words_of(deputy.get(at))
    assert "Phường Một: 2/3 phiếu" in page
    refused = deputy.post(at, {}, at=PLAN)
    tasks = page.count("Việc chưa xong")
    assert (refused.status_code, refused.text.count("HL4297")) == (409, tasks + 1)
    assert finish(deputy) == tasks > 1
    assert deputy.post(at, {}, at=PLAN).status_code == 409
    send(central, replace(visit(3), seq=3), at=AFTER)
    assert "1 phiếu vừa đến trong ngày" in words_of(deputy.get(at)), "nobody gets it before the day is over"
    refused = deputy.post(at, {}, at=PLAN)
    assert (refused.status_code, refused.text.count("HL4297")) == (409, 1)


def test_a_closed_plan_is_handed_over_as_a_package_that_the_receiver_confirms(
    central: CentreUnderTest, ready: Browser
) -> None:
    at = f"{PLAN}/dong"
    assert "Không còn gì cản việc đóng" in words_of(ready.get(at))
    assert ready.post(at, {}).status_code == 303
    assert "Đã đóng" in words_of(ready.get("/ke-hoach"))
    page = words_of(ready.get(at))
    with ZipFile(io.BytesIO(ready.get(f"{at}/goi.zip").content)) as package:
        contents = {name: package.read(name) for name in package.namelist()}
    digest = hashlib.sha256(contents["ban-ke.json"]).hexdigest()
    assert " ".join(wrap(digest, 8)) in page
    listed = {each["name"]: each for each in json.loads(contents["ban-ke.json"])["files"]}
    assert {"du-lieu.csv", "du-lieu.xlsx", "giai-thich.csv", "ke-hoach.toml"} == set(listed)
    for name, each in listed.items():
        assert each["sha256"] == hashlib.sha256(contents[name]).hexdigest()
        assert each["sha256"] in page
    rows = list(csv.DictReader(io.StringIO(contents["du-lieu.csv"].decode())))
    assert (len(rows), listed["du-lieu.csv"]["rows"], listed["du-lieu.xlsx"]["rows"]) == (3, 3, 3)
    assert "officer" not in rows[0]
    assert "answers.result" in contents["giai-thich.csv"].decode()
    assert plan_of_text(contents["ke-hoach.toml"].decode())[0] is not None
    with ZipFile(io.BytesIO(ready.get(f"{at}/bien-ban").content)) as parts:
        paper = re.sub(r"<[^>]*>", "", parts.read("word/document.xml").decode())
    assert " ".join(wrap(digest, 8)) in paper
    assert "du-lieu.csv" in paper
    confirm(central, ready, digest)


def confirm(central: CentreUnderTest, deputy: Browser, digest: str) -> None:
    """The receiver confirms by the digest, not who closed the plan."""
    at = f"{PLAN}/dong"
    named = {"ben_nhan": "Sở Nội vụ, phòng CCHC"}
    assert deputy.post(f"{at}/nhan", {**named, "ma_goi": digest}, at=at).status_code == 422
    with Browser(central, "receiver", ("analyst", "phuong-mot")) as receiver:
        for code, status in (("0" * 64, 409), (digest[:7], 422), (f"{digest[:4]} {digest[4:12]}", 303)):
            sent = receiver.post(f"{at}/nhan", {**named, "ma_goi": code}, at=at)
            assert sent.status_code == status, code
        assert "Sở Nội vụ, phòng CCHC" in words_of(receiver.get(at))
        assert receiver.post(at, {}, at=PLAN).status_code == 403
    with reading(central.engine) as connection:
        lines = [f"{row.act} {row.subject} {row.detail}" for row in connection.execute(select(audit))]
    assert f"plan-close phuong-mot-2026 {digest}" in lines
    assert f"plan-received phuong-mot-2026 {digest}" in lines


def test_what_comes_after_the_closing_is_named_and_makes_a_new_package_and_the_old_one_stays(
    central: CentreUnderTest, ready: Browser
) -> None:
    at = f"{PLAN}/dong"
    assert ready.post(at, {}).status_code == 303
    first = ready.get(f"{at}/goi.zip").content
    assert "Dữ liệu đã đổi" not in words_of(ready.get(at))
    same = ready.post(f"{at}/goi-moi", {"ly_do": "thử"}, at=at)
    assert (same.status_code, "HL4368" in same.text) == (409, True)
    send(central, replace(visit(4), seq=4), at=central.now())
    assert "lúc đóng 3 phiếu, nay 4 phiếu" in words_of(ready.get(at))
    blocked = ready.post(f"{at}/goi-moi", {"ly_do": "máy gửi muộn"}, at=at)
    assert (blocked.status_code, "HL4297" in blocked.text) == (409, True), (
        "the day of the late form is not over"
    )
    tomorrow = central.now() + timedelta(days=1)
    central.now = lambda: tomorrow
    with Browser(central, "next", ("admin", "phuong-mot")) as following:
        assert following.get(f"{at}/goi.zip").content == first, "the digest that was noted still holds"
        with ZipFile(io.BytesIO(following.get(f"{at}/bien-ban").content)) as parts:
            paper = re.sub(r"<[^>]*>", "|", parts.read("word/document.xml").decode())
        assert "Tất cả phiếu đã trả lời trong kỳ" in paper
        assert re.search(r"trong kỳ\|+3\|", paper), "the minutes say what the package has"
        assert following.post(f"{at}/goi-moi", {"ly_do": ""}, at=at).status_code in (400, 422)
        assert following.post(f"{at}/goi-moi", {"ly_do": "máy gửi muộn"}, at=at).status_code == 303
        page = words_of(following.get(at))
        with ZipFile(io.BytesIO(following.get(f"{at}/goi.zip").content)) as package:
            listed = package.read("ban-ke.json")
            rows = package.read("du-lieu.csv").splitlines()
    assert len(rows) == 5
    assert "Gói bàn giao, bản 2" in page
    assert " ".join(wrap(hashlib.sha256(listed).hexdigest(), 8)) in page
    with ZipFile(io.BytesIO(first)) as package:
        before = hashlib.sha256(package.read("ban-ke.json")).hexdigest()
    assert (json.loads(listed)["package"], json.loads(listed)["before"]) == (2, before)
    with reading(central.engine) as connection:
        closed = select(audit.c.detail).where(audit.c.act == "plan-close").order_by(audit.c.number)
        assert list(connection.execute(closed).scalars()) == [before, hashlib.sha256(listed).hexdigest()]


def test_a_package_and_its_minutes_name_the_file_of_a_form_that_was_handed_over(
    central: CentreUnderTest, ready: Browser
) -> None:
    source = Source(body="Sở Nội vụ", file="mau-2026.xlsx", sha256="ab" * 32)
    with writing(central.engine) as connection:
        put_source(connection, "kien-hung", 1, source, NOW)
    at = f"{PLAN}/dong"
    assert ready.post(at, {}).status_code == 303
    assert "Mẫu phiếu kien-hung bản 1 do Sở Nội vụ chuyển giao: tệp mau-2026.xlsx." in words_of(ready.get(at))
    with ZipFile(io.BytesIO(ready.get(f"{at}/goi.zip").content)) as package:
        (form,) = json.loads(package.read("ban-ke.json"))["forms"]
    assert (form["id"], form["body"], form["sha256"]) == ("kien-hung", "Sở Nội vụ", "ab" * 32)
    with ZipFile(io.BytesIO(ready.get(f"{at}/bien-ban").content)) as parts:
        assert "mau-2026.xlsx" in parts.read("word/document.xml").decode()


RETURNED = f"{PLAN}/doi-chieu"


def returned(ready: Browser, table: str, body: str = "Sở Nội vụ") -> tuple[int, str]:
    """Send a table of three lines or so to a closed plan; the answer, and its page."""
    files = {"tep": ("ket-qua.csv", table.encode())}
    sent = ready.post(RETURNED, {"chuyen_giao": body}, files=files, at=RETURNED)
    return sent.status_code, words_of(sent if sent.status_code != 303 else ready.get(RETURNED))


def test_a_table_that_comes_back_is_compared_line_by_line_and_the_report_says_so(
    central: CentreUnderTest, ready: Browser
) -> None:
    assert ready.get(RETURNED).status_code == 404, "the plan is open"
    assert ready.post(f"{PLAN}/dong", {}).status_code == 303
    sheet = load_workbook(io.BytesIO(ready.get(f"{RETURNED}/mau.xlsx").content)).active
    assert sheet is not None
    heading, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert heading == ["Nhóm", "Đơn vị", "Nội dung", "Số phiếu", "Tỷ lệ hài lòng (%)"]
    items = [row[2] for row in rows]
    assert items[0] == "Số phiếu"
    table = ";".join(map(str, heading)) + "\n"
    same = f";;{items[0]};3;\n"
    status, page = returned(ready, table + same)
    assert (status, "Khớp 1/1 dòng" in page) == (303, True)
    wrong = f";;{str(items[1]).upper()};2;10,04\n;;Câu khác;1;5\n"
    status, page = returned(ready, table + same + wrong)
    assert (status, "Khớp 1/3 dòng" in page) == (303, True)
    assert "1 dòng khác" in page
    assert "dòng 4: Câu khác" in page
    assert hashlib.sha256((table + same + wrong).encode()).hexdigest() in page
    with reading(central.engine) as connection:
        plan = issued_plan(connection, "phuong-mot-2026")
        assert plan is not None
        now = central.now()
        period = FINAL.period(plan.plan, now.date())
        asked = Asked(
            kind=FINAL.name, unit="phuong-mot", first=period.first, last=period.last, plan="phuong-mot-2026"
        )
        paper = text_of(FINAL.build(FINAL.read(connection, asked, now), {}))
        lines = [
            row.detail for row in connection.execute(select(audit).where(audit.c.act == "plan-returned"))
        ]
    assert "bảng do Sở Nội vụ phân tích và chuyển lại (tệp ket-qua.csv" in paper
    assert "khớp 1 trong 3 dòng; khác 1 dòng" in paper, paper[paper.index("khớp") - 5 :][:120]
    assert [line.partition(",")[0] for line in lines] == ["lines: 1", "lines: 3"]


def test_a_table_with_faults_is_refused_whole_by_line(central: CentreUnderTest, ready: Browser) -> None:
    assert ready.post(f"{PLAN}/dong", {}).status_code == 303
    heading = "Nhóm;Đơn vị;Nội dung;Số phiếu;Tỷ lệ hài lòng (%)\n"
    for table, body, expected in (
        (heading, "Sở", "không dòng nào có số"),
        (f"{heading};;a;nhiều;5\n;;b;1;105\n", "Sở", "2: Số phiếu"),
        (f"{heading};;a;nhiều;5\n;;b;1;105\n", "Sở", "3: Tỷ lệ"),
        (f"{heading};;a;1;5\n", " ", "HL4366"),
    ):
        status, page = returned(ready, table, body)
        assert (status in (400, 422), expected in page) == (True, True), (expected, page)
    assert "Chưa có bảng nào trả về" in words_of(ready.get(RETURNED))
    with Browser(central, "reader", ("viewer", "phuong-mot")) as reader:
        assert reader.get(RETURNED).status_code == 403


def test_a_closed_plan_is_not_changed_until_it_is_opened_again(
    central: CentreUnderTest, ready: Browser
) -> None:
    at = f"{PLAN}/dong"
    assert ready.post(at, {}).status_code == 303
    first = ready.get(f"{at}/goi.zip").content
    assert ready.get(f"{at}/goi.zip").content == first, "the same data are the same bytes"
    assert ready.post(f"{PLAN}/soan-moi", {}, at=at).status_code == 409
    assert "Sửa kế hoạch" not in words_of(ready.get(PLAN))
    assert ready.post(f"{at}/mo-lai", {"ly_do": ""}, at=at).status_code in (400, 422)
    assert ready.post(f"{at}/mo-lai", {"ly_do": "còn phiếu chưa nhập"}, at=at).status_code == 303
    assert ready.get(f"{at}/goi.zip").status_code == 404
    assert "Sửa kế hoạch" in words_of(ready.get(PLAN))
    assert ready.post(at, {}).status_code == 303


def test_a_foreign_plan_is_closed_by_nobody_and_its_package_is_none(
    central: CentreUnderTest, deputy: Browser
) -> None:
    with Browser(central, "elsewhere", ("admin", "phuong-hai")) as elsewhere:
        for path in ("/dong", "/dong/goi.zip", "/dong/bien-ban", "/tien-do", "/tien-do/tai-ve.csv"):
            there = elsewhere.get(f"{PLAN}{path}")
            nothing = elsewhere.get(f"/ke-hoach/khong-co{path}")
            assert (there.status_code, there.text) == (nothing.status_code, nothing.text) == (404, there.text)
        assert elsewhere.post(f"{PLAN}/dong", {}, at="/ke-hoach/moi").status_code == 404


def test_who_came_to_the_training_is_ticked_on_the_page_and_names_are_for_who_may_change_the_plan(
    central: CentreUnderTest, chief: Browser
) -> None:
    begun(chief)
    release_forms(central, "van-thang")
    save(chief, "chung", authority="UBND phường Một", starts="2026-02-20", ends="2026-03-31")
    assert issue(chief)[0] == 303
    at = "/ke-hoach/phuong-mot-2026/huong-dan"
    assert 'href="/ke-hoach/phuong-mot-2026/huong-dan"' in chief.get("/ke-hoach/phuong-mot-2026").text
    assert chief.get(f"{at}/trang-huong-dan").content.startswith(b"%PDF")
    assert chief.get(f"{at}/trang-huong-dan?kieu=docx").content.startswith(b"PK")
    fields = {"ngay": "2026-03-02", "noi": "Hội trường", "nguoi": "Người Phát Một; Phòng Một\nNgười Phát Hai"}
    assert "hỗ trợ phát, thu phiếu." in words_of(chief.get(at))
    id = hidden(chief.get(at).text, "ma")
    wrong = chief.post(at, {**fields, "ma": id, "ngay": "x"})
    assert (wrong.status_code, "HL4241" in words_of(wrong)) == (400, True)
    assert chief.post(at, {**fields, "ma": id}).status_code == 303
    page = chief.get(at)
    assert "mời 2 người, chưa ghi ai có mặt" in words_of(page)
    assert chief.get(f"{at}/{id}/danh-sach").content.startswith(b"%PDF")
    there = {"truoc": hidden(page.text, "truoc"), "co_mat": "0"}
    assert chief.post(f"{at}/{id}", there, at=at).status_code == 303
    assert "có mặt 1/2" in words_of(chief.get(at))
    stale = chief.post(f"{at}/{id}", {**there, "truoc": "x"}, at=at)  # somebody else noted it meanwhile
    assert stale.status_code == 409
    with Browser(central, "viewer", ("viewer", "phuong-mot")) as viewer:
        seen = words_of(viewer.get(at))
        assert "có mặt 1/2" in seen
        assert "Người Phát" not in seen
        assert viewer.get(f"{at}/{id}/danh-sach").status_code == 403
    with Browser(central, "other", ("admin", "phuong-hai")) as other:
        assert other.get(at).status_code == 404
