"""The nine indicators of circular 01/2018 on a plan's page: a list, four numbers, the survey, files."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.planning.given_points import give_points, given_scores
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.central.store.schema import audit
from sync.contract.catalogue import Unit
from tests.support.browsing import Browser, words_of
from tests.support.paper import put_plan
from tests.support.plans import shipped_plans
from tests.support.remarks import send
from tests.support.wire import NOW, CentreUnderTest, visit

LATER = NOW + timedelta(days=2)
PLAN = replace(
    shipped_plans()["kien-hung-2020"], unit="phuong-mot", issued=NOW.date(), starts=None, ends=None
)
AT = f"/ke-hoach/{PLAN.id}/cham-diem"
CANARY = "H26-260302-7301"
LIST = f"Mã hồ sơ,Chỉ số 1,Chỉ số 2,Chỉ số 3,Chỉ số 4\n{CANARY},2,2,2,2\nH26-2,2,2,2,2\nH26-3,1,2,2,0\n"
POINTS = {"chi_so_5": "2", "chi_so_6": "1,5", "chi_so_8": "1", "chi_so_9": "0.5"}


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        put_bundled_units(connection, (Unit("phuong-mot", {"vi": "Phường Một"}),), NOW)
    groups = tuple(replace(group, starts=None, ends=None) for group in PLAN.groups)
    put_plan(centre.engine, replace(PLAN, groups=groups))
    send(centre, *(replace(visit(number), seq=number, plan=PLAN.id) for number in range(1, 6)))
    centre.now = lambda: LATER
    with writing(centre.engine) as connection:
        close_days(connection, LATER.date())
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", "phuong-mot")) as browser:
        yield browser


def test_the_nine_indicators_are_shown_from_the_list_the_survey_and_the_body(
    central: CentreUnderTest, chief: Browser
) -> None:
    assert "Chưa có điểm của chỉ số 1, 2, 3, 4, 5, 6, 7, 8, 9" in words_of(chief.get(AT))
    sent = chief.post(AT, {}, files={"tep": ("ho-so.csv", LIST.encode())})
    assert sent.status_code == 303, words_of(sent)
    assert chief.post(f"{AT}/diem", POINTS, at=AT).status_code == 303
    assert "Mới có 12,0 / 18" in words_of(chief.get(AT))
    assert chief.post(f"{AT}/cau", {"cau": "service"}, at=AT).status_code == 303
    page = words_of(chief.get(AT))
    # 1.7 + 2 + 2 + 1.3 by dossier, 2 of five answers of level 4, 5.0 of the body.
    assert "Cộng 14,0 / 18 Xếp loại Tốt" in page
    assert "phiếu khảo sát" in page
    file = chief.get(f"{AT}/tai-ve.csv").text.lstrip("\ufeff")
    rows = list(csv.reader(io.StringIO(file)))
    assert [row[-1] for row in rows[1:]] == [
        *("1.7", "2.0", "2.0", "1.3", "2.0", "1.5", "2.0", "1.0", "0.5"),
        "14.0",
    ]
    book = openpyxl.load_workbook(io.BytesIO(chief.get(f"{AT}/tai-ve.xlsx").content))
    assert [row[-1] for row in book.active.values][1:] == [row[-1] for row in rows[1:]]  # type: ignore[union-attr]
    assert rows[-1][1:3] == ["Cộng, xếp loại", "Tốt"]
    with reading(central.engine) as connection:
        lines = [f"{row.act} {row.detail}" for row in connection.execute(select(audit))]
    assert "score-dossiers 1 2 3 4: 12" in lines
    assert "score-points 5: 2.0, 6: 1.5, 8: 1.0, 9: 0.5" in lines
    for path in central.folder.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


def test_what_is_wrong_is_named_and_changes_nothing(central: CentreUnderTest, chief: Browser) -> None:
    wrong = LIST.replace("1,2,2,0", "1,2,9,x")
    sent = chief.post(AT, {}, files={"tep": ("ho-so.csv", wrong.encode())})
    words = words_of(sent)
    assert (sent.status_code, "Có 2 lỗi" in words, "ho-so.csv:4: chỉ số 3" in words) == (422, True, True)
    for field, text in (("chi_so_5", "2,1"), ("chi_so_6", "x"), ("chi_so_8", "1,25"), ("chi_so_9", "-1")):
        sent = chief.post(f"{AT}/diem", POINTS | {field: text}, at=AT)
        assert (sent.status_code, "HL5051" in words_of(sent)) == (422, True), field
    assert chief.post(f"{AT}/cau", {"cau": "khong-co"}, at=AT).status_code == 400
    with reading(central.engine) as connection:
        assert given_scores(connection, PLAN.id) == ()
    with Browser(central, "viewer", ("viewer", "phuong-mot")) as viewer:
        assert viewer.get(AT).status_code == 200
        assert viewer.post(f"{AT}/diem", POINTS, at=AT).status_code == 403


def test_points_outlive_a_restore_and_what_was_taken_away_stays_away(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    with acting(central.engine, By("account 1", LATER)) as act:
        give_points(act, PLAN, {5: "2", 6: "1"}, account=1)
    back_up(central.engine, tmp_path / "backup")
    with acting(central.engine, By("account 1", LATER + timedelta(minutes=1))) as act:
        give_points(act, PLAN, {5: "", 8: "1"}, account=1)
    central.close()
    restore(tmp_path / "backup", central.address, By("test", LATER + timedelta(hours=1)))
    central.open()
    with reading(central.engine) as connection:
        assert [each.indicator for each in given_scores(connection, PLAN.id)] == [6, 8]
