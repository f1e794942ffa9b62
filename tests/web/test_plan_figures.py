"""Figures on the pages of a plan: factors, coverage, and an officer's own line. They are those of the API."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import httpx
import msgspec
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.figures.driver_query import read_drivers
from sync.central.figures.summary import percent
from sync.central.figures.summary_query import SummaryReply
from sync.central.office.access import Caller
from sync.central.office.people.accounts import find_account, read_person
from sync.central.office.plans import issued_plan
from sync.central.pulling.asked import SummaryAsked
from sync.central.store.database import reading
from sync.central.store.schema import audit
from sync.central.store.surveys import load_surveys
from tests.support.browsing import words_of
from tests.support.made_plans import plan_id
from tests.support.province.places import DAILY_PLAN, ROUND_PLAN
from tests.support.served_pages import PageCentre

CHIEF, IT, OFFICER, ANALYST = "quan-tri", "tin-hoc", "can-bo", "chuyen-vien"


def test_factors_have_their_correlation_their_n_and_say_that_they_are_no_causes(pages: PageCentre) -> None:
    answer = pages.client(CHIEF).get(f"/ke-hoach/{ROUND_PLAN}/yeu-to")
    page = words_of(answer)
    assert "Tương quan không phải nguyên nhân" in page
    assert '<svg class="quadrants"' in answer.text
    with reading(pages.engine) as connection:
        issued = issued_plan(connection, ROUND_PLAN)
        assert issued is not None
        (group,) = issued.plan.groups
        versions = [survey for survey in load_surveys(connection).values() if survey.id == group.survey]
        newest = max(versions, key=lambda survey: survey.version)
        drivers = read_drivers(connection, issued.plan, group, newest)
    assert drivers
    for driver in drivers:
        if driver.correlation is not None and driver.n >= 5:
            assert f"{driver.correlation:.2f}".replace(".", ",").replace("-", "−") in page
            assert str(driver.n) in page


def test_a_plan_without_an_overall_rating_has_no_factors_and_says_so(pages: PageCentre) -> None:
    own = plan_id(pages.province.communes[0].code)
    assert "không nêu câu đánh giá chung" in words_of(pages.client(IT).get(f"/ke-hoach/{own}/yeu-to"))


def test_coverage_is_answered_of_returned_as_the_api_says_it(pages: PageCentre) -> None:
    commune = pages.province.communes[0]
    page = words_of(pages.client(IT).get(f"/ke-hoach/{plan_id(commune.code)}/bao-phu"))
    today = pages.centre.web.today()
    first, last = today - timedelta(days=30), today - timedelta(days=1)
    asked = SummaryAsked(unit=commune.code, first=first.isoformat(), last=last.isoformat(), by="procedure")
    body, _ = pages.centre.administrators.summary(Caller(0, "admin", unit=commune.code), asked)
    said = msgspec.json.decode(body, type=SummaryReply).handovers
    assert said.answered > 0
    assert said.returned is not None
    share = percent(said.answered, said.returned)
    assert f"{said.answered} lượt trả lời / {said.returned} kết quả đã trả" in page
    assert share is not None
    assert f"Bao phủ {share.replace('.', ',')} %" in page
    rows = [row for row in said.rows if not row.hidden and row.returned]
    assert sum(row.returned or 0 for row in rows) == said.returned
    assert f"Trước ngày ban hành: {first:%d/%m}" in page


def table_of(page: httpx.Response, label: str) -> list[list[str]]:
    """The texts of the cells of a table, row by row, without its heading and its sum."""
    (body,) = re.findall(rf'aria-labelledby="{label}">.*?<tbody>(.*?)</tbody>', page.text, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def lines_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.parametrize("login", [CHIEF, ANALYST])
@pytest.mark.parametrize("plan", [DAILY_PLAN, ROUND_PLAN])
def test_the_progress_of_a_plan_its_file_and_its_first_page_say_the_same(
    pages: PageCentre, login: str, plan: str
) -> None:
    browser = pages.client(login)
    page = browser.get(f"/ke-hoach/{plan}/tien-do")
    rows = table_of(page, "nhom-1")
    lines = lines_of(browser.get(f"/ke-hoach/{plan}/tien-do/tai-ve.csv").text)
    assert [row[1:5] for row in rows] == [
        [_shown(line[name], unknown="–") for name in ("Cần", "Thu về", "Hợp lệ", "Còn thiếu")]
        for line in lines
    ]
    days = {name: sum(int(line[name]) for line in lines) for name in lines[0] if name[:2] == "20"}
    by_day = [row[1] for row in table_of(page, "theo-ngay")]
    newest_first = [_shown(str(days[day])) for day in sorted(days, reverse=True)]
    assert by_day == newest_first[: len(by_day)]
    have = sum(int(line["Hợp lệ"]) for line in lines)
    assert have == sum(days.values()) > 0
    (group,) = table_of(browser.get(f"/ke-hoach/{plan}"), "nhom")
    assert group[3] == _shown(str(have))


def _shown(number: str, unknown: str = "") -> str:
    return f"{int(number):,}".replace(",", ".") if number else unknown


def test_the_progress_of_a_plan_is_that_of_the_command(pages: PageCentre) -> None:
    file = pages.client(CHIEF).get(f"/ke-hoach/{ROUND_PLAN}/tien-do/tai-ve.csv")
    data = str(pages.province.data)
    written = CliRunner().invoke(app, ["plan", "progress", "--data", data, ROUND_PLAN, "--csv"])
    names = {"Mã đơn vị": "Đơn vị", "Hợp lệ": "Đã có", "Cần": "Cần", "Còn thiếu": "Còn thiếu"}
    assert [[line[name] for name in names] for line in lines_of(file.text)] == [
        [line[name] for name in names.values()] for line in lines_of(written.stdout)
    ]


def test_an_officer_sees_their_own_line_alone_and_each_look_leaves_a_line(pages: PageCentre) -> None:
    with reading(pages.engine) as connection:
        person = read_person(connection, find_account(connection, OFFICER))
    page = words_of(pages.client(OFFICER).get("/cua-toi"))
    named = {officer.id: officer.name for commune in pages.province.communes for officer in commune.officers}
    assert named[person.officer] in page
    others = {name for id, name in named.items() if id != person.officer and name != named[person.officer]}
    assert not any(name in page for name in others)
    assert "Tài khoản này chưa nối với cán bộ nào" in words_of(pages.client(CHIEF).get("/cua-toi"))
    with reading(pages.engine) as connection:
        looked = select(audit.c.subject).where(audit.c.who == f"account {person.account}")
        assert "/cua-toi" in connection.execute(looked).scalars().all()
