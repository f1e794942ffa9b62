"""Reports as tasks: due, to draft and to approve; drafts of one group, or with figures of too few days."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.wordings import put_plan
from sync.central.office.people.accounts import mark_approver
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.issuing import acts
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.records.stored import Report, list_reports, read_report
from sync.central.store.database import reading, writing
from sync.central.store.days_over import Days
from sync.central.store.storage import Storage
from sync.contract.catalogue import Unit
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.response import Response
from tests.support.browsing import words_of
from tests.support.people import make_person
from tests.support.plans import shipped_plans
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked
from tests.web.people_steps import Window

WARDS = (Unit("phuong-mot", {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
REPORTS = "/bao-cao?unit=phuong-mot"
AHEAD = datetime(2026, 3, 16, 8, tzinfo=VIET_NAM)
DUE = datetime(2026, 3, 20, 16, tzinfo=VIET_NAM)  # a Friday
LATE = datetime(2026, 3, 23, 8, tzinfo=VIET_NAM)
PERIOD = {"loai": "bao-cao-thang", "tu": "2026-02-21", "den": "2026-03-20"}


def plan() -> Plan:
    """A plan with a report on the 20th, of people and of organisations apart."""
    found = replace(
        shipped_plans()["kien-hung-2020"],
        unit="phuong-mot",
        starts=date(2026, 1, 1),
        ends=None,
        steps=(),
        tasks=(),
        report_day=20,
    )
    (group,) = found.groups
    group = replace(group, starts=None, ends=None)
    people = replace(group, id="nguoi-dan", name={"vi": "Người dân"}, respondents=("citizen",))
    others = replace(group, id="to-chuc", name={"vi": "Tổ chức"}, respondents=("organisation",))
    return replace(found, groups=(people, others))


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, WARDS, NOW)
        put_plan(connection, plan(), NOW)
    assert set(store_unasked(centre, visits())) == {"stored"}
    centre.now = lambda: AHEAD
    storage = Storage(centre.engine)
    Days(storage.engine, storage.changing, centre.now).close()
    yield centre
    centre.close()


def visits() -> list[Response]:
    """Nine visits of citizens and three of organisations."""
    return [
        replace(each, respondent="organisation" if number < 3 else "citizen")
        for number, each in enumerate(numbered(12))
    ]


def reports(central: CentreUnderTest) -> list[Report]:
    with reading(central.engine) as connection:
        return list_reports(connection, ["phuong-mot"])


def approver(central: CentreUnderTest) -> int:
    account = make_person(central, "chu.tich", ("viewer", "phuong-mot"))
    with acting(central.engine, By("test", NOW)) as act:
        mark_approver(act, account, True)
    return account


def later(central: CentreUnderTest, now: datetime, account: int) -> Window:
    """The window of a person who signs in at this moment."""
    central.now = lambda: now
    return Window(central, account)


def tasks(browser: Window) -> str:
    return words_of(browser.get("/viec"))


def test_a_report_that_is_due_is_a_task_until_it_was_begun_and_late_after_its_day(
    central: CentreUnderTest,
) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"))
    window = Window(central, drafter)
    other = Window(central, make_person(central, "khac", ("analyst", "phuong-hai")))
    viewer = Window(central, make_person(central, "xem", ("viewer", "phuong-mot")))
    assert "Báo cáo tôi cần lập" in tasks(window)
    assert "20/03/2026" in tasks(window)
    assert "Báo cáo định kỳ" in tasks(window)
    assert [("Báo cáo tôi cần lập" in tasks(each)) for each in (other, viewer)] == [False, False]
    assert "Chưa lập" in words_of(window.get("/don-vi/phuong-mot"))
    window = later(central, LATE, drafter)
    assert "quá hạn 3 ngày" in tasks(window)
    assert "Quá hạn từ" in words_of(window.get("/don-vi/phuong-mot"))
    assert window.post(REPORTS, **PERIOD, ke_hoach=plan().id).status_code == 303
    assert "Báo cáo tôi cần lập" not in tasks(window)
    assert "Đã lập, chưa gửi" in words_of(window.get("/don-vi/phuong-mot"))


def test_a_draft_is_a_task_for_who_may_approve_it_and_did_not_write_it(central: CentreUnderTest) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"))
    window = Window(central, drafter)
    chief = approver(central)
    assert window.post(REPORTS, **PERIOD, ke_hoach=plan().id).status_code == 303
    assert "chờ tôi phê duyệt" not in tasks(Window(central, chief))  # its period has four more days
    window = later(central, DUE, drafter)
    (draft,) = reports(central)
    page = window.get(f"/bao-cao/{draft.id}")
    again = window.post(f"/bao-cao/{draft.id}/soan", da_doc=draft.read, viec="so-lieu")
    assert again.status_code == 303
    assert "kỳ đã hết" not in words_of(page)
    assert "Báo cáo chờ tôi phê duyệt" in tasks(Window(central, chief))
    assert "Báo cáo tháng, " in tasks(Window(central, chief))
    assert "chờ tôi phê duyệt" not in tasks(window)


def test_a_remark_of_the_leader_on_a_report_becomes_a_remedy_that_leads_back(
    central: CentreUnderTest,
) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"))
    assert Window(central, drafter).post(REPORTS, **PERIOD, ke_hoach=plan().id).status_code == 303
    (draft,) = reports(central)
    address = f"/bao-cao/{draft.id}"
    with acting(central.engine, By(f"account {approver(central)}", LATE)) as act:
        acts.approve(act, KINDS, draft.id, read=draft.read)
        read = read_report(act.connection, draft.id).read
        acts.return_to_drafter(act, draft.id, read=read, note="Mở thêm một quầy vào buổi sáng.")
    chief = later(central, LATE, make_person(central, "quan.tri", ("admin", "phuong-mot")))
    assert "Mở thêm một quầy vào buổi sáng." in words_of(chief.get(address))
    form = chief.get(f"/khac-phuc/moi?bao_cao={draft.id}")
    assert f'href="{address}"' in form.text
    (id,) = re.findall(r'name="ma" value="([0-9a-f]{12})"', form.text)
    fields = {
        "ma": id,
        "bao_cao": str(draft.id),
        "don_vi": "phuong-mot",
        "van_de": "Chờ lâu",
        "bien_phap": "Mở quầy 3",
        "chuc_danh": "Bộ phận Một cửa",
        "han": "2026-04-30",
    }
    assert chief.post("/khac-phuc/moi", **fields | {"bao_cao": "999"}).status_code == 404
    made = chief.post("/khac-phuc/moi", **fields)
    assert made.status_code == 303
    assert f'href="{address}"' in chief.get(made.headers["location"]).text
    assert f'<a href="{made.headers["location"]}">Mở quầy 3</a>' in chief.get(address).text
    assert "/khac-phuc/moi" not in later(central, LATE, drafter).get(address).text


def test_a_draft_whose_period_has_ended_since_proposes_to_read_its_figures_again(
    central: CentreUnderTest,
) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"))
    window = Window(central, drafter)
    window.post(REPORTS, **PERIOD, ke_hoach=plan().id)
    (draft,) = reports(central)
    address = f"/bao-cao/{draft.id}"
    assert "kỳ đã hết" not in words_of(window.get(address))
    window = later(central, LATE, drafter)
    assert "kỳ đã hết" in words_of(window.get(address))
    assert "Kỳ đã hết từ khi lập: lấy lại số liệu" in words_of(window.get(REPORTS))
    assert window.post(f"{address}/soan", da_doc=draft.read, viec="so-lieu").status_code == 303
    assert "kỳ đã hết" not in words_of(window.get(address))


def test_a_report_about_one_group_has_the_figures_of_that_group_and_says_so(central: CentreUnderTest) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"))
    window = Window(central, drafter)
    window = later(central, LATE, drafter)
    assert "kien-hung-2020:to-chuc" in window.get(REPORTS).text
    assert window.post(REPORTS, **PERIOD, ke_hoach=f"{plan().id}:to-chuc").status_code == 303
    assert window.post(REPORTS, **PERIOD, ke_hoach=plan().id).status_code == 303
    both, group = reports(central)
    assert (both.asked.group, group.asked.group) == ("", "to-chuc")
    page = words_of(window.get(f"/bao-cao/{group.id}"))
    assert "Bảng 2. Mức độ hài lòng (Tổ chức)" in page
    assert "Bảng 5. Ý kiến của người dân, tổ chức (cả đơn vị)" in page
    assert '"n":3' in group.figures.decode()
    assert '"n":12' in both.figures.decode()
    assert '"n":12' not in group.figures.decode()
    assert "21/02–20/03/2026, Tổ chức" in words_of(window.get(REPORTS))
    # The workbook has the forms of the plan; of one group it would have those of the other, too.
    book = openpyxl.load_workbook(io.BytesIO(window.get(f"/bao-cao/{both.id}/du-lieu.xlsx").content))
    assert book["Dữ liệu phiếu"].max_row == 1 + 12
    assert "du-lieu.xlsx" not in window.get(f"/bao-cao/{group.id}").text


@pytest.mark.parametrize("chosen", ["kien-hung-2020:khong-co", "khong-co:to-chuc", ":to-chuc"])
def test_a_group_that_there_is_not_and_a_kind_without_groups_are_refused(
    central: CentreUnderTest, chosen: str
) -> None:
    drafter = make_person(central, "soan", ("analyst", "phuong-mot"))
    window = Window(central, drafter)
    assert window.post(REPORTS, **PERIOD, ke_hoach=chosen).status_code == 400
    letter = {**PERIOD, "loai": "cong-van-don-doc", "ke_hoach": f"{plan().id}:to-chuc"}
    refused = window.post(REPORTS, **letter)
    assert "loại này không lập riêng cho một nhóm" in refused.text
    assert reports(central) == []
